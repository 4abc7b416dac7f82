//! Evidence in, order out: a weighted sum for each kind of passage.
//!
//! The score is the logarithm of the odds that the passage answers the question; equal
//! scores are ordered by age (newest first), then by passage id.

use crate::corpus::passages::{Kind, Passage};
use crate::index;
use crate::index::reader::Reader;
use crate::retrieval::evidence::{Evidence, Examiner, Match};
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

/// What each figure of the evidence adds to the score.
#[derive(Debug, Clone, Copy)]
struct Weights {
    bias: f32,
    coverage: f32,
    sentence: f32,
    missed: f32,
    names_missed: f32,
    foreign: f32,
    substance: f32,
    question: f32,
    frame: f32,
    swap: f32,
    order: f32,
    expected: f32,
    unexpected: f32,
    clash: f32,
    dateline: f32,
    aim: f32,
    per_year: f32,
}

const FAQ: Weights = Weights {
    bias: -6.6,
    coverage: 1.0,
    sentence: 0.0,
    missed: -0.8,
    names_missed: -7.0,
    foreign: -0.5,
    substance: 2.0,
    question: 5.8,
    frame: 2.7,
    swap: 3.0,
    order: 0.5,
    expected: 0.6,
    unexpected: -0.6,
    clash: -1.0,
    dateline: 0.0,
    aim: 0.0,
    per_year: -0.05,
};
const PARAGRAPH: Weights = Weights {
    bias: -6.6,
    coverage: 5.0,
    sentence: 1.2,
    missed: -0.6,
    names_missed: -2.5,
    foreign: 0.0,
    substance: 2.2,
    question: 0.0,
    frame: 0.0,
    swap: 0.0,
    order: 1.2,
    expected: 0.6,
    unexpected: -3.0,
    clash: 0.0,
    dateline: 3.5,
    aim: 2.0,
    per_year: -0.05,
};

/// Older than this counts no further: one article with a mistyped date must not outdate all
/// others.
const MOST_YEARS: f32 = 10.0;

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
    let w = weights(kind);
    // A likeness of the whole question makes up for what an answer leaves unsaid.
    let open = 1.0 - evidence.question;
    let reason = |name, value: f32, weight: f32| Reason { name, value, adds: value * weight };
    vec![
        reason("words of the question found here", evidence.coverage, w.coverage),
        reason("words found in one sentence", evidence.sentence, w.sentence),
        reason("words found nowhere here", evidence.missed, w.missed),
        reason("names found nowhere here", evidence.names_missed, w.names_missed),
        reason("words that no article has", evidence.foreign, w.foreign),
        reason("how much the question says", evidence.substance, w.substance),
        reason("likeness to the entry's question", evidence.question, w.question),
        reason("asked in the same form", evidence.frame, w.frame),
        reason("only one word exchanged", evidence.swap, w.swap),
        reason("words in the same order", evidence.order, w.order),
        reason("holds what was asked for", evidence.expected.max(0.0) * open, w.expected),
        reason("lacks what was asked for", (-evidence.expected).max(0.0) * open, w.unexpected),
        reason("the entry asks for something else", evidence.clash, w.clash),
        reason("gives the date of publishing", evidence.dateline, w.dateline),
        reason("says what it is for", evidence.aim, w.aim),
        reason(
            "years older than the newest article",
            (evidence.age_days / 365.0).min(MOST_YEARS),
            w.per_year,
        ),
    ]
}

fn weights(kind: Kind) -> &'static Weights {
    match kind {
        Kind::Faq => &FAQ,
        Kind::Summary | Kind::Body => &PARAGRAPH,
    }
}

fn score(kind: Kind, evidence: &Evidence) -> f32 {
    weights(kind).bias + reasons(kind, evidence).iter().map(|r| r.adds).sum::<f32>()
}

/// Orders passages by their evidence, best first.
pub fn rank(
    reader: &Reader,
    question: &Question,
    passages: Vec<Passage>,
) -> Result<Vec<Ranked>, index::Error> {
    let mut examiner = Examiner::new(reader, question);
    let mut ranked = Vec::with_capacity(passages.len());
    for passage in passages {
        let found = examiner.examine(&passage)?;
        let score = score(passage.kind, &found.evidence);
        ranked.push(Ranked { passage, found, score });
    }
    ranked.sort_by(|a, b| {
        let newest = b.passage.published.cmp(&a.passage.published);
        b.score.total_cmp(&a.score).then(newest).then_with(|| a.passage.id.cmp(&b.passage.id))
    });
    Ok(ranked)
}
