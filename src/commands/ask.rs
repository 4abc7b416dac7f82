//! `faqbot ask`: one question, or one a line from standard input.

use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::answering::Answerer;
use crate::answering::conversation::Conversation;
use crate::answering::reply::{Outcome as Reached, Reply};
use crate::commands::progress::Bar;
use crate::commands::{Global, Outcome, TONGUE, layout, quiet_when_closed};
use crate::faces::{json, plain};
use crate::publishing;
use crate::settings::Settings;

/// How long a one-shot question may look for changes of the corpus before it answers.
const PATIENCE: Duration = Duration::from_millis(50);

/// How to answer.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// Whether to tell what counted for and against a reply.
    pub explain: bool,
    /// Whether the lines from standard input are one conversation.
    pub conversation: bool,
}

/// Runs the command.
pub fn run(
    global: &Global,
    settings: &Settings,
    question: &[OsString],
    how: How,
) -> anyhow::Result<Outcome> {
    let lines = question.len() == 1 && question[0] == "-";
    ensure!(
        lines || !how.conversation,
        "--conversation: needs several questions: give them one a line to `faqbot ask --conversation -`"
    );
    let sources = global.sources(settings);
    let bar = Bar::new(global.talks());
    let opened = publishing::open(&sources, Some(PATIENCE), &|s, d, a| bar.show(s, d, a))?;
    global.tell(&opened);
    let answerer = sources.answerer(opened.reader)?;
    if lines {
        return from_stdin(global, &answerer, how);
    }
    let words: Vec<_> = question.iter().map(|w| w.to_string_lossy()).collect();
    let mut out = anstream::stdout().lock();
    let started = Instant::now();
    let reply = answerer.answer(&words.join(" "))?;
    let (outcome, text) = told(global, &answerer, &reply, started.elapsed(), how);
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).or_else(quiet_when_closed)?;
    Ok(outcome)
}

fn from_stdin(global: &Global, answerer: &Answerer, how: How) -> anyhow::Result<Outcome> {
    let (mut conversation, began) = (Conversation::default(), Instant::now());
    let mut worst = Outcome::Done;
    let mut lines = io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).context("standard input: cannot be read")? == 0 {
            return Ok(worst);
        }
        let mut out = anstream::stdout().lock();
        let (question, started) = (String::from_utf8_lossy(&line), Instant::now());
        let reply = if how.conversation {
            conversation.ask(answerer, &question, began.elapsed())?
        } else {
            answerer.answer(&question)?
        };
        let (outcome, mut text) = told(global, answerer, &reply, started.elapsed(), how);
        if !global.json {
            text.push('\n');
        }
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            // Nobody reads any more: what is left need not be asked.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(worst),
            written => written?,
        }
        if outcome != Outcome::Done {
            worst = outcome;
        }
    }
}

/// What came of a question, and what to print.
fn told(
    global: &Global,
    answerer: &Answerer,
    reply: &Reply,
    took: Duration,
    how: How,
) -> (Outcome, String) {
    global.tell_failure(answerer.model());
    let outcome = match reply.outcome {
        Reached::Answer(_) => Outcome::Done,
        Reached::Choices(_) | Reached::Unknown => Outcome::NotKnown,
    };
    let mut text = shown(global, reply, took);
    if how.explain {
        text.push_str(&plain::why(reply, layout(), TONGUE));
    }
    (outcome, text)
}

fn shown(global: &Global, reply: &Reply, took: Duration) -> String {
    if global.json {
        format!("{}\n", json::render(reply, took))
    } else {
        plain::render(reply, layout(), TONGUE)
    }
}
