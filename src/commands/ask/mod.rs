//! `faqbot ask`: one question, or one a line from standard input.

mod lines;

use std::ffi::OsString;
use std::io::{self, BufReader};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::answering::Answerer;
use crate::answering::conversation::Conversation;
use crate::answering::reply::{Outcome as Reached, Reply};
use crate::commands::{Global, Outcome, TONGUE, layout, output};
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
    let bar = global.bar();
    let opened = publishing::open(&sources, Some(PATIENCE), &|s, d, a| bar.show(s, d, a))?;
    drop(bar);
    global.tell(&opened);
    let answerer = sources.answerer(opened.reader)?;
    if lines {
        return from_stdin(global.clone(), answerer, how);
    }
    let words: Vec<_> = question.iter().map(|w| w.to_string_lossy()).collect();
    let started = Instant::now();
    let reply = answerer.answer(&words.join(" "))?;
    let (outcome, text) = told(global, &answerer, &reply, started.elapsed(), how);
    output::print(&text)?;
    Ok(outcome)
}

fn from_stdin(global: Global, answerer: Answerer, how: How) -> anyhow::Result<Outcome> {
    let (conversation, began) = (Mutex::new(Conversation::default()), Instant::now());
    // A conversation is read from its beginning to its end.
    let threads = if how.conversation { 1 } else { lines::cores() };
    let answer = move |question: &str| {
        let started = Instant::now();
        let reply = if how.conversation {
            let mut conversation = conversation.lock().unwrap_or_else(PoisonError::into_inner);
            conversation.ask(&answerer, question, began.elapsed())?
        } else {
            answerer.answer(question)?
        };
        let (outcome, mut text) = told(&global, &answerer, &reply, started.elapsed(), how);
        if !global.json {
            text.push('\n');
        }
        Ok((outcome, text))
    };
    lines::each(BufReader::new(io::stdin()), threads, answer, &mut output::is_read)
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
