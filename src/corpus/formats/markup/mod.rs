//! Marked-up text in, an article out.
//!
//! [`markdown`] and [`html`] each cut a file into [`Block`]s (by way of a [`leaf`]), what a reader sees from top to
//! bottom; [`outline`] tells from those what is a section and what is a question with its answer.
//! [`front_matter`] and [`linked_data`] read what is said of the whole; [`templates`] removes
//! what a site's builder would have filled in.

pub mod front_matter;

pub mod linked_data;

pub mod templates;

pub mod outline;

pub mod leaf;

pub mod html;

pub mod markdown;

use std::ops::Range;

use crate::corpus::article::Text;
use crate::corpus::dates::Date;
use crate::corpus::source::Source;
use crate::text::language::Language;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A heading of a level from 1.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A line that is bold from end to end.
    Bold,
    /// What is explained below it, or folds it: `<dt>`, `<summary>`.
    Term,
    /// Where what encloses a question ends.
    End,
    /// A point of a list.
    Point,
    /// Lines that are shown as they are.
    Code,
    /// A row of a table.
    Row,
}

/// A piece of what a reader sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// What is seen.
    pub text: String,
    /// Where it stands.
    pub bytes: Range<usize>,
    /// Whether it stands apart from what is above it.
    pub apart: bool,
}

/// What a file says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// What it calls itself.
    pub title: Option<String>,
    /// What it is called where it has no heading that says so.
    pub fallback: Option<String>,
    /// The id that it wants to have.
    pub id: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was published.
    pub published: Option<Date>,
    /// Its address on the web.
    pub url: Option<String>,
    /// What it is written in.
    pub language: Option<Language>,
    /// Whether it is not to be shown yet.
    pub draft: bool,
    /// Questions and answers for machines: the question, the answer, and where both stand.
    pub faqs: Vec<(String, String, Range<usize>)>,
}

/// The blanks before a point that stands so deep in lists; nobody sees more, and each point has
/// them.
fn indent(depth: usize) -> String {
    "  ".repeat(depth.min(8))
}

/// The text of blocks that belong together.
fn joined(source: &Source<'_>, blocks: &[&Block]) -> Text {
    let (mut text, mut code) = (String::new(), Vec::new());
    for (n, block) in blocks.iter().enumerate() {
        if n > 0 {
            text.push_str(if block.apart { "\n\n" } else { "\n" });
        }
        text.push_str(&block.text);
        if block.kind == Kind::Code {
            code.push(text.len() - block.text.len()..text.len());
        }
    }
    let start = blocks.first().map_or(0, |block| block.bytes.start);
    let end = blocks.iter().map(|block| block.bytes.end).max().unwrap_or(start);
    let literal = source.text.get(start..end) == Some(text.as_str());
    Text { text, span: source.span(start..end.max(start)), literal, code }
}
