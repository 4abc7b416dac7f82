//! The vectors of a generation: a file that is used where it lies.
//!
//! ```text
//! FQVECS01, numbers of a vector, of its head, vectors, searched ones, passages, entries (u32 each),
//! mean and spread of the likeness of unrelated texts (f32), model (16 bytes), padding to 64 bytes
//! the vectors      a byte for each number
//! the heads        the first numbers of those that are searched, closely packed
//! scales           what brings each vector to length 1 (f32)
//! hashes           of the texts behind them (u64)
//! searched         which vector (u32) and which passage (u32) each head is of
//! starts           the first entry of each passage, and the end (u32)
//! entries          what a vector is of the passage (two bits) and which vector (u32 in all)
//! ```
//! All numbers are little-endian. Numbers of a vector are 127ths of the greatest among them: the
//! loss is a few thousandths of a likeness.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::panic::resume_unwind;
use std::thread;

use tantivy::directory::OwnedBytes;

use crate::index::meant::Aspect;

/// The name of the file in the folder of a generation.
pub const FILE: &str = "vectors.bin";
pub(super) const MAGIC: &[u8; 8] = b"FQVECS01";
pub(super) const HEADER: usize = 64;
/// Most numbers of a head.
pub(super) const HEAD: usize = 64;
/// For each passage that is wanted so many are compared whole after their heads were.
const CLOSER: usize = 20;
/// More heads than this are looked at by several threads.
const ALONE: usize = 150_000;
/// Bits of an entry that tell the vector.
pub(super) const VECTOR_BITS: u32 = 30;

/// The vectors of a generation. Cheap to clone.
#[derive(Clone)]
pub struct Vectors {
    bytes: OwnedBytes,
    dimensions: usize,
    head: usize,
    count: usize,
    searched: usize,
    passages: usize,
    parts: Parts,
    mean: f32,
    spread: f32,
    model: String,
}

/// Where each block begins, and the end.
#[derive(Debug, Clone, Copy)]
struct Parts {
    heads: usize,
    scales: usize,
    hashes: usize,
    owners: usize,
    starts: usize,
    entries: usize,
    end: usize,
}

/// How near a question is to what a passage has of each aspect; −1 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Likeness {
    /// To its question or the best alternate; 0 without one.
    pub question: f32,
    /// To its question and alternates, the mean of the best three: 0 without any.
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
}

/// The vector of a question, ready to be compared.
#[derive(Debug, Clone)]
pub struct Asked {
    numbers: Vec<i16>,
    scale: f32,
}

impl Asked {
    /// Of a vector; `None` of one that is all zero.
    pub fn new(vector: &[f32]) -> Option<Self> {
        let row = Row::new(vector);
        (row.scale > 0.0).then(|| Self { numbers: widened(&row.numbers), scale: row.scale })
    }
}

