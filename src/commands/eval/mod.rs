//! `faqbot eval`: how well questions are answered, in figures.

mod files;
mod fitting;
mod measured;
mod report;
mod table;

use std::collections::HashSet;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use clap::Args;

use crate::answering::{self, Answerer};
use crate::commands::eval::files::Files;
use crate::commands::eval::measured::{Ground, Measured};
use crate::commands::progress::Bar;
use crate::commands::{Global, Outcome, output};
use crate::evaluation::beir::{self, Set};
use crate::evaluation::calibration;
use crate::evaluation::collection::{Collection, How};
use crate::evaluation::floors::{Floor, Reached};
use crate::evaluation::own::{self, Articles};
use crate::evaluation::question_file;
use crate::publishing;
use crate::retrieval::meaning;
use crate::semantic::installed;
use crate::semantic::model::Model;
use crate::settings::Settings;

/// What can be typed behind `eval`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags that go together as they like")]
pub struct Options {
    /// Folders with corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv; or files of your own
    /// questions (.toml, or question, tab, what is expected), asked of your own articles
    #[arg(required = true, value_name = "DIR|FILE")]
    sets: Vec<PathBuf>,
    /// The split to ask [default: the only one there is]
    #[arg(long)]
    split: Option<String>,
    /// Write the rankings as a TREC run, 100 passages a question
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// Write the replies as `ask --json` gives them, with the id of the question
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Fit the weights of ranking and confidence to these folders and write them to FILE; tell
    /// what they reach on sets that they were not fitted to
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "pool", "run", "answers", "baseline", "calibrate", "floors", "no_alternates",
        "no_history", "misses",
    ])]
    fit: Option<PathBuf>,
    /// With --fit: measure what a confidence is worth on these sets [default: all that have
    /// questions with and without an answer]
    #[arg(long, value_name = "NAME", value_delimiter = ',', requires = "fit")]
    mix: Vec<String>,
    /// Fit the confidence to what was asked and write it to FILE, for `answering.calibration`
    #[arg(long, value_name = "FILE")]
    calibrate: Option<PathBuf>,
    /// Name each question of a set that went wrong; of a file of your own they always are
    #[arg(long)]
    misses: bool,
    /// Compare with plain BM25 on the same questions
    #[arg(long)]
    baseline: bool,
    /// Put the documents of all folders into one index
    #[arg(long)]
    pool: bool,
    /// Leave out the other phrasings of FAQ questions
    #[arg(long)]
    no_alternates: bool,
    /// Ask every question alone, without what was said before it
    #[arg(long)]
    no_history: bool,
    /// Ask at most N questions of each set, evenly spread
    #[arg(long, value_name = "N")]
    sample: Option<NonZeroUsize>,
    /// Ask with N threads; the times are then not those of a question alone
    #[arg(long, value_name = "N", default_value = "1")]
    threads: NonZeroUsize,
    /// End with status 1 where a figure is below this (wrong, choices, ece: above); of several
    /// sets their mean counts. May be given several times
    #[arg(long = "floor", value_name = "FIGURE=NUMBER")]
    floors: Vec<String>,
}

impl Options {
    fn most(&self) -> Option<usize> {
        self.sample.map(NonZeroUsize::get)
    }
}

