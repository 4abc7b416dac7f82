//! Small numbers as the bits of one.

/// The places of the bits that are set, in order.
pub fn set_bits(mut bits: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros();
        bits &= bits.checked_sub(1)?;
        Some(place)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::set_bits;

    proptest! {
        #[test]
        fn every_set_bit_has_its_place(bits in any::<u64>()) {
            let places: Vec<u32> = (0..u64::BITS).filter(|at| bits >> at & 1 == 1).collect();
            assert_eq!(set_bits(bits).collect::<Vec<_>>(), places);
        }
    }
}
