//! In how many passages each stem and each run of letters stands, and which stems are names, as
//! one small file of a generation: ranking asks for hundreds of them, which is too many for the
//! search library's dictionary.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use foldhash::fast::RandomState;

use crate::index::bm25;
use crate::index::terms::{Part, Role, Term, Terms, hash};
use crate::text::cues::Cues;
use crate::text::language::Language;
use crate::text::letters::BUCKETS;

/// The file's name in its generation.
pub(super) const FILE: &str = "frequencies.bin";
/// Bytes of the checksum at the end of the file.
const CHECKSUM: usize = 16;

/// Set in the count of a stem that is written as names are.
const NAME: u32 = 1 << 31;
/// Least share of a name's places inside sentences that have a capital: names of one word are
/// also said in passing, and headings are written all in capitals by some.
const NAMED: f32 = 0.8;

/// Numbers before the rows of the stems: passages, and the words of each field (two each).
const HEAD: usize = 1 + 2 * FIELDS + 1;
/// Numbers of a row: the hash of a stem and where it stands.
const ROW: usize = 5;
/// Parts of a passage that are searched apart: text, title, heading, question, alternates.
const FIELDS: usize = 5;

/// The counts of a generation.
#[derive(Debug)]
pub struct Frequencies {
    passages: u32,
    words: [u64; FIELDS],
    stems: Stems,
    /// Robertson's inverse document frequency of each bucket of letters.
    letters: Vec<f32>,
}

#[derive(Debug, Clone, Copy)]
struct Stem {
    hash: u32,
    /// The passages that have it in their question, alternates or text; with [`NAME`].
    own: u32,
    /// Those that have it in their title or heading.
    above: u32,
}

impl Frequencies {
    /// How many passages have this stem in their question, alternates or text.
    pub fn of(&self, stem: u32) -> u64 {
        self.find(stem).map_or(0, |stem| u64::from(stem.own & !NAME))
    }

    /// How many have it in their title or heading.
    pub fn above(&self, stem: u32) -> u64 {
        self.find(stem).map_or(0, |stem| u64::from(stem.above))
    }

    /// Whether the articles write this stem with a capital, as names are.
    pub fn is_name(&self, stem: &str) -> bool {
        self.find(hash(stem)).is_some_and(|stem| stem.own & NAME != 0)
    }

    /// Whether any passage, title or heading has this stem.
    pub fn knows(&self, stem: &str) -> bool {
        self.find(hash(stem)).is_some()
    }

    /// How much sharing a run of letters tells: the rarer, the more.
    pub fn letters(&self, bucket: u16) -> f32 {
        self.letters[usize::from(bucket)]
    }

    /// Words of a passage with all its parts, on average.
    pub fn average_words(&self) -> f32 {
        self.words.iter().sum::<u64>() as f32 / (self.passages as f32).max(1.0)
    }

    /// Words of all passages in a part.
    pub fn words(&self, role: Role) -> u64 {
        self.words[field(role)]
    }

    fn find(&self, stem: u32) -> Option<&Stem> {
        self.stems.find(stem)
    }

    /// From the bytes of the file; `None` where they are not what was written.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let counted = Counter::decode(bytes)?;
        let stems = counted.rows.map(|(hash, count)| {
            let name = if count.is_name() { NAME } else { 0 };
            Stem { hash, own: count.own.min(NAME - 1) | name, above: count.above }
        });
        let rare = |df: u32| bm25::rarity(u64::from(df), u64::from(counted.passages));
        Some(Self {
            passages: counted.passages,
            words: counted.words,
            stems: Stems::new(stems.collect())?,
            letters: counted.letters.into_iter().map(rare).collect(),
        })
    }
}

/// Stems by their hashes. Hashes are spread evenly, so that those that begin with the same bits are few.
#[derive(Debug)]
struct Stems {
    /// In the order of their hashes.
    rows: Vec<Stem>,
    /// Where the rows of each beginning start, and where the last ones end.
    starts: Vec<u32>,
    /// Bits of a hash behind its beginning.
    rest: u32,
}

/// Stems that begin with the same bits, about.
const TOGETHER: usize = 4;

