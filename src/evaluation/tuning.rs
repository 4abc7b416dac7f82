//! A model fitted to sets, and what such a model is worth on sets that it has not seen.

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::evaluation::auroc::{Confidences, Levels};
use crate::evaluation::collection::Genre;
use crate::evaluation::examples::{Example, Role, Row};
use crate::evaluation::fit;
use crate::retrieval::model::{Model, Point};

/// Questions that a set counts as at most, so that no set outweighs the others.
const MOST_QUESTIONS: f64 = 400.0;
/// What a question counts beside one that is asked of its own set.
const WITHOUT_ALTERNATES: f64 = 0.5;
const POOLED: f64 = 0.5;
/// Confidences of the trade-off, in hundredths.
const THRESHOLDS: std::ops::RangeInclusive<u8> = 2..=48;

/// A set that weights are fitted to.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name.
    pub name: String,
    /// What its documents are.
    pub genre: Genre,
    /// The number that it shares with its relatives.
    pub group: usize,
    /// Whether the trade-off is measured on it.
    pub is_mixed_in: bool,
}

/// The figures of one set by three models.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Its name.
    pub name: String,
    /// What its documents are.
    pub genre: Genre,
    /// By the weights from before.
    pub before: Outcome,
    /// By weights fitted to all sets.
    pub fitted: Outcome,
    /// By weights fitted without this set and its relatives.
    pub left_out: Outcome,
}

/// What a model reaches on a set.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Share of the questions with an answer whose first candidate is right.
    pub p1: f64,
    /// How well the confidence tells questions with an answer from others; `None` without both.
    pub auroc: Option<f64>,
}

/// What came of fitting.
#[derive(Debug, Clone)]
pub struct Tuned {
    /// The model fitted to all sets, with its trade-off.
    pub model: Model,
    /// What it is worth.
    pub sets: Vec<Compared>,
}

/// Fits a model to all sets, and one without each set and its relatives.
pub fn tune(examples: &mut [Example], sources: &[Source], before: &Model) -> Tuned {
    weigh(examples, sources);
    let groups: BTreeSet<usize> = sources.iter().map(|source| source.group).collect();
    // The first model leaves nothing out.
    let left: Vec<Option<usize>> =
        std::iter::once(None).chain(groups.into_iter().map(Some)).collect();
    let models = fit_all(examples, sources, &left, before);
    let without = |group: usize| left.iter().position(|l| *l == Some(group)).unwrap_or(0);
    let compare = |(set, source): (usize, &Source)| {
        let own: Vec<&Example> =
            examples.iter().filter(|e| e.set == set && e.role == Role::Alone).collect();
        Compared {
            name: source.name.clone(),
            genre: source.genre,
            before: outcome(&own, before),
            fitted: outcome(&own, &models[0]),
            left_out: outcome(&own, &models[without(source.group)]),
        }
    };
    let sets = sources.iter().enumerate().map(compare).collect();
    let mixed = examples.iter().filter(|e| e.role == Role::Alone && sources[e.set].is_mixed_in);
    let judged: Vec<Judged> = mixed
        .map(|example| Judged::of(example, &models[without(sources[example.set].group)]))
        .collect();
    let model = Model { trade_off: trade_off(&judged), ..models[0].clone() };
    Tuned { model, sets }
}

/// A set counts by the number of its questions up to a limit, and the less the more relatives
/// it has.
fn weigh(examples: &mut [Example], sources: &[Source]) {
    let relatives =
        |set: usize| sources.iter().filter(|s| s.group == sources[set].group).count() as f64;
    let mut counts = vec![0.0; sources.len()];
    for example in examples.iter().filter(|e| e.role == Role::Alone) {
        counts[example.set] += 1.0;
    }
    for example in examples {
        let count = f64::max(counts[example.set], 1.0);
        let role = match example.role {
            Role::Alone => 1.0,
            Role::WithoutAlternates => WITHOUT_ALTERNATES,
            Role::Pooled => POOLED,
        };
        let share = MOST_QUESTIONS.min(count) / count;
        example.weight = role * share / relatives(example.set).powf(0.25);
    }
}

/// A model for each group that is left out, on all cores.
fn fit_all(
    examples: &[Example],
    sources: &[Source],
    left: &[Option<usize>],
    before: &Model,
) -> Vec<Model> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut models = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(out) = left.get(at) else { return models };
            let kept: Vec<&Example> =
                examples.iter().filter(|e| *out != Some(sources[e.set].group)).collect();
            let order = fit::order(&kept, &before.order);
            // Of several sets together it is not known what else might answer.
            let alone: Vec<&Example> =
                kept.into_iter().filter(|e| e.role != Role::Pooled).collect();
            let right = fit::right(&alone, &order, &before.right);
            models.push((at, Model { order, right, ..before.clone() }));
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(left.len());
    let mut models: Vec<(usize, Model)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|w| w.join().unwrap_or_else(|p| resume_unwind(p))).collect()
    });
    models.sort_by_key(|(at, _)| *at);
    models.into_iter().map(|(_, model)| model).collect()
}

