//! A file's text in, its article out: one parser a format.
//!
//! [`plain`] reads articles in plain text, [`markup`] Markdown and HTML, [`records`] tables and
//! lists of questions with answers. [`shape`] tells what a line is, whatever the format.

pub mod shape;

pub mod plain;

pub mod markup;

pub mod records;

use crate::corpus::article::Article;
use crate::corpus::problem::Problem;

/// A way to write articles down.
pub trait Format: Sync {
    /// The endings of its files, without the dot, in lower case.
    fn endings(&self) -> &'static [&'static str];

    /// Reads a file; `file` is its path below the corpus. Places are those of the text.
    fn parse(&self, file: &str, text: &str) -> Parsed;

    /// A text with everything that the format has, to tell whether it is read as before.
    fn probe(&self) -> &'static str;
}

/// What a file gave.
#[derive(Debug)]
pub struct Parsed {
    /// The article, unless nothing was found in the file.
    pub article: Option<Article>,
    /// What was not understood.
    pub problems: Vec<Problem>,
}

impl Parsed {
    /// What is not done yet, which is no problem.
    pub fn draft() -> Self {
        Self { article: None, problems: Vec::new() }
    }

    /// Nothing but the reason for that.
    pub fn nothing(file: &str, line: u32, why: impl Into<String>) -> Self {
        Self { article: None, problems: vec![Problem::new(file, line, why)] }
    }
}

/// Longest line of a text by hand, in bytes: nobody writes a paragraph of this size.
const LONGEST_LINE: usize = 1 << 20;

/// Refuses a text by hand for a line that nobody wrote.
fn refused(file: &str, text: &str) -> Option<Parsed> {
    let (line, number) = text.lines().zip(1..).find(|(line, _)| line.len() > LONGEST_LINE)?;
    let length = line.len();
    let why = format!(
        "is a line of {length} bytes; lines up to {LONGEST_LINE} are read: break it into paragraphs"
    );
    Some(Parsed::nothing(file, number, why))
}

/// All formats.
pub const FORMATS: [&dyn Format; 5] = [
    &plain::Plain,
    &markup::markdown::Markdown,
    &markup::html::Html,
    &records::table::Table,
    &records::json::Json,
];

/// Endings of copies that programs make.
const COPIES: &[&str] =
    &["bak", "backup", "old", "orig", "rej", "save", "swp", "swo", "tmp", "temp", "part", "new"];

/// The format of a file, told from its ending; one behind a known ending is of a tool that makes
/// or has made the file (`page.html.j2`).
pub fn of(file: &str) -> Option<&'static dyn Format> {
    let name = file.rsplit('/').next().unwrap_or(file).to_lowercase();
    let format = |ending: &str| FORMATS.into_iter().find(|f| f.endings().contains(&ending));
    let (rest, ending) = name.rsplit_once('.')?;
    let before = rest.rsplit_once('.').map(|(_, before)| before);
    let tool = ending.chars().all(char::is_alphanumeric) && !COPIES.contains(&ending);
    format(ending).or_else(|| format(before.filter(|_| tool)?))
}

/// Whether a file is plain text, by its ending: people read it as it is.
pub fn is_plain(file: &str) -> bool {
    of(file).is_some_and(|format| format.endings() == plain::Plain.endings())
}

/// Reads a file in the format that its ending tells.
pub fn parse(file: &str, text: &str) -> Parsed {
    match of(file) {
        Some(format) => format.parse(file, text),
        None => Parsed::nothing(file, 0, "is not an article that faqbot reads"),
    }
}

/// The endings of all formats, as people are told of them.
pub fn endings() -> String {
    let endings = FORMATS.into_iter().filter_map(|format| format.endings().first());
    endings.map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(", ")
}
