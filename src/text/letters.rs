//! What a text looks like by its letters: the overlapping runs of four letters in its words.
//!
//! Words that are spelled almost alike share most of their runs, whatever the slip, the ending
//! or the way they are joined. A run is known by its bucket, so that how common each one is
//! fits in one small table.

use std::ops::Range;

use crate::text::bits::set_bits;
use crate::text::language::Language;
use crate::text::normalize;
use crate::text::tokenize::{self, Token};

/// Number of buckets.
pub const BUCKETS: usize = 1 << 16;
/// So many buckets are sooner marked than sorted.
const MANY: usize = 128;
/// Letters in a run, the blanks before and after the word included.
const RUN: usize = 4;

/// The buckets of the runs of letters in a normalized word. A word too short for a run is one by itself.
pub fn of_word(word: &str, language: Language) -> Vec<u16> {
    // Without a stemmer accents may well make other words.
    let folded = (language != Language::Other).then(|| normalize::fold(word));
    let word = folded.as_deref().unwrap_or(word);
    let letters: Vec<char> =
        std::iter::once(' ').chain(word.chars()).chain(std::iter::once(' ')).collect();
    letters.windows(RUN.min(letters.len())).map(bucket).collect()
}

/// The buckets of all runs in a text of this language, in order, each once.
pub fn of_tokens(tokens: &[Token], language: Language) -> Vec<u16> {
    let mut letters = Letters::with_room(tokens.len() * RUN);
    for token in tokens {
        letters.add(&token.range, &token.text, &of_word(&token.text, language));
    }
    letters.in_order()
}

/// The buckets of a text, gathered word by word.
#[derive(Debug)]
pub struct Letters {
    found: Vec<u16>,
    /// The word before, where it is a pair of characters, and where that ends.
    pair: String,
    end: usize,
}

impl Letters {
    /// With room for so many runs.
    pub fn with_room(runs: usize) -> Self {
        Self { found: Vec::with_capacity(runs), pair: String::new(), end: 0 }
    }

    /// Adds a word and its runs.
    ///
    /// Pairs of characters, as [`tokenize`] cuts scripts without spaces into, also give a run of three
    /// where one goes over into the next.
    pub fn add(&mut self, range: &Range<usize>, word: &str, runs: &[u16]) {
        self.found.extend_from_slice(runs);
        if range.start < self.end {
            let three: Vec<char> = self.pair.chars().chain(word.chars().last()).collect();
            self.found.push(bucket(&three));
        }
        self.pair.clear();
        if tokenize::is_pair(word) {
            self.pair.push_str(word);
        }
        self.end = range.end;
    }

    /// All of them in order, each once.
    pub fn in_order(self) -> Vec<u16> {
        in_order(self.found)
    }
}

/// Buckets in order, each once.
fn in_order(mut found: Vec<u16>) -> Vec<u16> {
    if found.len() < MANY {
        found.sort_unstable();
        found.dedup();
        return found;
    }
    // A bit for each bucket: so many are sooner marked than sorted.
    let mut bits = vec![0u64; BUCKETS / 64];
    for bucket in &found {
        bits[usize::from(*bucket) / 64] |= 1 << (bucket % 64);
    }
    found.clear();
    for (place, bits) in bits.into_iter().enumerate() {
        found
            .extend(set_bits(bits).filter_map(|bit| u16::try_from(64 * place + bit as usize).ok()));
    }
    found
}

/// FNV-1a over the letters, folded to sixteen bits.
fn bucket(run: &[char]) -> u16 {
    let hash = run
        .iter()
        .fold(0x811c_9dc5_u32, |hash, c| (hash ^ u32::from(*c)).wrapping_mul(0x0100_0193));
    let folded = (hash >> 16) ^ (hash & 0xffff);
    u16::try_from(folded).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::{BUCKETS, MANY, in_order, of_tokens};
    use crate::text::language::Language;
    use crate::text::tokenize::tokens;

    fn of(text: &str) -> Vec<u16> {
        of_tokens(&tokens(text), Language::English)
    }

    fn shared(a: &str, b: &str) -> usize {
        let (a, b) = (of(a), of(b));
        a.iter().filter(|run| b.contains(run)).count()
    }

    #[test]
    fn words_spelled_almost_alike_share_runs() {
        assert_eq!(of("password").len(), 7);
        assert_eq!(shared("password", "pasword"), 4);
        assert_eq!(shared("passwords", "password reset"), 6);
        assert_eq!(shared("is", "is"), 1);
        assert_eq!(shared("password", "mattress"), 0);
        assert_eq!(of("").len(), 0);
        assert_eq!(of("中国你好").len(), 5);
    }

    #[test]
    fn many_buckets_are_marked_as_few_are_sorted() {
        let many: Vec<u16> =
            (0..3 * MANY).map(|n| u16::try_from(n * 40_503 % BUCKETS).unwrap()).collect();
        let twice = [many.as_slice(), &many, &[0, u16::MAX]].concat();
        let mut sorted = twice.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert!(sorted.len() > MANY);
        assert_eq!(in_order(twice), sorted);
    }
}
