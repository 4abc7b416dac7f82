//! Generation folders: one writer at a time, one current, the last two kept.
//!
//! ```text
//! index/CURRENT       the name of the current generation's folder, and below it that of the one before
//! index/PINNED        there while an earlier generation is kept current by hand
//! index/HELD          there while changes are held back; a hash of what the corpus looks like
//! index/LOCK          held while a generation is built; says by whom
//! index/g7-…/         a generation
//! ```
//! `CURRENT` is swapped by an atomic rename after the generation is complete, so that a
//! crash at any instant leaves what was current before.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::corpus::files::INDEX_MARK;
use crate::index::Error;

const CURRENT: &str = "CURRENT";
const LOCK: &str = "LOCK";
const PINNED: &str = "PINNED";
const HELD: &str = "HELD";
/// What stands in the name of a generation that is being built.
const BUILDING: &str = "building";

/// The folder of all generations.
#[derive(Debug, Clone)]
pub struct Generations {
    root: PathBuf,
}

/// The right to build; given back when dropped, also when the process dies.
#[derive(Debug)]
pub struct BuildLock {
    _file: File,
}

impl Generations {
    /// The generations below a folder, which need not exist yet.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The folder of the current generation.
    pub fn current(&self) -> Result<PathBuf, Error> {
        let named = self.named().into_iter().next();
        let folder = named.map(|name| self.root.join(name)).filter(|folder| folder.is_dir());
        folder.ok_or_else(|| Error::Missing(self.root.clone()))
    }

    /// Opens the current generation, or the next one where another process has just replaced it.
    pub fn open<T>(&self, open: impl Fn(&Path) -> Result<T, Error>) -> Result<(PathBuf, T), Error> {
        loop {
            let folder = self.current()?;
            match open(&folder) {
                Err(_) if self.current().is_ok_and(|now| now != folder) => {}
                opened => return opened.map(|opened| (folder, opened)),
            }
        }
    }

    /// The names of the current generation and the one before.
    fn named(&self) -> Vec<String> {
        let names = fs::read_to_string(self.root.join(CURRENT)).unwrap_or_default();
        let plain = |name: &&str| number(name).is_some() && !name.contains(['/', '\\']);
        names.lines().map(str::trim).take_while(plain).map(str::to_owned).collect()
    }

    /// Whether an earlier generation is kept current until somebody asks for a sync.
    pub fn is_pinned(&self) -> bool {
        self.root.join(PINNED).exists()
    }

    /// Lets syncs go on.
    pub fn unpin(&self, _lock: &BuildLock) -> anyhow::Result<()> {
        self.remove_mark(PINNED)
    }

    /// Whether a corpus that looks like this is held back from going live.
    pub fn holds(&self, look: &str) -> bool {
        fs::read_to_string(self.root.join(HELD)).is_ok_and(|held| held == look)
    }

    /// Remembers that a corpus that looks like this is held back.
    pub fn hold(&self, _lock: &BuildLock, look: &str) -> anyhow::Result<()> {
        // Half of a hash holds nothing back: then the same is built and held back once more.
        fs::write(self.root.join(HELD), look).with_context(|| self.cannot_write())
    }

    /// Holds nothing back any more.
    pub fn release(&self, _lock: &BuildLock) -> anyhow::Result<()> {
        self.remove_mark(HELD)
    }

