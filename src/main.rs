//! The faqbot program: command line in, exit status out.

use std::panic;
use std::process::ExitCode;

use clap::Parser;
use faqbot::commands::{self, CommandLine};
use faqbot::faces::rich::visible;
use faqbot::index::reader;
use faqbot::text::stem;

fn main() -> ExitCode {
    report_panics();
    match commands::run(CommandLine::parse()) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            anstream::eprintln!("faqbot: {}", visible(&format!("{error:#}")));
            ExitCode::from(2)
        }
    }
}

/// A fault of the program is told in one line; those of the stemming library and of the
/// search library over damaged files, which are caught where they happen, are not told here.
fn report_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let caught = place.contains(stem::LIBRARY)
            || reader::LIBRARIES.iter().any(|library| place.contains(library));
        if !caught {
            anstream::eprintln!("faqbot: a fault in faqbot itself, at {place}: please report it");
        }
    }));
}
