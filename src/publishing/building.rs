//! Building a generation that is complete and checked, and not live yet.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::corpus::files::{FileRecord, Listing};
use crate::corpus::formats;
use crate::corpus::problem::Problem;
use crate::index::generations::{BuildLock, Generations};
use crate::index::manifest::{self, Manifest};
use crate::index::reader::Reader;
use crate::index::vectors::Vectors;
use crate::index::writer::{Builder, Finished, Told};
use crate::publishing::changes::{self, Applied, Changes, Counts, Scope};
use crate::publishing::filling;
use crate::publishing::meaning::{self, FEW_TEXTS, Known};
use crate::publishing::{Progress, Sources, Stage, verification};

/// Bytes of files that are much.
const MUCH: u64 = 2 << 20;

/// Where generations are built, and what of.
pub(super) struct Site<'a> {
    /// Where the articles are, and what gives them their vectors.
    pub(super) sources: &'a Sources,
    /// What the folder of articles holds.
    pub(super) listing: &'a Listing,
    /// Where generations go.
    pub(super) generations: &'a Generations,
    /// The right to put them there.
    pub(super) lock: &'a BuildLock,
    /// Whether vectors are worked out before a generation goes live, however long that takes.
    pub(super) waits: bool,
    /// Told what is done.
    pub(super) progress: &'a Progress<'a>,
}

/// A generation that is complete and not live yet, or the one before where that would be the same.
pub(super) struct Built<'a> {
    /// Its folder; `None` where nothing was built.
    pub(super) folder: Option<PathBuf>,
    /// Its identity and counts.
    pub(super) manifest: Manifest,
    /// All files.
    pub(super) records: Vec<FileRecord>,
    /// Files that are new, changed, and gone.
    pub(super) counts: Counts,
    /// Texts that have no vector yet, or passages.
    pub(super) missing: usize,
    known: Option<Known<'a>>,
    /// Whether the records are others than before, though nothing was built.
    renewed: bool,
}