/// Runs the command.
pub fn run(global: &Global, settings: &Settings, options: &Options) -> anyhow::Result<Outcome> {
    check(options)?;
    let floors = options.floors.iter().map(|f| floor(f)).collect::<anyhow::Result<Vec<_>>>()?;
    // Figures without the model that was asked for would mislead.
    let model = installed::open(&settings.semantic)?.map(Arc::new);
    if let Some(model) = &model {
        model.open()?;
    }
    if let Some(file) = &options.fit {
        ensure!(!global.json, "--fit gives a table only: leave out --json");
        let bar = global.bar();
        let (table, weights) = fitting::run(settings, options, model.as_ref(), &bar)?;
        drop(bar);
        output::print(&table)?;
        write(file, &weights)?;
        return Ok(Outcome::Done);
    }
    let files = Files::create(options.run.as_deref(), options.answers.as_deref())?;
    let mut bench = Bench {
        global,
        settings,
        options,
        model: model.clone(),
        bar: global.bar(),
        files,
        names: HashSet::new(),
        measured: Vec::new(),
        reached: Vec::new(),
    };
    if options.pool {
        bench.pool()?;
    } else {
        bench.each()?;
    }
    let Bench { bar, files, measured, mut reached, .. } = bench;
    drop(bar);
    files.finish()?;
    let means = measured::means(&measured);
    let (of, figures) = match (means.first(), measured.first()) {
        (Some((_, mean)), _) => ("the mean", &mean.figures),
        (None, Some(only)) => (only.name.as_str(), &only.figures),
        (None, None) => anyhow::bail!("nothing was measured"),
    };
    reached.extend(floors.into_iter().map(|floor| floor.compare(of, figures)));
    let text = if global.json {
        format!("{}\n", report::render(&measured, &means, &reached, options))
    } else {
        let from = answering::answer_from(&settings.answering, meaning::mode_of(model.as_ref()))?;
        let explained = global.talks().then_some(from);
        table::render(&measured, &means, options.threads.get(), options.misses, explained)
    };
    output::print(&text)?;
    if let Some(file) = &options.calibrate {
        calibrate(file, &measured)?;
    }
    let missed: Vec<&Reached> = reached.iter().filter(|r| !r.is_met()).collect();
    for reached in &missed {
        output::note(&table::missed(reached));
    }
    Ok(if missed.is_empty() { Outcome::Done } else { Outcome::Missed })
}

/// Refuses what can be seen to fail before all the work.
fn check(options: &Options) -> anyhow::Result<()> {
    for path in &options.sets {
        ensure!(
            path.exists(),
            "{}: does not exist: name a folder of questions or a file of your own",
            path.display()
        );
    }
    for file in options.fit.iter().chain(&options.calibrate) {
        let folder = file.parent().filter(|folder| *folder != Path::new(""));
        ensure!(folder.is_none_or(Path::is_dir) && !file.is_dir(), cannot(file));
    }
    Ok(())
}

/// Writes the curve of all questions.
fn calibrate(file: &Path, measured: &[Measured]) -> anyhow::Result<()> {
    let names: Vec<&str> = measured.iter().map(|set| set.name.as_str()).collect();
    let firsts: Vec<_> = measured.iter().flat_map(|set| set.firsts.iter().copied()).collect();
    let curve = calibration::fit(&firsts, &names.join(" "))?;
    write(file, &(serde_json::to_string_pretty(&curve)? + "\n"))
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(file, text).with_context(|| cannot(file))
}

fn cannot(file: &Path) -> String {
    format!("{}: cannot be written: name another file", file.display())
}

/// A floor as it was typed.
fn floor(typed: &str) -> anyhow::Result<Floor> {
    let (name, number) = typed
        .split_once('=')
        .with_context(|| format!("--floor {typed}: write a figure, = and a number: p1=0.8"))?;
    Floor::parse(name.trim(), number.trim()).with_context(|| format!("--floor {typed}"))
}

/// A run over all sets.
struct Bench<'a> {
    global: &'a Global,
    settings: &'a Settings,
    options: &'a Options,
    model: Option<Arc<Model>>,
    bar: Bar,
    files: Files,
    names: HashSet<String>,
    measured: Vec<Measured>,
    reached: Vec<Reached>,
}

