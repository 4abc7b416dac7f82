//! Evidence in, order out.
//!
//! A difference of scores is the logarithm of the odds that the one passage answers rather than
//! the other; equal scores are ordered by age (newest first), then by passage id.
//!
//! An entry that asks just what was asked stands above all others, whatever the weights are.
//! Nobody can have meant another one: its keeper wrote down this question and this answer. That
//! holds of "How?" as well, so that how much the question says makes no difference; where several
//! entries ask the same, their evidence orders them.

use crate::corpus::passages::{Kind, Passage};
use crate::index::reader::Reader;
use crate::index::search::Candidate;
use crate::retrieval::context::Context;
use crate::retrieval::evidence::{Evidence, Match};
use crate::retrieval::examiner::Examiner;
use crate::retrieval::meaning::Meaning;
use crate::retrieval::model::{self, FIGURES, Mode, Model};
use crate::retrieval::question::Question;

/// What asking just the question of an entry adds to its score: more than all figures together.
const VERBATIM: f32 = 100.0;
/// Least log-odds of such an entry.
const VERBATIM_RIGHT: f32 = 4.0;

/// What asking for the opposite takes from the score and from the log-odds of an entry. No question
/// set has enough of these to fit it: it makes what is almost sure rather unlikely.
const OPPOSED: f32 = 3.0;

/// A passage with what speaks for it.
#[derive(Debug)]
pub struct Ranked {
    /// The passage.
    pub passage: Box<Passage>,
    /// How it matches.
    pub found: Match,
    /// What it was weighed by.
    pub mode: Mode,
    /// What orders candidates.
    pub score: f32,
    /// Log-odds that it answers the question.
    pub right: f32,
}

/// One figure with what it added to the score, for explanations.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// What was looked at, in plain words.
    pub name: &'static str,
    /// The figure.
    pub value: f32,
    /// What it added to the log-odds that the passage is right.
    pub adds: f32,
}

/// What the evidence adds up to, figure by figure, without the bias.
pub fn reasons(mode: Mode, kind: Kind, evidence: &Evidence) -> Vec<Reason> {
    let weights = Model::shipped(mode).right.of(kind);
    let values = model::values(evidence);
    let lifted = lift(weights.sum(&values) - OPPOSED * evidence.opposed, evidence);
    let figures = FIGURES.iter().zip(values).zip(weights.figures);
    let verbatim = Reason { name: "asked word for word", value: 1.0, adds: lifted };
    let before = evidence.context.map(|fit| Reason {
        name: "fits what was said before",
        value: fit.about,
        adds: fit.right(),
    });
    let opposed = Reason {
        name: "asks for the opposite",
        value: evidence.opposed,
        adds: -OPPOSED * evidence.opposed,
    };
    figures
        .map(|((f, value), w)| Reason { name: f.name, value, adds: value * w })
        .chain([opposed])
        .chain(before)
        .chain((lifted > 0.0).then_some(verbatim))
        .collect()
}

/// What log-odds of being right lack of those of an entry that was asked word for word; 0 for
/// any other.
fn lift(right: f32, evidence: &Evidence) -> f32 {
    if evidence.verbatim { (VERBATIM_RIGHT - right).max(0.0) } else { 0.0 }
}

/// Orders candidates by their evidence, best first.
pub fn rank(
    reader: &Reader,
    question: &Question,
    meaning: Option<&Meaning<'_>>,
    context: Option<&Context<'_>>,
    candidates: Vec<Candidate>,
) -> Vec<Ranked> {
    let examiner = Examiner::new(reader, question);
    let mut ranked: Vec<Ranked> = candidates
        .into_iter()
        .map(|candidate| {
            let mut found = examiner.examine(&candidate);
            found.evidence.meaning = meaning.map(|m| m.likeness(&candidate));
            let mode = meaning.map_or(Mode::Words, Meaning::mode);
            let values = model::values(&found.evidence);
            let kind = candidate.passage.kind;
            let Model { order, right, .. } = Model::shipped(mode);
            let (mut score, mut right) = (order.of(kind).sum(&values), right.of(kind).sum(&values));
            let opposed = OPPOSED * found.evidence.opposed;
            (score, right) = (score - opposed, right - opposed);
            right += lift(right, &found.evidence);
            if found.evidence.verbatim {
                score += VERBATIM;
            }
            if let Some(context) = context {
                let fit = context.fit(&candidate);
                score += fit.order();
                right += fit.right();
                found.evidence.context = Some(fit);
            }
            Ranked { passage: candidate.passage, found, mode, score, right }
        })
        .collect();
    order(&mut ranked);
    ranked
}

/// Best first; equal scores newest first, then by passage id.
pub fn order(ranked: &mut [Ranked]) {
    ranked.sort_by(|a, b| {
        let newest = b.passage.published.cmp(&a.passage.published);
        b.score.total_cmp(&a.score).then(newest).then_with(|| a.passage.id.cmp(&b.passage.id))
    });
}

#[cfg(test)]
mod tests {
    use super::VERBATIM;
    use crate::retrieval::model::{FIGURES, Mode, Model, Weights};

    #[test]
    fn no_evidence_outweighs_a_question_asked_word_for_word() {
        // Years count to ten, all other figures to one.
        let most = |key: &str| if key == "years" { 10.0 } else { 1.0 };
        let reach = |weights: &Weights| {
            let figures = FIGURES.iter().zip(weights.figures);
            weights.bias.abs() + figures.map(|(f, w)| w.abs() * most(f.key)).sum::<f32>()
        };
        for mode in Mode::ALL {
            let Model { order, .. } = Model::shipped(mode);
            assert!(reach(&order.faq) + reach(&order.paragraph) < VERBATIM);
        }
    }
}
