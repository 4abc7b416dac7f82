//! Marked text in, lines for a terminal or a pipe out.
//!
//! Lines are broken first and coloured afterwards, so that no colour code takes room or runs over
//! the end of a line, where a pager would lose it.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;

use anstyle::{AnsiColor, Style};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::faces::rich::{Mark, Rich};

/// Narrower lines are left to the terminal.
const LEAST_COLUMNS: usize = 20;

/// How text is laid out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Layout {
    /// Columns to wrap at; `None` leaves lines and their markup as they are, for pipes.
    pub width: Option<usize>,
    /// Lines that a screen holds; `None` where nobody looks at one.
    pub height: Option<usize>,
    /// Whether the terminal can follow links.
    pub links: bool,
    /// Whether all it is sure to show are letters of ASCII.
    pub ascii: bool,
}

impl Layout {
    /// What we say ourselves, in letters that are sure to be shown. Not for what articles say.
    pub fn own(self, text: &str) -> Cow<'_, str> {
        if self.ascii { Cow::Owned(in_ascii(text)) } else { Cow::Borrowed(text) }
    }

    /// The same where other people's words stand in it, such as questions and paths: they are kept
    /// as they are.
    pub fn own_around(self, text: &str, kept: &[&str]) -> String {
        match kept {
            [] => self.own(text).into_owned(),
            ["", rest @ ..] => self.own_around(text, rest),
            [first, rest @ ..] => {
                let parts = text.split(first).map(|part| self.own_around(part, rest));
                parts.collect::<Vec<_>>().join(first)
            }
        }
    }
}

/// A text with its dashes, points and quotation marks as the letters of ASCII have them.
fn in_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '“' | '”' | '„' | '«' | '»' => out.push('"'),
            '‘' | '’' => out.push('\''),
            '—' | '–' | '−' | '·' => out.push('-'),
            '…' => out.push_str("..."),
            c => out.push(c),
        }
    }
    out
}

/// Where lines may be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// Where the rules of Unicode allow it.
    Anywhere,
    /// Only at blanks, for text with paths in it.
    Blanks,
    /// Nowhere: code.
    Never,
}

/// The text in lines that fit, each ending in a line break. Lines that go on are set in by so many
/// columns.
pub fn lines(rich: &Rich, layout: Layout, breaks: Break, hang: usize) -> String {
    let mut out = String::new();
    let mut start = 0;
    let text = unbroken(rich);
    for line in text.split_inclusive('\n') {
        let text = line.strip_suffix('\n').unwrap_or(line);
        for (n, part) in broken(text, layout, breaks, hang).into_iter().enumerate() {
            if n > 0 {
                let _ = write!(out, "{:hang$}", "");
            }
            push_marked(rich, start + part.start..start + part.end, layout, &mut out);
            out.push('\n');
        }
        start += line.len();
    }
    out
}

/// The text as it is broken: what is to stay whole has another letter for each blank.
fn unbroken(rich: &Rich) -> Cow<'_, str> {
    let mut whole = rich.spans.iter().filter(|(_, mark)| mark.whole).peekable();
    if whole.peek().is_none() {
        return Cow::Borrowed(&rich.text);
    }
    let mut text = rich.text.clone();
    for (range, _) in whole {
        let letters = rich.text[range.clone()].replace(' ', "_");
        text.replace_range(range.clone(), &letters);
    }
    Cow::Owned(text)
}

/// The parts of one line that stand on a line each.
fn broken(text: &str, layout: Layout, breaks: Break, hang: usize) -> Vec<Range<usize>> {
    let separator = match breaks {
        Break::Anywhere => WordSeparator::new(),
        Break::Blanks => WordSeparator::AsciiSpace,
        Break::Never => return std::iter::once(0..text.len()).collect(),
    };
    let Some(width) = layout.width else { return std::iter::once(0..text.len()).collect() };
    let width = width.max(LEAST_COLUMNS);
    let indent = " ".repeat(hang.min(width / 2));
    let options = Options::new(width)
        .subsequent_indent(&indent)
        .word_separator(separator)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .break_words(false);
    let mut at = 0;
    let mut parts = Vec::new();
    for (n, line) in textwrap::wrap(text, options).iter().enumerate() {
        let part = if n == 0 { line } else { line.strip_prefix(&*indent).unwrap_or(line) };
        // Only blanks are left out between the parts.
        let from = text.get(at..).and_then(|rest| rest.find(part)).map_or(at, |found| at + found);
        parts.push(from..from + part.len());
        at = from + part.len();
    }
    parts
}

