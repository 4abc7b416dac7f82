//! One spelling for every word: compatibility forms, case, apostrophes and accents.
//!
//! [`word`] keeps accents, because the stemmers need them; [`fold`] drops them, because
//! people do not type them. Terms in the index are folded after stemming.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, is_combining_mark};

/// A word in NFKC and lower case, with the spellings that the stemmers expect.
///
/// Romanian comma letters become cedilla letters and Russian `ё` becomes `е`, as the
/// Snowball algorithms were written for those; Arabic vowel marks, invisible joiners and
/// thousands separators go; every apostrophe becomes `'`.
pub fn word(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    push_word(&mut out, raw);
    out
}

/// The same, appended to a text.
pub fn push_word(out: &mut String, raw: &str) {
    let start = out.len();
    if raw.is_ascii() {
        out.push_str(raw);
        out[start..].make_ascii_lowercase();
    } else {
        let lower: String = raw.nfkc().flat_map(char::to_lowercase).filter_map(respell).collect();
        // The lower case of a letter can be a sequence that composes (Turkish dotted İ).
        out.extend(lower.nfc().filter(|c| *c != '\u{307}'));
    }
    if out[start..].starts_with(|c: char| c.is_ascii_digit()) && out[start..].contains(',') {
        let number = out.split_off(start);
        out.extend(number.split(','));
    }
}

fn respell(c: char) -> Option<char> {
    match c {
        'ё' => Some('е'),
        'ș' => Some('ş'),
        'ț' => Some('ţ'),
        '’' | '‘' | 'ʼ' | '＇' | '`' | '´' => Some('\''),
        // Soft hyphen, joiners, byte order mark; Arabic stretching and vowel marks.
        '\u{ad}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2060}'
        | '\u{feff}'
        | '\u{640}'
        | '\u{64b}'..='\u{652}'
        | '\u{670}' => None,
        other => Some(other),
    }
}

/// The word without accents: `café` → `cafe`, `Ελλάδα` → `ελλαδα`, `straße` → `strasse`.
///
/// Only marks on Latin, Greek and Cyrillic letters are dropped; in other scripts a
/// combining sign is a letter of its own (Devanagari vowels).
pub fn fold(word: &str) -> Cow<'_, str> {
    // Most words, and nothing is made of them.
    if word.is_ascii() {
        return Cow::Borrowed(word);
    }
    let mut out = String::with_capacity(word.len());
    let mut base = ' ';
    for c in word.nfd() {
        if is_mark(c) {
            if !is_european(base) {
                push_composed(&mut out, c);
            }
            continue;
        }
        base = c;
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'ı' => out.push('i'),
            'ς' => out.push('σ'),
            other => push_composed(&mut out, other),
        }
    }
    Cow::Owned(out)
}

/// Whether a character is a sign on the letter before it, and so part of its word.
pub fn is_mark(c: char) -> bool {
    is_combining_mark(c)
}

/// Appends `c`, joined with the last character where the two have a composed form.
fn push_composed(out: &mut String, c: char) {
    if let Some(joined) = out.chars().last().and_then(|last| compose(last, c)) {
        out.pop();
        out.push(joined);
    } else {
        out.push(c);
    }
}

fn is_european(c: char) -> bool {
    matches!(c, 'a'..='z' | '\u{df}'..='\u{24f}' | '\u{370}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}')
}

#[cfg(test)]
mod tests {
    use super::{fold, word};

    #[test]
    fn words_are_brought_to_one_spelling() {
        assert_eq!(word("ＡＩ"), "ai");
        assert_eq!(word("dog’s"), "dog's");
        assert_eq!(word("Țară"), "ţară");
        assert_eq!(word("Ёлка"), "елка");
        assert_eq!(word("İstanbul"), "istanbul");
        assert_eq!(word("12,500"), "12500");
        assert_eq!(word("كِتَاب"), "كتاب");
    }

    #[test]
    fn folding_drops_accents_only_where_people_leave_them_out() {
        assert_eq!(fold("café"), "cafe");
        assert_eq!(fold("straße"), "strasse");
        assert_eq!(fold("ελλάδα"), "ελλαδα");
        assert_eq!(fold("हिन्दी"), "हिन्दी");
        assert_eq!(fold("한국어"), "한국어");
    }
}
