//! Builds the next generation and makes it the current one.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::corpus::files::FileStamp;
use crate::corpus::problem::Problem;
use crate::corpus::{self, Corpus};
use crate::index::generations::{BuildLock, Generations};
use crate::index::manifest::{self, Manifest};
use crate::index::reader::Reader;
use crate::index::writer;
use crate::publishing::{Progress, Sources, Stage};

/// What a sync did.
#[derive(Debug, Clone)]
pub struct Report {
    /// Whether a generation was built; not where nothing had changed.
    pub built: bool,
    /// Files that are new, changed, and gone since the generation before.
    pub added: usize,
    /// See `added`.
    pub changed: usize,
    /// See `added`.
    pub removed: usize,
    /// Articles in the current generation.
    pub articles: u64,
    /// Passages in the current generation.
    pub passages: u64,
    /// What is wrong with the corpus.
    pub problems: Vec<Problem>,
    /// The generation's content hash.
    pub generation: String,
    /// How long it took.
    pub took: Duration,
}

/// Brings the index up to date; `rebuild` builds even where nothing changed. Fails at once
/// where another process is building.
pub fn sync(sources: &Sources, rebuild: bool, progress: &Progress<'_>) -> anyhow::Result<Report> {
    corpus::files::list(&sources.corpus)?;
    let generations = Generations::new(&sources.index.folder);
    let lock = generations.lock()?;
    sync_locked(sources, &generations, &lock, rebuild, progress)
}

/// The same, but waits for another process that is building already.
pub(super) fn sync_waiting(sources: &Sources, progress: &Progress<'_>) -> anyhow::Result<Report> {
    corpus::files::list(&sources.corpus)?;
    let generations = Generations::new(&sources.index.folder);
    let lock = generations.lock_waiting()?;
    sync_locked(sources, &generations, &lock, false, progress)
}

fn sync_locked(
    sources: &Sources,
    generations: &Generations,
    lock: &BuildLock,
    rebuild: bool,
    progress: &Progress<'_>,
) -> anyhow::Result<Report> {
    let started = Instant::now();
    let corpus = corpus::load(&sources.corpus, &|done, all| progress(Stage::Reading, done, all))?;
    let before = generations.current().ok();
    let stamps = before.as_deref().and_then(|f| manifest::read_stamps(f).ok()).unwrap_or_default();
    let changes = Changes::between(&stamps, &corpus.stamps);
    let report = |manifest: &Manifest, built| Report {
        built,
        added: changes.added,
        changed: changes.changed,
        removed: changes.removed,
        articles: manifest.articles,
        passages: manifest.passages,
        problems: corpus.problems.clone(),
        generation: manifest.generation.clone(),
        took: started.elapsed(),
    };
    if corpus.articles.is_empty() {
        anyhow::bail!(nothing_to_index(sources, &corpus));
    }
    let wanted = manifest::generation_id(&corpus.stamps);
    if let Some(folder) = before.filter(|_| !rebuild)
        && let Ok(reader) = Reader::open(&folder)
        && reader.manifest().generation == wanted
    {
        manifest::write_stamps(&folder, &corpus.stamps)?;
        return Ok(report(reader.manifest(), false));
    }
    let manifest = build(generations, lock, &wanted, &corpus, progress)?;
    Ok(report(&manifest, true))
}

fn build(
    generations: &Generations,
    lock: &BuildLock,
    wanted: &str,
    corpus: &Corpus,
    progress: &Progress<'_>,
) -> anyhow::Result<Manifest> {
    let folder = generations.begin(lock, wanted)?;
    let built = writer::build(&folder, corpus, &|done, all| progress(Stage::Indexing, done, all))
        .and_then(|manifest| {
            // What was written is read once before anybody depends on it.
            Reader::open(&folder)?.verify_files()?;
            Ok(manifest)
        })
        .and_then(|manifest| generations.publish(lock, &folder).map(|()| manifest));
    if built.is_err() {
        generations.abandon(lock, &folder);
    }
    built
}

fn nothing_to_index(sources: &Sources, corpus: &Corpus) -> String {
    let folder = sources.corpus.folder.display();
    match corpus.problems.first() {
        None => format!(
            "corpus folder {folder}: holds no article yet: put .txt files there, or name another folder with --corpus"
        ),
        Some(problem) => {
            let more = match corpus.problems.len() {
                1 => String::new(),
                n => format!(" (and {} more: run `faqbot check`)", n - 1),
            };
            format!("corpus folder {folder}: holds no article that can be read: {problem}{more}")
        }
    }
}

struct Changes {
    added: usize,
    changed: usize,
    removed: usize,
}

impl Changes {
    fn between(before: &[FileStamp], after: &[FileStamp]) -> Self {
        let old: HashMap<&str, &str> =
            before.iter().map(|s| (s.path.as_str(), s.hash.as_str())).collect();
        let known = after.iter().filter_map(|s| Some((s, *old.get(s.path.as_str())?)));
        let changed = known.clone().filter(|(s, hash)| s.hash != *hash).count();
        let kept = known.count();
        Self { added: after.len() - kept, changed, removed: before.len() - kept }
    }
}
