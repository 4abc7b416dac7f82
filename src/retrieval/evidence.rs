//! How a passage matches a question, in figures that depend on neither index internals nor
//! other candidates: only on the two texts and on how common words are in the corpus.

use std::ops::Range;

use crate::corpus::passages::Passage;
use crate::index::terms;
use crate::index::vectors::Likeness;
use crate::retrieval::question::Origin;

/// How a passage fits what was said before; all from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Share of the words of the last turns that it has; 1 for enough of them.
    pub about: f32,
    /// Share of it that was given already.
    pub given: f32,
    /// How near it is in meaning to the last question and this one; 0 without a model.
    pub meant: f32,
    /// Whether it is of the article of the last answer, less for earlier ones.
    pub article: f32,
    /// How little connects it with what was said: 1 where it has none of the words and is of none
    /// of the articles.
    pub stray: f32,
    /// How much all this counts.
    pub strength: f32,
}

/// Everything that speaks for or against a passage. All from 0 to 1 unless said otherwise.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evidence {
    /// Whether the entry asks just what was asked; not weighed, but ranked above all else.
    pub verbatim: bool,
    /// Share of what the question says that passage, title and heading have.
    pub coverage: f32,
    /// Share of it in the best sentence.
    pub sentence: f32,
    /// Share of its meaningful words that are found nowhere in passage, title and heading.
    pub missed: f32,
    /// Share of what the question says in names that are found nowhere in them.
    pub names_missed: f32,
    /// Whether a name is found nowhere in them.
    pub elsewhere: f32,
    /// Share of it in words that no article has, beyond those only exchanged.
    pub foreign: f32,
    /// How much the question says at all, from 0 (grammar) to 1 (three rare words or more).
    pub substance: f32,
    /// Likeness of the question to the entry's question or its best alternate, both ways
    /// (harmonic mean of the shares that each finds in the other); 0 without a question.
    pub question: f32,
    /// Likeness of the same two as sequences of words, grammar included.
    pub frame: f32,
    /// Weight of the question's words that the entry's question has another word in place
    /// of, with the same neighbours on both sides.
    pub swap: f32,
    /// How often the question's words stand in the passage, against the most that could be:
    /// BM25 over all its parts, as a share.
    pub frequent: f32,
    /// Likeness of the question to the text by runs of letters (cosine, rarer runs first).
    pub letters: f32,
    /// The same for the entry's question or its best alternate; 0 without a question.
    pub question_letters: f32,
    /// Share of neighbouring words of the question that are neighbours in the passage.
    pub order: f32,
    /// Whether the text holds the kind of thing asked for: −1 (it does not) to 1.
    pub expected: f32,
    /// Whether the entry's question asks for another kind of thing.
    pub clash: f32,
    /// Whether the entry's question or its best alternate has the opposite of a word that is found
    /// nowhere in the entry.
    pub opposed: f32,
    /// Whether a question for the time of publishing meets the passage that gives it.
    pub dateline: f32,
    /// Whether a question for a purpose meets a sentence that says what its subject is for.
    pub aim: f32,
    /// Days older than the newest article of the corpus; 0 without a date.
    pub age_days: f32,
    /// How near they are in meaning; `None` where only words are compared.
    pub meaning: Option<Likeness>,
    /// How it fits what was said before; `None` where the question stands alone.
    pub context: Option<Fit>,
}

/// A passage seen by a question.
#[derive(Debug)]
pub struct Match {
    /// The figures.
    pub evidence: Evidence,
    /// The sentences of the text, in order.
    pub sentences: Vec<Sentence>,
    /// For each word of the question the best that was found for it, and where.
    pub best: Vec<Option<Place>>,
}

/// Where a word of the question was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Why it counts as found.
    pub origin: Origin,
    /// The part of the passage that it is in.
    pub part: usize,
    /// Where it begins in the part, in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

impl Match {
    /// What a word of the question was found as in this passage.
    pub fn read_as(&self, passage: &Passage, word: usize) -> Option<ReadAs> {
        let place = self.best.get(word).copied().flatten()?;
        let text = terms::text_of(passage, place.part);
        let written = text.get(place.start as usize..place.end as usize)?;
        Some(ReadAs { origin: place.origin, written: written.to_owned() })
    }
}

/// A sentence of a passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
    /// Share of what the question says that is in it.
    pub share: f32,
    /// The share, with what an answer must hold taken into account.
    pub directness: f32,
}

/// What a word of the question was found as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadAs {
    /// Why it counts as found.
    pub origin: Origin,
    /// The word as it is written in the passage.
    pub written: String,
}
