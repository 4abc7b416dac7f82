//! Text with marks, as every face shows it in its own way: what articles say and what is said
//! about it.

use std::ops::Range;

use crate::text::controls;

/// How a stretch of text is shown.
#[expect(clippy::struct_excessive_bools, reason = "any of them may be set together")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mark {
    /// In bold type.
    pub bold: bool,
    /// In italic type.
    pub italic: bool,
    /// Paler than the rest, where there are no italics.
    pub dim: bool,
    /// As it is typed into a computer.
    pub code: bool,
    /// In a quotation that opens on a tap.
    pub folded: bool,
    /// In one piece wherever lines are broken, as a path that is clicked or copied.
    pub whole: bool,
    /// An address that it leads to.
    pub link: Option<String>,
}

/// Text with marks.
#[derive(Debug, Clone, Default)]
pub struct Rich {
    pub(super) text: String,
    pub(super) spans: Vec<(Range<usize>, Mark)>,
}

impl Mark {
    /// Text as it comes.
    pub fn none() -> Self {
        Self::default()
    }

    /// Bold text.
    pub fn bold() -> Self {
        Self { bold: true, ..Self::default() }
    }

    /// Italic text.
    pub fn italic() -> Self {
        Self { italic: true, ..Self::default() }
    }

    /// Pale text.
    pub fn dim() -> Self {
        Self { dim: true, ..Self::default() }
    }
}

impl Rich {
    /// Text in one mark.
    pub fn of(text: &str, mark: Mark) -> Self {
        let mut rich = Self::default();
        rich.push(text, mark);
        rich
    }

    /// Appends text, without its control characters.
    pub fn push(&mut self, text: &str, mark: Mark) {
        let start = self.text.len();
        self.text.push_str(&visible(text));
        if self.text.len() > start {
            self.spans.push((start..self.text.len(), mark));
        }
    }

    /// Appends text without marks.
    pub fn plain(&mut self, text: &str) {
        self.push(text, Mark::none());
    }

    /// Appends a passage, with these sentences of it in bold.
    pub fn passage(&mut self, text: &str, sentences: &[Range<usize>], mark: &Mark) {
        let mut at = 0;
        for range in sentences {
            let (Some(before), Some(inside)) = (text.get(at..range.start), text.get(range.clone()))
            else {
                continue;
            };
            self.push(before, mark.clone());
            self.push(inside, Mark { bold: true, ..mark.clone() });
            at = range.end;
        }
        self.push(text.get(at..).unwrap_or_default(), mark.clone());
    }
}

/// The sentences to mark in a passage: none where they are all of it, as marking everything would
/// mark nothing.
pub fn outstanding<'a>(text: &str, sentences: &'a [Range<usize>]) -> &'a [Range<usize>] {
    let marked: usize = sentences.iter().map(Range::len).sum();
    // White space between sentences is not marked.
    if marked + sentences.len() >= text.trim_end().len() { &[] } else { sentences }
}

/// Whether an address is of the web: any other could do more than show a page.
pub fn is_web(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// A text without what could steer a terminal, as an article or a question must not: escape
/// sequences are left out whole, and so are marks of direction that open or end nothing in their
/// line; other control characters, and overrides of direction, are shown as `\u{fffd}`.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let line = controls::without_sequences(line);
        let paired =
            if line.contains(controls::directs) { controls::paired(&line) } else { vec![] };
        for (at, c) in line.char_indices() {
            match c {
                '\r' => {}
                c if controls::steers(c) => out.push('\u{fffd}'),
                c if controls::directs(c) && paired.binary_search(&at).is_err() => {}
                c => out.push(c),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Mark, Rich, is_web, outstanding, visible};

    #[test]
    fn other_addresses_than_those_of_pages_are_none() {
        assert!(is_web("https://a.example/?x=1") && is_web("http://a.example"));
        for url in
            ["javascript://a", "file:///etc/passwd", "ssh://a", "https://a b", "https://a\u{1b}"]
        {
            assert!(!is_web(url), "{url}");
        }
    }

    #[test]
    fn articles_cannot_steer_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb\r\nc"), "ab\nc");
        assert_eq!(visible("a\u{1b}[31mb\u{1b}]0;title\u{7}c"), "abc");
        assert_eq!(visible("a\u{1b}\u{1b}[0m[2Jb"), "a\u{fffd}[2Jb");
        assert_eq!(visible("a\u{1b}[\u{7}\u{0}b\tc"), "a\u{fffd}[\u{fffd}\u{fffd}b\tc");
    }

    #[test]
    fn no_letter_is_lost_behind_a_control_character() {
        for text in [
            "He said \u{9d}yes\u{9c} and \u{9d}no\u{9c} today.",
            "Type \u{1b}Hello",
            "a\u{9b} and \u{1b}]0;b",
        ] {
            let shown = text.replace(char::is_control, "\u{fffd}");
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn articles_cannot_turn_the_direction_of_what_comes_behind() {
        assert_eq!(visible("a \u{202e}b\u{202c} c"), "a \u{fffd}b c");
        assert_eq!(visible("a \u{202b}b\nc\u{202c} \u{2067}d"), "a b\nc d");
        // What ends in a sequence that is left out ends nowhere.
        assert_eq!(visible("a \u{2067}bc\u{1b}]0;\u{2069}\u{7} d"), "a bc d");
        for whole in ["\u{2067}שלום\u{2069} a", "\u{202b}שלום\u{202c} \u{200f}a", "a\u{200e}"]
        {
            assert_eq!(visible(whole), whole);
        }
    }

    #[test]
    fn some_sentences_of_a_passage_are_marked() {
        let marked = |text: &str, sentences: &[std::ops::Range<usize>]| {
            let mut rich = Rich::default();
            rich.passage(text, outstanding(text, sentences), &Mark::none());
            let bold = rich.spans.iter().filter(|(_, mark)| mark.bold);
            (rich.text.clone(), bold.map(|(range, _)| range.clone()).collect::<Vec<_>>())
        };
        assert_eq!(marked("One. Two.", &[5..9]), ("One. Two.".to_owned(), vec![5..9]));
        for (text, sentences) in [
            ("One. Two.", vec![0..4, 5..9]),
            ("One two.", vec![0..99]),
            // Inside a letter.
            ("Öl. Two.", vec![1..3]),
        ] {
            assert_eq!(marked(text, &sentences), (text.to_owned(), Vec::new()));
        }
    }
}