fn widened(numbers: &[u8]) -> Vec<i16> {
    numbers.iter().map(|x| i16::from(i8::from_le_bytes([*x]))).collect()
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
        block(count, dimensions)?;
        let parts = Parts {
            heads: block(searched, head)?,
            scales: block(count, 4)?,
            hashes: block(count, 8)?,
            owners: block(searched, 8)?,
            starts: block(own.checked_add(1)?, 4)?,
            entries: block(entries, 4)?,
            end: block(0, 0)?,
        };
        let fits = parts.end == bytes.len() && own as u64 == passages;
        if !fits || dimensions == 0 || head == 0 || head > dimensions {
            return None;
        }
        let float = |at: usize| word(&bytes, at).map(f32::from_bits);
        let (mean, spread) = (float(32)?, float(36)?);
        let model = String::from_utf8(bytes.get(40..56)?.to_vec()).ok()?;
        let passages = own;
        Some(Self {
            bytes,
            dimensions,
            head,
            count,
            searched,
            passages,
            parts,
            mean,
            spread,
            model,
        })
    }

    /// The fingerprint of the model that made them.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Numbers of a vector.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many passages have any.
    pub fn passages_with(&self) -> usize {
        (0..self.passages).filter(|at| self.start(*at) < self.start(at + 1)).count()
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
        let numbers = (at < self.count).then(|| &self.bytes[HEADER + at * self.dimensions..])?;
        Some((&numbers[..self.dimensions], self.scale(at)))
    }

    /// How near a question is to a passage, told by its running number; `None` where the
    /// passage has no vectors.
    pub fn likeness(&self, asked: &Asked, passage: u32) -> Option<Likeness> {
        let passage = passage as usize;
        if passage >= self.passages || asked.numbers.len() != self.dimensions {
            return None;
        }
        let (mut found, mut best) = (false, [None::<f32>; 4]);
        let mut questions = Vec::new();
        for entry in self.start(passage)..self.start(passage + 1) {
            let Some(entry) = word(&self.bytes, self.parts.entries + 4 * entry) else { continue };
            let Some((row, scale)) = self.row(entry & ((1 << VECTOR_BITS) - 1)) else { continue };
            let near = product(&asked.numbers, row) as f32 * asked.scale * scale;
            let slot = &mut best[(entry >> VECTOR_BITS) as usize];
            *slot = Some(slot.map_or(near, |best| best.max(near)));
            if entry >> VECTOR_BITS == Aspect::Question.number() {
                questions.push(near);
            }
            found = true;
        }
        let of = |aspect: Aspect| best[aspect.number() as usize];
        let whole = of(Aspect::Whole).unwrap_or(0.0);
        found.then(|| Likeness {
            question: of(Aspect::Question).unwrap_or(0.0),
            questions: mean_of_best(questions),
            whole,
            // A text of one part and nothing above it is its own best part.
            part: of(Aspect::Part).unwrap_or(whole),
            topic: of(Aspect::Topic).unwrap_or(0.0),
        })
    }

    /// The passages nearest to a question by their question or as a whole, at most `count`, by
    /// running number, nearest first.
    ///
    /// The first numbers of all are compared, then the nearest whole.
    pub fn nearest(&self, asked: &Asked, count: usize) -> Vec<u32> {
        if count == 0 || self.searched == 0 || asked.numbers.len() != self.dimensions {
            return Vec::new();
        }
        let closer = count.saturating_mul(CLOSER).min(self.searched);
        let mut near: Vec<(f32, u32)> = if closer < self.searched {
            let heads = self.heads(asked, closer);
            heads.into_iter().filter_map(|slot| self.compared(asked, slot)).collect()
        } else {
            (0..self.searched).filter_map(|slot| self.compared(asked, slot)).collect()
        };
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut seen = HashSet::new();
        let passages = near.into_iter().map(|(_, passage)| passage);
        passages.filter(|passage| seen.insert(*passage)).take(count).collect()
    }

    fn compared(&self, asked: &Asked, slot: usize) -> Option<(f32, u32)> {
        let vector = word(&self.bytes, self.parts.owners + 8 * slot)?;
        let passage = word(&self.bytes, self.parts.owners + 8 * slot + 4)?;
        let (row, scale) = self.row(vector)?;
        Some((product(&asked.numbers, row) as f32 * scale, passage))
    }

    /// The places of the heads that are nearest.
    fn heads(&self, asked: &Asked, count: usize) -> Vec<usize> {
        let threads = if self.searched > ALONE {
            thread::available_parallelism().map_or(1, usize::from)
        } else {
            1
        };
        let share = self.searched.div_ceil(threads);
        let mut best: Vec<(i32, Reverse<usize>)> = if threads == 1 {
            self.heads_in(asked, 0, self.searched, count)
        } else {
            thread::scope(|scope| {
                let work = |thread: usize| {
                    let from = thread * share;
                    let to = (from + share).min(self.searched);
                    scope.spawn(move || self.heads_in(asked, from, to, count))
                };
                let workers: Vec<_> = (0..threads).map(work).collect();
                let ended =
                    workers.into_iter().map(|w| w.join().unwrap_or_else(|p| resume_unwind(p)));
                ended.flatten().collect()
            })
        };
        if best.len() > count {
            best.select_nth_unstable_by(count - 1, |a, b| b.cmp(a));
            best.truncate(count);
        }
        best.into_iter().map(|(_, Reverse(slot))| slot).collect()
    }

    fn heads_in(
        &self,
        asked: &Asked,
        from: usize,
        to: usize,
        count: usize,
    ) -> Vec<(i32, Reverse<usize>)> {
        let heads =
            &self.bytes[self.parts.heads + from * self.head..self.parts.heads + to * self.head];
        let asked = &asked.numbers[..self.head];
        let mut best: BinaryHeap<Reverse<(i32, Reverse<usize>)>> =
            BinaryHeap::with_capacity(count + 1);
        let mut least = i32::MIN;
        for (at, head) in heads.chunks_exact(self.head).enumerate() {
            let near = product(asked, head);
            if near > least || best.len() < count {
                best.push(Reverse((near, Reverse(from + at))));
                if best.len() > count {
                    best.pop();
                }
                if best.len() == count {
                    least = best.peek().map_or(i32::MIN, |Reverse((near, _))| *near);
                }
            }
        }
        best.into_iter().map(|Reverse(one)| one).collect()
    }

    fn start(&self, passage: usize) -> usize {
        word(&self.bytes, self.parts.starts + 4 * passage).map_or(0, |n| n as usize)
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

fn mean_of_best(mut near: Vec<f32>) -> f32 {
    near.sort_by(|a, b| b.total_cmp(a));
    near.truncate(3);
    near.iter().sum::<f32>() / near.len().max(1) as f32
}

/// The sum of products; numbers of a row are signed bytes.
fn product(asked: &[i16], row: &[u8]) -> i32 {
    let one = |(a, r): (&i16, &u8)| i32::from(*a) * i32::from(i16::from(i8::from_le_bytes([*r])));
    asked.iter().zip(row).map(one).sum()
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}
