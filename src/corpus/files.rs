//! The files of the corpus folder: found, stamped, read, refused.
//!
//! Links are followed only inside the folder, and each real file is read once, under its
//! first path. Hidden files, editor backups and a faqbot index are passed over.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::corpus::Settings;
use crate::corpus::decoding::{self, Decoded};
use crate::corpus::formats;
use crate::corpus::problem::Problem;
use crate::corpus::questions;
use crate::corpus::synonyms;

/// A file of this name marks a folder that faqbot built, so that it is never read as corpus.
pub const INDEX_MARK: &str = ".faqbot-index";

/// Files that are no articles, read in the corpus folder itself.
const RESERVED: [&str; 2] = [synonyms::FILE, questions::FILE];

/// What a file looked like, to tell later whether it must be read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStamp {
    /// The path below the corpus folder, with `/`.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Last change of content or, where the file system tells it, of rights and name;
    /// nanoseconds since 1970. A tool that restores the one cannot restore the other.
    pub changed: u64,
    /// The inode, where the file system has them.
    pub inode: u64,
    /// BLAKE3 hash of the content in hexadecimal, or the size of what is too large to be read;
    /// empty until the file was looked at.
    pub hash: String,
}

/// A file of the corpus and what it gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// What it looked like when it was read.
    #[serde(flatten)]
    pub stamp: FileStamp,
    /// The id of its article, where it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// The id that the article should have, where another file has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<String>,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// Other files that have a passage in common with it, so that it must be read again when
    /// they change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<String>,
}

impl FileRecord {
    /// Of a file that gave nothing yet.
    pub fn new(stamp: FileStamp) -> Self {
        Self { stamp, article: None, wanted: None, problems: Vec::new(), shares: Vec::new() }
    }
}

/// All files that should be articles, and the synonyms, in the order of their paths.
#[derive(Debug, Default)]
pub struct Listing {
    /// The files, not yet read (their hash is empty).
    pub files: Vec<FileStamp>,
    /// The golden questions, which are no part of what is indexed.
    pub questions: Option<FileStamp>,
    /// What was passed over and why.
    pub problems: Vec<Problem>,
    /// Files and folders that are there and could not be looked at.
    pub unreadable: Vec<String>,
}

