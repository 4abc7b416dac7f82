//! The answerer for as long as anybody likes, while articles change beneath it.
//!
//! `cargo bench --bench soak [-- SECONDS]`, 60 unless told. `benches/README.md` says what is promised.

#![expect(clippy::print_stdout, reason = "a bench is read on standard output")]

use std::collections::{BTreeMap, VecDeque};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use faqbot::answering::Answerer;
use faqbot::answering::current::Current;
use faqbot::answering::reply::{Citation, Outcome, Reply};
use faqbot::evaluation::bootstrap::Random;
use faqbot::index::generations::Generations;
use faqbot::index::reader::Reader;
use faqbot::publishing::Sources;
use faqbot::publishing::sync::{How, sync};
use faqbot::semantic::model::Model;
use faqbot::settings::{Flags, Settings};

type Done<T> = Result<T, Box<dyn Error>>;

/// Threads that ask.
const ASKING: usize = 3;
/// How often articles change.
const CHANGE: Duration = Duration::from_secs(2);
/// Articles that change, beside those of the sample that stay.
const ARTICLES: usize = 100;
/// Generations whose files are remembered: a question may have begun with the one before.
const REMEMBERED: usize = 4;
/// Most memory in the last tenth, of that in the one after the first.
const GROWTH: f64 = 1.1;
/// Broken promises that are told.
const TOLD: u64 = 10;

/// What files held, by their path below the corpus.
type Files = BTreeMap<String, Arc<[u8]>>;

/// What askers and the one who changes articles share.
struct Soak {
    current: Current,
    /// The files of the last generations.
    live: Mutex<VecDeque<(String, Files)>>,
    corpus: PathBuf,
    over: AtomicBool,
    asked: AtomicU64,
    texts: AtomicU64,
    broken: AtomicU64,
}

/// Lets glibc give large pieces of memory back when they are freed, as `deploy/` does: by itself it
/// keeps those of each thread that ever made an index, which would look like growth.
const GIVES_BACK: (&str, &str) = ("MALLOC_TRIM_THRESHOLD_", "131072");

/// What the bench tells itself that this is so.
const AGAIN: &str = "again";

fn main() -> Done<ExitCode> {
    if !std::env::args().any(|arg| arg == AGAIN) {
        // The allocator reads it once, at the start.
        let mut again = Command::new(std::env::current_exe()?);
        let status =
            again.args(std::env::args_os().skip(1)).arg(AGAIN).env(GIVES_BACK.0, GIVES_BACK.1);
        return Ok(ExitCode::from(u8::from(!status.status()?.success())));
    }
    soak()
}

fn soak() -> Done<ExitCode> {
    let seconds = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(60);
    let long = Duration::from_secs(seconds);
    let folder = tempfile::tempdir()?;
    let (sources, files) = sources(folder.path())?;
    let (answerer, generation) = published(&sources)?;
    let soak = Soak {
        current: Current::new(answerer),
        live: Mutex::new(VecDeque::from([(generation, files.clone())])),
        corpus: sources.corpus.folder.clone(),
        over: AtomicBool::new(false),
        asked: AtomicU64::new(0),
        texts: AtomicU64::new(0),
        broken: AtomicU64::new(0),
    };
    let (generations, memory) = thread::scope(|scope| {
        for seed in 0..ASKING {
            let soak = &soak;
            scope.spawn(move || soak.ask(&mut Random::new(seed as u64)));
        }
        let out = soak.change(&sources, files, long);
        soak.over.store(true, Ordering::Relaxed);
        out
    })?;
    let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
    let (asked, texts) = (count(&soak.asked), count(&soak.texts));
    println!("{asked} questions in {seconds} s over {generations} generations");
    println!("  {texts} texts compared with their files");
    println!("  most memory in each tenth, in KiB: {memory:?}");
    if asked == 0 || texts == 0 || generations < 2 {
        soak.breaks("nothing was tried: give it more time");
    }
    if memory[9] as f64 > memory[1] as f64 * GROWTH {
        soak.breaks("memory grew by more than a tenth");
    }
    let broken = count(&soak.broken);
    println!("  {broken} promises broken");
    Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The sample articles with others that change, in a folder of their own.
fn sources(folder: &Path) -> Done<(Sources, Files)> {
    let corpus = folder.join("corpus");
    fs::create_dir(&corpus)?;
    let mut files = Files::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|ending| ending == "txt") {
            put(&corpus, &mut files, name, &fs::read_to_string(&path)?)?;
        }
    }
    let mut random = Random::new(1);
    for number in 0..ARTICLES {
        put(&corpus, &mut files, format!("place-{number}.txt"), &article(number, &mut random))?;
    }
    let (corpus, index) = (Some(corpus), Some(folder.join("index")));
    let settings = Settings::load(&Flags { corpus, index, ..Flags::default() })?;
    let model = Arc::new(Model::builtin()?);
    Ok((settings.sources(Some(model)), files))
}

fn put(corpus: &Path, files: &mut Files, name: String, text: &str) -> Done<()> {
    fs::write(corpus.join(&name), text)?;
    files.insert(name, text.as_bytes().into());
    Ok(())
}

