//! The faqbot program: command line in, exit status out.

use std::panic;
use std::process::ExitCode;

use faqbot::commands::{self, output};
use faqbot::index::reader;
use faqbot::semantic::transformer;
use faqbot::text::stem;

fn main() -> ExitCode {
    report_panics();
    let outcome = match commands::read(std::env::args_os()) {
        Ok(line) => commands::run(line),
        Err(told) => commands::explain(&told),
    };
    match outcome {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            output::note(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}

/// A fault of the program is told in one line; those of the stemming library, and of the
/// tokenizer and the search library over damaged files, which are caught where they happen, are not told here.
fn report_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let caught = [stem::LIBRARY, transformer::LIBRARY].iter().any(|own| place.contains(own))
            || reader::LIBRARIES.iter().any(|library| place.contains(library));
        if !caught {
            output::note(&format!("a fault in faqbot itself, at {place}: please report it"));
        }
    }));
}
