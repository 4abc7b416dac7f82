//! Articles to read: one whole, or the lines around an answer.

use std::fmt::Write;
use std::ops::Range;
use std::path::Path;

use anstyle::Style;

use crate::answering::Answerer;
use crate::answering::reply::Answer;
use crate::corpus::excerpt;
use crate::corpus::formats::{self, plain, shape};
use crate::corpus::passages::{Kind, Passage};
use crate::faces::plain::layout::{Break, Layout, lines};
use crate::faces::plain::{dim, markup, push_cited};
use crate::faces::rich::{Mark, Rich, visible};
use crate::faces::wording::Tongue;
use crate::index::manifest::{self, ArticleEntry};
use crate::index::reader::Reader;

const DIM: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();
/// Lines shown before and after an answer.
const AROUND: u32 = 3;
/// Columns of the numbers of lines.
const NUMBERS: usize = 7;

/// Where an answer stands, with its surroundings.
pub fn source(answer: &Answer, layout: Layout, tongue: Tongue) -> String {
    let source = &answer.source;
    let mut cited = Rich::default();
    push_cited(source, &Mark::none(), layout, tongue, &mut cited);
    let mut out = lines(&cited, layout, Break::Blanks, 0);
    let mut place = Rich::of(&source.file, Mark { whole: true, ..Mark::none() });
    place.plain(&format!(", {}", tongue.line_range(source.lines)));
    out.push_str(&lines(&place, layout, Break::Blanks, 0));
    out.push_str(&shown(&answer.passage, Mark::dim(), layout));
    if let Some(url) = &source.url {
        let mark = Mark { link: Some(url.clone()), ..Mark::none() };
        out.push_str(&lines(&Rich::of(url, mark), layout, Break::Blanks, 0));
    }
    let text = (&source.bytes, answer.text.as_str());
    let Ok(excerpt) = excerpt::read(Path::new(&source.file), source.lines, AROUND, text) else {
        return out + &dim(tongue.texts().prompt.file_gone, layout);
    };
    if source.literal && !excerpt.is_unchanged {
        out.push_str(&dim(tongue.texts().prompt.file_changed, layout));
    }
    out.push('\n');
    for (number, line) in &excerpt.lines {
        let inside = (source.lines.0..=source.lines.1).contains(number);
        push_line(*number, line, inside, layout, &mut out);
    }
    out
}

/// A line of a file behind its number.
fn push_line(number: u32, line: &str, inside: bool, layout: Layout, out: &mut String) {
    let mark = if inside { Mark::none() } else { Mark::dim() };
    let narrower = layout.width.map(|width| width.saturating_sub(NUMBERS));
    let layout = Layout { width: narrower, ..layout };
    let text = lines(&Rich::of(&line.replace('\t', "    "), mark), layout, Break::Anywhere, 0);
    let sign = if inside { '>' } else { ' ' };
    let style = if inside { STRONG } else { DIM };
    let _ = write!(out, "{style}{sign}{number:>4}{style:#}  ");
    for (n, part) in text.lines().enumerate() {
        if n > 0 {
            let _ = write!(out, "{:NUMBERS$}", "");
        }
        out.push_str(part);
        out.push('\n');
    }
    if text.is_empty() {
        out.push('\n');
    }
}

/// A whole article: as its file has it where people read that as it is, else passage by passage
/// as the index has it; `None` where it has none of this id.
pub fn article(
    answerer: &Answerer,
    id: &str,
    layout: Layout,
    tongue: Tongue,
) -> anyhow::Result<Option<String>> {
    let reader = answerer.reader();
    let records = manifest::read_records(reader.folder())?;
    let record = records.into_iter().find(|record| record.article.as_deref() == Some(id));
    let Some(record) = record else { return Ok(None) };
    let mut passages = reader.passages_of(&record.stamp.path)?;
    passages.retain(|passage| passage.article == id);
    passages.sort_by_key(|passage| passage.bytes.start);
    let Some(first) = passages.first() else { return Ok(None) };
    let texts: Vec<_> = passages.iter().map(|p| (p.bytes.clone(), p.text.as_str())).collect();
    let plain = formats::is_plain(&first.file);
    let written = plain.then(|| excerpt::between(&answerer.folder().join(&first.file), &texts));
    let head = head(first, layout, tongue);
    Ok(Some(match written.flatten() {
        Some(between) => as_written(&passages, &between, layout, head),
        None => one_by_one(&passages, layout, head),
    }))
}

