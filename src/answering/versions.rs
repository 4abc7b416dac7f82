//! Older and newer answers to one question: the same topic in articles of different dates.

use std::collections::HashSet;

use crate::corpus::passages::{Kind, Passage, normalized};
use crate::retrieval::ranking::Ranked;

/// Passages looked at for other versions.
const DEPTH: usize = 20;
/// Other versions that are told.
const MOST: usize = 3;
/// Share of words that two questions, or two titles, must have in common.
const SAME_QUESTION: f32 = 0.75;
const SAME_TITLE: f32 = 0.5;
/// How far below the best score another paragraph may be.
const SCORE_GAP: f32 = 0.6;

/// The places in `ranked` of all versions of the best passage's answer, newest first; only
/// its own where there is no other.
pub fn of_best(ranked: &[Ranked]) -> Vec<usize> {
    let Some(best) = ranked.first() else { return Vec::new() };
    let mut versions = vec![0];
    for (at, other) in ranked.iter().enumerate().take(DEPTH).skip(1) {
        let texts = versions.iter().all(|v| ranked[*v].passage.text != other.passage.text);
        let articles = versions.iter().all(|v| ranked[*v].passage.article != other.passage.article);
        if versions.len() <= MOST && texts && articles && same_question(best, other) {
            versions.push(at);
        }
    }
    versions.sort_by_key(|v| (std::cmp::Reverse(ranked[*v].passage.published), *v));
    versions
}

fn same_question(best: &Ranked, other: &Ranked) -> bool {
    let (a, b) = (&best.passage, &other.passage);
    match (a.kind, b.kind) {
        (Kind::Faq, Kind::Faq) => {
            phrasings(a).any(|p| phrasings(b).any(|q| shared(p, q) >= SAME_QUESTION))
        }
        (Kind::Faq, _) | (_, Kind::Faq) => false,
        _ => {
            best.score - other.score <= SCORE_GAP
                && (best.found.evidence.coverage - other.found.evidence.coverage).abs() < 0.05
                && shared(&a.title, &b.title) >= SAME_TITLE
        }
    }
}

fn phrasings(passage: &Passage) -> impl Iterator<Item = &str> {
    passage.question.iter().chain(&passage.alternates).map(String::as_str)
}

/// Words in common as a share of all words of both (Jaccard).
fn shared(a: &str, b: &str) -> f32 {
    let (a, b) = (normalized(a), normalized(b));
    let (a, b): (HashSet<&str>, HashSet<&str>) = (a.split(' ').collect(), b.split(' ').collect());
    let both = a.intersection(&b).count();
    both as f32 / (a.len() + b.len() - both).max(1) as f32
}
