//! Whether the files of a generation are what was written.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use tantivy::Directory;
use tantivy::directory::MmapDirectory;

use crate::index::Error;
use crate::index::reader::{Reader, guarded};
use crate::index::readonly::ReadOnly;

/// Generations of at most so many bytes are compared with their checksums whenever they are
/// opened: that takes a few milliseconds.
const SMALL: u64 = 16 << 20;

impl Reader {
    /// Whether reading all of it takes no time.
    pub(super) fn is_small(&self) -> bool {
        let files = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        let sizes = files.filter_map(|file| file.metadata().ok()).map(|data| data.len());
        sizes.sum::<u64>() <= SMALL
    }

    /// Compares every file with the checksum written behind it, but for the segments of these
    /// names, which are shared with a generation that was compared before.
    pub fn verify_files(&self, shared: &HashSet<String>) -> Result<(), Error> {
        let damaged = |reason: String| Error::Damaged { path: self.folder().to_owned(), reason };
        let bad = guarded(|| {
            let index = tantivy::Index::open(ReadOnly(MmapDirectory::open(self.folder())?))?;
            let segments: HashSet<String> = self.segments().map(|(name, _)| name).collect();
            let directory = index.directory();
            let mut files: Vec<PathBuf> = directory.list_managed_files().into_iter().collect();
            files.sort_unstable();
            for file in files {
                let name = file.to_string_lossy();
                let segment = name.split('.').next().unwrap_or_default();
                // Which documents have gone is told anew in each generation.
                let known = shared.contains(segment) && !name.ends_with(".del");
                let wanted = segments.contains(segment) && !known && directory.exists(&file)?;
                if wanted && !directory.validate_checksum(&file)? {
                    return Ok(Some(file));
                }
            }
            Ok(None)
        })
        .map_err(damaged)?;
        let new = |(at, (name, _))| (!shared.contains::<String>(&name)).then_some(at);
        let new: Vec<usize> = self.segments().enumerate().filter_map(new).collect();
        if self.vectors().is_some_and(|vectors| !vectors.are_intact(&new)) {
            return Err(damaged("the checksum of its vectors does not match".to_owned()));
        }
        if let Some(file) = bad {
            return Err(damaged(format!("the checksum of {} does not match", file.display())));
        }
        self.article_lines().map(drop)
    }
}
