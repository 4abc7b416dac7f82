//! How far something has come: a bar on a terminal, silence elsewhere.

use std::cell::RefCell;
use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::publishing::Stage;

/// A bar on standard error.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    message: RefCell<String>,
}

impl Bar {
    /// A bar that is drawn where standard error is a terminal and `wanted`.
    pub fn new(wanted: bool) -> Self {
        let drawn = wanted && std::io::stderr().is_terminal();
        let target =
            if drawn { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len}") {
            bar.set_style(style);
        }
        Self { bar, message: RefCell::default() }
    }

    /// Shows how far a build has come; a finished one leaves nothing behind.
    pub fn show(&self, stage: Stage, done: usize, all: usize) {
        let message = match stage {
            Stage::Reading => "reading articles ",
            Stage::Indexing => "building the index",
            Stage::Meaning => "working out what texts mean",
        };
        self.show_as(message, done, all);
        if stage != Stage::Reading && done == all {
            self.bar.finish_and_clear();
        }
    }

    /// Shows how far something of this name has come.
    pub fn show_as(&self, message: &str, done: usize, all: usize) {
        if *self.message.borrow() != message {
            message.clone_into(&mut self.message.borrow_mut());
            self.bar.reset();
            self.bar.set_message(message.to_owned());
            self.bar.set_length(all as u64);
        }
        self.bar.set_position(done as u64);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
