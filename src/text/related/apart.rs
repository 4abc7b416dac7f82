//! Which words that are near in meaning never stand for one another: days, numbers, opposites. Who
//! asks for Monday is not served with Sunday.
//!
//! The list was written for the project and stands in `apart.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::language::Language;
use crate::text::stem;

/// Stem → the parts of lines that it is in, as line and part.
static PARTS: LazyLock<HashMap<String, Vec<(usize, usize)>>> = LazyLock::new(|| {
    let mut parts: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
    let lines = include_str!("apart.txt").lines().filter(|line| !line.starts_with('#'));
    for (number, line) in lines.enumerate() {
        for (part, words) in line.split('/').enumerate() {
            for word in words.split_whitespace() {
                parts.entry(stem::stem(word, Language::English)).or_default().push((number, part));
            }
        }
    }
    parts
});

/// Whether two English stems never stand for one another.
pub(super) fn are_apart(a: &str, b: &str) -> bool {
    let of = |stem: &str| PARTS.get(stem).map_or(&[][..], Vec::as_slice);
    let together = of(a).iter().any(|one| of(b).contains(one));
    !together && of(a).iter().any(|(line, _)| of(b).iter().any(|(other, _)| line == other))
}

#[cfg(test)]
mod tests {
    use super::are_apart;
    use crate::text::language::Language;
    use crate::text::stem;

    #[test]
    fn no_line_takes_back_what_another_says() {
        for line in include_str!("apart.txt").lines().filter(|line| !line.starts_with('#')) {
            let parts: Vec<&str> = line.split('/').collect();
            assert!(parts.len() > 1, "{line}");
            for (n, part) in parts.iter().enumerate() {
                let others = parts[n + 1..].iter().flat_map(|part| part.split_whitespace());
                for (one, other) in part
                    .split_whitespace()
                    .flat_map(|one| others.clone().map(move |other| (one, other)))
                {
                    let of = |word| stem::stem(word, Language::English);
                    assert!(are_apart(&of(one), &of(other)), "{one} and {other} in {line}");
                }
            }
        }
    }

    #[test]
    fn days_numbers_and_opposites_are_apart() {
        let apart = |a: &str, b: &str| {
            let of = |word| stem::stem(word, Language::English);
            are_apart(&of(a), &of(b))
        };
        for (a, b) in [
            ("mondays", "sunday"),
            ("january", "march"),
            ("seven", "eight"),
            ("deposits", "withdrawal"),
            ("opening", "closed"),
            ("activated", "disable"),
        ] {
            assert!(apart(a, b) && apart(b, a), "{a} and {b}");
        }
        for (a, b) in
            [("monday", "mondays"), ("buy", "purchase"), ("remove", "deleted"), ("monday", "open")]
        {
            assert!(!apart(a, b) && !apart(b, a), "{a} and {b}");
        }
    }
}
