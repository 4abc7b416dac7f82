//! What people say besides questions: thanks, greetings, "tell me more", "the second one".
//!
//! The lists are written for the project and stand in `talk.txt`. A line means what it says in
//! any of their languages: people thank in their own.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::distance;
use crate::text::normalize;
use crate::text::tokenize::tokens;

/// Words that a phrase has at most.
const MOST_WORDS: usize = 6;
/// Phrases of so many letters may have one slip: "thnaks" is no question, but "bye" is not "eye".
const SLIP_FROM: usize = 6;

/// Something said besides a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Talk {
    /// Thanks.
    Thanks,
    /// A greeting.
    Greeting,
    /// A goodbye.
    Goodbye,
    /// More about the same.
    More,
    /// The next of what was offered.
    Next,
    /// What can be asked here, and how.
    Help,
    /// Why this was answered.
    Why,
    /// Where the answer stands.
    Source,
    /// Yes to what was offered.
    Yes,
    /// No to it.
    No,
    /// What was offered at this place, from 1.
    Pick(usize),
    /// The last of what was offered.
    Last,
}

static PHRASES: LazyLock<HashMap<String, Talk>> = LazyLock::new(|| parse(include_str!("talk.txt")));

fn parse(source: &str) -> HashMap<String, Talk> {
    let mut phrases = HashMap::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let Some((head, list)) = line.split_once(": ") else { continue };
        let Some(talk) = head.split_once(' ').and_then(|(_, name)| named(name)) else { continue };
        for phrase in list.split('|') {
            phrases.entry(plain(phrase)).or_insert(talk);
        }
    }
    phrases
}

fn named(name: &str) -> Option<Talk> {
    Some(match name {
        "thanks" => Talk::Thanks,
        "greeting" => Talk::Greeting,
        "goodbye" => Talk::Goodbye,
        "more" => Talk::More,
        "next" => Talk::Next,
        "help" => Talk::Help,
        "why" => Talk::Why,
        "source" => Talk::Source,
        "yes" => Talk::Yes,
        "no" => Talk::No,
        "first" => Talk::Pick(1),
        "second" => Talk::Pick(2),
        "third" => Talk::Pick(3),
        "fourth" => Talk::Pick(4),
        "last" => Talk::Last,
        _ => return None,
    })
}

fn plain(text: &str) -> String {
    let words: Vec<String> =
        tokens(text).iter().map(|t| normalize::fold(&t.text).into_owned()).collect();
    words.join(" ")
}

/// What a line says if it says nothing else.
pub fn of(line: &str) -> Option<Talk> {
    // A long text is none, and need not be looked through.
    if line.len() > 100 {
        return None;
    }
    let said = plain(line);
    if said.is_empty() || said.split(' ').count() > MOST_WORDS {
        return None;
    }
    if let Some(talk) = PHRASES.get(&said) {
        return Some(*talk);
    }
    let long = |text: &str| text.chars().count() >= SLIP_FROM;
    let near = |(phrase, _): &(&String, &Talk)| long(phrase) && distance::edits(phrase, &said) == 1;
    let mut slips = PHRASES.iter().filter(near).map(|(_, talk)| *talk);
    let first = slips.next().filter(|_| long(&said))?;
    slips.all(|talk| talk == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, proptest};

    use super::{PHRASES, Talk, of};

    #[test]
    fn lines_are_understood_in_every_language() {
        for (line, talk) in [
            ("Thanks!", Talk::Thanks),
            ("thnaks", Talk::Thanks),
            ("Danke schön", Talk::Thanks),
            ("gracias", Talk::Thanks),
            ("Спасибо!", Talk::Thanks),
            ("hola", Talk::Greeting),
            ("до свидания", Talk::Goodbye),
            ("tell me mroe", Talk::More),
            ("The second one, please".trim_end_matches(", please"), Talk::Pick(2)),
            ("woher weißt du das?", Talk::Why),
            ("why?", Talk::Why),
            ("source?", Talk::Source),
            ("ja", Talk::Yes),
            ("nein danke", Talk::No),
        ] {
            assert_eq!(of(line), Some(talk), "{line}");
        }
        for line in
            ["", "?", "who invested?", "why did it close?", "the source of the river", "eye"]
        {
            assert_eq!(of(line), None, "{line}");
        }
    }

    #[test]
    fn every_phrase_can_be_said() {
        assert!(PHRASES.len() > 250, "{}", PHRASES.len());
        for (phrase, talk) in PHRASES.iter() {
            assert_eq!(of(phrase), Some(*talk), "{phrase}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_survived(line in ".{0,120}") {
            let talk = of(&line);
            prop_assert!(talk.is_none() || line.len() <= 100);
        }
    }
}
