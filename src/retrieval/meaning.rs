//! What a question means, beside what passages mean: likenesses of vectors.

use std::sync::Arc;

use crate::corpus::passages::Passage;
use crate::index::place::Place;
use crate::index::reader::Reader;
use crate::index::search::Candidate;
use crate::index::vectors::{Asked, Likeness, Vectors};
use crate::retrieval::model::Mode;
use crate::retrieval::question::Question;
use crate::semantic::model::{Kind, Model};

/// The meaning of one question over one generation.
#[derive(Debug)]
pub struct Meaning<'a> {
    vectors: &'a Vectors,
    asked: Asked,
    model: &'a Arc<Model>,
}

/// The weights that go with a model.
pub fn mode_of(model: Option<&Arc<Model>>) -> Mode {
    match model.map(|model| model.kind()) {
        None => Mode::Words,
        Some(Kind::Builtin) => Mode::Builtin,
        Some(Kind::Fitted | Kind::Other) => Mode::Full,
    }
}

impl<'a> Meaning<'a> {
    /// Of a question. `None` without a model, where passages have no vectors of it, where it
    /// does not know the language, and where it fails: words alone are matched then.
    pub fn of(
        reader: &'a Reader,
        model: Option<&'a Arc<Model>>,
        question: &Question,
    ) -> Option<Self> {
        let model = model?;
        let vectors = reader.vectors().filter(|v| v.model() == model.fingerprint())?;
        if !model.speaks(question.language) {
            return None;
        }
        let vector = model.question(&question.text).ok()?;
        Some(Self { vectors, asked: vectors.asked(&vector)?, model })
    }

    /// The meaning of what was said before, over the same generation.
    pub fn of_text(&self, text: &str) -> Option<Self> {
        let vector = self.model.said(text).ok()?;
        let (vectors, model) = (self.vectors, self.model);
        Some(Self { vectors, asked: vectors.asked(&vector)?, model })
    }

    /// The weights that likenesses of this model are weighed by.
    pub fn mode(&self) -> Mode {
        mode_of(Some(self.model))
    }

    /// The passages nearest to the question.
    pub fn nearest(&self, count: usize) -> Vec<Place> {
        self.vectors.nearest(&self.asked, count)
    }

    /// Whether a candidate has what it is to be compared by. Nothing is compared in a language
    /// that the model does not know.
    pub fn covers(&self, candidate: &Candidate) -> bool {
        !self.reads(&candidate.passage) || self.vectors.has(candidate.place)
    }

    /// How near the question is to a candidate, on the scale that the weights were fitted to; 0
    /// in a language that the model does not know.
    pub fn likeness(&self, candidate: &Candidate) -> Likeness {
        let reads = self.reads(&candidate.passage);
        let found = self.vectors.likeness(&self.asked, candidate.place).filter(|_| reads);
        let found = found.unwrap_or_default();
        if self.model.kind() != Kind::Other {
            return found;
        }
        let (mean, spread) = self.vectors.unrelated();
        // A few articles tell little of how likenesses are spread.
        let spread = spread.max(0.05);
        // What a passage does not have is 0 and stays so.
        let usual = |near: f32| if near == 0.0 { 0.0 } else { standardized(near, mean, spread) };
        // Beyond what questions have in common unrelated ones have a likeness around 0.
        let beyond = |near: f32| (near / spread * USUAL_SPREAD).clamp(-1.0, 1.0);
        Likeness {
            question: beyond(found.question),
            questions: beyond(found.questions),
            whole: usual(found.whole),
            part: usual(found.part),
            topic: usual(found.topic),
        }
    }

    fn reads(&self, passage: &Passage) -> bool {
        self.model.speaks(passage.language)
    }
}

/// Mean and spread of likenesses of all-MiniLM-L6-v2 between unrelated texts, measured over the
/// FAQ sets that the weights were fitted to.
const USUAL_MEAN: f32 = 0.14;
/// See [`USUAL_MEAN`].
const USUAL_SPREAD: f32 = 0.13;

/// Brings a likeness of another model to the scale of the one that the weights were fitted with,
/// given mean and spread of its likenesses between unrelated texts.
fn standardized(likeness: f32, mean: f32, spread: f32) -> f32 {
    (USUAL_MEAN + (likeness - mean) / spread * USUAL_SPREAD).clamp(-1.0, 1.0)
}
