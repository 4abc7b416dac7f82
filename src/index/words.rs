//! What is known of each word, remembered over passages: most words are seen again and again.
//!
//! All words of a language stand in a few long lists, so that knowing one costs few reads of memory.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::index::terms;
use crate::text::cues::{self, Cues};
use crate::text::language::Language;
use crate::text::letters;
use crate::text::normalize;
use crate::text::stem;

/// Words remembered for each language before all are forgotten.
const MOST_KNOWN: usize = 200_000;

/// What of a word does not depend on where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) stem: &'a str,
    /// What stands for the stem (see [`terms::hash`]).
    pub(super) stem_hash: u32,
    /// What stands for the word as written (see [`terms::spelling`]).
    pub(super) spelling: u8,
    /// Without accents.
    pub(super) folded: &'a str,
    pub(super) cues: Cues,
    /// Its runs of letters (see [`letters`]).
    pub(super) runs: &'a [u16],
}

/// Words that are known.
#[derive(Debug, Default)]
pub(super) struct Words {
    known: HashMap<Language, Dictionary>,
}

impl Words {
    /// Those of one language.
    pub(super) fn of(&mut self, language: Language) -> WordsOf<'_> {
        let known = self.known.entry(language).or_default();
        if known.rows.len() > MOST_KNOWN {
            *known = Dictionary::default();
        }
        WordsOf { known, language }
    }
}

/// Words of one language.
#[derive(Debug)]
pub(super) struct WordsOf<'a> {
    known: &'a mut Dictionary,
    language: Language,
}

impl WordsOf<'_> {
    /// What is known of a normalized word.
    pub(super) fn know(&mut self, word: &str) -> Known<'_> {
        let hash = self.known.hasher.hash_one(word);
        let place = match self.known.place(hash, word) {
            Some(place) => place,
            None => self.known.learn(hash, word, self.language),
        };
        self.known.at(place)
    }
}

/// The words of a language.
#[derive(Debug, Default)]
struct Dictionary {
    hasher: RandomState,
    /// Places of rows, by the hashes of their words.
    places: HashTable<u32>,
    rows: Vec<Row>,
    /// Words, and what is made of them where that is spelled otherwise.
    texts: String,
    runs: Vec<u16>,
}

/// A word, where what is known of it stands.
#[derive(Debug)]
struct Row {
    word: Part,
    stem: Part,
    folded: Part,
    runs: Part,
    stem_hash: u32,
    cues: Cues,
    spelling: u8,
}

/// A part of a list: where it begins, and its length.
#[derive(Debug, Clone, Copy)]
struct Part(u32, u16);

impl Part {
    fn new(start: usize, length: usize) -> Self {
        // No word is longer (see `tokenize`), and there are not as many.
        Self(u32::try_from(start).unwrap_or(0), u16::try_from(length).unwrap_or(0))
    }

    fn range(self) -> Range<usize> {
        self.0 as usize..self.0 as usize + usize::from(self.1)
    }
}

impl Dictionary {
    fn place(&self, hash: u64, word: &str) -> Option<u32> {
        let same = |place: &u32| self.texts[self.rows[*place as usize].word.range()] == *word;
        self.places.find(hash, same).copied()
    }

    fn at(&self, place: u32) -> Known<'_> {
        let row = &self.rows[place as usize];
        Known {
            stem: &self.texts[row.stem.range()],
            stem_hash: row.stem_hash,
            spelling: row.spelling,
            folded: &self.texts[row.folded.range()],
            cues: row.cues,
            runs: &self.runs[row.runs.range()],
        }
    }

    /// Adds a word that is not known; gives where it stands.
    fn learn(&mut self, hash: u64, word: &str, language: Language) -> u32 {
        let start = self.texts.len();
        self.texts.push_str(word);
        let stem = stem::stem(word, language);
        let runs = letters::of_word(word, language);
        let row = Row {
            word: Part::new(start, word.len()),
            stem: self.text(start, &stem),
            folded: self.text(start, &normalize::fold(word)),
            runs: Part::new(self.runs.len(), runs.len()),
            stem_hash: terms::hash(&stem),
            cues: cues::of_word(word, &stem, language),
            spelling: terms::spelling(word),
        };
        self.runs.extend(runs);
        let place = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.rows.push(row);
        let Self { hasher, places, rows, texts, .. } = self;
        let rehash = |place: &u32| hasher.hash_one(&texts[rows[*place as usize].word.range()]);
        places.insert_unique(hash, place, rehash);
        place
    }

    /// A text that begins as what stands at `start`, or one that is added.
    fn text(&mut self, start: usize, text: &str) -> Part {
        if self.texts[start..].starts_with(text) {
            return Part::new(start, text.len());
        }
        let start = self.texts.len();
        self.texts.push_str(text);
        Part::new(start, text.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, proptest};

    use super::{MOST_KNOWN, Words};
    use crate::index::terms;
    use crate::text::cues::{self, Cues};
    use crate::text::language::Language;
    use crate::text::letters;
    use crate::text::normalize;
    use crate::text::related;
    use crate::text::stem;

    #[test]
    fn words_are_known_by_their_language() {
        let mut words = Words::default();
        let mut german = words.of(Language::German);
        let known = german.know("bibliotheken");
        assert_eq!((known.stem, known.folded), ("bibliothek", "bibliotheken"));
        assert!(known.cues.any(Cues::CONTENT));
        assert_eq!(words.of(Language::Other).know("bibliotheken").stem, "bibliotheken");
        assert_eq!(words.of(Language::Other).know("café").folded, "cafe");
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let mut words = Words::default();
        for n in 0..=MOST_KNOWN {
            words.of(Language::English).know(&n.to_string());
        }
        assert_eq!(words.of(Language::English).known.rows.len(), 0);
    }

    proptest! {
        #[test]
        fn what_is_known_is_what_is_made_of_the_word(
            all in prop::collection::vec("[a-c]{1,3}(ing|s|é|ßen|ões|ии)?|\\PC{1,12}", 1..40)
        ) {
            let mut words = Words::default();
            for language in [Language::English, Language::Other, Language::Portuguese] {
                for word in all.iter().chain(&all) {
                    let mut words = words.of(language);
                    let known = words.know(word);
                    assert_eq!(known.stem, stem::stem(word, language));
                    assert_eq!(known.stem_hash, terms::hash(known.stem));
                    assert_eq!(known.spelling, terms::spelling(word));
                    assert_eq!(known.folded, normalize::fold(word));
                    assert_eq!(known.cues, cues::of_word(word, known.stem, language));
                    assert_eq!(
                        known.cues.any(Cues::GENERAL),
                        related::is_general(word, language)
                    );
                    assert_eq!(known.runs, letters::of_word(word, language));
                }
            }
        }
    }
}
