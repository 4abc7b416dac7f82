//! An index of articles that are no files, built as any other. Nothing of it is left behind,
//! unless the program is killed while it builds.

use std::path::Path;

use anyhow::Context;
use tempfile::TempDir;

use crate::corpus::Corpus;
use crate::corpus::article::Article;
use crate::corpus::files::FileStamp;
use crate::index::reader::Reader;
use crate::index::writer;
use crate::publishing::meaning;
use crate::semantic::model::Model;

/// A temporary index.
#[derive(Debug)]
pub struct Index {
    /// The open generation.
    pub reader: Reader,
    /// The folder, where it could not be removed already.
    _folder: Option<TempDir>,
}

/// Builds and opens an index of these articles, with vectors where there is a model (and the
/// folder that they are kept in for the next time); `hash` tells them from others, `progress` is
/// told what is done and what there is in all.
pub fn build(
    mut articles: Vec<Article>,
    hash: &str,
    model: Option<(&Model, &Path)>,
    progress: &dyn Fn(usize, usize),
) -> anyhow::Result<Index> {
    articles.sort_by(|a, b| a.id.cmp(&b.id));
    let stamp =
        FileStamp { path: String::new(), size: 0, changed: 0, inode: 0, hash: hash.to_owned() };
    let corpus = Corpus { articles, stamps: vec![stamp], ..Corpus::default() };
    let folder = tempfile::Builder::new()
        .prefix("faqbot-eval-")
        .tempdir()
        .context("no temporary folder can be made: name another place with TMPDIR")?;
    writer::build(folder.path(), &corpus, progress)?;
    if let Some((model, kept)) = model {
        meaning::add_all(folder.path(), model, kept, progress)?;
    }
    let reader = Reader::open(folder.path())?;
    // Where open files may be removed, nothing is left behind whatever ends the program.
    let folder = if cfg!(unix) { folder.close().map(|()| None)? } else { Some(folder) };
    Ok(Index { reader, _folder: folder })
}
