//! The figures that are told, and how each is counted over questions.

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
