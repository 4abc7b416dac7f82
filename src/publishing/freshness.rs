//! Whether a generation still matches the corpus, told from size, time and inode of files.

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::corpus;
use crate::corpus::files::{self, FileRecord, FileStamp, Listing};
use crate::index::generations::Generations;
use crate::index::manifest;

/// What a look at the folder says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing changed.
    Fresh,
    /// Something did.
    Stale,
    /// Something did, and is held back.
    Held,
    /// There was no time to look at everything.
    Unknown,
}

/// Compares the folder with the stamps of the current generation, which is in the folder
/// `generation`, for at most `patience`.
pub fn of(
    corpus: &corpus::Settings,
    generations: &Generations,
    generation: &Path,
    patience: Option<Duration>,
) -> anyhow::Result<Freshness> {
    let (send, receive) = mpsc::channel();
    let settings = corpus.clone();
    let started = Instant::now();
    // The folder is looked at while the records are read. A look that takes too long is left to end
    // by itself with the process.
    thread::spawn(move || {
        let _ = send.send(files::list(&settings));
    });
    let Ok(records) = manifest::read_records(generation) else { return Ok(Freshness::Stale) };
    let compare = |listing: Listing| match compare(&listing.files, &records) {
        Freshness::Stale if generations.holds(&listing.look()) => Freshness::Held,
        freshness => freshness,
    };
    let Some(patience) = patience else {
        return Ok(compare(receive.recv().context("looking at the corpus broke off")??));
    };
    match receive.recv_timeout(patience.saturating_sub(started.elapsed())) {
        Ok(listing) => Ok(compare(listing?)),
        Err(_) => Ok(Freshness::Unknown),
    }
}

fn compare(files: &[FileStamp], records: &[FileRecord]) -> Freshness {
    let same = |(file, record): (&FileStamp, &FileRecord)| {
        file.path == record.stamp.path && file.looks_like(&record.stamp)
    };
    let fresh = files.len() == records.len() && files.iter().zip(records).all(same);
    if fresh { Freshness::Fresh } else { Freshness::Stale }
}
