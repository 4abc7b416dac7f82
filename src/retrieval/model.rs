//! What each figure of the evidence is worth: a weighted sum for each kind of passage.
//!
//! The weights stand in `weights.json`; `faqbot eval --fit` writes them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::corpus::passages::Kind;
use crate::retrieval::evidence::Evidence;

/// A figure of the evidence as the model takes it.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// Its name in the file of weights.
    pub key: &'static str,
    /// What was looked at, in plain words.
    pub name: &'static str,
    /// Its value.
    pub value: fn(&Evidence) -> f32,
}

/// Older than this counts no further: one article with a mistyped date must not outdate all
/// others.
const MOST_YEARS: f32 = 10.0;

/// Number of figures.
pub const COUNT: usize = 19;

/// All figures, in the order of weights.
pub const FIGURES: [Figure; COUNT] = [
    figure("coverage", "words of the question found here", |e| e.coverage),
    figure("sentence", "words found in one sentence", |e| e.sentence),
    figure("frequent", "how often they stand here", |e| e.frequent),
    figure("letters", "likeness to the text by letters", |e| e.letters),
    figure("missed", "words found nowhere here", |e| e.missed),
    figure("names_missed", "names found nowhere here", |e| e.names_missed),
    figure("foreign", "words that no article has", |e| e.foreign),
    figure("substance", "how much the question says", |e| e.substance),
    figure("question", "likeness to the entry's question", |e| e.question),
    figure("question_letters", "likeness to it by letters", |e| e.question_letters),
    figure("frame", "asked in the same form", |e| e.frame),
    figure("swap", "only one word exchanged", |e| e.swap),
    figure("order", "words in the same order", |e| e.order),
    figure("expected", "holds what was asked for", |e| open(e) * e.expected.max(0.0)),
    figure("unexpected", "lacks what was asked for", |e| open(e) * (-e.expected).max(0.0)),
    figure("clash", "the entry asks for something else", |e| e.clash),
    figure("dateline", "gives the date of publishing", |e| e.dateline),
    figure("aim", "says what it is for", |e| e.aim),
    figure("years", "years older than the newest article", |e| {
        (e.age_days / 365.0).min(MOST_YEARS)
    }),
];

const fn figure(key: &'static str, name: &'static str, value: fn(&Evidence) -> f32) -> Figure {
    Figure { key, name, value }
}

/// A likeness of the whole question makes up for what an answer leaves unsaid.
fn open(evidence: &Evidence) -> f32 {
    1.0 - evidence.question
}

/// The values of all figures.
pub fn values(evidence: &Evidence) -> [f32; COUNT] {
    FIGURES.map(|figure| (figure.value)(evidence))
}

/// The weights for one kind of passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// What is added to every score.
    pub bias: f32,
    /// A weight for each figure.
    pub figures: [f32; COUNT],
}

impl Weights {
    /// The log-odds of these values.
    pub fn score(&self, values: &[f32; COUNT]) -> f32 {
        self.bias + self.figures.iter().zip(values).map(|(w, v)| w * v).sum::<f32>()
    }
}

/// The whole model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Model {
    /// How the weights came about.
    pub about: String,
    /// For FAQ entries.
    pub faq: Weights,
    /// For points of a summary and paragraphs.
    pub paragraph: Weights,
}

/// The model as the file has it: weights by name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    about: String,
    faq: BTreeMap<String, f32>,
    paragraph: BTreeMap<String, f32>,
}

const BIAS: &str = "bias";

impl TryFrom<Written> for Model {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let weights = |mut named: BTreeMap<String, f32>| {
            let mut take = |key: &str| named.remove(key).unwrap_or(0.0);
            let weights = Weights { bias: take(BIAS), figures: FIGURES.map(|f| take(f.key)) };
            match named.keys().next() {
                None => Ok(weights),
                Some(key) => Err(format!("`{key}` is no figure of the evidence")),
            }
        };
        let (faq, paragraph) = (weights(written.faq)?, weights(written.paragraph)?);
        Ok(Self { about: written.about, faq, paragraph })
    }
}

impl From<Model> for Written {
    fn from(model: Model) -> Self {
        let named = |weights: &Weights| {
            let figures = FIGURES.iter().zip(weights.figures);
            let named = figures.filter(|(_, w)| *w != 0.0).map(|(f, w)| (f.key.to_owned(), w));
            named.chain([(BIAS.to_owned(), weights.bias)]).collect()
        };
        Self { faq: named(&model.faq), paragraph: named(&model.paragraph), about: model.about }
    }
}

static SHIPPED: LazyLock<Model> = LazyLock::new(|| {
    serde_json::from_str(include_str!("weights.json")).expect("the committed weights are tested")
});

impl Model {
    /// The model that the program ranks with.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The weights for a kind of passage.
    pub fn of(&self, kind: Kind) -> &Weights {
        match kind {
            Kind::Faq => &self.faq,
            Kind::Summary | Kind::Body => &self.paragraph,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Model;

    #[test]
    fn the_committed_weights_can_be_read_and_written() {
        let model = Model::shipped();
        let again: Model = serde_json::from_str(&serde_json::to_string(model).unwrap()).unwrap();
        assert_eq!(&again, model);
        assert!(
            serde_json::from_str::<Model>(r#"{"about":"","faq":{"cover":1},"paragraph":{}}"#)
                .is_err()
        );
    }
}
