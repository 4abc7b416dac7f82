//! Vectors and what is done with them.

/// The vector of length 1 in this direction; one of nothing, or beyond all numbers, is all zero.
pub fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if !length.is_finite() || length == 0.0 {
        vector.fill(0.0);
        return vector;
    }
    for x in &mut vector {
        *x /= length;
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::unit;

    #[test]
    fn whatever_comes_in_numbers_come_out() {
        assert_eq!(unit(vec![3.0, 4.0]), [0.6, 0.8]);
        for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, 0.0] {
            assert_eq!(unit(vec![wrong, 0.0]), [0.0, 0.0]);
        }
    }
}
