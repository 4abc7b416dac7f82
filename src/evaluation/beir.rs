//! A BEIR folder in; its documents as articles and its questions out.
//!
//! ```text
//! corpus.jsonl      {"_id": …, "title": …, "text": …, "metadata": {…}}
//! queries.jsonl     {"_id": …, "text": …, "metadata": {…}}
//! qrels/SPLIT.tsv   query-id, corpus-id, score
//! ```
//! Of the metadata are read `kind` (`faq`, `passage`, `article`), `alts` (other phrasings of
//! the question in `title`) and `lang` of documents, `answerable`, `answers`, `lang` and `history`
//! (what was said before, oldest first: a question, its answer, and so on) of queries. What the
//! program does not know is passed over.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use crate::corpus::article::Article;
use crate::corpus::passages::hash;
use crate::evaluation::documents::{self, Document};
use crate::evaluation::lines::{self, Line};
use crate::evaluation::question::{Question, Unit, sample};
use crate::text::language::Language;

/// What of a folder is read.
#[derive(Debug, Clone)]
pub struct Options {
    /// The name of the split; `None` where the folder has one only.
    pub split: Option<String>,
    /// Whether FAQ entries keep the other phrasings of their questions.
    pub alternates: bool,
    /// At most so many questions.
    pub sample: Option<usize>,
}

/// A set of questions with the documents that answer them.
#[derive(Debug)]
pub struct Set {
    /// The name of its folder.
    pub name: String,
    /// Its documents, each an article.
    pub articles: Vec<Article>,
    /// Questions that have an answer, and those that are said to have none.
    pub questions: Vec<Question>,
    /// Whether most of its documents are FAQ entries.
    pub is_faq: bool,
    /// The language that most of it is in.
    pub language: Language,
    /// A hash of its documents.
    pub hash: String,
}

#[derive(Deserialize)]
struct Query {
    #[serde(rename = "_id")]
    id: String,
    text: String,
    #[serde(default)]
    metadata: Option<QueryMetadata>,
}

#[derive(Deserialize, Default)]
struct QueryMetadata {
    answerable: Option<bool>,
    lang: Option<String>,
    #[serde(default)]
    answers: Vec<String>,
    #[serde(default)]
    history: Vec<String>,
}

/// Reads a folder.
pub fn load(folder: &Path, options: &Options) -> anyhow::Result<Set> {
    ensure!(
        folder.is_dir(),
        "{}: is no folder: name one that holds corpus.jsonl, queries.jsonl and qrels/",
        folder.display()
    );
    let split = split(folder, options.split.as_deref())?;
    let file = folder.join("corpus.jsonl");
    let documents = read_documents(&file, options.alternates)?;
    let qrels = read_qrels(&split, &documents)?;
    let (mut questions, spoken) = read_queries(&folder.join("queries.jsonl"), &split, qrels)?;
    ensure!(
        questions.iter().any(Question::is_answerable),
        "{}: names no document that answers a question: choose another split with --split",
        split.display()
    );
    let languages = documents.articles.iter().map(|article| article.language);
    let language = commonest(spoken.into_iter()).or_else(|| commonest(languages));
    let language = language.unwrap_or(Language::English);
    for question in &mut questions {
        question.language = language;
    }
    Ok(Set {
        name: name_of(folder),
        is_faq: 2 * documents.entries > documents.articles.len(),
        articles: documents.articles,
        questions: sample(questions, options.sample),
        language,
        hash: documents.hash,
    })
}

/// The name of a folder, also where it was given as `.` or `a/..`.
fn name_of(folder: &Path) -> String {
    let named = folder.file_name().map(ToOwned::to_owned);
    let resolved = || fs::canonicalize(folder).ok()?.file_name().map(ToOwned::to_owned);
    let name = named.or_else(resolved);
    name.map_or_else(|| folder.display().to_string(), |n| n.to_string_lossy().into_owned())
}

fn commonest(languages: impl Iterator<Item = Language>) -> Option<Language> {
    let mut counts: HashMap<Language, usize> = HashMap::new();
    languages.for_each(|language| *counts.entry(language).or_default() += 1);
    counts.into_iter().max_by_key(|(language, n)| (*n, std::cmp::Reverse(*language))).map(|m| m.0)
}

/// The file of judgements: that of the wanted split, or the only one.
fn split(folder: &Path, wanted: Option<&str>) -> anyhow::Result<PathBuf> {
    let qrels = folder.join("qrels");
    let mut found: Vec<String> = fs::read_dir(&qrels)
        .with_context(|| format!("{}: cannot be read: put SPLIT.tsv there", qrels.display()))?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".tsv").map(str::to_owned))
        .collect();
    found.sort();
    let listed = found.join(", ");
    match (wanted, found.as_slice()) {
        (_, []) => bail!("{}: holds no split: put SPLIT.tsv there", qrels.display()),
        (Some(wanted), _) if found.iter().any(|name| name == wanted) => {
            Ok(qrels.join(format!("{wanted}.tsv")))
        }
        (Some(wanted), _) => {
            bail!(
                "{}: holds no split `{wanted}`, but {listed}: choose with --split",
                qrels.display()
            )
        }
        (None, [only]) => Ok(qrels.join(format!("{only}.tsv"))),
        (None, _) => bail!("{}: holds {listed}: choose one with --split", qrels.display()),
    }
}

