//! Counting in how many passages each stem and each run of letters stands, while passages come and go.
//! Whatever came and went before, the same passages give the same counts.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use foldhash::fast::RandomState;

use crate::index::terms::{Part, Role, Term, Terms};
use crate::text::cues::Cues;
use crate::text::language::Language;
use crate::text::letters::BUCKETS;

/// The name of the file of counts in its generation.
pub(super) const FILE: &str = "frequencies.bin";
/// Bytes of the checksum at its end.
const CHECKSUM: usize = 16;
/// Least share of a name's places inside sentences that have a capital: names of one word are
/// also said in passing, and headings are written all in capitals by some.
const NAMED: f32 = 0.8;

/// Numbers before the rows of the stems: passages, and the words of each field (two each).
const HEAD: usize = 1 + 2 * FIELDS + 1;
/// Numbers of a row: the hash of a stem and where it stands.
const ROW: usize = 5;
/// Parts of a passage that are searched apart: text, title, heading, question, alternates.
pub(super) const FIELDS: usize = 5;

/// The place of a part's words among those of all.
pub(super) fn field(role: Role) -> usize {
    match role {
        Role::Text => 0,
        Role::Title => 1,
        Role::Heading => 2,
        Role::Question => 3,
        Role::Alternate => 4,
    }
}

/// The counts.
pub(super) struct Counter {
    passages: u32,
    words: [u64; FIELDS],
    stems: HashMap<u32, Count, RandomState>,
    letters: Vec<u32>,
}

/// In how many passages a stem stands, and how.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) own: u32,
    pub(super) above: u32,
    /// Places inside sentences, and those of them with a capital.
    inside: u32,
    capitals: u32,
}

impl Count {
    /// Whether it is written with a capital, as names are.
    pub(super) fn is_name(self) -> bool {
        self.inside > 0 && self.capitals as f32 >= NAMED * self.inside as f32
    }

    fn is_nothing(self) -> bool {
        self.own == 0 && self.above == 0 && self.inside == 0
    }
}

/// What one passage counts.
#[derive(Debug)]
pub(super) struct Tally {
    words: [u32; FIELDS],
    /// Where its stems stand, as numbers in order: the hash of a stem with marks behind it.
    places: Vec<u64>,
    /// Its runs of letters, each once.
    letters: Vec<u16>,
}

/// Bits for marks.
const MARKS: u32 = 4;
/// It stands in a question, an alternate or the text.
const OWN: u64 = 1;
/// It stands in a title or heading.
const ABOVE: u64 = 2;
/// It stands inside a sentence, where a capital tells something; and it has one.
const INSIDE: u64 = 4;
const CAPITAL: u64 = 8;

impl Tally {
    /// Of a passage in this language.
    pub(super) fn of(terms: &Terms, language: Language) -> Self {
        let all = terms.parts.iter().map(|part| part.words.len());
        let mut places = Vec::with_capacity(all.sum());
        let (mut words, mut letters) = ([0; FIELDS], Vec::new());
        for part in &terms.parts {
            words[field(part.role)] += u32::try_from(part.words.len()).unwrap_or(u32::MAX);
            letters.extend_from_slice(&part.letters);
            // German writes every noun with a capital, and some write questions so.
            let tells = part.role == Role::Text && language != Language::German;
            places.extend(part.words.iter().map(|word| marked(word, part, tells)));
        }
        places.sort_unstable();
        letters.sort_unstable();
        letters.dedup();
        Self { words, places, letters }
    }
}

/// A word of a part as such a number; whether its capital `tells` anything.
fn marked(word: &Term, part: &Part, tells: bool) -> u64 {
    let starts = |s: &Range<u32>| s.start;
    let opens = || part.sentences.binary_search_by_key(&word.start, starts).is_ok();
    let mut marks = match part.role {
        Role::Title | Role::Heading => ABOVE,
        Role::Text | Role::Question | Role::Alternate => OWN,
    };
    // Only where a script has small letters do capitals tell anything.
    if tells && word.cues.any(Cues::CAPITAL) && !opens() {
        marks |= INSIDE | CAPITAL;
    } else if tells && word.cues.any(Cues::LOWER) && !opens() {
        marks |= INSIDE;
    }
    u64::from(word.stem) << MARKS | marks
}

/// What stands in a file.
pub(super) struct Counted<R> {
    pub(super) passages: u32,
    pub(super) words: [u64; FIELDS],
    /// Hashes of stems in order, each with its count.
    pub(super) rows: R,
    pub(super) letters: Vec<u32>,
}

