//! The project's words and stems as terms of the search library.
//!
//! One field holds passages of many languages, so each passage is cut and stemmed here, by the
//! rules of its own language; the library's tokenizer only cuts where this says so.

use std::sync::LazyLock;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::text::language::Language;
use crate::text::stem;
use crate::text::tokenize::tokens;

/// What the tokenizer is called in the schema.
pub(super) const TOKENIZER: &str = "terms";
/// What stands between terms that are handed over: no word, path or question has it.
const BETWEEN: char = '\0';
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
pub fn fingerprint() -> &'static str {
    static FINGERPRINT: LazyLock<String> = LazyLock::new(of_probe);
    &FINGERPRINT
}

fn of_probe() -> String {
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

    use super::{Cutter, Joined};

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
}
