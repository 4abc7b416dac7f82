//! Figures of a set with the intervals that they may be trusted in, and means over sets.

use std::time::Duration;

use crate::evaluation::auroc::{Confidences, Levels};
use crate::evaluation::bootstrap::{RESAMPLES, Random, interval};
use crate::evaluation::judging::Judged;
use crate::evaluation::measure::{Measure, RankSums, Tally, Values};

/// A figure with what it would have been for other questions of the same sort.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    value: f64,
    replicates: Vec<f64>,
}

impl Figure {
    /// The figure; `None` where it cannot be told.
    pub fn value(&self) -> Option<f64> {
        (!self.value.is_nan()).then_some(self.value)
    }

    /// The interval that holds it with a probability of 95 %.
    pub fn interval(&self) -> Option<(f64, f64)> {
        self.value().and_then(|_| interval(&self.replicates))
    }

    fn minus(&self, other: &Self) -> Self {
        let pairs = self.replicates.iter().zip(&other.replicates);
        Self { value: self.value - other.value, replicates: pairs.map(|(a, b)| a - b).collect() }
    }

    /// The mean of those that can be told.
    fn mean<'a>(figures: impl Iterator<Item = &'a Self>) -> Self {
        let told: Vec<&Self> = figures.filter(|figure| figure.value().is_some()).collect();
        let mean = |values: &mut dyn Iterator<Item = f64>| {
            let known: Vec<f64> = values.filter(|v| !v.is_nan()).collect();
            known.iter().sum::<f64>() / known.len() as f64
        };
        Self {
            value: mean(&mut told.iter().map(|figure| figure.value)),
            replicates: (0..RESAMPLES)
                .map(|at| mean(&mut told.iter().map(|figure| figure.replicates[at])))
                .collect(),
        }
    }
}

/// All figures of a set, or their means over several.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    ours: Vec<Figure>,
    baseline: Option<Vec<Figure>>,
    differences: Vec<Figure>,
}

impl Figures {
    /// Counts what came of the questions of a set. Resamples depend on the name alone, and
    /// keep the number of questions with and without an answer.
    pub fn of(name: &str, judged: &[Judged]) -> Self {
        let (answerable, others): (Vec<&Judged>, Vec<&Judged>) =
            judged.iter().partition(|j| j.is_answerable());
        let scored = Scored {
            confidences: Levels::new(judged.iter().map(|j| j.confidence)),
            baseline: Levels::new(judged.iter().filter_map(|j| Some(j.baseline?.1))),
        };
        let mut sheets = vec![Sheet::of(&scored, judged.iter())];
        let mut random = Random::of(name);
        for _ in 0..RESAMPLES {
            let mut drawn = Vec::with_capacity(judged.len());
            for stratum in [&answerable, &others] {
                drawn.extend((0..stratum.len()).map(|_| stratum[random.below(stratum.len())]));
            }
            sheets.push(Sheet::of(&scored, drawn.into_iter()));
        }
        let ours = figures(&sheets, |sheet, at| sheet.ours[at], Measure::ALL.len());
        let compared = Measure::COMPARED.len();
        let baseline = judged
            .iter()
            .any(|j| j.baseline.is_some())
            .then(|| figures(&sheets, |sheet, at| sheet.baseline[at], compared));
        Self::joined(ours, baseline)
    }

    /// The means over several sets.
    pub fn means(sets: &[&Self]) -> Self {
        let ours = (0..Measure::ALL.len())
            .map(|at| Figure::mean(sets.iter().map(|set| &set.ours[at])))
            .collect();
        let compared: Option<Vec<&Vec<Figure>>> =
            sets.iter().map(|s| s.baseline.as_ref()).collect();
        let baseline = compared.map(|sets| {
            let means = 0..Measure::COMPARED.len();
            means.map(|at| Figure::mean(sets.iter().map(|set| &set[at]))).collect()
        });
        Self::joined(ours, baseline)
    }

    fn joined(ours: Vec<Figure>, baseline: Option<Vec<Figure>>) -> Self {
        let pairs = Measure::COMPARED.iter().zip(baseline.iter().flatten());
        let differences =
            pairs.map(|(measure, other)| ours[*measure as usize].minus(other)).collect();
        Self { ours, baseline, differences }
    }

    /// A figure.
    pub fn get(&self, measure: Measure) -> &Figure {
        &self.ours[measure as usize]
    }

    /// What the baseline has, and how far above it faqbot is on the same questions.
    pub fn against_baseline(&self, measure: Measure) -> Option<(&Figure, &Figure)> {
        let at = Measure::COMPARED.iter().position(|m| *m == measure)?;
        Some((self.baseline.as_ref()?.get(at)?, self.differences.get(at)?))
    }
}

