//! How good one ranking is, as `trec_eval` counts it.
//!
//! `gains` are the grades of what was ranked, best first, 0 for what is not relevant; `ideal`
//! the grades of all that is relevant, highest first.

/// How far down a question is ranked.
pub const DEPTH: usize = 100;

/// 1 where something relevant is among the first `depth`, else 0.
pub fn hit(gains: &[u32], depth: usize) -> f64 {
    f64::from(gains.iter().take(depth).any(|g| *g > 0))
}

/// 1 divided by the first rank of something relevant; 0 where that is below `depth`.
pub fn reciprocal_rank(gains: &[u32], depth: usize) -> f64 {
    let first = gains.iter().take(depth).position(|g| *g > 0);
    first.map_or(0.0, |at| 1.0 / (at + 1) as f64)
}

/// Discounted gain of the first `depth`, as a share of what the best order would have; grades
/// count as they are.
pub fn ndcg(gains: &[u32], ideal: &[u32], depth: usize) -> f64 {
    let most = discounted(ideal, depth);
    if most > 0.0 { discounted(gains, depth) / most } else { 0.0 }
}

fn discounted(gains: &[u32], depth: usize) -> f64 {
    let ranked = gains.iter().take(depth).enumerate();
    ranked.map(|(at, gain)| f64::from(*gain) / ((at + 2) as f64).log2()).sum()
}

/// Share of all that is relevant that is among the first `depth`.
pub fn recall(gains: &[u32], ideal: &[u32], depth: usize) -> f64 {
    let found = gains.iter().take(depth).filter(|g| **g > 0).count();
    found as f64 / ideal.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::{hit, ndcg, recall, reciprocal_rank};

    #[track_caller]
    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn a_ranking_by_hand() {
        // Relevant: one of grade 2 at rank 3, one of grade 1 at rank 2, one of grade 1 missing.
        let (gains, ideal) = ([0, 1, 2, 0], [2, 1, 1]);
        near(hit(&gains, 1), 0.0);
        near(hit(&gains, 2), 1.0);
        near(reciprocal_rank(&gains, 10), 0.5);
        near(reciprocal_rank(&gains, 1), 0.0);
        let gained = 1.0 / 3f64.log2() + 2.0 / 2.0;
        let most = 2.0 / 1.0 + 1.0 / 3f64.log2() + 1.0 / 2.0;
        near(ndcg(&gains, &ideal, 10), gained / most);
        near(ndcg(&gains, &ideal, 2), (1.0 / 3f64.log2()) / (2.0 + 1.0 / 3f64.log2()));
        near(recall(&gains, &ideal, 100), 2.0 / 3.0);
        near(recall(&gains, &ideal, 2), 1.0 / 3.0);
    }

    #[test]
    fn nothing_ranked_is_worth_nothing() {
        near(hit(&[], 5), 0.0);
        near(reciprocal_rank(&[], 10), 0.0);
        near(ndcg(&[], &[1], 10), 0.0);
        near(recall(&[], &[1], 100), 0.0);
        near(ndcg(&[0], &[], 10), 0.0);
    }

    #[test]
    fn a_perfect_ranking_is_worth_all() {
        near(ndcg(&[3, 2, 1], &[3, 2, 1], 10), 1.0);
        near(recall(&[1], &[1], 100), 1.0);
        near(reciprocal_rank(&[1], 10), 1.0);
    }
}
