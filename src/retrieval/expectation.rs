//! What kind of thing an answer must hold: a number, a time, a name, a reason.
//!
//! Shapes are judged, not meanings: a sentence without any figure does not say how much.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use crate::text::language::Language;
use crate::text::stopwords::{self, Asks};
use crate::text::tokenize::Token;

/// What the question word asks to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A person or organisation: a name.
    Name,
    /// A point in time or a span of it.
    Time,
    /// A place.
    Place,
    /// A number or an amount.
    Number,
    /// A reason.
    Reason,
    /// What something is for.
    Purpose,
    /// Nothing that could be told from the shape of a sentence.
    Anything,
}

/// What the words of a question expect.
pub fn of_question(tokens: &[Token], language: Language) -> Expected {
    let asks = |t: &Token| match stopwords::classify(&t.text, language) {
        stopwords::Class::Question(asks) => Some(asks),
        _ => None,
    };
    let found = tokens.iter().enumerate().find_map(|(at, t)| Some((at, asks(t)?)));
    let next_measures =
        |at: usize| tokens.get(at + 1).is_some_and(|t| stopwords::is_measure(&t.text, language));
    let ends_in_for = tokens.last().is_some_and(|t| t.text == "for");
    match found {
        Some((_, Asks::Who)) => Expected::Name,
        Some((_, Asks::When)) => Expected::Time,
        Some((_, Asks::Where)) => Expected::Place,
        Some((_, Asks::Quantity)) => Expected::Number,
        Some((at, Asks::How)) if next_measures(at) => Expected::Number,
        Some((_, Asks::Why)) => Expected::Reason,
        Some((_, Asks::What)) if ends_in_for => Expected::Purpose,
        _ if tokens.iter().any(|t| matches!(t.text.as_str(), "wofür" | "wozu")) => {
            Expected::Purpose
        }
        _ => Expected::Anything,
    }
}

/// Words that count something, say when, give a reason or an aim.
struct Words {
    counts: HashSet<&'static str>,
    times: HashSet<&'static str>,
    places: HashSet<&'static str>,
    reasons: HashSet<&'static str>,
    aims: HashSet<&'static str>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let list = |name: &str| {
        let lines = include_str!("expectation.txt").lines();
        let words = lines.filter_map(|l| l.strip_prefix(name)?.strip_prefix(": "));
        words.flat_map(str::split_whitespace).collect()
    };
    Words {
        counts: list("counts"),
        times: list("times"),
        places: list("places"),
        reasons: list("reasons"),
        aims: list("aims"),
    }
});

/// How far a piece of a text (given with its words) holds what is expected: 1 yes, −1 no,
/// 0 where its shape does not tell.
pub fn judge(
    expected: Expected,
    text: &str,
    tokens: &[Token],
    asked: &[&str],
    language: Language,
) -> f32 {
    let has = |list: &HashSet<&str>| tokens.iter().any(|t| list.contains(t.text.as_str()));
    let digit = tokens.iter().any(|t| t.text.starts_with(|c: char| c.is_numeric()));
    match expected {
        Expected::Anything => 0.0,
        Expected::Number => verdict(has_figure(tokens) || has(&WORDS.counts)),
        // "At nine" says when as well as how many.
        Expected::Time => verdict(digit || has(&WORDS.times) || has(&WORDS.counts)),
        Expected::Reason => {
            if has(&WORDS.reasons) {
                1.0
            } else {
                0.0
            }
        }
        Expected::Purpose => {
            if has(&WORDS.aims) {
                1.0
            } else {
                0.0
            }
        }
        Expected::Name if language == Language::German => 0.0,
        Expected::Name => verdict(has_name(text, tokens, asked)),
        // "In Mill Street", or a dateline that opens with its place in capitals.
        Expected::Place => verdict(has(&WORDS.places) || opens_in_capitals(text)),
    }
}

/// Whether the word tells an aim: "will", "to", "meant".
pub fn is_aim(word: &str) -> bool {
    WORDS.aims.contains(word)
}

fn verdict(holds: bool) -> f32 {
    if holds { 1.0 } else { -1.0 }
}

fn opens_in_capitals(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    first.chars().filter(|c| c.is_uppercase()).count() >= 3
        && !first.chars().any(char::is_lowercase)
}

/// A number that is no part of a date: "April 10, 2026" does not say how much.
fn has_figure(tokens: &[Token]) -> bool {
    let month = |at: usize| tokens.get(at).is_some_and(|t| WORDS.times.contains(t.text.as_str()));
    tokens.iter().enumerate().any(|(at, token)| {
        let year =
            token.text.len() == 4 && (token.text.starts_with("19") || token.text.starts_with("20"));
        let day = month(at + 1) || at.checked_sub(1).is_some_and(month);
        token.text.starts_with(|c: char| c.is_numeric()) && !year && !day
    })
}

/// A capital word that the question did not bring, in a script that has capitals, not at
/// the beginning of the text.
fn has_name(text: &str, tokens: &[Token], asked: &[&str]) -> bool {
    let capital = |range: &Range<usize>| text[range.clone()].starts_with(char::is_uppercase);
    let caseless = !text.chars().any(char::is_lowercase);
    caseless
        || tokens.iter().skip(1).any(|t| capital(&t.range) && !asked.contains(&t.text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::{Expected, judge, of_question};
    use crate::text::language::Language::English;
    use crate::text::tokenize::tokens;

    #[test]
    fn question_words_tell_what_is_expected() {
        let of = |text: &str| of_question(&tokens(text), English);
        assert_eq!(of("how much money did it raise"), Expected::Number);
        assert_eq!(of("how do I pay"), Expected::Anything);
        assert_eq!(of("whens it open"), Expected::Time);
        assert_eq!(of("what will it be used for"), Expected::Purpose);
        assert_eq!(of("opening hours"), Expected::Anything);
    }

    #[test]
    fn sentences_are_judged_by_shape() {
        let judged = |expected, text: &str| judge(expected, text, &tokens(text), &["lee"], English);
        assert!(judged(Expected::Number, "It cost 12 euros.") > 0.0);
        assert!(judged(Expected::Number, "It has raised fresh money.") < 0.0);
        assert!(judged(Expected::Number, "On April 10, 2026 it raised money.") < 0.0);
        assert!(judged(Expected::Time, "We open on Monday.") > 0.0);
        assert!(judged(Expected::Time, "It opens in March.") > 0.0);
        assert!(judged(Expected::Time, "It opens soon enough for markets.") > 0.0);
        assert!(judged(Expected::Time, "It opens for the markets.") < 0.0);
        assert!(judged(Expected::Name, "The round was led by Alibaba.") > 0.0);
        assert!(judged(Expected::Name, "The round was led by Lee.") < 0.0);
    }
}
