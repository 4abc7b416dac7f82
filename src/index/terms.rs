//! A passage as ranking sees it: its words as stems with what each one tells, and the letters
//! of its parts. Made once, when the passage is indexed, because cutting and stemming a
//! hundred candidates takes longer than finding them.

use std::ops::Range;

use crate::corpus::passages::Passage;
use crate::index::analyzer::{Joined, Known, Words, WordsOf};
use crate::text::cues::{self, Cues};
use crate::text::expectation::{self, Expected};
use crate::text::language::Language;
use crate::text::letters;
use crate::text::sentences::sentences;
use crate::text::tokenize::{self, Token};

/// Bytes of each part that are looked at: an endless answer must not cost endless time.
const MAX_BYTES: usize = 8 << 10;
/// Other phrasings of one entry that are looked at.
const MAX_ALTERNATES: usize = 250;

/// What a part of a passage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The passage itself.
    Text,
    /// The title of its article.
    Title,
    /// The heading above it, with the names that a dateline goes by.
    Heading,
    /// The question of a FAQ entry.
    Question,
    /// Another phrasing of that question.
    Alternate,
}

/// A word of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Hash of its stem (see [`hash`]).
    pub stem: u32,
    /// Low byte of the hash of its spelling, accents kept: tells a word as written from another
    /// form.
    pub spelling: u8,
    /// What it tells.
    pub cues: Cues,
    /// Where it begins in the part, in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// A part of a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub role: Role,
    /// What it asks for, where it is a question.
    pub expected: Expected,
    /// Its words in order.
    pub words: Vec<Term>,
    /// Its sentences, in bytes; only those of the text.
    pub sentences: Vec<Range<u32>>,
    /// Its runs of letters (see [`letters`]), in order, each once; none for title and heading.
    pub letters: Vec<u16>,
}

/// All parts of a passage, the text first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// The parts.
    pub parts: Vec<Part>,
}

/// The hash that stands for a stem or a spelling: FNV-1a of its bytes.
pub fn hash(text: &str) -> u32 {
    text.bytes()
        .fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The low byte of the hash of a normalized word.
pub fn spelling(word: &str) -> u8 {
    hash(word).to_le_bytes()[0]
}

/// The text of a part, for telling what was matched in it.
pub fn text_of(passage: &Passage, part: usize) -> String {
    match part {
        0 => passage.text.clone(),
        1 => passage.title.clone(),
        2 => passage.heading_words(),
        3 => passage.question.clone().unwrap_or_default(),
        other => passage.alternates.get(other - 4).cloned().unwrap_or_default(),
    }
}

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
        stem: hash(&known.stem),
        spelling: spelling(&token.text),
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

impl Terms {
    /// As bytes, behind others: numbers of seven bits a byte, smallest first, except for hashes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        put(out, self.parts.len());
        for part in &self.parts {
            out.push(part.role as u8);
            out.push(part.expected as u8);
            put(out, part.words.len());
            let mut at = 0;
            for word in &part.words {
                out.extend(word.stem.to_le_bytes());
                out.push(word.spelling);
                out.extend(word.cues.0.to_le_bytes());
                // Pairs of characters overlap, so that a word can begin before the last ends.
                put(out, (word.start - at) as usize);
                put(out, (word.end - word.start) as usize);
                at = word.start;
            }
            put(out, part.sentences.len());
            for sentence in &part.sentences {
                put(out, sentence.start as usize);
                put(out, sentence.end as usize);
            }
            put(out, part.letters.len());
            let mut at = 0;
            for run in &part.letters {
                put(out, usize::from(run - at));
                at = *run;
            }
        }
    }

    /// Whether the text can be cut where its sentences are said to stand.
    pub(super) fn fit(&self, text: &str) -> bool {
        let cut = |s: &Range<u32>| text.get(s.start as usize..s.end as usize).is_some();
        self.parts.iter().all(|part| part.sentences.iter().all(cut))
    }

    /// From bytes; `None` where they are not what [`Terms::encode`] gives.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut from = Bytes(bytes);
        let parts = (0..from.count()?).map(|_| from.part()).collect::<Option<_>>()?;
        from.0.is_empty().then_some(Self { parts })
    }
}

fn put(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7f).unwrap_or(0) | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or(0));
}

/// Bytes that are still to be read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = 0u32;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A number of things, each at least a byte long.
    fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.0.len()).then_some(count)
    }

    fn part(&mut self) -> Option<Part> {
        let role = match self.byte()? {
            0 => Role::Text,
            1 => Role::Title,
            2 => Role::Heading,
            3 => Role::Question,
            4 => Role::Alternate,
            _ => return None,
        };
        let expected = Expected::from_code(self.byte()?)?;
        let (count, mut at) = (self.count()?, 0u32);
        // Filled one by one: collecting into an `Option` would make room again and again.
        let mut words = Vec::with_capacity(count);
        for _ in 0..count {
            let [stem @ .., spelling, low, high] = self.fixed::<7>()?;
            let (stem, cues) = (u32::from_le_bytes(stem), Cues(u16::from_le_bytes([low, high])));
            let start = at.checked_add(self.number()?)?;
            let end = start.checked_add(self.number()?)?;
            at = start;
            words.push(Term { stem, spelling, cues, start, end });
        }
        let count = self.count()?;
        let mut sentences = Vec::with_capacity(count);
        for _ in 0..count {
            sentences.push(self.number()?..self.number()?);
        }
        let (count, mut at) = (self.count()?, 0u16);
        let mut letters = Vec::with_capacity(count);
        for _ in 0..count {
            at = at.checked_add(u16::try_from(self.number()?).ok()?)?;
            letters.push(at);
        }
        Some(Part { role, expected, words, sentences, letters })
    }
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
