//! The phrases of a question that stand for others: those that the articles' keepers wrote down
//! synonyms of, and neighbours that articles also write as one word.

use std::ops::Range;

use crate::corpus::synonyms::{MAX_PHRASES, MAX_WORDS};
use crate::index::reader::Reader;
use crate::retrieval::changes::Why;
use crate::text::language::Language;
use crate::text::stem;
use crate::text::tokenize::{self, Token};

/// How much a synonym is worth beside the word as it was asked.
pub const STRENGTH: f32 = 0.9;

/// A phrase of the question with what it may be read as; only what articles have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Where it stands in the question, in bytes.
    pub place: Range<usize>,
    /// Synonyms of one word.
    pub words: Vec<String>,
    /// Synonyms of several words.
    pub phrases: Vec<String>,
    /// Why it may be read so.
    pub why: Why,
}

impl Phrase {
    /// Neighbours that articles also write as this one word.
    pub fn joined(place: Range<usize>, whole: String) -> Self {
        Self { place, words: vec![whole], phrases: Vec::new(), why: Why::Spacing }
    }

    /// Whether some byte belongs to both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.place.start < other.place.end && other.place.start < self.place.end
    }
}

/// Where a question was put in other words.
#[derive(Debug, Clone, PartialEq)]
pub struct Replaced {
    /// Where the other words stand, in bytes.
    pub place: Range<usize>,
    /// Further words that would do as well.
    pub others: Vec<String>,
    /// What each of the other words counts beside a word that was asked: several that stand
    /// for one say no more than it does.
    pub share: f32,
}

/// The phrases that have synonyms, in order; of two that overlap the first, of those that
/// begin with one word the longest. What was replaced already is left as it is.
pub fn phrases(
    reader: &Reader,
    tokens: &[Token],
    languages: &[Language],
    replaced: &[Replaced],
) -> Vec<Phrase> {
    let mut out = Vec::new();
    if !reader.has_synonyms() {
        return out;
    }
    let stems: Vec<Vec<String>> = languages.iter().map(|l| stems(tokens, *l)).collect();
    let free = |t: &Token| replaced.iter().all(|r| !r.place.contains(&t.range.start));
    let mut at = 0;
    while at < tokens.len() {
        let most = tokens[at..].iter().take(MAX_WORDS).take_while(|t| free(t)).count();
        let mut end = tokens[at].range.start + 1;
        for words in (1..=most).rev().map(|length| at..at + length) {
            let keys: Vec<String> = stems.iter().map(|s| s[words.clone()].join(" ")).collect();
            if let Some(phrase) = phrase(reader, &tokens[words], &keys, languages) {
                end = phrase.place.end;
                out.push(phrase);
                break;
            }
        }
        // Pairs of a script without spaces reach over the end of a phrase.
        at += tokens[at..].iter().take_while(|t| t.range.start < end).count();
    }
    out
}

fn stems(tokens: &[Token], language: Language) -> Vec<String> {
    tokens.iter().map(|t| stem::stem(&t.text, language)).collect()
}

/// These words as a phrase, if they have synonyms; `keys` are their stems in each language.
fn phrase(
    reader: &Reader,
    tokens: &[Token],
    keys: &[String],
    languages: &[Language],
) -> Option<Phrase> {
    let place = tokens[0].range.start..tokens[tokens.len() - 1].range.end;
    let why = Why::Synonym;
    let mut phrase = Phrase { place, words: Vec::new(), phrases: Vec::new(), why };
    for reading in keys.iter().flat_map(|key| reader.synonyms(key)) {
        let words = tokenize::tokens(reading);
        let list = if words.len() == 1 { &mut phrase.words } else { &mut phrase.phrases };
        // Another form of what was asked says nothing new.
        let same = |(key, l): (&String, &Language)| *key == stems(&words, *l).join(" ");
        if list.len() < MAX_PHRASES
            && list.iter().all(|known| known != reading)
            && !keys.iter().zip(languages).any(same)
            && known(reader, &words, languages)
        {
            list.push(reading.to_owned());
        }
    }
    let found = !phrase.words.is_empty() || !phrase.phrases.is_empty();
    found.then_some(phrase)
}

/// Whether articles have all of these words.
fn known(reader: &Reader, words: &[Token], languages: &[Language]) -> bool {
    let has = |word: &Token, language: &Language| reader.knows(&stem::stem(&word.text, *language));
    words.iter().all(|word| languages.iter().any(|language| has(word, language)))
}
