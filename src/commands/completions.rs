//! `faqbot completions`: what a shell needs to complete commands and options.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::commands::{CommandLine, Outcome, output};

/// Runs the command.
pub fn run(shell: Shell) -> anyhow::Result<Outcome> {
    // Made first, as the library takes a closed pipe for a fault.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "faqbot", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Done)
}
