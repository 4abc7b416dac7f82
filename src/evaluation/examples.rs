//! Questions with their candidates and what is right among them: what weights are fitted to.

use std::path::Path;
use std::sync::Arc;

use crate::answering;
use crate::answering::Answerer;
use crate::corpus::passages::Kind;
use crate::evaluation::asking;
use crate::evaluation::collection::Collection;
use crate::retrieval;
use crate::retrieval::model::{self, COUNT};
use crate::retrieval::ranking::Ranked;
use crate::semantic::model::Model;

/// A candidate of a question.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Whether it is a FAQ entry.
    pub is_faq: bool,
    /// Its figures.
    pub values: [f32; COUNT],
    /// Whether it answers.
    pub is_right: bool,
}

/// What a question was asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The documents of its set.
    Alone,
    /// The same with FAQ entries reduced to one question each.
    WithoutAlternates,
    /// The documents of several sets together.
    Pooled,
}

/// A question with its candidates.
#[derive(Debug, Clone)]
pub struct Example {
    /// The set it comes from.
    pub set: usize,
    /// What it was asked of.
    pub role: Role,
    /// How much it counts.
    pub weight: f64,
    /// Whether anything answers it.
    pub is_answerable: bool,
    /// Its candidates; none where nothing shares a word with it.
    pub rows: Vec<Row>,
}

/// The examples of all sets of a collection; `sets` names all sets by
/// number.
pub fn of_collection(
    collection: &Collection,
    role: Role,
    settings: &Settings,
    sets: &[String],
    progress: &dyn Fn(usize, usize),
) -> anyhow::Result<Vec<Example>> {
    let answerer = Answerer::new(
        collection.index.reader.clone(),
        Path::new(""),
        settings.retrieval.clone(),
        settings.answering.clone(),
    )?
    .with_model(settings.model.clone());
    let catalogue = &collection.catalogue;
    let standing = |id: &str| catalogue.number(id).map(|number| catalogue.standing_for(number));
    let all: usize = collection.parts.iter().map(|part| part.questions.len()).sum();
    let mut out = Vec::with_capacity(all);
    for part in &collection.parts {
        let set = sets.iter().position(|name| *name == part.name).unwrap_or_default();
        asking::ask(&answerer, &part.questions, settings.threads, &mut |at, came| {
            let question = &part.questions[at];
            let right: Vec<u32> =
                question.relevant.iter().filter_map(|(id, _)| standing(id)).collect();
            let row = |ranked: &Ranked| Row {
                is_faq: ranked.passage.kind == Kind::Faq,
                values: model::values(&ranked.found.evidence),
                is_right: standing(&ranked.passage.article).is_some_and(|n| right.contains(&n)),
            };
            let rows = came.ranked.iter().map(row).collect();
            let is_answerable = question.is_answerable();
            out.push(Example { set, role, weight: 1.0, is_answerable, rows });
            progress(out.len(), all);
            Ok(())
        })?;
    }
    Ok(out)
}

/// How questions are asked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How passages are found.
    pub retrieval: retrieval::Settings,
    /// When to speak.
    pub answering: answering::Settings,
    /// What tells what texts mean.
    pub model: Option<Arc<Model>>,
    /// Threads that ask.
    pub threads: usize,
}
