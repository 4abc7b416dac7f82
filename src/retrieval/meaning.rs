//! What a question means, beside what passages mean: likenesses of vectors.

use std::sync::Arc;

use crate::index::reader::Reader;
use crate::index::vectors::{Asked, Likeness, Vectors};
use crate::retrieval::model::Mode;
use crate::retrieval::question::Question;
use crate::semantic::model::{Kind, Model, standardized};
use crate::text::language::Language;

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
        Some(Self { vectors, asked: Asked::new(&vector)?, model })
    }

    /// The weights that likenesses of this model are weighed by.
    pub fn mode(&self) -> Mode {
        mode_of(Some(self.model))
    }

    /// The passages nearest to the question, by running number.
    pub fn nearest(&self, count: usize) -> Vec<u32> {
        self.vectors.nearest(&self.asked, count)
    }

    /// How near the question is to a passage, on the scale that the weights were fitted to.
    pub fn likeness(&self, passage: u32) -> Option<Likeness> {
        let found = self.vectors.likeness(&self.asked, passage)?;
        if self.model.kind() != Kind::Other {
            return Some(found);
        }
        let (mean, spread) = self.vectors.unrelated();
        // What a passage does not have is 0 and stays so.
        let usual = |near: f32| if near == 0.0 { 0.0 } else { standardized(near, mean, spread) };
        Some(Likeness {
            question: usual(found.question),
            questions: usual(found.questions),
            whole: usual(found.whole),
            part: usual(found.part),
            topic: usual(found.topic),
        })
    }

    /// Whether the model knows the language of a passage.
    pub fn reads(&self, language: Language) -> bool {
        self.model.speaks(language)
    }
}