impl Listing {
    /// Whether a path may be there though it was not seen.
    pub fn hides(&self, path: &str) -> bool {
        let above = |unseen: &String| {
            path.strip_prefix(unseen.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.unreadable.iter().any(above)
    }

    /// A hash of what all files look like.
    pub fn look(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for FileStamp { path, size, changed, inode, .. } in self.files.iter().chain(&self.questions)
        {
            hasher.update(format!("{path}\0{size}\0{changed}\0{inode}\0").as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

impl FileStamp {
    /// Whether a file looks as it did when it was read.
    pub fn looks_like(&self, read: &Self) -> bool {
        self.size == read.size
            && self.changed == read.changed
            && self.inode == read.inode
            && !read.hash.is_empty()
    }
}

/// What reading a file gave.
#[derive(Debug)]
pub enum Reading {
    /// Its text.
    Text {
        /// The whole file.
        text: Decoded,
        /// What it looked like.
        stamp: FileStamp,
    },
    /// Why it cannot be read as text.
    Refused {
        /// Told to the operator.
        problem: Problem,
        /// What it looked like.
        stamp: FileStamp,
    },
}

/// The real place of the corpus folder. Fails where that cannot be opened.
pub fn root(settings: &Settings) -> anyhow::Result<PathBuf> {
    let root = &settings.folder;
    let real_root = root.canonicalize().with_context(|| {
        format!(
            "{}: the corpus folder cannot be opened: create it, or name another with --corpus",
            root.display()
        )
    })?;
    if !real_root.is_dir() {
        anyhow::bail!("{}: the corpus is not a folder: name one with --corpus", root.display());
    }
    Ok(real_root)
}

/// Finds the files of the corpus. Fails only where the folder itself cannot be read.
pub fn list(settings: &Settings) -> anyhow::Result<Listing> {
    let (root, real_root) = (&settings.folder, root(settings)?);
    let mut walk = Walk {
        real_root,
        settings,
        seen: HashSet::new(),
        links: Vec::new(),
        following: false,
        out: Listing::default(),
    };
    let entries = fs::read_dir(root)
        .with_context(|| format!("{}: the corpus folder cannot be read", root.display()))?;
    if let Ok(meta) = fs::metadata(root) {
        walk.is_new(root, &meta);
    }
    walk.folder(entries, "");
    walk.follow_links();
    walk.out.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(walk.out)
}

struct Walk<'a> {
    real_root: PathBuf,
    settings: &'a Settings,
    /// What was taken up already.
    seen: HashSet<Identity>,
    /// Links found on the way: followed last, so that a real file keeps its own path.
    links: Vec<(PathBuf, String)>,
    /// Whether links are being followed.
    following: bool,
    out: Listing,
}

impl Walk<'_> {
    fn problem(&mut self, path: &str, message: impl Into<String>) {
        self.out.problems.push(Problem::new(path, 0, message));
    }

    fn unreadable(&mut self, path: &str, error: &io::Error) {
        self.problem(path, unreadable(error));
        self.out.unreadable.push(path.to_owned());
    }

    fn folder(&mut self, entries: fs::ReadDir, prefix: &str) {
        let mut entries: Vec<_> = entries.flatten().collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        let holds_index = entries.iter().any(|e| e.file_name() == INDEX_MARK);
        for entry in entries {
            let raw = entry.file_name();
            let name = raw.to_string_lossy();
            let path = format!("{prefix}{name}");
            if name.starts_with('.')
                || name.ends_with('~')
                || (holds_index && matches!(&*name, "CURRENT" | "LOCK"))
            {
                continue;
            }
            if raw.to_str().is_none() {
                self.problem(&path, "has a name that is not valid UTF-8: rename it");
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_symlink() => self.links.push((entry.path(), path)),
                Ok(_) => self.entry(&entry.path(), path),
                Err(error) => self.unreadable(&path, &error),
            }
        }
    }

    fn entry(&mut self, full: &Path, path: String) {
        match fs::metadata(full) {
            Ok(meta) if meta.is_dir() => {
                if !self.is_new(full, &meta) {
                    return;
                }
                if full.join(INDEX_MARK).exists() {
                    return;
                }
                match fs::read_dir(full) {
                    Ok(entries) => self.folder(entries, &format!("{path}/")),
                    Err(error) => self.unreadable(&path, &error),
                }
            }
            Ok(meta) if meta.is_file() => self.file(full, path, &meta),
            Ok(_) => self.problem(&path, "is neither a file nor a folder: remove it"),
            Err(error) => self.unreadable(&path, &error),
        }
    }

    fn file(&mut self, full: &Path, path: String, meta: &Metadata) {
        let ending = path.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or(&path);
        let reserved = RESERVED.into_iter().find(|file| name.eq_ignore_ascii_case(file));
        let in_place = reserved.is_some_and(|file| path == file);
        if !in_place && self.settings.ignore.iter().any(|i| i.to_lowercase() == ending) {
            return;
        }
        if !self.is_new(full, meta) {
            return;
        }
        if in_place && path == questions::FILE {
            self.out.questions = Some(stamp(path, meta));
        } else if in_place || formats::of(name).is_some() {
            self.out.files.push(stamp(path, meta));
        } else if let Some(file) = reserved {
            let message =
                format!("is read only as `{file}` in the corpus folder itself: move it there");
            self.problem(&path, message);
        } else {
            let message = format!(
                "is not an article that faqbot reads ({}): move it away, or add its ending to `corpus.ignore`",
                formats::endings()
            );
            self.problem(&path, message);
        }
    }

    fn follow_links(&mut self) {
        self.following = true;
        while let Some((full, path)) = self.links.pop() {
            let real = match full.canonicalize() {
                Ok(real) => real,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    self.problem(&path, "is a link to nothing: remove it");
                    continue;
                }
                Err(error) => {
                    self.problem(
                        &path,
                        format!("is a link that leads nowhere ({error}): remove it"),
                    );
                    continue;
                }
            };
            if !real.starts_with(&self.real_root) {
                self.problem(&path, "is a link out of the corpus folder, which is not followed: copy the file instead");
            } else if full
                .parent()
                .and_then(|p| p.canonicalize().ok())
                .is_some_and(|p| p.starts_with(&real))
            {
                self.problem(
                    &path,
                    "is a link to a folder above itself, a loop, and is not followed: remove it",
                );
            } else {
                self.entry(&full, path);
            }
        }
    }
}

/// What tells a file or folder from all others, whatever it is called: device and inode.
#[cfg(unix)]
type Identity = (u64, u64);

/// Its real path.
#[cfg(not(unix))]
type Identity = PathBuf;

impl Walk<'_> {
    /// Whether a file or folder was not taken up before under another name.
    #[cfg(unix)]
    fn is_new(&mut self, _: &Path, meta: &Metadata) -> bool {
        use std::os::unix::fs::MetadataExt;
        // Hard links are files of their own; what is reached by links is followed last.
        let linked = meta.is_file() && meta.nlink() > 1 && !self.following;
        self.seen.insert((meta.dev(), meta.ino())) || linked
    }

    /// Whether a file or folder was not taken up before under another name.
    #[cfg(not(unix))]
    fn is_new(&mut self, full: &Path, _: &Metadata) -> bool {
        full.canonicalize().is_ok_and(|real| self.seen.insert(real))
    }
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "cannot be read: permission denied: allow reading it (chmod +r)".to_owned()
        }
        _ => format!("cannot be read: {error}"),
    }
}

