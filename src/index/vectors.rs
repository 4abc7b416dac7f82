//! The vectors of a generation, a file for each of its segments.
//!
//! Questions of one corpus are alike in what it is about, which tells none from another: they are
//! compared beyond what all have in common (Arora and others, 2017, take away the same from
//! sentences). All that depends on several passages is of those that are there, whatever was
//! there before.

use std::collections::BinaryHeap;
use std::sync::Arc;

use tantivy::fastfield::AliveBitSet;

use crate::index::aspects::Aspect;
use crate::index::place::Place;
use crate::index::row::{Row, Sum, product, widened};
use crate::index::vector_file::VectorFile;

/// Vectors between which the likeness of unrelated texts is measured.
const SAMPLED: usize = 256;

/// The vectors of a generation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vectors {
    pub(super) segments: Arc<[Segment]>,
    dimensions: usize,
    common: Common,
    model: String,
}

/// The vectors of a segment, and which of its documents are there.
#[derive(Clone)]
pub(super) struct Segment {
    pub(super) file: Option<VectorFile>,
    pub(super) documents: u32,
    pub(super) alive: Option<AliveBitSet>,
}

impl Segment {
    pub(super) fn is_alive(&self, document: u32) -> bool {
        document < self.documents
            && self.alive.as_ref().is_none_or(|alive| alive.is_alive(document))
    }
}

impl std::fmt::Debug for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Segment").field("documents", &self.documents).finish_non_exhaustive()
    }
}

/// What the questions of entries have in common: their mean, the shorter the fewer there are.
#[derive(Debug, Clone)]
struct Common {
    vector: Arc<[f32]>,
    numbers: Arc<[i16]>,
    /// What brings products with the numbers to those with the vector.
    scale: f32,
    /// The product of the vector with itself.
    square: f32,
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
    const SOME: f64 = 30.0;

