//! Older and newer answers to one question: the same topic in articles of different dates.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::corpus::passages::{Kind, normalized};
use crate::retrieval::ranking::Ranked;
use crate::text::language::Language;
use crate::text::normalize;
use crate::text::stopwords::{self, Class};
use crate::text::tokenize::tokens;

/// Passages looked at for other versions.
pub(super) const DEPTH: usize = 20;
/// Other versions that are told.
const MOST: usize = 3;
/// Share of words that two questions (the meaningful ones), or two titles (all), must have in
/// common.
const SAME_QUESTION: f32 = 0.6;
const SAME_TITLE: f32 = 0.5;
/// How far below the best score another paragraph may be, and one of another edition.
const SCORE_GAP: f32 = 0.6;
const EDITION_GAP: f32 = 1.1;
/// How far from the best one's its share of the question's words may be.
const COVERAGE_GAP: f32 = 0.05;

/// What the entries among ranked passages ask. Each is cut into words once, when it is first compared.
pub(super) struct Entries<'a> {
    pub(super) ranked: &'a [Ranked],
    asks: Vec<OnceCell<Option<Asks>>>,
}

impl<'a> Entries<'a> {
    pub(super) fn of(ranked: &'a [Ranked]) -> Self {
        Self { ranked, asks: vec![OnceCell::new(); ranked.len()] }
    }

    /// Whether the passages at two places are entries that ask the same.
    pub(super) fn same(&self, one: usize, other: usize) -> bool {
        let read = |at: usize| {
            let passage = &self.ranked[at].passage;
            let asks = || Some(Asks::of(passage.question.as_deref()?, passage.language));
            self.asks[at].get_or_init(asks).as_ref()
        };
        read(one).zip(read(other)).is_some_and(|(a, b)| a.same(b))
    }
}

/// The places in `ranked` of all versions of the best passage's answer, newest first; only
/// its own where there is no other.
pub(super) fn of_best(entries: &Entries<'_>) -> Vec<usize> {
    let ranked = entries.ranked;
    let Some(best) = ranked.first() else { return Vec::new() };
    let mut versions = vec![0];
    for (at, other) in ranked.iter().enumerate().take(DEPTH).skip(1) {
        let texts = versions.iter().all(|v| ranked[*v].passage.text != other.passage.text);
        let articles = versions.iter().all(|v| ranked[*v].passage.article != other.passage.article);
        let same = || same_question(entries, at) || is_edition(ranked, best, other);
        if versions.len() <= MOST && texts && articles && same() {
            versions.push(at);
        }
    }
    versions.sort_by_key(|v| (std::cmp::Reverse(ranked[*v].passage.published), *v));
    versions
}

/// Whether the passage at a place is about the question of the best one.
fn same_question(entries: &Entries<'_>, at: usize) -> bool {
    let (best, other) = (&entries.ranked[0], &entries.ranked[at]);
    let (a, b) = (&best.passage, &other.passage);
    match (a.kind, b.kind) {
        (Kind::Faq, Kind::Faq) => entries.same(0, at),
        (Kind::Faq, _) | (_, Kind::Faq) => false,
        _ => {
            best.score - other.score <= SCORE_GAP
                && covers_as_much(best, other)
                && shared(&a.title, &b.title) >= SAME_TITLE
        }
    }
}

fn covers_as_much(best: &Ranked, other: &Ranked) -> bool {
    (best.found.evidence.coverage - other.found.evidence.coverage).abs() < COVERAGE_GAP
}

/// Whether the other passage tells the same in another edition: their articles have a question
/// in common, so that the one may say in an entry what the other says in a paragraph.
fn is_edition(ranked: &[Ranked], best: &Ranked, other: &Ranked) -> bool {
    let entries = best.passage.kind == Kind::Faq && other.passage.kind == Kind::Faq;
    let questions = |of: &Ranked| -> HashSet<String> {
        let own = ranked.iter().filter(|r| r.passage.article == of.passage.article);
        own.filter_map(|r| r.passage.question.as_deref()).map(normalized).collect()
    };
    !entries
        && best.score - other.score <= EDITION_GAP
        && covers_as_much(best, other)
        && !questions(best).is_disjoint(&questions(other))
}

/// What an entry asks.
#[derive(Clone)]
struct Asks {
    question: String,
    /// Its meaningful words.
    content: HashSet<String>,
}

impl Asks {
    fn of(question: &str, language: Language) -> Self {
        let carries = |word: &str| stopwords::classify(word, language) == Class::Content;
        let content = tokens(question).into_iter().filter(|token| carries(&token.text));
        let content = content.map(|token| normalize::fold(&token.text).into_owned()).collect();
        Self { question: normalized(question), content }
    }

    /// Whether two questions ask the same: they share most of their meaningful words, and at most
    /// one of them says more. "Cancel my internet contract" and "cancel my mobile contract" differ
    /// on both sides; they are two questions, and so are those for two years.
    fn same(&self, other: &Self) -> bool {
        let (a, b) = (&self.content, &other.content);
        // "How?" is not "Why?".
        if a.is_empty() && b.is_empty() {
            return self.question == other.question;
        }
        let both = a.intersection(b).count();
        let exchanged = both < a.len() && both < b.len();
        let all = a.len() + b.len() - both;
        !exchanged && both as f32 / all as f32 >= SAME_QUESTION
    }
}

/// Words in common as a share of all words of both (Jaccard).
fn shared(a: &str, b: &str) -> f32 {
    let (a, b) = (normalized(a), normalized(b));
    let (a, b): (HashSet<&str>, HashSet<&str>) = (a.split(' ').collect(), b.split(' ').collect());
    let both = a.intersection(&b).filter(|word| !word.is_empty()).count();
    both as f32 / (a.len() + b.len() - both).max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::Asks;
    use crate::text::language::Language::English;

    #[test]
    fn questions_are_the_same_unless_both_say_something_else() {
        let same = |a, b| Asks::of(a, English).same(&Asks::of(b, English));
        assert!(same("What are the opening hours?", "What are the opening hours"));
        assert!(same("How much is the annual pass?", "How much does the annual pass cost?"));
        assert!(!same(
            "How do I cancel my internet contract?",
            "How do I cancel my mobile contract?"
        ));
        assert!(!same("How much is parking in 2025?", "How much is parking in 2026?"));
    }
}
