//! How far figures may be trusted: bootstrap resamples, the same on every machine.

/// Resamples behind an interval.
pub const RESAMPLES: usize = 1000;

/// A small generator of random numbers (`SplitMix64`).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A generator whose numbers depend on the seed alone.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator for something with a name: other names, other numbers.
    pub fn of(name: &str) -> Self {
        // FNV-1a.
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(name.bytes().fold(0xcbf2_9ce4_8422_2325, mix))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to below `end`, which is above 0.
    pub fn below(&mut self, end: usize) -> usize {
        let scaled = u128::from(self.next()) * end as u128;
        usize::try_from(scaled >> 64).unwrap_or(0)
    }
}

/// The middle 95 % of what resamples gave, by the percentile method; what is no number counts
/// for nothing. `None` where nothing is left.
pub fn interval(replicates: &[f64]) -> Option<(f64, f64)> {
    let mut sorted: Vec<f64> = replicates.iter().copied().filter(|r| !r.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let cut = sorted.len() / 40;
    Some((*sorted.get(cut)?, *sorted.get(sorted.len() - 1 - cut)?))
}

#[cfg(test)]
mod tests {
    use super::{Random, interval};

    #[test]
    fn numbers_are_those_of_the_published_generator() {
        // First outputs of SplitMix64 for the seed 1234567, as published with it.
        let mut random = Random::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(
            first,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn numbers_are_spread_evenly() {
        let mut random = Random::of("a set");
        let mut counts = [0; 7];
        (0..7000).for_each(|_| counts[random.below(7)] += 1);
        assert!(counts.iter().all(|n| (850..1150).contains(n)), "{counts:?}");
        assert_ne!(Random::of("a").next(), Random::of("b").next());
    }

    #[test]
    fn intervals_leave_out_both_ends() {
        let replicates: Vec<f64> = (0..1000).map(f64::from).rev().collect();
        assert_eq!(interval(&replicates), Some((25.0, 974.0)));
        assert_eq!(interval(&[f64::NAN, 2.0]), Some((2.0, 2.0)));
        assert_eq!(interval(&[f64::NAN]), None);
    }
}
