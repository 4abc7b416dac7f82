//! Places in a file: byte ranges and the lines they stand on.

use std::ops::Range;

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Byte range in the file.
    pub bytes: Range<usize>,
    /// First and last line, from 1.
    pub lines: (u32, u32),
}

/// A line of a file without its line end and without white space at both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// The visible text.
    pub text: &'a str,
    /// Where it starts, in bytes from the start of the file.
    pub start: usize,
}

/// A text with its lines.
#[derive(Debug)]
pub struct Source<'a> {
    /// The whole file.
    pub text: &'a str,
    /// Its lines in order; blank ones have an empty text.
    pub lines: Vec<Line<'a>>,
    starts: Vec<usize>,
}

impl<'a> Source<'a> {
    /// Cuts a file into lines; a byte order mark belongs to no line.
    pub fn new(text: &'a str) -> Self {
        let mut starts = Vec::new();
        let mut lines = Vec::new();
        let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        for raw in text[at..].split_inclusive('\n') {
            starts.push(at);
            let visible = raw.trim();
            let lead = if visible.is_empty() { 0 } else { raw.len() - raw.trim_start().len() };
            lines.push(Line { text: visible, start: at + lead });
            at += raw.len();
        }
        Self { text, lines, starts }
    }

    /// The place of a byte range.
    pub fn span(&self, bytes: Range<usize>) -> Span {
        let line = |byte: usize| {
            let before = self.starts.partition_point(|start| *start <= byte);
            u32::try_from(before.max(1)).unwrap_or(u32::MAX)
        };
        let last = bytes.end.saturating_sub(1).max(bytes.start);
        Span { lines: (line(bytes.start), line(last)), bytes }
    }

    /// The place of a part of this text, given as a slice of it.
    pub fn span_of(&self, part: &str) -> Span {
        let start = part.as_ptr() as usize - self.text.as_ptr() as usize;
        self.span(start..start + part.len())
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn lines_and_places() {
        let source = Source::new("\u{feff}Title\r\n\r\n  two words \nlast");
        let texts: Vec<_> = source.lines.iter().map(|l| l.text).collect();
        assert_eq!(texts, ["Title", "", "two words", "last"]);
        let span = source.span_of(source.lines[2].text);
        assert_eq!((&source.text[span.bytes.clone()], span.lines), ("two words", (3, 3)));
        assert_eq!(source.span(3..25).lines, (1, 3));
    }
}
