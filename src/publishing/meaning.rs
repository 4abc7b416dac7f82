//! Vectors for the passages of a generation that take long to work out: taken over where the text is
//! the same, worked out where it is not.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::corpus::passages::Passage;
use crate::index::aspects::{self, hash};
use crate::index::manifest;
use crate::index::partial::Partial;
use crate::index::reader::Reader;
use crate::index::row::Row;
use crate::index::vectors::Vectors;
use crate::publishing::filling::{self, Progress, Rows};
use crate::semantic::model::Model;
use crate::semantic::parallel;

/// Texts that are worked out before they are written.
const BATCH: usize = 512;
/// Texts that a thread takes at a time.
const SHARE: usize = 16;

/// Fewer texts are worked out before anybody is answered, whatever the model; fewer passages have
/// about as many.
pub const FEW_TEXTS: usize = 100;
/// See [`FEW_TEXTS`].
pub const FEW_PASSAGES: u64 = 20;

/// Vectors that are there already: in another generation, and in the file of those worked out.
#[derive(Debug)]
pub struct Known<'a> {
    model: &'a Model,
    before: Option<Vectors>,
    /// `None` where another process is at it.
    partial: Option<Partial>,
}

impl<'a> Known<'a> {
    /// What is known in a folder of generations, and in one of them. Where another process is
    /// working out vectors of the model, this waits for it, or does without what it has.
    pub fn new(
        model: &'a Model,
        root: &Path,
        before: Option<&Vectors>,
        wait: bool,
    ) -> anyhow::Result<Self> {
        let partial = Partial::open(root, model.fingerprint(), model.dimensions(), wait)
            .with_context(|| cannot(root))?;
        // Damage must not be taken over into a file with a checksum of its own.
        let before = before.filter(|v| v.model() == model.fingerprint() && v.is_intact());
        Ok(Self { model, before: before.cloned(), partial })
    }

    /// Whether vectors can be worked out here and now.
    pub fn is_free(&self) -> bool {
        self.partial.is_some()
    }

    fn has(&self, hash: u64) -> bool {
        let before = self.before.as_ref().is_some_and(|vectors| vectors.find(hash).is_some());
        before || self.partial.as_ref().is_some_and(|partial| partial.has(hash))
    }

    fn row(&mut self, hash: u64) -> anyhow::Result<Option<Row>> {
        if let Some(row) = self.before.as_ref().and_then(|vectors| vectors.find(hash)) {
            return Ok(Some(row));
        }
        let Some(partial) = &mut self.partial else { return Ok(None) };
        partial.row(hash).context("vectors worked out before cannot be read")
    }

    /// How many texts of these passages have no vector yet.
    pub fn missing(&self, reader: &Reader) -> anyhow::Result<usize> {
        let mut missing = HashSet::new();
        for segment in filling::lacking(self.model, reader) {
            reader.visit_segment(segment, |_, passage| {
                let hashes = aspects::texts(&passage).into_iter().map(|(_, text)| hash(&text));
                missing.extend(hashes.filter(|hash| !self.has(*hash)));
                true
            })?;
        }
        Ok(missing.len())
    }

    /// Works out what is missing; `all` is how many those are.
    pub fn work_out(
        &mut self,
        reader: &Reader,
        all: usize,
        progress: &Progress<'_>,
    ) -> anyhow::Result<()> {
        let (mut waiting, mut queued, mut done) = (Vec::new(), HashSet::new(), 0);
        for segment in filling::lacking(self.model, reader) {
            let mut outcome = Ok(());
            reader.visit_segment(segment, |_, passage| {
                for (_, text) in aspects::texts(&passage) {
                    let hash = hash(&text);
                    if !self.has(hash) && queued.insert(hash) {
                        waiting.push((hash, text));
                    }
                }
                if waiting.len() >= BATCH {
                    outcome = self.add(&mut waiting);
                    queued.clear();
                    done += BATCH;
                    progress(done.min(all), all);
                }
                outcome.is_ok()
            })?;
            outcome?;
        }
        self.add(&mut waiting)?;
        progress(all, all);
        Ok(())
    }

