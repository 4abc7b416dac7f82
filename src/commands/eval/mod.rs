//! `faqbot eval`: how well questions are answered, in figures.

mod table;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::answering::Answerer;
use crate::commands::progress::Bar;
use crate::commands::{Global, Outcome, quiet_when_closed};
use crate::evaluation::asking::{self, Asked};
use crate::evaluation::beir::{self, Set};
use crate::evaluation::collection::{Collection, Part};
use crate::evaluation::figures::Figures;
use crate::evaluation::judging::{Judged, Key};
use crate::evaluation::metrics::DEPTH;
use crate::settings::Settings;

/// What can be typed behind `eval`.
#[derive(Debug, Args)]
pub struct Options {
    /// Folders with corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv
    #[arg(required = true, value_name = "DIR")]
    sets: Vec<PathBuf>,
    /// The split to ask [default: the only one there is]
    #[arg(long)]
    split: Option<String>,
    /// Compare with plain BM25 on the same questions
    #[arg(long)]
    baseline: bool,
    /// Put the documents of all folders into one index
    #[arg(long)]
    pool: bool,
    /// Leave out the other phrasings of FAQ questions
    #[arg(long)]
    no_alternates: bool,
    /// Ask at most N questions of each set, evenly spread
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// Ask with N threads; times are then no longer those of one question alone
    #[arg(long, value_name = "N", default_value_t = 1)]
    threads: usize,
}

/// What was measured of a set.
#[derive(Debug)]
struct Measured {
    name: String,
    is_faq: bool,
    judged: Vec<Judged>,
    figures: Figures,
}

/// Runs the command.
pub fn run(global: &Global, settings: &Settings, options: &Options) -> anyhow::Result<Outcome> {
    let bar = Bar::new(global.talks());
    let mut measured = Vec::new();
    let load = |folder: &PathBuf| load(folder, options);
    if options.pool {
        let sets = options.sets.iter().map(load).collect::<anyhow::Result<Vec<Set>>>()?;
        let show = |done, all| bar.show_as("building the index", done, all);
        let collection = Collection::of_sets(sets, options.baseline, &show)?;
        measure(settings, options, &bar, collection, &mut measured)?;
    } else {
        for folder in &options.sets {
            let set = load(folder)?;
            let message = format!("indexing {}", set.name);
            let show = |done, all| bar.show_as(&message, done, all);
            let collection = Collection::of_set(set, options.baseline, &show)?;
            measure(settings, options, &bar, collection, &mut measured)?;
        }
    }
    drop(bar);
    let mut out = anstream::stdout().lock();
    let text = table::render(&measured, options.threads);
    out.write_all(text.as_bytes()).or_else(quiet_when_closed)?;
    Ok(Outcome::Done)
}

fn load(folder: &Path, options: &Options) -> anyhow::Result<Set> {
    beir::load(
        folder,
        &beir::Options {
            split: options.split.clone(),
            alternates: !options.no_alternates,
            sample: options.sample,
        },
    )
}

/// Asks every question of a collection.
fn measure(
    settings: &Settings,
    options: &Options,
    bar: &Bar,
    collection: Collection,
    measured: &mut Vec<Measured>,
) -> anyhow::Result<()> {
    let Collection { parts, catalogue, index, baseline } = collection;
    let reader = index.reader.clone();
    let folder = Path::new("");
    let answerer =
        Answerer::new(reader, folder, settings.retrieval.clone(), settings.answering.clone());
    for part in parts {
        let Part { name, questions, is_faq, language, .. } = part;
        let message = format!("asking {name}");
        let mut judged = Vec::with_capacity(questions.len());
        let mut each = |at: usize, _, asked: Asked| {
            let question = &questions[at];
            let key = Key::new(&catalogue, question);
            let mut came = key.judge(&asked);
            came.baseline = baseline.as_ref().map(|baseline| {
                let ranking = baseline.rank(&question.text, language, DEPTH);
                (key.ranks(&ranking), ranking.first().map_or(0.0, |(_, score)| *score))
            });
            judged.push(came);
            bar.show_as(&message, at + 1, questions.len());
            Ok(())
        };
        asking::ask(&answerer, &catalogue, &questions, options.threads, &mut each)?;
        let figures = Figures::of(&name, &judged);
        measured.push(Measured { name, is_faq, judged, figures });
    }
    Ok(())
}
