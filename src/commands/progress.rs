//! How far something has come: a bar on a terminal, plain lines elsewhere where they are wanted.

use std::cell::RefCell;
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::commands::output;
use crate::publishing::Stage;
use crate::settings::environment;

/// Plain lines come no faster than this, but for the last one of a stage.
const PAUSE: Duration = Duration::from_secs(2);

/// A bar, or lines, on standard error.
#[derive(Debug)]
pub struct Bar {
    shown: Shown,
    message: RefCell<String>,
}

#[derive(Debug)]
enum Shown {
    Bar(ProgressBar),
    Lines(RefCell<Told>),
    Nothing,
}

/// When the last line was written, or the stage began, and that line.
#[derive(Debug)]
struct Told {
    at: Instant,
    line: String,
}

impl Bar {
    /// A bar that is drawn where standard error is a terminal and `wanted`; elsewhere plain lines,
    /// where `lines` are wanted.
    pub fn new(wanted: bool, lines: bool) -> Self {
        let drawn = io::stderr().is_terminal() && environment::terminal_draws();
        let shown = match (wanted, drawn) {
            (true, true) => Shown::Bar(bar()),
            (true, false) if lines => {
                Shown::Lines(RefCell::new(Told { at: Instant::now(), line: String::new() }))
            }
            _ => Shown::Nothing,
        };
        Self { shown, message: RefCell::default() }
    }

    /// Shows how far a build has come; a finished bar leaves nothing behind.
    pub fn show(&self, stage: Stage, done: usize, all: usize) {
        let message = match stage {
            Stage::Reading => "reading articles",
            Stage::Indexing => "building the index",
            Stage::Meaning => "working out what texts mean",
        };
        self.show_as(message, done, all);
        if stage != Stage::Reading
            && done == all
            && let Shown::Bar(bar) = &self.shown
        {
            bar.finish_and_clear();
        }
    }

    /// Shows how far something of this name has come.
    pub fn show_as(&self, message: &str, done: usize, all: usize) {
        let begins = *self.message.borrow() != message;
        if begins {
            message.clone_into(&mut self.message.borrow_mut());
        }
        match &self.shown {
            Shown::Bar(bar) => {
                if begins {
                    bar.set_length(all as u64);
                    bar.set_message(message.to_owned());
                    bar.reset();
                }
                bar.set_position(done as u64);
            }
            Shown::Lines(told) => {
                if let Some(line) = told.borrow_mut().next(begins, message, done, all) {
                    output::note(&line);
                }
            }
            Shown::Nothing => {}
        }
    }
}

impl Told {
    /// The line that is due, if any is.
    fn next(&mut self, begins: bool, message: &str, done: usize, all: usize) -> Option<String> {
        let now = Instant::now();
        if begins {
            self.at = now;
        }
        // A single step has nothing to count, and may take long.
        let single = all == 1;
        let line = if single { message.to_owned() } else { format!("{message}: {done} of {all}") };
        let due = single || done == all || now.duration_since(self.at) >= PAUSE;
        if !due || all == 0 || line == self.line {
            return None;
        }
        self.at = now;
        self.line.clone_from(&line);
        Some(line)
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
        // Signs that every character set has.
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{PAUSE, Told};

    #[test]
    fn lines_come_at_intervals_and_at_the_end_of_a_stage() {
        let mut told = Told { at: Instant::now(), line: String::new() };
        assert_eq!(told.next(true, "reading", 1, 3), None);
        told.at = Instant::now().checked_sub(PAUSE).unwrap();
        assert_eq!(told.next(false, "reading", 2, 3).as_deref(), Some("reading: 2 of 3"));
        assert_eq!(told.next(false, "reading", 3, 3).as_deref(), Some("reading: 3 of 3"));
        assert_eq!(told.next(false, "reading", 3, 3), None, "not twice");
        assert_eq!(told.next(true, "building", 0, 1).as_deref(), Some("building"));
        assert_eq!(told.next(false, "building", 1, 1), None);
        assert_eq!(told.next(true, "comparing", 0, 0), None, "there is nothing to do");
    }
}
