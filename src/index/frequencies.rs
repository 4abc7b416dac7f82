//! In how many passages each stem and each run of letters stands, and which stems are names, as
//! one small file of a generation: ranking asks for hundreds of them, which is too many for the
//! search library's dictionary.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

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

/// The counts of a generation.
#[derive(Debug)]
pub struct Frequencies {
    average_words: f32,
    /// Hash of a stem and the passages that have it in their question, alternates or text;
    /// 0 where only titles and headings have it; with [`NAME`]. In the order of hashes.
    stems: Vec<(u32, u32)>,
    /// Robertson's inverse document frequency of each bucket of letters.
    letters: Vec<f32>,
}

impl Frequencies {
    /// How many passages have this stem.
    pub fn of(&self, stem: u32) -> u64 {
        self.find(stem).map_or(0, |at| u64::from(self.stems[at].1 & !NAME))
    }

    /// Whether the articles write this stem with a capital, as names are.
    pub fn is_name(&self, stem: &str) -> bool {
        self.find(hash(stem)).is_some_and(|at| self.stems[at].1 & NAME != 0)
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
        self.average_words
    }

    fn find(&self, stem: u32) -> Option<usize> {
        self.stems.binary_search_by_key(&stem, |(hash, _)| *hash).ok()
    }

    /// From the bytes of the file; `None` where they are not what was written.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (body, checksum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM)?)?;
        if blake3::hash(body).as_bytes()[..CHECKSUM] != *checksum {
            return None;
        }
        let mut numbers =
            body.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        let passages = numbers.next()?;
        let words = numbers.next()?;
        let count = usize::try_from(numbers.next()?).ok()?;
        if body.len() != 4 * (3 + 2 * count + BUCKETS) {
            return None;
        }
        let stems = (0..count).map(|_| Some((numbers.next()?, numbers.next()?)));
        let stems = stems.collect::<Option<_>>()?;
        let n = passages as f32;
        let rare = |df: u32| (1.0 + (n - df as f32 + 0.5).max(0.0) / (df as f32 + 0.5)).ln();
        let average_words = words as f32 / n.max(1.0);
        Some(Self { average_words, stems, letters: numbers.map(rare).collect() })
    }
}

/// Counts while passages are added.
pub(super) struct Counter {
    passages: u32,
    words: u64,
    stems: HashMap<u32, Count>,
    letters: Vec<u32>,
}

/// Where a stem stands.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    passages: u32,
    /// Places inside sentences, and those of them with a capital.
    inside: u32,
    capitals: u32,
}

impl Count {
    fn stored(self) -> u32 {
        let name = self.inside > 0 && self.capitals as f32 >= NAMED * self.inside as f32;
        self.passages.min(NAME - 1) | if name { NAME } else { 0 }
    }
}

impl Counter {
    pub(super) fn new() -> Self {
        Self { passages: 0, words: 0, stems: HashMap::new(), letters: vec![0; BUCKETS] }
    }

    pub(super) fn add(&mut self, terms: &Terms, language: Language) {
        self.passages += 1;
        let (mut own, mut letters) = (Vec::new(), Vec::new());
        for part in &terms.parts {
            self.words += part.words.len() as u64;
            letters.extend_from_slice(&part.letters);
            if matches!(part.role, Role::Title | Role::Heading) {
                for word in &part.words {
                    self.stems.entry(word.stem).or_default();
                }
                continue;
            }
            own.extend(part.words.iter().map(|word| word.stem));
            // German writes every noun with a capital, and some write questions so.
            if part.role == Role::Text && language != Language::German {
                self.add_capitals(part);
            }
        }
        own.sort_unstable();
        own.dedup();
        for stem in own {
            self.stems.entry(stem).or_default().passages += 1;
        }
        letters.sort_unstable();
        letters.dedup();
        for bucket in letters {
            self.letters[usize::from(bucket)] += 1;
        }
    }

    fn add_capitals(&mut self, text: &Part) {
        let starts = |s: &Range<u32>| s.start;
        let opens = |w: &Term| text.sentences.binary_search_by_key(&w.start, starts).is_ok();
        // Only where a script has small letters do capitals tell anything.
        for word in text.words.iter().filter(|w| !opens(w)) {
            let count = self.stems.entry(word.stem).or_default();
            let capital = word.cues.any(Cues::CAPITAL);
            count.inside += u32::from(capital || word.cues.any(Cues::LOWER));
            count.capitals += u32::from(capital);
        }
    }

    /// Writes the file, synced.
    pub(super) fn write(self, folder: &Path) -> std::io::Result<()> {
        let stored = self.stems.into_iter().map(|(hash, count)| (hash, count.stored()));
        let mut stems: Vec<_> = stored.collect();
        stems.sort_unstable();
        let words = u32::try_from(self.words).unwrap_or(u32::MAX);
        let count = u32::try_from(stems.len()).unwrap_or(u32::MAX);
        let head = [self.passages, words, count];
        let pairs = stems.into_iter().flat_map(|(hash, count)| [hash, count]);
        let numbers = head.into_iter().chain(pairs).chain(self.letters);
        let mut body: Vec<u8> = numbers.flat_map(u32::to_le_bytes).collect();
        let checksum = blake3::hash(&body);
        body.extend(&checksum.as_bytes()[..CHECKSUM]);
        let path = folder.join(FILE);
        fs::write(&path, body)?;
        fs::File::open(&path)?.sync_all()
    }
}
