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
}

impl History {
    /// What a file holds, which is made where there is none. A history that cannot be kept is no
    /// reason to refuse questions.
    pub fn open(file: Option<PathBuf>) -> Self {
        let file = file.filter(|file| append(file).is_ok());
        // Other bytes than UTF-8 cost their letters and not the history.
        let content = file.as_ref().and_then(|file| fs::read(file).ok()).unwrap_or_default();
        let content = String::from_utf8_lossy(&content);
        // Files of other versions begin with a mark.
        let lines = content.lines().filter(|line| *line != "#V2" && !line.is_empty());
        let mut history = Self { entries: Vec::new(), file };
        let mut read = 0;
        for line in lines {
            history.remember(unescaped(line));
            read += 1;
        }
        if read > 2 * REMEMBERED {
            history.compact();
        }
        history
    }

    /// Entries, oldest first, none twice.
    pub fn entries(&self) -> &[String] {
        &self.entries
    }

    /// Keeps a line, at once, so that a killed program forgets nothing. Empty lines and those that
    /// begin with a blank are not kept. Tells whether it was.
    pub fn add(&mut self, line: &str) -> bool {
        if line.trim().is_empty() || line.starts_with(char::is_whitespace) {
            return false;
        }
        if self.entries.last().is_none_or(|last| last != line) {
            self.remember(line.to_owned());
            if let Some(mut out) = self.file.as_ref().and_then(|file| append(file).ok()) {
                // In one piece, as another prompt may be writing too.
                let _ = out.write_all(format!("{}\n", escaped(line)).as_bytes());
            }
        }
        true
    }

    fn remember(&mut self, line: String) {
        self.entries.retain(|entry| *entry != line);
        self.entries.push(line);
        if self.entries.len() > REMEMBERED {
            self.entries.remove(0);
        }
    }

    /// Writes the file anew without what is no longer remembered.
    fn compact(&self) {
        let Some(file) = &self.file else { return };
        let next = file.with_extension("next");
        let lines: String = self.entries.iter().map(|line| escaped(line) + "\n").collect();
        let written = append(&next).and_then(|mut out| {
            out.set_len(0)?;
            out.write_all(lines.as_bytes())
        });
        if written.and_then(|()| fs::rename(&next, file)).is_err() {
            let _ = fs::remove_file(&next);
        }
    }
}

/// A file to write behind what is there, readable by its owner alone.
fn append(file: &Path) -> io::Result<File> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let out = options.mode(0o600).open(file)?;
        out.set_permissions(fs::Permissions::from_mode(0o600))?;
        Ok(out)
    }
    #[cfg(not(unix))]
    options.open(file)
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

    use proptest::{prop_assert_eq, proptest};

    use super::{History, REMEMBERED, escaped, unescaped};

    #[test]
    fn entries_stay_over_sessions_and_none_is_there_twice() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state/history");
        let mut history = History::open(Some(file.clone()));
        assert!(history.add("one") && history.add("two\nlines \\n") && history.add("one"));
        assert!(!history.add(" secret") && !history.add("  "));
        let again = History::open(Some(file.clone()));
        assert_eq!(again.entries(), ["two\nlines \\n", "one"]);
        let content = fs::read_to_string(&file).unwrap();
        assert_eq!(content, "one\ntwo\\nlines \\\\n\none\n");
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
        let history = History::open(Some(file.clone()));
        assert_eq!(history.entries().len(), REMEMBERED);
        assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), REMEMBERED);
        fs::write(&file, b"a\xffb\n").unwrap();
        assert_eq!(History::open(Some(file)).entries(), ["a\u{fffd}b"]);
        let mut nowhere = History::open(Some("/proc/none/history".into()));
        assert!(nowhere.add("kept in memory"));
        assert_eq!(nowhere.entries(), ["kept in memory"]);
    }

    proptest! {
        #[test]
        fn every_entry_comes_back(line in "(?s)[^\r]{0,40}") {
            prop_assert_eq!(unescaped(&escaped(&line)), line);
        }
    }
}
