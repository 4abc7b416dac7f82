//! Where a passage is in a generation.

/// A segment of the generation and a document in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The segment, from 0.
    pub segment: u32,
    /// The document in it, from 0.
    pub document: u32,
}
