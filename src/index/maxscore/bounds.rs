//! What the terms of long lists tell at most, found out once: the closer it is to the truth, the more
//! can be left out.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::Field;

use crate::index::bm25::Lengths;

/// Shorter lists are as quickly gone through.
const LONG: u32 = 1_024;

/// A list: its segment, its field, where it stands there.
type Key = (u32, Field, usize);

/// The greatest shares of the long lists of a generation, as they are asked for. Lengths are those of the
/// whole generation, so that they stay the same.
#[derive(Debug, Default)]
pub(in crate::index) struct Bounds(RwLock<HashMap<Key, f32>>);

impl Bounds {
    /// The greatest share of what a term can tell that it tells in any passage of its list, or more.
    pub(in crate::index) fn of(
        &self,
        key: Key,
        postings: &BlockSegmentPostings,
        norms: &FieldNormReader,
        lengths: &Lengths,
    ) -> f32 {
        if postings.doc_freq() < LONG {
            return 1.0;
        }
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        known.unwrap_or_else(|| {
            let bound = bound(postings, norms, lengths);
            self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key, bound);
            bound
        })
    }
}

/// The greatest share in a list.
fn bound(postings: &BlockSegmentPostings, norms: &FieldNormReader, lengths: &Lengths) -> f32 {
    let (mut postings, mut most) = (postings.clone(), 0.0f32);
    while !postings.docs().is_empty() {
        let block = postings.docs().iter().zip(postings.freqs());
        most = block.fold(most, |most, (doc, times)| {
            most.max(lengths.share(norms.fieldnorm_id(*doc), *times))
        });
        postings.advance();
    }
    most
}
