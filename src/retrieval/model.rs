//! What each figure of the evidence is worth: weighted sums for each kind of passage, one that
//! orders candidates and one that tells how likely a passage is right.
//!
//! The weights stand in `weights.json`, which `faqbot eval --fit` writes. No weight has the
//! sign that would make no sense to a person.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::corpus::passages::Kind;
use crate::index::vectors::Likeness;
use crate::retrieval::evidence::Evidence;

/// A figure of the evidence as the model takes it.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// Its name in the file of weights.
    pub key: &'static str,
    /// What was looked at, in plain words.
    pub name: &'static str,
    /// 1 where it speaks for a passage, −1 where against.
    pub sign: f32,
    /// Its value.
    pub value: fn(&Evidence) -> f32,
}

/// Older than this counts no further: one article with a mistyped date must not outdate all
/// others.
const MOST_YEARS: f32 = 10.0;

/// Number of figures.
pub const COUNT: usize = 25;

/// All figures, in the order of weights.
pub const FIGURES: [Figure; COUNT] = [
    speaks("coverage", "words of the question found here", |e| e.coverage),
    speaks("sentence", "words found in one sentence", |e| e.sentence),
    speaks("frequent", "how often they stand here", |e| e.frequent),
    speaks("letters", "likeness to the text by letters", |e| e.letters),
    against("missed", "words found nowhere here", |e| e.missed),
    against("names_missed", "names found nowhere here", |e| e.names_missed),
    against("elsewhere", "is about another name", |e| e.elsewhere),
    against("foreign", "words that no article has", |e| e.foreign),
    speaks("substance", "how much the question says", |e| e.substance),
    speaks("question", "likeness to the entry's question", |e| e.question),
    speaks("question_letters", "likeness to it by letters", |e| e.question_letters),
    speaks("frame", "asked in the same form", |e| e.frame),
    speaks("swap", "only one word exchanged", |e| e.swap),
    speaks("order", "words in the same order", |e| e.order),
    speaks("expected", "holds what was asked for", |e| open(e) * e.expected.max(0.0)),
    against("unexpected", "lacks what was asked for", |e| open(e) * (-e.expected).max(0.0)),
    against("clash", "the entry asks for something else", |e| e.clash),
    speaks("dateline", "gives the date of publishing", |e| e.dateline),
    speaks("aim", "says what it is for", |e| e.aim),
    against("years", "years older than the newest article", |e| {
        (e.age_days / 365.0).min(MOST_YEARS)
    }),
    speaks("meant_question", "near in meaning to the entry's question", |e| {
        meant(e).question.max(0.0)
    }),
    speaks("meant_questions", "near in meaning to several of its phrasings", |e| {
        meant(e).questions.max(0.0)
    }),
    speaks("meant_whole", "near in meaning as a whole", |e| meant(e).whole.max(0.0)),
    speaks("meant_part", "near in meaning to a part of it", |e| meant(e).part.max(0.0)),
    speaks("meant_topic", "near in meaning to title and heading", |e| meant(e).topic.max(0.0)),
];

fn meant(evidence: &Evidence) -> Likeness {
    evidence.meaning.unwrap_or_default()
}

const fn speaks(key: &'static str, name: &'static str, value: fn(&Evidence) -> f32) -> Figure {
    Figure { key, name, sign: 1.0, value }
}

const fn against(key: &'static str, name: &'static str, value: fn(&Evidence) -> f32) -> Figure {
    Figure { key, name, sign: -1.0, value }
}

/// A likeness of the whole question makes up for what an answer leaves unsaid.
fn open(evidence: &Evidence) -> f32 {
    1.0 - evidence.question
}

/// The values of all figures.
pub fn values(evidence: &Evidence) -> [f32; COUNT] {
    FIGURES.map(|figure| (figure.value)(evidence))
}

/// The weights of one sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// What is added to every score.
    pub bias: f32,
    /// A weight for each figure.
    pub figures: [f32; COUNT],
}

impl Weights {
    /// The weighted sum of these values.
    pub fn sum(&self, values: &[f32; COUNT]) -> f32 {
        self.bias + self.figures.iter().zip(values).map(|(w, v)| w * v).sum::<f32>()
    }
}

/// The weights of both kinds of passages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Named", into = "Named")]
pub struct Sums {
    /// For FAQ entries.
    pub faq: Weights,
    /// For points of a summary and paragraphs.
    pub paragraph: Weights,
}

impl Sums {
    /// The weights for a kind of passage.
    pub fn of(&self, kind: Kind) -> &Weights {
        match kind {
            Kind::Faq => &self.faq,
            Kind::Summary | Kind::Body => &self.paragraph,
        }
    }
}

