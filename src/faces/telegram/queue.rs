//! Work that is not done, kept in a file: once something stands there Telegram may forget it, and
//! whatever ends the program, the next one does it.
//!
//! A line for each piece of work, and one for each that is done. Now and then the file is written
//! anew: of what is done only the last numbers stay, so that what Telegram gives twice is done once.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, IntoInnerError, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Numbers that are remembered: far more than Telegram gives at once.
const REMEMBERED: usize = 2_000;
/// A file with more than this beside twice what is not done is written anew, in bytes.
const LARGE: u64 = 1 << 20;

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line<T> {
    /// To be done, by its number.
    Todo(i64, T),
    /// Done.
    Done(i64),
    /// Taken at some time, and done.
    Seen(Vec<i64>),
}

/// The file.
#[derive(Debug)]
pub struct Queue {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    file: File,
    size: u64,
    /// The lines of what is not done, and their length in all.
    open: BTreeMap<i64, String>,
    open_size: u64,
    /// Whether the file holds work that is done.
    stale: bool,
    known: HashSet<i64>,
    /// The same numbers, oldest first.
    order: VecDeque<i64>,
}

impl Queue {
    /// Opens the file, or begins one; gives what is left to do, in the order it was put there.
    /// Half a line at the end is from a program that was killed before it was taken.
    pub fn open<T: Serialize + DeserializeOwned>(path: &Path) -> io::Result<(Self, Vec<(i64, T)>)> {
        let mut inner = Inner {
            path: path.to_owned(),
            file: appending(path)?,
            size: 0,
            open: BTreeMap::new(),
            open_size: 0,
            stale: false,
            known: HashSet::new(),
            order: VecDeque::new(),
        };
        let mut left: Vec<(i64, T)> = Vec::new();
        let lines = BufReader::new(&inner.file).split(b'\n').collect::<io::Result<Vec<_>>>()?;
        for line in lines {
            match serde_json::from_slice::<Line<T>>(&line) {
                Ok(Line::Todo(id, work)) => {
                    inner.remember(id);
                    inner.open.insert(id, String::from_utf8_lossy(&line).into_owned() + "\n");
                    left.push((id, work));
                }
                Ok(Line::Done(id)) => {
                    inner.open.remove(&id);
                }
                Ok(Line::Seen(ids)) => ids.into_iter().for_each(|id| inner.remember(id)),
                Err(_) => {}
            }
        }
        left.retain(|(id, _)| inner.open.contains_key(id));
        inner.open_size = inner.open.values().map(|line| line.len() as u64).sum();
        inner.rewrite()?;
        Ok((Self { inner: Mutex::new(inner) }, left))
    }

    /// Puts work there that is new; gives the numbers of that. On disk when this returns.
    pub fn add<T: Serialize>(&self, work: &[(i64, T)]) -> io::Result<HashSet<i64>> {
        let mut inner = self.lock();
        let mut new = Vec::new();
        for (id, work) in work {
            if !inner.known.contains(id) && new.iter().all(|(other, _)| other != id) {
                new.push((*id, serde_json::to_string(&Line::Todo(*id, work))? + "\n"));
            }
        }
        if !new.is_empty() {
            let text: String = new.iter().map(|(_, line)| line.as_str()).collect();
            inner.append(&text)?;
            inner.file.sync_data().inspect_err(|_| inner.take_back(&text))?;
        }
        let ids = new.iter().map(|(id, _)| *id).collect();
        for (id, line) in new {
            inner.remember(id);
            inner.open_size += line.len() as u64;
            inner.open.insert(id, line);
        }
        Ok(ids)
    }

    /// Work is done. Where that cannot be written it may be done once more after a restart.
    pub fn done(&self, id: i64) {
        let mut inner = self.lock();
        let Some(line) = inner.open.remove(&id) else { return };
        inner.open_size -= line.len() as u64;
        inner.stale = true;
        // Not at every turn where much of it is not done.
        let large = inner.size > LARGE + 2 * inner.open_size;
        let written = if large { inner.rewrite() } else { inner.append(&done_line(id)) };
        if let Err(error) = written {
            tracing::warn!("what is answered cannot be written down: {error}");
        }
    }

    /// Forgets what is done.
    pub fn tidy(&self) {
        let mut inner = self.lock();
        if inner.stale
            && let Err(error) = inner.rewrite()
        {
            tracing::warn!("what is answered cannot be forgotten: {error}");
        }
    }

    /// Whether work was never put there.
    pub fn is_new(&self, id: i64) -> bool {
        !self.lock().known.contains(&id)
    }

