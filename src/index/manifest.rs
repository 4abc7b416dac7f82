//! What a generation was built from, written beside its files.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::corpus;
use crate::corpus::dates::Date;
use crate::corpus::files::FileStamp;
use crate::corpus::problem::Problem;
use crate::index::analyzer;
use crate::index::schema::FORMAT;
use crate::text::language::Language;

/// The last file of a build.
pub const MANIFEST: &str = "manifest.json";
const STAMPS: &str = "stamps.json";
/// The list of all articles, newest first.
pub(super) const ARTICLES: &str = "articles.json";

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
    /// The date of the newest article.
    pub newest: Option<Date>,
    /// Hash of the table of synonyms; empty in generations from before there was one.
    #[serde(default)]
    pub synonyms: String,
    /// What was wrong with the corpus when it was read.
    pub problems: Vec<Problem>,
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
pub fn generation_id(stamps: &[FileStamp]) -> String {
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
        read_json(&folder.join(MANIFEST))
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

/// What the files looked like when the generation was built, or last seen unchanged.
pub fn read_stamps(folder: &Path) -> anyhow::Result<Vec<FileStamp>> {
    read_json(&folder.join(STAMPS))
}

/// Replaces the stamps of a generation.
pub fn write_stamps(folder: &Path, stamps: &[FileStamp]) -> anyhow::Result<()> {
    write_json(&folder.join(STAMPS), &stamps)
}

/// Writes the list of articles.
pub fn write_articles(folder: &Path, articles: &[ArticleEntry]) -> anyhow::Result<()> {
    write_json(&folder.join(ARTICLES), &articles)
}

fn read_json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let bytes = fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{}: is damaged", path.display()))
}

/// Writes beside the old file and swaps, so that a reader sees the old or the new one whole.
fn write_json<T: Serialize>(path: &Path, value: &T) -> anyhow::Result<()> {
    let beside = path.with_extension("new");
    let write = || -> anyhow::Result<()> {
        let file = fs::File::create(&beside)?;
        serde_json::to_writer(std::io::BufWriter::new(&file), value)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        Ok(())
    };
    write().with_context(|| format!("{}: cannot be written", path.display()))
}
