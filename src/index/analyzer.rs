//! The project's words and stems as a tokenizer and token filters of the search library.
//!
//! One field holds passages of many languages, so each passage is analyzed by the chain of
//! its own language and handed over as finished tokens.

use tantivy::tokenizer::{
    PreTokenizedString, TextAnalyzer, Token, TokenFilter, TokenStream, Tokenizer,
};

use crate::text::language::Language;
use crate::text::normalize;
use crate::text::stem;
use crate::text::tokenize;

/// Words by the rules of [`tokenize`], normalized, accents kept.
#[derive(Debug, Clone, Copy, Default)]
struct Words;

struct WordStream {
    tokens: std::vec::IntoIter<tokenize::Token>,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream {
        WordStream { tokens: tokenize::tokens(text).into_iter(), token: Token::default() }
    }
}

impl TokenStream for WordStream {
    fn advance(&mut self) -> bool {
        let Some(next) = self.tokens.next() else { return false };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = next.range.start;
        self.token.offset_to = next.range.end;
        self.token.text = next.text;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// Replaces each word by its term: the stem of a language, or the word without accents.
#[derive(Debug, Clone, Copy)]
enum Terms {
    Stems(Language),
    Spellings,
}

#[derive(Clone)]
struct TermTokenizer<T> {
    inner: T,
    terms: Terms,
}

struct TermStream<T> {
    tail: T,
    terms: Terms,
}

impl TokenFilter for Terms {
    type Tokenizer<T: Tokenizer> = TermTokenizer<T>;

    fn transform<T: Tokenizer>(self, inner: T) -> TermTokenizer<T> {
        TermTokenizer { inner, terms: self }
    }
}

impl<T: Tokenizer> Tokenizer for TermTokenizer<T> {
    type TokenStream<'a> = TermStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        TermStream { tail: self.inner.token_stream(text), terms: self.terms }
    }
}

impl<T: TokenStream> TokenStream for TermStream<T> {
    fn advance(&mut self) -> bool {
        if !self.tail.advance() {
            return false;
        }
        let text = &mut self.tail.token_mut().text;
        *text = match self.terms {
            Terms::Stems(language) => stem::stem(text, language),
            Terms::Spellings => normalize::fold(text),
        };
        true
    }

    fn token(&self) -> &Token {
        self.tail.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.tail.token_mut()
    }
}

fn run(terms: Terms, text: &str) -> PreTokenizedString {
    let mut chain = TextAnalyzer::builder(Words).filter(terms).build();
    let mut stream = chain.token_stream(text);
    let mut tokens = Vec::new();
    while stream.advance() {
        tokens.push(stream.token().clone());
    }
    PreTokenizedString { text: String::new(), tokens }
}

/// The stems of a text.
pub(super) fn stems(text: &str, language: Language) -> PreTokenizedString {
    run(Terms::Stems(language), text)
}

/// The words of a text as written, without accents.
pub(super) fn spellings(text: &str) -> PreTokenizedString {
    run(Terms::Spellings, text)
}

/// Texts as one term each, for what is looked up and not read.
pub(super) fn whole(texts: impl IntoIterator<Item = String>) -> PreTokenizedString {
    let token = |(position, text): (usize, String)| Token {
        position,
        offset_to: text.len(),
        text,
        ..Token::default()
    };
    let tokens = texts.into_iter().enumerate().map(token).collect();
    PreTokenizedString { text: String::new(), tokens }
}

/// A hash of what the chains make of a probe text: another result means another index.
pub fn fingerprint() -> String {
    const PROBE: &str = "The investors' money: don't run C++ 12,500 3.5 Wi-Fi e-mail U.S. café · Die Bibliotheken öffnen · \
        informațiile știute · Ёлки зелёные бегущие · ελληνικές θάλασσες · كِتَابٌ · 中国你好 · हिन्दी · \
        corriendo libros · maisons · evlerinden · kirjastossa · könyvtárakban · நூல்கள்";
    let mut hasher = blake3::Hasher::new();
    for language in Language::STEMMED.into_iter().chain([Language::Other]) {
        for token in stems(PROBE, language).tokens {
            hasher.update(token.text.as_bytes());
            hasher.update(b" ");
        }
    }
    hasher.finalize().to_hex()[..16].to_owned()
}
