//! `faqbot index`: brings the index up to date and says what that took.

use std::cell::RefCell;
use std::time::Instant;

use anyhow::Context;
use serde_json::json;

use crate::commands::{Global, Outcome, golden, output};
use crate::faces::wording::count;
use crate::publishing::changes::Counts;
use crate::publishing::sync::{self, How, Report};
use crate::publishing::watch::{self, News};
use crate::publishing::{self, completion};
use crate::settings::Settings;

/// Runs the command. Problems of the corpus are told; the articles that could be read are
/// indexed all the same.
pub fn run(
    global: &Global,
    settings: &Settings,
    how: How,
    goes_on: bool,
) -> anyhow::Result<Outcome> {
    let sources = global.sources(settings);
    let bar = global.bar();
    let mut report = sync::sync(&sources, how, &|s, d, a| bar.show(s, d, a))?;
    // The articles can be asked meanwhile, by their words.
    let started = Instant::now();
    completion::complete(&sources, &|s, d, a| bar.show(s, d, a))
        .context("the articles are indexed and found by their words, but not by what they mean")?;
    report.took += started.elapsed();
    drop(bar);
    tell(global, settings, &report)?;
    if goes_on {
        let failed = RefCell::new(None);
        let goes_on = || failed.borrow().is_none();
        watch::run(&sources, &settings.publishing, &goes_on, &mut |news| match news {
            News::Synced(report) => *failed.borrow_mut() = tell(global, settings, &report).err(),
            News::Trouble(what) => output::note(&what),
            News::Live(_) => {}
        });
        failed.into_inner().map_or(Ok(()), Err)?;
    }
    Ok(if report.held.is_some() { Outcome::Missed } else { Outcome::Done })
}

/// Says what a sync did, and what is wrong with the articles.
fn tell(global: &Global, settings: &Settings, report: &Report) -> anyhow::Result<()> {
    if global.json {
        return output::print(&format!("{}\n", as_json(report)));
    }
    if global.talks() {
        output::print(&format!("{}\n", output::own(&as_text(report))))?;
    }
    let held = report
        .held
        .map(|counts| golden::held(&settings.corpus.folder, &counts, report.golden.as_ref()));
    for line in held.into_iter().flatten() {
        output::say(&line);
    }
    for problem in &report.problems {
        let line = settings.corpus.folder.join(problem.to_string());
        output::say(&line.to_string_lossy());
    }
    Ok(())
}

/// Goes back to the generation before.
pub fn roll_back(global: &Global, settings: &Settings) -> anyhow::Result<Outcome> {
    let reader = sync::roll_back(&global.sources(settings))?;
    let manifest = reader.manifest();
    let said = if global.json {
        let report = json!({
            "version": 1,
            "rolled_back": true,
            "articles": manifest.articles,
            "passages": manifest.passages,
            "generation": manifest.generation,
        });
        report.to_string()
    } else {
        let (articles, passages) =
            (count(manifest.articles, "article"), count(manifest.passages, "passage"));
        format!("back to the generation before, {articles}, {passages}: {}", publishing::PINNED)
    };
    if global.json || global.talks() {
        output::print(&format!("{said}\n"))?;
    }
    Ok(Outcome::Done)
}

fn as_text(report: &Report) -> String {
    let Counts { added, changed, removed } = report.counts;
    let done = if report.built || report.held.is_some() { "" } else { "nothing to do: " };
    let golden = match &report.golden {
        Some(golden) if golden.asked > 0 && report.held.is_none() => format!(
            ", {} of {} answered as expected",
            golden.right,
            count(golden.asked as u64, "golden question")
        ),
        _ => String::new(),
    };
    format!(
        "{done}+{added} ~{changed} −{removed} files, {}, {}{golden}, {:.1} s",
        count(report.articles, "article"),
        count(report.passages, "passage"),
        report.took.as_secs_f32()
    )
}

fn as_json(report: &Report) -> serde_json::Value {
    json!({
        "version": 1,
        "built": report.built,
        "added": report.counts.added,
        "changed": report.counts.changed,
        "removed": report.counts.removed,
        "held": report.held,
        "golden": golden::as_json(report.golden.as_ref()),
        "articles": report.articles,
        "passages": report.passages,
        "generation": report.generation,
        "problems": report.problems,
        "took_us": u64::try_from(report.took.as_micros()).unwrap_or(u64::MAX),
    })
}
