//! A passage as ranking sees it: its words as stems with what each one tells, and the letters
//! of its parts. Made once ([`analysis`](crate::index::analysis)), when the passage is indexed, because
//! cutting and stemming a hundred candidates takes longer than finding them.

use std::ops::Range;

use crate::corpus::passages::Passage;
use crate::text::cues::Cues;
use crate::text::expectation::Expected;

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
    /// Its runs of letters (see [`letters`](crate::text::letters)), in order, each once; none for title and heading.
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
