//! What a generation was built from, written beside its files.

use std::collections::HashSet;
use std::fs;
use std::io::{BufWriter, Write};
use std::iter;
use std::path::Path;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::corpus;
use crate::corpus::dates::{self, Date};
use crate::corpus::files::{FileRecord, FileStamp};
use crate::index::analyzer;
use crate::index::checked::{opened_text, sealed_text};
use crate::index::schema::FORMAT;
use crate::text::language::Language;

/// The last file of a build.
pub const MANIFEST: &str = "manifest.json";
const RECORDS: &str = "files.json";
/// The list of all articles, newest first, a line each: the date, the id, the entry in
/// JSON, a checksum.
pub(super) const ARTICLES: &str = "articles.tsv";

/// The identity and the counts of a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Layout of the generation's files.
    pub format: u32,
    /// What the words are cut and stemmed by.
    pub analyzer: String,
    /// What files are parsed by; empty in generations from before it was told.
    #[serde(default)]
    pub parser: String,
    /// Hash of format, analyzer and the content of all files: the same corpus has the same.
    pub generation: String,
    /// Passages in the index.
    pub passages: u64,
    /// FAQ entries among them.
    pub questions: u64,
    /// Articles.
    pub articles: u64,
    /// Languages of the passages, commonest first.
    pub languages: Vec<Language>,
    /// How many passages are in each.
    #[serde(default)]
    pub language_passages: Vec<u64>,
    /// The date of the newest article.
    pub newest: Option<Date>,
    /// Hash of the table of synonyms; empty in generations from before there was one.
    #[serde(default)]
    pub synonyms: String,
}

/// An article in the list of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleEntry {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// When it was published.
    pub published: Option<Date>,
    /// Its FAQ questions.
    pub questions: Vec<QuestionEntry>,
}

/// A FAQ question in the list of all articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionEntry {
    /// The question.
    pub text: String,
    /// The short id of its passage.
    pub link: String,
}

/// Hash over format, analyzer, parser and every file's path and content.
pub fn generation_id<'a>(stamps: impl IntoIterator<Item = &'a FileStamp>) -> String {
    let mut hasher = blake3::Hasher::new();
    let ours = format!("{FORMAT}\0{}\0{}", analyzer::fingerprint(), corpus::fingerprint());
    hasher.update(ours.as_bytes());
    for stamp in stamps {
        hasher.update(format!("\0{}\0{}", stamp.path, stamp.hash).as_bytes());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

impl Manifest {
    /// Reads the manifest of a generation folder.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(MANIFEST);
        let text = read(&path)?;
        let manifest: Self = parsed(&path, text.lines().next().unwrap_or_default())?;
        // Those of other versions may have no checksum, or another one.
        ensure!(
            manifest.format != FORMAT || opened_text(&text, '\n').is_some(),
            "{}: does not match its checksum",
            path.display()
        );
        Ok(manifest)
    }

    /// Writes it; the last file of a build.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        write_json(&folder.join(MANIFEST), self)
    }

    /// Whether this program would build the same from the same files.
    pub fn is_ours(&self) -> bool {
        self.format == FORMAT
            && self.analyzer == analyzer::fingerprint()
            && self.parser == corpus::fingerprint()
    }
}

/// What the files looked like when the generation was built, or last seen unchanged, and what
/// they gave.
pub fn read_records(folder: &Path) -> anyhow::Result<Vec<FileRecord>> {
    let path = folder.join(RECORDS);
    let text = read(&path)?;
    let json = opened_text(&text, '\n');
    parsed(&path, json.with_context(|| format!("{}: is damaged", path.display()))?)
}

/// Replaces the records of a generation.
pub fn write_records(folder: &Path, records: &[FileRecord]) -> anyhow::Result<()> {
    write_json(&folder.join(RECORDS), &records)
}

/// What the list of articles tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Newest {
    /// How many there are.
    pub(super) articles: u64,
    /// The date of the newest.
    pub(super) published: Option<Date>,
}

/// Writes the list of articles: the lines of one before without those of some ids, and new ones.
pub(super) fn write_articles(
    folder: &Path,
    before: &str,
    removed: &HashSet<String>,
    added: &[ArticleEntry],
) -> anyhow::Result<Newest> {
    let removed: HashSet<String> = removed.iter().map(|id| listed(id)).collect();
    let kept = before.lines().filter(|line| !removed.contains(key(line).1));
    let added: Vec<String> = added.iter().map(line).collect::<Result<_, _>>()?;
    let mut lines: Vec<&str> = kept.chain(added.iter().map(String::as_str)).collect();
    // Without a date last.
    lines.sort_by(|a, b| {
        let ((new, a), (old, b)) = (key(b), key(a));
        new.cmp(old).then_with(|| b.cmp(a))
    });
    let path = folder.join(ARTICLES);
    let write = || -> std::io::Result<()> {
        let mut out = BufWriter::new(fs::File::create(&path)?);
        for line in &lines {
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")?;
        }
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
    };
    write().with_context(|| format!("{}: cannot be written", path.display()))?;
    let published = lines.first().and_then(|line| dates::parse(key(line).0));
    Ok(Newest { articles: lines.len() as u64, published })
}

fn line(entry: &ArticleEntry) -> anyhow::Result<String> {
    let date = entry.published.map(|date| date.to_string()).unwrap_or_default();
    let line = format!("{date}\t{}\t{}", listed(&entry.id), serde_json::to_string(entry)?);
    Ok(sealed_text(&line, '\t'))
}

/// An id as it stands in the list: a tab or a line end in it would end it.
fn listed(id: &str) -> String {
    id.replace(['\t', '\n', '\r'], " ")
}

/// The date and the id of a line.
fn key(line: &str) -> (&str, &str) {
    let (date, rest) = line.split_once('\t').unwrap_or((line, ""));
    (date, rest.split_once('\t').map_or(rest, |(id, _)| id))
}

/// The articles of a list, newest first; `None` for a line that cannot be read, and behind the
/// last where the list was cut between two lines.
pub(super) fn articles(list: &str, expected: u64) -> impl Iterator<Item = Option<ArticleEntry>> {
    let read = |line| {
        let line = opened_text(line, '\t')?;
        serde_json::from_str(line.splitn(3, '\t').nth(2)?).ok()
    };
    let cut = move || (list.lines().count() as u64 != expected).then_some(None);
    list.lines().map(read).chain(iter::once_with(cut).flatten())
}

/// Whether a list has so many lines, and every one is what was written.
pub(super) fn is_intact(list: &str, expected: u64) -> bool {
    list.lines().count() as u64 == expected
        && list.lines().all(|line| opened_text(line, '\t').is_some())
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))
}

fn parsed<T: DeserializeOwned>(path: &Path, json: &str) -> anyhow::Result<T> {
    serde_json::from_str(json).with_context(|| format!("{}: is damaged", path.display()))
}

/// Writes JSON and its checksum beside the old file and swaps, so that a reader sees the old or
/// the new one whole.
fn write_json<T: Serialize>(path: &Path, value: &T) -> anyhow::Result<()> {
    let beside = path.with_extension("new");
    let write = || -> anyhow::Result<()> {
        let mut file = fs::File::create(&beside)?;
        file.write_all(sealed_text(&serde_json::to_string(value)?, '\n').as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        Ok(())
    };
    write().with_context(|| format!("{}: cannot be written", path.display()))
}
