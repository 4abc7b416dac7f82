//! The vectors of one segment: a file that is used where it lies.
//!
//! ```text
//! FQVECS04, numbers of a vector, of its head, vectors, searched ones, documents, entries (u32 each),
//! questions summed up (u64), model (16 bytes), checksum (8 bytes)
//! sum              of the vectors of questions of entries (i64)
//! the vectors      a byte for each number
//! the heads        the first numbers of those that are searched, closely packed
//! scales           what brings each vector to length 1 (f32)
//! hashes           of the texts behind them (u64)
//! sorted           the vectors in the order of their hashes (u32)
//! searched         which vector (u32) and which document (u32) each head is of
//! starts           the first entry of each document, and the end (u32)
//! entries          what a vector is of the document (two bits) and which vector (u32 in all)
//! ```
//! The checksum is the beginning of the BLAKE3 hash of the vectors and all behind them, of the sum
//! and of the header before it. All numbers are little-endian. Numbers of a vector are 127ths of
//! the greatest among them: the loss is a few thousandths of a likeness.

use tantivy::directory::OwnedBytes;

use crate::index::aspects::Aspect;
use crate::index::row::{Row, Sum};

pub(super) const MAGIC: &[u8; 8] = b"FQVECS04";
pub(super) const HEADER: usize = 64;
/// Where the checksum stands, at the end of the header.
pub(super) const CHECKSUM: usize = 56;
/// Bits of an entry that tell the vector.
pub(super) const VECTOR_BITS: u32 = 30;

/// The name of the file of a segment in the folder of a generation.
pub fn name(segment: &str) -> String {
    format!("{PREFIX}{segment}.bin")
}

/// What the names of all such files begin with.
pub const PREFIX: &str = "vectors-";

/// The vectors of a segment. Cheap to clone.
#[derive(Debug, Clone)]
pub struct VectorFile {
    bytes: OwnedBytes,
    dimensions: usize,
    head: usize,
    count: usize,
    searched: usize,
    documents: usize,
    parts: Parts,
    questions: u64,
    model: String,
}

/// Where each block begins, and the end.
#[derive(Debug, Clone, Copy)]
struct Parts {
    sum: usize,
    numbers: usize,
    heads: usize,
    scales: usize,
    hashes: usize,
    sorted: usize,
    owners: usize,
    starts: usize,
    entries: usize,
}

/// What the header ends in.
fn checksum(parts: [&[u8]; 3]) -> [u8; 8] {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    beginning(&hasher)
}

/// The bytes of a hash that are kept.
pub(super) fn beginning(hasher: &blake3::Hasher) -> [u8; 8] {
    hasher.finalize().as_bytes().first_chunk().copied().unwrap_or_default()
}

impl VectorFile {
    /// The vectors of a file; `None` where it is none, or one of another number of documents.
    pub fn open(bytes: OwnedBytes, documents: u32) -> Option<Self> {
        if bytes.len() < HEADER || !bytes.starts_with(MAGIC) {
            return None;
        }
        let size = |at: usize| word(&bytes, 8 + 4 * at).map(|n| n as usize);
        let [dimensions, head, count, searched, own, entries] =
            [size(0)?, size(1)?, size(2)?, size(3)?, size(4)?, size(5)?];
        let mut at = HEADER;
        let mut block = |number: usize, size: usize| -> Option<usize> {
            let start = at;
            at = at.checked_add(number.checked_mul(size)?)?;
            Some(start)
        };
        let parts = Parts {
            sum: block(dimensions, 8)?,
            numbers: block(count, dimensions)?,
            heads: block(searched, head)?,
            scales: block(count, 4)?,
            hashes: block(count, 8)?,
            sorted: block(count, 4)?,
            owners: block(searched, 8)?,
            starts: block(own.checked_add(1)?, 4)?,
            entries: block(entries, 4)?,
        };
        let fits = at == bytes.len() && own == documents as usize;
        let few = count < 1 << VECTOR_BITS;
        if !fits || !few || dimensions == 0 || head == 0 || head > dimensions {
            return None;
        }
        let questions = long(&bytes, 32)?;
        let model = String::from_utf8(bytes.get(40..56)?.to_vec()).ok()?;
        let documents = own;
        Some(Self { bytes, dimensions, head, count, searched, documents, parts, questions, model })
    }

