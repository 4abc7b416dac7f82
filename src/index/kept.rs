//! Passages that were read of late, so that those that many questions bring up are unpacked and
//! checked once.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use tantivy::DocAddress;

use crate::corpus::passages::Passage;
use crate::index::terms::Terms;

/// Passages that are kept: with their terms about 5 MiB, 40 MiB at most.
const KEPT: NonZeroUsize = NonZeroUsize::new(2_048).unwrap();
/// Passages with more bytes of text are not kept.
const LONGEST: usize = 8 << 10;

/// A passage as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) passage: Arc<Passage>,
    pub(super) terms: Arc<Terms>,
}

/// The passages of one generation that were asked for last.
pub(super) struct Kept(Mutex<LruCache<DocAddress, Stored>>);

impl Kept {
    pub(super) fn new() -> Self {
        Self(Mutex::new(LruCache::new(KEPT)))
    }

    /// Those of these that are kept, in their order; `None` for each that is not.
    pub(super) fn find(&self, addresses: &[DocAddress]) -> Vec<Option<Stored>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        addresses.iter().map(|address| kept.get(address).cloned()).collect()
    }

    /// Keeps these.
    pub(super) fn keep(&self, read: Vec<(DocAddress, Stored)>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (address, stored) in read {
            if stored.passage.text.len() <= LONGEST {
                kept.put(address, stored);
            }
        }
    }
}
