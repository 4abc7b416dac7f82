//! Files of the folder, read and made ready for the index ahead of their turn, on all cores. Large
//! ones are read in their turn, so that there is never more than one of them in memory.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::corpus::article::Article;
use crate::corpus::files::FileStamp;
use crate::corpus::{self, Loaded};
use crate::index::preparation::{Prepared, Preparer};

/// Files that each thread has ready at most: they are held in memory, and with fewer the threads wait
/// for each other.
const READY: usize = 16;
/// Larger files, in bytes, wait for their turn.
const LARGEST: u64 = 1 << 20;
/// Fewer files are sooner read than threads are started.
const FEW: usize = 8;
/// More threads than this wait for the one that writes.
const MOST_THREADS: usize = 8;

/// What a file holds.
#[derive(Debug)]
pub struct Read {
    /// As it was loaded.
    pub loaded: Loaded,
    /// Its article, ready for the index; `None` where that is still to be done.
    pub prepared: Option<Prepared>,
}

/// Reads files in their order.
#[derive(Debug, Default)]
pub struct Ahead {
    /// Files that are read ahead, the next one first, each with who reads it.
    files: VecDeque<(String, usize)>,
    threads: Vec<Receiver<Read>>,
    preparer: Preparer,
}

impl Ahead {
    /// Begins to read these files, but for large ones.
    pub fn start(settings: &corpus::Settings, mut files: Vec<FileStamp>) -> Self {
        let mut ahead = Self::default();
        files.retain(|file| file.size <= LARGEST);
        if files.len() < FEW {
            return ahead;
        }
        let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
        let paths = files.iter().enumerate().map(|(n, file)| (file.path.clone(), n % threads));
        ahead.files = paths.collect();
        let (files, settings) = (Arc::new(files), Arc::new(settings.clone()));
        for first in 0..threads {
            let (ready, taken) = sync_channel(READY);
            let (files, settings) = (Arc::clone(&files), Arc::clone(&settings));
            // Where no thread can be started, each file is read in its turn.
            let run = move || read(&settings, files.iter().skip(first).step_by(threads), &ready);
            let _ = thread::Builder::new().spawn(run);
            ahead.threads.push(taken);
        }
        ahead
    }

    /// What a file holds. Files are asked for in the order that they were named in, others between
    /// them.
    pub fn take(&mut self, settings: &corpus::Settings, file: &FileStamp) -> Read {
        if let Some((_, thread)) = self.files.pop_front_if(|(path, _)| *path == file.path)
            && let Ok(read) = self.threads[thread].recv()
        {
            return read;
        }
        Read { loaded: corpus::load_file(settings, file), prepared: None }
    }

    /// Makes an article ready.
    pub fn prepare(&mut self, article: &Article) -> anyhow::Result<Prepared> {
        self.preparer.prepare(article)
    }
}

/// Reads files until nobody takes them.
fn read<'f>(
    settings: &corpus::Settings,
    files: impl Iterator<Item = &'f FileStamp>,
    ready: &SyncSender<Read>,
) {
    let mut analysis = Preparer::default();
    for file in files {
        let loaded = corpus::load_file(settings, file);
        // What fails here fails again, and is told, when its turn comes.
        let prepared = loaded.article.as_ref().and_then(|a| analysis.prepare(a).ok());
        if ready.send(Read { loaded, prepared }).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ahead, FEW, LARGEST};
    use crate::corpus::files;
    use crate::corpus::{self, Settings};

    #[test]
    fn files_come_in_their_order_and_others_between_them() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..5 * FEW {
            let text = format!("Article {n}\n\nText number {n} is here.\n");
            std::fs::write(folder.path().join(format!("{n:03}.txt")), text).unwrap();
        }
        let large = "A large one\n\n".to_owned() + &"Text.\n".repeat(1 << 18);
        std::fs::write(folder.path().join("006.txt"), large).unwrap();
        let (max_file_mib, ignore) = (2, Vec::new());
        let settings = Settings { folder: folder.path().to_owned(), max_file_mib, ignore };
        let all = files::list(&settings).unwrap().files;
        assert!(all[6].size > LARGEST);
        for step in [1, 3, 5 * FEW] {
            let wanted = all.iter().step_by(step).cloned().collect();
            let mut ahead = Ahead::start(&settings, wanted);
            for (n, file) in all.iter().enumerate() {
                let read = ahead.take(&settings, file);
                assert_eq!(read.loaded.stamp.hash, corpus::load_file(&settings, file).stamp.hash);
                let early = step <= 3 && n % step == 0 && file.size <= LARGEST;
                assert_eq!(read.prepared.is_some(), early, "{} by {step}", file.path);
            }
        }
    }
}
