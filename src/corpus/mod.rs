//! A folder in, articles and passages out, with every problem as a value.
//!
//! [`files`] finds and reads the files, [`decoding`] makes text of their bytes, [`formats`] has a
//! parser for each format, [`passages`] cuts an article into what can be an answer,
//! [`synonyms`] parses the one file that is no article.
//! A file that is not understood is a [`Problem`]; the others still load.

pub mod dates;
pub mod problem;
pub mod source;

pub mod article;

pub mod decoding;

pub mod formats;

pub mod passages;

pub mod synonyms;

pub mod files;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::corpus::article::Article;
use crate::corpus::decoding::Decoded;
use crate::corpus::files::{FileStamp, Reading};
use crate::corpus::problem::Problem;

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
    /// What every file looked like when it was read, problem files included.
    pub stamps: Vec<FileStamp>,
    /// What was not understood, in the order of files and lines.
    pub problems: Vec<Problem>,
}

/// Reads every article of the folder; `progress` is told files done and files in all.
pub fn load(settings: &Settings, progress: &dyn Fn(usize, usize)) -> anyhow::Result<Corpus> {
    let listing = files::list(settings)?;
    let mut corpus = Corpus { problems: listing.problems, ..Corpus::default() };
    let count = listing.files.len();
    for (done, file) in listing.files.into_iter().enumerate() {
        match files::read(&settings.folder, &file, settings) {
            Reading::Text { text, stamp } => {
                corpus.stamps.push(stamp);
                corpus.take(&file.path, &text);
            }
            Reading::Refused { problem, stamp } => {
                corpus.stamps.push(stamp);
                corpus.problems.push(problem);
            }
        }
        progress(done + 1, count);
    }
    tell_ids_apart(&mut corpus);
    corpus.articles.sort_by(|a, b| a.id.cmp(&b.id));
    corpus.problems.extend(passages::same_links(&corpus.articles));
    corpus.problems.sort();
    Ok(corpus)
}

impl Corpus {
    /// Takes in a file that could be read.
    fn take(&mut self, path: &str, decoded: &Decoded) {
        if path == synonyms::FILE {
            let parsed = synonyms::parse(&decoded.text);
            self.problems.extend(parsed.problems);
            self.synonyms = parsed.entries;
            return;
        }
        let parsed = formats::parse(path, &decoded.text);
        self.problems.extend(parsed.problems);
        self.problems.extend(decoded.doubts().map(|(line, why)| Problem::new(path, line, why)));
        self.articles.extend(parsed.article.map(|mut article| {
            decoded.place(&mut article);
            article
        }));
    }
}

/// Two files with one article id are both kept, the later one under its file name.
fn tell_ids_apart(corpus: &mut Corpus) {
    let mut first: HashMap<String, String> = HashMap::new();
    for article in &mut corpus.articles {
        if let Some(other) = first.get(&article.id) {
            corpus.problems.push(Problem::new(
                &article.file,
                1,
                format!(
                    "has the same article id `{}` as {other}: give one of them another id",
                    article.id
                ),
            ));
            article.id = article.file.clone();
        }
        first.insert(article.id.clone(), article.file.clone());
    }
}

/// A hash of what the parsers make of a probe of each kind, and of the version of the program:
/// another reading of the same files means another index.
pub fn fingerprint() -> String {
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
