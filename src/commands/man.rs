//! `faqbot man`: the manual page, or one for each command.

use std::fs;
use std::path::Path;

use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::commands::{CommandLine, Outcome, output};

/// Runs the command.
pub fn run(out: Option<&Path>) -> anyhow::Result<Outcome> {
    let mut command = CommandLine::command().disable_help_subcommand(true);
    command.build();
    match out {
        None => output::print(&page(&command)?)?,
        Some(folder) => {
            fs::create_dir_all(folder).with_context(|| cannot(folder))?;
            write(&command, folder)?;
        }
    }
    Ok(Outcome::Done)
}

/// Writes the page of a command and those of the commands below it.
fn write(command: &Command, folder: &Path) -> anyhow::Result<()> {
    let file = folder.join(Man::new(command.clone()).get_filename());
    fs::write(&file, page(command)?).with_context(|| cannot(&file))?;
    command.get_subcommands().try_for_each(|command| write(command, folder))
}

fn cannot(path: &Path) -> String {
    format!("{}: cannot be written: name another folder", path.display())
}

/// A page as the library has it, and what stands below the options in `--help`, whose lines stay
/// as they are.
fn page(command: &Command) -> anyhow::Result<String> {
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let below = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for (name, text) in sections(&below) {
        let mut section = Roff::new();
        section.control("SH", [name]).control("nf", []);
        for line in text.lines() {
            section.text([roman(line)]);
        }
        section.control("fi", []).to_writer(&mut page)?;
    }
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// The sections of a manual page that the paragraphs below the options are, in its order.
fn sections(below: &str) -> Vec<(&'static str, String)> {
    let mut sections = ["EXIT STATUS", "NOTES", "EXAMPLES"].map(|name| (name, String::new()));
    for paragraph in below.split("\n\n") {
        let (at, text) = match (
            paragraph.strip_prefix("Examples:\n"),
            paragraph.strip_prefix("Exit status: "),
        ) {
            (Some(examples), _) => (2, examples),
            (_, Some(status)) => (0, status),
            _ => (1, paragraph),
        };
        let section = &mut sections[at].1;
        if !section.is_empty() {
            section.push_str("\n\n");
        }
        section.push_str(text);
    }
    sections.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}
