//! What was typed, over sessions: one file that only its owner can read, each line in it once.
//!
//! A line break inside an entry is written as `\n`, a backslash as `\\`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Entries that are remembered.
const REMEMBERED: usize = 2_000;

/// Entries, oldest first.
#[derive(Debug, Default)]
pub struct History {
    entries: Vec<String>,
    /// `None` where nothing can be kept.
    file: Option<PathBuf>,
    /// The file that could not be written, until somebody is told.
    unkept: Option<PathBuf>,
}

impl History {
    /// What a file holds, which is made where there is none. A history that cannot be kept is no
    /// reason to refuse questions.
    pub fn open(file: Option<PathBuf>) -> Self {
        let mut history = Self { file, ..Self::default() };
        history.entries = history.with_file(|kept| Ok(kept.read()?.0)).unwrap_or_default();
        history
    }

    /// Entries, oldest first, none twice.
    pub fn entries(&self) -> &[String] {
        &self.entries
    }

    /// The file that could not be written; told once.
    pub fn take_unkept(&mut self) -> Option<PathBuf> {
        self.unkept.take()
    }

    /// Keeps a line, at once, so that a killed program forgets nothing. Empty lines and those that
    /// begin with a blank are not kept. Tells whether it was.
    pub fn add(&mut self, line: &str) -> bool {
        if line.trim().is_empty() || line.starts_with(char::is_whitespace) {
            return false;
        }
        remember(&mut self.entries, line.to_owned());
        self.with_file(|kept| kept.add(line));
        true
    }

    /// Does something with the file; what fails once is not tried again.
    fn with_file<T>(&mut self, work: impl FnOnce(&Kept) -> io::Result<T>) -> Option<T> {
        let file = self.file.take()?;
        let done = Kept::open(&file).and_then(|kept| work(&kept)).ok();
        let place = if done.is_some() { &mut self.file } else { &mut self.unkept };
        *place = Some(file);
        done
    }
}

/// Puts an entry behind all others; the one that is the same goes.
fn remember(entries: &mut Vec<String>, line: String) {
    entries.retain(|entry| *entry != line);
    entries.push(line);
    if entries.len() > REMEMBERED {
        entries.remove(0);
    }
}

/// The file, while other prompts keep off it.
struct Kept {
    path: PathBuf,
    /// Locked as long as it is open; a file of its own, as the other one may be replaced.
    _lock: Option<File>,
}

impl Kept {
    /// A file that its owner alone can read, which is made where there is none.
    fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        private(path, OpenOptions::new().append(true))?;
        // A link to it stays one.
        let path = path.canonicalize()?;
        // Where nothing can be locked, two prompts may take a line from each other.
        let lock = private(&beside(&path, ".lock"), OpenOptions::new().append(true)).ok();
        let _ = lock.as_ref().map(File::lock);
        Ok(Self { path, _lock: lock })
    }

    /// Its entries, and the bytes that it has.
    fn read(&self) -> io::Result<(Vec<String>, Vec<u8>)> {
        let bytes = fs::read(&self.path)?;
        let mut entries = Vec::new();
        // Other bytes than UTF-8 cost their letters and not the history.
        let content = String::from_utf8_lossy(&bytes);
        // Files of other versions begin with a mark.
        for line in content.lines().filter(|line| *line != "#V2" && !line.is_empty()) {
            remember(&mut entries, unescaped(line));
        }
        Ok((entries, bytes))
    }

    /// Puts a line behind what is there now, which another prompt may have written. What cannot be
    /// written, as on a full disk, costs nothing of it.
    fn add(&self, line: &str) -> io::Result<()> {
        let (mut entries, before) = self.read()?;
        remember(&mut entries, line.to_owned());
        let lines: String = entries.iter().map(|line| escaped(line) + "\n").collect();
        if let Some(more) = lines.as_bytes().strip_prefix(before.as_slice()) {
            let mut file = private(&self.path, OpenOptions::new().append(true))?;
            return file.write_all(more).inspect_err(|_| {
                let _ = file.set_len(before.len() as u64);
            });
        }
        let new = beside(&self.path, ".new");
        let written = private(&new, OpenOptions::new().write(true).truncate(true))
            .and_then(|mut file| file.write_all(lines.as_bytes()).and_then(|()| file.sync_data()))
            .and_then(|()| fs::rename(&new, &self.path));
        written.inspect_err(|_| {
            let _ = fs::remove_file(&new);
        })
    }
}