    fn add(&mut self, waiting: &mut Vec<(u64, String)>) -> anyhow::Result<()> {
        let Some(partial) = &mut self.partial else { return Ok(()) };
        let (hashes, texts): (Vec<u64>, Vec<String>) = waiting.drain(..).unzip();
        let model = self.model;
        let rows = parallel::map(&texts, SHARE, &|share| {
            let vectors = model.passages(share)?;
            Ok(vectors.iter().map(|vector| Row::new(vector)).collect())
        })?;
        let rows: Vec<(u64, Row)> = hashes.into_iter().zip(rows).collect();
        partial.add(&rows).context("the vectors cannot be written: is there room on the disk?")
    }

    /// Writes the vectors of the segments that lack some into the folder of a generation; passages
    /// of which a text is missing have none.
    pub fn write(&mut self, reader: &Reader, folder: &Path) -> anyhow::Result<()> {
        filling::write(self.model, reader, folder, &mut |passages| {
            passages.iter().map(|passage| self.rows(passage)).collect()
        })
    }

    fn rows(&mut self, passage: &Passage) -> anyhow::Result<Option<Rows>> {
        let mut rows = Vec::new();
        for (aspect, text) in aspects::texts(passage) {
            let hash = hash(&text);
            let Some(row) = self.row(hash)? else { return Ok(None) };
            rows.push((aspect, hash, row));
        }
        Ok(Some(rows))
    }

    /// Removes the file of those worked out: a generation has them all.
    pub fn finish(self) {
        if let Some(partial) = self.partial {
            partial.remove();
        }
    }
}

fn cannot(path: &Path) -> String {
    format!("{}: cannot be written: allow writing and free some space", path.display())
}

/// Whether every passage of a generation has vectors of this model.
pub fn is_complete(reader: &Reader, model: &Model) -> bool {
    let own = reader.vectors().filter(|vectors| vectors.model() == model.fingerprint());
    own.is_some_and(|vectors| (0..reader.segments().count()).all(|at| vectors.is_complete(at)))
}

/// What is said where vectors are missing: why the model failed, once, where it did.
pub fn missing_note(model: &Model) -> String {
    match model.take_failure() {
        Some(failure) => format!("matching words alone: {failure}"),
        None => format!(
            "what the articles mean is not worked out by {} yet: matching words where it is missing: run `faqbot index`",
            model.name()
        ),
    }
}

/// Gives a generation in a folder of its own all its vectors. Those that take long to work out
/// are kept in `kept` for the next time, where that is a folder that can be written to.
pub fn add_all(
    folder: &Path,
    model: &Model,
    kept: &Path,
    progress: &Progress<'_>,
) -> anyhow::Result<()> {
    let reader = Reader::open(folder)?;
    let named = !kept.as_os_str().is_empty();
    if model.is_quick() {
        return filling::fill(model, &reader, folder, progress);
    }
    let keeps = named && fs::create_dir_all(kept).is_ok();
    let known = keeps.then(|| Known::new(model, kept, None, false).ok()).flatten();
    let mut known = match known.filter(Known::is_free) {
        Some(known) => known,
        None => Known::new(model, folder, None, true)?,
    };
    let missing = known.missing(&reader)?;
    known.work_out(&reader, missing, progress)?;
    known.write(&reader, folder)
}

/// Links the files of a generation into the folder of another one, but for those that this has
/// already; copies where links fail. The manifest comes last: it tells that nothing is missing.
pub fn link_others(from: &Path, to: &Path) -> anyhow::Result<()> {
    let link = || -> std::io::Result<()> {
        let paths = fs::read_dir(from)?.map(|entry| Ok(entry?.path()));
        let mut paths = paths.collect::<std::io::Result<Vec<_>>>()?;
        paths.sort_by_key(|path| path.ends_with(manifest::MANIFEST));
        for path in paths {
            let Some(name) = path.file_name() else { continue };
            let target = to.join(name);
            if target.exists() {
                continue;
            }
            if fs::hard_link(&path, &target).is_err() {
                fs::copy(&path, &target)?;
                fs::File::open(&target)?.sync_all()?;
            }
        }
        Ok(())
    };
    link().with_context(|| cannot(to))
}
