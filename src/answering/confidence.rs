//! Log-odds in, probabilities out; and from which probability on an answer is given.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::retrieval::model::{Mode, Model, Point};

/// How log-odds become probabilities, and what answering from one on gave.
///
/// The curve is a logistic function, so that more evidence never means less confidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confidence {
    /// How it came about.
    pub about: String,
    /// What log-odds are multiplied by; above 0.
    pub slope: f32,
    /// What is added to them.
    pub offset: f32,
    /// What answering from a confidence on gave, from low to high.
    pub trade_off: Vec<Point>,
}

impl Confidence {
    /// The curve that comes with the program: the log-odds of a mode as they are.
    pub fn shipped(mode: Mode) -> Self {
        let Model { about, trade_off, .. } = Model::shipped(mode);
        Self { about: about.clone(), slope: 1.0, offset: 0.0, trade_off: trade_off.clone() }
    }

    /// The curve that `faqbot eval --calibrate` wrote for one's own articles.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let remedy = "write it again with `faqbot eval --calibrate`";
        let text = fs::read_to_string(path)
            .with_context(|| format!("{}: cannot be read: {remedy}", path.display()))?;
        let read: Self = serde_json::from_str(&text)
            .with_context(|| format!("{}: is no confidence curve: {remedy}", path.display()))?;
        let finite = read.slope.is_finite() && read.offset.is_finite();
        anyhow::ensure!(
            finite && read.slope > 0.0 && !read.trade_off.is_empty(),
            "{}: its slope must be above 0 and its trade-off not empty: {remedy}",
            path.display()
        );
        Ok(read)
    }

    /// The probability behind the model's log-odds, in hundredths.
    pub fn probability(&self, log_odds: f32) -> f32 {
        let p = 1.0 / (1.0 + (-(self.slope * log_odds + self.offset)).exp());
        (p * 100.0).round() / 100.0
    }

    /// The least confidence from which on at most this share of the answers was wrong, in
    /// hundredths; the highest that was measured where none was as good.
    pub fn answer_from(&self, wrong_at_most: f32) -> f32 {
        let good = |point: &&Point| point.wrong <= wrong_at_most;
        let point = self.trade_off.iter().find(good).or(self.trade_off.last());
        point.map_or(0.5, |p| (p.from * 100.0).round() / 100.0)
    }
}

/// The curve of each mode, and the least confidence of an answer by it.
#[derive(Debug, Clone)]
pub struct Curves([(Confidence, f32); 3]);

impl Curves {
    /// Those that come with the program, or one's own for all modes.
    pub fn new(own: Option<&Confidence>, wrong_at_most: f32) -> Self {
        Self(Mode::ALL.map(|mode| {
            let curve = own.cloned().unwrap_or_else(|| Confidence::shipped(mode));
            let from = curve.answer_from(wrong_at_most);
            (curve, from)
        }))
    }

    /// The probability behind the log-odds of a mode, in hundredths.
    pub fn probability(&self, mode: Mode, log_odds: f32) -> f32 {
        self.0[mode as usize].0.probability(log_odds)
    }

    /// The least confidence from which on an answer is given.
    pub fn answer_from(&self, mode: Mode) -> f32 {
        self.0[mode as usize].1
    }
}

#[cfg(test)]
mod tests {
    use super::{Confidence, Point};

    fn curve(slope: f32, offset: f32) -> Confidence {
        let point = |from, wrong| Point { from, wrong, answered: 0.8, refused: 0.8 };
        let trade_off = vec![point(0.3, 0.3), point(0.5, 0.2), point(0.9, 0.05)];
        Confidence { about: String::new(), slope, offset, trade_off }
    }

    #[test]
    fn probabilities_are_bounded_and_rise() {
        let curve = curve(1.0, 0.0);
        assert!((curve.probability(0.0) - 0.5).abs() < f32::EPSILON);
        assert!((curve.probability(60.0) - 1.0).abs() < f32::EPSILON);
        assert!(curve.probability(-60.0).abs() < f32::EPSILON);
        assert!(curve.probability(1.0) > curve.probability(0.5));
        assert!(self::curve(0.5, -1.0).probability(1.0) < 0.5);
    }

    #[test]
    fn the_threshold_follows_what_was_measured() {
        let curve = curve(1.0, 0.0);
        for (wrong, from) in [(0.5, 0.3), (0.2, 0.5), (0.1, 0.9), (0.01, 0.9)] {
            assert!((curve.answer_from(wrong) - from).abs() < f32::EPSILON, "{wrong}");
        }
    }
}
