//! The prompt: lines in, replies out, with the last reply remembered for `/why` and its like.
//!
//! [`session`] says what a line brings, [`editor`] reads lines from a terminal or a pipe.

pub mod editor;
pub mod session;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;

use crate::answering::Answerer;
use crate::faces::plain::Layout;
use crate::faces::repl::editor::{Editor, Line};
use crate::faces::repl::session::Session;
use crate::faces::wording::Tongue;

/// Asks for lines and answers them until the person leaves.
///
/// `renewed` is asked before each line for an answerer over other articles than those of the
/// generation it is told. `history` is the
/// file that keeps what was typed; nothing is kept where the lines come from a pipe.
pub fn run(
    answerer: Answerer,
    renewed: &dyn Fn(&str) -> Option<Answerer>,
    layout: Layout,
    tongue: Tongue,
    history: Option<PathBuf>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut session = Session::new(answerer, layout, tongue);
    let mut editor = Editor::new(history)?;
    if editor.is_interactive() {
        write!(out, "{}", session.banner()).context("standard output: cannot be written")?;
    }
    loop {
        let line = match editor.read()? {
            Line::Typed(line) => line,
            Line::Cleared => continue,
            Line::End => return Ok(()),
        };
        if line.trim().is_empty() {
            continue;
        }
        if let Some(answerer) = renewed(&session.generation()) {
            session.renew(answerer);
        }
        let turn = session.respond(&line)?;
        if writeln!(out, "{}", turn.text).and_then(|()| out.flush()).is_err() {
            // Nobody reads any more.
            return Ok(());
        }
        if turn.leave {
            return Ok(());
        }
    }
}
