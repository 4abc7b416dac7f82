//! A question in, ranked passages with their evidence out.
//!
//! [`question`] analyzes what was asked (repairing spellings with [`spelling`] and
//! [`compounds`], looking up [`synonyms`], weighing words by [`worth`]), [`candidates`] gathers
//! passages from the index, the [`examiner`] makes the [`evidence`] of each, with the alignments
//! of [`matching`] and the likenesses of [`meaning`], independent of the index' own scores, and
//! [`ranking`] weighs it by the
//! weights of the [`model`]. Where several words stand for others, [`rewording`] goes the same
//! way once more in the other words.

pub mod changes;

pub mod spelling;

pub mod compounds;

pub mod synonyms;

pub mod question;

pub mod worth;

pub mod meaning;

pub mod candidates;

pub mod matching;

pub mod evidence;

pub mod examiner;

pub mod model;

pub mod ranking;

pub mod rewording;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::index;
use crate::index::reader::Reader;
use crate::retrieval::meaning::Meaning;
use crate::retrieval::question::Question;
use crate::retrieval::ranking::Ranked;
use crate::retrieval::rewording::Reworded;
use crate::semantic::model::Model;

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
    /// What was read otherwise for the passages that match a synonym of several words.
    pub reworded: Reworded,
}

/// Finds the passages that answer a question, by words and, with a model, by meaning.
pub fn find(
    reader: &Reader,
    model: Option<&Arc<Model>>,
    settings: &Settings,
    text: &str,
) -> Result<Found, index::Error> {
    let question = question::analyze(reader, settings, text, &[])?;
    let meaning = Meaning::of(reader, model, &question);
    let passages = candidates::gather(reader, &question, meaning.as_ref(), settings.candidates)?;
    // Sums with and without likenesses are on other scales: where one of the candidates waits
    // for its vectors, all are weighed by words alone.
    let meaning = meaning.as_ref().filter(|m| passages.iter().all(|p| m.covers(p)));
    let mut ranked = ranking::rank(reader, &question, meaning, passages);
    let reworded = rewording::add(reader, settings, &question, meaning, &mut ranked)?;
    Ok(Found { question, ranked, reworded })
}
