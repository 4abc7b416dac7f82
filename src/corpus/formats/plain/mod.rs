//! The plain-text article layout in, an article and its problems out.
//!
//! ```text
//! Title
//! By NAME | 10 Apr 2026
//! Summary
//! - point
//! BEIJING, April 10, 2026 — opening paragraph
//! Heading
//! paragraph
//! Why this matters
//! - Label: point
//! FAQs
//! Q1. Question?
//! Also asked: another phrasing?
//! Answer
//! ```
//! Any part may be missing. Lines of a hard-wrapped file are joined to paragraphs
//! first; then one pass over the paragraphs tells what each is.

mod blocks;

use crate::corpus::article::{Article, FaqEntry, Paragraph, Section, Text};
use crate::corpus::formats::plain::blocks::Block;
use crate::corpus::formats::shape::{self, Mark, Part};
use crate::corpus::formats::{self, Format, Parsed};
use crate::corpus::problem::{Problem, Problems};
use crate::corpus::source::Source;
use crate::text::detection;
use crate::text::language::Language;

/// Longer first lines, in characters, are text and no title.
const LONGEST_TITLE: usize = 200;
/// A list of more bytes is no single answer; its further points stand for themselves.
const LONGEST_LIST: usize = 8 << 10;

/// Articles in plain text.
pub struct Plain;

impl Format for Plain {
    fn endings(&self) -> &'static [&'static str] {
        &["txt", "text"]
    }

    fn parse(&self, file: &str, text: &str) -> Parsed {
        formats::refused(file, text).unwrap_or_else(|| parse(file, text))
    }

    fn probe(&self) -> &'static str {
        "Title\nBy A B | 10 Apr 2026\nSummary\n- A point.\nPARIS, April 10, 2026 — It opened.\n\
            A heading\nSome text. More text.\nYou need:\n- this\n- that\nFAQs\nQ1. Why?\n\
            Also asked: What for? | How come?\nBecause.\n\nIndeed.\nWhen?\nA: Now.\n"
    }
}

/// Parses one file; `file` is its path below the corpus.
fn parse(file: &str, text: &str) -> Parsed {
    let source = Source::new(text);
    let blocks = blocks::of(&source);
    let mut parser = Parser::new(file, &source);
    if blocks.is_empty() {
        return Parsed::nothing(file, 0, "is empty: write a title and some text, or remove it");
    }
    let body = parser.header(&blocks);
    for at in body..blocks.len() {
        let next = blocks.get(at + 1).copied();
        parser.block(blocks[at], next);
    }
    parser.finish(text)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Summary,
    Body,
    Faq,
}

/// The title that the first line of a file gives.
pub fn title(line: &str) -> String {
    let title = shape::bare(line);
    let title =
        title.strip_prefix("Title:").or_else(|| title.strip_prefix("title:")).unwrap_or(title);
    let title = title.trim_matches(|c: char| c.is_whitespace() || c == '"');
    title.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Parser<'a> {
    source: &'a Source<'a>,
    article: Article,
    problems: Problems,
    /// Whether it is not done yet.
    draft: bool,
    mode: Mode,
    /// How the questions of this file are marked: where they are, a bare `…?` is part of an
    /// answer, and where it is by a word, so is a numbered step.
    marked: Option<Mark>,
    /// The open FAQ entry: its question, alternates, and the answer's slice so far.
    entry: Option<(&'a str, Vec<String>, Option<&'a str>)>,
}

impl<'a> Parser<'a> {
    fn new(file: &str, source: &'a Source<'a>) -> Self {
        let article = Article::new(file);
        let (problems, draft, mode) = (Problems::default(), false, Mode::Body);
        Self { source, article, problems, draft, mode, marked: None, entry: None }
    }

