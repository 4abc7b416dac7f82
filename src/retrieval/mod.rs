//! A question in, ranked passages with their evidence out.
//!
//! [`question`] analyzes what was asked (repairing spellings with [`spelling`]),
//! [`candidates`] gathers passages from the index, [`evidence`] says how each one matches,
//! with the alignments of [`matching`] and independent of the index' own scores, and
//! [`ranking`] weighs the evidence by the weights of the [`model`].

pub mod spelling;

pub mod question;

pub mod candidates;

pub mod matching;

pub mod evidence;

pub mod model;

pub mod ranking;

use serde::{Deserialize, Serialize};

use crate::index;
use crate::index::reader::Reader;
use crate::retrieval::question::Question;
use crate::retrieval::ranking::Ranked;

/// How passages are found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Candidates that are gathered and ranked; 10 to 1000.
    pub candidates: usize,
    /// Longer questions are cut to so many characters; 50 to 10000.
    pub max_question_chars: usize,
    /// Whether words that the corpus lacks are read as the nearest spelling it has.
    pub repair_spelling: bool,
    /// Whether a word also stands for words near it in meaning.
    pub related_words: bool,
}

/// What came of a question.
#[derive(Debug)]
pub struct Found {
    /// The question as it was understood.
    pub question: Question,
    /// Passages, best first; equal scores in the order of passage ids.
    pub ranked: Vec<Ranked>,
}

/// Finds the passages that answer a question.
pub fn find(reader: &Reader, settings: &Settings, text: &str) -> Result<Found, index::Error> {
    let question = question::analyze(reader, settings, text)?;
    let passages = candidates::gather(reader, &question, settings.candidates)?;
    let ranked = ranking::rank(reader, &question, passages);
    Ok(Found { question, ranked })
}
