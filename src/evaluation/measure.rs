//! The figures that are told, and how each is counted over questions.

use crate::evaluation::auroc::Confidences;
use crate::evaluation::judging::{Judged, Ranks, Verdict};

/// Bins of the calibration error.
const BINS: usize = 10;

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Share of questions whose first passage is right.
    P1,
    /// Share with a right passage among the first five.
    Hit5,
    /// Mean reciprocal rank, down to rank 10.
    Mrr10,
    /// Normalized discounted cumulative gain of the first ten.
    Ndcg10,
    /// Share of the right passages among the first hundred.
    Recall100,
    /// How well the confidence tells questions with an answer from those without.
    Auroc,
    /// How well it tells a right first passage from everything else.
    AurocFirst,
    /// Share of the questions with an answer that got one.
    Answered,
    /// Share of all answers that are wrong.
    Wrong,
    /// Share of the questions without an answer that were refused.
    Refused,
    /// Share of all refusals that are right.
    RefusedRightly,
    /// Share of all questions that got choices.
    Choices,
    /// Share of all choices that hold a right one.
    ChoicesRight,
    /// Expected calibration error.
    Ece,
    /// Share of right passages whose marked sentences hold the answer.
    Marked,
}

impl Measure {
    /// All figures, in the order in which they are told.
    pub const ALL: [Self; 15] = [
        Self::P1,
        Self::Hit5,
        Self::Mrr10,
        Self::Ndcg10,
        Self::Recall100,
        Self::Auroc,
        Self::AurocFirst,
        Self::Answered,
        Self::Wrong,
        Self::Refused,
        Self::RefusedRightly,
        Self::Choices,
        Self::ChoicesRight,
        Self::Ece,
        Self::Marked,
    ];

    /// Those that the baseline has too.
    pub const COMPARED: [Self; 6] =
        [Self::P1, Self::Hit5, Self::Mrr10, Self::Ndcg10, Self::Recall100, Self::Auroc];

    /// Its name for programs and floors.
    pub fn key(self) -> &'static str {
        match self {
            Self::P1 => "p1",
            Self::Hit5 => "hit5",
            Self::Mrr10 => "mrr10",
            Self::Ndcg10 => "ndcg10",
            Self::Recall100 => "recall100",
            Self::Auroc => "auroc",
            Self::AurocFirst => "auroc_first",
            Self::Answered => "answered",
            Self::Wrong => "wrong",
            Self::Refused => "refused",
            Self::RefusedRightly => "refused_rightly",
            Self::Choices => "choices",
            Self::ChoicesRight => "choices_right",
            Self::Ece => "ece",
            Self::Marked => "marked",
        }
    }

    /// The figure of a name.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.key() == key)
    }

    /// Whether less is better, so that a floor is a ceiling.
    pub fn is_better_low(self) -> bool {
        matches!(self, Self::Wrong | Self::Choices | Self::Ece)
    }
}

/// Figures over some questions; what cannot be told is no number.
pub type Values = [f64; Measure::ALL.len()];

/// Counts what came of questions, one after another.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    asked: u32,
    ranks: RankSums,
    answerable: Confidences,
    first_right: Confidences,
    answered: Share,
    wrong: Share,
    refused: Share,
    refused_rightly: Share,
    choices: Share,
    choices_right: Share,
    marked: Share,
    bins: [(f64, f64); BINS],
}

impl Tally {
    /// Counts a question whose confidence is at this level among all confidences.
    pub fn add(&mut self, judged: &Judged, level: usize) {
        let (answerable, first_right) = (judged.is_answerable(), judged.is_first_right());
        self.asked += 1;
        self.ranks.add(judged.ranks);
        self.answerable.add(level, answerable);
        self.first_right.add(level, first_right);
        let bin = &mut self.bins[bin(judged.confidence)];
        bin.0 += f64::from(judged.confidence);
        bin.1 += f64::from(first_right);
        let verdict = judged.verdict;
        if let Verdict::Answer(right) = verdict {
            self.wrong.add(!right);
        }
        if verdict == Verdict::Unknown {
            self.refused_rightly.add(!answerable);
        }
        if let Verdict::Choices(right) = verdict {
            self.choices_right.add(right);
        }
        self.choices.add(matches!(verdict, Verdict::Choices(_)));
        if answerable {
            self.answered.add(matches!(verdict, Verdict::Answer(_)));
        } else {
            self.refused.add(verdict == Verdict::Unknown);
        }
        if let Some(marked) = judged.marked {
            self.marked.add(marked);
        }
    }

