//! `faqbot model distill`: a small table of word pieces made from a model.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use anyhow::{Context, ensure};

use crate::commands::{Global, Outcome, output};
use crate::faces::wording::count;
use crate::semantic::distill;
use crate::semantic::transformer::Transformer;

/// Runs the command.
pub(super) fn run(
    global: &Global,
    model: &Path,
    files: &[PathBuf],
    dimensions: usize,
    out: &Path,
) -> anyhow::Result<Outcome> {
    let mut texts: Vec<String> = Vec::new();
    for file in files {
        let text = fs::read_to_string(file)
            .with_context(|| format!("{}: cannot be read", file.display()))?;
        texts.extend(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned));
    }
    ensure!(!texts.is_empty(), "{}: holds no text", files[0].display());
    let model = Transformer::open(model)?;
    let bar = Mutex::new(global.bar());
    let told = |done, all| {
        if let Ok(bar) = bar.lock() {
            bar.show_as("reading texts", done, all);
        }
    };
    let table = distill::distill(&model, &texts, dimensions, &told)?;
    drop(bar);
    fs::write(out, &table)
        .with_context(|| format!("{}: cannot be written: name another file", out.display()))?;
    if global.talks() {
        let learned = count(texts.len() as u64, "text");
        let (file, bytes) = (out.display(), table.len());
        output::say(&format!("{file}: {bytes} bytes, learned from {learned}"));
    }
    Ok(Outcome::Done)
}
