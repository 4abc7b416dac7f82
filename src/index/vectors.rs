//! The vectors of a generation: a file that is used where it lies.
//!
//! ```text
//! FQVECS03, numbers of a vector, of its head, vectors, searched ones, passages, entries (u32 each),
//! mean and spread of the likeness of unrelated texts (f32), model (16 bytes), checksum (8 bytes)
//! common           what the questions of entries have in common (f32)
//! the vectors      a byte for each number
//! the heads        the first numbers of those that are searched, closely packed
//! scales           what brings each vector to length 1 (f32)
//! hashes           of the texts behind them (u64)
//! searched         which vector (u32) and which passage (u32) each head is of
//! starts           the first entry of each passage, and the end (u32)
//! entries          what a vector is of the passage (two bits) and which vector (u32 in all)
//! ```
//! The checksum is the beginning of the BLAKE3 hash of the vectors and all behind them, of what is
//! common and of the header before it.
//! All numbers are little-endian. Numbers of a vector are 127ths of the greatest among them: the
//! loss is a few thousandths of a likeness.
//!
//! Questions of one corpus are alike in what it is about, which tells none from another: they are
//! compared beyond what all have in common (Arora and others, 2017, take away the same from
//! sentences).

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::directory::OwnedBytes;

use crate::index::aspects::Aspect;

/// The name of the file in the folder of a generation.
pub const FILE: &str = "vectors.bin";
pub(super) const MAGIC: &[u8; 8] = b"FQVECS03";
pub(super) const HEADER: usize = 64;
/// Where the checksum stands, at the end of the header.
pub(super) const CHECKSUM: usize = 56;
/// Most numbers of a head.
pub(super) const HEAD: usize = 64;
/// Bits of an entry that tell the vector.
pub(super) const VECTOR_BITS: u32 = 30;

/// The vectors of a generation. Cheap to clone.
#[derive(Clone)]
pub struct Vectors {
    pub(super) bytes: OwnedBytes,
    pub(super) dimensions: usize,
    pub(super) head: usize,
    count: usize,
    pub(super) searched: usize,
    passages: usize,
    pub(super) parts: Parts,
    common: Common,
    mean: f32,
    spread: f32,
    model: String,
}

/// What the questions of entries have in common: their mean, the shorter the fewer there are.
#[derive(Debug, Clone)]
pub(super) struct Common {
    vector: Arc<[f32]>,
    numbers: Arc<[i16]>,
    /// What brings products with the numbers to those with the vector.
    scale: f32,
    /// The product of the vector with itself.
    square: f32,
}

/// Where each block begins, and the end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    common: usize,
    numbers: usize,
    pub(super) heads: usize,
    scales: usize,
    hashes: usize,
    pub(super) owners: usize,
    starts: usize,
    entries: usize,
}

/// How near a question is to what a passage has of each aspect; −1 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Likeness {
    /// To its question or the best alternate; 0 without one.
    pub question: f32,
    /// To its question and alternates together, the more the more of them are near; 0 without any.
    pub questions: f32,
    /// To title and text, or question and answer.
    pub whole: f32,
    /// To the best part of the text.
    pub part: f32,
    /// To title and heading.
    pub topic: f32,
}

/// A vector as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its numbers, as signed bytes: 127ths of the greatest.
    pub numbers: Vec<u8>,
    /// What brings it to length 1.
    pub scale: f32,
}

impl Row {
    /// Of a vector of any length; one that is all zero stays so.
    #[expect(clippy::cast_possible_truncation, reason = "at most 127")]
    pub fn new(vector: &[f32]) -> Self {
        let most = vector.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        if most == 0.0 || !most.is_finite() {
            return Self { numbers: vec![0; vector.len()], scale: 0.0 };
        }
        let numbers: Vec<i8> = vector.iter().map(|x| (x / most * 127.0).round() as i8).collect();
        let squares: f32 = numbers.iter().map(|x| f32::from(*x) * f32::from(*x)).sum();
        let numbers = numbers.into_iter().map(|x| x.to_le_bytes()[0]).collect();
        Self { numbers, scale: 1.0 / squares.sqrt() }
    }

    /// The cosine of the angle between two.
    pub fn likeness(&self, other: &Self) -> f32 {
        product(&widened(&self.numbers), &other.numbers) as f32 * self.scale * other.scale
    }

    /// Adds it to another vector, at length 1.
    pub(super) fn add_to(&self, sum: &mut [f32]) {
        for (slot, x) in sum.iter_mut().zip(&self.numbers) {
            *slot += f32::from(i8::from_le_bytes([*x])) * self.scale;
        }
    }
}

/// The vector of a question, ready to be compared with those of one generation.
#[derive(Debug, Clone)]
pub struct Asked {
    pub(super) numbers: Vec<i16>,
    scale: f32,
    /// Its product with what the questions of the generation have in common.
    common: f32,
    /// How long it is beyond that.
    left: f32,
}