    /// The figures over all questions counted.
    pub fn values(&self) -> Values {
        let error: f64 = self.bins.iter().map(|(said, right)| (said - right).abs()).sum();
        let [p1, hit5, mrr10, ndcg10, recall100] = self.ranks.means();
        Measure::ALL.map(|measure| match measure {
            Measure::P1 => p1,
            Measure::Hit5 => hit5,
            Measure::Mrr10 => mrr10,
            Measure::Ndcg10 => ndcg10,
            Measure::Recall100 => recall100,
            Measure::Auroc => self.answerable.auroc(),
            Measure::AurocFirst => self.first_right.auroc(),
            Measure::Answered => self.answered.value(),
            Measure::Wrong => self.wrong.value(),
            Measure::Refused => self.refused.value(),
            // Where all questions have an answer no refusal can be right.
            Measure::RefusedRightly if self.refused.all == 0 => f64::NAN,
            Measure::RefusedRightly => self.refused_rightly.value(),
            Measure::Choices => self.choices.value(),
            Measure::ChoicesRight => self.choices_right.value(),
            Measure::Ece => error / f64::from(self.asked),
            Measure::Marked => self.marked.value(),
        })
    }
}

/// The bin of a confidence; all are of one width.
fn bin(confidence: f32) -> usize {
    (1..BINS).filter(|edge| confidence >= *edge as f32 / BINS as f32).count()
}

/// Sums of rank figures.
#[derive(Debug, Clone, Default)]
pub struct RankSums {
    sums: [f64; 5],
    count: u32,
}

impl RankSums {
    /// Counts a ranking, if the question has an answer.
    pub fn add(&mut self, ranks: Option<Ranks>) {
        let Some(Ranks { p1, hit5, mrr10, ndcg10, recall100 }) = ranks else { return };
        for (sum, figure) in self.sums.iter_mut().zip([p1, hit5, mrr10, ndcg10, recall100]) {
            *sum += figure;
        }
        self.count += 1;
    }

    /// The means, in the order of [`Ranks`].
    pub fn means(&self) -> [f64; 5] {
        self.sums.map(|sum| sum / f64::from(self.count))
    }
}

/// How often something is so.
#[derive(Debug, Clone, Default)]
struct Share {
    hits: u32,
    all: u32,
}

impl Share {
    fn add(&mut self, hit: bool) {
        self.hits += u32::from(hit);
        self.all += 1;
    }

    fn value(&self) -> f64 {
        f64::from(self.hits) / f64::from(self.all)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Measure, Tally};
    use crate::evaluation::auroc::Levels;
    use crate::evaluation::judging::{Judged, Ranks, Verdict};

    #[track_caller]
    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-6, "{a} is not {b}");
    }

    /// A question with an answer and whether the first passage is right, or one without.
    fn judged(right: Option<bool>, confidence: f32, verdict: Verdict) -> Judged {
        let ranks = right.map(|right| {
            let p1 = f64::from(right);
            Ranks { p1, hit5: 1.0, mrr10: p1 / 2.0 + 0.5, ndcg10: 0.75, recall100: 0.5 }
        });
        let (marked, took, baseline) = (None, Duration::ZERO, None);
        Judged { ranks, confidence, verdict, marked, took, baseline }
    }

    #[test]
    fn shares_are_those_counted_by_hand() {
        use Verdict::{Answer, Choices, Unknown};
        let all = [
            judged(Some(true), 0.9, Answer(true)),
            judged(Some(true), 0.9, Choices(true)),
            judged(Some(false), 0.6, Answer(false)),
            judged(Some(false), 0.1, Unknown),
            judged(None, 0.6, Answer(false)),
            judged(None, 0.3, Choices(false)),
            judged(None, 0.0, Unknown),
            judged(None, 0.1, Unknown),
        ];
        let levels = Levels::new(all.iter().map(|j| j.confidence));
        let mut tally = Tally::default();
        for judged in &all {
            tally.add(judged, levels.of(judged.confidence));
        }
        let values = tally.values();
        let value = |measure: Measure| values[measure as usize];
        near(value(Measure::P1), 2.0 / 4.0);
        near(value(Measure::Mrr10), 3.0 / 4.0);
        near(value(Measure::Recall100), 0.5);
        near(value(Measure::Answered), 2.0 / 4.0);
        near(value(Measure::Wrong), 2.0 / 3.0);
        near(value(Measure::Refused), 2.0 / 4.0);
        near(value(Measure::RefusedRightly), 2.0 / 3.0);
        near(value(Measure::Choices), 2.0 / 8.0);
        near(value(Measure::ChoicesRight), 1.0 / 2.0);
        // Pairs that an answerable question wins: .9 and .9 win 4 each, .6 wins 3 and half of
        // the tie with .6, .1 wins one and half of the tie with .1; of 16.
        near(value(Measure::Auroc), (4.0 + 4.0 + 3.5 + 1.5) / 16.0);
        near(value(Measure::AurocFirst), 1.0);
        // Bins: 0.0 | 0.1 twice | 0.3 | 0.6 twice | 0.9 twice, of which both are right.
        let error = 0.0 + (0.2 - 0.0) + 0.3 + 1.2 + (2.0 - 1.8);
        near(value(Measure::Ece), error / 8.0);
        assert!(value(Measure::Marked).is_nan());
    }

    #[test]
    fn every_figure_has_a_key_and_its_place() {
        for (at, measure) in Measure::ALL.into_iter().enumerate() {
            assert_eq!(measure as usize, at);
            assert_eq!(Measure::of_key(measure.key()), Some(measure));
        }
        assert_eq!(Measure::of_key("p2"), None);
    }
}
