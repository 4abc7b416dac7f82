//! Words run together and words torn apart: "resetpassword" and "data base" in a corpus that
//! writes "reset password" and "database".

use crate::index;
use crate::index::reader::Reader;
use crate::retrieval::changes::{Change, Why};
use crate::retrieval::spelling;
use crate::retrieval::synonyms::Phrase;
use crate::text::language::Language;
use crate::text::normalize;
use crate::text::related;
use crate::text::stem;
use crate::text::stopwords::{self, Class};
use crate::text::tokenize::{self, Token};

/// Least letters of a half: shorter ones begin or end too many words.
const MIN_HALF: usize = 3;
/// Least letters of a word that was torn apart.
const MIN_WHOLE: usize = 5;

/// A question's words, with those mended that were run together or torn apart.
#[derive(Debug, Default)]
pub struct Mended {
    /// The words in order; where they stand in the question stays true.
    pub tokens: Vec<Token>,
    /// What was read otherwise.
    pub changes: Vec<Change>,
    /// Neighbours that the corpus has apart and as one word.
    pub joined: Vec<Phrase>,
}

impl Mended {
    fn read(&mut self, typed: &str, tokens: &[Token]) {
        let words: Vec<&str> = tokens.iter().map(|t| t.text.as_str()).collect();
        let (from, to) = (typed.to_owned(), words.join(" "));
        self.changes.push(Change { from, to, why: Why::Spacing });
        self.tokens.extend_from_slice(tokens);
    }
}

/// Looks through the words of a question; `text` is the question, `languages` are those of the
/// corpus, and what `fixed` says stays as it is. Only words that the corpus lacks are taken
/// apart or replaced by what they make together. What is put together must be spelled just so
/// in the corpus: a stem of two words would often be that of the first.
pub fn mend(
    reader: &Reader,
    text: &str,
    tokens: &[Token],
    language: Language,
    languages: &[Language],
    fixed: &dyn Fn(&Token) -> bool,
) -> Result<Mended, index::Error> {
    let corpus = Corpus { reader, language, languages };
    let mut mended = Mended::default();
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        let next = after.first().filter(|next| !fixed(token) && !fixed(next));
        if let Some((next, whole)) = next.and_then(|n| Some((n, together(text, token, n)?)))
            && corpus.says(&token.text)
            && corpus.says(&next.text)
            && !corpus.has_synonyms(&[token, next])
            && reader.has_spelling(&normalize::fold(&whole.text))?
        {
            if !corpus.knows(&token.text) || !corpus.knows(&next.text) {
                mended.read(&text[whole.range.clone()], &[whole]);
                rest = &after[1..];
                continue;
            }
            mended.joined.push(Phrase::joined(whole.range, whole.text));
        } else if !fixed(token)
            && let Some(halves) = corpus.apart(text, token)?
        {
            mended.read(&text[token.range.clone()], &halves);
            continue;
        }
        mended.tokens.push(token.clone());
    }
    Ok(mended)
}

/// What two neighbours make together.
fn together(text: &str, first: &Token, second: &Token) -> Option<Token> {
    let range = first.range.start..second.range.end;
    let whole = format!("{}{}", first.text, second.text);
    let fits = matches!(text.get(first.range.end..second.range.start)?, " " | "-")
        && !tokenize::is_pair(&first.text)
        && !tokenize::is_pair(&second.text)
        && whole.chars().count() >= MIN_WHOLE;
    fits.then_some(Token { range, text: whole })
}

/// Whether the normalized word has each character where the question has it, so that a cut of
/// the one is a cut of the other.
fn is_as_typed(typed: &str, word: &str) -> bool {
    let same = |(a, b): (char, char)| a.is_alphabetic() && a.len_utf8() == b.len_utf8();
    typed.chars().count() == word.chars().count() && typed.chars().zip(word.chars()).all(same)
}

/// What the articles and their languages know.
struct Corpus<'a> {
    reader: &'a Reader,
    language: Language,
    languages: &'a [Language],
}

impl Corpus<'_> {
    fn knows(&self, word: &str) -> bool {
        self.languages.iter().any(|l| self.reader.knows(&stem::stem(word, *l)))
    }

    /// Whether a word carries meaning: "is land" is no island.
    fn says(&self, word: &str) -> bool {
        stopwords::classify(word, self.language) == Class::Content
    }

    fn has_synonyms(&self, words: &[&Token]) -> bool {
        let stems: Vec<String> = words.iter().map(|w| stem::stem(&w.text, self.language)).collect();
        let has = |stems: &str| !self.reader.synonyms(stems).is_empty();
        has(&stems.join(" ")) || stems.iter().any(|stem| has(stem))
    }

    /// The two words of the corpus that an unknown one is made of; of several cuts the one
    /// whose rarer half is the most frequent. A word of the language at large is no two words,
    /// and one slip is likelier than a missing blank.
    fn apart(&self, text: &str, token: &Token) -> Result<Option<[Token; 2]>, index::Error> {
        let word = token.text.as_str();
        let general =
            self.language == Language::English && related::is_general(word, self.language);
        if self.knows(word)
            || general
            || tokenize::is_pair(word)
            || !is_as_typed(&text[token.range.clone()], word)
            || self.has_synonyms(&[token])
        {
            return Ok(None);
        }
        let fits =
            |half: &str| half.chars().count() >= MIN_HALF && self.says(half) && self.knows(half);
        let frequency = |half: &str| self.reader.frequency(&stem::stem(half, self.language));
        let cuts = word.char_indices().map(|(at, _)| word.split_at(at));
        let possible = cuts.filter(|(a, b)| fits(a) && fits(b));
        let Some((a, b)) = possible.max_by_key(|(a, b)| frequency(a).min(frequency(b))) else {
            return Ok(None);
        };
        let slip = spelling::repair(self.reader, &normalize::fold(word), self.language)?;
        if slip.is_some_and(|repair| repair.strength >= spelling::ONE_SLIP) {
            return Ok(None);
        }
        let middle = token.range.start + a.len();
        Ok(Some([
            Token { range: token.range.start..middle, text: a.to_owned() },
            Token { range: middle..token.range.end, text: b.to_owned() },
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::is_as_typed;

    #[test]
    fn only_words_that_normalizing_left_in_place_are_cut() {
        assert!(is_as_typed("Kühlschrank", "kühlschrank"));
        assert!(!is_as_typed("\u{1c6}ep\u{10d}as\u{30c}e", "džepčaše"));
        assert!(!is_as_typed("web2", "web2"));
        assert!(!is_as_typed("ﬁle", "file"));
    }
}
