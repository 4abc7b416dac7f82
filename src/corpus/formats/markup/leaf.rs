//! A line or paragraph while it is put together from its pieces.

use std::ops::Range;

use crate::corpus::formats::markup::outline;

/// No question that its answer follows in the same paragraph has more bytes; that is asked at each
/// line break.
const LONGEST_QUESTION: usize = 1 << 10;

/// What is seen so far of a paragraph, a heading or a point.
#[derive(Debug, Default)]
pub struct Leaf {
    /// The text.
    pub text: String,
    /// Whether something in it is not bold.
    pub is_plain: bool,
    /// Whether something in it is no link to another place of the page.
    pub leads_nowhere: bool,
    /// Whether something of it is seen.
    is_seen: bool,
    bytes: Option<Range<usize>>,
    /// Marks that are written in it and not seen, each with its place in the text and in the file.
    marks: Vec<(usize, String, Range<usize>)>,
}

/// How a piece is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// In bold letters.
    pub bold: bool,
    /// As a link to another place of the page.
    pub link: bool,
}

impl Leaf {
    /// Adds a piece that stands at `bytes`.
    pub fn add(&mut self, piece: &str, bytes: Range<usize>, style: Style) {
        if !piece.trim().is_empty() {
            self.is_seen = true;
            self.is_plain |= !style.bold;
            self.leads_nowhere |= !style.link;
        }
        self.text.push_str(piece);
        self.reach(bytes);
    }

    /// Adds a piece with its white space as single blanks; `raw` is what the file says.
    pub fn add_collapsed(&mut self, piece: &str, raw: &str, start: usize, style: Style) {
        let mut words = String::with_capacity(piece.len());
        for c in piece.chars() {
            match c {
                ' ' | '\t' | '\n' | '\r' | '\u{c}' => {
                    let above = if words.is_empty() { &self.text } else { &words };
                    if !above.is_empty() && !above.ends_with([' ', '\n']) {
                        words.push(' ');
                    }
                }
                '\u{ad}' | '\u{200b}' | '\u{feff}' => {}
                c => words.push(c),
            }
        }
        let lead = raw.len() - raw.trim_start().len();
        let end = start + raw.trim_end().len();
        if raw.trim().is_empty() {
            self.text.push_str(&words);
        } else {
            self.add(&words, start + lead..end, style);
        }
    }

    /// Adds what is seen beside other things only: the text of a picture.
    pub fn add_aside(&mut self, piece: &str, bytes: Range<usize>) {
        self.text.push_str(piece);
        self.reach(bytes);
    }

    /// Notes a mark that stands here and belongs to what stands at `bytes`.
    pub fn mark(&mut self, mark: String, bytes: Range<usize>) {
        self.marks.push((self.text.len(), mark, bytes));
    }

    /// The text with its marks, as it is written, and where that stands.
    pub fn written(&self) -> (String, Range<usize>) {
        let (mut out, mut at, mut bytes) = (String::new(), 0, self.bytes());
        for (place, mark, around) in &self.marks {
            out.push_str(&self.text[at..*place]);
            out.push_str(mark);
            at = *place;
            bytes = bytes.start.min(around.start)..bytes.end.max(around.end);
        }
        out.push_str(&self.text[at..]);
        (out, bytes)
    }

    /// Begins a new line, with the blanks that stand at its head.
    pub fn break_line(&mut self, indent: &str) {
        let kept = self.text.trim_end_matches(' ').len();
        self.text.truncate(kept);
        for (place, ..) in self.marks.iter_mut().rev().take_while(|(place, ..)| *place > kept) {
            *place = kept;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
            self.text.push_str(indent);
        }
    }

    /// Whether it is bold from end to end.
    pub fn is_bold(&self) -> bool {
        !self.is_plain && !self.is_blank()
    }

    /// Whether it is a bold question; what is as long as no question is, is not looked at.
    pub fn asks_boldly(&self) -> bool {
        self.could_ask() && self.is_bold() && outline::asks(self.text.trim())
    }

    /// Whether it is a question by its mark, in the same way.
    pub fn is_marked(&self) -> bool {
        self.could_ask() && outline::is_marked(self.text.trim())
    }

    fn could_ask(&self) -> bool {
        self.text.len() <= LONGEST_QUESTION
    }

    /// Whether nothing is seen of it.
    pub fn is_blank(&self) -> bool {
        !self.is_seen
    }

    /// Where it stands.
    pub fn bytes(&self) -> Range<usize> {
        self.bytes.clone().unwrap_or_default()
    }

    /// Makes it reach to a place.
    pub fn reach(&mut self, bytes: Range<usize>) {
        let before = self.bytes.take().unwrap_or(bytes.clone());
        self.bytes = Some(before.start.min(bytes.start)..before.end.max(bytes.end));
    }
}
