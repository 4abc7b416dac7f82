//! A passage in, what it is indexed by out: the stems of each field, and the words, sentences and
//! letters that ranking looks at.

use std::ops::Range;

use crate::corpus::passages::Passage;
use crate::index::analyzer::Joined;
use crate::index::terms::{Part, Role, Term, Terms};
use crate::index::words::{Known, Words, WordsOf};
use crate::text::cues;
use crate::text::expectation::{self, Expected};
use crate::text::language::Language;
use crate::text::letters::Letters;
use crate::text::sentences::sentences;
use crate::text::tokenize::{self, tokens};

/// Bytes of each part that are looked at: an endless answer must not cost endless time.
const MAX_BYTES: usize = 8 << 10;
/// Other phrasings of one entry that are looked at.
const MAX_ALTERNATES: usize = 250;

/// The stems of each field of a passage.
#[derive(Debug, Default)]
pub(super) struct Stems {
    pub(super) question: Joined,
    pub(super) alternates: Joined,
    pub(super) title: Joined,
    pub(super) heading: Joined,
    pub(super) text: Joined,
    /// The words of question, alternates and text, without accents.
    pub(super) spellings: Joined,
}

impl Stems {
    fn clear(&mut self) {
        let Self { question, alternates, title, heading, text, spellings } = self;
        for field in [question, alternates, title, heading, text, spellings] {
            field.0.clear();
        }
    }
}

/// Makes of passages what they are indexed by.
#[derive(Debug, Default)]
pub struct Maker {
    words: Words,
    /// Those of the last passage: room that is used again.
    stems: Stems,
}

impl Maker {
    /// What ranking looks at, of one passage.
    pub fn analyze(&mut self, passage: &Passage) -> Terms {
        let language = passage.language;
        let mut words = self.words.of(language);
        self.stems.clear();
        let Stems { question, alternates, title, heading, text, spellings } = &mut self.stems;
        let mut part = |role, text: &str, stems: &mut Joined, spellings: Option<&mut Joined>| {
            part(role, text, language, &mut words, stems, spellings)
        };
        let mut parts = Vec::with_capacity(4 + passage.alternates.len().min(MAX_ALTERNATES));
        parts.push(part(Role::Text, &passage.text, text, Some(spellings)));
        parts.push(part(Role::Title, &passage.title, title, None));
        parts.push(part(Role::Heading, &passage.heading_words(), heading, None));
        if let Some(asked) = &passage.question {
            parts.push(part(Role::Question, asked, question, Some(spellings)));
            for (n, alternate) in passage.alternates.iter().enumerate() {
                let part = part(Role::Alternate, alternate, alternates, Some(spellings));
                if n < MAX_ALTERNATES {
                    parts.push(part);
                }
            }
        }
        Terms { parts }
    }

    /// The stems of the passage that was analyzed last.
    pub(super) fn stems(&self) -> &Stems {
        &self.stems
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
    let looked_at = &text[..text.floor_char_boundary(MAX_BYTES)];
    let mut seen = Seen::new(role, looked_at);
    tokenize::each(text, |range, word| {
        let known = words.know(word);
        stems.push(known.stem);
        if let Some(spellings) = &mut spellings {
            spellings.push(known.folded);
        }
        if looked_at.len() == text.len() {
            seen.add(&range, word, known);
        }
    });
    if looked_at.len() < text.len() {
        tokenize::each(looked_at, |range, word| seen.add(&range, word, words.know(word)));
    }
    let asks = matches!(role, Role::Question | Role::Alternate);
    let cut = if role == Role::Text { sentences(looked_at) } else { Vec::new() };
    let expected = asks.then(|| expectation::of_question(&tokens(looked_at), language));
    Part {
        role,
        expected: expected.unwrap_or(Expected::Anything),
        words: seen.words,
        sentences: cut.into_iter().map(|r| place(r.start)..place(r.end)).collect(),
        letters: seen.letters.map(Letters::in_order).unwrap_or_default(),
    }
}

/// What ranking looks at of a text, gathered word by word.
struct Seen<'a> {
    text: &'a str,
    words: Vec<Term>,
    /// `None` where they are not looked at.
    letters: Option<Letters>,
}

impl<'a> Seen<'a> {
    fn new(role: Role, text: &'a str) -> Self {
        let whole = !matches!(role, Role::Title | Role::Heading);
        let words = Vec::with_capacity(text.len() / 6 + 1);
        Self { text, words, letters: whole.then(|| Letters::with_room(text.len())) }
    }

    fn add(&mut self, range: &Range<usize>, word: &str, known: Known<'_>) {
        self.words.push(Term {
            stem: known.stem_hash,
            spelling: known.spelling,
            cues: known.cues.and(cues::of_writing(&self.text[range.clone()])),
            start: place(range.start),
            end: place(range.end),
        });
        if let Some(letters) = &mut self.letters {
            letters.add(range, word, known.runs);
        }
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
        passages.map(|p| (p.text.clone(), maker.analyze(&p))).collect()
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