    /// Whether the bytes are those that were written; reads all of them.
    pub fn is_intact(&self) -> bool {
        let (header, sum) = self.bytes[..self.parts.numbers].split_at(HEADER);
        let rest = &self.bytes[self.parts.numbers..];
        checksum([rest, sum, &header[..CHECKSUM]]) == header[CHECKSUM..]
    }

    /// The fingerprint of the model that made them.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Numbers of a vector.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// How many vectors are searched.
    pub fn searched(&self) -> usize {
        self.searched
    }

    /// The sum of the vectors of all questions of entries.
    pub(super) fn sum(&self) -> Sum {
        let (numbers, _) = self.bytes[self.parts.sum..self.parts.numbers].as_chunks();
        let numbers = numbers.iter().map(|x| i64::from_le_bytes(*x)).collect();
        Sum { numbers, count: self.questions }
    }

    /// The heads of the vectors that are searched, each of so many bytes.
    pub(super) fn heads(&self) -> (&[u8], usize) {
        (&self.bytes[self.parts.heads..self.parts.scales], self.head)
    }

    /// The vector and the document of a head.
    pub(super) fn owner(&self, slot: usize) -> Option<(u32, u32)> {
        let at = self.parts.owners + 8 * slot;
        Some((word(&self.bytes, at)?, word(&self.bytes, at + 4)?))
    }

    /// The numbers of a vector and what brings them to length 1.
    pub(super) fn row(&self, vector: u32) -> Option<(&[u8], f32)> {
        let at = vector as usize;
        let start = self.parts.numbers + at * self.dimensions;
        let numbers = (at < self.count).then(|| &self.bytes[start..])?;
        let scale = word(&self.bytes, self.parts.scales + 4 * at).map_or(0.0, f32::from_bits);
        Some((&numbers[..self.dimensions], scale))
    }

    /// The hash of the text of a vector.
    pub(super) fn hash(&self, vector: u32) -> Option<u64> {
        let at = vector as usize;
        (at < self.count).then(|| long(&self.bytes, self.parts.hashes + 8 * at))?
    }

    /// The vector of the text of a hash.
    pub fn find(&self, hash: u64) -> Option<Row> {
        let (sorted, _) = self.bytes[self.parts.sorted..self.parts.owners].as_chunks();
        let of = |vector: &[u8; 4]| self.hash(u32::from_le_bytes(*vector)).unwrap_or(u64::MAX);
        let at = sorted.binary_search_by_key(&hash, of).ok()?;
        let (numbers, scale) = self.row(u32::from_le_bytes(sorted[at]))?;
        Some(Row { numbers: numbers.to_vec(), scale })
    }

    /// What a document has: what each vector is of it, and which one; none where damage lets
    /// that begin or end outside.
    pub(super) fn entries(&self, document: u32) -> impl Iterator<Item = (Aspect, u32)> {
        let start = |at| word(&self.bytes, self.parts.starts + 4 * at).map(|n| n as usize);
        let (entries, _) = self.bytes[self.parts.entries..].as_chunks();
        let at = document as usize;
        let range = start(at).zip(start(at + 1)).filter(|_| at < self.documents);
        let entries = range.and_then(|(from, to)| entries.get(from..to)).unwrap_or_default();
        entries.iter().map(|entry| {
            let entry = u32::from_le_bytes(*entry);
            let aspect = Aspect::ALL[(entry >> VECTOR_BITS) as usize];
            (aspect, entry & ((1 << VECTOR_BITS) - 1))
        })
    }

    /// Whether a document has any.
    pub fn has(&self, document: u32) -> bool {
        self.entries(document).next().is_some()
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes)
}
