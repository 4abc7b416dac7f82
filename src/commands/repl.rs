//! `faqbot` and `faqbot repl`: the prompt.

use std::thread;
use std::time::Duration;

use anyhow::ensure;

use crate::answering::Answerer;
use crate::commands::{Global, Outcome, TONGUE, layout};
use crate::faces::repl::pager::Pager;
use crate::faces::repl::{self, Look, World};
use crate::publishing::{self, Opened, Sources, completion, watch};
use crate::settings::{Settings, environment};

/// How long the prompt may look for changed articles before it answers.
const PATIENCE: Duration = Duration::from_millis(50);

/// Runs the command. `watched` brings in changes beside the prompt whatever the settings say.
pub fn run(global: &Global, settings: &Settings, watched: bool) -> anyhow::Result<Outcome> {
    ensure!(
        !global.json,
        "--json: the prompt is for people: give questions to `faqbot ask --json -`, one a line"
    );
    let sources = global.sources(settings);
    let opened = open(global, &sources, None)?;
    global.tell(&opened);
    completion::complete_in_background(&sources, &opened.reader, |_| {});
    if watched || settings.publishing.watch {
        let (sources, settings) = (sources.clone(), settings.publishing.clone());
        // What is in the way is told where the next line finds out.
        thread::spawn(move || watch::run(&sources, &settings, &|| true, &mut |_| {}));
    }
    let world = World {
        renewed: &|generation, look| renewed(global, &sources, generation, look),
        layout: &layout,
        tongue: TONGUE,
        history: environment::history_file(),
        pager: Pager { command: environment::pager(), less_is_set: environment::less_is_set() },
        talks: global.talks(),
    };
    repl::run(sources.answerer(opened.reader)?, &world, &mut anstream::stdout())?;
    Ok(Outcome::Done)
}

fn open(global: &Global, sources: &Sources, patience: Option<Duration>) -> anyhow::Result<Opened> {
    let bar = global.bar();
    publishing::open(sources, patience, &|s, d, a| bar.show(s, d, a))
}

/// An answerer over articles that have changed since the last line.
fn renewed(
    global: &Global,
    sources: &Sources,
    generation: &str,
    look: Look,
) -> anyhow::Result<Option<Answerer>> {
    global.tell_failure(sources.model.as_ref());
    let patience = (look == Look::Glance).then_some(PATIENCE);
    let opened = open(global, sources, patience)?;
    if opened.reader.name() == generation {
        return Ok(None);
    }
    global.tell(&opened);
    sources.answerer(opened.reader).map(Some)
}
