//! A transformer and texts in, a table of word pieces out.
//!
//! The vector of each piece begins as what the transformer makes of the piece alone, frequent
//! pieces shorter (Arora and others, 2017), and is then fitted so that the mean over the pieces
//! of a text comes near to what the transformer makes of the text: a ridge regression, solved by
//! conjugate gradients (Hestenes and Stiefel, 1952). Principal components make vectors shorter.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::ensure;

use crate::semantic::components;
use crate::semantic::parallel;
use crate::semantic::table::{CONTINUES, Table, cut, words};
use crate::semantic::transformer::Transformer;

/// How strongly the vector of a piece is held to that of the piece alone, against a text of one
/// piece.
const RIDGE: f32 = 0.05;
/// How fast frequent pieces become shorter: a piece of this share counts half.
const FREQUENT: f32 = 1e-3;
/// Steps of the solver; the rest of the error is below the rounding of the table.
const STEPS: usize = 40;
/// Texts that a thread takes at a time.
const BATCH: usize = 64;

/// Makes a table; `progress` is told texts done and texts in all.
pub fn distill(
    model: &Transformer,
    texts: &[String],
    dimensions: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> anyhow::Result<Vec<u8>> {
    ensure!(
        (2..=model.dimensions()).contains(&dimensions),
        "a table has 2 to {} dimensions with this model",
        model.dimensions()
    );
    let (pieces, alone) = vocabulary(model)?;
    let places: HashMap<&str, usize> =
        pieces.iter().enumerate().map(|(at, piece)| (piece.as_str(), at)).collect();
    let find = |piece: &str| places.get(piece).copied();
    let (mut rows, mut kept) = (Vec::new(), Vec::new());
    for text in texts {
        let mut row = Vec::new();
        for word in words(text) {
            cut(&word, find, &mut row);
        }
        if !row.is_empty() {
            rows.push(row);
            kept.push(text.as_str());
        }
    }
    ensure!(rows.len() > dimensions, "needs more than {dimensions} texts to learn from");
    let wanted = embed(model, &kept, progress)?;
    let axes = components::principal(&wanted, dimensions);
    let wanted: Vec<Vec<f32>> = wanted.iter().map(|v| components::along(&axes, v)).collect();
    let shares = shares(&rows, pieces.len());
    let start: Vec<Vec<f32>> = alone
        .iter()
        .zip(shares)
        .map(|(vector, share)| {
            let short = FREQUENT / (FREQUENT + share);
            components::along(&axes, vector).into_iter().map(|x| x * short).collect()
        })
        .collect();
    let fitted = fit(&rows, &wanted, &start, dimensions);
    Ok(Table::encode(pieces.into_iter().zip(fitted).collect()))
}

/// The pieces of the model's vocabulary that can stand in a text, with their vectors.
fn vocabulary(model: &Transformer) -> anyhow::Result<(Vec<String>, Vec<Vec<f32>>)> {
    let known = model.tokenizer().get_vocab(false);
    let letters = |piece: &str| {
        let own = piece.strip_prefix(CONTINUES).unwrap_or(piece);
        !own.is_empty() && own.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let mut pieces: Vec<(String, u32)> =
        known.into_iter().filter(|(piece, _)| letters(piece)).collect();
    pieces.sort_unstable();
    ensure!(!pieces.is_empty(), "the model has no word pieces");
    let ends = model.tokens("")?;
    ensure!(ends.len() == 2, "the model does not set one token before and one behind a text");
    let tokens: Vec<Vec<u32>> = pieces.iter().map(|(_, id)| vec![ends[0], *id, ends[1]]).collect();
    let vectors = parallel::map(&tokens, BATCH, &|batch| model.embed_tokens(batch))?;
    Ok((pieces.into_iter().map(|(piece, _)| piece).collect(), vectors))
}

/// The vectors of all texts.
fn embed(
    model: &Transformer,
    texts: &[&str],
    progress: &(dyn Fn(usize, usize) + Sync),
) -> anyhow::Result<Vec<Vec<f32>>> {
    let done = AtomicUsize::new(0);
    parallel::map(texts, BATCH, &|batch| {
        let vectors = model.embed(batch)?;
        let so_far = done.fetch_add(batch.len(), Ordering::Relaxed) + batch.len();
        progress(so_far, texts.len());
        Ok(vectors)
    })
}

/// The share of each piece among all that stand in the texts.
fn shares(rows: &[Vec<usize>], pieces: usize) -> Vec<f32> {
    let mut counts = vec![0.0f32; pieces];
    for piece in rows.iter().flatten() {
        counts[*piece] += 1.0;
    }
    let all: f32 = counts.iter().sum();
    counts.into_iter().map(|count| count / all.max(1.0)).collect()
}

/// The vectors that minimize the squared distance of the mean over the pieces of a text from
/// what is wanted, and of each vector from where it began.
fn fit(
    rows: &[Vec<usize>],
    wanted: &[Vec<f32>],
    start: &[Vec<f32>],
    dimensions: usize,
) -> Vec<Vec<f32>> {
    // The normal equations (AᵀA + λ) x = AᵀT + λ x₀, for the difference x − x₀.
    let distances: Vec<Vec<f32>> = rows
        .iter()
        .zip(wanted)
        .map(|(row, wanted)| {
            let mean = mean(row, start, dimensions);
            wanted.iter().zip(mean).map(|(w, m)| w - m).collect()
        })
        .collect();
    let mut residual = spread(rows, &distances, start.len(), dimensions);
    let mut step = residual.clone();
    let mut moved = vec![vec![0.0; dimensions]; start.len()];
    let mut size = squares(&residual, dimensions);
    for _ in 0..STEPS {
        let means: Vec<Vec<f32>> = rows.iter().map(|row| mean(row, &step, dimensions)).collect();
        let mut product = spread(rows, &means, start.len(), dimensions);
        add(&mut product, &step, &vec![RIDGE; dimensions]);
        let along = dots(&step, &product, dimensions);
        let far: Vec<f32> = ratio(&size, &along);
        add(&mut moved, &step, &far);
        add(&mut residual, &product, &far.iter().map(|x| -x).collect::<Vec<_>>());
        let now = squares(&residual, dimensions);
        let keep = ratio(&now, &size);
        for (step, residual) in step.iter_mut().zip(&residual) {
            for ((s, r), keep) in step.iter_mut().zip(residual).zip(&keep) {
                *s = r + keep * *s;
            }
        }
        size = now;
    }
    add(&mut moved, start, &vec![1.0; dimensions]);
    moved
}

fn mean(row: &[usize], vectors: &[Vec<f32>], dimensions: usize) -> Vec<f32> {
    let mut sum = vec![0.0; dimensions];
    for piece in row {
        for (s, x) in sum.iter_mut().zip(&vectors[*piece]) {
            *s += x;
        }
    }
    for s in &mut sum {
        *s /= row.len() as f32;
    }
    sum
}

/// The transpose of [`mean`]: what each text holds goes to its pieces.
fn spread(rows: &[Vec<usize>], of: &[Vec<f32>], pieces: usize, dimensions: usize) -> Vec<Vec<f32>> {
    let mut out = vec![vec![0.0; dimensions]; pieces];
    for (row, vector) in rows.iter().zip(of) {
        for piece in row {
            let share = 1.0 / row.len() as f32;
            for (o, x) in out[*piece].iter_mut().zip(vector) {
                *o += share * x;
            }
        }
    }
    out
}

fn add(to: &mut [Vec<f32>], what: &[Vec<f32>], times: &[f32]) {
    for (to, what) in to.iter_mut().zip(what) {
        for ((t, w), by) in to.iter_mut().zip(what).zip(times) {
            *t += by * w;
        }
    }
}

fn dots(a: &[Vec<f32>], b: &[Vec<f32>], dimensions: usize) -> Vec<f64> {
    let mut out = vec![0.0; dimensions];
    for (a, b) in a.iter().zip(b) {
        for ((o, x), y) in out.iter_mut().zip(a).zip(b) {
            *o += f64::from(*x) * f64::from(*y);
        }
    }
    out
}

fn squares(a: &[Vec<f32>], dimensions: usize) -> Vec<f64> {
    dots(a, a, dimensions)
}

#[expect(clippy::cast_possible_truncation, reason = "ratios of like sizes")]
fn ratio(a: &[f64], b: &[f64]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| if *b > 0.0 { (a / b) as f32 } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::{fit, mean};

    #[test]
    fn means_of_fitted_vectors_are_what_is_wanted() {
        let rows = [vec![0], vec![1], vec![0, 1], vec![0, 2]];
        let wanted = [vec![1.0, 0.0], vec![0.0, 1.0], vec![0.5, 0.5], vec![1.0, 1.0]];
        let many = |n: usize| std::iter::repeat_n(n, 50);
        let rows: Vec<Vec<usize>> = (0..4).flat_map(many).map(|n| rows[n].clone()).collect();
        let wanted: Vec<Vec<f32>> = (0..4).flat_map(many).map(|n| wanted[n].clone()).collect();
        let fitted = fit(&rows, &wanted, &[vec![0.0; 2], vec![0.0; 2], vec![0.0; 2]], 2);
        for (row, wanted) in rows.iter().zip(&wanted) {
            for (is, should) in mean(row, &fitted, 2).iter().zip(wanted) {
                assert!((is - should).abs() < 0.02, "{fitted:?}");
            }
        }
    }
}
