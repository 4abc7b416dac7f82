//! A reply as text for a terminal or a pipe.

use std::fmt::Write;
use std::ops::Range;

use anstyle::Style;
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::answering::reply::{Answer, Citation, Outcome, Reply};
use crate::faces::wording::Tongue;

/// How text is laid out.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// Columns to wrap at; `None` leaves lines as they are, for pipes.
    pub width: Option<usize>,
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The whole reply, ending in a line break. Colour codes are always in it; whoever writes it
/// to something that is no terminal strips them.
pub fn render(reply: &Reply, layout: Layout, tongue: Tongue) -> String {
    let mut out = String::new();
    for note in tongue.notes(reply) {
        let _ = writeln!(out, "{DIM}{}{DIM:#}", wrap(&visible(&note), layout));
    }
    match &reply.outcome {
        Outcome::Answer(answer) => push_answer(answer, layout, tongue, &mut out),
        Outcome::Choices(choices) => {
            let _ = writeln!(out, "{}", tongue.choices(choices.len()));
            push_numbered(choices.iter().map(|c| c.text.as_str()), layout, &mut out);
        }
        Outcome::Unknown => {
            let _ = writeln!(out, "{}", wrap(&visible(&tongue.unknown(reply)), layout));
            if !reply.nearby.is_empty() && !reply.question.trim().is_empty() {
                let _ = writeln!(out, "{}", tongue.texts().nearest);
                push_numbered(reply.nearby.iter().map(|n| n.text.as_str()), layout, &mut out);
            }
        }
    }
    out
}

/// The nearest other questions, numbered, or nothing.
pub fn nearby(reply: &Reply, layout: Layout, tongue: Tongue) -> String {
    let mut out = String::new();
    if !reply.nearby.is_empty() {
        let _ = writeln!(out, "{DIM}{}{DIM:#}", tongue.texts().related);
        push_numbered(reply.nearby.iter().map(|n| n.text.as_str()), layout, &mut out);
    }
    out
}

fn push_answer(answer: &Answer, layout: Layout, tongue: Tongue, out: &mut String) {
    out.push_str(&marked(&answer.text, &answer.sentences, layout));
    let _ = writeln!(out, "\n{DIM}{}{DIM:#}", wrap_paths(&place(&answer.source, tongue), layout));
    for also in &answer.also {
        let _ = writeln!(out, "\n{DIM}{}{DIM:#}", visible(&tongue.also(also)));
        out.push_str(&marked(&also.text, &[], layout));
        let _ = writeln!(out, "\n{DIM}{}{DIM:#}", wrap_paths(&place(&also.source, tongue), layout));
    }
}

/// Title · date · section, and the place in the file.
pub fn place(source: &Citation, tongue: Tongue) -> String {
    visible(&format!("— {} ({}:{})", tongue.citation(source), source.file, source.lines.0))
}

/// A text with ranges of it in bold, wrapped, without control characters.
fn marked(text: &str, ranges: &[Range<usize>], layout: Layout) -> String {
    // Marking everything would mark nothing.
    let whole = ranges.len() == 1 && ranges[0].len() == text.len();
    let mut out = String::new();
    let mut at = 0;
    for range in ranges.iter().filter(|_| !whole) {
        let (Some(before), Some(inside)) = (text.get(at..range.start), text.get(range.clone()))
        else {
            continue;
        };
        let _ = write!(out, "{}{BOLD}{}{BOLD:#}", visible(before), visible(inside));
        at = range.end;
    }
    out.push_str(&visible(text.get(at..).unwrap_or_default()));
    wrap(&out, layout)
}

fn push_numbered<'a>(texts: impl Iterator<Item = &'a str>, layout: Layout, out: &mut String) {
    for (n, text) in texts.enumerate() {
        let line = format!("  {}. {}", n + 1, visible(text));
        let _ = writeln!(out, "{}", wrap(&line, layout));
    }
}

/// A text in lines that fit; colour codes take no room.
pub fn wrap(text: &str, layout: Layout) -> String {
    fill(text, layout, WordSeparator::new())
}

/// The same for text with paths in it, which are broken only at blanks.
fn wrap_paths(text: &str, layout: Layout) -> String {
    fill(text, layout, WordSeparator::AsciiSpace)
}

fn fill(text: &str, layout: Layout, separator: WordSeparator) -> String {
    let Some(width) = layout.width else { return text.to_owned() };
    let options = Options::new(width.max(20)).word_separator(separator);
    textwrap::fill(text, options.word_splitter(WordSplitter::NoHyphenation).break_words(false))
}

/// A text without control characters: an article or a question must not steer the terminal.
pub fn visible(text: &str) -> String {
    text.chars()
        .filter(|c| *c != '\r')
        .map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Layout, marked, visible};

    #[test]
    fn articles_cannot_steer_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb\r\nc"), "a\u{fffd}[2Jb\nc");
        assert!(!visible("\u{9b}31m").contains('\u{9b}'));
    }

    #[test]
    fn marks_are_set_around_sentences_only() {
        let layout = Layout { width: None };
        assert_eq!(marked("One. Two.", &[5..9], layout), "One. \u{1b}[1mTwo.\u{1b}[0m");
        assert_eq!(marked("One. Two.", &[0..9], layout), "One. Two.");
        assert_eq!(marked("One.", &[0..99], layout), "One.");
    }
}
