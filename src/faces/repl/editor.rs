//! Lines from a person: edited and remembered on a terminal, read as they come from a pipe.
//! The only home of the line editor.

use std::borrow::Cow;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::PoisonError;

use anstyle::Style;
use anyhow::Context;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::{History as _, MemHistory};
use rustyline::validate::Validator;
use rustyline::{ColorMode, CompletionType, Config, Helper};

use crate::faces::lines;
use crate::faces::repl::history::History;
use crate::faces::repl::suggestions::Shared;

const PROMPT: &str = "? ";
const STRONG: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Where lines come from.
#[derive(Debug)]
pub struct Editor {
    terminal: Option<Terminal>,
    /// Lines that were read from a pipe.
    read: u64,
}

#[derive(Debug)]
struct Terminal {
    lines: rustyline::Editor<Advice, MemHistory>,
    history: History,
}

/// What reading a line gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Line {
    /// A line without its end; on a terminal it may be several, pasted at once.
    Typed(String),
    /// The person cleared the line with Ctrl-C.
    Cleared,
    /// Ctrl-D, or the end of the pipe.
    End,
}

impl Editor {
    /// An editor on a terminal, else plain reading.
    pub fn new(history: Option<PathBuf>, suggestions: Shared) -> anyhow::Result<Self> {
        if !io::stdin().is_terminal() {
            return Ok(Self { terminal: None, read: 0 });
        }
        let colour = anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .color_mode(if colour { ColorMode::Enabled } else { ColorMode::Disabled })
            .bracketed_paste(true)
            .build();
        let history = History::open(history);
        let memory = MemHistory::with_config(&config);
        let mut lines = rustyline::Editor::with_history(config, memory)
            .context("the terminal cannot be used")?;
        lines.set_helper(Some(Advice { suggestions, colour }));
        let mut terminal = Terminal { lines, history };
        terminal.recall()?;
        Ok(Self { terminal: Some(terminal), read: 0 })
    }

    /// Whether a person sits in front of it.
    pub fn is_interactive(&self) -> bool {
        self.terminal.is_some()
    }

    /// The file that what is typed cannot be kept in; told once.
    pub fn take_unkept(&mut self) -> Option<PathBuf> {
        self.terminal.as_mut()?.history.take_unkept()
    }

    /// The next line. What is no UTF-8 is replaced, not refused.
    pub fn read(&mut self) -> anyhow::Result<Line> {
        if let Some(terminal) = &mut self.terminal {
            return terminal.read();
        }
        self.read += 1;
        let line = lines::next(&mut io::stdin().lock(), self.read)?;
        if line.is_empty() {
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
                if self.history.add(&line) {
                    self.recall()?;
                }
                Ok(Line::Typed(line))
            }
            Err(ReadlineError::Interrupted) => Ok(Line::Cleared),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(error) => Err(error).context("the terminal cannot be read"),
        }
    }

    /// Gives the editor the entries of the history anew, as it would keep one twice.
    fn recall(&mut self) -> anyhow::Result<()> {
        let memory = self.lines.history_mut();
        memory.clear().context("the history cannot be cleared")?;
        for entry in self.history.entries() {
            memory.add(entry).context("the history cannot be read")?;
        }
        Ok(())
    }
}

/// What the editor is told about the line that is being typed.
#[derive(Debug)]
struct Advice {
    suggestions: Shared,
    colour: bool,
}

impl Helper for Advice {}
impl Validator for Advice {}

impl Completer for Advice {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let suggestions = self.suggestions.read().unwrap_or_else(PoisonError::into_inner);
        Ok(suggestions.complete(line.get(..pos).unwrap_or(line)))
    }
}

impl Hinter for Advice {
    type Hint = String;

    /// From what was typed before, else from the corpus.
    fn hint(&self, line: &str, pos: usize, context: &rustyline::Context<'_>) -> Option<String> {
        if pos < line.len() || line.trim().is_empty() || !self.colour {
            // Without colour a hint could not be told from what was typed.
            return None;
        }
        let before = rustyline::hint::HistoryHinter {}.hint(line, pos, context);
        before
            .filter(|hint| !hint.contains('\n'))
            .or_else(|| self.suggestions.read().unwrap_or_else(PoisonError::into_inner).hint(line))
    }
}

impl Highlighter for Advice {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        Cow::Owned(format!("{STRONG}{prompt}{STRONG:#}"))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("{DIM}{hint}{DIM:#}"))
    }
}
