//! One's own questions against one's own articles.

use std::path::Path;

use anyhow::bail;

use crate::corpus::passages::Passage;
use crate::corpus::questions::{Golden, NONE};
use crate::evaluation::baseline::Baseline;
use crate::evaluation::catalogue::Catalogue;
use crate::evaluation::collection::{Baselines, Genre, Part};
use crate::evaluation::lines;
use crate::evaluation::question::{Question, Unit, sample};
use crate::evaluation::question_file::QuestionFile;
use crate::index::reader::Reader;
use crate::text::detection;
use crate::text::tokenize::tokens;

/// The operator's articles, by what they are named.
#[derive(Debug)]
pub struct Articles {
    /// The ids of all articles, and behind them those of all passages.
    pub catalogue: Catalogue,
    /// The same for the baseline, where it is wanted.
    pub baselines: Option<Baselines>,
    count: usize,
}

impl Articles {
    /// All articles and passages of an index.
    pub fn of(reader: &Reader, with_baseline: bool) -> anyhow::Result<Self> {
        let mut passages = Vec::new();
        reader.visit_all(|passage| {
            passages.push(passage);
            true
        })?;
        passages.sort_by(|a, b| (&a.article, &a.id).cmp(&(&b.article, &b.id)));
        let mut names: Vec<String> = passages.iter().map(|p| p.article.clone()).collect();
        names.dedup();
        let count = names.len();
        let baselines = with_baseline.then(|| baselines(&passages, count));
        names.extend(passages.into_iter().map(|p| p.id));
        Ok(Self { catalogue: Catalogue::new(names), baselines, count })
    }
}

fn baselines(passages: &[Passage], articles: usize) -> Baselines {
    let first = u32::try_from(articles).unwrap_or(u32::MAX);
    let mut out =
        Baselines { articles: Baseline::default(), passages: Baseline::numbered_from(first) };
    for own in passages.chunk_by(|a, b| a.article == b.article) {
        let bags: Vec<String> = own.iter().map(bag).collect();
        for (passage, bag) in own.iter().zip(&bags) {
            out.passages.add(bag, passage.language);
        }
        out.articles.add(&bags.join("\n"), own[0].language);
    }
    out
}

/// All that a passage says, and where it stands.
fn bag(passage: &Passage) -> String {
    let phrasings = passage.question.iter().chain(&passage.alternates).chain(&passage.section);
    let parts = phrasings.chain([&passage.title, &passage.text]).map(String::as_str);
    parts.collect::<Vec<_>>().join("\n")
}

/// The questions of a file by their lines, with what answers them found among the articles.
pub fn part(
    path: &Path,
    file: &QuestionFile,
    reader: &Reader,
    articles: &Articles,
    most: Option<usize>,
) -> anyhow::Result<Part> {
    let known = &reader.manifest().languages;
    let mut named = None;
    let mut questions = Vec::with_capacity(file.questions.len());
    for written in &file.questions {
        let (unit, relevant) = expected(written, reader, articles)
            .map_err(|problem| lines::at(path, written.line, &format_args!("{problem:#}")))?;
        if !relevant.is_empty() {
            named.get_or_insert(unit);
        }
        let text = written.ask.clone();
        let language = detection::of_question(&text, &tokens(&text), known);
        let id = written.line.to_string();
        let (answers, history) = (Vec::new(), Vec::new());
        questions.push(Question { id, text, relevant, unit, answers, language, history });
    }
    // Scores of whole articles and of passages cannot be compared.
    let named = named.unwrap_or(Unit::Passage);
    let refused = questions.iter_mut().filter(|question| !question.is_answerable());
    refused.for_each(|question| question.unit = named);
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let documents = articles.count;
    Ok(Part { name, questions: sample(questions, most), genre: Genre::Own, documents })
}

/// What answers a question, and whether articles or passages are meant.
fn expected(
    written: &Golden,
    reader: &Reader,
    articles: &Articles,
) -> anyhow::Result<(Unit, Vec<(String, u32)>)> {
    if written.expect == [NONE] {
        return Ok((Unit::Passage, Vec::new()));
    }
    let (mut units, mut relevant) = (Vec::new(), Vec::new());
    for name in &written.expect {
        let (unit, id) = match articles.catalogue.number(name) {
            Some(number) if (number as usize) < articles.count => (Unit::Article, name.clone()),
            Some(_) => (Unit::Passage, name.clone()),
            None => match reader.passage_by_link(name)? {
                Some(passage) => (Unit::Passage, passage.id),
                None => bail!(
                    "`{name}` is no article, passage or short link of the corpus: `faqbot ask --json` \
                     shows them as `article`, `passage`, `link`"
                ),
            },
        };
        units.push(unit);
        relevant.push((id, 1));
    }
    relevant.sort();
    relevant.dedup();
    match units.first() {
        Some(first) if units.iter().all(|unit| unit == first) => Ok((*first, relevant)),
        _ => bail!("names articles and passages: name the one or the other"),
    }
}
