//! The prompt: lines in, replies out, with the last reply remembered for `/why` and its like.
//!
//! [`session`] says what a line brings, [`reading`] shows articles, [`editor`] reads lines from a
//! terminal or a pipe with the [`history`] and the [`suggestions`] for what to type, [`interrupt`]
//! listens to Ctrl-C, [`pager`] shows what is longer than the screen.

pub mod history;
pub mod interrupt;
pub mod pager;
pub mod suggestions;

pub mod editor;

pub mod reading;
pub mod session;

use std::io::Write;
use std::path::PathBuf;
use std::thread;

use anyhow::Context;

use crate::answering::Answerer;
use crate::faces::plain::dim;
use crate::faces::plain::layout::Layout;
use crate::faces::repl::editor::{Editor, Line};
use crate::faces::repl::interrupt::Interrupts;
use crate::faces::repl::pager::Pager;
use crate::faces::repl::session::{Session, Then};
use crate::faces::repl::suggestions::{Shared, Suggestions};
use crate::faces::wording::Tongue;

/// How long it may be looked for changed articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// No longer than a person would notice.
    Glance,
    /// As long as it takes.
    Thorough,
}

/// What surrounds the prompt.
pub struct World<'a> {
    /// Gives an answerer over other articles than those of the generation it is told, if there
    /// are any.
    pub renewed: &'a dyn Fn(&str, Look) -> Option<Answerer>,
    /// How wide and high the terminal is now.
    pub layout: &'a dyn Fn() -> Layout,
    /// The language that is spoken.
    pub tongue: Tongue,
    /// The file that keeps what was typed; nothing is kept where lines come from a pipe.
    pub history: Option<PathBuf>,
    /// What shows long texts.
    pub pager: Pager,
    /// Whether remarks are made.
    pub talks: bool,
}

/// Asks for lines and answers them until the person leaves.
pub fn run(answerer: Answerer, world: &World<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut session = Session::new(answerer, world.tongue);
    let suggestions = Shared::default();
    let mut editor = Editor::new(world.history.clone(), suggestions.clone())?;
    let interactive = editor.is_interactive();
    let interrupts = if interactive { Interrupts::listen()? } else { Interrupts::none() };
    if interactive {
        suggest(&session, &suggestions, world.tongue);
        let banner = session.banner((world.layout)());
        write!(out, "{banner}").context("standard output: cannot be written")?;
    }
    loop {
        let line = match editor.read()? {
            Line::Typed(line) if line.trim().is_empty() => continue,
            Line::Typed(line) => line,
            Line::Cleared => continue,
            Line::End => return Ok(()),
        };
        if renew(&mut session, world, Look::Glance) && interactive {
            suggest(&session, &suggestions, world.tongue);
        }
        let layout = (world.layout)();
        let mut turn = session.respond(&line, layout, &interrupts)?;
        if turn.then == Then::Reload && !renew(&mut session, world, Look::Thorough) {
            turn.text = dim(world.tongue.texts().prompt.unchanged, layout);
        }
        if world.pager.show(&format!("{}\n", turn.text), layout, out).is_err() {
            // Nobody reads any more.
            return Ok(());
        }
        if turn.then == Then::Leave {
            return Ok(());
        }
    }
}

/// Takes up other articles, where there are any, and tells so.
fn renew(session: &mut Session, world: &World<'_>, look: Look) -> bool {
    let Some(answerer) = (world.renewed)(&session.generation(), look) else { return false };
    if world.talks {
        let changed = world.tongue.changed(answerer.reader().manifest());
        anstream::eprint!("{}", dim(&changed, (world.layout)()));
    }
    session.renew(answerer);
    true
}

/// Gathers what can be suggested, beside the prompt: of many articles that takes a moment.
fn suggest(session: &Session, suggestions: &Shared, tongue: Tongue) {
    let (reader, suggestions) = (session.answerer().reader().clone(), suggestions.clone());
    thread::spawn(move || {
        let commands = Session::commands(tongue);
        suggestions::replace(&suggestions, Suggestions::of(&reader, &commands));
    });
}
