//! Passages that were read of late, so that those that many questions bring up are unpacked and
//! checked once.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::sync::Arc;

use lru::LruCache;
use tantivy::DocAddress;
use thread_local::ThreadLocal;

use crate::corpus::passages::Passage;
use crate::index::terms::Terms;

/// Passages that a thread keeps: with their terms about 2.5 MiB, 20 MiB at most.
const KEPT: NonZeroUsize = NonZeroUsize::new(1_024).unwrap();
/// Passages with more bytes of text are not kept.
const LONGEST: usize = 8 << 10;

/// A passage as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) passage: Arc<Passage>,
    pub(super) terms: Arc<Terms>,
}

/// The passages of one generation that were asked for last, of each thread its own: threads that
/// shared them would wait for each other, and for memory that the other one was given.
pub(super) struct Kept(ThreadLocal<RefCell<LruCache<DocAddress, Stored>>>);

impl Kept {
    pub(super) fn new() -> Self {
        Self(ThreadLocal::new())
    }

    /// Those of these that are kept, in their order; `None` for each that is not.
    pub(super) fn find(&self, addresses: &[DocAddress]) -> Vec<Option<Stored>> {
        let mut kept = self.own().borrow_mut();
        addresses.iter().map(|address| kept.get(address).cloned()).collect()
    }

    /// Keeps these.
    pub(super) fn keep(&self, read: Vec<(DocAddress, Stored)>) {
        let mut kept = self.own().borrow_mut();
        for (address, stored) in read {
            if stored.passage.text.len() <= LONGEST {
                kept.put(address, stored);
            }
        }
    }

    fn own(&self) -> &RefCell<LruCache<DocAddress, Stored>> {
        self.0.get_or(|| RefCell::new(LruCache::new(KEPT)))
    }
}
