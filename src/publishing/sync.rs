//! Brings the index up to date with the articles, unless that makes an answer worse.

use std::time::{Duration, Instant};

use anyhow::Context;

use crate::corpus;
use crate::corpus::problem::Problem;
use crate::corpus::questions::Questions;
use crate::index::generations::{BuildLock, Generations};
use crate::index::manifest;
use crate::index::reader::Reader;
use crate::publishing::building::{Built, Site};
use crate::publishing::changes::{self, Counts, Scope};
use crate::publishing::gate::{Gate, State, Verdict};
use crate::publishing::{PINNED, Progress, Sources};

/// What a sync did.
#[derive(Debug, Clone)]
pub struct Report {
    /// Whether a generation went live; not where nothing had changed.
    pub built: bool,
    /// Files that are new, changed, and gone since the generation before, as far as that is live.
    pub counts: Counts,
    /// Articles in the current generation.
    pub articles: u64,
    /// Passages in the current generation.
    pub passages: u64,
    /// What is wrong with the corpus.
    pub problems: Vec<Problem>,
    /// Texts that have no vector yet.
    pub missing: usize,
    /// The generation's content hash.
    pub generation: String,
    /// What came of the golden questions, where they were asked.
    pub golden: Option<Verdict>,
    /// Files that are new, changed, and gone, and are held back: answers to golden questions would
    /// get worse, or the file of these cannot be read.
    pub held: Option<Counts>,
    /// How long it took.
    pub took: Duration,
}

/// How a sync is done.
#[derive(Debug, Clone, Copy, Default)]
pub struct How {
    /// Whether all is built anew, even where nothing changed.
    pub rebuild: bool,
    /// Whether changes go live whatever becomes of the golden questions.
    pub force: bool,
}

/// Brings the index up to date. Fails at once where another process is building.
pub fn sync(sources: &Sources, how: How, progress: &Progress<'_>) -> anyhow::Result<Report> {
    corpus::files::root(&sources.corpus)?;
    let generations = Generations::new(&sources.index.folder);
    let lock = generations.lock()?;
    let report = sync_locked(sources, &generations, &lock, how, progress)?;
    generations.unpin(&lock)?;
    Ok(report)
}

/// Makes the generation before the current one current again and keeps it so, whatever the
/// folder holds, until [`sync`] is asked for.
pub fn roll_back(sources: &Sources) -> anyhow::Result<Reader> {
    let generations = Generations::new(&sources.index.folder);
    let lock = generations.lock()?;
    generations.roll_back(&lock, Reader::open)
}

/// The same as [`sync`], but waits for another process that is building already, and leaves a
/// generation that was rolled back to as it is.
pub(super) fn sync_waiting(sources: &Sources, progress: &Progress<'_>) -> anyhow::Result<Report> {
    corpus::files::root(&sources.corpus)?;
    let generations = Generations::new(&sources.index.folder);
    let lock = generations.lock_waiting()?;
    // It may have been rolled back while this waited. What cannot be used is built all the same.
    anyhow::ensure!(!generations.is_pinned() || generations.open(Reader::open).is_err(), PINNED);
    let report = sync_locked(sources, &generations, &lock, How::default(), progress)?;
    generations.unpin(&lock)?;
    Ok(report)
}