/// Whether a passage comes or goes.
#[derive(Clone, Copy)]
pub(super) enum Move {
    In,
    Out,
}

impl Move {
    fn shift(self, count: &mut u32, by: u32) {
        *count = match self {
            Self::In => count.saturating_add(by),
            Self::Out => count.saturating_sub(by),
        };
    }
}

impl Counter {
    pub(super) fn new() -> Self {
        Self {
            passages: 0,
            words: [0; FIELDS],
            stems: HashMap::default(),
            letters: vec![0; BUCKETS],
        }
    }

    /// Goes on from the file of a generation; `None` where that is not what was written.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let Counted { passages, words, rows, letters } = Self::decode(bytes)?;
        Some(Self { passages, words, stems: rows.collect(), letters })
    }

    /// From the bytes of the file; `None` where they are not what was written.
    pub(super) fn decode(bytes: &[u8]) -> Option<Counted<impl Iterator<Item = (u32, Count)>>> {
        let (body, checksum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM)?)?;
        if blake3::hash(body).as_bytes()[..CHECKSUM] != *checksum {
            return None;
        }
        let (numbers, _) = body.as_chunks::<4>();
        let number = |at: usize| numbers.get(at).map(|bytes| u32::from_le_bytes(*bytes));
        let passages = number(0)?;
        let mut words = [0; FIELDS];
        for (at, words) in words.iter_mut().enumerate() {
            *words = u64::from(number(1 + 2 * at)?) | u64::from(number(2 + 2 * at)?) << 32;
        }
        let count = usize::try_from(number(HEAD - 1)?).ok()?;
        if body.len() != 4 * (HEAD + ROW * count + BUCKETS) {
            return None;
        }
        let (rows, letters) = numbers[HEAD..].split_at(ROW * count);
        let rows = rows.as_chunks::<ROW>().0.iter().map(|row| {
            let [hash, own, above, inside, capitals] = row.map(u32::from_le_bytes);
            (hash, Count { own, above, inside, capitals })
        });
        let letters = letters.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        Some(Counted { passages, words, rows, letters })
    }

    /// Counts a passage that comes or goes.
    pub(super) fn count(&mut self, tally: &Tally, to: Move) {
        to.shift(&mut self.passages, 1);
        for (all, words) in self.words.iter_mut().zip(tally.words) {
            *all = match to {
                Move::In => *all + u64::from(words),
                Move::Out => all.saturating_sub(u64::from(words)),
            };
        }
        for places in tally.places.chunk_by(|a, b| a >> MARKS == b >> MARKS) {
            let with = |mark: u64| places.iter().map(move |place| u32::from(place & mark != 0));
            let stem = places[0] >> MARKS;
            let count = self.stems.entry(u32::try_from(stem).unwrap_or(u32::MAX)).or_default();
            to.shift(&mut count.own, with(OWN).max().unwrap_or(0));
            to.shift(&mut count.above, with(ABOVE).max().unwrap_or(0));
            to.shift(&mut count.inside, with(INSIDE).sum());
            to.shift(&mut count.capitals, with(CAPITAL).sum());
        }
        for bucket in &tally.letters {
            to.shift(&mut self.letters[usize::from(*bucket)], 1);
        }
    }

    /// Writes the file, synced.
    pub(super) fn write(self, folder: &Path) -> std::io::Result<()> {
        let mut stems: Vec<_> =
            self.stems.into_iter().filter(|(_, count)| !count.is_nothing()).collect();
        stems.sort_unstable_by_key(|(hash, _)| *hash);
        let mut body: Vec<u8> = self.passages.to_le_bytes().to_vec();
        body.extend(self.words.iter().flat_map(|words| words.to_le_bytes()));
        body.extend(u32::try_from(stems.len()).unwrap_or(u32::MAX).to_le_bytes());
        for (hash, count) in stems {
            let row = [hash, count.own, count.above, count.inside, count.capitals];
            body.extend(row.iter().flat_map(|number| number.to_le_bytes()));
        }
        body.extend(self.letters.iter().flat_map(|count| count.to_le_bytes()));
        let checksum = blake3::hash(&body);
        body.extend(&checksum.as_bytes()[..CHECKSUM]);
        let path = folder.join(FILE);
        fs::write(&path, body)?;
        fs::File::open(&path)?.sync_all()
    }
}
