//! `faqbot` and `faqbot repl`: the prompt.

use std::thread;
use std::time::Duration;

use crate::answering::Answerer;
use crate::commands::progress::Bar;
use crate::commands::{Global, Outcome, TONGUE, layout};
use crate::faces::repl;
use crate::publishing::{self, Opened, Sources, completion, watch};
use crate::settings::{Settings, environment};

/// How long the prompt may look for changed articles before it answers.
const PATIENCE: Duration = Duration::from_millis(50);

/// Runs the command.
pub fn run(global: &Global, settings: &Settings) -> anyhow::Result<Outcome> {
    let sources = global.sources(settings);
    let opened = open(global, &sources, None)?;
    global.tell(&opened);
    completion::complete_in_background(&sources, &opened.reader, |_| {});
    if settings.publishing.watch {
        let (sources, settings) = (sources.clone(), settings.publishing.clone());
        // What is in the way is told where the next line finds out.
        thread::spawn(move || watch::run(&sources, &settings, &|| true, &mut |_| {}));
    }
    let mut out = anstream::stdout();
    let renewed = |generation: &str| renewed(global, &sources, generation);
    let history = environment::history_file();
    let answerer = sources.answerer(opened.reader)?;
    repl::run(answerer, &renewed, layout(), TONGUE, history, &mut out)?;
    Ok(Outcome::Done)
}

fn open(global: &Global, sources: &Sources, patience: Option<Duration>) -> anyhow::Result<Opened> {
    let bar = Bar::new(global.talks());
    publishing::open(sources, patience, &|s, d, a| bar.show(s, d, a))
}

/// An answerer over articles that have changed since the last line; a corpus that cannot be
/// read for the moment is no reason to stop answering from the index.
fn renewed(global: &Global, sources: &Sources, generation: &str) -> Option<Answerer> {
    global.tell_failure(sources.model.as_ref());
    let opened = open(global, sources, Some(PATIENCE)).ok()?;
    if opened.reader.name() == generation {
        return None;
    }
    global.tell(&opened);
    sources.answerer(opened.reader).ok()
}
