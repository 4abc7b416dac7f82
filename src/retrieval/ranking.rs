//! Evidence in, order out.
//!
//! The score is the logarithm of the odds that the passage answers the question; equal
//! scores are ordered by age (newest first), then by passage id.

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
    /// Log-odds that it answers the question.
    pub score: f32,
}

/// One figure with what it added to the score, for explanations.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// What was looked at, in plain words.
    pub name: &'static str,
    /// The figure.
    pub value: f32,
    /// What it added to the log-odds.
    pub adds: f32,
}

/// What the evidence adds up to, figure by figure, without the bias.
pub fn reasons(kind: Kind, evidence: &Evidence) -> Vec<Reason> {
    let weights = Model::shipped().of(kind).figures;
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
            let weights = Model::shipped().of(candidate.passage.kind);
            let score = weights.score(&model::values(&found.evidence));
            Ranked { passage: candidate.passage, found, score }
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
