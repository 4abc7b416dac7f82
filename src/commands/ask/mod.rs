//! `faqbot ask`: one question, or one a line from standard input.

mod lines;

use std::ffi::OsString;
use std::io::{self, BufReader};
use std::time::{Duration, Instant};

use crate::answering::Answerer;
use crate::answering::reply::{Outcome as Reached, Reply};
use crate::commands::{Global, Outcome, TONGUE, layout, output};
use crate::faces::{json, plain};
use crate::publishing;
use crate::settings::Settings;

/// How long a one-shot question may look for changes of the corpus before it answers.
const PATIENCE: Duration = Duration::from_millis(50);

/// Runs the command.
pub fn run(
    global: &Global,
    settings: &Settings,
    question: &[OsString],
    explain: bool,
) -> anyhow::Result<Outcome> {
    let sources = global.sources(settings);
    let bar = global.bar();
    let opened = publishing::open(&sources, Some(PATIENCE), &|s, d, a| bar.show(s, d, a))?;
    drop(bar);
    global.tell(&opened);
    let answerer = sources.answerer(opened.reader)?;
    if question.len() == 1 && question[0] == "-" {
        return from_stdin(global.clone(), answerer, explain);
    }
    let words: Vec<_> = question.iter().map(|w| w.to_string_lossy()).collect();
    let (outcome, text) = answer(global, &answerer, &words.join(" "), explain)?;
    output::print(&text)?;
    Ok(outcome)
}

fn from_stdin(global: Global, answerer: Answerer, explain: bool) -> anyhow::Result<Outcome> {
    let answer = move |question: &str| {
        let (outcome, mut text) = answer(&global, &answerer, question, explain)?;
        if !global.json {
            text.push('\n');
        }
        Ok((outcome, text))
    };
    lines::each(BufReader::new(io::stdin()), answer, &mut output::is_read)
}

/// What came of a question, and what to print.
fn answer(
    global: &Global,
    answerer: &Answerer,
    question: &str,
    explain: bool,
) -> anyhow::Result<(Outcome, String)> {
    let started = Instant::now();
    let reply = answerer.answer(question)?;
    global.tell_failure(answerer.model());
    let outcome = match reply.outcome {
        Reached::Answer(_) => Outcome::Done,
        Reached::Choices(_) | Reached::Unknown => Outcome::NotKnown,
    };
    let mut text = shown(global, &reply, started.elapsed());
    if explain {
        text.push_str(&plain::why(&reply, layout(), TONGUE));
    }
    Ok((outcome, text))
}

fn shown(global: &Global, reply: &Reply, took: Duration) -> String {
    if global.json {
        format!("{}\n", json::render(reply, took))
    } else {
        plain::render(reply, layout(), TONGUE)
    }
}