    /// How much is left to do.
    pub fn len(&self) -> usize {
        self.lock().open.len()
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn done_line(id: i64) -> String {
    format!("{{\"done\":{id}}}\n")
}

impl Inner {
    fn remember(&mut self, id: i64) {
        if self.known.insert(id) {
            self.order.push_back(id);
        }
        while self.order.len() > REMEMBERED + self.open.len() {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }

    fn append(&mut self, text: &str) -> io::Result<()> {
        let written = self.file.write_all(text.as_bytes());
        self.size += text.len() as u64;
        written.inspect_err(|_| self.take_back(text))
    }

    /// What is not said to be there must not be found there.
    fn take_back(&mut self, text: &str) {
        self.size -= text.len() as u64;
        let _ = self.file.set_len(self.size);
    }

    fn seen_line(&self) -> String {
        let done = self.order.iter().filter(|id| !self.open.contains_key(id));
        let ids: Vec<String> = done.map(ToString::to_string).collect();
        format!("{{\"seen\":[{}]}}\n", ids.join(","))
    }

    /// Writes what is left beside the file and swaps the two.
    fn rewrite(&mut self) -> io::Result<()> {
        let seen = self.seen_line();
        let beside = self.path.with_extension("new");
        let _ = fs::remove_file(&beside);
        // Line by line: nothing as large as all of it is ever in memory at once.
        let mut file = BufWriter::new(appending(&beside)?);
        file.write_all(seen.as_bytes())?;
        for line in self.open.values() {
            file.write_all(line.as_bytes())?;
        }
        let file = file.into_inner().map_err(IntoInnerError::into_error)?;
        file.sync_data()?;
        fs::rename(&beside, &self.path)?;
        self.file = file;
        self.size = seen.len() as u64 + self.open_size;
        self.stale = false;
        Ok(())
    }
}

/// Opens a file that grows, readable by its owner alone.
fn appending(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).read(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fs::{self, OpenOptions};
    use std::io::Write;

    use super::Queue;

    fn open(path: &std::path::Path) -> (Queue, Vec<(i64, String)>) {
        Queue::open(path).unwrap()
    }

    fn work(ids: &[i64]) -> Vec<(i64, String)> {
        ids.iter().map(|id| (*id, format!("question {id}"))).collect()
    }

    #[test]
    fn what_is_not_done_is_left_and_nothing_is_taken_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue");
        let (queue, left) = open(&path);
        assert!(left.is_empty());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(queue.add(&work(&[5, 6, 7])).unwrap(), HashSet::from([5, 6, 7]));
        assert_eq!(queue.add(&work(&[6, 7, 8, 8])).unwrap(), HashSet::from([8]));
        queue.done(6);
        queue.done(99);
        drop(queue);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"todo\":[9,").unwrap();
        let (queue, left) = open(&path);
        assert_eq!(left, work(&[5, 7, 8]));
        assert!(queue.add(&work(&[6, 8])).unwrap().is_empty(), "they were taken before");
        for id in [5, 7, 8] {
            queue.done(id);
        }
        assert!(fs::read_to_string(&path).unwrap().contains("question 7"));
        queue.tidy();
        assert!(queue.is_empty() && !fs::read_to_string(&path).unwrap().contains("question"));
        queue.tidy();
        drop(queue);
        let (queue, left) = open(&path);
        assert!(left.is_empty() && queue.add(&work(&[7])).unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_written_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue");
        let (queue, _) = open(&path);
        queue.add(&work(&[5])).unwrap();
        let file = std::mem::replace(&mut queue.lock().file, fs::File::open(&path).unwrap());
        assert!(queue.add(&work(&[6])).is_err() && queue.is_new(6) && !queue.is_new(5));
        queue.lock().file = file;
        assert_eq!(queue.add(&work(&[6, 7])).unwrap(), HashSet::from([6, 7]));
        drop(queue);
        assert_eq!(open(&path).1, work(&[5, 6, 7]));
    }

    #[test]
    fn what_is_done_is_forgotten_while_something_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue");
        let (queue, _) = open(&path);
        queue.add(&work(&[5, 6])).unwrap();
        queue.done(5);
        queue.tidy();
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("question 5") && text.contains("question 6"), "{text}");
        drop(queue);
        let (queue, left) = open(&path);
        assert_eq!(left, work(&[6]));
        assert!(!queue.is_new(5));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_of_much_that_is_left_is_not_written_anew_at_every_turn() {
        use std::os::unix::fs::MetadataExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue");
        let (queue, _) = open(&path);
        for id in 0..300 {
            queue.add(&[(id, "x".repeat(20_000))]).unwrap();
        }
        let mut files = std::collections::HashSet::new();
        for id in 0..300 {
            queue.done(id);
            files.insert(fs::metadata(&path).unwrap().ino());
        }
        assert!(files.len() < 10, "{}", files.len());
    }

    #[test]
    fn the_file_and_its_memory_stay_small() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queue");
        let (queue, _) = open(&path);
        for id in 0..600 {
            queue.add(&[(id, "x".repeat(20_000))]).unwrap();
            queue.done(id);
        }
        assert!(fs::metadata(&path).unwrap().len() < 2 << 20);
        assert!(queue.lock().known.len() <= super::REMEMBERED);
    }
}