#[derive(Default)]
struct Documents {
    articles: Vec<Article>,
    ids: HashSet<String>,
    entries: usize,
    hash: String,
}

fn read_documents(path: &Path, alternates: bool) -> anyhow::Result<Documents> {
    let mut out = Documents { hash: alternates.to_string(), ..Documents::default() };
    let file = path.to_string_lossy();
    lines::each(path, |line| {
        let document: Document = parsed(line, "document", "title")?;
        ensure!(
            !document.id.is_empty() && out.ids.insert(document.id.clone()),
            "document id `{}` is empty or stands above already: give each document its own",
            document.id
        );
        out.hash = hash(&format!("{}{}", out.hash, hash(line.text)));
        out.entries += usize::from(document.is_entry());
        out.articles.push(documents::article(document, &file, line, alternates));
        Ok(())
    })?;
    ensure!(!out.articles.is_empty(), "{}: holds no document: put one a line", path.display());
    Ok(out)
}

fn parsed<'a, T: Deserialize<'a>>(line: &Line<'a>, what: &str, more: &str) -> anyhow::Result<T> {
    serde_json::from_str(line.text).map_err(|error| {
        let problem = lines::json_problem(&error);
        anyhow::anyhow!(
            "is no {what} ({problem}): write one JSON object a line with `_id`, `{more}`, `text`"
        )
    })
}

/// What answers each query; only grades above zero count.
type Qrels = HashMap<String, (u32, Vec<(String, u32)>)>;

fn read_qrels(path: &Path, documents: &Documents) -> anyhow::Result<Qrels> {
    let (mut qrels, mut pairs) = (Qrels::new(), HashSet::new());
    lines::each(path, |line| {
        let columns: Vec<&str> = line.text.split('\t').collect();
        let [query, document, grade] = columns[..] else {
            bail!("needs three columns with tabs between them: query-id, corpus-id, score");
        };
        let Ok(grade) = grade.trim().parse::<i64>() else {
            ensure!(line.number == 1, "the score `{grade}` is no whole number");
            return Ok(());
        };
        ensure!(
            documents.ids.contains(document),
            "document `{document}` does not stand in corpus.jsonl: mend the id or remove the line"
        );
        let (_, judged) = qrels.entry(query.to_owned()).or_insert((line.number, Vec::new()));
        ensure!(
            pairs.insert((query.to_owned(), document.to_owned())),
            "judges document `{document}` again for query `{query}`: remove one of the lines"
        );
        if grade > 0 {
            judged.push((document.to_owned(), u32::try_from(grade).unwrap_or(u32::MAX)));
        }
        Ok(())
    })?;
    Ok(qrels)
}

/// The questions that are judged, and the languages they are in where that is said.
fn read_queries(
    path: &Path,
    split: &Path,
    mut qrels: Qrels,
) -> anyhow::Result<(Vec<Question>, Vec<Language>)> {
    let (mut questions, mut spoken, mut ids) = (Vec::new(), Vec::new(), HashSet::new());
    lines::each(path, |line| {
        let query: Query = parsed(line, "query", "metadata")?;
        let id = query.id;
        ensure!(
            !id.is_empty() && ids.insert(id.clone()),
            "query id `{id}` is empty or stands above already: give each query its own"
        );
        let metadata = query.metadata.unwrap_or_default();
        let relevant = qrels.remove(&id).map(|(_, relevant)| relevant).unwrap_or_default();
        let refusable = metadata.answerable == Some(false);
        ensure!(
            !refusable || relevant.is_empty(),
            "query `{id}` is said to have no answer, but {} names one: mend either",
            split.display()
        );
        if refusable || !relevant.is_empty() {
            spoken.extend(metadata.lang.as_deref().map(documents::language));
            let (answers, language) = (metadata.answers, Language::English);
            let history = metadata.history;
            questions.push(Question {
                id,
                text: query.text,
                relevant,
                unit: Unit::Article,
                answers,
                language,
                history,
            });
        }
        Ok(())
    })?;
    // The earliest line is told, so that the message does not change from run to run.
    match qrels.iter().min_by_key(|(_, (line, _))| *line) {
        None => Ok((questions, spoken)),
        Some((query, (line, _))) => {
            let problem = format!(
                "query `{query}` does not stand in queries.jsonl: mend the id or remove the line"
            );
            Err(lines::at(split, *line, &problem))
        }
    }
}