/// Opens a file that its owner alone can read, which is made where there is none.
fn private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// The path with more at its end.
fn beside(path: &Path, more: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(more);
    path.into()
}

fn escaped(line: &str) -> String {
    line.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "")
}

fn unescaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(c) = letters.next() {
        out.push(match c {
            '\\' => match letters.next() {
                Some('n') => '\n',
                other => other.unwrap_or(c),
            },
            _ => c,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use proptest::{prop_assert_eq, proptest};

    use super::{History, REMEMBERED, escaped, unescaped};

    #[test]
    fn entries_stay_over_sessions_and_none_is_there_twice() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state/history");
        let mut history = History::open(Some(file.clone()));
        assert!(history.add("one") && history.add("two\nlines \\n") && history.add("one"));
        assert!(!history.add(" secret") && !history.add("  "));
        assert_eq!(history.entries(), ["two\nlines \\n", "one"]);
        let again = History::open(Some(file.clone()));
        assert_eq!(again.entries(), history.entries());
        let content = || fs::read_to_string(&file).unwrap();
        assert_eq!(content(), "two\\nlines \\\\n\none\n");
        // Another prompt has its own lines, and takes none from the first.
        let mut other = again;
        assert!(other.add("three") && history.add("two\nlines \\n"));
        assert_eq!(content(), "one\nthree\ntwo\\nlines \\\\n\n");
        assert_eq!(history.take_unkept(), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn long_files_are_cut_and_odd_ones_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("history");
        let lines: Vec<String> = (0..=2 * REMEMBERED).map(|n| n.to_string()).collect();
        fs::write(&file, format!("#V2\n{}\n", lines.join("\n"))).unwrap();
        let mut history = History::open(Some(file.clone()));
        assert_eq!(history.entries().len(), REMEMBERED);
        assert!(history.add("one more"));
        let content = fs::read_to_string(&file).unwrap();
        assert_eq!(content.lines().count(), REMEMBERED);
        assert!(content.ends_with(&format!("\n{}\none more\n", 2 * REMEMBERED)));
        fs::write(&file, b"a\xffb\na\nb\na\n").unwrap();
        assert_eq!(History::open(Some(file)).entries(), ["a\u{fffd}b", "b", "a"]);
    }

    #[test]
    fn what_cannot_be_written_leaves_the_file_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("history");
        let mut history = History::open(Some(file.clone()));
        assert!(history.add("one") && history.add("two"));
        // Where the new file would stand is no place for one.
        fs::create_dir(folder.path().join("history.new")).unwrap();
        assert!(history.add("three"), "put behind the others");
        assert_eq!(history.take_unkept(), None);
        assert!(history.add("one"));
        assert_eq!(history.take_unkept(), Some(file.clone()));
        assert_eq!(fs::read_to_string(&file).unwrap(), "one\ntwo\nthree\n");
    }

    #[test]
    #[cfg(unix)]
    fn a_link_to_the_file_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let (link, file) = (folder.path().join("history"), folder.path().join("kept"));
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let mut history = History::open(Some(link.clone()));
        assert!(history.add("one") && history.add("two") && history.add("one"));
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "two\none\n");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_once() {
        let nowhere = PathBuf::from("/proc/none/history");
        let mut history = History::open(Some(nowhere.clone()));
        assert_eq!(history.take_unkept(), Some(nowhere));
        assert!(history.add("kept in memory"));
        assert_eq!(history.entries(), ["kept in memory"]);
        assert_eq!(history.take_unkept(), None);
        assert_eq!(History::open(None).take_unkept(), None);
    }

    proptest! {
        #[test]
        fn every_entry_comes_back(line in "(?s)[^\r]{0,40}") {
            prop_assert_eq!(unescaped(&escaped(&line)), line);
        }
    }
}
