//! How well a score tells one sort of questions from another.

/// Scores as whole numbers in the same order.
#[derive(Debug)]
pub struct Levels(Vec<f32>);

impl Levels {
    /// The levels of these scores.
    pub fn new(scores: impl Iterator<Item = f32>) -> Self {
        let mut scores: Vec<f32> = scores.collect();
        scores.sort_by(f32::total_cmp);
        scores.dedup();
        Self(scores)
    }

    /// The level of a score.
    pub fn of(&self, score: f32) -> usize {
        self.0.partition_point(|s| *s < score)
    }
}

/// How many questions of both sorts there are at each level of confidence.
#[derive(Debug, Clone, Default)]
pub struct Confidences {
    /// Below and above: questions that should not and that should have it.
    levels: Vec<(f64, f64)>,
}

impl Confidences {
    /// Counts a question at a level.
    pub fn add(&mut self, level: usize, positive: bool) {
        if self.levels.len() <= level {
            self.levels.resize(level + 1, (0.0, 0.0));
        }
        let (negatives, positives) = &mut self.levels[level];
        *(if positive { positives } else { negatives }) += 1.0;
    }

    /// The probability that a positive stands above a negative, where ties count half (the
    /// area under the curve of true over false positives).
    pub fn auroc(&self) -> f64 {
        let (mut below, mut won) = (0.0, 0.0);
        let mut positives = 0.0;
        for (negative, positive) in &self.levels {
            won += positive * (below + negative / 2.0);
            below += negative;
            positives += positive;
        }
        won / (below * positives)
    }
}

#[cfg(test)]
mod tests {
    use super::{Confidences, Levels};

    #[track_caller]
    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn ties_count_half() {
        let auroc = |scores: &[(usize, bool)]| {
            let mut confidences = Confidences::default();
            for (level, positive) in scores {
                confidences.add(*level, *positive);
            }
            confidences.auroc()
        };
        near(auroc(&[(1, true), (0, false)]), 1.0);
        near(auroc(&[(0, true), (1, false)]), 0.0);
        near(auroc(&[(3, true), (3, false)]), 0.5);
        near(auroc(&[(0, false), (2, true), (2, false), (5, true)]), 3.5 / 4.0);
        assert!(auroc(&[(0, true)]).is_nan());
    }

    #[test]
    fn levels_keep_the_order() {
        let levels = Levels::new([0.5, -1.0, 0.5, 7.0].into_iter());
        assert_eq!([7.0, 0.5, -1.0].map(|score| levels.of(score)), [2, 1, 0]);
    }
}
