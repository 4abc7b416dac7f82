//! In how many passages each stem and each run of letters stands, and which stems are names, as
//! one small file of a generation: ranking asks for hundreds of them, which is too many for the
//! search library's dictionary.

use crate::index::bm25;
use crate::index::counting::{self, Counter, FIELDS};
use crate::index::terms::{Role, hash};

/// Set in the count of a stem that is written as names are.
const NAME: u32 = 1 << 31;

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
        self.words[counting::field(role)]
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
