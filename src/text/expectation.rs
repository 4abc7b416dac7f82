//! What kind of thing an answer must hold: a number, a time, a name, a reason.
//!
//! Shapes are judged, not meanings: a sentence without any figure does not say how much.

use crate::text::cues::Cues;
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

impl Expected {
    /// The value with this number, in the order of declaration.
    pub fn from_code(code: u8) -> Option<Self> {
        let all = [
            Self::Name,
            Self::Time,
            Self::Place,
            Self::Number,
            Self::Reason,
            Self::Purpose,
            Self::Anything,
        ];
        all.into_iter().find(|expected| *expected as u8 == code)
    }
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

/// How far a piece of a text, given as the cues of its words, holds what is expected: 1 yes,
/// −1 no, 0 where its shape does not tell. `asked` tells for a word of the piece whether the
/// question brought it.
pub fn judge(
    expected: Expected,
    words: &[Cues],
    asked: impl Fn(usize) -> bool,
    language: Language,
) -> f32 {
    let has = |cue: Cues| words.iter().any(|word| word.any(cue));
    match expected {
        Expected::Anything => 0.0,
        Expected::Number => verdict(has_figure(words) || has(Cues::COUNT)),
        // "At nine" says when as well as how many.
        Expected::Time => verdict(has(Cues::NUMBER) || has(Cues::TIME) || has(Cues::COUNT)),
        Expected::Reason => f32::from(u8::from(has(Cues::REASON))),
        Expected::Purpose => f32::from(u8::from(has(Cues::AIM))),
        Expected::Name if language == Language::German => 0.0,
        Expected::Name => verdict(has_name(words, asked)),
        // "In Mill Street", or a dateline that opens with its place in capitals.
        Expected::Place => {
            let opening = words.first().is_some_and(|word| word.any(Cues::SHOUTED));
            verdict(has(Cues::PLACE) || opening)
        }
    }
}

fn verdict(holds: bool) -> f32 {
    if holds { 1.0 } else { -1.0 }
}

/// A number that is no part of a date: "April 10, 2026" does not say how much.
fn has_figure(words: &[Cues]) -> bool {
    let month = |at: usize| words.get(at).is_some_and(|word| word.any(Cues::TIME));
    words.iter().enumerate().any(|(at, word)| {
        let day = month(at + 1) || at.checked_sub(1).is_some_and(month);
        word.any(Cues::NUMBER) && !word.any(Cues::YEAR) && !day
    })
}

/// A capital word that the question did not bring, in a script that has capitals, not at
/// the beginning of the text.
fn has_name(words: &[Cues], asked: impl Fn(usize) -> bool) -> bool {
    let caseless = !words.iter().any(|word| word.any(Cues::LOWER));
    let name = |(at, word): (usize, &Cues)| word.any(Cues::CAPITAL) && !asked(at);
    caseless || words.iter().enumerate().skip(1).any(name)
}

#[cfg(test)]
mod tests {
    use super::{Expected, judge, of_question};
    use crate::text::cues;
    use crate::text::language::Language::English;
    use crate::text::stem::stem;
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
        let judged = |expected, text: &str| {
            let tokens = tokens(text);
            let cues: Vec<_> = tokens
                .iter()
                .map(|t| {
                    cues::of_word(&t.text, &stem(&t.text, English), English)
                        .and(cues::of_writing(&text[t.range.clone()]))
                })
                .collect();
            judge(expected, &cues, |at| tokens[at].text == "lee", English)
        };
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