fn sync_locked(
    sources: &Sources,
    generations: &Generations,
    lock: &BuildLock,
    how: How,
    progress: &Progress<'_>,
) -> anyhow::Result<Report> {
    let started = Instant::now();
    let listing = corpus::files::list(&sources.corpus)?;
    let golden = corpus::golden(&sources.corpus, &listing);
    let live = generations.open(Reader::open).ok().map(|(_, reader)| reader);
    let gated = live.is_some() && !how.force && !matches!(golden, Ok(None));
    let site = Site { sources, listing: &listing, generations, lock, waits: gated, progress };
    let removed = if gated { remove(&site, live.as_ref(), how)? } else { Removed::Nothing };
    let (live, counts, gated) = match removed {
        Removed::Nothing => (live, Counts::default(), gated),
        Removed::Some(counts) => (Some(generations.open(Reader::open)?.1), counts, gated),
        Removed::Everything => (live, Counts::default(), false),
    };
    let scope = if how.rebuild { Scope::Afresh } else { Scope::All };
    let mut built = site.build(live.as_ref(), scope)?;
    let judged = judge(&site, &golden, live.as_ref(), gated, &built);
    let judged = judged.inspect_err(|_| built.abandon(&site))?;
    let instead = matches!(removed, Removed::Some(_));
    if judged.is_held {
        built.abandon(&site);
        generations.hold(lock, &listing.look())?;
    } else {
        built.publish(&site, instead)?;
        generations.release(lock)?;
    }
    let mut problems = changes::problems(&listing, &built.records);
    problems.extend(judged.problems);
    problems.sort();
    let manifest = live.as_ref().filter(|_| judged.is_held).map(Reader::manifest);
    let manifest = manifest.unwrap_or(&built.manifest);
    Ok(Report {
        built: instead || (built.folder.is_some() && !judged.is_held),
        counts: if judged.is_held { counts } else { counts + built.counts },
        articles: manifest.articles,
        passages: manifest.passages,
        problems,
        missing: if judged.is_held { 0 } else { built.missing },
        generation: manifest.generation.clone(),
        golden: judged.verdict,
        held: judged.is_held.then_some(built.counts),
        took: started.elapsed(),
    })
}

/// What came of bringing in removals alone.
enum Removed {
    /// There were none.
    Nothing,
    /// They are live.
    Some(Counts),
    /// All articles have gone.
    Everything,
}

/// Makes it live at once that articles have gone, whatever becomes of the rest.
fn remove(site: &Site<'_>, live: Option<&Reader>, how: How) -> anyhow::Result<Removed> {
    let built = site.build(live, Scope::Removals).and_then(|mut built| {
        built.publish(site, false)?;
        Ok(built)
    });
    match built {
        Ok(built) if built.is_empty() => Ok(Removed::Everything),
        Ok(built) if built.folder.is_some() => Ok(Removed::Some(built.counts)),
        Ok(_) => Ok(Removed::Nothing),
        // What is damaged is built anew without it.
        Err(_) if how.rebuild => Ok(Removed::Nothing),
        Err(error) => Err(error),
    }
}

/// What came of the golden questions.
struct Judged {
    verdict: Option<Verdict>,
    problems: Vec<Problem>,
    is_held: bool,
}

/// Asks the golden questions of a generation that was built, and, where it is `gated`, compares
/// with what is live.
fn judge(
    site: &Site<'_>,
    golden: &Result<Option<Questions>, Problem>,
    live: Option<&Reader>,
    gated: bool,
    built: &Built<'_>,
) -> anyhow::Result<Judged> {
    let questions = match golden {
        Ok(Some(questions)) => questions,
        Ok(None) => return Ok(Judged { verdict: None, problems: Vec::new(), is_held: false }),
        // Half a file must not let through what the whole would hold back.
        Err(problem) => {
            let (problems, is_held) = (vec![problem.clone()], gated && built.folder.is_some());
            return Ok(Judged { verdict: None, problems, is_held });
        }
    };
    let before = live.and_then(|live| Some((live, manifest::read_records(live.folder()).ok()?)));
    let before = before.as_ref().map(|(reader, records)| State { reader, records });
    let next = built.folder.as_deref().map(Reader::open).transpose()?;
    let reader = next.as_ref().or(live).context("nothing was built and nothing is there")?;
    let gate = Gate::new(questions, before, State { reader, records: &built.records })?;
    let verdict = match &next {
        Some(next) => {
            let answerer = |reader: &Reader| site.sources.answerer(reader.clone());
            let before = live.filter(|_| gated).map(answerer).transpose()?;
            Some(gate.ask(before.as_ref(), &answerer(next)?)?)
        }
        None => None,
    };
    let is_held = verdict.as_ref().is_some_and(|verdict| !verdict.worse.is_empty());
    Ok(Judged { verdict, problems: gate.problems, is_held })
}
