//! Real text: the question sets beside the project, where there are any, all in one index.

use std::fs;
use std::path::{Path, PathBuf};

use faqbot::corpus::Corpus;
use faqbot::evaluation::beir::{self, Options};
use faqbot::index::writer;

use crate::Done;

/// Questions of each set.
const QUESTIONS: usize = 100;

/// Sets in the BEIR layout.
fn folders() -> Vec<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/eval");
    let inside = fs::read_dir(beside).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> =
        inside.filter(|path| path.join("corpus.jsonl").exists()).collect();
    folders.sort();
    folders
}

/// Indexes all documents into a folder. Gives how many there are, and questions about them; `None`
/// where there are no sets.
pub(crate) fn index(folder: &Path) -> Done<Option<(usize, Vec<String>)>> {
    let folders = folders();
    if folders.is_empty() {
        return Ok(None);
    }
    let options = Options { split: None, alternates: true, sample: Some(QUESTIONS) };
    let (mut articles, mut questions) = (Vec::new(), Vec::new());
    for set in &folders {
        let set = beir::load(set, &options)?;
        articles.extend(set.articles.into_iter().map(|mut article| {
            article.id = format!("{}/{}", set.name, article.id);
            article
        }));
        questions.extend(set.questions.into_iter().map(|question| question.text));
    }
    let count = articles.len();
    let corpus = Corpus { articles, ..Corpus::default() };
    writer::build(folder, &corpus, &|_, _| {})?;
    Ok(Some((count, questions)))
}