impl<'a> Site<'a> {
    /// Builds what comes after the current generation, where there is one.
    pub(super) fn build(
        &self,
        current: Option<&Reader>,
        scope: Scope,
    ) -> anyhow::Result<Built<'a>> {
        let records = current.and_then(|c| manifest::read_records(c.folder()).ok());
        // Without its records a generation tells nothing of the files.
        let before = current.filter(|_| records.is_some() && scope != Scope::Afresh);
        let scope = if before.is_none() { Scope::Afresh } else { scope };
        let next = OnceCell::new();
        let begin = || {
            let folder = self.generations.begin(self.lock)?;
            Builder::new(next.get_or_init(|| folder), before, self.segments_at_once(before))
        };
        let known = records.unwrap_or_default();
        let built = Changes::since(&self.sources.corpus, known, scope, &begin)
            .apply(self.listing, &|done, all| (self.progress)(Stage::Reading, done, all))
            .and_then(|applied| {
                let places = Places { current, before, next: next.get() };
                self.finish(&places, scope, applied)
            });
        let unused = !built.as_ref().is_ok_and(|built| built.folder.is_some());
        if let Some(folder) = next.get().filter(|_| unused) {
            self.generations.abandon(self.lock, folder);
        }
        built
    }

    /// How many segments are written at once: much text is sooner written as two; the passages of a few
    /// changes belong in one.
    fn segments_at_once(&self, before: Option<&Reader>) -> usize {
        let size: u64 = self.listing.files.iter().map(|file| file.size).sum();
        if before.is_none() && size >= MUCH { 2 } else { 1 }
    }

    fn finish(
        &self,
        places: &Places<'_>,
        scope: Scope,
        applied: Applied<'_>,
    ) -> anyhow::Result<Built<'a>> {
        let Applied { builder, records, renewed, counts } = applied;
        let Places { current, before, next } = *places;
        let is_empty = records.iter().all(|record| record.article.is_none());
        if is_empty && scope != Scope::Removals {
            return Err(self.nothing_to_index(&records));
        }
        let (Some(builder), Some(folder), false) = (builder, next, is_empty) else {
            let reader = before.context("nothing was read and nothing is there")?;
            let missing = self.missing(reader)?;
            let manifest = reader.manifest().clone();
            let (folder, known) = (None, None);
            return Ok(Built { folder, manifest, records, counts, missing, known, renewed });
        };
        (self.progress)(Stage::Indexing, 0, 1);
        let synonyms = changes::synonyms_of(&self.sources.corpus, scope, &records);
        let told = Told { records: &records, synonyms: synonyms.as_deref() };
        let Finished { manifest, added } = builder.finish(&told)?;
        let (missing, known) = self.add_vectors(folder, current.and_then(Reader::vectors))?;
        // What was written is read once before anybody depends on it.
        let shared: HashSet<String> =
            before.into_iter().flat_map(Reader::segments).map(|(name, _)| name).collect();
        verification::verify(&Reader::open(folder)?, &shared, &added)?;
        let folder = Some(folder.clone());
        Ok(Built { folder, manifest, records, counts, missing, known, renewed })
    }

    /// How many texts of a generation have no vector, or of a quick model how many passages.
    fn missing(&self, reader: &Reader) -> anyhow::Result<usize> {
        match self.sources.model.as_deref() {
            Some(model) if model.is_quick() => Ok(filling::passages_lacking(model, reader)),
            Some(model) if !meaning::is_complete(reader, model) => {
                let root = &self.sources.index.folder;
                Known::new(model, root, reader.vectors(), false)?.missing(reader)
            }
            _ => Ok(0),
        }
    }

    /// Gives a generation the vectors that are known or quickly worked out; gives how many texts
    /// go without, and what can be dropped once the generation is live.
    fn add_vectors(&self, folder: &Path, before: Option<&Vectors>) -> anyhow::Result<Added<'a>> {
        let Some(model) = self.sources.model.as_deref() else { return Ok((0, None)) };
        let reader = Reader::open(folder)?;
        let told = |done, all| (self.progress)(Stage::Meaning, done, all);
        if model.is_quick() {
            filling::fill(model, &reader, folder, &told)?;
            return Ok((0, None));
        }
        let mut known = Known::new(model, &self.sources.index.folder, before, false)?;
        let mut missing = known.missing(&reader)?;
        let now = known.is_free() && (self.waits || missing <= FEW_TEXTS);
        // A model that fails must not keep articles from being found by their words.
        if now && known.work_out(&reader, missing, &told).is_ok() {
            missing = 0;
        }
        known.write(&reader, folder)?;
        Ok((missing, Some(known)))
    }

    fn nothing_to_index(&self, records: &[FileRecord]) -> anyhow::Error {
        let folder = self.sources.corpus.folder.display();
        let problems: Vec<Problem> = changes::problems(self.listing, records);
        match problems.first() {
            None => anyhow::anyhow!(
                "{folder}: holds no article yet: put some there ({}), or name another folder with --corpus",
                formats::endings()
            ),
            Some(problem) => {
                let more = match problems.len() {
                    1 => String::new(),
                    n => format!(" (and {} more: run `faqbot check`)", n - 1),
                };
                anyhow::anyhow!("{folder}: holds no article that can be read: {problem}{more}")
            }
        }
    }
}

impl Built<'_> {
    /// Whether there is no article.
    pub(super) fn is_empty(&self) -> bool {
        self.records.iter().all(|record| record.article.is_none())
    }

    /// Removes it: it does not go live.
    pub(super) fn abandon(&self, site: &Site<'_>) {
        if let Some(folder) = &self.folder {
            site.generations.abandon(site.lock, folder);
        }
    }

    /// Makes it the current generation; where nothing was built, tells that one what it is told
    /// anew of its files. The one before it is what was current, or, where `instead`, what was
    /// before that.
    pub(super) fn publish(&mut self, site: &Site<'_>, instead: bool) -> anyhow::Result<()> {
        match &self.folder {
            Some(folder) => {
                let published =
                    site.generations.publish(site.lock, folder, &self.manifest.generation, instead);
                published.inspect_err(|_| self.abandon(site))?;
            }
            None if self.renewed => {
                manifest::write_records(&site.generations.current()?, &self.records)?;
            }
            None => {}
        }
        if let Some(known) = self.known.take().filter(|_| self.missing == 0) {
            known.finish();
        }
        Ok(())
    }
}

/// Generations that a build has to do with.
struct Places<'a> {
    /// What is live.
    current: Option<&'a Reader>,
    /// What the next one shares its files with: what is live, unless all is built anew.
    before: Option<&'a Reader>,
    /// The folder of the next one, where there is one.
    next: Option<&'a PathBuf>,
}

/// How many texts have no vector, and the vectors that are there.
type Added<'a> = (usize, Option<Known<'a>>);
