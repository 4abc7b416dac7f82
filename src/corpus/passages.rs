//! An article in, its passages out: what can be an answer, and where it stands.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::corpus;
use crate::corpus::article::{Article, FaqEntry, Paragraph};
use crate::corpus::dates::Date;
use crate::corpus::problem::Problem;
use crate::text::language::Language;
use crate::text::normalize;
use crate::text::sentences::sentences;
use crate::text::tokenize::{self, tokens};

/// A paragraph longer than this many bytes is cut at sentence ends into pieces of about
/// half of it: long enough to hold an answer in its surroundings, short enough to read.
const LONG: usize = 1600;

/// What a passage was in its article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A question with its answer.
    Faq,
    /// A point of the summary.
    Summary,
    /// A paragraph or point of the body.
    Body,
}

impl Kind {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Faq => "faq",
            Self::Summary => "summary",
            Self::Body => "body",
        }
    }
}

/// What can be an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// `<article id>#<anchor>`.
    pub id: String,
    /// The short form for links and buttons: 10 characters of `a-z2-7`.
    pub link: String,
    /// Its article's id.
    pub article: String,
    /// Its article's title.
    pub title: String,
    /// When its article was published.
    pub published: Option<Date>,
    /// Its article's address on the web.
    pub url: Option<String>,
    /// Its article's language.
    pub language: Language,
    /// What it was in its article.
    pub kind: Kind,
    /// The heading above it.
    pub section: Option<String>,
    /// The question it answers, for a FAQ entry.
    pub question: Option<String>,
    /// Other phrasings of that question.
    pub alternates: Vec<String>,
    /// Whether it opens with the place and date of the article.
    pub dated: bool,
    /// The exact text.
    pub text: String,
    /// The file below the corpus folder.
    pub file: String,
    /// Where the text stands in the file, in bytes.
    pub bytes: Range<usize>,
    /// First and last line, from 1.
    pub lines: (u32, u32),
    /// Whether the bytes of the file are exactly the text.
    pub literal: bool,
    /// Which bytes of the text are lines of code without a mark that says so.
    pub code: Vec<Range<usize>>,
    /// Hash of the text, to be checked before it is shown.
    pub hash: String,
}

impl Passage {
    /// The heading, and for a passage that opens with the date of its article the names
    /// that such a date goes by: people ask "when was it published?".
    pub fn heading_words(&self) -> String {
        let heading = self.section.as_deref().unwrap_or_default();
        let names = match self.language {
            _ if !self.dated => "",
            Language::English => "news published released dated",
            Language::German => "Meldung veröffentlicht gemeldet Datum",
            Language::Spanish => "noticia publicado comunicado fecha",
            Language::French => "communiqué publié paru date",
            _ => "",
        };
        format!("{heading} {names}")
    }

    /// Whether the text is what was read from the file.
    pub fn is_intact(&self) -> bool {
        self.hash == hash(&self.text)
    }
}

/// The first 16 hexadecimal digits of the BLAKE3 hash of a text.
pub fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
}

/// All passages of an article: summary, body, FAQ entries, in this order.
pub fn of_article(article: &Article) -> Vec<Passage> {
    let mut out = Vec::new();
    for (n, point) in article.summary.iter().enumerate() {
        push_paragraph(
            article,
            Kind::Summary,
            Some("Summary"),
            &format!("summary-{}", n + 1),
            point,
            &mut out,
        );
    }
    let mut used: HashMap<String, usize> = HashMap::new();
    for section in &article.sections {
        let slug = section.heading.as_deref().map_or_else(|| "opening".to_owned(), slug);
        let seen = used.entry(slug.clone()).or_insert(0);
        *seen += 1;
        let slug = if *seen == 1 { slug } else { format!("{slug}.{seen}") };
        for (n, paragraph) in section.paragraphs.iter().enumerate() {
            let anchor = format!("{slug}-{}", n + 1);
            push_paragraph(
                article,
                Kind::Body,
                section.heading.as_deref(),
                &anchor,
                paragraph,
                &mut out,
            );
        }
    }
    if article.dateline.as_ref().is_some_and(|d| d.date.is_some())
        && let Some(first) = out.iter_mut().find(|p| p.kind == Kind::Body)
    {
        first.dated = true;
    }
    let mut taken: HashSet<String> = HashSet::new();
    for (n, entry) in article.faqs.iter().enumerate() {
        // A number that some entry has as its name would stand for both.
        let names = [entry.name.as_deref().map(slug), Some(format!("q{}", n + 1))];
        let names = names.into_iter().flatten().chain((1..).map(|m| format!("q{}.{m}", n + 1)));
        let anchor = names.into_iter().find(|name| taken.insert(name.clone()));
        out.push(faq(article, entry, &anchor.unwrap_or_default()));
    }
    out
}

fn slug(heading: &str) -> String {
    let words: Vec<String> = tokens(heading).into_iter().map(|t| t.text).collect();
    if words.is_empty() { "section".to_owned() } else { words.join("-") }
}

