//! Blocks in, an article out: which headings are questions, and how far their answers go.

use std::collections::HashSet;

use crate::corpus::article::{Article, FaqEntry, Paragraph, Section, Text};
use crate::corpus::formats::Parsed;
use crate::corpus::formats::markup::{Block, Head, Kind, joined};
use crate::corpus::formats::shape::{self, Part};
use crate::corpus::passages;
use crate::corpus::problem::{Problem, Problems};
use crate::corpus::source::Source;
use crate::text::detection;

/// Levels below those of headings.
const BOLD: u8 = 7;
const TERM: u8 = 8;
/// A page whose title asks is one entry, unless so many questions stand in it.
const MANY: usize = 4;
/// A list of more bytes is no single answer; its points stand for themselves.
const LONG_LIST: usize = 800;
/// A mark stands in so many bytes, with the begin of what it marks.
const LONGEST_MARK: usize = 300;
/// What belongs to a paragraph is joined to it up to so many bytes.
const LONGEST: usize = 8 << 10;

/// The article that a file of these blocks is.
pub fn article(file: &str, text: &str, head: Head, blocks: Vec<Block>) -> Parsed {
    if head.draft {
        return Parsed::draft();
    }
    let source = Source::new(text);
    let mut article = Article::new(file);
    let (title, blocks) = titled(&head, blocks);
    article.title = title.unwrap_or(article.title);
    article.id = head.id.unwrap_or(article.id);
    article.author = head.author;
    article.published = head.published;
    article.url = head.url;
    let mut outline = Outline::new(&source, &blocks, article);
    outline.read();
    outline.machine_readable(&head.faqs);
    let (mut article, mut problems) = (outline.article, outline.problems);
    article.sections.retain(|section| !section.paragraphs.is_empty());
    article.language = head.language.unwrap_or_else(|| language(&article));
    let is_empty = article.is_empty();
    if is_empty && problems.is_empty() {
        let why = "holds no text that can be an answer: write some, or remove the file";
        problems.push(Problem::new(file, 0, why));
    }
    Parsed { article: (!is_empty).then_some(article), problems: problems.told() }
}

/// The title, and the blocks without the heading that says it.
fn titled(head: &Head, mut blocks: Vec<Block>) -> (Option<String>, Vec<Block>) {
    let level = |block: &Block| match block.kind {
        Kind::Heading(level) => Some(level),
        _ => None,
    };
    let top = blocks.iter().filter_map(level).min();
    let first = blocks.iter().position(|block| level(block).is_some());
    // Of several headings of the highest level none is the title.
    let alone = blocks.iter().filter(|block| level(block) == top).count() == 1;
    let first = first.filter(|at| alone && level(&blocks[*at]) == top);
    let same =
        |at: &usize| head.title.as_deref().is_none_or(|title| same_words(title, &blocks[*at].text));
    let heading = first.filter(same).map(|at| blocks.remove(at).text);
    let title = head.title.clone().or(heading).or_else(|| head.fallback.clone());
    (title.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" ")), blocks)
}

fn same_words(a: &str, b: &str) -> bool {
    passages::normalized(a) == passages::normalized(b)
}

/// The language that its texts are written in.
fn language(article: &Article) -> crate::text::language::Language {
    let paragraphs = article.sections.iter().flat_map(|s| &s.paragraphs).map(|p| &p.body);
    let entries = article.faqs.iter().flat_map(|f| [&f.question, &f.answer]);
    let texts: Vec<&str> = paragraphs.chain(entries).map(|t| t.text.as_str()).collect();
    detection::of_article(&texts.join("\n"))
}

/// Whether a heading asks.
pub fn asks(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || "\"'”’»)*_`¶#".contains(c));
    (text.ends_with(['?', '？', '؟', '⸮']) && !shape::invites(text)) || is_marked(text)
}

/// Whether a line is a question by its mark, as in `Q: Why?`.
pub fn is_marked(text: &str) -> bool {
    let start = &text[..text.floor_char_boundary(LONGEST_MARK)];
    shape::marked_question(start).is_some_and(|question| !question.is_empty())
}

struct Entry {
    level: u8,
    question: usize,
    section: Option<String>,
    answer: Vec<usize>,
}

struct Outline<'a> {
    source: &'a Source<'a>,
    blocks: &'a [Block],
    article: Article,
    problems: Problems,
    /// Levels at which a heading asks.
    asking: HashSet<u8>,
    /// Headings above, by level; those that are no entries.
    above: Vec<(u8, String)>,
    /// The level below which headings are questions; 0 for the whole file.
    questions: Option<u8>,
    entry: Option<Entry>,
    /// Blocks of the paragraph that is being put together.
    open: Vec<usize>,
    summary: bool,
}

