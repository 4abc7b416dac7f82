//! Rankings as a TREC run: `query Q0 document rank score faqbot`, best first.

use std::fmt::Write;

/// The lines of one question, for programs that order by score and read scores in single
/// precision: each score is below the one before it.
pub fn lines<'a>(query: &str, ranking: impl Iterator<Item = (&'a str, f32)>) -> String {
    let query = word(query);
    let mut out = String::new();
    let mut least = f32::INFINITY;
    for (rank, (document, score)) in (1..).zip(ranking) {
        least = score.min(least.next_down());
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{query} Q0 {} {rank} {least} faqbot", word(document));
    }
    out
}

/// An id as one word: blanks divide the columns.
fn word(id: &str) -> String {
    let mut out = String::with_capacity(id.len());
    for c in id.chars() {
        if c.is_whitespace() {
            out.push_str("%20");
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn scores_fall_from_line_to_line() {
        let ranking = [("a b", 1.5), ("c", 1.5), ("d", 1.5), ("e", -0.25)];
        assert_eq!(
            lines("q 1", ranking.into_iter()),
            "q%201 Q0 a%20b 1 1.5 faqbot\nq%201 Q0 c 2 1.4999999 faqbot\n\
             q%201 Q0 d 3 1.4999998 faqbot\nq%201 Q0 e 4 -0.25 faqbot\n"
        );
    }
}
