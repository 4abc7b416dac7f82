//! Few segments, and little in them that has gone: so that questions stay quick after many syncs.

use tantivy::index::SegmentId;
use tantivy::{Index, IndexWriter};

/// Small segments are merged into one once there are so many.
const FEW: usize = 6;
/// A segment is small that holds less than one in so many of all documents.
const SMALL: u32 = 20;
/// More segments are never kept.
const MOST: usize = 24;
/// A segment is written anew once one in so many of its documents is left over from before.
const ONE_IN: u32 = 4;

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
        // Large ones cost too much to be merged for the sake of one small change.
        let small = segments.iter().filter(|(docs, _, _)| docs * SMALL < all).count();
        let first = |count: usize| segments[..count].iter().map(|(_, _, id)| *id).collect();
        let merged: Vec<SegmentId> = if small >= FEW {
            first(small)
        } else if segments.len() > MOST {
            first(segments.len() - MOST / 2)
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
