//! The markup that texts carry, shown rather than read out: lists, code, emphasis, links.
//!
//! An article may be any text, so that only what cannot be meant otherwise is taken as markup;
//! everything else is shown as it is written. Which lines flow, [`blocks`] tells.

use std::ops::Range;

use crate::faces::plain::blocks::{self, Block, Look};
use crate::faces::plain::layout::{Break, Layout, lines};
use crate::faces::rich::{Mark, Rich};

/// How deep marks may stand in one another.
const DEEPEST: usize = 4;
/// More backticks than these are a line, and no mark: counting on at each would take long.
const MOST_TICKS: usize = 8;
/// A mark that does not end within so many bytes is none: looking on for each would take long.
const FARTHEST: usize = 1 << 10;

/// A passage in lines that fit, with these sentences of it in bold; `code` has lost its marks.
pub fn passage(
    text: &str,
    code: &[Range<usize>],
    sentences: &[Range<usize>],
    layout: Layout,
) -> String {
    let mut out = String::new();
    for Block { bytes, look } in blocks::of(text, code) {
        let mut shown = Shown { text, sentences, links: layout.links, rich: Rich::default() };
        let line = &text[bytes.clone()];
        let (breaks, hang) = match look {
            Look::Hidden => continue,
            // Marks in a row stay, as its columns would not stand below each other without them.
            Look::Stands | Look::Code => {
                shown.push(bytes, &Mark { code: look == Look::Code, ..Mark::none() });
                (Break::Never, 0)
            }
            Look::Flows(opening) => {
                let heading = opening > 0 && line.trim_start().starts_with('#');
                let start = bytes.start + if heading { opening } else { 0 };
                let mark = Mark { bold: heading, ..Mark::none() };
                shown.inline(start..bytes.end, &mark, 0);
                (Break::Anywhere, if heading { 0 } else { opening })
            }
        };
        // An empty line has no text to be broken.
        let empty = shown.rich.text.is_empty();
        out.push_str(&lines(&shown.rich, layout, breaks, hang));
        if empty {
            out.push('\n');
        }
    }
    out
}

/// Text with its marks hidden.
struct Shown<'a> {
    text: &'a str,
    sentences: &'a [Range<usize>],
    links: bool,
    rich: Rich,
}

impl Shown<'_> {
    /// Appends a range of the text, line breaks as blanks, its best sentences in bold.
    fn push(&mut self, range: Range<usize>, mark: &Mark) {
        let mut at = range.start;
        for sentence in self.sentences {
            let inside = sentence.start.max(at)..sentence.end.min(range.end);
            if inside.is_empty() {
                continue;
            }
            self.push_flowing(at..inside.start, mark.clone());
            self.push_flowing(inside.clone(), Mark { bold: true, ..mark.clone() });
            at = inside.end;
        }
        self.push_flowing(at..range.end, mark.clone());
    }

    fn push_flowing(&mut self, range: Range<usize>, mark: Mark) {
        // A range inside a letter cannot be shown, and none is made here.
        let text = self.text.get(range).unwrap_or_default();
        self.rich.push(&text.replace("\r\n", " ").replace('\n', " "), mark);
    }

    /// Appends a range with what is marked in it.
    fn inline(&mut self, range: Range<usize>, mark: &Mark, depth: usize) {
        let mut from = range.start;
        let mut at = range.start;
        while at < range.end {
            let piece = (depth < DEEPEST).then(|| piece(self.text, at, range.end)).flatten();
            let Some(piece) = piece else {
                at += self.text[at..].chars().next().map_or(1, char::len_utf8);
                continue;
            };
            self.push(from..at, mark);
            let inner = piece.mark(mark, self.text);
            if piece.code {
                self.push(piece.inner.clone(), &inner);
            } else {
                self.inline(piece.inner.clone(), &inner, depth + 1);
            }
            if let Some(address) = piece.address.clone().filter(|_| !self.links) {
                self.rich.plain(" (");
                self.push(address, mark);
                self.rich.plain(")");
            }
            (from, at) = (piece.end, piece.end);
        }
        self.push(from..range.end, mark);
    }
}

/// Something marked.
struct Piece {
    /// What is shown of it.
    inner: Range<usize>,
    /// Where it leads.
    address: Option<Range<usize>>,
    bold: bool,
    italic: bool,
    code: bool,
    /// Behind its last mark.
    end: usize,
}

impl Piece {
    fn mark(&self, around: &Mark, text: &str) -> Mark {
        Mark {
            bold: around.bold || self.bold,
            italic: around.italic || self.italic,
            code: around.code || self.code,
            link: self.address.clone().map(|range| text[range].to_owned()).or(around.link.clone()),
            ..around.clone()
        }
    }
}

/// What is marked from this byte on, if anything is.
fn piece(text: &str, at: usize, end: usize) -> Option<Piece> {
    let end = text.floor_char_boundary(end.min(at + FARTHEST));
    let rest = &text[at..end];
    match rest.as_bytes().first()? {
        b'`' => code(rest, at),
        b'[' => link(rest, at),
        b'*' | b'_' => emphasis(text, at, end),
        _ => None,
    }
}

/// Code keeps its backticks: they tell where what is to be typed ends.
fn code(rest: &str, at: usize) -> Option<Piece> {
    let ticks = rest.bytes().take(MOST_TICKS + 1).take_while(|b| *b == b'`').count();
    if ticks > MOST_TICKS {
        return None;
    }
    let close = ticks + rest[ticks..].find(&rest[..ticks])? + ticks;
    let (bold, italic) = (false, false);
    Some(Piece { inner: at..at + close, address: None, bold, italic, code: true, end: at + close })
}

