//! A question in, ranked passages with their evidence out.
//!
//! [`question`] analyzes what was asked (repairing spellings with [`spelling`] and
//! [`compounds`], looking up [`synonyms`], weighing words by [`worth`]), [`candidates`] gathers
//! passages from the index, the [`examiner`] makes the [`evidence`] of each, with the alignments
//! of [`matching`] and the likenesses of [`meaning`], independent of the index' own scores, and
//! [`ranking`] weighs it by the
//! weights of the [`model`]. Of a question that does not stand alone the [`context`] has more to
//! say. Where several words stand for others, [`rewording`] goes the same
//! way once more in the other words.

pub mod changes;

pub mod spelling;

pub mod compounds;

pub mod synonyms;

pub mod question;

pub mod worth;

pub mod meaning;

pub mod candidates;

pub mod context;

pub mod matching;

pub mod evidence;

pub mod examiner;

pub mod model;

pub mod ranking;

pub mod rewording;

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::index;
use crate::index::place::Place;
use crate::index::reader::Reader;
use crate::retrieval::context::{Before, Carried, Context};
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
    /// The word of the last turns that the best passage is about; `None` where the question
    /// stands alone.
    pub carried: Option<Carried>,
}

/// Finds the passages that answer a question, by words and, with a model, by meaning; `before`
/// is what was said before a question that does not stand alone.
pub fn find(
    reader: &Reader,
    model: Option<&Arc<Model>>,
    settings: &Settings,
    text: &str,
    before: Option<Before<'_>>,
) -> Result<Found, index::Error> {
    let question = question::analyze(reader, settings, text, &[])?;
    let meaning = Meaning::of(reader, model, &question);
    let mut passages =
        candidates::gather(reader, &question, meaning.as_ref(), settings.candidates)?;
    let of_text = |text: &str| meaning.as_ref()?.of_text(text);
    let context = before.map(|before| Context::new(reader, &question, before, of_text));
    if let Some(context) = &context {
        let known: HashSet<Place> = passages.iter().map(|p| p.place).collect();
        let more = context.gather(reader, &question, settings.candidates * 6 / 10)?;
        passages.extend(more.into_iter().filter(|p| !known.contains(&p.place)));
    }
    // Sums with and without likenesses are on other scales: where one of the candidates waits
    // for its vectors, all are weighed by words alone.
    let meaning = meaning.as_ref().filter(|m| passages.iter().all(|p| m.covers(p)));
    let context = if meaning.is_none() { context.map(Context::by_words) } else { context };
    let context = context.as_ref();
    let mut ranked = ranking::rank(reader, &question, meaning, context, passages);
    let reworded = rewording::add(reader, settings, &question, meaning, context, &mut ranked)?;
    let common = |best: &Ranked| context?.common(&best.passage).cloned();
    let carried = ranked.first().and_then(common);
    Ok(Found { question, ranked, reworded, carried })
}