/// The first candidate of a question by a model.
#[derive(Debug, Clone, Copy)]
pub struct Judged {
    /// Its log-odds of being right; −∞ where there is none.
    pub odds: f32,
    /// Whether it is right.
    pub is_right: bool,
    /// Whether anything answers the question.
    pub is_answerable: bool,
    /// How much the question counts.
    pub weight: f64,
}

impl Judged {
    fn of(example: &Example, model: &Model) -> Self {
        let first = fit::first(example, &model.order, |_| true);
        let odds = |row: &Row| fit::weights(&model.right, row.is_faq).sum(&row.values);
        Self {
            odds: first.map_or(f32::NEG_INFINITY, odds),
            is_right: first.is_some_and(|row| row.is_right),
            is_answerable: example.is_answerable,
            weight: example.weight,
        }
    }
}

fn outcome(examples: &[&Example], model: &Model) -> Outcome {
    let judged: Vec<Judged> = examples.iter().map(|e| Judged::of(e, model)).collect();
    let answerable = judged.iter().filter(|j| j.is_answerable).count();
    let right = judged.iter().filter(|j| j.is_answerable && j.is_right).count();
    let levels = Levels::new(judged.iter().map(|j| j.odds));
    let mut confidences = Confidences::default();
    for one in &judged {
        confidences.add(levels.of(one.odds), one.is_answerable);
    }
    let both = answerable > 0 && answerable < judged.len();
    let p1 = right as f64 / answerable.max(1) as f64;
    Outcome { p1, auroc: both.then(|| confidences.auroc()) }
}

/// What answering from a confidence on gives, for a confidence every two hundredths.
pub fn trade_off(judged: &[Judged]) -> Vec<Point> {
    let point = |hundredths: u8| {
        let from = 2.0 * f32::from(hundredths) / 100.0;
        let odds = (from / (1.0 - from)).ln();
        let weight = |keep: &dyn Fn(&Judged) -> bool| -> f64 {
            judged.iter().filter(|j| keep(j)).map(|j| j.weight).sum()
        };
        let share = |part: f64, whole: f64| hundredth(if whole > 0.0 { part / whole } else { 0.0 });
        let given = |j: &Judged| j.odds >= odds;
        let answerable = weight(&|j| j.is_answerable);
        let others = weight(&|j| !j.is_answerable);
        Point {
            from,
            wrong: share(weight(&|j| given(j) && !j.is_right), weight(&given)),
            answered: share(weight(&|j| given(j) && j.is_answerable), answerable),
            refused: share(weight(&|j| !given(j) && !j.is_answerable), others),
        }
    };
    // Where nothing was answered nothing was measured.
    let answers = |p: &Point| -> f64 {
        let odds = (p.from / (1.0 - p.from)).ln();
        judged.iter().filter(|j| j.odds >= odds).map(|j| j.weight).sum()
    };
    let points: Vec<Point> = THRESHOLDS.map(point).filter(|p| answers(p) > 0.0).collect();
    let weights: Vec<f64> = points.iter().map(answers).collect();
    falling(points, &weights)
}

/// Of few questions a higher threshold can look worse than a lower one; neighbours that do so
/// share their mean (pool adjacent violators, Ayer and others, 1955).
fn falling(mut points: Vec<Point>, weights: &[f64]) -> Vec<Point> {
    let mut runs: Vec<(f64, f64, usize)> = Vec::new();
    for (point, weight) in points.iter().zip(weights) {
        runs.push((f64::from(point.wrong), *weight, 1));
        while let [.., (before, a, n), (after, b, m)] = runs[..]
            && after > before
        {
            runs.truncate(runs.len() - 2);
            runs.push(((before * a + after * b) / (a + b), a + b, n + m));
        }
    }
    let wrong = runs.into_iter().flat_map(|(wrong, _, count)| std::iter::repeat_n(wrong, count));
    for (point, wrong) in points.iter_mut().zip(wrong) {
        point.wrong = hundredth(wrong);
    }
    points
}

#[expect(clippy::cast_possible_truncation, reason = "shares")]
fn hundredth(share: f64) -> f32 {
    ((share * 1000.0).round() / 1000.0) as f32
}
