//! Where what a command says goes: results to standard output, everything else to standard error.

use std::borrow::Cow;
use std::io::{self, Write};

use anyhow::Context;

use crate::faces::plain::layout::Layout;
use crate::faces::rich::visible;
use crate::settings::environment;

/// Prints a result. A reader that has gone away (`| head -1`) is no trouble.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    is_read(text).map(|_| ())
}

/// Prints a result; `false` where nobody reads any more.
pub(super) fn is_read(text: &str) -> anyhow::Result<bool> {
    let mut out = anstream::stdout().lock();
    taken(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// Whether what was written to standard output was read. Fails where it could not be written.
pub(super) fn taken(written: io::Result<()>) -> anyhow::Result<bool> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        written => written.context("standard output: cannot be written").map(|()| true),
    }
}

/// What we say ourselves, in letters that the locale shows. Not for paths and what articles say.
pub(super) fn own(text: &str) -> Cow<'_, str> {
    Layout { ascii: !environment::shows_unicode(), ..Layout::default() }.own(text)
}

/// Says a line on standard error. Where nobody hears it, nothing else would help either.
pub(super) fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{}", visible(line));
}

/// Says in one line what is to be known beside the result, or what went wrong.
pub fn note(what: &str) {
    say(&format!("faqbot: {}", what.replace('\n', " ")));
}