/// Passages with what stands between them in their file: headings, questions, marks of points.
fn as_written(passages: &[Passage], between: &[String], layout: Layout, mut out: String) -> String {
    let mut text = String::new();
    for (n, (passage, before)) in passages.iter().zip(between).enumerate() {
        let (above, lead) = match before.rsplit_once('\n') {
            Some(parts) => parts,
            None => ("", before.as_str()),
        };
        if n == 0 {
            out.push('\n');
            let lines = below_head(above, &passage.title);
            lines.for_each(|line| push_between(line, layout, &mut out));
        } else if before.contains('\n') {
            // Without a break it is a long paragraph in several passages.
            push_text(&text, &[], layout, &mut out);
            text.clear();
            above.split('\n').skip(1).for_each(|line| push_between(line, layout, &mut out));
        }
        text.push_str(lead);
        text.push_str(&passage.text);
    }
    let mut behind = between.get(passages.len()).map_or("", |rest| rest.trim_end()).split('\n');
    text.push_str(behind.next().unwrap_or_default());
    push_text(&text, &[], layout, &mut out);
    behind.for_each(|line| push_between(line, layout, &mut out));
    out
}

/// The lines at the beginning of a file but those that the head tells already: the title, where
/// the first line is that, and what is said of the article right below it.
fn below_head<'a>(above: &'a str, title: &str) -> impl Iterator<Item = &'a str> {
    let above = above.trim_start_matches('\u{feff}');
    let mut lines = above.split('\n').skip_while(|line| line.trim().is_empty()).peekable();
    lines.next_if(|line| plain::title(line.trim()) == title);
    let told = |line: &&str| line.trim().is_empty() || shape::byline(line.trim()).is_some();
    while lines.next_if(told).is_some() {}
    lines
}

/// A line that is no passage.
fn push_between(line: &str, layout: Layout, out: &mut String) {
    let line = line.trim();
    if !line.is_empty() {
        let phrasings = shape::alternates(line).is_some();
        let mark = if phrasings { Mark::dim() } else { Mark::bold() };
        out.push_str(&shown(line, mark, layout));
    } else if !out.ends_with("\n\n") {
        out.push('\n');
    }
}

fn one_by_one(passages: &[Passage], layout: Layout, mut out: String) -> String {
    let (mut section, mut before) = (None, None);
    for passage in passages {
        if passage.section.is_some() && passage.section != section {
            section.clone_from(&passage.section);
            out.push('\n');
            out.push_str(&strong(section.as_deref().unwrap_or_default(), layout));
        }
        // The points of a summary stand together.
        if passage.kind != Kind::Summary || before != Some(Kind::Summary) {
            out.push('\n');
        }
        before = Some(passage.kind);
        if let Some(question) = &passage.question {
            out.push_str(&strong(question, layout));
        }
        // Points have lost the mark before them.
        let point = if passage.kind == Kind::Summary { "- " } else { "" };
        let code = passage.code.iter();
        let code = code.map(|code| code.start + point.len()..code.end + point.len());
        push_text(&format!("{point}{}", passage.text), &code.collect::<Vec<_>>(), layout, &mut out);
    }
    out
}

fn head(first: &Passage, layout: Layout, tongue: Tongue) -> String {
    let date = first.published.map(|date| tongue.day(date));
    let mut rich = Rich::default();
    for fact in [date, first.url.clone(), Some(first.file.clone())].into_iter().flatten() {
        if !rich.text.is_empty() {
            rich.push(&layout.own(" · "), Mark::dim());
        }
        rich.push(&fact, Mark { whole: true, ..Mark::dim() });
    }
    strong(&first.title, layout) + &lines(&rich, layout, Break::Blanks, 0)
}

fn push_text(text: &str, code: &[Range<usize>], layout: Layout, out: &mut String) {
    if layout.width.is_none() {
        let _ = writeln!(out, "{}", visible(text));
    } else {
        out.push_str(&markup::passage(text, code, &[], layout));
    }
}

fn strong(text: &str, layout: Layout) -> String {
    shown(text, Mark::bold(), layout)
}

/// What an article says.
fn shown(text: &str, mark: Mark, layout: Layout) -> String {
    lines(&Rich::of(text, mark), layout, Break::Anywhere, 0)
}

/// The articles that have all these words in their title or among their questions, newest first;
/// all of them without words.
pub fn find(reader: &Reader, words: &str) -> anyhow::Result<Vec<ArticleEntry>> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let mut found = Vec::new();
    reader.visit_articles(|article| {
        let questions = article.questions.iter().map(|question| question.text.as_str());
        let text: Vec<String> = std::iter::once(article.title.as_str())
            .chain(questions)
            .map(str::to_lowercase)
            .collect();
        if words.iter().all(|word| text.iter().any(|text| text.contains(word.as_str()))) {
            found.push(article);
        }
        true
    })?;
    Ok(found)
}
