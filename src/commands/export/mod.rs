//! `faqbot export`: all that can be an answer, as data. One article is in memory at a time.

mod beir;

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::ensure;
use clap::{Args, ValueEnum};

use crate::commands::export::beir::Folder;
use crate::commands::{Global, Outcome, output};
use crate::corpus::{self, passages};
use crate::faces::json;
use crate::settings::Settings;

/// What can be typed behind `export`.
#[derive(Debug, Args)]
pub struct Options {
    /// What is written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    /// Folder for beir; it must be new or empty
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    /// One object a passage, on standard output
    #[default]
    Jsonl,
    /// A folder that `faqbot eval` and others read: passages as documents, FAQ questions and
    /// their other phrasings as queries
    Beir,
}

/// Runs the command.
pub fn run(global: &Global, settings: &Settings, options: &Options) -> anyhow::Result<Outcome> {
    match (options.format, &options.out) {
        (Format::Jsonl, None) => lines(global, &settings.corpus),
        (Format::Jsonl, Some(_)) => {
            anyhow::bail!("jsonl goes to standard output: write > FILE instead of --out")
        }
        (Format::Beir, None) => anyhow::bail!("beir is a folder: name a new one with --out DIR"),
        (Format::Beir, Some(out)) => folder(global, &settings.corpus, out),
    }
}

fn lines(global: &Global, corpus: &corpus::Settings) -> anyhow::Result<Outcome> {
    let mut out = BufWriter::new(anstream::stdout().lock());
    let problems = corpus::visit(corpus, &mut |article| {
        for passage in passages::of_article(&article) {
            let line = json::passage(&passage, &corpus.folder);
            if !output::taken(writeln!(out, "{line}"))? {
                return Ok(false);
            }
        }
        Ok(true)
    })?;
    output::taken(out.flush())?;
    global.tell_problems(problems);
    Ok(Outcome::Done)
}

fn folder(global: &Global, corpus: &corpus::Settings, out: &Path) -> anyhow::Result<Outcome> {
    let mut folder = Folder::create(out)?;
    let problems = corpus::visit(corpus, &mut |article| {
        folder.add(&passages::of_article(&article))?;
        Ok(true)
    })?;
    ensure!(
        folder.documents > 0,
        "{}: holds no article that can be read: nothing was written",
        corpus.folder.display()
    );
    let said = folder.finish(global.json)?;
    if global.json || global.talks() {
        output::print(&format!("{said}\n"))?;
    }
    global.tell_problems(problems);
    Ok(Outcome::Done)
}