impl<'a> Outline<'a> {
    fn new(source: &'a Source<'a>, blocks: &'a [Block], article: Article) -> Self {
        let asking = blocks.iter().filter(|b| asks(&b.text)).filter_map(level).collect();
        let faq = [article.title.as_str(), article.file.as_str()];
        let questions = faq.into_iter().any(shape::names_questions).then_some(0);
        Self {
            source,
            blocks,
            article,
            problems: Problems::default(),
            asking,
            above: Vec::new(),
            questions,
            entry: None,
            open: Vec::new(),
            summary: false,
        }
    }

    fn read(&mut self) {
        if self.is_one_entry() {
            let answer: Vec<&Block> = self.blocks.iter().filter(|b| !b.text.is_empty()).collect();
            let answer = joined(self.source, &answer);
            let place = self.source.span(answer.span.bytes.start..answer.span.bytes.start);
            let text = self.article.title.clone();
            let question = Text { text, span: place, literal: false, code: Vec::new() };
            self.article.faqs.push(FaqEntry::new(question, Vec::new(), answer));
            return;
        }
        for at in 0..self.blocks.len() {
            self.block(at);
        }
        self.close_entry();
        self.close_paragraph();
    }

    /// Whether the title is the question and all below it the answer.
    fn is_one_entry(&self) -> bool {
        let others = self.blocks.iter().filter(|b| level(b).is_some() && asks(&b.text)).count();
        let text = self.blocks.iter().any(|b| level(b).is_none() && b.kind != Kind::End);
        asks(&self.article.title) && others < MANY && text
    }

    fn block(&mut self, at: usize) {
        let block = &self.blocks[at];
        if let Some(level) = level(block)
            && self.is_entry(at, level)
        {
            self.close_entry();
            self.close_paragraph();
            let section = self.above.iter().rfind(|(above, _)| *above < level);
            let section = section.map(|(_, heading)| heading.clone());
            self.entry = Some(Entry { level, question: at, section, answer: Vec::new() });
            return;
        }
        match (block.kind, &mut self.entry) {
            (Kind::End, entry) => {
                if entry.as_ref().is_some_and(|entry| !entry.answer.is_empty()) {
                    self.close_entry();
                }
            }
            (Kind::Heading(level), Some(entry)) if level > entry.level && entry.level < BOLD => {
                entry.answer.push(at);
            }
            (Kind::Heading(level), _) => self.heading(at, level),
            (_, Some(entry)) => entry.answer.push(at),
            _ => self.body(at),
        }
    }

    /// Whether a heading, a bold line or a term is a question that an answer follows.
    fn is_entry(&self, at: usize, level: u8) -> bool {
        let text = &self.blocks[at].text;
        let inside = self
            .entry
            .as_ref()
            .is_some_and(|entry| entry.level < level && asks(&self.blocks[entry.question].text));
        let in_questions = self.questions.is_some_and(|above| level > above);
        match level {
            BOLD => asks(text) && !inside,
            TERM => asks(text) || in_questions,
            // Among questions, their neighbours are entries too: "It does not start."
            _ => asks(text) || (in_questions && self.is_neighbour(at, level)),
        }
    }

    /// A heading without a question mark, with text below it and questions at its side.
    fn is_neighbour(&self, at: usize, level: u8) -> bool {
        let below = &self.blocks[at + 1..];
        let content = below.first().is_some_and(|block| self::level(block).is_none());
        let own = below.iter().take_while(|b| self::level(b).is_none_or(|l| l > level));
        let mut deeper = own.filter(|block| self::level(block).is_some() && asks(&block.text));
        let inside = self.entry.as_ref().is_some_and(|entry| entry.level < level);
        self.asking.contains(&level) && content && !inside && deeper.next().is_none()
    }

    fn heading(&mut self, at: usize, level: u8) {
        self.close_entry();
        self.close_paragraph();
        let text = &self.blocks[at].text;
        let part = shape::part(text);
        if self.questions.is_some_and(|above| above > 0 && level <= above) {
            self.questions = None;
        }
        if part == Some(Part::Faq) && self.questions.is_none() {
            self.questions = Some(level);
        }
        self.summary = part == Some(Part::Summary) && self.article.sections.is_empty();
        self.above.retain(|(above, _)| *above < level);
        self.above.push((level, text.clone()));
        let heading = Some(text.clone());
        self.article.sections.push(Section { heading, paragraphs: Vec::new() });
    }

