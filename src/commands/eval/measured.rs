//! Asks the questions of a set and keeps what is told about it.

use std::time::Duration;

use crate::answering::Answerer;
use crate::answering::reply::{Outcome, Reply};
use crate::commands::eval::files::Files;
use crate::commands::progress::Bar;
use crate::evaluation::asking::{self, Asked, Came};
use crate::evaluation::catalogue::Catalogue;
use crate::evaluation::collection::{Baselines, Genre, Part};
use crate::evaluation::figures::{Figures, times};
use crate::evaluation::judging::{Judged, Key, Verdict};
use crate::evaluation::metrics::DEPTH;
use crate::evaluation::question::Question;
use crate::evaluation::tuning::Judged as First;

/// What questions are asked of.
#[derive(Debug)]
pub(super) struct Ground<'a> {
    pub(super) answerer: &'a Answerer,
    pub(super) catalogue: &'a Catalogue,
    pub(super) baselines: Option<&'a Baselines>,
    /// Whether passages are bytes of files; those of a question set stand there as JSON.
    pub(super) is_literal: bool,
    /// Whether it is told what went wrong.
    pub(super) misses: bool,
}

/// What was measured of a set, or the mean of several.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) name: String,
    pub(super) genre: Genre,
    pub(super) documents: usize,
    pub(super) answerable: usize,
    pub(super) unanswerable: usize,
    /// The median time of a question, and the 99th of a hundred.
    pub(super) times: (Duration, Duration),
    pub(super) figures: Figures,
    /// What the model gave each first passage, and whether it was right.
    pub(super) firsts: Vec<First>,
    /// What went wrong, where that is told.
    pub(super) misses: Vec<Miss>,
}

/// A question that did not get what was expected.
#[derive(Debug)]
pub(super) struct Miss {
    /// The line of its file, or its id in a set.
    pub(super) line: String,
    pub(super) question: String,
    /// What was expected; nothing where it should have been refused.
    pub(super) expected: Vec<String>,
    /// What was said: `answer`, `choices` or `unknown`.
    pub(super) outcome: &'static str,
    /// The passage that was shown or came first.
    pub(super) first: Option<String>,
}

impl Miss {
    fn of(question: &Question, judged: &Judged, came: &Came) -> Option<Self> {
        let (outcome, is_right) = match judged.verdict {
            Verdict::Answer(right) => ("answer", right),
            Verdict::Choices(_) => ("choices", false),
            Verdict::Unknown => ("unknown", !judged.is_answerable()),
        };
        (!is_right).then(|| Self {
            line: question.id.clone(),
            question: question.text.clone(),
            expected: question.relevant.iter().map(|(id, _)| id.clone()).collect(),
            outcome,
            first: match &came.reply.outcome {
                Outcome::Answer(answer) => Some(answer.passage.clone()),
                Outcome::Choices(_) | Outcome::Unknown => {
                    came.ranked.first().map(|ranked| ranked.passage.id.clone())
                }
            },
        })
    }
}

impl Ground<'_> {
    /// Asks all questions of a set.
    pub(super) fn measure(
        &self,
        part: Part,
        threads: usize,
        bar: &Bar,
        files: &mut Files,
    ) -> anyhow::Result<Measured> {
        let Part { name, questions, genre, documents } = part;
        let message = format!("asking {name}");
        bar.show_as(&message, 0, questions.len());
        let (mut judged, mut misses) = (Vec::with_capacity(questions.len()), Vec::new());
        let mut firsts = Vec::with_capacity(questions.len());
        let mut each = |at: usize, mut came: Came| {
            let question = &questions[at];
            let asked = Asked::of(question, self.catalogue, &came);
            let key = Key::new(self.catalogue, question);
            let mut verdict = key.judge(&asked);
            verdict.baseline = self.baselines.map(|baselines| {
                let baseline = baselines.of(question.unit);
                let ranking = baseline.rank(&question.text, question.language, DEPTH);
                (key.ranks(&ranking), ranking.first().map_or(0.0, |(_, score)| *score))
            });
            if self.misses {
                misses.extend(Miss::of(question, &verdict, &came));
            }
            firsts.push(First {
                odds: came.ranked.first().map_or(f32::NEG_INFINITY, |best| best.right),
                is_right: verdict.is_first_right(),
                is_answerable: verdict.is_answerable(),
                weight: 1.0,
            });
            judged.push(verdict);
            if !self.is_literal {
                mark_as_decoded(&mut came.reply);
            }
            files.write(question, &asked, self.catalogue, &came)?;
            bar.show_as(&message, at + 1, questions.len());
            Ok(())
        };
        asking::ask(self.answerer, &questions, threads, &mut each)?;
        let answerable = questions.iter().filter(|question| question.is_answerable()).count();
        Ok(Measured {
            genre,
            documents,
            answerable,
            unanswerable: questions.len() - answerable,
            times: times(&judged),
            figures: Figures::of(&name, &judged),
            firsts,
            misses,
            name,
        })
    }
}

/// What was written in JSON does not stand in its file as it is shown.
fn mark_as_decoded(reply: &mut Reply) {
    if let Outcome::Answer(answer) = &mut reply.outcome {
        answer.source.literal = false;
        answer.also.iter_mut().for_each(|also| also.source.literal = false);
    }
}

/// The means over several sets, each with its name for programs; nothing for a single one.
/// FAQ sets and others have means of their own where there are both.
pub(super) fn means(sets: &[Measured]) -> Vec<(&'static str, Measured)> {
    let mut means = Vec::new();
    if sets.len() < 2 {
        return means;
    }
    let all: Vec<&Measured> = sets.iter().collect();
    means.push(("all", mean("mean", &all)));
    for (key, name, genre) in [
        ("faq", "mean of FAQ sets", Genre::Faq),
        ("passages", "mean of passage sets", Genre::Passages),
    ] {
        let of_genre: Vec<&Measured> = sets.iter().filter(|set| set.genre == genre).collect();
        if !of_genre.is_empty() && of_genre.len() < sets.len() {
            means.push((key, mean(name, &of_genre)));
        }
    }
    means
}

fn mean(name: &str, sets: &[&Measured]) -> Measured {
    let count = u32::try_from(sets.len()).unwrap_or(u32::MAX).max(1);
    let time = |of: fn(&Measured) -> Duration| sets.iter().map(|m| of(m)).sum::<Duration>() / count;
    Measured {
        name: name.to_owned(),
        genre: sets.first().map_or(Genre::Own, |set| set.genre),
        documents: sets.iter().map(|set| set.documents).sum(),
        answerable: sets.iter().map(|set| set.answerable).sum(),
        unanswerable: sets.iter().map(|set| set.unanswerable).sum(),
        times: (time(|set| set.times.0), time(|set| set.times.1)),
        figures: Figures::means(&sets.iter().map(|set| &set.figures).collect::<Vec<_>>()),
        firsts: Vec::new(),
        misses: Vec::new(),
    }
}
