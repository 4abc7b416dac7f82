//! The project's words and stems as terms of the search library.
//!
//! One field holds passages of many languages, so each passage is cut and stemmed here, by the
//! rules of its own language; the library's tokenizer only cuts where this says so.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::index::terms;
use crate::text::cues::{self, Cues};
use crate::text::language::Language;
use crate::text::letters;
use crate::text::normalize;
use crate::text::stem;
use crate::text::tokenize::tokens;

/// What the tokenizer is called in the schema.
pub(super) const TOKENIZER: &str = "terms";
/// What stands between terms that are handed over: no word, path or question has it.
const BETWEEN: char = '\0';
/// Words remembered for each language before all are forgotten.
const MOST_KNOWN: usize = 200_000;

/// What of a word does not depend on where it stands.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) stem: Box<str>,
    /// What stands for the stem (see [`terms::hash`]).
    pub(super) stem_hash: u32,
    /// What stands for the word as written (see [`terms::spelling`]).
    pub(super) spelling: u8,
    /// Without accents.
    pub(super) folded: Box<str>,
    pub(super) cues: Cues,
    /// Its runs of letters (see [`letters`]).
    pub(super) runs: Box<[u16]>,
}

/// Stems words, remembering them: most are seen again and again.
#[derive(Debug, Default)]
pub(super) struct Words {
    known: HashMap<Language, Dictionary>,
}

/// What is known of the words of a language, and where that stands.
#[derive(Debug, Default)]
struct Dictionary {
    places: HashMap<String, usize, RandomState>,
    known: Vec<Known>,
}

impl Words {
    /// Words of one language.
    pub(super) fn of(&mut self, language: Language) -> WordsOf<'_> {
        let known = self.known.entry(language).or_default();
        if known.known.len() > MOST_KNOWN {
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
    pub(super) fn know(&mut self, word: &str) -> &Known {
        let Dictionary { places, known } = &mut *self.known;
        if let Some(place) = places.get(word) {
            return &known[*place];
        }
        let stem = stem::stem(word, self.language);
        known.push(Known {
            stem_hash: terms::hash(&stem),
            spelling: terms::spelling(word),
            stem: stem.into(),
            folded: normalize::fold(word).into(),
            cues: cues::of_word(word, self.language),
            runs: letters::of_word(word, self.language).into(),
        });
        let last = known.len() - 1;
        places.insert(word.to_owned(), last);
        &known[last]
    }
}

/// Terms to be handed over, in one text.
#[derive(Debug, Default)]
pub(super) struct Joined(pub(super) String);

impl Joined {
    pub(super) fn push(&mut self, term: &str) {
        if !self.0.is_empty() {
            self.0.push(BETWEEN);
        }
        self.0.push_str(term);
    }
}

/// Cuts joined terms apart.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cutter;

pub(super) struct Terms<'a> {
    left: std::str::Split<'a, char>,
    token: Token,
}

impl Tokenizer for Cutter {
    type TokenStream<'a> = Terms<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms<'a> {
        Terms { left: text.split(BETWEEN), token: Token::default() }
    }
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        let Some(next) = self.left.find(|term| !term.is_empty()) else { return false };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        self.token.text.push_str(next);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// A hash of the stems of a probe text: another result means another index.
pub fn fingerprint() -> String {
    const PROBE: &str = "The investors' money: don't run C++ 12,500 3.5 Wi-Fi e-mail U.S. café · Die Bibliotheken öffnen · \
        informațiile știute · Ёлки зелёные бегущие · ελληνικές θάλασσες · كِتَابٌ · 中国你好 · हिन्दी · \
        corriendo libros · maisons · evlerinden · kirjastossa · könyvtárakban · நூல்கள்";
    let mut hasher = blake3::Hasher::new();
    for language in Language::STEMMED.into_iter().chain([Language::Other]) {
        for token in tokens(PROBE) {
            hasher.update(stem::stem(&token.text, language).as_bytes());
            hasher.update(b" ");
        }
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use tantivy::tokenizer::{TokenStream, Tokenizer};

    use super::{Cutter, Joined, Words};
    use crate::index::terms;
    use crate::text::cues::Cues;
    use crate::text::language::Language;

    #[test]
    fn terms_come_out_as_they_were_joined() {
        let mut joined = Joined::default();
        for term in ["a", "b c", "", "d"] {
            joined.push(term);
        }
        let (mut cutter, mut terms) = (Cutter, Vec::new());
        let mut stream = cutter.token_stream(&joined.0);
        while stream.advance() {
            terms.push(stream.token().text.clone());
        }
        assert_eq!(terms, ["a", "b c", "d"]);
    }

    #[test]
    fn words_are_known_by_their_language() {
        let mut words = Words::default();
        let mut know = |word: &str, language: Language| {
            let mut words = words.of(language);
            let known = words.know(word).clone();
            assert_eq!(words.know(word).stem, known.stem);
            known
        };
        let known = know("bibliotheken", Language::German);
        assert_eq!((&*known.stem, &*known.folded), ("bibliothek", "bibliotheken"));
        assert_eq!(known.stem_hash, terms::hash("bibliothek"));
        assert_eq!(known.spelling, terms::spelling("bibliotheken"));
        assert!(known.cues.any(Cues::CONTENT));
        assert_eq!(&*know("bibliotheken", Language::Other).stem, "bibliotheken");
        assert_eq!(&*know("café", Language::Other).folded, "cafe");
    }
}
