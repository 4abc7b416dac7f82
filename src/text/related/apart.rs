//! Which words that are near in meaning never stand for one another: days, numbers, opposites. Who
//! asks for Monday is not served with Sunday, nor who wants to close with how to open.
//!
//! The list was written for the project and stands in `apart.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::language::Language;
use crate::text::stem;

/// A stem that another never stands for.
#[derive(Debug, Clone)]
pub(super) struct Other {
    pub(super) stem: String,
    /// Whether there are only the two: one is the opposite of the other.
    pub(super) opposite: bool,
}

/// Stem → the stems that it never stands for.
static APART: LazyLock<HashMap<String, Vec<Other>>> = LazyLock::new(|| {
    let stems = |part: &str| -> Vec<String> {
        part.split_whitespace().map(|word| stem::stem(word, Language::English)).collect()
    };
    let mut apart: HashMap<String, Vec<Other>> = HashMap::new();
    for line in include_str!("apart.txt").lines().filter(|line| !line.starts_with('#')) {
        let parts: Vec<Vec<String>> = line.split('/').map(stems).collect();
        for (n, part) in parts.iter().enumerate() {
            let others = parts.iter().enumerate().filter(|(m, _)| *m != n);
            let opposite = parts.len() == 2;
            let other = |stem: &String| Other { stem: stem.clone(), opposite };
            let others: Vec<Other> = others.flat_map(|(_, part)| part.iter().map(other)).collect();
            for stem in part {
                apart.entry(stem.clone()).or_default().extend(others.iter().cloned());
            }
        }
    }
    apart
});

/// The English stems that one never stands for.
pub(super) fn from(stem: &str) -> &'static [Other] {
    APART.get(stem).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::{APART, from};
    use crate::text::language::Language;
    use crate::text::stem;

    fn are_apart(a: &str, b: &str) -> bool {
        let of = |word| stem::stem(word, Language::English);
        from(&of(a)).iter().any(|other| other.stem == of(b))
    }

    #[test]
    fn no_word_is_apart_from_itself() {
        assert!(APART.len() > 300, "{}", APART.len());
        for (stem, others) in APART.iter() {
            assert!(others.iter().all(|other| other.stem != *stem), "{stem}");
        }
    }

    #[test]
    fn days_numbers_and_opposites_are_apart() {
        for (a, b) in [
            ("mondays", "sunday"),
            ("january", "march"),
            ("seven", "eight"),
            ("deposits", "withdrawal"),
            ("opening", "closed"),
            ("activated", "disable"),
        ] {
            assert!(are_apart(a, b) && are_apart(b, a), "{a} and {b}");
        }
        for (a, b) in
            [("monday", "mondays"), ("buy", "purchase"), ("remove", "deleted"), ("monday", "open")]
        {
            assert!(!are_apart(a, b) && !are_apart(b, a), "{a} and {b}");
        }
    }
}
