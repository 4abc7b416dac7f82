//! Builds the next generation and makes it the current one.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::corpus;
use crate::corpus::files::{FileRecord, Listing};
use crate::corpus::formats;
use crate::corpus::problem::Problem;
use crate::index::generations::{BuildLock, Generations};
use crate::index::manifest::{self, Manifest};
use crate::index::reader::Reader;
use crate::index::vectors::Vectors;
use crate::index::writer::{Builder, Told};
use crate::publishing::changes::{self, Applied, Changes, Counts};
use crate::publishing::meaning::{self, FEW_TEXTS, Known};
use crate::publishing::{Opened, PINNED, Progress, Sources, Stage};
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
    corpus::files::root(&sources.corpus)?;
    let generations = Generations::new(&sources.index.folder);
    let lock = generations.lock()?;
    let report = sync_locked(sources, &generations, &lock, rebuild, progress)?;
    generations.unpin(&lock)?;
    Ok(report)
}

/// Makes the generation before the current one current again and keeps it so, whatever the
/// folder holds, until [`sync`] is asked for.
pub fn roll_back(sources: &Sources) -> anyhow::Result<Reader> {
    let generations = Generations::new(&sources.index.folder);
    let lock = generations.lock()?;
    generations.roll_back(&lock, Reader::open)
}

/// Works out the vectors that the current generation lacks, and makes one with all of them the
/// current one. Meanwhile articles may change and generations go live; waits only for another
/// process that works out vectors of the same model.
pub fn complete(sources: &Sources, progress: &Progress<'_>) -> anyhow::Result<()> {
    let Some(model) = sources.model.as_deref() else { return Ok(()) };
    let generations = Generations::new(&sources.index.folder);
    loop {
        let (before, reader) = generations.open(Reader::open)?;
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
        let folder = generations.begin(&lock)?;
        let built = known
            .write(&reader, &folder)
            .and_then(|()| meaning::link_others(&before, &folder))
            .and_then(|()| Ok(Reader::open(&folder)?.verify_files(&HashSet::new())?))
            .and_then(|()| {
                generations.publish(&lock, &folder, &reader.manifest().generation, true)
            });
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
            let (_, reader) = Generations::new(&sources.index.folder).open(Reader::open)?;
            Ok(Opened { reader, report: None, notes: Vec::new() })
        });
        then(completed);
    });
}

/// The same as [`sync`], but waits for another process that is building already, and leaves a
/// generation that was rolled back to as it is.
pub(super) fn sync_waiting(sources: &Sources, progress: &Progress<'_>) -> anyhow::Result<Report> {
    corpus::files::root(&sources.corpus)?;
    let generations = Generations::new(&sources.index.folder);
    let lock = generations.lock_waiting()?;
    // It may have been rolled back while this waited. What cannot be used is built all the same.
    anyhow::ensure!(!generations.is_pinned() || generations.open(Reader::open).is_err(), PINNED);
    let report = sync_locked(sources, &generations, &lock, false, progress)?;
    generations.unpin(&lock)?;
    Ok(report)
}