impl Asked {
    /// The cosine of the angle to a vector.
    pub(super) fn likeness(&self, row: &[u8], scale: f32) -> f32 {
        product(&self.numbers, row) as f32 * self.scale * scale
    }
}

impl Common {
    /// More vectors than this make most of their mean.
    const SOME: f32 = 30.0;

    /// Of the sum of so many vectors.
    pub(super) fn of(sum: &[f32], count: usize) -> Self {
        Self::new(sum.iter().map(|x| x / (count as f32 + Self::SOME)).collect())
    }

    fn new(vector: Arc<[f32]>) -> Self {
        let row = Row::new(&vector);
        let square = vector.iter().map(|x| x * x).sum::<f32>();
        let numbers = widened(&row.numbers).into();
        Self { vector, numbers, scale: row.scale * square.sqrt(), square }
    }

    pub(super) fn bytes(&self) -> impl Iterator<Item = u8> {
        self.vector.iter().flat_map(|x| x.to_le_bytes())
    }

    fn asked(&self, vector: &[f32]) -> Option<Asked> {
        let row = Row::new(vector);
        if vector.len() != self.vector.len() || row.scale == 0.0 {
            return None;
        }
        let common: f32 = vector.iter().zip(&*self.vector).map(|(x, c)| x * c).sum();
        let left = self.left_of(common);
        Some(Asked { numbers: widened(&row.numbers), scale: row.scale, common, left })
    }

    /// The cosine of what a question and a vector are beyond what is common, given the likeness
    /// of both; −1 to 1.
    fn beyond(&self, asked: &Asked, likeness: f32, row: &[u8], scale: f32) -> f32 {
        let common = product(&self.numbers, row) as f32 * self.scale * scale;
        let product = likeness - asked.common - common + self.square;
        (product / (asked.left * self.left_of(common))).clamp(-1.0, 1.0)
    }

    /// How long a vector of length 1 is beyond what is common, given its product with that.
    fn left_of(&self, common: f32) -> f32 {
        (1.0 - 2.0 * common + self.square).max(1e-6).sqrt()
    }
}