fn stamp(path: String, meta: &Metadata) -> FileStamp {
    let modified = meta.modified().ok().and_then(|m| m.duration_since(UNIX_EPOCH).ok());
    let modified = modified.and_then(|d| u64::try_from(d.as_nanos()).ok()).unwrap_or(0);
    let (inode, changed) = unix_facts(meta);
    FileStamp { path, size: meta.len(), changed: modified.max(changed), inode, hash: String::new() }
}

/// The inode, and when content, rights or name changed last.
#[cfg(unix)]
fn unix_facts(meta: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    let nanos = i128::from(meta.ctime()) * 1_000_000_000 + i128::from(meta.ctime_nsec());
    (meta.ino(), u64::try_from(nanos).unwrap_or(0))
}

#[cfg(not(unix))]
fn unix_facts(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// Reads one file of a listing.
pub fn read(folder: &Path, file: &FileStamp, settings: &Settings) -> Reading {
    let mut stamp = file.clone();
    let refused = |stamp: FileStamp, line: u32, message: String| {
        let problem = Problem::new(&stamp.path, line, message);
        Reading::Refused { problem, stamp }
    };
    let limit = settings.max_file_mib << 20;
    if file.size > limit {
        let message = format!(
            "is {} MiB large; files up to {} MiB are read: split it, or raise `corpus.max_file_mib`",
            file.size >> 20,
            settings.max_file_mib
        );
        // It was looked at, and need not be again while it looks the same.
        stamp.hash = format!("{} bytes", file.size);
        return refused(stamp, 0, message);
    }
    let bytes = match fs::read(folder.join(&file.path)) {
        Ok(bytes) => bytes,
        Err(error) => return refused(stamp, 0, unreadable(&error)),
    };
    stamp.hash = blake3::hash(&bytes).to_hex().to_string();
    let text = decoding::decode(bytes);
    match unfit(&text.text) {
        None => Reading::Text { text, stamp },
        Some((line, message)) => refused(stamp, line, message),
    }
}

/// Why a text is none that people write, and the line that tells.
fn unfit(text: &str) -> Option<(u32, String)> {
    let mut line = 0u32;
    for part in text.split('\n') {
        line = line.saturating_add(1);
        if part.contains('\0') {
            let message =
                "is a binary file, not text: move it away, or add its ending to `corpus.ignore`";
            return Some((line, message.to_owned()));
        }
    }
    None
}
