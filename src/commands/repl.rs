//! `faqbot` and `faqbot repl`: the prompt.

use crate::commands::progress::Bar;
use crate::commands::{Global, Outcome, answerer, layout};
use crate::faces::repl;
use crate::publishing;
use crate::settings::{self, Settings};

/// Runs the command.
pub fn run(global: &Global, settings: &Settings) -> anyhow::Result<Outcome> {
    let bar = Bar::new(global.talks());
    let opened = publishing::open(&settings.sources(), None, &|s, d, a| bar.show(s, d, a))?;
    drop(bar);
    global.tell(&opened);
    let mut out = anstream::stdout();
    repl::run(answerer(settings, opened), layout(), settings::history_file(), &mut out)?;
    Ok(Outcome::Done)
}