/// What passages are compared by besides words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Words,
    /// The vectors of the built-in table.
    Builtin,
    /// Those of a transformer.
    Full,
}

impl Mode {
    /// All.
    pub const ALL: [Self; 3] = [Self::Words, Self::Builtin, Self::Full];
}

/// The models of all modes: what is worth how much depends on what else is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Models {
    /// For words alone.
    pub words: Model,
    /// With the built-in table.
    pub builtin: Model,
    /// With a transformer.
    pub full: Model,
}

impl Models {
    /// Those that come with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The model of a mode.
    pub fn of(&self, mode: Mode) -> &Model {
        match mode {
            Mode::Words => &self.words,
            Mode::Builtin => &self.builtin,
            Mode::Full => &self.full,
        }
    }

    /// The same, to be replaced.
    pub fn of_mut(&mut self, mode: Mode) -> &mut Model {
        match mode {
            Mode::Words => &mut self.words,
            Mode::Builtin => &mut self.builtin,
            Mode::Full => &mut self.full,
        }
    }
}

/// The whole model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// How the weights came about.
    pub about: String,
    /// What orders candidates: a difference of two sums is the logarithm of the odds that the
    /// one answers rather than the other.
    pub order: Sums,
    /// The logarithm of the odds that a passage answers the question.
    pub right: Sums,
    /// What a confidence from which on is answered gave on questions that the weights were not
    /// fitted on, from low to high.
    pub trade_off: Vec<Point>,
}

/// What came of answering from a confidence on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Least confidence of an answer, 0 to 1.
    pub from: f32,
    /// Share of the answers given that were wrong.
    pub wrong: f32,
    /// Share of the questions with an answer that were answered.
    pub answered: f32,
    /// Share of the questions without an answer that were refused.
    pub refused: f32,
}

/// Sums as the file has them: weights by name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    faq: BTreeMap<String, f32>,
    paragraph: BTreeMap<String, f32>,
}

const BIAS: &str = "bias";

impl TryFrom<Named> for Sums {
    type Error = String;

    fn try_from(named: Named) -> Result<Self, String> {
        let weights = |mut named: BTreeMap<String, f32>| {
            let mut take = |key: &str| named.remove(key).unwrap_or(0.0);
            let weights = Weights { bias: take(BIAS), figures: FIGURES.map(|f| take(f.key)) };
            match named.keys().next() {
                None => Ok(weights),
                Some(key) => Err(format!("`{key}` is no figure of the evidence")),
            }
        };
        Ok(Self { faq: weights(named.faq)?, paragraph: weights(named.paragraph)? })
    }
}

impl From<Sums> for Named {
    fn from(sums: Sums) -> Self {
        let named = |weights: &Weights| {
            let figures = FIGURES.iter().zip(weights.figures);
            let named = figures.filter(|(_, w)| *w != 0.0).map(|(f, w)| (f.key.to_owned(), w));
            named.chain([(BIAS.to_owned(), weights.bias)]).collect()
        };
        Self { faq: named(&sums.faq), paragraph: named(&sums.paragraph) }
    }
}

static SHIPPED: LazyLock<Models> = LazyLock::new(|| {
    serde_json::from_str(include_str!("weights.json")).expect("the committed weights are tested")
});

impl Model {
    /// The model that the program ranks with.
    pub fn shipped(mode: Mode) -> &'static Self {
        Models::shipped().of(mode)
    }
}

#[cfg(test)]
mod tests {
    use super::{FIGURES, Mode, Model, Models, Sums};

    #[test]
    fn the_committed_weights_can_be_read_and_written() {
        let model = Models::shipped();
        let again: Models = serde_json::from_str(&serde_json::to_string(model).unwrap()).unwrap();
        assert_eq!(&again, model);
        let sums = |text: &str| serde_json::from_str::<Sums>(text);
        assert!(sums(r#"{"faq":{"coverage":1},"paragraph":{}}"#).is_ok());
        assert!(sums(r#"{"faq":{"cover":1},"paragraph":{}}"#).is_err());
    }

    #[test]
    fn no_weight_has_a_sign_that_makes_no_sense() {
        let sums = |mode| {
            let Model { order, right, .. } = Model::shipped(mode);
            [&order.faq, &order.paragraph, &right.faq, &right.paragraph]
        };
        for weights in Mode::ALL.into_iter().flat_map(sums) {
            for (figure, weight) in FIGURES.iter().zip(weights.figures) {
                assert!(weight * figure.sign >= 0.0, "{}: {weight}", figure.key);
            }
        }
    }
}