fn widened(numbers: &[u8]) -> Vec<i16> {
    numbers.iter().map(|x| i16::from(i8::from_le_bytes([*x]))).collect()
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

/// The first numbers of a vector, on a scale that is the same for all.
#[expect(clippy::cast_possible_truncation, reason = "at most 127")]
pub(super) fn head_of(row: &Row, size: usize) -> impl Iterator<Item = u8> {
    /// Hardly a number of a unit vector is above a half.
    const FULL: f32 = 254.0;
    let one = |x: &u8| {
        let number = f32::from(i8::from_le_bytes([*x])) * row.scale * FULL;
        (number.round().clamp(-127.0, 127.0) as i8).to_le_bytes()[0]
    };
    row.numbers[..size].iter().map(one)
}

impl Vectors {
    /// The vectors of a file; `None` where it is none, or one of another number of passages.
    pub fn open(bytes: OwnedBytes, passages: u64) -> Option<Self> {
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
            common: block(dimensions, 4)?,
            numbers: block(count, dimensions)?,
            heads: block(searched, head)?,
            scales: block(count, 4)?,
            hashes: block(count, 8)?,
            owners: block(searched, 8)?,
            starts: block(own.checked_add(1)?, 4)?,
            entries: block(entries, 4)?,
        };
        let fits = at == bytes.len() && own as u64 == passages;
        let few = count < 1 << VECTOR_BITS;
        if !fits || !few || dimensions == 0 || head == 0 || head > dimensions {
            return None;
        }
        let float = |at: usize| word(&bytes, at).map(f32::from_bits);
        let (mean, spread) = (float(32)?, float(36)?);
        let model = String::from_utf8(bytes.get(40..56)?.to_vec()).ok()?;
        let (common, _) = bytes.get(parts.common..parts.numbers)?.as_chunks();
        let common = Common::new(common.iter().map(|x| f32::from_le_bytes(*x)).collect());
        let passages = own;
        Some(Self {
            bytes,
            dimensions,
            head,
            count,
            searched,
            passages,
            parts,
            common,
            mean,
            spread,
            model,
        })
    }

    /// Whether the bytes are those that were written; reads all of them.
    pub fn is_intact(&self) -> bool {
        let (header, common) = self.bytes[..self.parts.numbers].split_at(HEADER);
        let rest = &self.bytes[self.parts.numbers..];
        checksum([rest, common, &header[..CHECKSUM]]) == header[CHECKSUM..]
    }

    /// The fingerprint of the model that made them.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// How many passages have any.
    pub fn passages_with(&self) -> usize {
        (0..self.passages).filter(|at| !self.entries(*at).is_empty()).count()
    }

    /// Mean and spread of the likeness of unrelated texts.
    pub fn unrelated(&self) -> (f32, f32) {
        (self.mean, self.spread)
    }

    /// Which vector belongs to the text of a hash.
    pub fn by_hash(&self) -> HashMap<u64, u32> {
        let hashes = &self.bytes[self.parts.hashes..self.parts.owners];
        let (hashes, _) = hashes.as_chunks::<8>();
        hashes.iter().map(|hash| u64::from_le_bytes(*hash)).zip(0..).collect()
    }

    /// The numbers of a vector and what brings them to length 1.
    pub fn row(&self, vector: u32) -> Option<(&[u8], f32)> {
        let at = vector as usize;
        let start = self.parts.numbers + at * self.dimensions;
        let numbers = (at < self.count).then(|| &self.bytes[start..])?;
        Some((&numbers[..self.dimensions], self.scale(at)))
    }

    /// Whether a passage, told by its running number, has vectors.
    pub fn has(&self, passage: u32) -> bool {
        !self.entries(passage as usize).is_empty()
    }

    /// The vector of a question as these are compared with it; `None` where it says nothing.
    pub fn asked(&self, vector: &[f32]) -> Option<Asked> {
        self.common.asked(vector)
    }

    /// How near a question is to a passage, told by its running number; `None` where the
    /// passage has no vectors.
    pub fn likeness(&self, asked: &Asked, passage: u32) -> Option<Likeness> {
        if asked.numbers.len() != self.dimensions {
            return None;
        }
        let (mut found, mut best) = (false, [None::<f32>; 4]);
        let mut questions = Vec::new();
        for entry in self.entries(passage as usize) {
            let entry = u32::from_le_bytes(*entry);
            let Some((row, scale)) = self.row(entry & ((1 << VECTOR_BITS) - 1)) else { continue };
            let mut near = asked.likeness(row, scale);
            if entry >> VECTOR_BITS == Aspect::Question.number() {
                near = self.common.beyond(asked, near, row, scale);
                questions.push(near);
            }
            let slot = &mut best[(entry >> VECTOR_BITS) as usize];
            *slot = Some(slot.map_or(near, |best| best.max(near)));
            found = true;
        }
        let of = |aspect: Aspect| best[aspect.number() as usize];
        let whole = of(Aspect::Whole).unwrap_or(0.0);
        found.then(|| Likeness {
            question: of(Aspect::Question).unwrap_or(0.0),
            questions: together(&questions),
            whole,
            // A text of one part and nothing above it is its own best part.
            part: of(Aspect::Part).unwrap_or(whole),
            topic: of(Aspect::Topic).unwrap_or(0.0),
        })
    }

    /// The entries of a passage; none where damage lets them begin or end outside.
    fn entries(&self, passage: usize) -> &[[u8; 4]] {
        let start = |at| word(&self.bytes, self.parts.starts + 4 * at).map(|n| n as usize);
        let (entries, _) = self.bytes[self.parts.entries..].as_chunks();
        let range = start(passage).zip(start(passage + 1)).filter(|_| passage < self.passages);
        range.and_then(|(from, to)| entries.get(from..to)).unwrap_or_default()
    }

    fn scale(&self, vector: usize) -> f32 {
        word(&self.bytes, self.parts.scales + 4 * vector).map_or(0.0, f32::from_bits)
    }
}

impl std::fmt::Debug for Vectors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vectors")
            .field("model", &self.model)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

/// Likenesses to several phrasings of the same: a sum in which the best count most (the
/// logarithm of a sum of powers); that to the only one where there is one, at most 1.
fn together(near: &[f32]) -> f32 {
    const SHARPNESS: f32 = 15.0;
    let near = near.iter().filter(|near| near.is_finite());
    let sum: f32 = near.map(|near| (SHARPNESS * near).exp()).sum();
    if sum == 0.0 { 0.0 } else { (sum.ln() / SHARPNESS).min(1.0) }
}

/// The sum of products; numbers of a row are signed bytes.
pub(super) fn product(asked: &[i16], row: &[u8]) -> i32 {
    let one = |(a, r): (&i16, &u8)| i32::from(*a) * i32::from(i16::from(i8::from_le_bytes([*r])));
    // By 32 the compiler makes twice as fast a loop of it as by one.
    let (asked, asked_rest) = asked.as_chunks::<32>();
    let (row, row_rest) = row.as_chunks::<32>();
    let chunk = |(a, r): (&[i16; 32], &[u8; 32])| a.iter().zip(r).map(one).sum::<i32>();
    let rest = asked_rest.iter().zip(row_rest).map(one).sum::<i32>();
    asked.iter().zip(row).map(chunk).sum::<i32>() + rest
}

pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}
