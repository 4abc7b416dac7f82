//! Spelling repair for words that the corpus does not have.

use crate::index;
use crate::index::reader::Reader;
use crate::text::distance::edits;
use crate::text::language::Language;
use crate::text::related;

/// How sure a repair of one slip is.
pub const ONE_SLIP: f32 = 0.85;

/// A spelling of the corpus that stands for a word which the corpus lacks.
#[derive(Debug, Clone, PartialEq)]
pub struct Repair {
    /// The spelling, folded.
    pub spelling: String,
    /// How sure the repair is, 0 to 1, always below a word as written.
    pub strength: f32,
}

/// The most likely spelling of the corpus for an unknown word.
///
/// Short words and numbers are left alone, and so are words of the language at large: a
/// question about Paris is none about parts.
pub fn repair(
    reader: &Reader,
    word: &str,
    language: Language,
) -> Result<Option<Repair>, index::Error> {
    let letters = word.chars().count();
    let plain = word.chars().all(char::is_alphabetic);
    if !(4..=30).contains(&letters) || !plain || in_table(word, language) {
        return Ok(None);
    }
    let distance = if letters < 8 { 1 } else { 2 };
    // A slip in the first letter is rare, and accepting it doubles the false friends.
    let mut near = reader.spellings_near(word, distance)?;
    near.retain(|(spelling, _)| spelling.chars().all(char::is_alphabetic));
    let best = near.into_iter().min_by_key(|(spelling, count)| {
        (edits(word, spelling), std::cmp::Reverse(*count), spelling.clone())
    });
    Ok(best.map(|(spelling, _)| {
        let strength = if edits(word, &spelling) <= 1 { ONE_SLIP } else { 0.7 };
        Repair { spelling, strength }
    }))
}

/// Whether the word is spelled as the language at large spells a word.
fn in_table(word: &str, language: Language) -> bool {
    language == Language::English && related::is_general(word, language)
}