fn faq(article: &Article, entry: &FaqEntry, anchor: &str) -> Passage {
    let question = one_line(&entry.question.text);
    let key = normalized(&question);
    let span = entry.answer.span.bytes.clone();
    let mut passage = passage(
        article,
        Kind::Faq,
        entry.section.as_deref(),
        anchor,
        &entry.answer.text,
        span,
        entry.answer.span.lines,
        &key,
    );
    passage.language = entry.language.unwrap_or(article.language);
    passage.literal = entry.answer.literal;
    passage.code.clone_from(&entry.answer.code);
    passage.question = Some(question);
    passage.alternates.clone_from(&entry.alternates);
    passage
}

/// White space of any kind as single blanks.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a text, for comparing texts that differ in case, accents or punctuation.
pub fn normalized(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    tokenize::each(text, |_, word| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&normalize::fold(word));
    });
    out
}

/// A hash that questions share where they differ in nothing but case, accents and punctuation;
/// one without words is the same only where it is written the same.
pub fn question_key(text: &str) -> String {
    let words = normalized(text);
    if words.is_empty() { hash(&format!("\0{}", one_line(text))) } else { hash(&words) }
}

fn push_paragraph(
    article: &Article,
    kind: Kind,
    section: Option<&str>,
    anchor: &str,
    paragraph: &Paragraph,
    out: &mut Vec<Passage>,
) {
    let text = &paragraph.body.text;
    let pieces = pieces(text);
    let (mut seen, mut line) = (0, paragraph.body.span.lines.0);
    for (n, piece) in pieces.iter().enumerate() {
        let anchor =
            if pieces.len() == 1 { anchor.to_owned() } else { format!("{anchor}.{}", n + 1) };
        let start = paragraph.body.span.bytes.start;
        // Pieces come in order, so that each line is counted once.
        let mut line_at = |byte: usize| {
            let breaks = text[seen..byte].matches('\n').count();
            (seen, line) = (byte, line + u32::try_from(breaks).unwrap_or(0));
            line
        };
        let (mut lines, mut bytes) =
            ((line_at(piece.start), line_at(piece.end)), start + piece.start..start + piece.end);
        if !paragraph.body.literal {
            // Where a part of what is seen stands in the file is not known.
            (lines, bytes) = (paragraph.body.span.lines, paragraph.body.span.bytes.clone());
        }
        let text = &text[piece.clone()];
        let mut passage =
            passage(article, kind, section, &anchor, text, bytes, lines, &normalized(text));
        passage.literal = paragraph.body.literal;
        passage.code = within(&paragraph.body.code, piece.clone());
        out.push(passage);
    }
}

/// The parts of ranges that lie in a piece of a text, as places in that piece.
pub fn within(ranges: &[Range<usize>], piece: Range<usize>) -> Vec<Range<usize>> {
    let inside = ranges.iter().map(|range| range.start.max(piece.start)..range.end.min(piece.end));
    let inside = inside.filter(|range| !range.is_empty());
    inside.map(|range| range.start - piece.start..range.end - piece.start).collect()
}

/// The whole text, or for a long one pieces of whole sentences.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    if text.len() <= LONG {
        out.push(0..text.len());
        return out;
    }
    for sentence in sentences(text) {
        match out.last_mut() {
            Some(last) if sentence.end - last.start <= LONG / 2 => last.end = sentence.end,
            _ => out.push(sentence),
        }
    }
    out
}

#[expect(clippy::too_many_arguments, reason = "the fields of one value, each of its own type")]
fn passage(
    article: &Article,
    kind: Kind,
    section: Option<&str>,
    anchor: &str,
    text: &str,
    bytes: Range<usize>,
    lines: (u32, u32),
    key: &str,
) -> Passage {
    Passage {
        id: format!("{}#{anchor}", article.id),
        link: link(&article.id, kind, key),
        article: article.id.clone(),
        title: article.title.clone(),
        published: article.published,
        url: article.url.clone(),
        language: article.language,
        kind,
        section: section.map(str::to_owned),
        question: None,
        alternates: Vec::new(),
        dated: false,
        text: text.to_owned(),
        file: article.file.clone(),
        bytes,
        lines,
        literal: true,
        code: Vec::new(),
        hash: hash(text),
    }
}

/// The short form of a passage id: a hash of what it says, never of where it stands, so
/// that a link stays on its answer when others are put above it.
fn link(article: &str, kind: Kind, key: &str) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let hash = blake3::hash(format!("{article}\0{}\0{key}", kind.name()).as_bytes());
    let bits = hash.as_bytes()[..8].iter().fold(0u64, |bits, b| bits << 8 | u64::from(*b));
    (0..10u32)
        .map(|i| char::from(LETTERS[usize::try_from(bits >> (5 * i) & 31).unwrap_or(0)]))
        .collect()
}

/// Passages that share a short form, so that one link would mean two answers.
pub fn same_links(articles: &[Article]) -> Vec<Problem> {
    let mut first: HashMap<String, (String, u32)> = HashMap::new();
    let mut problems = Vec::new();
    for passage in articles.iter().flat_map(of_article) {
        if let Some((file, line)) = first.get(&passage.link) {
            let is_question = passage.kind == Kind::Faq;
            let problem =
                corpus::same_link(&passage.file, passage.lines.0, is_question, (file, *line));
            problems.push(problem);
            continue;
        }
        first.insert(passage.link, (passage.file, passage.lines.0));
    }
    problems
}
