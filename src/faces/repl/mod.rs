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

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::thread;

use anyhow::Context;

use crate::answering::Answerer;
use crate::faces::plain::layout::Layout;
use crate::faces::plain::{around, dim};
use crate::faces::repl::editor::{Editor, Line};
use crate::faces::repl::interrupt::Interrupts;
use crate::faces::repl::pager::Pager;
use crate::faces::repl::session::{Session, Then};
use crate::faces::repl::suggestions::{KNOWN, KNOWN_AT_ONCE, Shared, Suggestions};
use crate::faces::rich::{Mark, visible};
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
    pub renewed: &'a dyn Fn(&str, Look) -> anyhow::Result<Option<Answerer>>,
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
    }
    if interactive && world.talks {
        let banner = session.banner((world.layout)());
        write!(out, "{banner}").context("standard output: cannot be written")?;
    }
    loop {
        if let Some(file) = editor.take_unkept().filter(|_| world.talks) {
            let file = visible(&file.display().to_string());
            let unkept = world.tongue.unkept(&file);
            anstream::eprint!("{}", around(&unkept, &[&file], Mark::dim(), (world.layout)()));
        }
        let line = match editor.read()? {
            Line::Typed(line) if line.trim().is_empty() => continue,
            Line::Typed(line) => line,
            Line::Cleared => continue,
            Line::End => return Ok(()),
        };
        // A corpus that cannot be read for the moment is no reason to stop answering.
        if renew(&mut session, world, Look::Glance).unwrap_or(false) && interactive {
            suggest(&session, &suggestions, world.tongue);
        }
        let layout = (world.layout)();
        let mut turn = session.respond(&line, layout, &interrupts)?;
        if turn.then == Then::Reload {
            match renew(&mut session, world, Look::Thorough) {
                Ok(true) => {}
                Ok(false) => turn.text = dim(world.tongue.texts().prompt.unchanged, layout),
                Err(error) => {
                    let why = format!("{error:#}");
                    turn.text = around(&why, &[&why], Mark::none(), layout);
                }
            }
        }
        let text = format!("{}\n", turn.text);
        // An answer is read where it was asked for; what is long by its nature may be paged.
        let written = match turn.reply {
            Some(_) => out.write_all(text.as_bytes()).and_then(|()| out.flush()),
            None => world.pager.show(&text, layout, out),
        };
        match written {
            // Nobody reads any more.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            written => written.context("standard output: cannot be written")?,
        }
        if turn.then == Then::Leave {
            return Ok(());
        }
    }
}

/// Takes up other articles, where there are any, and tells so.
fn renew(session: &mut Session, world: &World<'_>, look: Look) -> anyhow::Result<bool> {
    let Some(answerer) = (world.renewed)(&session.generation(), look)? else { return Ok(false) };
    if world.talks {
        let changed = world.tongue.changed(answerer.reader().manifest());
        anstream::eprint!("{}", dim(&changed, (world.layout)()));
    }
    session.renew(answerer);
    Ok(true)
}

/// Gathers what can be suggested: of many articles that takes a moment, and is done beside the prompt.
fn suggest(session: &Session, suggestions: &Shared, tongue: Tongue) {
    let (reader, commands) = (session.answerer().reader(), Session::commands(tongue));
    suggestions::replace(suggestions, Suggestions::of(reader, &commands, KNOWN_AT_ONCE));
    let (articles, questions) = (reader.manifest().articles, reader.manifest().questions);
    if articles + questions > KNOWN_AT_ONCE as u64 {
        let (reader, suggestions) = (reader.clone(), suggestions.clone());
        thread::spawn(move || {
            suggestions::replace(&suggestions, Suggestions::of(&reader, &commands, KNOWN));
        });
    }
}
