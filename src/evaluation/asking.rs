//! Questions in, what came of each out, through the same door as the faces.

use std::collections::{HashMap, HashSet};
use std::panic::resume_unwind;
use std::thread;
use std::time::{Duration, Instant};

use crate::answering::Answerer;
use crate::answering::conversation::{self, Conversation};
use crate::answering::extraction;
use crate::answering::reply::{Outcome, Reply};
use crate::corpus::passages::{Kind, Passage};
use crate::evaluation::catalogue::Catalogue;
use crate::evaluation::metrics::DEPTH;
use crate::evaluation::question::{Question, Unit};
use crate::index;
use crate::retrieval::ranking::Ranked;

/// Questions that each thread has ahead of it.
const AHEAD: usize = 32;
/// More threads than this only wait for each other.
const MOST_THREADS: usize = 64;

/// All that came of a question.
#[derive(Debug)]
pub struct Came {
    /// What faces would show.
    pub reply: Reply,
    /// The passages behind it, best first, with their evidence.
    pub ranked: Vec<Ranked>,
    /// How long it took.
    pub took: Duration,
}

/// Told of each question in order: its number and what came of it.
pub type Sink<'a> = dyn FnMut(usize, Came) -> anyhow::Result<()> + 'a;

/// Asks every question. Only with one thread the times are those of a question alone.
pub fn ask(
    answerer: &Answerer,
    questions: &[Question],
    threads: usize,
    each: &mut Sink<'_>,
) -> anyhow::Result<()> {
    if threads <= 1 {
        for (at, question) in questions.iter().enumerate() {
            each(at, one(answerer, question)?)?;
        }
        return Ok(());
    }
    let threads = threads.min(MOST_THREADS);
    let size = threads * AHEAD;
    for (chunk, questions) in questions.chunks(size).enumerate() {
        for (at, came) in in_parallel(answerer, questions, threads) {
            each(chunk * size + at, came?)?;
        }
    }
    Ok(())
}

/// What came of each question, in order.
fn in_parallel(
    answerer: &Answerer,
    questions: &[Question],
    threads: usize,
) -> Vec<(usize, Result<Came, index::Error>)> {
    let share = |thread: usize| -> Vec<_> {
        let mine = questions.iter().enumerate().skip(thread).step_by(threads);
        mine.map(|(at, question)| (at, one(answerer, question))).collect()
    };
    let mut came: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|t| scope.spawn(move || share(t))).collect();
        let ended = workers.into_iter().map(|w| w.join().unwrap_or_else(|p| resume_unwind(p)));
        ended.flatten().collect()
    });
    came.sort_by_key(|(at, _)| *at);
    came
}

fn one(answerer: &Answerer, question: &Question) -> Result<Came, index::Error> {
    let started = Instant::now();
    let mut conversation = Conversation::default();
    for turn in question.history.chunks(2) {
        let answer = turn.get(1).map_or("", String::as_str);
        conversation.tell(answerer, &turn[0], answer, None);
    }
    let started = if conversation.is_empty() { started } else { Instant::now() };
    let conversation::Came { reply, ranked } = conversation.ask_ranked(answerer, &question.text)?;
    Ok(Came { reply, ranked, took: started.elapsed() })
}

/// What of it is judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// What was ranked, best first, each once, with its score; at most [`DEPTH`].
    pub ranking: Vec<(u32, f32)>,
    /// Probability that what is shown first is right.
    pub confidence: f32,
    /// What was said.
    pub said: Said,
    /// Whether a marked sentence of the best passage holds one of the texts that answer;
    /// `None` for a FAQ entry and where the passage holds none of them.
    pub marked: Option<bool>,
    /// How long it took.
    pub took: Duration,
}

/// What was said to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// An answer.
    Answer(Option<u32>),
    /// Choices.
    Choices(Vec<u32>),
    /// That it is not known.
    Unknown,
}

impl Asked {
    /// What came of a question, in the numbers of the catalogue.
    pub fn of(question: &Question, catalogue: &Catalogue, came: &Came) -> Self {
        let number = |passage: &Passage| catalogue.number(name(question.unit, passage));
        let ids = came.ranked.iter().map(|r| (r.passage.id.as_str(), &*r.passage));
        let passages: HashMap<&str, &Passage> = ids.collect();
        let known = |id: &str| passages.get(id).and_then(|passage| number(passage));
        let mut seen = HashSet::new();
        let numbered = came.ranked.iter().filter_map(|r| Some((number(&r.passage)?, r.score)));
        Self {
            ranking: numbered.filter(|(number, _)| seen.insert(*number)).take(DEPTH).collect(),
            confidence: came.reply.confidence,
            said: match &came.reply.outcome {
                Outcome::Answer(answer) => Said::Answer(known(&answer.passage)),
                Outcome::Choices(choices) => {
                    Said::Choices(choices.iter().filter_map(|c| known(&c.passage)).collect())
                }
                Outcome::Unknown => Said::Unknown,
            },
            marked: came.ranked.first().and_then(|best| marked(best, &question.answers)),
            took: came.took,
        }
    }
}

fn name(unit: Unit, passage: &Passage) -> &str {
    match unit {
        Unit::Article => &passage.article,
        Unit::Passage => &passage.id,
    }
}

/// Whether a marked sentence holds one of the answers.
fn marked(best: &Ranked, answers: &[String]) -> Option<bool> {
    let text = &best.passage.text;
    let answers: Vec<String> =
        answers.iter().map(|a| a.trim().to_lowercase()).filter(|a| !a.is_empty()).collect();
    let holds = |part: &str| {
        let part = part.to_lowercase();
        answers.iter().any(|answer| part.contains(answer.as_str()))
    };
    if best.passage.kind == Kind::Faq || !holds(text) {
        return None;
    }
    let sentences = extraction::direct(&best.found.sentences, text.len());
    Some(sentences.into_iter().any(|range| holds(&text[range])))
}
