//! The faqbot program: command line in, exit status out.

use std::panic;
use std::process::ExitCode;

use clap::Parser;
use faqbot::commands::{self, CommandLine};
use faqbot::text::stem;

fn main() -> ExitCode {
    report_panics();
    match commands::run(CommandLine::parse()) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            anstream::eprintln!("faqbot: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// A fault of the program is told in one line; slips of the stemming library, which are
/// caught and mended where they happen, are not told at all.
fn report_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        if !place.contains(stem::LIBRARY) {
            anstream::eprintln!("faqbot: a fault in faqbot itself, at {place}: please report it");
        }
    }));
}
