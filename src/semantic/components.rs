//! Principal components: the directions in which vectors differ most.

/// Rounds of turning all pairs of axes; a few are enough (Jacobi, 1846).
const ROUNDS: usize = 12;

/// The first directions, each a unit vector, most important first. Vectors are taken as they
/// are, not from their mean: cosines are to be kept.
pub fn principal(vectors: &[Vec<f32>], count: usize) -> Vec<Vec<f32>> {
    let width = vectors.first().map_or(0, Vec::len);
    let mut matrix = vec![vec![0.0f64; width]; width];
    for vector in vectors {
        for (row, x) in matrix.iter_mut().zip(vector) {
            for (slot, y) in row.iter_mut().zip(vector) {
                *slot += f64::from(x * y);
            }
        }
    }
    let mut axes = vec![vec![0.0f64; width]; width];
    axes.iter_mut().enumerate().for_each(|(at, axis)| axis[at] = 1.0);
    for _ in 0..ROUNDS {
        for p in 0..width {
            for q in p + 1..width {
                turn(&mut matrix, &mut axes, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..width).collect();
    order.sort_by(|a, b| matrix[*b][*b].total_cmp(&matrix[*a][*a]));
    order.into_iter().take(count).map(|at| single(&axes[at])).collect()
}

/// The coordinates of a vector along axes.
pub fn along(axes: &[Vec<f32>], vector: &[f32]) -> Vec<f32> {
    axes.iter().map(|axis| axis.iter().zip(vector).map(|(a, x)| a * x).sum()).collect()
}

/// Turns two axes so that nothing couples them any more.
fn turn(matrix: &mut [Vec<f64>], axes: &mut [Vec<f64>], first: usize, second: usize) {
    let coupled = matrix[first][second];
    let (a, b) = (matrix[first][first], matrix[second][second]);
    if coupled.abs() < 1e-12 * (a * b).abs().sqrt() {
        return;
    }
    let theta = (b - a) / (2.0 * coupled);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let tangent = if theta == 0.0 { 1.0 } else { tangent };
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    let both = |a: f64, b: f64| (cosine * a - sine * b, sine * a + cosine * b);
    for row in matrix.iter_mut() {
        (row[first], row[second]) = both(row[first], row[second]);
    }
    turn_rows(matrix, first, second, both);
    turn_rows(axes, first, second, both);
}

/// Turns two rows; `first` is above `second`.
fn turn_rows(
    rows: &mut [Vec<f64>],
    first: usize,
    second: usize,
    both: impl Fn(f64, f64) -> (f64, f64),
) {
    let (above, below) = rows.split_at_mut(second);
    for (a, b) in above[first].iter_mut().zip(&mut below[0]) {
        (*a, *b) = both(*a, *b);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "unit vectors")]
fn single(axis: &[f64]) -> Vec<f32> {
    axis.iter().map(|x| *x as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::{along, principal};

    #[test]
    fn the_first_axis_is_where_vectors_differ_most() {
        let vectors: Vec<Vec<f32>> = (0..100u8)
            .map(|n| {
                let x = f32::from(n) - 50.0;
                vec![x, x, f32::from(n % 3) - 1.0]
            })
            .collect();
        let axes = principal(&vectors, 2);
        assert!((axes[0][0].abs() - 0.5f32.sqrt()).abs() < 1e-3, "{axes:?}");
        assert!(axes[0][2].abs() < 0.02 && axes[1][2].abs() > 0.98, "{axes:?}");
        // Axes are at right angles and of length 1.
        let between: f32 = axes[0].iter().zip(&axes[1]).map(|(a, b)| a * b).sum();
        assert!(between.abs() < 1e-5);
        assert!((along(&axes, &axes[0])[0] - 1.0).abs() < 1e-5);
    }
}
