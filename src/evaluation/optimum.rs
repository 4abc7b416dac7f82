//! The least value of a smooth convex function whose arguments may be held on one side of 0.
//!
//! Accelerated projected gradient with backtracking and restarts (Beck and Teboulle, 2009;
//! O'Donoghue and Candès, 2015): a page of arithmetic instead of a library.

/// Steps after which what was reached is good enough.
const MOST_STEPS: usize = 3000;
/// A step that lowers the value by a smaller share than this is the last.
const TOLERANCE: f64 = 1e-10;

/// Which values an argument may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Side {
    /// Any.
    Free,
    /// 0 or above.
    Above,
    /// 0 or below.
    Below,
    /// This one.
    Fixed(f64),
}

impl Side {
    fn hold(self, value: f64) -> f64 {
        match self {
            Self::Free => value,
            Self::Above => value.max(0.0),
            Self::Below => value.min(0.0),
            Self::Fixed(fixed) => fixed,
        }
    }
}

/// The arguments at which a function is least; it gives its value and its gradient.
pub fn least(
    start: Vec<f64>,
    sides: &[Side],
    function: impl Fn(&[f64]) -> (f64, Vec<f64>),
) -> Vec<f64> {
    let (mut at, mut ahead) = (start.clone(), start);
    let (mut step, mut momentum, mut last) = (1.0, 1.0f64, f64::INFINITY);
    for _ in 0..MOST_STEPS {
        let (value, gradient) = function(&ahead);
        let (next, reached) = loop {
            let steps = ahead.iter().zip(&gradient).zip(sides);
            let next: Vec<f64> = steps.map(|((x, g), side)| side.hold(x - step * g)).collect();
            let reached = function(&next).0;
            let moves = next.iter().zip(&ahead).zip(&gradient);
            let bound: f64 =
                moves.map(|((n, x), g)| (n - x) * g + (n - x) * (n - x) / (2.0 * step)).sum();
            if reached <= value + bound + 1e-12 * value.abs() || step < 1e-12 {
                break (next, reached);
            }
            step /= 2.0;
        };
        if reached > last {
            // Momentum has overshot: go on from the best place without it.
            momentum = 1.0;
            ahead.clone_from(&at);
            last = f64::INFINITY;
            continue;
        }
        let done = (last - reached).abs() <= TOLERANCE * reached.abs();
        let faster = f64::midpoint(1.0, (1.0 + 4.0 * momentum * momentum).sqrt());
        let push = (momentum - 1.0) / faster;
        ahead = next.iter().zip(&at).map(|(n, x)| n + push * (n - x)).collect();
        (at, momentum, last) = (next, faster, reached);
        step *= 1.1;
        if done {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::{Side, least};

    #[test]
    fn the_bottom_of_a_bowl_is_found_and_sides_are_kept() {
        let bowl = |x: &[f64]| {
            let value = (x[0] - 3.0).powi(2) + 10.0 * (x[1] + 2.0).powi(2);
            (value, vec![2.0 * (x[0] - 3.0), 20.0 * (x[1] + 2.0)])
        };
        let found = least(vec![0.0, 0.0], &[Side::Free, Side::Free], bowl);
        assert!((found[0] - 3.0).abs() < 1e-3 && (found[1] + 2.0).abs() < 1e-3, "{found:?}");
        let found = least(vec![0.0, 0.0], &[Side::Below, Side::Above], bowl);
        assert!(found[0].abs() < 1e-9 && found[1].abs() < 1e-9, "{found:?}");
    }
}
