//! Vectors as they are stored: a byte for each number.

/// Most numbers of a head.
pub(super) const HEAD: usize = 64;

/// A vector as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its numbers, as signed bytes: 127ths of the greatest.
    pub numbers: Vec<u8>,
    /// What brings it to length 1.
    pub scale: f32,
}

impl Row {
    /// Of a vector of any length; one that is all zero stays so.
    #[expect(clippy::cast_possible_truncation, reason = "at most 127")]
    pub fn new(vector: &[f32]) -> Self {
        let most = vector.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        if most == 0.0 || !most.is_finite() {
            return Self { numbers: vec![0; vector.len()], scale: 0.0 };
        }
        let numbers: Vec<i8> = vector.iter().map(|x| (x / most * 127.0).round() as i8).collect();
        let squares: f32 = numbers.iter().map(|x| f32::from(*x) * f32::from(*x)).sum();
        let numbers = numbers.into_iter().map(|x| x.to_le_bytes()[0]).collect();
        Self { numbers, scale: 1.0 / squares.sqrt() }
    }

    /// The cosine of the angle between two.
    pub fn likeness(&self, other: &Self) -> f32 {
        product(&widened(&self.numbers), &other.numbers) as f32 * self.scale * other.scale
    }
}

/// A sum of vectors of length 1 that is the same in whatever order they come and go: its numbers
/// are whole, parts of 2³² each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) numbers: Vec<i64>,
    /// How many vectors it is of.
    pub(super) count: u64,
}

/// What 1 is in a sum.
const ONE: f64 = 4_294_967_296.0;

impl Sum {
    pub(super) fn new(dimensions: usize) -> Self {
        Self { numbers: vec![0; dimensions], count: 0 }
    }

    pub(super) fn add(&mut self, row: &[u8], scale: f32) {
        self.shift(row, scale, 1);
        self.count += 1;
    }

    pub(super) fn remove(&mut self, row: &[u8], scale: f32) {
        self.shift(row, scale, -1);
        self.count = self.count.saturating_sub(1);
    }

    #[expect(clippy::cast_possible_truncation, reason = "a number of a unit vector is at most 1")]
    fn shift(&mut self, row: &[u8], scale: f32, sign: i64) {
        for (slot, x) in self.numbers.iter_mut().zip(row) {
            let part = f64::from(i8::from_le_bytes([*x])) * f64::from(scale) * ONE;
            *slot = slot.wrapping_add(sign * part.round() as i64);
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        for (slot, x) in self.numbers.iter_mut().zip(&other.numbers) {
            *slot = slot.wrapping_add(*x);
        }
        self.count += other.count;
    }

    /// The sum, divided by a number.
    #[expect(clippy::cast_possible_truncation, reason = "numbers of few digits")]
    pub(super) fn divided(&self, by: f64) -> Vec<f32> {
        self.numbers.iter().map(|x| (*x as f64 / ONE / by) as f32).collect()
    }
}

/// Signed bytes as wider numbers.
pub(super) fn widened(numbers: &[u8]) -> Vec<i16> {
    numbers.iter().map(|x| i16::from(i8::from_le_bytes([*x]))).collect()
}

/// The sum of products; numbers of a row are signed bytes.
pub(super) fn product(asked: &[i16], row: &[u8]) -> i32 {
    let one = |(a, r): (&i16, &u8)| i32::from(*a) * i32::from(i16::from(i8::from_le_bytes([*r])));
    // By 32 the compiler makes twice as fast a loop of it as by one.
    let (asked, asked_rest) = asked.as_chunks::<32>();
    let (row, row_rest) = row.as_chunks::<32>();
    let chunk = |(a, r): (&[i16; 32], &[u8; 32])| a.iter().zip(r).map(one).sum::<i32>();
    let rest = asked_rest.iter().zip(row_rest).map(one).sum::<i32>();
    asked.iter().zip(row).map(chunk).sum::<i32>() + rest
}

/// The first numbers of a vector, on a scale that is the same for all.
#[expect(clippy::cast_possible_truncation, reason = "at most 127")]
pub(super) fn head_of(row: &Row, size: usize) -> impl Iterator<Item = u8> {
    /// Hardly a number of a unit vector is above a half.
    const FULL: f32 = 254.0;
    let one = |x: &u8| {
        let number = f32::from(i8::from_le_bytes([*x])) * row.scale * FULL;
        (number.round().clamp(-127.0, 127.0) as i8).to_le_bytes()[0]
    };
    row.numbers[..size].iter().map(one)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{Row, Sum};

    proptest! {
        #[test]
        fn a_row_keeps_the_direction(vector in vec(-1.0f32..1.0, 8..200)) {
            let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
            let row = Row::new(&vector);
            let near: f32 = vector.iter().zip(&row.numbers)
                .map(|(x, n)| x * f32::from(i8::from_le_bytes([*n])) * row.scale).sum();
            prop_assert!(length < 1e-3 || near / length > 0.999);
        }

        #[test]
        fn sums_forget_what_has_gone(vectors in vec(vec(-1.0f32..1.0, 4..5), 1..20), gone in 0usize..20) {
            let rows: Vec<Row> = vectors.iter().map(|v| Row::new(v)).collect();
            let gone = gone.min(rows.len());
            let (mut all, mut left) = (Sum::new(4), Sum::new(4));
            for row in &rows {
                all.add(&row.numbers, row.scale);
            }
            for row in &rows[..gone] {
                all.remove(&row.numbers, row.scale);
            }
            for row in rows[gone..].iter().rev() {
                left.add(&row.numbers, row.scale);
            }
            prop_assert_eq!(all, left);
        }
    }
}
