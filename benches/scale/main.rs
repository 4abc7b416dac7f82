//! What everything costs as the articles grow, beside what the search library takes by itself.
//!
//! `cargo bench --bench scale [-- PASSAGES… MODEL… real]`, 10,000 and 100,000 passages, the built-in model and
//! real text unless told. The articles are made once, under `target/scale`. `benches/README.md` says how to
//! read it.

#![expect(clippy::print_stdout, reason = "a bench is read on standard output")]

mod bare;
mod corpus;
mod process;
mod real;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use faqbot::answering::Answerer;
use faqbot::index::generations::Generations;
use faqbot::index::reader::Reader;
use faqbot::retrieval::question;
use faqbot::semantic::installed;
use faqbot::settings::{Flags, Settings};

use crate::bare::Bare;

type Done<T> = Result<T, Box<dyn Error>>;

/// Questions whose times are taken.
const QUESTIONS: usize = 1_000;
/// Times that all of them are asked, and that an index is built.
const TURNS: usize = 3;
/// Questions before memory is looked at again.
const MANY: usize = 100_000;
/// Times that one and two threads are compared: a single time tells little on a shared machine.
const RUNS: usize = 5;
/// Candidates, as the program has it.
const CANDIDATES: usize = 100;
/// What asks for real text.
const REAL: &str = "real";

fn main() -> Done<()> {
    let told = || std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let mut sizes: Vec<usize> = told().filter_map(|arg| arg.parse().ok()).collect();
    let models = told().filter(|arg| arg.parse::<usize>().is_err() && arg != REAL);
    let mut models: Vec<String> = models.collect();
    let told_real = told().any(|arg| arg == REAL);
    let real = told_real || sizes.is_empty();
    if sizes.is_empty() && !(told_real && models.is_empty()) {
        sizes = vec![10_000, 100_000];
    }
    if models.is_empty() {
        models.push(installed::BUILTIN.to_owned());
    }
    for size in sizes {
        let articles = size / corpus::PER_ARTICLE;
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("../scale/{size}"));
        fs::create_dir_all(&folder)?;
        corpus::write(&folder, articles)?;
        println!("{size} passages in {articles} articles");
        indexing(&folder)?;
        let generations = Generations::new(&folder.join("index"));
        let (generation, reader) = generations.open(Reader::open)?;
        starting(&folder, &generation)?;
        answers(&generation, &reader, &corpus::questions(QUESTIONS, articles, 5))?;
        for model in &models {
            with_model(&folder, model, articles)?;
        }
        let questions = corpus::questions(MANY, articles, 9);
        let (first, last) = process::memory_over(&folder, &questions)?;
        println!("  memory: {first} MiB after 50 questions, {last} MiB after {MANY}");
        println!("  load average {}", load().trim());
    }
    if real { real_text() } else { Ok(()) }
}

/// The same answers from what people wrote, asked by people.
fn real_text() -> Done<()> {
    let folder = tempfile::tempdir()?;
    let Some((documents, questions)) = real::index(folder.path())? else {
        println!("real text: skipped, as there are no question sets beside the project");
        return Ok(());
    };
    let reader = Reader::open(folder.path())?;
    let passages = reader.manifest().passages;
    println!(
        "real text: {passages} passages of {documents} documents, {} questions",
        questions.len()
    );
    answers(folder.path(), &reader, &questions)?;
    println!("  load average {}", load().trim());
    Ok(())
}

/// Building, finding nothing changed, taking in one change.
fn indexing(folder: &Path) -> Done<()> {
    process::run(folder, &["index", "--rebuild"])?;
    let (_, reader) = Generations::new(&folder.join("index")).open(Reader::open)?;
    let mut passages = Vec::new();
    reader.visit_all(|passage| {
        passages.push(passage);
        true
    })?;
    // In turns, as the machine is not always as fast.
    let (mut whole, mut peak, mut bare) = (Vec::new(), 0, [Vec::new(), Vec::new()]);
    for _ in 0..TURNS {
        let run = process::run(folder, &["index", "--rebuild"])?;
        whole.push(run.took);
        peak = peak.max(run.peak);
        for (stems, took) in bare.iter_mut().enumerate() {
            let other = tempfile::tempdir_in(folder)?;
            took.push(bare::index(&passages, 2, stems == 1, other.path())?);
        }
    }
    let rate = |took: Vec<Duration>| passages.len() as f64 / Spread::of(took).median * 1e3;
    let whole = rate(whole);
    println!("  building: {whole:.0} passages a second, {peak} MiB at most, median of {TURNS}");
    for (name, took) in ["words", "stems"].into_iter().zip(bare) {
        let (bare, wanted) = (rate(took), if name == "stems" { " (60 wanted)" } else { "" });
        let share = whole / bare * 100.0;
        println!(
            "    the library alone, from memory, {name}: {bare:.0}; {share:.0} % of it{wanted}"
        );
    }
    let idle = process::run(folder, &["index"])?;
    println!("  nothing changed: {:.2} s, {} MiB", idle.took.as_secs_f64(), idle.peak);
    let file = folder.join("corpus/000/0.txt");
    let text = fs::read_to_string(&file)?;
    fs::write(&file, format!("{text}Q5. Is this new?\nIt is new.\n"))?;
    let one = process::run(folder, &["index"])?;
    println!("  one file changed: {:.2} s, {} MiB", one.took.as_secs_f64(), one.peak);
    fs::write(&file, text)?;
    process::run(folder, &["index"])?;
    Ok(())
}

