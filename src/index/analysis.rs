//! A passage in, what it is indexed by out: the stems of each field, and the words, sentences and
//! letters that ranking looks at.

use crate::corpus::passages::Passage;
use crate::index::analyzer::{Joined, Known, Words, WordsOf};
use crate::index::terms::{Part, Role, Term, Terms};
use crate::text::cues;
use crate::text::expectation::{self, Expected};
use crate::text::language::Language;
use crate::text::letters;
use crate::text::sentences::sentences;
use crate::text::tokenize::{self, Token};

/// Bytes of each part that are looked at: an endless answer must not cost endless time.
const MAX_BYTES: usize = 8 << 10;
/// Other phrasings of one entry that are looked at.
const MAX_ALTERNATES: usize = 250;

/// What a passage is indexed by.
#[derive(Debug, Default)]
pub struct Analyzed {
    /// What ranking looks at.
    pub terms: Terms,
    /// The stems of each field.
    pub(super) question: Joined,
    pub(super) alternates: Joined,
    pub(super) title: Joined,
    pub(super) heading: Joined,
    pub(super) text: Joined,
    /// The words of question, alternates and text, without accents.
    pub(super) spellings: Joined,
}

/// Makes of passages what they are indexed by.
#[derive(Debug, Default)]
pub struct Maker {
    words: Words,
}

impl Maker {
    /// Of one passage.
    pub fn analyze(&mut self, passage: &Passage) -> Analyzed {
        let language = passage.language;
        let mut words = self.words.of(language);
        let mut out = Analyzed::default();
        let own = &mut out.spellings;
        let parts = &mut out.terms.parts;
        let mut part = |role, text: &str, stems: &mut Joined, spellings: Option<&mut Joined>| {
            part(role, text, language, &mut words, stems, spellings)
        };
        parts.push(part(Role::Text, &passage.text, &mut out.text, Some(own)));
        parts.push(part(Role::Title, &passage.title, &mut out.title, None));
        parts.push(part(Role::Heading, &passage.heading_words(), &mut out.heading, None));
        if let Some(question) = &passage.question {
            parts.push(part(Role::Question, question, &mut out.question, Some(own)));
            for (n, alternate) in passage.alternates.iter().enumerate() {
                let part = part(Role::Alternate, alternate, &mut out.alternates, Some(own));
                if n < MAX_ALTERNATES {
                    parts.push(part);
                }
            }
        }
        out
    }
}

/// A part of a passage; its words are also handed over as stems and as they are spelled.
fn part(
    role: Role,
    text: &str,
    language: Language,
    words: &mut WordsOf<'_>,
    stems: &mut Joined,
    mut spellings: Option<&mut Joined>,
) -> Part {
    let mut tokens = tokenize::tokens(text);
    let mut places: Vec<usize> = tokens.iter().map(|token| words.place(&token.text)).collect();
    stems.make_room(text);
    if let Some(spellings) = &mut spellings {
        spellings.make_room(text);
    }
    for place in &places {
        let known = words.at(*place);
        stems.push(&known.stem);
        if let Some(spellings) = &mut spellings {
            spellings.push(&known.folded);
        }
    }
    let looked_at = &text[..text.floor_char_boundary(MAX_BYTES)];
    if looked_at.len() < text.len() {
        tokens = tokenize::tokens(looked_at);
        places = tokens.iter().map(|token| words.place(&token.text)).collect();
    }
    let known = || places.iter().map(|place| words.at(*place));
    let word = |(token, known): (&Token, &Known)| Term {
        stem: known.stem_hash,
        spelling: known.spelling,
        cues: known.cues.and(cues::of_writing(&looked_at[token.range.clone()])),
        start: place(token.range.start),
        end: place(token.range.end),
    };
    let terms = tokens.iter().zip(known()).map(word).collect();
    let runs = || letters::of_words(&tokens, known().map(|known| &known.runs));
    let whole = !matches!(role, Role::Title | Role::Heading);
    let asks = matches!(role, Role::Question | Role::Alternate);
    let cut = if role == Role::Text { sentences(looked_at) } else { Vec::new() };
    let expected = asks.then(|| expectation::of_question(&tokens, language));
    Part {
        role,
        expected: expected.unwrap_or(Expected::Anything),
        words: terms,
        sentences: cut.into_iter().map(|r| place(r.start)..place(r.end)).collect(),
        letters: if whole { runs() } else { Vec::new() },
    }
}

fn place(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::{Maker, Role, Terms};
    use crate::corpus::formats;
    use crate::corpus::passages;

    fn encoded(terms: &Terms) -> Vec<u8> {
        let mut out = Vec::new();
        terms.encode(&mut out);
        out
    }

    fn of_article(text: &str) -> Vec<(String, Terms)> {
        let mut maker = Maker::default();
        let article = formats::parse("a.txt", text).article;
        let passages = article.iter().flat_map(passages::of_article);
        passages.map(|p| (p.text.clone(), maker.analyze(&p).terms)).collect()
    }

    #[test]
    fn terms_are_read_as_they_were_written() {
        let text =
            "Ski\nFAQs\nQ1. Wie hoch? 中国你好\nAlso asked: How high?\nIt is 3,000 m. Really.\n";
        let (answer, terms) = of_article(text).pop().expect("an entry");
        let roles: Vec<Role> = terms.parts.iter().map(|p| p.role).collect();
        assert_eq!(roles[..3], [Role::Text, Role::Title, Role::Heading]);
        assert_eq!(roles[3..], [Role::Question, Role::Alternate]);
        assert_eq!(Terms::decode(&encoded(&terms)).as_ref(), Some(&terms));
        assert!(terms.fit(&answer) && !terms.fit("It"));
        assert_eq!(Terms::decode(&encoded(&terms)[1..]), None);
    }

    proptest! {
        #[test]
        fn any_article_comes_back_and_no_bytes_break_the_reader(
            text in any::<String>(),
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            at in any::<prop::sample::Index>(),
        ) {
            let _ = Terms::decode(&bytes);
            for (own, terms) in of_article(&format!("Title\n\n{text}\n")) {
                let mut encoded = encoded(&terms);
                assert!(terms.fit(&own));
                assert_eq!(Terms::decode(&encoded), Some(terms));
                let at = at.index(encoded.len());
                encoded[at] ^= 0x5a;
                let _ = Terms::decode(&encoded);
                encoded.truncate(at);
                assert_eq!(Terms::decode(&encoded), None);
            }
        }
    }
}
