//! What a word is worth as evidence: grammar, politeness, question words, content.
//!
//! Nothing is deleted: "who", "not" and "IT" still count, only less. The lists are written
//! for the project and stand in `stopwords.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::language::Language;
use crate::text::normalize;

/// What a question word asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asks {
    /// A person or an organisation.
    Who,
    /// A point in time.
    When,
    /// A place.
    Where,
    /// A reason.
    Why,
    /// A way of doing something.
    How,
    /// Anything.
    What,
    /// A number or an amount, in one word ("combien").
    Quantity,
}

/// The part a word plays in a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Carries the meaning of the question.
    Content,
    /// Politeness and verbs that fit any question ("please", "use", "get").
    Light,
    /// Grammar only.
    Function,
    /// A question word.
    Question(Asks),
}

type Lists = HashMap<String, Vec<(Language, Class)>>;

struct Words {
    classes: Lists,
    measures: HashMap<String, Vec<Language>>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| parse(include_str!("stopwords.txt")));

fn parse(source: &str) -> Words {
    let mut words = Words { classes: Lists::new(), measures: HashMap::new() };
    for line in source.lines().filter(|l| !l.starts_with('#')) {
        let Some((head, list)) = line.split_once(": ") else { continue };
        let Some((code, name)) = head.split_once(' ') else { continue };
        let Some(language) = Language::from_code(code) else { continue };
        for word in list.split_whitespace() {
            let key = normalize::fold(&normalize::word(word)).into_owned();
            match class(name) {
                Some(class) => words.classes.entry(key).or_default().push((language, class)),
                None => words.measures.entry(key).or_default().push(language),
            }
        }
    }
    words
}

fn class(name: &str) -> Option<Class> {
    Some(match name {
        "function" => Class::Function,
        "light" => Class::Light,
        "who" => Class::Question(Asks::Who),
        "when" => Class::Question(Asks::When),
        "where" => Class::Question(Asks::Where),
        "why" => Class::Question(Asks::Why),
        "how" => Class::Question(Asks::How),
        "what" => Class::Question(Asks::What),
        "quantity" => Class::Question(Asks::Quantity),
        _ => return None,
    })
}

/// The part a normalized word plays in a question of this language.
///
/// A question word wins over the other lists; a word on none carries content.
pub fn classify(word: &str, language: Language) -> Class {
    let Some(entries) = WORDS.classes.get(&*normalize::fold(word)) else { return Class::Content };
    let mut found = Class::Content;
    for (_, class) in entries.iter().filter(|(l, _)| *l == language) {
        if matches!(class, Class::Question(_)) {
            return *class;
        }
        if found == Class::Content {
            found = *class;
        }
    }
    found
}

/// Letters of words in which a swap may have made nonsense of grammar.
const SWAPPED: std::ops::RangeInclusive<usize> = 3..=4;

/// The class of a short word of grammar that was typed with two neighbours swapped ("teh"), where it
/// was one. For words that mean nothing as they are.
pub fn of_swapped(word: &str, language: Language) -> Option<Class> {
    let letters: Vec<char> = word.chars().collect();
    if !SWAPPED.contains(&letters.len()) {
        return None;
    }
    (1..letters.len()).find_map(|at| {
        let mut swapped = letters.clone();
        swapped.swap(at - 1, at);
        let class = classify(&swapped.into_iter().collect::<String>(), language);
        matches!(class, Class::Function | Class::Question(_)).then_some(class)
    })
}

/// Whether the word makes "how" ask for a number: "how *many*".
pub fn is_measure(word: &str, language: Language) -> bool {
    WORDS.measures.get(&*normalize::fold(word)).is_some_and(|l| l.contains(&language))
}

/// Whether any list of this language has the word.
pub fn is_listed(word: &str, language: Language) -> bool {
    classify(word, language) != Class::Content
}

/// The only language that has the word as one of grammar, or that asks.
pub fn grammar_of(word: &str) -> Option<Language> {
    let entries = WORDS.classes.get(&*normalize::fold(word))?;
    let (language, _) = entries.first()?;
    let alone = |(other, class): &(Language, Class)| other == language && *class != Class::Light;
    entries.iter().all(alone).then_some(*language)
}

#[cfg(test)]
mod tests {
    use super::{Asks, Class, WORDS, classify, grammar_of, is_measure, of_swapped};
    use crate::text::language::Language;

    #[test]
    fn swapped_letters_make_no_content_of_grammar() {
        let of = |word| of_swapped(word, Language::English);
        assert_eq!(of("teh"), Some(Class::Function));
        assert_eq!(of("wehn"), Some(Class::Question(Asks::When)));
        assert_eq!([of("cat"), of("xy"), of("kayak")], [None; 3]);
        assert_eq!(of_swapped("dre", Language::German), Some(Class::Function));
    }

    #[test]
    fn every_language_has_its_lists() {
        for language in Language::STEMMED {
            for wanted in [Class::Function, Class::Light, Class::Question(Asks::Who)] {
                let found = WORDS.classes.values().flatten().any(|e| *e == (language, wanted));
                assert!(found, "{language:?} has no {wanted:?}");
            }
        }
    }

    #[test]
    fn words_play_their_part() {
        assert_eq!(classify("who", Language::English), Class::Question(Asks::Who));
        assert_eq!(classify("wieviel", Language::German), Class::Question(Asks::Quantity));
        assert_eq!(classify("please", Language::English), Class::Light);
        assert_eq!(classify("the", Language::English), Class::Function);
        assert_eq!(classify("die", Language::English), Class::Content);
        assert_eq!(classify("library", Language::English), Class::Content);
        assert!(is_measure("many", Language::English));
        assert_eq!(
            ["the", "nicht"].map(grammar_of),
            [Language::English, Language::German].map(Some)
        );
        assert_eq!(grammar_of("in"), None, "several languages have it");
        assert_eq!(["show", "library"].map(grammar_of), [None; 2]);
    }
}