fn link(rest: &str, at: usize) -> Option<Piece> {
    let middle = rest.find("](")?;
    let label = &rest[1..middle];
    let close = middle + 2 + rest[middle + 2..].find([')', ' ', '\n', '('])?;
    let address = &rest[middle + 2..close];
    let web = ["https://", "http://", "mailto:"].iter().any(|s| address.starts_with(s));
    if !web
        || label.trim().is_empty()
        || label.contains(['[', ']'])
        || !rest[close..].starts_with(')')
    {
        return None;
    }
    Some(Piece {
        inner: at + 1..at + middle,
        address: Some(at + middle + 2..at + close),
        bold: false,
        italic: false,
        code: false,
        end: at + close + 1,
    })
}

/// Emphasis begins behind no letter and before one, and ends the other way round, so that
/// `snake_case` and `2 * 3 * 4` are left alone.
fn emphasis(text: &str, at: usize, end: usize) -> Option<Piece> {
    let rest = &text[at..end];
    let letter = rest.as_bytes()[0];
    let strength = rest.bytes().take_while(|b| *b == letter).count();
    let joins = |c: char| c.is_alphanumeric() || c == '*' || c == '_';
    if strength > 2 || text[..at].ends_with(joins) {
        return None;
    }
    let mark = &rest[..strength];
    let inside = &rest[strength..];
    if inside.starts_with(char::is_whitespace) {
        return None;
    }
    let mut from = 0;
    loop {
        let close = from + inside[from..].find(mark)?;
        let behind = &inside[close + strength..];
        let fits = !inside[..close].ends_with(char::is_whitespace) && !behind.starts_with(joins);
        if close > 0 && fits {
            let inner = at + strength..at + strength + close;
            let end = inner.end + strength;
            let (bold, italic) = (strength == 2, strength == 1);
            return Some(Piece { inner, address: None, bold, italic, code: false, end });
        }
        from = close + strength + behind.bytes().take_while(|b| *b == letter).count();
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, proptest};

    use super::{FARTHEST, passage};
    use crate::faces::plain::layout::Layout;

    fn shown(text: &str, width: usize) -> String {
        passage(text, &[], &[], Layout { width: Some(width), ..Layout::default() })
    }

    fn bare(text: &str, width: usize) -> String {
        anstream::adapter::strip_str(&shown(text, width)).to_string()
    }

    #[test]
    fn marks_become_styles() {
        assert_eq!(shown("a **b** c", 40), "a \u{1b}[1mb\u{1b}[0m c\n");
        assert_eq!(shown("_a_, *b*.", 40), "\u{1b}[3ma\u{1b}[0m, \u{1b}[3mb\u{1b}[0m.\n");
        assert_eq!(bare("**[here](https://a.example/x)**.", 60), "here (https://a.example/x).\n");
        assert_eq!(bare("Run `a_b *c*` now", 40), "Run `a_b *c*` now\n");
        assert_eq!(bare("## Head\nText", 40), "Head\nText\n");
    }

    #[test]
    fn what_only_looks_like_marks_is_shown() {
        for text in [
            "2 * 3 * 4 = 24",
            "snake_case_name and __init__x",
            "a*b*c",
            "*",
            "** no **",
            "[1](see below)",
            "[a](javascript:x)",
            "`open",
            "#hashtag first",
            "5.5 litres",
            "***",
        ] {
            assert_eq!(bare(text, 60), format!("{text}\n"));
        }
    }

    #[test]
    fn marks_that_end_too_far_away_are_none() {
        let far = "a ".repeat(FARTHEST);
        for mark in ["**", "_", "`"] {
            let text = format!("{mark}{far}b{mark} and **c**.");
            let shown = bare(&text, 80).replace('\n', " ");
            assert!(shown.starts_with(&format!("{mark}a a")), "{mark}");
            assert!(shown.trim_end().ends_with(&format!("b{mark} and c.")), "{mark}");
        }
        let link = format!("[{far}](https://a.example/)");
        assert!(bare(&link, 80).starts_with("[a a"));
    }

    #[test]
    fn points_hang_and_code_is_not_broken() {
        let text = "- one two three four five six\n10. one two three four five\n```sh\nlong code \
            that does not fit the width at all\n```\nend";
        assert_eq!(
            bare(text, 20),
            "- one two three four\n  five six\n10. one two three\n    four five\nlong code that does \
             not fit the width at all\nend\n"
        );
    }

    #[test]
    fn lines_that_were_broken_for_a_page_flow() {
        let text = "The lake is open to swimmers from the first of June\nuntil the end of August.\n\n\
            Short\nlines stay.";
        assert_eq!(
            bare(text, 80),
            "The lake is open to swimmers from the first of June until the end of August.\n\nShort\n\
             lines stay.\n"
        );
    }

    #[test]
    fn the_best_sentences_are_bold_whatever_is_marked_in_them() {
        let layout = Layout { width: Some(60), ..Layout::default() };
        let text = "One *two*. Three.";
        assert_eq!(
            passage(text, &[], &[0..10], layout),
            "\u{1b}[1mOne \u{1b}[0m\u{1b}[1m\u{1b}[3mtwo\u{1b}[0m\u{1b}[1m.\u{1b}[0m Three.\n"
        );
    }

    proptest! {
        #[test]
        fn no_letter_is_lost(text in "(?s)[a-zß1*_`\\[\\]()#>~ \\n-]{0,120}", width in 0..50usize) {
            let shown = bare(&text, width);
            let letters = |text: &str| -> String {
                text.chars().filter(|c| c.is_alphanumeric()).collect()
            };
            // What names the language of a block of code is no text.
            if !text.contains("```") && !text.contains("~~~") {
                prop_assert!(letters(&shown) == letters(&text), "{shown}");
            }
        }
    }
}
