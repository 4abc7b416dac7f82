//! Keeping a running program up with its articles: changes are brought in by themselves, and a new
//! generation, whoever built it, is taken up at once.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use notify::event::EventKind;
use notify::{RecursiveMode, Watcher};

use crate::index::generations::Generations;
use crate::index::reader::Reader;
use crate::publishing::freshness::{self, Freshness};
use crate::publishing::sync::{self, Report};
use crate::publishing::{HELD, PINNED, Settings, Sources, completion};

/// How often it is looked for what is to be done.
const TICK: Duration = Duration::from_millis(100);
/// Nothing is read until the folder has been quiet for so long: an editor may still be writing.
const QUIET: Duration = Duration::from_millis(250);
/// Where it is never quiet, changes wait no longer than this.
const PATIENCE: Duration = Duration::from_millis(700);

/// Once more it is looked so long after something happened.
const AGAIN: Duration = Duration::from_secs(2);
/// And so long after something went wrong.
const LATER: Duration = Duration::from_secs(10);

/// What happened.
#[derive(Debug)]
pub enum News {
    /// Changes were brought in, or held back.
    Synced(Box<Report>),
    /// Another generation is live.
    Live(Box<Reader>),
    /// Something is in the way, told once.
    Trouble(String),
}

/// Brings in changes and tells what happened, for as long as `goes_on` says so.
pub fn run(
    sources: &Sources,
    settings: &Settings,
    goes_on: &dyn Fn() -> bool,
    tell: &mut dyn FnMut(News),
) {
    let mut keeper = Keeper {
        sources,
        generations: Generations::new(&sources.index.folder),
        live: None,
        told: None,
        follows: Arc::new(AtomicBool::new(false)),
        tell,
    };
    keeper.live = keeper.generations.current().ok();
    let (events, watcher) = watched(&sources.corpus.folder, &sources.index.folder);
    let _watcher = watcher.inspect_err(|error| keeper.unwatched(error, settings)).ok();
    let rescan = Duration::from_secs(settings.rescan_seconds);
    let (mut looked, mut first, mut last) = (None::<Instant>, None::<Instant>, None::<Instant>);
    let mut again = None::<Instant>;
    while goes_on() {
        if changed(&events) {
            last = Some(Instant::now());
            first = first.or(last);
        }
        let since = |at: Option<Instant>, long: Duration| at.is_some_and(|at| at.elapsed() >= long);
        let due = since(last, QUIET) || since(first, PATIENCE);
        if due
            || looked.is_none()
            || since(looked, rescan)
            || again.is_some_and(|at| at <= Instant::now())
        {
            (first, last) = (None, None);
            let due = due || looked.is_none();
            keeper.look();
            looked = Some(Instant::now());
            // Of a new folder not all is told, and what went wrong may go right.
            let wait = if keeper.told.is_some() { Some(LATER) } else { due.then_some(AGAIN) };
            again = wait.map(|wait| Instant::now() + wait);
        }
        keeper.take_up();
    }
}

/// Tells when something in a folder changes, but for what stands in the index.
fn watched(
    folder: &Path,
    index: &Path,
) -> (Receiver<()>, notify::Result<notify::RecommendedWatcher>) {
    let (send, receive) = mpsc::channel();
    let index = index.canonicalize().unwrap_or_else(|_| index.to_owned());
    let outside = move |path: &PathBuf| !path.starts_with(&index);
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // That some events were lost is a reason to look.
        let tells = event.is_ok_and(|event| {
            // Reading changes nothing; rights that are given back do.
            !matches!(event.kind, EventKind::Access(_))
                && (event.paths.is_empty() || event.paths.iter().any(&outside))
        });
        if tells {
            let _ = send.send(());
        }
    });
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let watcher = watcher.and_then(|mut watcher| {
        watcher.watch(&real, RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    (receive, watcher)
}

/// Whether something changed, waiting for it a little.
fn changed(events: &Receiver<()>) -> bool {
    match events.recv_timeout(TICK) {
        Ok(()) => {
            while events.try_recv().is_ok() {}
            true
        }
        Err(RecvTimeoutError::Timeout) => false,
        // Nobody watches: the folder is looked through now and then.
        Err(RecvTimeoutError::Disconnected) => {
            thread::sleep(TICK);
            false
        }
    }
}

struct Keeper<'a> {
    sources: &'a Sources,
    generations: Generations,
    live: Option<PathBuf>,
    /// What was last told to be in the way.
    told: Option<String>,
    /// Whether vectors are being worked out.
    follows: Arc<AtomicBool>,
    tell: &'a mut dyn FnMut(News),
}

impl Keeper<'_> {
    fn unwatched(&mut self, error: &notify::Error, settings: &Settings) {
        let seconds = settings.rescan_seconds;
        let folder = self.sources.corpus.folder.display();
        self.trouble(format!(
            "{folder}: cannot be watched ({error}): it is looked through every {seconds} s"
        ));
    }

    fn trouble(&mut self, what: String) {
        if self.told.as_ref() != Some(&what) {
            self.told = Some(what.clone());
            (self.tell)(News::Trouble(what));
        }
    }

    /// Looks through the folder and brings in what changed.
    fn look(&mut self) {
        if self.generations.is_pinned() {
            self.trouble(PINNED.to_owned());
            return;
        }
        let freshness = self.generations.current().ok().and_then(|folder| {
            freshness::of(&self.sources.corpus, &self.generations, &folder, None).ok()
        });
        match freshness {
            Some(Freshness::Fresh) => {
                self.told = None;
                return;
            }
            Some(Freshness::Held) => {
                self.trouble(HELD.to_owned());
                return;
            }
            _ => {}
        }
        match sync::sync_waiting(self.sources, &|_, _, _| {}) {
            Ok(report) => {
                self.told = report.held.map(|_| HELD.to_owned());
                let missing = report.missing > 0;
                if report.built || report.held.is_some() {
                    (self.tell)(News::Synced(Box::new(report)));
                }
                if missing {
                    self.follow();
                }
            }
            Err(error) => self.trouble(format!("{error:#}")),
        }
    }

    /// Works out the vectors that are missing, beside all else.
    fn follow(&self) {
        if self.follows.swap(true, Ordering::Relaxed) {
            return;
        }
        let (sources, follows) = (self.sources.clone(), Arc::clone(&self.follows));
        thread::spawn(move || {
            // Why it fails is told where the next question finds out.
            let _ = completion::complete(&sources, &|_, _, _| {});
            follows.store(false, Ordering::Relaxed);
        });
    }

    /// Tells of a generation that went live, whoever built it.
    fn take_up(&mut self) {
        let Ok(current) = self.generations.current() else { return };
        if self.live.as_ref() == Some(&current) {
            return;
        }
        // One that is gone again was replaced by yet another.
        if let Ok(reader) = Reader::open(&current) {
            self.live = Some(current);
            (self.tell)(News::Live(Box::new(reader)));
        }
    }
}
