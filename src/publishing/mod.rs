//! Corpus changes in, live generations out.
//!
//! [`freshness`] tells whether the current generation still matches the folder. A [`sync`] finds what
//! [`changes`], with files read [`ahead`] of their turn, has the next one built in `building` and read once by `verification`, asks the
//! golden questions at the [`gate`], and makes it current; [`completion`] adds vectors that are missing.
//! `filling` works out those of a quick model, [`meaning`] those that take long. [`watch`] does all this by
//! itself, [`lint`] advises; [`open`] does what is needed so that faces can answer.

pub mod ahead;

pub mod changes;

mod building;

pub mod completion;

mod filling;

pub mod freshness;

pub mod gate;

pub mod lint;

pub mod meaning;

pub mod sync;

mod verification;

pub mod watch;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::answering::{self, Answerer};
use crate::corpus;
use crate::index::generations::Generations;
use crate::index::reader::Reader;
use crate::index::{self, Error};
use crate::publishing::freshness::Freshness;
use crate::publishing::sync::Report;
use crate::retrieval;
use crate::semantic::model::Model;

/// How a running program keeps up with its articles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether the prompt and the bot bring in changes by themselves.
    pub watch: bool,
    /// How often the folder is looked through where nothing tells of changes; seconds, 1 to
    /// 86400.
    pub rescan_seconds: u64,
}

/// Where articles come from, where the index goes, and how it is asked.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The articles.
    pub corpus: corpus::Settings,
    /// The index.
    pub index: index::Settings,
    /// How passages are found.
    pub retrieval: retrieval::Settings,
    /// When to speak.
    pub answering: answering::Settings,
    /// What gives passages their vectors.
    pub model: Option<Arc<Model>>,
}

impl Sources {
    /// An answerer over an open generation. Fails where the settings name a curve that cannot be
    /// used.
    pub fn answerer(&self, reader: Reader) -> anyhow::Result<Answerer> {
        let (retrieval, answering) = (self.retrieval.clone(), self.answering.clone());
        let answerer = Answerer::new(reader, &self.corpus.folder, retrieval, answering)?;
        Ok(answerer.with_model(self.model.clone()))
    }
}

/// What a build is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Files are read and parsed.
    Reading,
    /// Articles are put into the index.
    Indexing,
    /// Vectors are worked out.
    Meaning,
}

/// Told the stage, how many are done and how many there are.
pub type Progress<'a> = dyn Fn(Stage, usize, usize) + 'a;

/// A generation to answer from.
#[derive(Debug)]
pub struct Opened {
    /// The open generation.
    pub reader: Reader,
    /// What was built to get there, if anything was.
    pub report: Option<Report>,
    /// What the operator should know, one line each.
    pub notes: Vec<String>,
}

/// Opens the current generation, building one first where there is none or the corpus has
/// changed. `patience` bounds the time spent on looking for changes.
pub fn open(
    sources: &Sources,
    patience: Option<Duration>,
    progress: &Progress<'_>,
) -> anyhow::Result<Opened> {
    let generations = Generations::new(&sources.index.folder);
    let (folder, reader) = match generations.open(Reader::open) {
        Ok(opened) => opened,
        Err(Error::Missing(_)) => return build(sources, Vec::new(), progress),
        Err(error) => return build(sources, vec![format!("{error}; building it again")], progress),
    };
    if generations.is_pinned() {
        let mut opened = with_meaning(sources, reader, progress);
        opened.notes.push(PINNED.to_owned());
        return Ok(opened);
    }
    match freshness::of(&sources.corpus, &generations, &folder, patience)? {
        Freshness::Fresh => Ok(with_meaning(sources, reader, progress)),
        Freshness::Held => {
            let mut opened = with_meaning(sources, reader, progress);
            opened.notes.push(HELD.to_owned());
            Ok(opened)
        }
        Freshness::Unknown => {
            let note = "the corpus was not looked through in time; answering from the index as it is: run `faqbot index`";
            Ok(Opened { reader, report: None, notes: vec![note.to_owned()] })
        }
        Freshness::Stale => build(sources, Vec::new(), progress).or_else(|error| {
            let note = format!("the corpus has changed, but the index is from before: {error:#}");
            Ok(Opened { reader, report: None, notes: vec![note] })
        }),
    }
}

/// What is said where an earlier generation is kept current by hand.
pub const PINNED: &str =
    "the index was rolled back and stays as it was: run `faqbot index` to bring it up to date";

/// What is said where changes are held back.
pub const HELD: &str =
    "changes of the articles are held back by the golden questions: run `faqbot index` to see why";

/// A fresh generation, with its vectors where working them out takes no time; that others are
/// missing is noted.
fn with_meaning(sources: &Sources, reader: Reader, progress: &Progress<'_>) -> Opened {
    let opened = |reader, notes| Opened { reader, report: None, notes };
    let Some(model) =
        sources.model.as_deref().filter(|model| !meaning::is_complete(&reader, model))
    else {
        return opened(reader, Vec::new());
    };
    if !model.is_quick() && reader.manifest().passages > meaning::FEW_PASSAGES {
        return opened(reader, vec![meaning::missing_note(model)]);
    }
    let completed = completion::complete(sources, progress)
        .and_then(|()| Ok(Generations::new(&sources.index.folder).open(Reader::open)?.1));
    match completed {
        Ok(completed) => opened(completed, Vec::new()),
        Err(error) => {
            // Told here, and not again with the first question.
            model.take_failure();
            let note = format!("matching words alone: {error:#}");
            opened(reader, vec![note])
        }
    }
}

/// Builds and opens; waits for another process that is building already.
fn build(sources: &Sources, notes: Vec<String>, progress: &Progress<'_>) -> anyhow::Result<Opened> {
    let report = sync::sync_waiting(sources, progress)?;
    let (_, reader) = Generations::new(&sources.index.folder).open(Reader::open)?;
    let mut notes = notes;
    notes.extend(report.held.map(|_| HELD.to_owned()));
    notes
        .extend(sources.model.as_deref().filter(|_| report.missing > 0).map(meaning::missing_note));
    Ok(Opened { reader, report: Some(report), notes })
}
