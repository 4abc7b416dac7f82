//! `faqbot eval --fit`: weights fitted to question sets, and what they are worth.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::ensure;

use crate::commands::eval::Options;
use crate::commands::progress::Bar;
use crate::evaluation::beir::{self, Set};
use crate::evaluation::collection::{Collection, Genre, How};
use crate::evaluation::examples::{self, Example, Role};
use crate::evaluation::relatives;
use crate::evaluation::tuning::{self, Compared, Source};
use crate::retrieval::meaning;
use crate::retrieval::model::Models;
use crate::semantic::model::Model;
use crate::settings::Settings;
use crate::text::language::Language;

/// Questions of each set, where nothing else is said.
const SAMPLE: usize = 600;
/// Of these so many are also asked of all sets together.
const POOLED_SAMPLE: usize = 200;

/// Fits; gives the table and what the file of weights holds.
pub(super) fn run(
    settings: &Settings,
    options: &Options,
    model: Option<&Arc<Model>>,
    bar: &Bar,
) -> anyhow::Result<(String, String)> {
    ensure!(options.sets.len() > 1, "--fit needs at least two folders: one alone cannot be tested");
    let load = |path: &PathBuf, alternates, sample| {
        let options =
            beir::Options { split: options.split.clone(), alternates, sample: Some(sample) };
        beir::load(path, &options)
    };
    let sample = options.most().unwrap_or(SAMPLE);
    let loaded = options.sets.iter().map(|path| Ok((path, load(path, true, sample)?)));
    let mut sets = loaded.collect::<anyhow::Result<Vec<(&PathBuf, Set)>>>()?;
    // Where a model does not know the language, words are weighed as without one.
    sets.retain(|(_, set)| model.is_none_or(|model| model.speaks(set.language)));
    let (paths, sets): (Vec<&PathBuf>, Vec<Set>) = sets.into_iter().unzip();
    ensure!(sets.len() > 1, "--fit needs two folders in a language that the model knows");
    let sources = sources(&sets, &options.mix)?;
    let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
    for (at, name) in names.iter().enumerate() {
        ensure!(!names[..at].contains(name), "two folders are called {name}: rename one");
    }
    let asked = examples::Settings {
        retrieval: settings.retrieval.clone(),
        answering: settings.answering.clone(),
        model: model.cloned(),
        threads: options.threads.get(),
    };
    let ask = |collection: &Collection, role, message: &str| {
        let told = |done, all| bar.show_as(message, done, all);
        examples::of_collection(collection, role, &asked, &names, &told)
    };
    let kept = settings.semantic.folder.as_path();
    let how = How { with_baseline: false, model: model.map(|model| (model.as_ref(), kept)) };
    let built = |done, all| bar.show_as("indexing", done, all);
    let mut found: Vec<Example> = Vec::new();
    let mut pooled = Vec::new();
    for (path, set) in paths.into_iter().zip(sets) {
        let name = set.name.clone();
        if set.language == Language::English {
            pooled.push(load(path, true, POOLED_SAMPLE)?);
        }
        if set.is_faq {
            let bare = Collection::of_set(load(path, false, sample)?, &how, &built)?;
            found.extend(ask(&bare, Role::WithoutAlternates, &name)?);
        }
        let collection = Collection::of_set(set, &how, &built)?;
        found.extend(ask(&collection, Role::Alone, &name)?);
    }
    if pooled.len() > 1 {
        let pool = Collection::of_sets(pooled, &how, &built)?;
        found.extend(ask(&pool, Role::Pooled, "all together")?);
    }
    bar.show_as("fitting", 0, 1);
    let mode = meaning::mode_of(model);
    let mut models = Models::shipped().clone();
    let mut tuned = tuning::tune(&mut found, &sources, models.of(mode));
    tuned.model.about = about(&sources, found.len());
    *models.of_mut(mode) = tuned.model;
    Ok((table(&tuned.sets), serde_json::to_string_pretty(&models)? + "\n"))
}

fn sources(sets: &[Set], mix: &[String]) -> anyhow::Result<Vec<Source>> {
    for name in mix {
        ensure!(sets.iter().any(|s| s.name == *name), "--mix {name}: is none of the sets");
    }
    let has_both = |set: &Set| {
        let without = set.questions.iter().filter(|q| !q.is_answerable()).count();
        without > 0 && without < set.questions.len()
    };
    let source = |(set, group): (&Set, usize)| Source {
        name: set.name.clone(),
        genre: if set.is_faq { Genre::Faq } else { Genre::Passages },
        group,
        is_mixed_in: if mix.is_empty() { has_both(set) } else { mix.contains(&set.name) },
    };
    Ok(sets.iter().zip(relatives::groups(sets)).map(source).collect())
}

fn about(sources: &[Source], questions: usize) -> String {
    let names = |keep: &dyn Fn(&Source) -> bool| -> String {
        let names = sources.iter().filter(|s| keep(s)).map(|s| s.name.as_str());
        names.collect::<Vec<_>>().join(" ")
    };
    format!(
        "fitted by `faqbot eval --fit` to {questions} questions of {}; the trade-off was measured, \
         each set by weights fitted without it and its relatives, on {}",
        names(&|_| true),
        names(&|s| s.is_mixed_in)
    )
}

/// P@1 and AUROC of each set by the weights from before, by those fitted, and by those fitted
/// without the set and its relatives.
fn table(sets: &[Compared]) -> String {
    let longest = sets.iter().map(|s| s.name.len()).max().unwrap_or(0).max(16);
    let mut out = format!(
        "{:longest$}  {:>18}  {:>24}\n{:longest$}  {:>5} {:>6} {:>5}  {:>7} {:>8} {:>7}\n",
        "", "P@1", "AUROC", "", "was", "fitted", "apart", "was", "fitted", "apart"
    );
    for set in sets {
        out += &row(&set.name, longest, &[set]);
    }
    for (name, genre) in [("mean of FAQ sets", Genre::Faq), ("mean of passages", Genre::Passages)] {
        let of: Vec<&Compared> = sets.iter().filter(|s| s.genre == genre).collect();
        if of.len() > 1 {
            out += &row(name, longest, &of);
        }
    }
    out
}

/// The means of these sets.
fn row(name: &str, longest: usize, sets: &[&Compared]) -> String {
    let models = [
        sets.iter().map(|s| s.before).collect::<Vec<_>>(),
        sets.iter().map(|s| s.fitted).collect(),
        sets.iter().map(|s| s.left_out).collect(),
    ];
    let mean = |values: Vec<f64>| {
        if values.is_empty() {
            return "–".to_owned();
        }
        format!("{:.3}", values.iter().sum::<f64>() / values.len() as f64)
    };
    let p1 = models.each_ref().map(|m| mean(m.iter().map(|o| o.p1).collect()));
    let auroc = models.each_ref().map(|m| mean(m.iter().filter_map(|o| o.auroc).collect()));
    let mut row = format!("{name:longest$}");
    for (figure, width) in p1.into_iter().chain(auroc).zip([7, 7, 6, 9, 9, 8]) {
        let _ = write!(row, "{figure:>width$}");
    }
    row + "\n"
}
