//! What a term tells of a passage that has it.
//!
//! Okapi BM25 as Robertson and Zaragoza give it (The Probabilistic Relevance Framework, 2009), with the
//! usual k1 = 1.2 and b = 0.75, and an inverse document frequency that is never below 0.

use tantivy::fieldnorm::FieldNormReader;

/// How soon further places of a term stop to count.
const K1: f32 = 1.2;
/// How much the length of a text counts.
const B: f32 = 0.75;

/// How much a term tells that `having` of `all` passages have: ln(1 + (N - n + 0.5) / (n + 0.5)).
pub fn rarity(having: u64, all: u64) -> f32 {
    let (n, all) = (having as f32, all.max(having) as f32);
    (1.0 + (all - n + 0.5) / (n + 0.5)).ln()
}

/// Lengths as the search library stores them: a byte.
const LENGTHS: usize = 256;
/// Terms stand so often in nearly all texts that have them, or less.
const USUAL: usize = 4;

/// What a term tells by the length of a text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lengths {
    /// What each length adds below the fraction.
    parts: [f32; LENGTHS],
    /// The share for each length where a term stands so often, from once on: to look it up takes less
    /// than to divide.
    usual: [[f32; LENGTHS]; USUAL],
}

impl Lengths {
    /// Where texts have so many words on average.
    pub(super) fn new(average: f32) -> Self {
        let part = |id: usize| {
            let words = FieldNormReader::id_to_fieldnorm(u8::try_from(id).unwrap_or(u8::MAX));
            K1 * (1.0 - B + B * words as f32 / average.max(f32::MIN_POSITIVE))
        };
        let parts = std::array::from_fn(part);
        let usual = std::array::from_fn(|n| parts.map(|part| share(n as f32 + 1.0, part)));
        Self { parts, usual }
    }

    /// The share, below 1, of what a term can tell at most, where it stands so often in a text of
    /// this stored length.
    pub(super) fn share(&self, length: u8, times: u32) -> f32 {
        let length = usize::from(length);
        match self.usual.get((times as usize).wrapping_sub(1)) {
            Some(shares) => shares[length],
            None => share(times as f32, self.parts[length]),
        }
    }
}

fn share(times: f32, length: f32) -> f32 {
    times / (times + length)
}

/// What a term of this rarity can tell at most.
pub(super) fn most(rarity: f32) -> f32 {
    rarity * (1.0 + K1)
}

#[cfg(test)]
mod tests {
    use tantivy::fieldnorm::FieldNormReader;

    use super::{Lengths, rarity};

    #[test]
    fn rare_terms_in_short_texts_tell_more_and_never_more_than_all() {
        assert!(rarity(1, 1_000) > rarity(10, 1_000) && rarity(1_000, 1_000) > 0.0);
        let lengths = Lengths::new(10.0);
        let at = |words: u32, times| lengths.share(FieldNormReader::fieldnorm_to_id(words), times);
        // In a text of the average length a term that stands once tells 1 / (1 + k1) of it.
        assert!((at(10, 1) - 1.0 / 2.2).abs() < 1e-6);
        assert!(at(3, 1) > at(10, 1) && at(10, 2) > at(10, 1));
        assert!(at(0, 1_000_000) < 1.0);
        // Whether it is looked up or not.
        for times in 1..10 {
            let share = times as f32 / (times as f32 + 1.2);
            assert!((at(10, times) - share).abs() < 1e-6, "{times}");
        }
    }
}