    /// Text that answers no question: paragraphs, with what belongs to them.
    fn body(&mut self, at: usize) {
        let belongs = self.open.last().is_some_and(|last| {
            let (above, block) = (&self.blocks[*last], &self.blocks[at]);
            let start = self.blocks[self.open[0]].bytes.start;
            let size = block.bytes.end.saturating_sub(start);
            let led = self.blocks[self.open[0]].text.trim_end().ends_with([':', '：']);
            let joins = match block.kind {
                Kind::Point if above.kind == Kind::Point => led || size <= LONG_LIST,
                Kind::Point => led,
                Kind::Code | Kind::Row => true,
                _ => matches!(above.kind, Kind::Bold | Kind::Term),
            };
            joins && size <= LONGEST && !self.summary
        });
        if !belongs {
            self.close_paragraph();
        }
        self.open.push(at);
    }

    fn close_paragraph(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let blocks: Vec<&Block> = self.open.drain(..).map(|at| &self.blocks[at]).collect();
        let body = joined(self.source, &blocks);
        let point = shape::bullet(&body.text).unwrap_or(&body.text);
        let label = shape::label(point).map(str::to_owned);
        let paragraph = Paragraph { label, body };
        if self.summary {
            self.article.summary.push(paragraph);
            return;
        }
        if self.article.sections.is_empty() {
            self.article.sections.push(Section { heading: None, paragraphs: Vec::new() });
        }
        if let Some(section) = self.article.sections.last_mut() {
            section.paragraphs.push(paragraph);
        }
    }

    fn close_entry(&mut self) {
        let Some(entry) = self.entry.take() else { return };
        let question = &self.blocks[entry.question];
        let mut answer: Vec<&Block> = entry.answer.iter().map(|at| &self.blocks[*at]).collect();
        let mut alternates = Vec::new();
        let phrasings = answer.iter().map_while(|block| shape::alternates(&block.text));
        let count = phrasings.map(|more| alternates.extend(more)).count();
        answer.drain(..count);
        // Headings alone answer nothing.
        let line = self.source.span(question.bytes.clone()).lines.0;
        if answer.iter().all(|block| level(block).is_some_and(|level| level < BOLD)) {
            let above = matches!(question.kind, Kind::Heading(_));
            if above && self.blocks.get(entry.question + 1).is_some_and(|b| level(b).is_some()) {
                self.above.retain(|(above, _)| *above < entry.level);
                self.above.push((entry.level, question.text.clone()));
                return;
            }
            let why = "a question without an answer: write the answer below it";
            self.problems.push(Problem::new(&self.article.file, line, why));
            return;
        }
        let mut answer = joined(self.source, &answer);
        self.without_mark(&mut answer);
        let number = shape::number(&question.text);
        let mut question = joined(self.source, &[question]);
        if let Some(bare) = shape::marked_question(&question.text) {
            question = Text { text: bare.to_owned(), literal: false, ..question };
        }
        let section = entry.section;
        let new = FaqEntry::new(question, alternates, answer);
        self.article.faqs.push(FaqEntry { section, number, ..new });
    }

    /// Takes the `A:` from the head of an answer.
    fn without_mark(&self, answer: &mut Text) {
        let Some(bare) = shape::marked_answer(&answer.text).filter(|bare| !bare.is_empty()) else {
            return;
        };
        let cut = answer.text.len() - bare.len();
        answer.text = bare.to_owned();
        answer.code = passages::within(&answer.code, cut..cut + answer.text.len());
        if answer.literal {
            let bytes = &answer.span.bytes;
            answer.span = self.source.span(bytes.start + cut..bytes.end);
        }
    }

    /// Takes in questions and answers that are told to machines, once each: what machines are
    /// told is whole, what is seen may be folded.
    fn machine_readable(&mut self, faqs: &[(String, String, std::ops::Range<usize>)]) {
        let told: HashSet<String> =
            faqs.iter().map(|(q, _, _)| passages::question_key(q)).collect();
        self.article
            .faqs
            .retain(|entry| !told.contains(&passages::question_key(&entry.question.text)));
        let mut seen = HashSet::new();
        for (question, answer, bytes) in faqs {
            if !seen.insert(passages::question_key(question)) {
                continue;
            }
            let text = |text: &str| Text {
                text: text.to_owned(),
                literal: self.source.text.get(bytes.clone()) == Some(text),
                code: Vec::new(),
                span: self.source.span(bytes.clone()),
            };
            self.article.faqs.push(FaqEntry::new(text(question), Vec::new(), text(answer)));
        }
    }
}

/// How deep what stands below a block is nested, where anything does.
fn level(block: &Block) -> Option<u8> {
    match block.kind {
        Kind::Heading(level) => Some(level),
        Kind::Bold => asks(&block.text).then_some(BOLD),
        Kind::Term => Some(TERM),
        Kind::Paragraph => is_marked(&block.text).then_some(BOLD),
        _ => None,
    }
}
