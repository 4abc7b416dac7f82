//! Lines from a person: edited and remembered on a terminal, read as they come from a pipe.
//! The only home of the line editor.

use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};

use anyhow::Context;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;

const PROMPT: &str = "? ";
/// Lines that are remembered.
const REMEMBERED: usize = 2000;

/// Where lines come from.
#[derive(Debug)]
pub struct Editor {
    terminal: Option<Terminal>,
}

#[derive(Debug)]
struct Terminal {
    lines: rustyline::Editor<(), FileHistory>,
    history: Option<PathBuf>,
}

/// What reading a line gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// A line without its end.
    Typed(String),
    /// The person cleared the line with Ctrl-C.
    Cleared,
    /// Ctrl-D, or the end of the pipe.
    End,
}

impl Editor {
    /// An editor on a terminal, else plain reading. A history that cannot be kept is no
    /// reason to refuse questions: it is said once in the log and left.
    pub fn new(history: Option<PathBuf>) -> anyhow::Result<Self> {
        if !io::stdin().is_terminal() {
            return Ok(Self { terminal: None });
        }
        let config = rustyline::Config::builder()
            .max_history_size(REMEMBERED)
            .and_then(|c| c.history_ignore_dups(true))
            .context("the terminal cannot be used")?
            .history_ignore_space(true)
            .bracketed_paste(true)
            .build();
        let mut lines =
            rustyline::Editor::with_config(config).context("the terminal cannot be used")?;
        let history = history.filter(|file| prepare(file).is_ok());
        if let Some(file) = &history {
            let _ = lines.load_history(file);
        }
        Ok(Self { terminal: Some(Terminal { lines, history }) })
    }

    /// Whether a person sits in front of it.
    pub fn is_interactive(&self) -> bool {
        self.terminal.is_some()
    }

    /// The next line. What is no UTF-8 is replaced, not refused.
    pub fn read(&mut self) -> anyhow::Result<Line> {
        if let Some(terminal) = &mut self.terminal {
            return terminal.read();
        }
        let mut line = Vec::new();
        let read = io::stdin().lock().read_until(b'\n', &mut line);
        if read.context("standard input: cannot be read")? == 0 {
            return Ok(Line::End);
        }
        let line = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
        Ok(Line::Typed(line))
    }
}

impl Terminal {
    fn read(&mut self) -> anyhow::Result<Line> {
        match self.lines.readline(PROMPT) {
            Ok(line) => {
                // Kept at once, so that a killed program forgets nothing.
                if self.lines.add_history_entry(line.as_str()).unwrap_or(false)
                    && let Some(file) = &self.history
                {
                    let _ = self.lines.append_history(file);
                }
                Ok(Line::Typed(line))
            }
            Err(ReadlineError::Interrupted) => Ok(Line::Cleared),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(error) => Err(error).context("the terminal cannot be read"),
        }
    }
}

/// Makes sure that the history file is there and that only its owner can read it.
fn prepare(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        options.mode(0o600).open(file)?.set_permissions(fs::Permissions::from_mode(0o600))
    }
    #[cfg(not(unix))]
    options.open(file).map(drop)
}
