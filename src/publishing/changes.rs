//! What changed in the folder since a generation, and bringing it into the next one.
//!
//! Files are gone through in the order of their paths, small ones read a few ahead, of others one
//! in memory at a time. What looks as it did is not read; what is read and has the same content is
//! kept as it is. Where only removals are brought in, everything else stays as the generation has
//! it.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::corpus;
use crate::corpus::files::{FileRecord, FileStamp, Listing};
use crate::corpus::problem::Problem;
use crate::corpus::synonyms::{self, Entry};
use crate::index::writer::{Builder, Same};
use crate::publishing::ahead::{Ahead, Read};

/// Gives a builder for the next generation, once there is something to build.
pub type Begin<'b, 'r> = dyn Fn() -> anyhow::Result<Builder<'r>> + 'b;

/// Which changes are brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All.
    All,
    /// All, and what did not change is read again too.
    Afresh,
    /// Only that articles have gone; not where a file was moved.
    Removals,
}

/// Goes through the folder.
pub struct Changes<'b, 'r> {
    settings: &'b corpus::Settings,
    before: HashMap<String, FileRecord>,
    begin: &'b Begin<'b, 'r>,
    scope: Scope,
    builder: Option<Builder<'r>>,
    ahead: Ahead,
    /// Which file has each article id.
    owners: HashMap<String, String>,
    records: Vec<FileRecord>,
    touched: HashSet<String>,
    /// Whether something was told anew of files that did not change.
    renewed: bool,
    counts: Counts,
}

/// Files that are new, changed, and gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// That were not there before.
    pub added: usize,
    /// Whose content is another.
    pub changed: usize,
    /// That are not there any more.
    pub removed: usize,
}

impl std::ops::Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            added: self.added + other.added,
            changed: self.changed + other.changed,
            removed: self.removed + other.removed,
        }
    }
}

/// What came of it.
pub struct Applied<'r> {
    /// The generation to finish; `None` where it would be the same.
    pub builder: Option<Builder<'r>>,
    /// All files.
    pub records: Vec<FileRecord>,
    /// Whether the records are others than before, though nothing is to be built.
    pub renewed: bool,
    /// Files that are new, changed, and gone.
    pub counts: Counts,
}

impl<'b, 'r> Changes<'b, 'r> {
    /// Since the generation that left these records.
    pub fn since(
        settings: &'b corpus::Settings,
        records: Vec<FileRecord>,
        scope: Scope,
        begin: &'b Begin<'b, 'r>,
    ) -> Self {
        let before = records.into_iter().map(|r| (r.stamp.path.clone(), r)).collect();
        Self {
            settings,
            before,
            begin,
            scope,
            builder: None,
            ahead: Ahead::default(),
            owners: HashMap::new(),
            records: Vec::new(),
            touched: HashSet::new(),
            renewed: false,
            counts: Counts::default(),
        }
    }

