//! `faqbot` and `faqbot repl`: the prompt.

use std::time::Duration;

use crate::answering::Answerer;
use crate::commands::progress::Bar;
use crate::commands::{Global, Outcome, answerer, layout};
use crate::faces::repl;
use crate::publishing::{self, Opened};
use crate::settings::{Settings, environment};

/// How long the prompt may look for changed articles before it answers.
const PATIENCE: Duration = Duration::from_millis(50);

/// Runs the command.
pub fn run(global: &Global, settings: &Settings) -> anyhow::Result<Outcome> {
    let opened = open(global, settings, None)?;
    global.tell(&opened);
    let mut out = anstream::stdout();
    let renewed = |generation: &str| renewed(global, settings, generation);
    let history = environment::history_file();
    repl::run(answerer(settings, opened)?, &renewed, layout(), history, &mut out)?;
    Ok(Outcome::Done)
}

fn open(
    global: &Global,
    settings: &Settings,
    patience: Option<Duration>,
) -> anyhow::Result<Opened> {
    let bar = Bar::new(global.talks());
    publishing::open(&settings.sources(), patience, &|s, d, a| bar.show(s, d, a))
}

/// An answerer over articles that have changed since the last line; a corpus that cannot be
/// read for the moment is no reason to stop answering from the index.
fn renewed(global: &Global, settings: &Settings, generation: &str) -> Option<Answerer> {
    let opened = open(global, settings, Some(PATIENCE)).ok()?;
    if opened.reader.manifest().generation == generation {
        return None;
    }
    global.tell(&opened);
    answerer(settings, opened).ok()
}
