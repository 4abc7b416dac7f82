//! What a single word tells about the text it stands in: that it is a figure, a name, a time,
//! a place, that it gives a reason or an aim.
//!
//! Everything ranking asks of a word beyond its stem fits in sixteen bits, so that it can be
//! made once, when a passage is indexed. The word lists stand in `cues.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::language::Language;
use crate::text::related;
use crate::text::stopwords::{self, Class};

/// What a word tells, as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cues(pub u16);

impl Cues {
    /// Begins with a digit.
    pub const NUMBER: Self = Self(1);
    /// Four digits that look like a year.
    pub const YEAR: Self = Self(1 << 1);
    /// Counts something ("three", "half").
    pub const COUNT: Self = Self(1 << 2);
    /// Says when.
    pub const TIME: Self = Self(1 << 3);
    /// Says where.
    pub const PLACE: Self = Self(1 << 4);
    /// Gives a reason.
    pub const REASON: Self = Self(1 << 5);
    /// Gives an aim.
    pub const AIM: Self = Self(1 << 6);
    /// Begins with a capital.
    pub const CAPITAL: Self = Self(1 << 7);
    /// Has a lower-case letter: its script tells names by capitals.
    pub const LOWER: Self = Self(1 << 8);
    /// Three capitals or more and nothing else.
    pub const SHOUTED: Self = Self(1 << 9);
    /// A word of the language at large, and no name or slip.
    pub const GENERAL: Self = Self(1 << 10);
    /// Carries meaning.
    pub const CONTENT: Self = Self(1 << 11);
    /// Politeness and verbs that fit any question.
    pub const LIGHT: Self = Self(1 << 12);
    /// A question word.
    pub const ASKS: Self = Self(1 << 13);

    /// Whether any of these bits is set.
    pub fn any(self, wanted: Self) -> bool {
        self.0 & wanted.0 != 0
    }

    /// All bits that are set in either.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn set(&mut self, cue: Self, holds: bool) {
        if holds {
            self.0 |= cue.0;
        }
    }
}

static LISTS: LazyLock<HashMap<&'static str, u16>> = LazyLock::new(|| {
    let mut words: HashMap<&str, u16> = HashMap::new();
    for line in include_str!("cues.txt").lines() {
        let Some((name, list)) = line.split_once(": ") else { continue };
        let cue = match name {
            "counts" => Cues::COUNT,
            "times" => Cues::TIME,
            "places" => Cues::PLACE,
            "reasons" => Cues::REASON,
            "aims" => Cues::AIM,
            _ => continue,
        };
        for word in list.split_whitespace() {
            *words.entry(word).or_default() |= cue.0;
        }
    }
    words
});

/// What a word with this stem tells wherever it stands.
pub fn of_word(word: &str, stem: &str, language: Language) -> Cues {
    let mut cues = Cues(LISTS.get(word).copied().unwrap_or(0));
    let number = word.starts_with(char::is_numeric);
    let century = word.starts_with("19") || word.starts_with("20");
    cues.set(Cues::NUMBER, number);
    cues.set(Cues::YEAR, number && word.len() == 4 && century);
    cues.set(Cues::GENERAL, related::is_general_as(word, stem, language));
    match stopwords::classify(word, language) {
        Class::Content => cues.set(Cues::CONTENT, true),
        Class::Light => cues.set(Cues::LIGHT, true),
        Class::Question(_) => cues.set(Cues::ASKS, true),
        Class::Function => {}
    }
    cues
}

/// What it tells as it is written where it stands.
pub fn of_writing(written: &str) -> Cues {
    let mut cues = Cues::default();
    let upper = written.chars().filter(|c| c.is_uppercase()).count();
    let lower = written.chars().any(char::is_lowercase);
    cues.set(Cues::CAPITAL, written.starts_with(char::is_uppercase));
    cues.set(Cues::LOWER, lower);
    cues.set(Cues::SHOUTED, upper >= 3 && !lower);
    cues
}