/// From the start of the process to its first answer.
fn starting(folder: &Path, generation: &Path) -> Done<()> {
    let question = ["ask", "what is the mike of zanlo?"];
    let warm = process::median(folder, &question, || {})?.as_secs_f64();
    println!("  start to first answer, warm: {:.0} ms, median of five (200 wanted)", warm * 1e3);
    let cold = process::median(folder, &question, || {
        process::forget(generation);
    })?;
    println!("    after the files were forgotten: {:.0} ms", cold.as_secs_f64() * 1e3);
    Ok(())
}

fn answers(generation: &Path, reader: &Reader, questions: &[String]) -> Done<()> {
    let bare = Bare::open(generation)?;
    let retrieval = Settings::load(&Flags::default())?.retrieval;
    let answerer = answerer(reader)?;
    let analyzed: Vec<_> = questions
        .iter()
        .map(|asked| question::analyze(reader, &retrieval, asked, &[]))
        .collect::<Result<_, _>>()?;
    // Whatever is read first is slower: all of it is read once before.
    for (asked, question) in questions.iter().zip(&analyzed) {
        answerer.answer(asked)?;
        bare.candidates(question, CANDIDATES)?;
    }
    let (mut whole, mut reference, mut least) = (Vec::new(), Vec::new(), Vec::new());
    // In turns, as the machine is not always as fast; and not question by question, as neither should find
    // what the other one left in the caches.
    for _ in 0..TURNS {
        for asked in questions {
            whole.push(timed(|| answerer.answer(asked).map(drop).map_err(Into::into))?);
        }
        for question in &analyzed {
            reference.push(timed(|| bare.candidates(question, CANDIDATES).map(drop))?);
        }
        for question in &analyzed {
            least.push(timed(|| bare.top_ten(question).map(drop))?);
        }
    }
    let (whole, reference, least) = (Spread::of(whole), Spread::of(reference), Spread::of(least));
    println!("  one answer, by words:      {whole}");
    println!("    the library's candidates {reference}");
    println!("    its ten best of one field {least}");
    println!("    ratio of medians {:.2} (at most 3 wanted)", whole.median / reference.median);
    let mut gains = Vec::new();
    for run in 0..RUNS {
        // The machine gets faster or slower meanwhile: each comes first in turn.
        let first = throughput(&answerer, questions, 1 + run % 2)?;
        let second = throughput(&answerer, questions, 2 - run % 2)?;
        gains.push(if run % 2 == 0 { first / second } else { second / first });
    }
    gains.sort_unstable_by(f64::total_cmp);
    let (least, median, most) = (gains[0], gains[RUNS / 2], gains[RUNS - 1]);
    println!("  throughput of two threads: {median:.2} of one (1.8 wanted), median of {RUNS}");
    println!("    from {least:.2} to {most:.2}");
    Ok(())
}

/// One answer with a model, of an index that has its vectors.
fn with_model(folder: &Path, name: &str, articles: usize) -> Done<()> {
    let took = process::index_with(folder, name)?.took;
    println!("  the same index with the vectors of {name}: {:.1} s", took.as_secs_f64());
    let (_, reader) = Generations::new(&folder.join(process::index_of(name))).open(Reader::open)?;
    let mut semantic = Settings::load(&Flags::default())?.semantic;
    name.clone_into(&mut semantic.model);
    let model = installed::open(&semantic)?;
    let answerer = answerer(&reader)?.with_model(model.map(Into::into));
    let mut whole = Vec::new();
    // Whatever is read first is slower; what a question means is remembered, so that others are asked.
    for (seed, counts) in [(6, false), (5, true)] {
        for asked in corpus::questions(QUESTIONS, articles, seed) {
            let took = timed(|| answerer.answer(&asked).map(drop).map_err(Into::into))?;
            whole.extend(counts.then_some(took));
        }
    }
    println!("    one answer: {}", Spread::of(whole));
    Ok(())
}

fn answerer(reader: &Reader) -> Done<Answerer> {
    let Settings { retrieval, answering, .. } = Settings::load(&Flags::default())?;
    Ok(Answerer::new(reader.clone(), Path::new("."), retrieval, answering)?)
}

fn timed(work: impl FnOnce() -> Done<()>) -> Done<Duration> {
    let started = Instant::now();
    work()?;
    Ok(started.elapsed())
}

/// Seconds that so many threads take for all questions.
fn throughput(answerer: &Answerer, questions: &[String], threads: usize) -> Done<f64> {
    let started = Instant::now();
    // Each takes the next one: halves would not take equally long.
    let next = AtomicUsize::new(0);
    let take = || questions.get(next.fetch_add(1, Ordering::Relaxed));
    let ask = || std::iter::from_fn(take).try_for_each(|asked| answerer.answer(asked).map(drop));
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(ask)).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(asked) => asked.map_err(Box::from),
            Err(_) => Err("a thread broke".into()),
        })
    })
    .map_err(|error: Box<dyn Error>| error)?;
    Ok(started.elapsed().as_secs_f64())
}

/// Milliseconds.
struct Spread {
    median: f64,
    p95: f64,
    p99: f64,
}

impl Spread {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |share: usize| times[times.len() * share / 100].as_secs_f64() * 1e3;
        Self { median: at(50), p95: at(95), p99: at(99) }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { median, p95, p99 } = self;
        write!(f, "{median:.3} ms, 95 of 100 within {p95:.3}, 99 within {p99:.3}")
    }
}

fn load() -> String {
    let all = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    all.split(' ').take(3).collect::<Vec<_>>().join(" ")
}