    /// Goes through what the folder holds now; `progress` is told files done and files in all.
    pub fn apply(
        mut self,
        listing: &Listing,
        progress: &dyn Fn(usize, usize),
    ) -> anyhow::Result<Applied<'r>> {
        let here: HashSet<&str> = listing.files.iter().map(|file| file.path.as_str()).collect();
        let gone: Vec<String> =
            self.before.keys().filter(|path| !here.contains(path.as_str())).cloned().collect();
        let moved = self.moved(&gone, listing);
        let mut hidden: HashSet<String> = HashSet::new();
        for path in gone {
            // A folder that cannot be read says nothing of what is in it.
            if listing.hides(&path) || moved.contains(&path) {
                hidden.insert(path);
            } else if let Some(record) = self.before.remove(&path) {
                self.remove(&record)?;
                self.counts.removed += 1;
            }
        }
        let unseen = hidden.iter().filter_map(|path| self.before.get(path));
        let unseen: Vec<FileStamp> = unseen.map(|record| record.stamp.clone()).collect();
        let mut all: Vec<&FileStamp> = listing.files.iter().chain(&unseen).collect();
        all.sort_by(|a, b| a.path.cmp(&b.path));
        let read = all.iter().filter(|file| self.is_read(file, hidden.contains(&file.path)));
        self.ahead = Ahead::start(self.settings, read.copied().cloned().collect());
        for (done, file) in all.iter().enumerate() {
            self.file(file, hidden.contains(&file.path))?;
            progress(done + 1, all.len());
        }
        self.shared()?;
        let Self { builder, records, renewed, counts, .. } = self;
        Ok(Applied { builder, records, renewed, counts })
    }

    /// Where only removals are brought in: files whose content is found under another name.
    fn moved(&self, gone: &[String], listing: &Listing) -> HashSet<String> {
        if self.scope != Scope::Removals {
            return HashSet::new();
        }
        let gone: Vec<&FileStamp> =
            gone.iter().filter_map(|path| Some(&self.before.get(path)?.stamp)).collect();
        let sizes: HashSet<u64> = gone.iter().map(|stamp| stamp.size).collect();
        let new =
            |file: &&FileStamp| sizes.contains(&file.size) && !self.before.contains_key(&file.path);
        let new = listing.files.iter().filter(new);
        let new: HashSet<String> =
            new.map(|file| corpus::load_file(self.settings, file).stamp.hash).collect();
        let moved = gone.into_iter().filter(|stamp| new.contains(&stamp.hash));
        moved.map(|stamp| stamp.path.clone()).collect()
    }

    fn builder(&mut self) -> anyhow::Result<&mut Builder<'r>> {
        if self.builder.is_none() {
            self.builder = Some((self.begin)()?);
        }
        self.builder.as_mut().ok_or_else(|| anyhow::anyhow!("no generation was begun"))
    }

    /// Takes the passages of a file out.
    fn remove(&mut self, record: &FileRecord) -> anyhow::Result<()> {
        self.touched.insert(record.stamp.path.clone());
        let builder = self.builder()?;
        if let Some(id) = &record.article {
            builder.remove(&record.stamp.path, id)?;
        }
        Ok(())
    }

    /// Whether a file will have to be read, as far as can be told before its turn.
    fn is_read(&self, file: &FileStamp, hidden: bool) -> bool {
        let known = self.before.get(&file.path);
        let same = |record: &FileRecord| hidden || file.looks_like(&record.stamp);
        match self.scope {
            Scope::Removals => false,
            Scope::Afresh => true,
            Scope::All => !known.is_some_and(same),
        }
    }

    fn file(&mut self, file: &FileStamp, hidden: bool) -> anyhow::Result<()> {
        let afresh = self.scope == Scope::Afresh;
        let known = match self.before.remove(&file.path) {
            known if self.scope == Scope::Removals => return self.removal(known, file, hidden),
            Some(record) if !afresh && (hidden || file.looks_like(&record.stamp)) => {
                match self.keep(record) {
                    None => return Ok(()),
                    kept => kept,
                }
            }
            known => known,
        };
        let read = self.ahead.take(self.settings, file);
        let loaded = &read.loaded;
        match known {
            // What cannot be read is kept as it was, and told; it is tried again the next time.
            Some(mut record) if loaded.stamp.hash.is_empty() && !afresh => {
                self.renewed |= record.problems != loaded.problems;
                record.problems.clone_from(&loaded.problems);
                if let Some(record) = self.keep(record) {
                    self.records.push(record);
                }
                Ok(())
            }
            Some(mut record) if record.stamp.hash == loaded.stamp.hash && !afresh => {
                self.renewed = true;
                record.stamp = loaded.stamp.clone();
                match self.keep(record) {
                    None => Ok(()),
                    Some(record) => self.replace(Some(&record), read),
                }
            }
            Some(record) => {
                self.counts.changed += usize::from(record.stamp.hash != loaded.stamp.hash);
                self.replace(Some(&record), read)
            }
            None => {
                self.counts.added += 1;
                self.replace(None, read)
            }
        }
    }

    /// Keeps what a file gave, unless it can be read and is no article any more.
    fn removal(
        &mut self,
        known: Option<FileRecord>,
        file: &FileStamp,
        hidden: bool,
    ) -> anyhow::Result<()> {
        let Some(record) = known else { return Ok(()) };
        if record.article.is_some() && !hidden && !file.looks_like(&record.stamp) {
            let read = self.ahead.take(self.settings, file);
            if read.loaded.article.is_none() && !read.loaded.stamp.hash.is_empty() {
                self.counts.changed += 1;
                return self.replace(Some(&record), read);
            }
        }
        if let Some(id) = &record.article {
            self.owners.insert(id.clone(), record.stamp.path.clone());
        }
        self.records.push(record);
        Ok(())
    }

    /// Keeps what a file gave; gives it back where its article is to have another id now.
    fn keep(&mut self, record: FileRecord) -> Option<FileRecord> {
        if let Some(id) = &record.article {
            let free = !self.owners.contains_key(record.wanted.as_ref().unwrap_or(id));
            if free != record.wanted.is_none() {
                return Some(record);
            }
            self.owners.insert(id.clone(), record.stamp.path.clone());
        }
        self.records.push(record);
        None
    }

    fn replace(&mut self, before: Option<&FileRecord>, read: Read) -> anyhow::Result<()> {
        if let Some(before) = before {
            self.remove(before)?;
        }
        let record = self.add(read)?;
        self.records.push(record);
        Ok(())
    }

    fn add(&mut self, read: Read) -> anyhow::Result<FileRecord> {
        let Read { loaded, mut prepared } = read;
        let mut record = FileRecord::new(loaded.stamp);
        record.problems = loaded.problems;
        self.touched.insert(record.stamp.path.clone());
        self.builder()?;
        let Some(mut article) = loaded.article else { return Ok(record) };
        if let Some(other) = self.owners.get(&article.id) {
            record.problems.push(corpus::same_id(&article, other));
            record.wanted = Some(std::mem::replace(&mut article.id, article.file.clone()));
            prepared = None;
        }
        self.owners.insert(article.id.clone(), article.file.clone());
        record.article = Some(article.id.clone());
        let prepared = prepared.map_or_else(|| self.ahead.prepare(&article), Ok)?;
        let same = self.builder()?.add(prepared)?;
        for Same { line, is_question, other: (file, other) } in same {
            record.problems.push(corpus::same_link(
                &article.file,
                line,
                is_question,
                (&file, other),
            ));
            record.shares.push(file);
        }
        Ok(record)
    }

    /// Reads again what has passages in common with files that changed.
    fn shared(&mut self) -> anyhow::Result<()> {
        let again = |record: &FileRecord| {
            let changed = record.shares.iter().any(|file| self.touched.contains(file));
            changed && !self.touched.contains(&record.stamp.path)
        };
        let again: Vec<usize> =
            (0..self.records.len()).filter(|at| again(&self.records[*at])).collect();
        for at in again {
            let record = self.records[at].clone();
            let read = self.ahead.take(self.settings, &record.stamp);
            if read.loaded.stamp.hash != record.stamp.hash {
                // It changes under our eyes: the next sync reads it.
                continue;
            }
            self.remove(&record)?;
            if let Some(id) = &record.article {
                self.owners.remove(id);
            }
            self.records[at] = self.add(read)?;
        }
        Ok(())
    }
}

/// What may be read as something else, as the folder has it now; `None` where that cannot be read
/// or is not to be brought in.
pub fn synonyms_of(
    settings: &corpus::Settings,
    scope: Scope,
    records: &[FileRecord],
) -> Option<Vec<Entry>> {
    if scope == Scope::Removals {
        return None;
    }
    let file = records.iter().find(|record| record.stamp.path == synonyms::FILE);
    let Some(file) = file else { return Some(Vec::new()) };
    let loaded = corpus::load_file(settings, &file.stamp);
    (!loaded.stamp.hash.is_empty()).then_some(loaded.synonyms)
}

/// What is wrong with the folder and its files.
pub fn problems(listing: &Listing, records: &[FileRecord]) -> Vec<Problem> {
    let own = records.iter().flat_map(|record| &record.problems);
    let mut all: Vec<Problem> = listing.problems.iter().chain(own).cloned().collect();
    all.sort();
    all
}