    /// Reads title and byline; gives the number of blocks read.
    fn header(&mut self, blocks: &[Block<'a>]) -> usize {
        let mut at = 0;
        let first = blocks[0].text;
        // A lone sentence and a whole paragraph are text; the file's name is their title.
        let lone = blocks.len() == 1 && first.ends_with(['.', '!', '?', '。']);
        if !lone
            && first.chars().count() <= LONGEST_TITLE
            && shape::part(first).is_none()
            && shape::marked_question(first).is_none()
            && shape::bullet(first).is_none()
            && shape::byline(first).is_none_or(|b| b.author.is_none() || b.date.is_none())
        {
            self.article.title = title(first);
            at = 1;
        }
        while let Some(line) = blocks.get(at).and_then(|b| shape::byline(b.text)) {
            self.article.author = line.author.or(self.article.author.take());
            self.article.published = line.date.or(self.article.published);
            for (name, value) in line.fields {
                self.field(name, value, blocks[at].text);
            }
            at += 1;
        }
        at
    }

    fn field(&mut self, name: &str, value: String, line: &str) {
        match name {
            "id" => self.article.id = value,
            "url" => self.article.url = Some(value),
            "draft" => self.draft = true,
            _ => match Language::from_code(&value) {
                Some(language) => self.article.language = language,
                None => self.problem(
                    line,
                    format!("`{value}` is no language code: write one such as `en` or `de`"),
                ),
            },
        }
    }

    fn problem(&mut self, at: &str, message: impl Into<String>) {
        let line = self.source.span_of(at).lines.0;
        self.problems.push(Problem::new(&self.article.file, line, message));
    }

    fn block(&mut self, block: Block<'a>, next: Option<Block<'a>>) {
        let part = shape::part(block.text);
        // "Overview" in the middle of an article is a heading like any other.
        let late = part == Some(Part::Summary) && !self.article.sections.is_empty();
        if let Some(part) = part.filter(|_| !late) {
            self.close_entry();
            self.mode = if part == Part::Summary { Mode::Summary } else { Mode::Faq };
            return;
        }
        if self.mode != Mode::Faq && opens_questions(block, next) {
            self.mode = Mode::Faq;
        }
        match self.mode {
            Mode::Summary => self.summary(block, next),
            Mode::Body => self.body(block, next),
            Mode::Faq => self.faq(block, next),
        }
    }

    fn summary(&mut self, block: Block<'a>, next: Option<Block<'a>>) {
        let first_plain = self.article.summary.is_empty() && shape::dateline(block.text).is_none();
        match shape::bullet(block.text) {
            Some(point) => {
                let point = self.paragraph(point);
                self.article.summary.push(point);
            }
            None if first_plain && !is_heading(block, next) => {
                let point = self.paragraph(block.text);
                self.article.summary.push(point);
                self.mode = Mode::Body;
            }
            None => {
                self.mode = Mode::Body;
                self.body(block, next);
            }
        }
    }

    fn body(&mut self, block: Block<'a>, next: Option<Block<'a>>) {
        if is_heading(block, next) {
            let heading = shape::bare(block.text).to_owned();
            self.article.sections.push(Section { heading: Some(heading), paragraphs: Vec::new() });
            return;
        }
        let opening = self.article.sections.iter().all(|s| s.paragraphs.is_empty());
        if opening && self.article.dateline.is_none() {
            self.article.dateline = shape::dateline(block.text);
        }
        let point = shape::bullet(block.text);
        if self.article.sections.is_empty() {
            self.article.sections.push(Section { heading: None, paragraphs: Vec::new() });
        }
        if point.is_some() && self.extend_list(block.text) {
            return;
        }
        let paragraph = self.paragraph(point.unwrap_or(block.text));
        if let Some(section) = self.article.sections.last_mut() {
            section.paragraphs.push(paragraph);
        }
    }

    /// A point below "You need:" belongs to that paragraph, and so do the points after it.
    fn extend_list(&mut self, point: &str) -> bool {
        let end = self.source.span_of(point).bytes.end;
        let Some(last) = self.article.sections.last_mut().and_then(|s| s.paragraphs.last_mut())
        else {
            return false;
        };
        let head = last.body.text.lines().next().unwrap_or_default();
        if !head.trim_end().ends_with(':') || last.body.text.len() > LONGEST_LIST {
            return false;
        }
        let span = self.source.span(last.body.span.bytes.start..end);
        let text = self.source.text[span.bytes.clone()].to_owned();
        last.body = Text { text, span, literal: true, code: Vec::new() };
        true
    }

    fn faq(&mut self, block: Block<'a>, next: Option<Block<'a>>) {
        let text = block.text;
        if shape::marked_question(text).is_some_and(str::is_empty) {
            // `Q:` on a line of its own; the question stands on the next.
            self.close_entry();
            self.marked = None;
            return;
        }
        if let Some(question) = shape::question(text)
            && self.asks_anew(&question, next)
        {
            self.close_entry();
            if self.marked != Some(Mark::Word) {
                self.marked = question.mark.or(self.marked);
            }
            self.entry = Some((question.text, Vec::new(), None));
            return;
        }
        if self.groups(block, next) {
            self.close_entry();
            return;
        }
        let Some((_, alternates, answer)) = &mut self.entry else {
            if is_heading(block, next) {
                return;
            }
            self.problem(text, "stands in the questions but belongs to none: put a question such as `Q1. …?` above it");
            return;
        };
        if answer.is_none()
            && let Some(more) = shape::alternates(text)
        {
            alternates.extend(more);
            return;
        }
        let leaves = text.starts_with('#')
            || (answer.is_some() && is_heading(block, next) && long_follows(text, next));
        if leaves {
            self.close_entry();
            self.mode = Mode::Body;
            self.body(block, next);
            return;
        }
        let piece =
            if answer.is_none() { shape::marked_answer(text).unwrap_or(text) } else { text };
        if piece.is_empty() {
            return;
        }
        *answer = Some(match answer {
            None => piece,
            Some(start) => {
                let from = self.source.span_of(start).bytes.start;
                &self.source.text[from..self.source.span_of(piece).bytes.end]
            }
        });
    }

    /// Whether the line asks a new question, and is no part of the answer above it.
    fn asks_anew(&self, question: &shape::Question<'_>, next: Option<Block<'_>>) -> bool {
        let asks = question.text.ends_with(['?', '？', '؟']);
        let answered = self.entry.as_ref().is_none_or(|(_, _, answer)| answer.is_some());
        match question.mark {
            Some(Mark::Word) => true,
            None => asks && self.marked.is_none(),
            Some(Mark::Number) if self.marked == Some(Mark::Word) => false,
            Some(Mark::Number) => {
                let no_step = next.is_some() && !question.text.ends_with('.');
                asks || self.entry.is_none()
                    || question.text.contains("? ")
                    || (answered && no_step)
            }
        }
    }

    /// A line that groups the questions below it.
    fn groups(&self, block: Block<'_>, next: Option<Block<'_>>) -> bool {
        let asks = |next: Block<'_>| {
            shape::question(next.text)
                .is_some_and(|q| q.mark == Some(Mark::Word) || self.asks_anew(&q, None))
        };
        is_heading(block, next) && !block.text.ends_with('?') && next.is_some_and(asks)
    }

