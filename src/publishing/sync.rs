//! Builds the next generation and makes it the current one.

use std::collections::HashMap;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::corpus::files::FileStamp;
use crate::corpus::formats;
use crate::corpus::problem::Problem;
use crate::corpus::{self, Corpus};
use crate::index::generations::{BuildLock, Generations};
use crate::index::manifest::{self, Manifest};
use crate::index::reader::Reader;
use crate::index::vectors::Vectors;
use crate::index::writer;
use crate::publishing::meaning::{self, FEW_TEXTS, Known};
use crate::publishing::{Opened, Progress, Sources, Stage};
use crate::semantic::model::Model;

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
    /// Texts that have no vector yet.
    pub missing: usize,
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

/// Works out the vectors that the current generation lacks, and makes one with all of them the
/// current one. Meanwhile articles may change and generations go live; waits only for another
/// process that works out vectors of the same model.
pub fn complete(sources: &Sources, progress: &Progress<'_>) -> anyhow::Result<()> {
    let Some(model) = sources.model.as_deref() else { return Ok(()) };
    let generations = Generations::new(&sources.index.folder);
    loop {
        let before = generations.current()?;
        let reader = Reader::open(&before)?;
        if meaning::is_complete(&reader, model) {
            return Ok(());
        }
        let mut known = Known::new(model, &sources.index.folder, reader.vectors(), true)?;
        if generations.current()? != before {
            // The process that was waited for has made one.
            continue;
        }
        let missing = known.missing(&reader)?;
        known.work_out(&reader, missing, &|done, all| progress(Stage::Meaning, done, all))?;
        let lock = generations.lock_waiting()?;
        if generations.current()? != before {
            continue;
        }
        let folder = generations.begin(&lock, &reader.manifest().generation)?;
        let built = known
            .write(&reader, &folder)
            .and_then(|()| meaning::link_others(&before, &folder))
            .and_then(|()| Ok(Reader::open(&folder)?.verify_files()?))
            .and_then(|()| generations.publish(&lock, &folder));
        match built {
            Ok(()) => known.finish(),
            Err(_) => generations.abandon(&lock, &folder),
        }
        return built;
    }
}

/// The same in a thread of its own, where a generation lacks vectors; what came of it is handed
/// to `then`.
pub fn complete_in_background(
    sources: &Sources,
    reader: &Reader,
    then: impl FnOnce(anyhow::Result<Opened>) + Send + 'static,
) {
    let lacks = |model: &Model| !meaning::is_complete(reader, model);
    if !sources.model.as_deref().is_some_and(lacks) {
        return;
    }
    let sources = sources.clone();
    thread::spawn(move || {
        let completed = complete(&sources, &|_, _, _| {}).and_then(|()| {
            let folder = Generations::new(&sources.index.folder).current()?;
            Ok(Opened { reader: Reader::open(&folder)?, report: None, notes: Vec::new() })
        });
        then(completed);
    });
}

/// The same as [`sync`], but waits for another process that is building already.
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
    let report = |manifest: &Manifest, missing, built| Report {
        built,
        missing,
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
        let missing = match sources.model.as_deref() {
            Some(model) if !meaning::is_complete(&reader, model) => {
                Known::new(model, &sources.index.folder, reader.vectors(), false)?
                    .missing(&reader)?
            }
            _ => 0,
        };
        return Ok(report(reader.manifest(), missing, false));
    }
    let before = generations.current().and_then(|folder| Reader::open(&folder)).ok();
    let before = before.as_ref().and_then(Reader::vectors);
    let vectors = |folder: &Path| add_vectors(sources, folder, before, progress);
    let (manifest, (missing, known)) =
        build(generations, lock, &wanted, &corpus, &vectors, progress)?;
    if let Some(known) = known.filter(|_| missing == 0) {
        known.finish();
    }
    Ok(report(&manifest, missing, true))
}

/// Gives a generation that is not live yet the vectors that are known or quickly worked out;
/// gives how many texts go without, and what can be dropped once the generation is live.
fn add_vectors<'a>(
    sources: &'a Sources,
    folder: &Path,
    before: Option<&Vectors>,
    progress: &Progress<'_>,
) -> anyhow::Result<Added<'a>> {
    let Some(model) = sources.model.as_deref() else { return Ok((0, None)) };
    let reader = Reader::open(folder)?;
    let mut known = Known::new(model, &sources.index.folder, before, false)?;
    let mut missing = known.missing(&reader)?;
    let now = known.is_free() && (model.is_quick() || missing <= FEW_TEXTS);
    let told = |done, all| progress(Stage::Meaning, done, all);
    // A model that fails must not keep articles from being found by their words.
    if now && known.work_out(&reader, missing, &told).is_ok() {
        missing = 0;
    }
    known.write(&reader, folder)?;
    Ok((missing, Some(known)))
}

/// How many texts have no vector, and the vectors that are there.
type Added<'a> = (usize, Option<Known<'a>>);

fn build<'a>(
    generations: &Generations,
    lock: &BuildLock,
    wanted: &str,
    corpus: &Corpus,
    vectors: &dyn Fn(&Path) -> anyhow::Result<Added<'a>>,
    progress: &Progress<'_>,
) -> anyhow::Result<(Manifest, Added<'a>)> {
    let folder = generations.begin(lock, wanted)?;
    let built = writer::build(&folder, corpus, &|done, all| progress(Stage::Indexing, done, all))
        .and_then(|manifest| Ok((manifest, vectors(&folder)?)))
        .and_then(|built| {
            // What was written is read once before anybody depends on it.
            Reader::open(&folder)?.verify_files()?;
            Ok(built)
        })
        .and_then(|built| generations.publish(lock, &folder).map(|()| built));
    if built.is_err() {
        generations.abandon(lock, &folder);
    }
    built
}

fn nothing_to_index(sources: &Sources, corpus: &Corpus) -> String {
    let folder = sources.corpus.folder.display();
    match corpus.problems.first() {
        None => format!(
            "corpus folder {folder}: holds no article yet: put some there ({}), or name another folder with --corpus",
            formats::endings()
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
