//! Ranked passages in, one [`Reply`] out: the only door for faces.
//!
//! [`decision`] says whether to answer, to offer choices or to admit ignorance;
//! [`mod@confidence`] turns scores into probabilities; [`extraction`] marks the sentences that
//! answer; [`versions`] finds older and newer answers to the same question, [`nearby`] the
//! questions to go on with.

pub mod reply;

pub mod confidence;
pub mod extraction;

pub mod nearby;
pub mod versions;

pub mod decision;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::answering::confidence::Confidence;
use crate::answering::reply::Reply;
use crate::index;
use crate::index::reader::Reader;
use crate::retrieval;
use crate::retrieval::ranking::Ranked;

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
    /// A file of `faqbot eval --calibrate`; empty for what comes with the program.
    pub calibration: PathBuf,
}

/// Least probability of an entry that was asked word for word.
const VERBATIM: f32 = 0.98;

/// Answers questions from one generation of the index.
#[derive(Debug, Clone)]
pub struct Answerer {
    reader: Reader,
    corpus: PathBuf,
    retrieval: retrieval::Settings,
    settings: Settings,
    confidence: Confidence,
    /// Least confidence of an answer.
    answer_from: f32,
}

/// The curve that these settings name, and the least confidence of an answer by it.
fn confidence(settings: &Settings) -> anyhow::Result<(Confidence, f32)> {
    let own = !settings.calibration.as_os_str().is_empty();
    let confidence =
        if own { Confidence::read(&settings.calibration)? } else { Confidence::shipped() };
    let from = confidence.answer_from(settings.wrong_at_most);
    Ok((confidence, from))
}

/// The least confidence from which on an answer is given.
pub fn answer_from(settings: &Settings) -> anyhow::Result<f32> {
    confidence(settings).map(|(_, from)| from)
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
        let (confidence, answer_from) = confidence(&settings)?;
        let corpus = corpus.to_owned();
        Ok(Self { reader, corpus, retrieval, settings, confidence, answer_from })
    }

    /// Answers one question. Fails only where the index cannot be read.
    pub fn answer(&self, question: &str) -> Result<Reply, index::Error> {
        self.answer_ranked(question).map(|(reply, _)| reply)
    }

    /// The same, with all passages that were ranked on the way, best first: for measuring.
    pub fn answer_ranked(&self, question: &str) -> Result<(Reply, Vec<Ranked>), index::Error> {
        let found = retrieval::find(&self.reader, &self.retrieval, question)?;
        decision::decide(self, found)
    }

    /// The passage of a short id, given as a sure answer; `None` where the corpus has it no
    /// longer.
    pub fn passage(&self, link: &str) -> Result<Option<Reply>, index::Error> {
        let Some(passage) = self.reader.passage_by_link(link)? else { return Ok(None) };
        decision::given(self, &passage).map(Some)
    }

    /// How likely a passage answers, in hundredths. No curve makes an entry unlikely that was
    /// asked word for word.
    fn probability(&self, candidate: &Ranked) -> f32 {
        let by_curve = self.confidence.probability(candidate.right);
        if candidate.found.evidence.verbatim { by_curve.max(VERBATIM) } else { by_curve }
    }

    /// The generation that answers come from.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }
}
