//! Scores in, probabilities out.

/// The probability behind log-odds (the logistic function), in hundredths.
pub fn probability(log_odds: f32) -> f32 {
    let p = 1.0 / (1.0 + (-log_odds).exp());
    (p * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::probability;

    #[test]
    fn probabilities_are_even_at_zero_and_bounded() {
        assert!((probability(0.0) - 0.5).abs() < f32::EPSILON);
        assert!((probability(60.0) - 1.0).abs() < f32::EPSILON);
        assert!(probability(-60.0).abs() < f32::EPSILON);
        assert!(probability(1.0) > probability(0.5));
    }
}