impl Bench<'_> {
    fn how(&self) -> How<'_> {
        let kept = self.settings.semantic.folder.as_path();
        let model = self.model.as_deref().map(|model| (model, kept));
        How { with_baseline: self.options.baseline, model }
    }

    /// All sets over one index.
    fn pool(&mut self) -> anyhow::Result<()> {
        let mut sets = Vec::new();
        for path in &self.options.sets {
            ensure!(
                !path.is_file(),
                "{}: a file of questions is asked of your own articles: leave out --pool",
                path.display()
            );
            sets.push(self.load(path)?);
        }
        let build = |done, all| self.bar.show_as("building the index", done, all);
        let collection = Collection::of_sets(sets, &self.how(), &build)?;
        self.measure(collection, None)
    }

    /// Each set over an index of its own.
    fn each(&mut self) -> anyhow::Result<()> {
        for path in &self.options.sets {
            if path.is_file() {
                self.measure_own(path)?;
                continue;
            }
            let set = self.load(path)?;
            let message = format!("indexing {}", set.name);
            let build = |done, all| self.bar.show_as(&message, done, all);
            let several = (self.options.sets.len() > 1).then(|| set.name.clone());
            let collection = Collection::of_set(set, &self.how(), &build)?;
            self.measure(collection, several.as_deref())?;
        }
        Ok(())
    }

    fn load(&mut self, folder: &Path) -> anyhow::Result<Set> {
        let options = beir::Options {
            split: self.options.split.clone(),
            alternates: !self.options.no_alternates,
            sample: self.options.most(),
        };
        let mut set = beir::load(folder, &options)?;
        if self.options.no_history {
            set.questions.iter_mut().for_each(|question| question.history.clear());
        }
        set.name = self.unused(set.name);
        Ok(set)
    }

    /// A name that no set before has.
    fn unused(&mut self, name: String) -> String {
        let others = (2..).map(|n| format!("{name}-{n}"));
        let free = std::iter::once(name.clone()).chain(others).find(|n| !self.names.contains(n));
        let name = free.unwrap_or(name);
        self.names.insert(name.clone());
        name
    }

    /// Measures the sets of a collection; `prefix` tells the documents of several apart.
    fn measure(&mut self, collection: Collection, prefix: Option<&str>) -> anyhow::Result<()> {
        let Collection { parts, catalogue, index, baselines } = collection;
        let answerer = Answerer::new(
            index.reader.clone(),
            Path::new(""),
            self.settings.retrieval.clone(),
            self.settings.answering.clone(),
        )?
        .with_model(self.model.clone());
        let baselines = baselines.as_ref();
        let ground = Ground {
            answerer: &answerer,
            catalogue: &catalogue,
            baselines,
            is_literal: false,
            misses: self.options.misses,
        };
        for part in parts {
            let several = self.options.sets.len() > 1;
            self.files.next_set(several.then_some(part.name.as_str()), prefix);
            let threads = self.options.threads.get();
            self.measured.push(ground.measure(part, threads, &self.bar, &mut self.files)?);
        }
        Ok(())
    }

    /// Measures a file of questions over the operator's own articles.
    fn measure_own(&mut self, path: &Path) -> anyhow::Result<()> {
        ensure!(
            self.options.split.is_none(),
            "{}: a file of questions has no splits: leave out --split",
            path.display()
        );
        let file = question_file::read(path)?;
        let build = |stage, done, all| self.bar.show(stage, done, all);
        let sources = self.settings.sources(self.model.clone());
        let opened = publishing::open(&sources, None, &build)?;
        self.global.tell(&opened);
        let answerer = sources.answerer(opened.reader)?;
        let articles = Articles::of(answerer.reader(), self.options.baseline)?;
        let mut part = own::part(path, &file, answerer.reader(), &articles, self.options.most())?;
        part.name = self.unused(part.name);
        let several = self.options.sets.len() > 1;
        self.files.next_set(several.then_some(part.name.as_str()), None);
        let ground = Ground {
            answerer: &answerer,
            catalogue: &articles.catalogue,
            baselines: articles.baselines.as_ref(),
            is_literal: true,
            misses: true,
        };
        let threads = self.options.threads.get();
        let measured = ground.measure(part, threads, &self.bar, &mut self.files)?;
        self.reached
            .extend(file.floors.iter().map(|f| f.compare(&measured.name, &measured.figures)));
        self.measured.push(measured);
        Ok(())
    }
}