    fn of(sum: &Sum) -> Self {
        let vector: Arc<[f32]> = sum.divided(sum.count as f64 + Self::SOME).into();
        let row = Row::new(&vector);
        let square = vector.iter().map(|x| x * x).sum::<f32>();
        let numbers = widened(&row.numbers).into();
        Self { vector, numbers, scale: row.scale * square.sqrt(), square }
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

impl Vectors {
    /// Those of the segments of a generation, each with its file where there is one, how many
    /// documents it has and which of them are there. `None` where no file is of any use.
    pub fn new(
        segments: impl IntoIterator<Item = (Option<VectorFile>, u32, Option<AliveBitSet>)>,
    ) -> Option<Self> {
        let mut segments: Vec<Segment> = segments
            .into_iter()
            .map(|(file, documents, alive)| Segment { file, documents, alive })
            .collect();
        let first = segments.iter().find_map(|segment| segment.file.as_ref())?;
        let (model, dimensions) = (first.model().to_owned(), first.dimensions());
        let mut sum = Sum::new(dimensions);
        for segment in &mut segments {
            let ours = |f: &VectorFile| f.model() == model && f.dimensions() == dimensions;
            segment.file = segment.file.take().filter(ours);
            let Some(file) = &segment.file else { continue };
            sum.join(&file.sum());
            let gone = (0..segment.documents).filter(|document| !segment.is_alive(*document));
            for document in gone.filter(|_| segment.alive.is_some()) {
                for (_, vector) in file.entries(document).filter(|(a, _)| *a == Aspect::Question) {
                    file.row(vector).inspect(|(row, scale)| sum.remove(row, *scale));
                }
            }
        }
        Some(Self { segments: segments.into(), dimensions, common: Common::of(&sum), model })
    }

    /// Whether the bytes of all files are those that were written; reads all of them.
    pub fn is_intact(&self) -> bool {
        self.segments.iter().filter_map(|s| s.file.as_ref()).all(VectorFile::is_intact)
    }

    /// The same of some segments.
    pub(super) fn are_intact(&self, segments: &[usize]) -> bool {
        let mut files = segments.iter().filter_map(|at| self.segments.get(*at)?.file.as_ref());
        files.all(VectorFile::is_intact)
    }

    /// The fingerprint of the model that made them.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Numbers of a vector.
    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Whether every passage of a segment has some.
    pub fn is_complete(&self, segment: usize) -> bool {
        self.segments.get(segment).is_some_and(|segment| {
            segment.file.as_ref().is_some_and(|file| {
                (0..segment.documents).all(|at| !segment.is_alive(at) || file.has(at))
            })
        })
    }

    /// Mean and spread of the likeness of unrelated texts: of those whose hashes are the lowest.
    pub fn unrelated(&self) -> (f32, f32) {
        let mut lowest: BinaryHeap<(u64, usize, u32)> = BinaryHeap::new();
        for (at, segment) in self.segments.iter().enumerate() {
            let Some(file) = &segment.file else { continue };
            for (vector, document) in (0..file.searched()).filter_map(|slot| file.owner(slot)) {
                let Some(hash) = file.hash(vector).filter(|_| segment.is_alive(document)) else {
                    continue;
                };
                if lowest.len() == SAMPLED
                    && lowest.peek().is_some_and(|(most, _, _)| hash >= *most)
                {
                    continue;
                }
                lowest.push((hash, at, vector));
                if lowest.len() > SAMPLED {
                    lowest.pop();
                }
            }
        }
        let row = |(_, at, vector): (u64, usize, u32)| {
            let (numbers, scale) = self.segments[at].file.as_ref()?.row(vector)?;
            Some(Row { numbers: numbers.to_vec(), scale })
        };
        let rows: Vec<Row> = lowest.into_sorted_vec().into_iter().filter_map(row).collect();
        let pairs = rows.iter().zip(rows.iter().skip((rows.len() / 2).max(1)));
        let near: Vec<f32> = pairs.map(|(a, b)| a.likeness(b)).collect();
        let count = near.len().max(1) as f32;
        let mean = near.iter().sum::<f32>() / count;
        let spread = near.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / count;
        (mean, spread.sqrt())
    }

    /// The vector of the text of a hash.
    pub fn find(&self, hash: u64) -> Option<Row> {
        self.segments.iter().filter_map(|s| s.file.as_ref()).find_map(|file| file.find(hash))
    }

    /// Whether a passage has vectors.
    pub fn has(&self, place: Place) -> bool {
        self.file(place).is_some_and(|file| file.has(place.document))
    }

    fn file(&self, place: Place) -> Option<&VectorFile> {
        self.segments.get(place.segment as usize)?.file.as_ref()
    }

    /// The vector of a question as these are compared with it; `None` where it says nothing.
    pub fn asked(&self, vector: &[f32]) -> Option<Asked> {
        self.common.asked(vector)
    }

    /// How near a question is to a passage; `None` where the passage has no vectors.
    pub fn likeness(&self, asked: &Asked, place: Place) -> Option<Likeness> {
        if asked.numbers.len() != self.dimensions {
            return None;
        }
        let file = self.file(place)?;
        let (mut found, mut best) = (false, [None::<f32>; 4]);
        let mut questions = Vec::new();
        for (aspect, vector) in file.entries(place.document) {
            let Some((row, scale)) = file.row(vector) else { continue };
            let mut near = asked.likeness(row, scale);
            if aspect == Aspect::Question {
                near = self.common.beyond(asked, near, row, scale);
                questions.push(near);
            }
            let slot = &mut best[aspect.number() as usize];
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
}

/// Likenesses to several phrasings of the same: a sum in which the best count most (the
/// logarithm of a sum of powers); that to the only one where there is one, at most 1.
fn together(near: &[f32]) -> f32 {
    const SHARPNESS: f32 = 15.0;
    let near = near.iter().filter(|near| near.is_finite());
    let sum: f32 = near.map(|near| (SHARPNESS * near).exp()).sum();
    if sum == 0.0 { 0.0 } else { (sum.ln() / SHARPNESS).min(1.0) }
}
