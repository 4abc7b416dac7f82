//! Lines in, blocks out: what was wrapped by hand is joined again.

use std::ops::RangeInclusive;

use crate::corpus::formats::shape;
use crate::corpus::source::Source;

/// Longest line of a file that may be wrapped by hand, in characters.
const WRAPPED_WIDTHS: RangeInclusive<usize> = 50..=100;

/// A paragraph, heading, point or question: one line, or several wrapped ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<'a> {
    pub(super) text: &'a str,
    /// Whether a blank line stands above it.
    pub(super) after_blank: bool,
}

/// Joins the lines of hand-wrapped paragraphs.
pub(super) fn of<'a>(source: &Source<'a>) -> Vec<Block<'a>> {
    let width = width(source);
    // Short lines alone say nothing: some line must break off in the middle of a sentence.
    let wrapped = WRAPPED_WIDTHS.contains(&width)
        && source.lines.windows(2).any(|pair| breaks_off(pair[0].text, pair[1].text, width));
    let mut out: Vec<Block<'a>> = Vec::new();
    let mut after_blank = true;
    for line in &source.lines {
        // A rule such as `---` or `====` parts paragraphs as a blank line does.
        if !line.text.chars().any(char::is_alphanumeric) {
            after_blank = true;
            continue;
        }
        let joins = !after_blank
            && wrapped
            && out.last().is_some_and(|last| is_wrapped(last.text, line.text, width));
        match out.last_mut() {
            Some(last) if joins => {
                let start = last.text.as_ptr() as usize - source.text.as_ptr() as usize;
                last.text = &source.text[start..line.start + line.text.len()];
            }
            _ => out.push(Block { text: line.text, after_blank }),
        }
        after_blank = false;
    }
    out
}

/// Whether a sentence goes on in the next line.
fn breaks_off(above: &str, next: &str, width: usize) -> bool {
    let open = above.ends_with(|c: char| c.is_alphanumeric() || c == ',');
    let goes_on = next.starts_with(|c: char| c.is_alphabetic() && !c.is_uppercase());
    open && goes_on && is_wrapped(above, next, width)
}

/// The width that the file was wrapped at: that of nearly all its lines, as a title or an
/// address may be longer.
fn width(source: &Source<'_>) -> usize {
    let mut widths: Vec<usize> =
        source.lines.iter().map(|l| l.text.chars().count()).filter(|w| *w > 0).collect();
    widths.sort_unstable();
    let nearly_all = widths.len() - widths.len() / 20;
    widths.get(nearly_all.saturating_sub(1)).copied().unwrap_or(0)
}

/// Whether `next` goes on with the paragraph: its first word would not have fitted above.
fn is_wrapped(above: &str, next: &str, width: usize) -> bool {
    let last_line = above.rsplit('\n').next().unwrap_or(above).trim();
    let first_word = next.split_whitespace().next().unwrap_or(next);
    let last_chars = last_line.chars().count();
    if last_chars > width || last_chars + 1 + first_word.chars().count() <= width {
        return false;
    }
    let first_of_its_kind = || {
        shape::part(above).is_some()
            || shape::byline(above).is_some()
            || shape::alternates(above).is_some()
            || above.ends_with('?')
    };
    let begins = shape::bullet(next).is_some()
        || shape::marked_question(next).is_some()
        || shape::marked_answer(next).is_some()
        || shape::part(next).is_some()
        || shape::byline(next).is_some()
        || shape::alternates(next).is_some()
        || (next.ends_with('?') && shape::question(next).is_some_and(|q| q.mark.is_some()))
        || next.starts_with('#');
    // Only the first line of a block can be one of these, and long blocks are not read again.
    let ends = if above.contains('\n') {
        above.ends_with('?') && shape::marked_question(above).is_some()
    } else {
        first_of_its_kind()
    };
    !begins && !ends
}