    fn close_entry(&mut self) {
        let Some((question, alternates, answer)) = self.entry.take() else { return };
        let Some(answer) = answer else {
            self.problem(
                question,
                "a question without an answer: write the answer on the next line",
            );
            return;
        };
        let (question, answer) = (self.text(question), self.text(answer));
        let line = question.span.lines.0 as usize;
        let number = self.source.lines.get(line - 1).and_then(|line| shape::number(line.text));
        self.article.faqs.push(FaqEntry { number, ..FaqEntry::new(question, alternates, answer) });
    }

    fn text(&self, part: &str) -> Text {
        let (text, span) = (part.to_owned(), self.source.span_of(part));
        Text { text, span, literal: true, code: Vec::new() }
    }

    fn paragraph(&self, part: &str) -> Paragraph {
        Paragraph { label: shape::label(part).map(str::to_owned), body: self.text(part) }
    }

    fn finish(mut self, text: &str) -> Parsed {
        if self.draft {
            return Parsed::draft();
        }
        self.close_entry();
        let mut article = self.article;
        article.sections.retain(|s| !s.paragraphs.is_empty());
        article.published = article.published.or(article.dateline.as_ref().and_then(|d| d.date));
        if article.language == Language::Other {
            article.language = detection::of_article(text);
        }
        let empty = article.is_empty();
        if empty && self.problems.is_empty() {
            let message = "has a title but no text below it: write some, or remove the file";
            self.problems.push(Problem::new(&article.file, 1, message));
        }
        Parsed { article: (!empty).then_some(article), problems: self.problems.told() }
    }
}

/// Outside the questions a line opens them where it is marked as one or is a heading that
/// asks; `F: +49 351 555` in an address does not.
fn opens_questions(block: Block<'_>, next: Option<Block<'_>>) -> bool {
    let asks = block.text.ends_with(['?', '？', '؟']);
    let marked = shape::marked_question(block.text).is_some_and(|text| {
        text.is_empty() || asks || shape::bare(block.text).starts_with(['Q', 'q'])
    });
    marked || (asks && is_heading(block, next))
}

/// A heading has the shape of one and text below it.
fn is_heading(block: Block<'_>, next: Option<Block<'_>>) -> bool {
    next.is_some_and(|next| {
        let reads_on = !next.after_blank && next.text.starts_with(char::is_lowercase);
        shape::is_heading(block.text) && shape::bullet(block.text).is_none() && !reads_on
    })
}

/// In an answer a short line is a heading only where a real paragraph follows it.
fn long_follows(heading: &str, next: Option<Block<'_>>) -> bool {
    next.is_some_and(|next| {
        !heading.ends_with('?')
            && next.text.chars().count() > 60.max(heading.chars().count())
            && next.text.ends_with(['.', '!', '”', '"', '。'])
    })
}
