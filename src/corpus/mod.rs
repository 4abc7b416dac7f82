//! A folder in, articles and passages out, with every problem as a value.
//!
//! [`files`] finds and reads the files, [`decoding`] makes text of their bytes, [`formats`] has a
//! parser for each format, [`excerpt`] shows lines of a file, [`passages`] cuts an article into what can be an answer,
//! [`synonyms`] and [`questions`] parse the two files that are no articles.
//! A file that is not understood is a [`Problem`]; the others still load.

pub mod dates;
pub mod problem;
pub mod source;

pub mod article;

pub mod decoding;

pub mod excerpt;
pub mod formats;

pub mod passages;

pub mod questions;
pub mod synonyms;

pub mod files;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::corpus::article::Article;
use crate::corpus::files::{FileStamp, Listing, Reading};
use crate::corpus::formats::Parsed;
use crate::corpus::problem::Problem;
use crate::corpus::questions::Questions;

/// Where the articles are and how large a file may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The folder of articles.
    pub folder: std::path::PathBuf,
    /// Files larger than this many MiB are a problem and are not read; 1 to 1024.
    pub max_file_mib: u64,
    /// File endings, without the dot, that are passed over in silence ("png", "pdf").
    pub ignore: Vec<String>,
}

/// All that was read from the folder.
#[derive(Debug, Default)]
pub struct Corpus {
    /// Articles in the order of their ids.
    pub articles: Vec<Article>,
    /// What may be read as something else, from the file of synonyms.
    pub synonyms: Vec<synonyms::Entry>,
    /// What people ask and what should answer it, from the file of golden questions.
    pub questions: Questions,
    /// What every file looked like when it was read, problem files included.
    pub stamps: Vec<FileStamp>,
    /// What was not understood, in the order of files and lines.
    pub problems: Vec<Problem>,
}

/// What one file gave.
#[derive(Debug)]
pub struct Loaded {
    /// What it looked like; without a hash where it could not be read.
    pub stamp: FileStamp,
    /// Its article.
    pub article: Option<Article>,
    /// What may be read as something else, from the file of synonyms.
    pub synonyms: Vec<synonyms::Entry>,
    /// What was not understood.
    pub problems: Vec<Problem>,
}

/// Reads one file of a listing.
pub fn load_file(settings: &Settings, file: &FileStamp) -> Loaded {
    let (decoded, stamp) = match files::read(&settings.folder, file, settings) {
        Reading::Text { text, stamp } => (text, stamp),
        Reading::Refused { problem, stamp } => {
            return Loaded { stamp, article: None, synonyms: Vec::new(), problems: vec![problem] };
        }
    };
    let path = &file.path;
    if path == synonyms::FILE {
        let parsed = synonyms::parse(&decoded.text);
        let (synonyms, problems) = (parsed.entries, parsed.problems);
        return Loaded { stamp, article: None, synonyms, problems };
    }
    let Parsed { mut article, mut problems } = formats::parse(path, &decoded.text);
    problems.extend(decoded.doubts().map(|(line, why)| Problem::new(path, line, why)));
    if let Some(article) = &mut article {
        decoded.place(article);
    }
    Loaded { stamp, article, synonyms: Vec::new(), problems }
}

/// The golden questions of a listing, where there is a file of them.
pub fn golden(settings: &Settings, listing: &Listing) -> Result<Option<Questions>, Problem> {
    let Some(file) = &listing.questions else { return Ok(None) };
    match files::read(&settings.folder, file, settings) {
        Reading::Text { text, .. } => questions::parse(&file.path, &text.text).map(Some),
        Reading::Refused { problem, .. } => Err(problem),
    }
}

/// Reads every article of the folder; `progress` is told files done and files in all.
pub fn load(settings: &Settings, progress: &dyn Fn(usize, usize)) -> anyhow::Result<Corpus> {
    let listing = files::list(settings)?;
    let mut corpus = Corpus::default();
    match golden(settings, &listing) {
        Ok(questions) => corpus.questions = questions.unwrap_or_default(),
        Err(problem) => corpus.problems.push(problem),
    }
    corpus.problems.extend(listing.problems);
    let count = listing.files.len();
    for (done, file) in listing.files.iter().enumerate() {
        let loaded = load_file(settings, file);
        corpus.stamps.push(loaded.stamp);
        corpus.problems.extend(loaded.problems);
        corpus.articles.extend(loaded.article);
        corpus.synonyms.extend(loaded.synonyms);
        progress(done + 1, count);
    }
    tell_ids_apart(&mut corpus);
    corpus.articles.sort_by(|a, b| a.id.cmp(&b.id));
    corpus.problems.extend(passages::same_links(&corpus.articles));
    corpus.problems.sort();
    Ok(corpus)
}

/// Shows every article of the folder to `visit`, in the order of paths and one in memory at a
/// time, until it says stop; gives the number of problems on the way.
pub fn visit(
    settings: &Settings,
    visit: &mut dyn FnMut(Article) -> anyhow::Result<bool>,
) -> anyhow::Result<usize> {
    let listing = files::list(settings)?;
    let (mut problems, mut ids) = (listing.problems.len(), HashSet::new());
    for file in &listing.files {
        let loaded = load_file(settings, file);
        problems += loaded.problems.len();
        let Some(mut article) = loaded.article else { continue };
        if !ids.insert(article.id.clone()) {
            problems += 1;
            article.id.clone_from(&article.file);
            ids.insert(article.id.clone());
        }
        if !visit(article)? {
            break;
        }
    }
    Ok(problems)
}

/// Two files with one article id are both kept, the later one under its file name.
fn tell_ids_apart(corpus: &mut Corpus) {
    let mut first: HashMap<String, String> = HashMap::new();
    for article in &mut corpus.articles {
        if let Some(other) = first.get(&article.id) {
            corpus.problems.push(same_id(article, other));
            article.id = article.file.clone();
        }
        first.insert(article.id.clone(), article.file.clone());
    }
}

/// That an article has the id of that of another file.
pub fn same_id(article: &Article, other: &str) -> Problem {
    let id = &article.id;
    let message = format!("has the same article id `{id}` as {other}: give one of them another id");
    Problem::new(&article.file, 1, message)
}

/// That a passage has the short id of another one.
pub fn same_link(file: &str, line: u32, is_question: bool, other: (&str, u32)) -> Problem {
    let what = if is_question { "question" } else { "text" };
    let (other, at) = other;
    let message = format!(
        "has the same {what} as {other}:{at}, so one link would mean both: change or remove one"
    );
    Problem::new(file, line, message)
}

/// A hash of what the parsers make of a probe of each kind, and of the version of the program:
/// another reading of the same files means another index.
pub fn fingerprint() -> &'static str {
    static FINGERPRINT: LazyLock<String> = LazyLock::new(of_probes);
    &FINGERPRINT
}

fn of_probes() -> String {
    const SYNONYMS: &str =
        "[[same]]\nwords = [\"a  b\", \"c\"]\n[[read]]\nfrom = \"d\"\nas = [\"e\"]\n";
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    for format in formats::FORMATS {
        let article = format.parse("probe", format.probe()).article;
        for passage in article.iter().flat_map(passages::of_article) {
            hasher.update(format!("{passage:?}").as_bytes());
        }
    }
    hasher.update(format!("{:?}", synonyms::parse(SYNONYMS).entries).as_bytes());
    hasher.finalize().to_hex()[..16].to_owned()
}
