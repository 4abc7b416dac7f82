//! An article and its parts, each with the place it was read from.

use std::ops::Range;

use crate::corpus::dates::Date;
use crate::corpus::source::Span;
use crate::text::language::Language;

/// Text with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The exact text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// Whether the bytes of the place are exactly the text; otherwise the text is what a reader
    /// sees of them, without marks, and the place is where all of it stands.
    pub literal: bool,
    /// Which bytes of the text were marked as code that has lost its marks: its lines are shown as
    /// they are.
    pub code: Vec<Range<usize>>,
}

/// A paragraph or a point of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// `Label` of a point written as `- Label: text`.
    pub label: Option<String>,
    /// The whole paragraph, label included, bullet left out.
    pub body: Text,
}

/// A heading with what stands below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// `None` for the opening paragraphs above the first heading.
    pub heading: Option<String>,
    /// Its paragraphs and points in order.
    pub paragraphs: Vec<Paragraph>,
}

/// A question and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaqEntry {
    /// The question as written.
    pub question: Text,
    /// Other phrasings of the question.
    pub alternates: Vec<String>,
    /// The whole answer, from its first to its last paragraph.
    pub answer: Text,
    /// The heading or category that it stands below.
    pub section: Option<String>,
    /// The language that it is said to be written in, where that is not its article's.
    pub language: Option<Language>,
    /// What its author calls it, instead of its number.
    pub name: Option<String>,
    /// The number that stands before its question, as in `Q3.`
    pub number: Option<u32>,
}

impl FaqEntry {
    /// A question with its answer and nothing else said of it.
    pub fn new(question: Text, alternates: Vec<String>, answer: Text) -> Self {
        Self {
            question,
            alternates,
            answer,
            section: None,
            language: None,
            name: None,
            number: None,
        }
    }
}

/// Place and date at the head of the first paragraph: `BEIJING, April 10, 2026 —`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dateline {
    /// The place as written.
    pub place: String,
    /// The date, where one is given.
    pub date: Option<Date>,
}

/// One article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Its `id` line, or the path below the corpus without the ending.
    pub id: String,
    /// Its first line, or the name of the file.
    pub title: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was published: the byline's date, else the dateline's.
    pub published: Option<Date>,
    /// Where it was said to be written, and when.
    pub dateline: Option<Dateline>,
    /// The language it is written in.
    pub language: Language,
    /// Its address on the web.
    pub url: Option<String>,
    /// The file below the corpus folder, with `/`.
    pub file: String,
    /// The points of its summary.
    pub summary: Vec<Paragraph>,
    /// Its body.
    pub sections: Vec<Section>,
    /// Its questions and answers.
    pub faqs: Vec<FaqEntry>,
}

impl Article {
    /// An article without anything in it, named after its file below the corpus.
    pub fn new(file: &str) -> Self {
        let id = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned();
        let title = id.rsplit('/').next().unwrap_or(&id).to_owned();
        Self {
            id,
            title,
            author: None,
            published: None,
            dateline: None,
            language: Language::Other,
            url: None,
            file: file.to_owned(),
            summary: Vec::new(),
            sections: Vec::new(),
            faqs: Vec::new(),
        }
    }

    /// Whether nothing in it can be an answer.
    pub fn is_empty(&self) -> bool {
        self.summary.is_empty()
            && self.faqs.is_empty()
            && self.sections.iter().all(|s| s.paragraphs.is_empty())
    }

    /// What was recognised, in one line: for `faqbot check -v`.
    pub fn outline(&self) -> String {
        let paragraphs: usize = self.sections.iter().map(|s| s.paragraphs.len()).sum();
        let headed = self.sections.iter().filter(|s| s.heading.is_some()).count();
        let labelled =
            self.sections.iter().flat_map(|s| &s.paragraphs).filter(|p| p.label.is_some()).count();
        let opening = if headed < self.sections.len() { "an opening and " } else { "" };
        let dateline = self.dateline.as_ref().map_or(String::new(), |d| {
            let date = d.date.map_or(String::new(), |date| format!(" {date}"));
            format!("; dateline {}{date}", d.place)
        });
        format!(
            "{}: \"{}\" by {}, {}, {}{dateline}; {} summary points, {opening}{headed} headed sections \
             with {paragraphs} paragraphs ({labelled} labelled points), {} FAQ entries",
            self.file,
            self.title,
            self.author.as_deref().unwrap_or("nobody named"),
            self.published.map_or_else(|| "no date".to_owned(), |d| d.to_string()),
            self.language.code(),
            self.summary.len(),
            self.faqs.len(),
        )
    }
}
