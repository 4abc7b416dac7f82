//! Few segments, and little in them that has gone: so that questions stay quick after many syncs.

use tantivy::index::SegmentId;
use tantivy::{Index, IndexWriter};

/// Most segments that a generation keeps.
const MOST: usize = 8;
/// A segment is written anew once one in so many of its documents is left over from before.
const ONE_IN: u32 = 4;
/// Segments that hold less than one in so many of all documents are merged with each other first.
const SMALL: u32 = 10;

/// Merges what has become too many and rewrites what holds too much that has gone.
pub(super) fn compact(index: &Index, writer: &mut IndexWriter) -> tantivy::Result<()> {
    loop {
        let mut segments: Vec<(u32, u32, SegmentId)> = index
            .searchable_segment_metas()?
            .iter()
            .map(|meta| (meta.num_docs(), meta.num_deleted_docs(), meta.id()))
            .collect();
        segments.sort_unstable();
        let all: u32 = segments.iter().map(|(docs, _, _)| docs).sum();
        let merged: Vec<SegmentId> = if segments.len() > MOST {
            // The small ones cost the least; at least so many that few enough are left.
            let few = segments.len() - MOST / 2;
            let small = segments.iter().filter(|(docs, _, _)| docs * SMALL < all).count();
            segments[..small.max(few)].iter().map(|(_, _, id)| *id).collect()
        } else {
            let worn = |(docs, gone, _): &&(u32, u32, SegmentId)| {
                *gone > 0 && gone * (ONE_IN - 1) >= *docs
            };
            segments.iter().find(worn).map(|(_, _, id)| *id).into_iter().collect()
        };
        if merged.is_empty() {
            return Ok(());
        }
        writer.merge(&merged).wait()?;
    }
}
