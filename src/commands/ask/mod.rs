//! `faqbot ask`: one question, or one a line from standard input.

mod lines;

use std::ffi::OsString;
use std::io::{self, BufReader};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::answering::Answerer;
use crate::answering::reply::{Outcome as Reached, Reply};
use crate::commands::{Global, Outcome, TONGUE, layout, output};
use crate::faces::plain::layout::Layout;
use crate::faces::repl::interrupt::Interrupts;
use crate::faces::repl::session::Session;
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
    /// Whether the lines from standard input are one talk, as at the prompt.
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
    let bar = global.bar();
    let opened = publishing::open(&sources, Some(PATIENCE), &|s, d, a| bar.show(s, d, a))?;
    drop(bar);
    global.tell(&opened);
    let answerer = sources.answerer(opened.reader)?;
    if lines {
        let (global, input) = (global.clone(), BufReader::new(io::stdin()));
        let written = &mut output::is_read;
        // A talk is read from its beginning to its end.
        return if how.conversation {
            lines::each(input, 1, talking(global, answerer, how), written)
        } else {
            lines::each(input, lines::cores(), asking(global, answerer, how), written)
        };
    }
    let words: Vec<_> = question.iter().map(|w| w.to_string_lossy()).collect();
    let started = Instant::now();
    let reply = answerer.answer(&words.join(" "))?;
    let text = shown(global, &reply, started.elapsed());
    let (outcome, text) = told(global, &answerer, &reply, text, how);
    output::print(&text)?;
    Ok(outcome)
}

/// Answers each line by itself.
fn asking(
    global: Global,
    answerer: Answerer,
    how: How,
) -> impl Fn(&str) -> anyhow::Result<(Outcome, String)> {
    move |question| {
        let started = Instant::now();
        let reply = answerer.answer(question)?;
        let text = shown(&global, &reply, started.elapsed());
        let (outcome, text) = told(&global, &answerer, &reply, text, how);
        Ok((of_line(question, outcome), ended(&global, text)))
    }
}

/// What a line counts as: one that asks nothing has its reply, so that replies stay beside their
/// lines, and leaves nothing unknown.
fn of_line(line: &str, outcome: Outcome) -> Outcome {
    if line.trim().is_empty() { Outcome::Done } else { outcome }
}

/// Answers each line after those before it. One that is no question leaves nothing unknown.
fn talking(
    global: Global,
    answerer: Answerer,
    how: How,
) -> impl Fn(&str) -> anyhow::Result<(Outcome, String)> {
    let session = Mutex::new(Session::new(answerer, TONGUE));
    move |line| {
        let started = Instant::now();
        let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
        let layout = if global.json { Layout::default() } else { layout() };
        let turn = session.respond(line, layout, &Interrupts::none())?;
        let text = match &turn.reply {
            Some(reply) if global.json => shown(&global, reply, started.elapsed()),
            None if global.json => format!("{}\n", json::said(line, &turn.text)),
            _ => turn.text,
        };
        let (outcome, text) = match &turn.reply {
            Some(reply) => told(&global, session.answerer(), reply, text, how),
            None => (Outcome::Done, text),
        };
        Ok((of_line(line, outcome), ended(&global, text)))
    }
}

/// A text with a blank line after it, so that replies are told apart.
fn ended(global: &Global, mut text: String) -> String {
    if !global.json {
        text.push('\n');
    }
    text
}

/// What came of a question, and what to print.
fn told(
    global: &Global,
    answerer: &Answerer,
    reply: &Reply,
    mut text: String,
    how: How,
) -> (Outcome, String) {
    global.tell_failure(answerer.model());
    let outcome = match reply.outcome {
        Reached::Answer(_) => Outcome::Done,
        Reached::Choices(_) | Reached::Unknown => Outcome::NotKnown,
    };
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
