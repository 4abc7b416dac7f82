//! Examples in, weights out.
//!
//! The order of candidates is a conditional logit (`McFadden`, 1974): a right candidate against
//! all others of its question. Whether the first one is right is a logistic regression over
//! questions with and without an answer. Both have a small penalty on large weights, and no
//! weight may have the sign that makes no sense.

use crate::evaluation::examples::{Example, Row};
use crate::evaluation::optimum::{Side, least};
use crate::retrieval::model::{COUNT, FIGURES, Sums, Weights};

/// Penalty on squared weights, against examples that weigh 1 each.
const ORDER_PENALTY: f64 = 1.0;
const RIGHT_PENALTY: f64 = 4.0;
/// How much a question counts a second time, with its answers taken away, beside the first:
/// most sets have too few questions without an answer.
const WITHOUT_ANSWER: f64 = 0.5;
/// A figure that a smaller share of the candidates has keeps the weight it had: too little is
/// seen of it.
const SEEN: f64 = 0.005;
/// Figures whose weight is set by hand. An answer about another company is worse than none, and
/// hardly a question of the sets finds the same entry under another name.
const HELD: [&str; 1] = ["elsewhere"];
/// Weights of one sum, the bias last.
const WIDTH: usize = COUNT + 1;

/// Fits what orders candidates. Figures that hardly any example has keep the weight of
/// `before`.
pub fn order(examples: &[&Example], before: &Sums) -> Sums {
    let usable: Vec<&Example> = examples
        .iter()
        .copied()
        .filter(|e| e.rows.iter().any(|r| r.is_right) && e.rows.iter().any(|r| !r.is_right))
        .collect();
    let objective = |weights: &[f64]| {
        let (mut loss, mut gradient) = penalty(weights, ORDER_PENALTY);
        let mut shares = Vec::new();
        for example in &usable {
            shares.clear();
            shares.extend(example.rows.iter().map(|row| sum(row, weights)));
            let most = shares.iter().copied().fold(f64::MIN, f64::max);
            let (mut all, mut right) = (0.0, 0.0);
            for (share, row) in shares.iter_mut().zip(&example.rows) {
                *share = (*share - most).exp();
                all += *share;
                right += if row.is_right { *share } else { 0.0 };
            }
            let right = f64::max(right, 1e-30);
            loss -= example.weight * (right / all).ln();
            for (share, row) in shares.iter().zip(&example.rows) {
                let wanted = if row.is_right { share / right } else { 0.0 };
                add(&mut gradient, row, example.weight * (share / all - wanted));
            }
        }
        (loss, gradient)
    };
    let rows = || usable.iter().flat_map(|e| &e.rows);
    fitted(rows, before, objective)
}

/// Fits how likely the first candidate is right, given what orders them.
pub fn right(examples: &[&Example], ordered_by: &Sums, before: &Sums) -> Sums {
    let firsts = examples
        .iter()
        .filter_map(|example| Some((first(example, ordered_by, |_| true)?, example.weight)));
    // What would come first if the articles held no answer.
    let others = examples.iter().filter(|example| example.is_answerable).filter_map(|example| {
        Some((first(example, ordered_by, |row| !row.is_right)?, WITHOUT_ANSWER * example.weight))
    });
    let firsts: Vec<(&Row, f64)> = firsts.chain(others).collect();
    let objective = |weights: &[f64]| {
        let (mut loss, mut gradient) = penalty(weights, RIGHT_PENALTY);
        for (row, weight) in &firsts {
            let sum = sum(row, weights);
            let odds = if row.is_right { sum } else { -sum };
            // ln(1 + e^-odds) without overflow.
            loss += weight * ((-odds.abs()).exp().ln_1p() + (-odds).max(0.0));
            let miss = 1.0 / (1.0 + odds.exp());
            add(&mut gradient, row, if row.is_right { -weight * miss } else { weight * miss });
        }
        (loss, gradient)
    };
    fitted(|| firsts.iter().map(|(row, _)| *row), before, objective)
}

/// The candidate that these weights put first of those that are kept.
pub fn first<'a>(
    example: &'a Example,
    order: &Sums,
    keep: impl Fn(&Row) -> bool,
) -> Option<&'a Row> {
    let score = |row: &Row| weights(order, row.is_faq).sum(&row.values);
    // The earlier one of equals, as they came in order.
    let rows = example.rows.iter().filter(|row| keep(row));
    rows.reduce(|best, row| if score(row) > score(best) { row } else { best })
}

/// The sum of the weights for the kind of a row.
pub fn weights(sums: &Sums, is_faq: bool) -> &Weights {
    if is_faq { &sums.faq } else { &sums.paragraph }
}

fn start(row: &Row) -> usize {
    if row.is_faq { 0 } else { WIDTH }
}