    fn remove_mark(&self, name: &str) -> anyhow::Result<()> {
        match fs::remove_file(self.root.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| self.cannot_write())
            }
            _ => Ok(()),
        }
    }

    /// Makes the generation before the current one current again, and keeps it so; fails without
    /// changing anything where it cannot be opened.
    pub fn roll_back<T>(
        &self,
        _lock: &BuildLock,
        open: impl Fn(&Path) -> Result<T, Error>,
    ) -> anyhow::Result<T> {
        let before = self.named().into_iter().nth(1).filter(|name| self.is_complete(name));
        let before = before.with_context(|| {
            format!("{}: there is no generation before the current one", self.root.display())
        })?;
        let opened = open(&self.root.join(&before))?;
        // Pinned first: nothing may bring back what was rolled back.
        File::create(self.root.join(PINNED))
            .and_then(|file| file.sync_all())
            .and_then(|()| self.swap(&[&before]))
            .with_context(|| self.cannot_write())?;
        Ok(opened)
    }

    /// Takes the right to build, or says who has it.
    pub fn lock(&self) -> anyhow::Result<BuildLock> {
        let mut file = self.lock_file()?;
        match file.try_lock() {
            Ok(()) => self.locked(file),
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                // It may not have said yet who it is.
                let holder = match holder.trim() {
                    "" => String::new(),
                    holder => format!(" ({holder})"),
                };
                anyhow::bail!(
                    "{}: another faqbot{holder} is building the index: wait until it is done",
                    self.root.join(LOCK).display()
                );
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| self.cannot_write()),
        }
    }

    /// Takes the right to build as soon as whoever has it is done.
    pub fn lock_waiting(&self) -> anyhow::Result<BuildLock> {
        let file = self.lock_file()?;
        file.lock().with_context(|| self.cannot_write())?;
        self.locked(file)
    }

    fn lock_file(&self) -> anyhow::Result<File> {
        let open = || {
            fs::create_dir_all(&self.root)?;
            File::create(self.root.join(INDEX_MARK))?;
            File::options()
                .create(true)
                .read(true)
                .write(true)
                .truncate(false)
                .open(self.root.join(LOCK))
        };
        open().with_context(|| self.cannot_write())
    }

    fn locked(&self, mut file: File) -> anyhow::Result<BuildLock> {
        let named = file.set_len(0).and_then(|()| write!(file, "process {}", std::process::id()));
        named.with_context(|| self.cannot_write())?;
        Ok(BuildLock { _file: file })
    }

    fn cannot_write(&self) -> String {
        let root = self.root.display();
        format!(
            "index folder {root}: cannot be written: allow writing and free some space, or name another with --index"
        )
    }

    /// A new empty folder for the next generation.
    pub fn begin(&self, _lock: &BuildLock) -> anyhow::Result<PathBuf> {
        let last = self.numbered().into_iter().map(|(n, _)| n).max().unwrap_or(0);
        let folder = self.root.join(format!("g{}-{BUILDING}", last + 1));
        fs::create_dir(&folder)
            .and_then(|()| File::create(folder.join(INDEX_MARK)).map(drop))
            .with_context(|| self.cannot_write())?;
        Ok(folder)
    }

    /// Makes a finished generation the current one and removes those no longer kept. The one
    /// before it is what was current, or, where `instead` of that it has the same articles, what
    /// was before that.
    pub fn publish(
        &self,
        _lock: &BuildLock,
        folder: &Path,
        generation: &str,
        instead: bool,
    ) -> anyhow::Result<()> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = name.replace(BUILDING, generation);
        let was = self.named().into_iter().next();
        let before = self.named().into_iter().nth(usize::from(instead));
        let before = before.filter(|before| self.is_complete(before));
        let swap = || -> io::Result<()> {
            // The names in the folder, and below the rename itself, must reach the disk too;
            // not every file system can be told so.
            let _ = File::open(folder).and_then(|folder| folder.sync_all());
            fs::rename(folder, self.root.join(&name))?;
            let names = [Some(name.as_str()), before.as_deref()];
            self.swap(&names.into_iter().flatten().collect::<Vec<_>>())
        };
        if let Err(error) = swap() {
            // Under its last name nobody else would remove it.
            let _ = fs::remove_dir_all(self.root.join(&name));
            return Err(error).with_context(|| self.cannot_write());
        }
        // Whoever has just read the name of the one that was current still finds it.
        self.prune(&[Some(name.as_str()), before.as_deref(), was.as_deref()]);
        Ok(())
    }

    fn swap(&self, names: &[&str]) -> io::Result<()> {
        let beside = self.root.join("CURRENT.new");
        let mut file = File::create(&beside)?;
        for name in names {
            writeln!(file, "{name}")?;
        }
        file.sync_all()?;
        fs::rename(&beside, self.root.join(CURRENT))?;
        let _ = File::open(&self.root).and_then(|root| root.sync_all());
        Ok(())
    }

    fn is_complete(&self, name: &str) -> bool {
        self.root.join(name).join("manifest.json").exists()
    }

    /// Removes a folder whose build failed.
    pub fn abandon(&self, _lock: &BuildLock, folder: &Path) {
        let _ = fs::remove_dir_all(folder);
    }

    /// Removes unfinished builds and all but some generations; only under the lock.
    fn prune(&self, kept: &[Option<&str>]) {
        for (_, name) in self.numbered() {
            if !kept.contains(&Some(name.as_str())) {
                let _ = fs::remove_dir_all(self.root.join(name));
            }
        }
    }

    fn numbered(&self) -> Vec<(u64, String)> {
        let Ok(entries) = fs::read_dir(&self.root) else { return Vec::new() };
        entries
            .flatten()
            .filter_map(|e| e.file_name().into_string().ok())
            .filter_map(|name| Some((number(&name)?, name)))
            .collect()
    }
}

/// The number in a generation's name, `g<number>-<generation>`.
fn number(name: &str) -> Option<u64> {
    name.strip_prefix('g')?.split_once('-')?.0.parse().ok()
}
