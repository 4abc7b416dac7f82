//! How far two spellings are apart.

/// Edits between two words: insertions, deletions, substitutions, and swaps of neighbours
/// (optimal string alignment distance).
pub fn edits(a: &str, b: &str) -> usize {
    strsim::osa_distance(a, b)
}

/// The candidate with the fewest edits, if that are at most `most`.
pub fn closest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
    most: usize,
) -> Option<&'a str> {
    let (distance, best) = candidates.map(|c| (edits(word, c), c)).min()?;
    (distance <= most).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::{closest, edits};

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("shenshu", "shengshu"), 1);
        assert_eq!(edits("recieve", "receive"), 1);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(
            closest("candidate", ["candidates", "folder"].into_iter(), 3),
            Some("candidates")
        );
        assert_eq!(closest("zzz", ["candidates"].into_iter(), 3), None);
    }
}
