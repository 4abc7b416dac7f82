//! A confidence curve for one's own articles: how often the first passage was right, against
//! the log-odds that the model gave it.

use anyhow::ensure;

use crate::answering::confidence::Confidence;
use crate::evaluation::optimum::{Side, least};
use crate::evaluation::tuning::{self, Judged};

/// Fewer questions would only fit their own chance.
const FEWEST: usize = 20;
/// How strongly the curve is held to the shipped one, in questions.
const PENALTY: f64 = 1.0;

/// Fits slope and offset (Platt, 1999) and measures the trade-off by the curve that was fitted.
pub fn fit(judged: &[Judged], names: &str) -> anyhow::Result<Confidence> {
    let found: Vec<&Judged> = judged.iter().filter(|j| j.odds.is_finite()).collect();
    let right = found.iter().filter(|j| j.is_right).count();
    ensure!(
        judged.len() >= FEWEST && right > 0 && right < found.len(),
        "a curve needs at least {FEWEST} questions, some of them answered rightly and some not: \
         add questions, also such as have no answer"
    );
    let objective = |at: &[f64]| {
        let (slope, offset) = (at[0], at[1]);
        let mut loss = PENALTY * ((slope - 1.0).powi(2) + offset * offset) / 2.0;
        let mut gradient = vec![PENALTY * (slope - 1.0), PENALTY * offset];
        for one in &found {
            let odds = slope * f64::from(one.odds) + offset;
            let signed = if one.is_right { odds } else { -odds };
            loss += one.weight * ((-signed.abs()).exp().ln_1p() + (-signed).max(0.0));
            let miss = one.weight / (1.0 + signed.exp());
            let push = if one.is_right { -miss } else { miss };
            gradient[0] += push * f64::from(one.odds);
            gradient[1] += push;
        }
        (loss, gradient)
    };
    let curve = least(vec![1.0, 0.0], &[Side::Above, Side::Free], objective);
    let (slope, offset) = (rounded(curve[0]).max(0.01), rounded(curve[1]));
    let by_curve: Vec<Judged> =
        judged.iter().map(|j| Judged { odds: slope * j.odds + offset, ..*j }).collect();
    let about = format!(
        "fitted by `faqbot eval --calibrate` to {} questions of {names}; the trade-off was \
         measured on the same questions",
        judged.len()
    );
    Ok(Confidence { about, slope, offset, trade_off: tuning::trade_off(&by_curve) })
}

#[expect(clippy::cast_possible_truncation, reason = "small numbers")]
fn rounded(number: f64) -> f32 {
    ((number * 100.0).round() / 100.0) as f32
}

#[cfg(test)]
mod tests {
    use super::fit;
    use crate::evaluation::tuning::Judged;

    fn judged(odds: f32, is_right: bool) -> Judged {
        Judged { odds, is_right, is_answerable: is_right, weight: 1.0 }
    }

    #[test]
    fn a_model_that_is_too_sure_is_held_back() {
        // Half of what the model gives 0.95 is right, and nothing that it gives 0.5.
        let sure = (0..100).map(|n| judged(3.0, n % 2 == 0));
        let unsure = (0..100).map(|_| judged(0.0, false));
        let all: Vec<Judged> = sure.chain(unsure).collect();
        let curve = fit(&all, "a test").unwrap();
        assert!((curve.probability(3.0) - 0.5).abs() < 0.1, "{curve:?}");
        assert!(curve.probability(0.0) < 0.1, "{curve:?}");
        let right: Vec<Judged> = (0..50).map(|_| judged(1.0, true)).collect();
        assert!(fit(&right, "a test").unwrap_err().to_string().contains("questions"));
    }
}
