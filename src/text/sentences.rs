//! Where sentences begin and end.
//!
//! The Unicode rules (UAX #29) cut after every "Dr." that a capital follows; such cuts are
//! joined again: after abbreviations, initials, and day numbers with a point.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// Words that end in a point without ending a sentence, lower case, without the point.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "no", "nos", "vs", "inc", "ltd", "co", "corp", "jr",
    "sr", "fig", "dept", "est", "approx", "e.g", "i.e", "cf", "al", "gen", "gov", "sen", "rep",
    "rev", "hon", "mt", "ave", "blvd", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep",
    "sept", "oct", "nov", "dec", "bzw", "ca", "evtl", "ggf", "inkl", "nr", "str", "tel", "usw",
    "z.b", "d.h", "u.a", "sra", "srta", "ud", "uds", "núm", "pág", "av", "mme", "mlle", "m",
];

/// A line of at least this many characters that ends without a stop was wrapped.
const WRAPPED_FROM: usize = 50;

/// The byte ranges of the sentences of `text`, in order, without white space at their ends.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let (mut open, mut broken) = (false, false);
    let mut rest = 0;
    while rest < text.len() {
        let (start, raw) = (rest, &text[rest..end_of_piece(text, rest)]);
        rest += raw.len();
        let trimmed = raw.trim();
        if trimmed.is_empty() {
            continue;
        }
        let start = start + (raw.len() - raw.trim_start().len());
        let end = start + trimmed.len();
        let wrapped = broken && is_wrapped(&text[out.last().map_or(0..0, Clone::clone)], trimmed);
        match out.last_mut() {
            Some(last) if open || wrapped => last.end = end,
            _ => out.push(start..end),
        }
        broken = raw.ends_with(['\n', '\r']);
        open = goes_on(trimmed) && !broken;
    }
    out
}

/// Where the piece that begins at `start` ends by the Unicode rules. Nothing before the letter in front of
/// the first character that can end a sentence has a say in that, so that most of a text need not be
/// gone through by the rules, which look up every character.
fn end_of_piece(text: &str, start: usize) -> usize {
    let Some(stop) = text[start..].find(may_end).map(|at| start + at) else { return text.len() };
    let before = text[start..stop].chars().next_back();
    let from = match before {
        Some(c) if c.is_ascii() => stop - 1,
        _ => start,
    };
    from + text[from..].split_sentence_bounds().next().map_or(0, str::len)
}

/// Whether a character can end a sentence: of those beyond ASCII, letters and common quotes cannot.
fn may_end(c: char) -> bool {
    match c {
        '.' | '!' | '?' | '\n' | '\r' => true,
        '‘' | '’' | '“' | '”' | '–' | '—' => false,
        _ => !c.is_ascii() && !c.is_alphabetic(),
    }
}

/// Whether a sentence goes on behind a line break: a long line that ends without a stop, or any
/// line that the next one goes on from in lower case.
fn is_wrapped(above: &str, next: &str) -> bool {
    let stopped = above.ends_with(['.', '!', '?', '…', ':', ';', '。', '।']);
    let line = above.rsplit(['\n', '\r']).next().unwrap_or(above).trim();
    let point = next.starts_with(['-', '*', '•']);
    !stopped
        && !point
        && (next.starts_with(char::is_lowercase) || line.chars().count() >= WRAPPED_FROM)
}

/// Where the characters that people see (grapheme clusters) begin, in bytes: a text may be
/// cut there without taking a letter from its accent.
pub fn cluster_starts(text: &str) -> impl Iterator<Item = usize> {
    text.grapheme_indices(true).map(|(at, _)| at)
}

/// Whether a piece ends in a point that does not end its sentence.
fn goes_on(piece: &str) -> bool {
    let Some(body) = piece.strip_suffix('.') else { return false };
    let last = body.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let lower = last.to_lowercase();
    let initial = last.chars().count() == 1 && last.chars().all(char::is_uppercase);
    let day = last.len() <= 2 && !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
    let dotted = last.contains('.') && last.split('.').all(|p| p.chars().count() == 1);
    initial || day || dotted || ABBREVIATIONS.contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use unicode_segmentation::UnicodeSegmentation;

    use super::{end_of_piece, may_end, sentences};

    fn cut(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        assert_eq!(cut("One here. Two there!  Three?"), ["One here.", "Two there!", "Three?"]);
        assert_eq!(
            cut("Dr. Lee met J. Smith on 12. March. Fine."),
            ["Dr. Lee met J. Smith on 12. March.", "Fine."]
        );
        assert_eq!(cut("It costs 3.50 euros. Cheap."), ["It costs 3.50 euros.", "Cheap."]);
        assert_eq!(cut("第一句。第二句。"), ["第一句。", "第二句。"]);
        assert_eq!(cut("Line one\nLine two"), ["Line one", "Line two"]);
        assert_eq!(
            cut("In March, after the last\r\nhard frost. Then"),
            ["In March, after the last\r\nhard frost.", "Then"]
        );
    }

    /// Pieces as they are found from stop to stop.
    fn pieces(text: &str) -> Vec<&str> {
        let (mut out, mut rest) = (Vec::new(), 0);
        while rest < text.len() {
            let end = end_of_piece(text, rest);
            out.push(&text[rest..end]);
            rest = end;
        }
        out
    }

    #[test]
    fn what_cannot_end_a_sentence_does_not_by_the_unicode_rules() {
        for c in ('\0'..=char::MAX).filter(|c| !may_end(*c)) {
            let text = format!("{c} B");
            assert_eq!(text.split_sentence_bounds().count(), 1, "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn pieces_are_those_of_the_unicode_rules(text in any::<String>()) {
            assert_eq!(pieces(&text), text.split_sentence_bounds().collect::<Vec<_>>());
        }

        #[test]
        fn pieces_of_what_people_write_are_those_of_the_unicode_rules(
            text in "([a-cA-C1.!?)\"’ \n,é\u{301}\u{ad}\u{2028}。。…–]|e\\.g\\. |\r\n){0,40}"
        ) {
            assert_eq!(pieces(&text), text.split_sentence_bounds().collect::<Vec<_>>());
        }

        #[test]
        fn nothing_but_white_space_is_left_out(text in any::<String>()) {
            let kept: String = sentences(&text).into_iter().map(|r| text[r].to_owned()).collect();
            let squeeze = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(squeeze(&kept), squeeze(&text));
        }
    }
}