fn push_marked(rich: &Rich, range: Range<usize>, layout: Layout, out: &mut String) {
    // The spans are in order: looking at all of them for each line of a long text would take long.
    let first = rich.spans.partition_point(|(span, _)| span.end <= range.start);
    for (span, mark) in &rich.spans[first..] {
        if span.start >= range.end {
            break;
        }
        let inside = span.start.max(range.start)..span.end.min(range.end);
        let Some(text) = rich.text.get(inside).filter(|text| !text.is_empty()) else { continue };
        let style = style(mark);
        let link = mark.link.as_deref().filter(|_| layout.links);
        if let Some(address) = link {
            let _ = write!(out, "\u{1b}]8;;{}\u{1b}\\", harmless(address));
        }
        let _ = write!(out, "{style}{text}{style:#}");
        if link.is_some() {
            out.push_str("\u{1b}]8;;\u{1b}\\");
        }
    }
}

fn style(mark: &Mark) -> Style {
    let mut style = Style::new();
    if mark.bold {
        style = style.bold();
    }
    if mark.italic {
        style = style.italic();
    }
    if mark.dim {
        style = style.dimmed();
    }
    if mark.code {
        style = style.fg_color(Some(AnsiColor::Cyan.into()));
    }
    style
}

/// An address in the letters that a link may have; all others are written as `%` and two digits.
fn harmless(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for byte in address.bytes() {
        if byte.is_ascii_graphic() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop};
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::{Break, Layout, lines};
    use crate::faces::rich::{Mark, Rich};

    fn at(width: usize) -> Layout {
        Layout { width: Some(width), links: true, ..Layout::default() }
    }

    #[test]
    fn styles_end_with_their_line() {
        let rich = Rich::of("one two three four five", Mark { bold: true, ..Mark::none() });
        let text = lines(&rich, at(20), Break::Anywhere, 2);
        assert_eq!(text, "\u{1b}[1mone two three four\u{1b}[0m\n  \u{1b}[1mfive\u{1b}[0m\n");
    }

    #[test]
    fn wide_letters_take_two_columns() {
        let rich = Rich::of("本文書は記事から答えを探すための道具です", Mark::none());
        let text = lines(&rich, at(20), Break::Anywhere, 0);
        let widths: Vec<usize> = text.lines().map(textwrap::core::display_width).collect();
        assert!(widths.len() == 2 && widths.iter().all(|w| *w <= 20), "{text}");
        let arabic = Rich::of(&"كلمة ".repeat(12), Mark::none());
        let text = lines(&arabic, at(20), Break::Anywhere, 0);
        assert!(text.lines().all(|line| textwrap::core::display_width(line) <= 20), "{text}");
    }

    #[test]
    fn our_own_words_are_in_the_letters_that_are_shown() {
        let text = "— I read “a” as „b“ · c… −1";
        let ascii = Layout { ascii: true, ..Layout::default() };
        assert_eq!(ascii.own(text), "- I read \"a\" as \"b\" - c... -1");
        assert_eq!(Layout::default().own(text), text);
        let kept = ["", "a—b’s", "c…"];
        let around = ascii.own_around("— “c…” as “a—b’s” · …", &kept);
        assert_eq!(around, "- \"c…\" as \"a—b’s\" - ...");
    }

    #[test]
    fn what_is_to_stay_whole_is_not_broken() {
        let mut rich = Rich::of("from one (", Mark::none());
        rich.push("my old-files/two three four five.txt:12", Mark { whole: true, ..Mark::none() });
        rich.plain(") and six");
        assert_eq!(
            lines(&rich, at(20), Break::Blanks, 0),
            "from one\n(my old-files/two three four five.txt:12)\nand six\n"
        );
    }

    #[test]
    fn links_cannot_carry_anything_else() {
        let link = Some("https://a.example/\u{1b}]0;x y\u{7}".to_owned());
        let text =
            lines(&Rich::of("here", Mark { link, ..Mark::none() }), at(40), Break::Blanks, 0);
        assert_eq!(
            text,
            "\u{1b}]8;;https://a.example/%1B]0;x%20y%07\u{1b}\\here\u{1b}]8;;\u{1b}\\\n"
        );
        let pipe = lines(&Rich::of("here", Mark::none()), Layout::default(), Break::Blanks, 0);
        assert_eq!(pipe, "here\n");
    }

    proptest! {
        #[test]
        fn only_blanks_are_lost(
            spans in prop::collection::vec(("(?s).{0,60}", any::<bool>()), 0..6),
            width in 0..60usize,
            hang in 0..8usize,
        ) {
            let mut rich = Rich::default();
            for (text, bold) in &spans {
                rich.push(text, Mark { bold: *bold, ..Mark::none() });
            }
            let layout = Layout { width: Some(width), ..Layout::default() };
            let bare = |text: &str| -> String {
                text.chars().filter(|c| !c.is_whitespace()).collect()
            };
            for breaks in [Break::Anywhere, Break::Blanks, Break::Never] {
                let shown = lines(&rich, layout, breaks, hang);
                let shown = anstream::adapter::strip_str(&shown).to_string();
                prop_assert_eq!(bare(&shown), bare(&rich.text));
                prop_assert!(rich.text.is_empty() || shown.ends_with('\n'));
            }
        }
    }
}
