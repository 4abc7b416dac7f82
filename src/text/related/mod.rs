//! A stem in, the stems nearest in meaning out, for words that the corpus does not have.
//!
//! The table `english.tsv` holds figures derived from sentence-transformers/all-MiniLM-L6-v2
//! (Apache-2.0) by `make.py` beside it, sorted by stem, one stem a line with its neighbours
//! and their cosine in hundredths. Other languages have no table yet.

mod apart;

use crate::text::language::Language;
use crate::text::lookup;
use crate::text::stem;
use crate::text::stopwords;

static ENGLISH: &str = include_str!("english.tsv");

/// A stem near another in meaning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The neighbour's stem.
    pub stem: &'static str,
    /// Cosine of the two words' embeddings, 0.58 to 1.
    pub similarity: f32,
}

/// The neighbours of a stem, nearest first; empty where none is known.
pub fn near(stem: &str, language: Language) -> Vec<Near> {
    if language != Language::English {
        return Vec::new();
    }
    let apart = apart::from(stem);
    lookup::line(ENGLISH.as_bytes(), stem)
        .unwrap_or_default()
        .split(' ')
        .filter_map(|pair| {
            let (near, hundredths) = pair.split_once(':')?;
            let similarity = hundredths.parse::<f32>().ok()? / 100.0;
            (!apart.iter().any(|other| other.stem == near))
                .then_some(Near { stem: near, similarity })
        })
        .collect()
}

/// The stems that say the opposite of a stem; none where no table tells.
pub fn opposites(stem: &str, language: Language) -> impl Iterator<Item = &'static str> {
    let others = if language == Language::English { apart::from(stem) } else { &[] };
    others.iter().filter(|other| other.opposite).map(|other| other.stem.as_str())
}

/// Whether a word is one of the language at large, and no name or slip: it has neighbours, or
/// is a number or a common word. Always so where there is no table.
pub fn is_general(word: &str, language: Language) -> bool {
    language != Language::English || is_general_as(word, &stem::stem(word, language), language)
}

/// The same of a word whose stem is known.
pub fn is_general_as(word: &str, stem: &str, language: Language) -> bool {
    language != Language::English
        || word.chars().any(char::is_numeric)
        || stopwords::is_listed(word, language)
        || lookup::line(ENGLISH.as_bytes(), stem).is_some()
}

#[cfg(test)]
mod tests {
    use super::{ENGLISH, near};
    use crate::text::language::Language;
    use crate::text::lookup;

    #[test]
    fn neighbours_are_found_from_the_first_line_to_the_last() {
        for line in ENGLISH.lines() {
            let stem = line.split('\t').next().unwrap();
            assert!(lookup::line(ENGLISH.as_bytes(), stem).is_some(), "{stem}");
        }
        assert!(near("buy", Language::English).iter().any(|n| n.stem == "purchas"));
        assert!(near("disabl", Language::English).iter().all(|n| n.stem != "enabl"));
        assert!(near("zzzz", Language::English).is_empty());
        assert!(near("", Language::English).is_empty());
        assert!(near("buy", Language::German).is_empty());
    }
}
