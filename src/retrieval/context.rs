//! What was said before a question, as evidence of a few figures of its own.
//!
//! The words of the last turns are never added to the question: they say what is talked about,
//! not what is asked. They bring candidates of their own, and each candidate is told how many of
//! them it has, whether it has been given already, and how near it is in meaning to the last
//! question and this one together.

use std::collections::{HashMap, HashSet};

use crate::corpus::passages::Passage;
use crate::index;
use crate::index::reader::Reader;
use crate::index::search::{Candidate, Clause};
use crate::index::terms::{self, Role};
use crate::retrieval::candidates;
use crate::retrieval::evidence::Fit;
use crate::retrieval::meaning::Meaning;
use crate::retrieval::question::{Origin, Question};
use crate::retrieval::worth;
use crate::text::language::Language;
use crate::text::normalize;
use crate::text::stem;
use crate::text::stopwords::{self, Class};
use crate::text::tokenize::tokens;

/// What a turn counts beside the one after it.
const FADES: f32 = 0.8;
/// Words of the last turns that are carried.
const MOST_TERMS: usize = 20;
/// A passage that has this share of them is about the same; more says only that it says the same.
const ENOUGH: f32 = 0.3;
/// Bytes of an answer that are looked at.
const MAX_BYTES: usize = 4 << 10;
/// Fewer different words than this are in a passage by chance.
const FEW: usize = 8;

/// A question with what was answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turn {
    /// What was asked.
    pub question: String,
    /// The text that was given; empty where nothing was.
    pub answer: String,
    /// The id of its article, where it is one of the corpus.
    pub article: Option<String>,
}

/// The last turns, and how much they count.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// Oldest first.
    pub turns: &'a [Turn],
    /// From 0 to 1, where the question says nothing without them.
    pub strength: f32,
}

/// A word that was said before.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// As it was written last.
    pub written: String,
    /// Its stem.
    pub stem: String,
    /// Whether it looks like the name of something that was asked about.
    pub subject: bool,
    hash: u32,
    weight: f32,
}

/// What each figure is worth where candidates are ordered. Chosen on three sets of
/// conversations, each also with the two others; the article by hand, as in these sets each
/// passage is one.
const ORDER: Fit =
    Fit { about: 4.0, given: -5.0, meant: 6.0, article: 1.0, stray: 0.0, strength: 0.0 };
/// The same for how likely a passage is right. A question that needs what was said before is less
/// clear than others (`strength`), and a passage that nothing connects with it is hardly meant.
const RIGHT: Fit =
    Fit { about: 1.5, given: -1.0, meant: 0.5, article: 0.0, stray: -3.0, strength: -0.5 };
/// Where this much connects a passage with what was said, it is no stray.
const CONNECTED: f32 = 0.5;

impl Fit {
    fn sum(&self, worth: &Self) -> f32 {
        let figures = self.about * worth.about
            + self.given * worth.given
            + self.meant * worth.meant
            + self.article * worth.article
            + self.stray * worth.stray
            + worth.strength;
        self.strength * figures
    }

    /// What it adds to the score.
    pub fn order(&self) -> f32 {
        self.sum(&ORDER)
    }

    /// What it adds to the log-odds that the passage is right.
    pub fn right(&self) -> f32 {
        self.sum(&RIGHT)
    }
}

/// What was said before one question.
#[derive(Debug)]
pub struct Context<'a> {
    before: Before<'a>,
    /// What was said, weightiest first.
    pub carried: Vec<Carried>,
    given: Vec<HashSet<u32>>,
    meaning: Option<Meaning<'a>>,
}

impl<'a> Context<'a> {
    /// Of the turns before a question. `meaning` tells what a text means beside the passages.
    pub fn new(
        reader: &'a Reader,
        question: &Question,
        before: Before<'a>,
        meaning: impl Fn(&str) -> Option<Meaning<'a>>,
    ) -> Self {
        let own: HashSet<u32> = own_stems(question).collect();
        let mut carried = carried(reader, question.language, before.turns);
        carried.retain(|c| !own.contains(&c.hash));
        carried.truncate(MOST_TERMS);
        let stems = |turn: &Turn| stems(cut(&turn.answer), question.language);
        let given = before.turns.iter().map(stems).filter(|s| s.len() >= FEW).collect();
        let last = before.turns.last();
        let both = last.and_then(|t| meaning(&format!("{} {}", t.question, question.text)));
        Self { before, carried, given, meaning: both }
    }

    /// The same without a model, where passages wait for their vectors.
    #[must_use]
    pub fn by_words(self) -> Self {
        Self { meaning: None, ..self }
    }

    /// Passages that fit what was said before and the words of the question.
    pub fn gather(
        &self,
        reader: &Reader,
        question: &Question,
        limit: usize,
    ) -> Result<Vec<Candidate>, index::Error> {
        let total: f32 = self.carried.iter().map(|c| c.weight).sum();
        let clause =
            |c: &Carried| Clause { stems: vec![(c.stem.clone(), c.weight / total)], must: false };
        let clauses = self.carried.iter().map(clause).collect();
        let near = self.meaning.as_ref().map(|m| m.nearest(limit / 3)).unwrap_or_default();
        candidates::gather_more(reader, question, clauses, &near, limit)
    }