fn sync_locked(
    sources: &Sources,
    generations: &Generations,
    lock: &BuildLock,
    rebuild: bool,
    progress: &Progress<'_>,
) -> anyhow::Result<Report> {
    let started = Instant::now();
    let listing = corpus::files::list(&sources.corpus)?;
    let current = generations.open(Reader::open).ok().map(|(_, reader)| reader);
    let records = current.as_ref().and_then(|c| manifest::read_records(c.folder()).ok());
    // Without its records a generation tells nothing of the files.
    let before = current.as_ref().filter(|_| records.is_some() && !rebuild);
    let next = OnceCell::new();
    let begin = || {
        let folder = generations.begin(lock)?;
        Builder::new(next.get_or_init(|| folder), before)
    };
    let known = records.unwrap_or_default();
    let built = Changes::since(&sources.corpus, known, before.is_none(), &begin)
        .apply(&listing, &|done, all| progress(Stage::Reading, done, all))
        .and_then(|applied| {
            let places = Places { current: current.as_ref(), before, next: next.get() };
            finish(sources, &places, &listing, applied, progress)
        })
        .and_then(|built| {
            let Some(folder) = next.get() else { return Ok(built) };
            generations.publish(lock, folder, &built.manifest.generation, false)?;
            Ok(built)
        });
    let built = match (built, next.get()) {
        (Err(error), Some(folder)) => {
            generations.abandon(lock, folder);
            return Err(error);
        }
        (built, _) => built?,
    };
    if let (Some(before), None) = (before, next.get())
        && built.renewed
    {
        manifest::write_records(before.folder(), &built.records)?;
    }
    if let Some(known) = built.known.filter(|_| built.missing == 0) {
        known.finish();
    }
    let Counts { added, changed, removed } = built.counts;
    Ok(Report {
        built: next.get().is_some(),
        added,
        changed,
        removed,
        articles: built.manifest.articles,
        passages: built.manifest.passages,
        problems: changes::problems(&listing, &built.records),
        missing: built.missing,
        generation: built.manifest.generation,
        took: started.elapsed(),
    })
}

/// A generation that is complete and not live yet, or the one before where nothing changed.
struct Built<'a> {
    manifest: Manifest,
    records: Vec<FileRecord>,
    counts: Counts,
    renewed: bool,
    missing: usize,
    known: Option<Known<'a>>,
}

/// Generations that a sync has to do with.
struct Places<'a> {
    /// What is live.
    current: Option<&'a Reader>,
    /// What the next one shares its files with: what is live, unless all is built anew.
    before: Option<&'a Reader>,
    /// The folder of the next one, where there is one.
    next: Option<&'a PathBuf>,
}

fn finish<'a>(
    sources: &'a Sources,
    places: &Places<'_>,
    listing: &Listing,
    applied: Applied<'_>,
    progress: &Progress<'_>,
) -> anyhow::Result<Built<'a>> {
    let Applied { builder, records, renewed, counts } = applied;
    if records.iter().all(|record| record.article.is_none()) {
        anyhow::bail!(nothing_to_index(sources, &changes::problems(listing, &records)));
    }
    let Places { current, before, next } = *places;
    let (Some(builder), Some(folder)) = (builder, next) else {
        let reader = before.context("nothing was read and nothing is there")?;
        let missing = missing(sources, reader)?;
        let manifest = reader.manifest().clone();
        return Ok(Built { manifest, records, counts, renewed, missing, known: None });
    };
    progress(Stage::Indexing, 0, 1);
    let synonyms = changes::synonyms_of(&sources.corpus, &records);
    let manifest = builder.finish(&Told { records: &records, synonyms: &synonyms })?;
    let (missing, known) =
        add_vectors(sources, folder, current.and_then(Reader::vectors), progress)?;
    // What was written is read once before anybody depends on it.
    let shared: HashSet<String> =
        before.into_iter().flat_map(Reader::segments).map(|(name, _)| name).collect();
    Reader::open(folder)?.verify_files(&shared)?;
    Ok(Built { manifest, records, counts, renewed, missing, known })
}

/// How many texts of a generation have no vector.
fn missing(sources: &Sources, reader: &Reader) -> anyhow::Result<usize> {
    match sources.model.as_deref() {
        Some(model) if !meaning::is_complete(reader, model) => {
            Known::new(model, &sources.index.folder, reader.vectors(), false)?.missing(reader)
        }
        _ => Ok(0),
    }
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

fn nothing_to_index(sources: &Sources, problems: &[Problem]) -> String {
    let folder = sources.corpus.folder.display();
    match problems.first() {
        None => format!(
            "corpus folder {folder}: holds no article yet: put some there ({}), or name another folder with --corpus",
            formats::endings()
        ),
        Some(problem) => {
            let more = match problems.len() {
                1 => String::new(),
                n => format!(" (and {} more: run `faqbot check`)", n - 1),
            };
            format!("corpus folder {folder}: holds no article that can be read: {problem}{more}")
        }
    }
}
