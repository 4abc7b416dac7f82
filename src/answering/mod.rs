//! Ranked passages in, one [`Reply`] out: the only door for faces.
//!
//! [`decision`] says whether to answer, to offer choices or to admit ignorance;
//! [`mod@confidence`] turns scores into probabilities; [`extraction`] marks the sentences that
//! answer; [`versions`] finds older and newer answers to the same question, [`nearby`] the
//! questions to go on with; [`memory`] keeps replies that many ask for, [`current`] the answerer of a
//! running face; [`conversation`] is what one person has asked, for questions that by [`leaning`]
//! do not stand alone.

pub mod reply;

pub mod confidence;
pub mod extraction;

pub mod nearby;
pub mod versions;

pub mod decision;

pub mod leaning;

pub mod memory;

pub mod conversation;

pub mod current;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::answering::confidence::{Confidence, Curves};
use crate::answering::memory::Memory;
use crate::answering::reply::Reply;
use crate::index;
use crate::index::reader::Reader;
use crate::retrieval::context::Before;
use crate::retrieval::model::Mode;
use crate::retrieval::ranking::Ranked;
use crate::retrieval::{self, Found};
use crate::semantic::model::Model;

/// When to speak.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many of the answers may be wrong, by what was measured; 0.01 to 0.5.
    pub wrong_at_most: f32,
    /// Least probability at which a passage is offered as a choice; 0 to 1.
    pub choice_from: f32,
    /// Most choices offered; 2 to 8.
    pub max_choices: usize,
    /// Minutes after which what was said before is forgotten; 0 to 1440.
    pub forget_after_minutes: u64,
    /// A file of `faqbot eval --calibrate`; empty for what comes with the program.
    pub calibration: PathBuf,
}

/// Least probability of an entry that was asked word for word.
pub const VERBATIM: f32 = 0.98;

/// Answers questions from one generation of the index.
#[derive(Debug, Clone)]
pub struct Answerer {
    reader: Reader,
    corpus: PathBuf,
    retrieval: retrieval::Settings,
    settings: Settings,
    curves: Curves,
    /// What tells what texts mean.
    model: Option<Arc<Model>>,
    /// Replies that are asked for again and again.
    memory: Option<Arc<Memory>>,
}

/// The curves that these settings name.
fn curves(settings: &Settings) -> anyhow::Result<Curves> {
    let own = !settings.calibration.as_os_str().is_empty();
    let own = own.then(|| Confidence::read(&settings.calibration)).transpose()?;
    Ok(Curves::new(own.as_ref(), settings.wrong_at_most))
}

/// The least confidence from which on an answer is given.
pub fn answer_from(settings: &Settings, mode: Mode) -> anyhow::Result<f32> {
    curves(settings).map(|curves| curves.answer_from(mode))
}

impl Answerer {
    /// An answerer over an open generation of the corpus in this folder. Fails where the
    /// settings name a curve that cannot be used.
    pub fn new(
        reader: Reader,
        corpus: &Path,
        retrieval: retrieval::Settings,
        settings: Settings,
    ) -> anyhow::Result<Self> {
        let curves = curves(&settings)?;
        let corpus = corpus.to_owned();
        Ok(Self { reader, corpus, retrieval, settings, curves, model: None, memory: None })
    }

    /// The same, with a model that passages are also compared by where they have its vectors.
    #[must_use]
    pub fn with_model(self, model: Option<Arc<Model>>) -> Self {
        Self { model, ..self }
    }

    /// The same, remembering replies: for faces that many people talk to.
    #[must_use]
    pub fn with_memory(self) -> Self {
        Self { memory: Some(Arc::default()), ..self }
    }

    /// What tells what texts mean, if anything does.
    pub fn model(&self) -> Option<&Arc<Model>> {
        self.model.as_ref()
    }

    fn find(&self, question: &str) -> Result<Found, index::Error> {
        retrieval::find(&self.reader, self.model.as_ref(), &self.retrieval, question, None)
    }

    fn find_after(&self, question: &str, before: Before<'_>) -> Result<Found, index::Error> {
        let before = Some(before);
        retrieval::find(&self.reader, self.model.as_ref(), &self.retrieval, question, before)
    }

    fn decide(&self, found: Found) -> Result<(Reply, Vec<Ranked>), index::Error> {
        decision::decide(self, found)
    }

    /// Answers one question. Fails only where the index cannot be read.
    pub fn answer(&self, question: &str) -> Result<Reply, index::Error> {
        let Some(memory) = &self.memory else {
            return self.answer_ranked(question).map(|(reply, _)| reply);
        };
        if let Some(reply) = memory.find(question) {
            return Ok(reply);
        }
        let (reply, _) = self.answer_ranked(question)?;
        memory.keep(question, &reply);
        Ok(reply)
    }

    /// The same, with all passages that were ranked on the way, best first: for measuring.
    pub fn answer_ranked(&self, question: &str) -> Result<(Reply, Vec<Ranked>), index::Error> {
        self.decide(self.find(question)?)
    }

    /// The passage of a short id, given as a sure answer; `None` where the corpus has it no
    /// longer.
    pub fn passage(&self, link: &str) -> Result<Option<Reply>, index::Error> {
        let Some(passage) = self.reader.passage_by_link(link)? else { return Ok(None) };
        decision::given(self, &passage).map(Some)
    }

    /// The same in the newest version: for who asks what a button says, and not for one text.
    pub fn newest(&self, link: &str) -> Result<Option<Reply>, index::Error> {
        let Some(passage) = self.reader.passage_by_link(link)? else { return Ok(None) };
        decision::newest(self, &passage).map(Some)
    }

    /// How long after its last turn a conversation is forgotten.
    pub fn forgets_after(&self) -> Duration {
        Duration::from_secs(60 * self.settings.forget_after_minutes)
    }

    /// How likely a passage answers, in hundredths. No curve makes an entry unlikely that was
    /// asked word for word.
    fn probability(&self, candidate: &Ranked) -> f32 {
        let by_curve = self.curves.probability(candidate.mode, candidate.right);
        if candidate.found.evidence.verbatim { by_curve.max(VERBATIM) } else { by_curve }
    }

    /// The folder that files of passages are named from.
    pub fn folder(&self) -> &Path {
        &self.corpus
    }

    /// The generation that answers come from.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }
}