    /// How a candidate fits.
    pub fn fit(&self, candidate: &Candidate) -> Fit {
        let words = |text: bool| {
            let parts = candidate.terms.parts.iter();
            let parts = parts.filter(move |part| !text || part.role == Role::Text);
            parts.flat_map(|part| &part.words).map(|word| word.stem).collect::<HashSet<u32>>()
        };
        let (all, text) = (words(false), words(true));
        let given = |given: &HashSet<u32>| {
            text.intersection(given).count() as f32 / text.len().max(FEW) as f32
        };
        let meant = self.meaning.as_ref().map_or(0.0, |meaning| {
            let near = meaning.likeness(candidate);
            f32::midpoint(near.whole.max(0.0), near.part.max(0.0))
        });
        let about = (share(&self.carried, &all) / ENOUGH).min(1.0);
        let article = self.article(&candidate.passage);
        Fit {
            about,
            given: self.given.iter().map(given).fold(0.0, f32::max),
            meant,
            article,
            stray: (1.0 - about.max(article) / CONNECTED).max(0.0),
            strength: self.before.strength,
        }
    }

    fn article(&self, passage: &Passage) -> f32 {
        let mut worth = 1.0;
        for turn in self.before.turns.iter().rev() {
            if turn.article.as_ref() == Some(&passage.article) {
                return worth;
            }
            worth *= FADES;
        }
        0.0
    }

    /// The word that a passage and what was said before have in common: the weightiest name that
    /// was asked about, or the weightiest word.
    pub fn common(&self, candidate: &Passage) -> Option<&Carried> {
        let language = candidate.language;
        let own = candidate.question.as_deref().unwrap_or_default();
        let texts = [own, &candidate.title, cut(&candidate.text)];
        let has: HashSet<u32> = texts.iter().flat_map(|text| stems(text, language)).collect();
        let mut common = self.carried.iter().filter(|c| has.contains(&c.hash));
        common.clone().find(|c| c.subject).or_else(|| common.next())
    }
}

/// Whether a new turn is about something else than those before it: it has next to none of
/// their words.
pub fn is_another_topic(reader: &Reader, language: Language, before: &[Turn], new: &Turn) -> bool {
    const SOME: f32 = 0.05;
    let mut carried = carried(reader, language, before);
    carried.truncate(MOST_TERMS);
    let said = format!("{} {}", new.question, cut(&new.answer));
    !carried.is_empty() && share(&carried, &stems(&said, language)) < SOME
}

/// Share of the weight of what was said that is among these stems.
fn share(carried: &[Carried], stems: &HashSet<u32>) -> f32 {
    let total: f32 = carried.iter().map(|c| c.weight).sum();
    let had: f32 = carried.iter().filter(|c| stems.contains(&c.hash)).map(|c| c.weight).sum();
    if total > 0.0 { had / total } else { 0.0 }
}

/// The words that carry meaning in the turns, weightiest first: the rarer, the later and the
/// more often said.
fn carried(reader: &Reader, language: Language, turns: &[Turn]) -> Vec<Carried> {
    let mut all: HashMap<String, Carried> = HashMap::new();
    let mut fade = 1.0;
    for turn in turns.iter().rev() {
        for (text, asked) in [(&turn.answer, false), (&turn.question, true)] {
            let text = cut(text);
            let mut counts: HashMap<String, (f32, &str)> = HashMap::new();
            for token in tokens(text) {
                if stopwords::classify(&token.text, language) == Class::Content {
                    let stem = stem::stem(&token.text, language);
                    counts.entry(stem).or_insert((0.0, &text[token.range])).0 += 1.0;
                }
            }
            for (stem, (count, written)) in counts {
                if !reader.knows(&stem) {
                    continue;
                }
                let rarity = worth::rarity(reader.frequency(&stem), reader.manifest().passages);
                let entry = all.entry(stem).or_insert_with_key(|stem| Carried {
                    written: written.to_owned(),
                    stem: stem.clone(),
                    subject: false,
                    hash: terms::hash(stem),
                    weight: 0.0,
                });
                entry.weight += rarity * fade * f32::ln_1p(count);
                if asked && !entry.subject && written.contains(char::is_alphabetic) {
                    entry.subject = reader.frequencies().is_name(&entry.stem);
                }
            }
        }
        fade *= FADES;
    }
    let mut all: Vec<Carried> = all.into_values().collect();
    all.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.stem.cmp(&b.stem)));
    all
}

fn own_stems(question: &Question) -> impl Iterator<Item = u32> + '_ {
    let forms = question.words.iter().flat_map(|word| &word.forms);
    forms.filter(|form| form.origin != Origin::Related).map(|form| terms::hash(&form.stem))
}

fn stems(text: &str, language: Language) -> HashSet<u32> {
    let stem = |word: &str| terms::hash(&stem::stem(word, language));
    let words = tokens(text).into_iter().filter(|t| !normalize::fold(&t.text).is_empty());
    words.map(|t| stem(&t.text)).collect()
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_BYTES)]
}