/// The figures behind each other: the first sheet has the values, the others the replicates.
fn figures(sheets: &[Sheet], of: impl Fn(&Sheet, usize) -> f64, count: usize) -> Vec<Figure> {
    let figure = |at| Figure {
        value: sheets.first().map_or(f64::NAN, |sheet| of(sheet, at)),
        replicates: sheets.iter().skip(1).map(|sheet| of(sheet, at)).collect(),
    };
    (0..count).map(figure).collect()
}

/// What confidences and scores of the baseline there are.
struct Scored {
    confidences: Levels,
    baseline: Levels,
}

/// The figures over one sample of questions.
struct Sheet {
    ours: Values,
    baseline: [f64; Measure::COMPARED.len()],
}

impl Sheet {
    fn of<'a>(scored: &Scored, judged: impl Iterator<Item = &'a Judged>) -> Self {
        let (mut tally, mut ranks) = (Tally::default(), RankSums::default());
        let mut confidences = Confidences::default();
        for judged in judged {
            tally.add(judged, scored.confidences.of(judged.confidence));
            if let Some((baseline, score)) = judged.baseline {
                ranks.add(baseline);
                confidences.add(scored.baseline.of(score), judged.is_answerable());
            }
        }
        let [p1, hit5, mrr10, ndcg10, recall100] = ranks.means();
        let baseline = [p1, hit5, mrr10, ndcg10, recall100, confidences.auroc()];
        Self { ours: tally.values(), baseline }
    }
}

/// The median and the 99th of a hundred of the times that questions took.
pub fn times(judged: &[Judged]) -> (Duration, Duration) {
    let mut times: Vec<Duration> = judged.iter().map(|j| j.took).collect();
    times.sort();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().max(1) - 1));
    (at(50).copied().unwrap_or_default(), at(99).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Figures, times};
    use crate::evaluation::judging::{Judged, Ranks, Verdict};
    use crate::evaluation::measure::Measure;

    fn judged(right: bool, baseline_right: bool, took: u64) -> Judged {
        let ranks = |right: bool| {
            let p1 = f64::from(right);
            Ranks { p1, hit5: p1, mrr10: p1, ndcg10: p1, recall100: p1 }
        };
        Judged {
            ranks: Some(ranks(right)),
            confidence: 0.5,
            verdict: Verdict::Unknown,
            marked: None,
            took: Duration::from_micros(took),
            baseline: Some((Some(ranks(baseline_right)), 1.0)),
        }
    }

    /// So many questions that we get right, and of those so many that the baseline does.
    fn set(all: u64, ours: u64, baseline: u64) -> Vec<Judged> {
        (0..all).map(|n| judged(n < ours, n < baseline, n)).collect()
    }

    #[test]
    fn intervals_are_those_of_the_binomial() {
        let figures = Figures::of("a set", &set(400, 200, 0));
        let figure = figures.get(Measure::P1);
        assert_eq!(figure.value(), Some(0.5));
        // 1.96 standard deviations of 0.025.
        let (low, high) = figure.interval().unwrap();
        assert!((low - 0.451).abs() < 0.008 && (high - 0.549).abs() < 0.008, "{low} {high}");
        assert_eq!(figures.get(Measure::Auroc).interval(), None, "nothing was without an answer");
        let again = Figures::of("a set", &set(400, 200, 0));
        assert!(again.get(Measure::P1) == figure, "always the same");
    }

    #[test]
    fn differences_are_paired() {
        let figures = Figures::of("a set", &set(400, 200, 196));
        let (baseline, above) = figures.against_baseline(Measure::P1).unwrap();
        assert_eq!(baseline.value(), Some(0.49));
        assert!((above.value().unwrap() - 0.01).abs() < 1e-9);
        // Where both are right the difference is nothing, so that it is far narrower than
        // either figure: four of 400 questions, each drawn about once.
        let (low, high) = above.interval().unwrap();
        assert!(low > 0.0 && high < 0.025, "{low} {high}");
        assert!(figures.against_baseline(Measure::Wrong).is_none());
    }

    #[test]
    fn means_are_over_sets() {
        let (small, large) = (Figures::of("a", &set(10, 10, 0)), Figures::of("b", &set(90, 0, 0)));
        let mean = Figures::means(&[&small, &large]);
        assert_eq!(mean.get(Measure::P1).value(), Some(0.5));
        assert_eq!(mean.get(Measure::P1).interval(), Some((0.5, 0.5)));
        assert_eq!(mean.get(Measure::Auroc).value(), None);
    }

    #[test]
    fn times_are_taken_from_the_middle_and_the_end() {
        let micros = |times: (Duration, Duration)| (times.0.as_micros(), times.1.as_micros());
        assert_eq!(micros(times(&set(200, 0, 0))), (100, 198));
        assert_eq!(micros(times(&set(1, 0, 0))), (0, 0));
        assert_eq!(micros(times(&[])), (0, 0));
    }
}