/// What can be asked of a place.
const ASKED: [(&str, &str); 4] = [
    ("When does PLACE open?", "PLACE opens at N in the morning."),
    ("What does a ticket for PLACE cost?", "A ticket costs N euros."),
    ("How do I get to PLACE?", "Take bus N to the last stop."),
    ("Who runs PLACE?", "A society of N members runs it."),
];
const PLACES: [&str; 8] =
    ["museum", "library", "harbour", "garden", "theatre", "swimming pool", "market", "tower"];

fn place(number: usize) -> String {
    format!("the {} of quarter {number}", PLACES[number % PLACES.len()])
}

/// An article about a place, each time with other numbers and in other words.
fn article(number: usize, random: &mut Random) -> String {
    let place = place(number);
    let mut text = format!("About {place}\n\nMuch has been written about {place}.\n\nFAQs\n");
    for (question, answer) in ASKED {
        let times = 1 + random.below(3);
        let answer = answer.replace("PLACE", &place).replace('N', &random.below(1000).to_string());
        let (question, answer) = (question.replace("PLACE", &place), vec![answer; times].join(" "));
        text.push_str("Q: ");
        text.extend([question.as_str(), "\nA: ", answer.as_str(), "\n"]);
    }
    text
}

/// Brings the index up to date and opens it.
fn published(sources: &Sources) -> Done<(Answerer, String)> {
    sync(sources, How::default(), &|_, _, _| {})?;
    let (_, reader) = Generations::new(&sources.index.folder).open(Reader::open)?;
    let generation = reader.manifest().generation.clone();
    Ok((sources.answerer(reader)?, generation))
}

impl Soak {
    /// Changes articles until the time is over; gives the number of generations, and the most
    /// memory in each tenth of it.
    fn change(
        &self,
        sources: &Sources,
        mut files: Files,
        long: Duration,
    ) -> Done<(u64, [u64; 10])> {
        let (started, mut random) = (Instant::now(), Random::new(7));
        let (mut generations, mut memory) = (1, [0; 10]);
        let mut due = started;
        while started.elapsed() < long {
            let tenth = started.elapsed().as_nanos() * 10 / long.as_nanos();
            if let Some(most) = usize::try_from(tenth).ok().and_then(|at| memory.get_mut(at)) {
                *most = anonymous().max(*most);
            }
            if Instant::now() < due {
                thread::sleep(Duration::from_millis(20));
                continue;
            }
            due = Instant::now() + CHANGE;
            for _ in 0..=random.below(5) {
                let number = random.below(ARTICLES);
                let name = format!("place-{number}.txt");
                if random.below(4) > 0 || files.remove(&name).is_none() {
                    put(&self.corpus, &mut files, name, &article(number, &mut random))?;
                } else {
                    fs::remove_file(self.corpus.join(name))?;
                }
            }
            let (answerer, generation) = published(sources)?;
            {
                let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
                live.push_back((generation, files.clone()));
                if live.len() > REMEMBERED {
                    live.pop_front();
                }
            }
            self.current.replace(answerer);
            generations += 1;
        }
        Ok((generations, memory))
    }

    /// Asks until the time is over.
    fn ask(&self, random: &mut Random) {
        while !self.over.load(Ordering::Relaxed) {
            let question = question(random);
            self.asked.fetch_add(1, Ordering::Relaxed);
            match self.current.get().answer(&question) {
                Ok(reply) => self.check(&reply),
                Err(error) => self.breaks(&format!("{question}: {error}")),
            }
        }
    }

    /// Whether all that a reply shows stood in its file when its generation was live.
    fn check(&self, reply: &Reply) {
        let Outcome::Answer(answer) = &reply.outcome else { return };
        let files = {
            let live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
            live.iter().rev().find(|(name, _)| *name == reply.generation).map(|(_, f)| f.clone())
        };
        let Some(files) = files else {
            return self.breaks(&format!("{} was not live", reply.generation));
        };
        let also = answer.also.iter().map(|also| (&also.text, &also.source));
        for (text, source) in also.chain([(&answer.text, &answer.source)]) {
            self.texts.fetch_add(1, Ordering::Relaxed);
            if !self.stood(&files, text, source) {
                self.breaks(&format!("{}: never held “{text}”", source.file));
            }
        }
    }

    fn stood(&self, files: &Files, text: &str, source: &Citation) -> bool {
        let path = Path::new(&source.file).strip_prefix(&self.corpus).ok();
        let file = path.and_then(|path| files.get(&*path.to_string_lossy()));
        file.and_then(|bytes| bytes.get(source.bytes.clone())) == Some(text.as_bytes())
    }

    fn breaks(&self, what: &str) {
        if self.broken.fetch_add(1, Ordering::Relaxed) < TOLD {
            println!("BROKEN {what}");
        }
    }
}

/// What an article answers, with a slip of the keyboard, or in other words; sometimes nonsense.
fn question(random: &mut Random) -> String {
    let (asked, _) = ASKED[random.below(ASKED.len())];
    let mut question = asked.replace("PLACE", &place(random.below(ARTICLES)));
    match random.below(6) {
        0 => drop(question.remove(random.below(question.len()))),
        1 => question = question.to_lowercase().replace("when does", "from what time does"),
        2 => {
            let words: Vec<&str> = question.split(' ').collect();
            question = words[random.below(words.len())..].join(" ");
        }
        3 => question = format!("what is {} {}?", random.below(1000), random.below(1000)),
        _ => {}
    }
    question
}

/// Anonymous memory of this process, in KiB; 0 where the system does not tell.
fn anonymous() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
