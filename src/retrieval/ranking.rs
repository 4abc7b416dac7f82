//! Evidence in, order out.
//!
//! A difference of scores is the logarithm of the odds that the one passage answers rather than
//! the other; equal scores are ordered by age (newest first), then by passage id.

use crate::corpus::passages::{Kind, Passage};
use crate::index::reader::{Candidate, Reader};
use crate::retrieval::evidence::{Evidence, Examiner, Match};
use crate::retrieval::model::{self, FIGURES, Model};
use crate::retrieval::question::Question;

/// A passage with what speaks for it.
#[derive(Debug)]
pub struct Ranked {
    /// The passage.
    pub passage: Passage,
    /// How it matches.
    pub found: Match,
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
pub fn reasons(kind: Kind, evidence: &Evidence) -> Vec<Reason> {
    let weights = Model::shipped().right.of(kind).figures;
    let values = model::values(evidence);
    let figures = FIGURES.iter().zip(values).zip(weights);
    figures.map(|((f, value), w)| Reason { name: f.name, value, adds: value * w }).collect()
}

/// Orders candidates by their evidence, best first.
pub fn rank(reader: &Reader, question: &Question, candidates: Vec<Candidate>) -> Vec<Ranked> {
    let examiner = Examiner::new(reader, question);
    let mut ranked: Vec<Ranked> = candidates
        .into_iter()
        .map(|candidate| {
            let found = examiner.examine(&candidate);
            let values = model::values(&found.evidence);
            let kind = candidate.passage.kind;
            let Model { order, right, .. } = Model::shipped();
            let (score, right) = (order.of(kind).sum(&values), right.of(kind).sum(&values));
            Ranked { passage: candidate.passage, found, score, right }
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