fn sum(row: &Row, weights: &[f64]) -> f64 {
    let weights = &weights[start(row)..start(row) + WIDTH];
    let figures = weights[..COUNT].iter().zip(&row.values);
    weights[COUNT] + figures.map(|(w, v)| w * f64::from(*v)).sum::<f64>()
}

fn add(gradient: &mut [f64], row: &Row, by: f64) {
    let gradient = &mut gradient[start(row)..start(row) + WIDTH];
    for (slot, value) in gradient.iter_mut().zip(&row.values) {
        *slot += by * f64::from(*value);
    }
    gradient[COUNT] += by;
}

/// Biases are not held back: they say how common right answers are.
fn penalty(weights: &[f64], strength: f64) -> (f64, Vec<f64>) {
    let free = |at: usize| at % WIDTH == COUNT;
    let held = weights.iter().enumerate().map(|(at, w)| if free(at) { 1e-3 * w } else { *w });
    let gradient: Vec<f64> = held.map(|w| strength * w).collect();
    let loss = weights.iter().zip(&gradient).map(|(w, g)| w * g / 2.0).sum();
    (loss, gradient)
}

fn fitted<'a, I: Iterator<Item = &'a Row>>(
    rows: impl Fn() -> I,
    before: &Sums,
    objective: impl Fn(&[f64]) -> (f64, Vec<f64>),
) -> Sums {
    let (mut sides, mut start) = (Vec::new(), Vec::new());
    for before in [&before.faq, &before.paragraph] {
        for (figure, weight) in FIGURES.iter().zip(before.figures) {
            let side = if figure.sign > 0.0 { Side::Above } else { Side::Below };
            let (weight, free) = (f64::from(weight), !HELD.contains(&figure.key));
            sides.push(if free { side } else { Side::Fixed(weight) });
            start.push(if free { 0.0 } else { weight });
        }
        sides.push(Side::Free);
        start.push(0.0);
    }
    let found = least(start, &sides, objective);
    let weights = |start: usize, is_faq: bool, before: &Weights| {
        let (mut all, mut seen) = (0.0, [0.0; COUNT]);
        for row in rows().filter(|row| row.is_faq == is_faq) {
            all += 1.0;
            for (seen, value) in seen.iter_mut().zip(&row.values) {
                *seen += if *value == 0.0 { 0.0 } else { 1.0 };
            }
        }
        let mut weights = before.clone();
        weights.bias = rounded(found[start + COUNT]);
        for (at, seen) in seen.into_iter().enumerate() {
            if seen > SEEN * all {
                weights.figures[at] = rounded(found[start + at]);
            }
        }
        weights
    };
    Sums { faq: weights(0, true, &before.faq), paragraph: weights(WIDTH, false, &before.paragraph) }
}

/// Weights in hundredths: finer ones would only look exact.
#[expect(clippy::cast_possible_truncation, reason = "weights are small")]
fn rounded(weight: f64) -> f32 {
    ((weight * 100.0).round() / 100.0) as f32
}

#[cfg(test)]
mod tests {
    use super::{first, order, right};
    use crate::evaluation::examples::{Example, Role, Row};
    use crate::retrieval::model::{COUNT, Sums, Weights};

    fn row(coverage: f32, missed: f32, is_right: bool) -> Row {
        let mut values = [0.0; COUNT];
        (values[0], values[4]) = (coverage, missed);
        Row { is_faq: true, values, is_right }
    }

    fn nothing() -> Sums {
        let weights = Weights { bias: 0.0, figures: [0.5; COUNT] };
        Sums { faq: weights.clone(), paragraph: weights }
    }

    #[test]
    fn weights_follow_the_examples_and_keep_their_sign() {
        let examples: Vec<Example> = (0..200u16)
            .map(|n| {
                let share = f32::from(n % 10) / 10.0;
                let rows = vec![row(0.9, 0.5, share > 0.1), row(share * 0.9, 0.0, false)];
                Example { set: 0, role: Role::Alone, weight: 1.0, is_answerable: true, rows }
            })
            .collect();
        let examples: Vec<&Example> = examples.iter().collect();
        let ordered = order(&examples, &nothing());
        assert!(ordered.faq.figures[0] > 0.5, "{ordered:?}");
        // In these examples what was missed speaks for a passage, which it must not.
        assert!(ordered.faq.figures[4] <= 0.0, "{ordered:?}");
        assert!((ordered.faq.figures[1] - 0.5).abs() < f32::EPSILON, "never seen, so kept");
        let likely = right(&examples, &ordered, &nothing());
        let best = first(examples[5], &ordered, |_| true).unwrap();
        assert!(best.is_right && likely.faq.figures[0] > 0.5, "{likely:?}");
    }
}
