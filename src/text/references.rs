//! Whether a question leans on what was said before: words that stand for something named
//! earlier, and openings that go on from an answer.
//!
//! The lists are written for the project and stand in `references.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::language::Language;
use crate::text::normalize;
use crate::text::sentences::sentences;
use crate::text::stopwords::{self, Class};
use crate::text::tokenize::Token;

/// So many words that carry meaning, in a clause before that of a pronoun, are what it stands for:
/// "I lost my bank card, how do I replace it?"
const NAMED_BEFORE: usize = 2;

/// How a word stands for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Anywhere,
    /// Only at the beginning or end of a sentence: "what is that" and "that is good", but not
    /// "the one that I lost".
    AtEdge,
}

#[derive(Default)]
struct Lists {
    words: HashMap<(Language, String), Stands>,
    openings: HashMap<Language, Vec<Vec<String>>>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| parse(include_str!("references.txt")));

fn parse(source: &str) -> Lists {
    let mut lists = Lists::default();
    let word = |word: &str| normalize::fold(&normalize::word(word)).into_owned();
    for line in source.lines().filter(|l| !l.starts_with('#')) {
        let Some((head, list)) = line.split_once(": ") else { continue };
        let Some((code, name)) = head.split_once(' ') else { continue };
        let Some(language) = Language::from_code(code) else { continue };
        match name {
            "stand" | "edge" => {
                let stands = if name == "stand" { Stands::Anywhere } else { Stands::AtEdge };
                let words = list.split_whitespace().map(|w| ((language, word(w)), stands));
                lists.words.extend(words);
            }
            _ => {
                let phrase = |phrase: &str| phrase.split_whitespace().map(word).collect();
                lists.openings.entry(language).or_default().extend(list.split('|').map(phrase));
            }
        }
    }
    lists
}

/// The first word that stands for something which the question itself does not name, as its
/// place among the words; `text` is what the words were cut from.
pub fn pronoun(text: &str, tokens: &[Token], language: Language) -> Option<usize> {
    let sentences = sentences(text);
    let (mut named, mut clause) = (0, 0);
    for (at, token) in tokens.iter().enumerate() {
        let between = tokens.get(at.wrapping_sub(1)).map(|t| t.range.end..token.range.start);
        // Pairs of characters overlap, and then there is nothing between them.
        let gap = between.and_then(|gap| text.get(gap)).unwrap_or_default();
        if gap.contains([',', ';', ':', '.', '?', '!']) {
            (named, clause) = (named + clause, 0);
        }
        let key = (language, normalize::fold(&token.text).into_owned());
        let edge = || is_edge(tokens, at, &sentences);
        let found = match LISTS.words.get(&key) {
            // In German the polite "your" has a capital and stands for nobody named before.
            Some(Stands::Anywhere) => token.range.start == 0 || !is_polite(text, token, language),
            Some(Stands::AtEdge) => edge(),
            None => false,
        };
        if found && named < NAMED_BEFORE {
            return Some(at);
        }
        clause += usize::from(stopwords::classify(&token.text, language) == Class::Content);
    }
    None
}

/// Whether the question begins as one that goes on from an answer does.
pub fn goes_on(tokens: &[Token], language: Language) -> bool {
    let Some(openings) = LISTS.openings.get(&language) else { return false };
    let begins = |opening: &Vec<String>| {
        opening.len() <= tokens.len()
            && opening.iter().zip(tokens).all(|(o, t)| *o == normalize::fold(&t.text))
    };
    openings.iter().any(begins)
}

fn is_polite(text: &str, token: &Token, language: Language) -> bool {
    language == Language::German && text[token.range.clone()].starts_with(char::is_uppercase)
}

fn is_edge(tokens: &[Token], at: usize, sentences: &[std::ops::Range<usize>]) -> bool {
    let of = |at: usize| {
        let start = tokens[at].range.start;
        sentences.iter().position(|s| s.contains(&start))
    };
    at == 0 || at + 1 == tokens.len() || of(at - 1) != of(at) || of(at + 1) != of(at)
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, proptest};

    use super::{goes_on, pronoun};
    use crate::text::language::Language;
    use crate::text::tokenize::tokens;

    #[test]
    fn pronouns_lean_unless_the_question_names_what_they_stand_for() {
        let leans = |text: &str| pronoun(text, &tokens(text), Language::English).is_some();
        for text in ["When was it founded?", "What is that", "That is good", "Who are they"] {
            assert!(leans(text), "{text}");
        }
        assert!(leans("I see. That is good"));
        assert!(leans("What was the most expensive part of it?"));
        assert!(!leans("Where is the museum?"));
        assert!(!leans("Is there a lift in the museum?"));
        assert!(!leans("I lost my bank card, how do I replace it?"));
        let german = |text: &str| pronoun(text, &tokens(text), Language::German).is_some();
        assert!(!leans("图书馆什么时候开门?"), "pairs of characters overlap");
        assert!(german("Wer hat sie gegründet?") && !german("Wo sind Ihre Räume?"));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in ".{0,80}") {
            for language in [Language::English, Language::German] {
                let at = pronoun(&text, &tokens(&text), language);
                prop_assert!(at.is_none_or(|at| at < tokens(&text).len()));
                goes_on(&tokens(&text), language);
            }
        }
    }

    #[test]
    fn openings_go_on() {
        let on = |text: &str, language| goes_on(&tokens(text), language);
        assert!(on("And who invested?", Language::English));
        assert!(on("what about Vidu", Language::English));
        assert!(on("А кто вложил деньги?", Language::Russian));
        assert!(!on("What is Vidu?", Language::English));
    }
}