impl Stems {
    /// `None` where they are not in the order of their hashes.
    fn new(rows: Vec<Stem>) -> Option<Self> {
        let beginnings = (rows.len() / TOGETHER).next_power_of_two();
        let rest = u32::BITS - beginnings.ilog2();
        let (mut starts, mut at) = (Vec::with_capacity(beginnings + 1), 0);
        for beginning in 0..=beginnings as u64 {
            at +=
                rows[at..].iter().take_while(|row| u64::from(row.hash) >> rest < beginning).count();
            starts.push(u32::try_from(at).ok()?);
        }
        rows.is_sorted_by_key(|row| row.hash).then_some(Self { rows, starts, rest })
    }

    fn find(&self, hash: u32) -> Option<&Stem> {
        let beginning = usize::try_from(u64::from(hash) >> self.rest).ok()?;
        let (start, end) = (*self.starts.get(beginning)?, *self.starts.get(beginning + 1)?);
        let near = self.rows.get(start as usize..end as usize)?;
        near.iter().find(|row| row.hash == hash)
    }
}

fn field(role: Role) -> usize {
    match role {
        Role::Text => 0,
        Role::Title => 1,
        Role::Heading => 2,
        Role::Question => 3,
        Role::Alternate => 4,
    }
}

/// Counts while passages come and go. Whatever came and went before, the same passages give the
/// same counts.
pub(super) struct Counter {
    passages: u32,
    words: [u64; FIELDS],
    stems: HashMap<u32, Count, RandomState>,
    letters: Vec<u32>,
}

/// In how many passages a stem stands, and how.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    own: u32,
    above: u32,
    /// Places inside sentences, and those of them with a capital.
    inside: u32,
    capitals: u32,
}

impl Count {
    fn is_name(self) -> bool {
        self.inside > 0 && self.capitals as f32 >= NAMED * self.inside as f32
    }

    fn is_nothing(self) -> bool {
        self.own == 0 && self.above == 0 && self.inside == 0
    }
}

/// What stands in a file.
struct Counted<R> {
    passages: u32,
    words: [u64; FIELDS],
    rows: R,
    letters: Vec<u32>,
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

    fn decode(bytes: &[u8]) -> Option<Counted<impl Iterator<Item = (u32, Count)>>> {
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
    pub(super) fn count(&mut self, terms: &Terms, language: Language, to: Move) {
        to.shift(&mut self.passages, 1);
        let (mut own, mut above, mut letters) = (Vec::new(), Vec::new(), Vec::new());
        for part in &terms.parts {
            let words = &mut self.words[field(part.role)];
            *words = match to {
                Move::In => *words + part.words.len() as u64,
                Move::Out => words.saturating_sub(part.words.len() as u64),
            };
            letters.extend_from_slice(&part.letters);
            let stems = part.words.iter().map(|word| word.stem);
            if matches!(part.role, Role::Title | Role::Heading) {
                above.extend(stems);
                continue;
            }
            own.extend(stems);
            // German writes every noun with a capital, and some write questions so.
            if part.role == Role::Text && language != Language::German {
                self.capitals(part, to);
            }
        }
        for (stems, is_own) in [(&mut own, true), (&mut above, false)] {
            stems.sort_unstable();
            stems.dedup();
            for stem in stems.iter() {
                let count = self.stems.entry(*stem).or_default();
                to.shift(if is_own { &mut count.own } else { &mut count.above }, 1);
            }
        }
        letters.sort_unstable();
        letters.dedup();
        for bucket in letters {
            to.shift(&mut self.letters[usize::from(bucket)], 1);
        }
    }

    fn capitals(&mut self, text: &Part, to: Move) {
        let starts = |s: &Range<u32>| s.start;
        let opens = |w: &Term| text.sentences.binary_search_by_key(&w.start, starts).is_ok();
        // Only where a script has small letters do capitals tell anything.
        for word in text.words.iter().filter(|w| !opens(w)) {
            let count = self.stems.entry(word.stem).or_default();
            let capital = word.cues.any(Cues::CAPITAL);
            to.shift(&mut count.inside, u32::from(capital || word.cues.any(Cues::LOWER)));
            to.shift(&mut count.capitals, u32::from(capital));
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
