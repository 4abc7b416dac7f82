//! Questions in other words: for synonyms, and for neighbours that are also written as one word.
//!
//! "How do I charge my laptop?" is also asked as "How do I charge my portable computer?".
//! What that finds is taken up where the other words really stand together in the passage
//! and it fits better so.

use std::collections::HashMap;

use crate::corpus::passages::Passage;
use crate::index;
use crate::index::reader::Reader;
use crate::retrieval::changes::Change;
use crate::retrieval::context::Context;
use crate::retrieval::evidence::Place;
use crate::retrieval::meaning::Meaning;
use crate::retrieval::question::{self, Origin, Question, Word};
use crate::retrieval::ranking::{self, Ranked};
use crate::retrieval::synonyms::{Phrase, Replaced};
use crate::retrieval::{Settings, candidates};
use crate::text::language::Language;
use crate::text::stem;
use crate::text::stopwords::{self, Class};
use crate::text::tokenize::tokens;

/// Questions in other words that are asked beside the one that was.
const MAX_WORDINGS: usize = 8;
/// Bytes of a passage in which the words are looked for together.
const MAX_BYTES: usize = 8 << 10;

/// What was read otherwise, by the id of the passage that matched so.
pub type Reworded = HashMap<String, Vec<Change>>;

/// A phrase of the question with what stands in its place.
#[derive(Debug, Clone)]
struct Exchange<'a> {
    phrase: &'a Phrase,
    /// Put in its place.
    text: &'a str,
    /// Words that would do as well.
    others: &'a [String],
}

/// Adds what the question finds in other words, or takes it where it fits better so.
pub fn add(
    reader: &Reader,
    settings: &Settings,
    question: &Question,
    meaning: Option<&Meaning<'_>>,
    context: Option<&Context<'_>>,
    ranked: &mut Vec<Ranked>,
) -> Result<Reworded, index::Error> {
    let mut reworded = Reworded::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    if !question.phrases.is_empty() {
        places.extend(ranked.iter().enumerate().map(|(at, r)| (r.passage.id.clone(), at)));
    }
    for exchanges in wordings(&question.phrases) {
        let (text, replaced) = written(question, &exchanges);
        let other = question::analyze(reader, settings, &text, &replaced)?;
        let mut passages =
            candidates::gather_reworded(reader, &other, &replaced, settings.candidates)?;
        // As in `find`, sums on another scale stay out.
        passages.retain(|p| meaning.is_none_or(|meaning| meaning.covers(p)));
        for mut found in ranking::rank(reader, &other, meaning, context, passages) {
            let known = places.get(&found.passage.id).copied();
            if known.is_some_and(|at| ranked[at].score >= found.score) {
                continue;
            }
            let Some(changes) = changes(question, &other, &exchanges, &replaced, &found) else {
                continue;
            };
            found.found.best = as_asked(question, &other, &exchanges, &found);
            reworded.insert(found.passage.id.clone(), changes);
            if let Some(at) = known {
                ranked[at] = found;
            } else {
                places.insert(found.passage.id.clone(), ranked.len());
                ranked.push(found);
            }
        }
    }
    if !reworded.is_empty() {
        ranking::order(ranked);
    }
    Ok(reworded)
}

/// Ways to exchange phrases, those of one phrase first.
fn wordings(phrases: &[Phrase]) -> Vec<Vec<Exchange<'_>>> {
    let mut out: Vec<Vec<Exchange<'_>>> = vec![Vec::new()];
    for phrase in phrases {
        let word =
            phrase.words.split_first().map(|(text, others)| Exchange { phrase, text, others });
        let several = phrase.phrases.iter().map(|text| Exchange { phrase, text, others: &[] });
        let so_far = out.len();
        for exchange in word.into_iter().chain(several) {
            for at in 0..so_far {
                let mut wording = out[at].clone();
                wording.push(exchange.clone());
                out.push(wording);
            }
        }
        out.sort_by_key(Vec::len);
        out.truncate(MAX_WORDINGS + 1);
    }
    out.split_off(1)
}

/// The question with its phrases exchanged, and where.
fn written(question: &Question, exchanges: &[Exchange<'_>]) -> (String, Vec<Replaced>) {
    let (mut text, mut replaced, mut at) = (String::new(), Vec::new(), 0);
    for Exchange { phrase, text: other, others } in exchanges {
        text.push_str(&question.text[at..phrase.place.start]);
        let start = text.len();
        text.push_str(other);
        at = phrase.place.end;
        let says = |text: &str| content(text, question.language).max(1) as f32;
        let share = says(&question.text[phrase.place.clone()]) / says(other);
        let place = start..text.len();
        replaced.push(Replaced { place, others: others.to_vec(), share: share.min(1.0) });
    }
    text.push_str(&question.text[at..]);
    (text, replaced)
}

/// How many words of a text carry meaning.
fn content(text: &str, language: Language) -> usize {
    let carries = |word: &str| stopwords::classify(word, language) == Class::Content;
    tokens(text).iter().filter(|t| carries(&t.text)).count()
}

/// What was read otherwise; `None` where the other words do not stand in the passage.
fn changes(
    question: &Question,
    other: &Question,
    exchanges: &[Exchange<'_>],
    replaced: &[Replaced],
    found: &Ranked,
) -> Option<Vec<Change>> {
    let change = |(exchange, replaced): (&Exchange<'_>, &Replaced)| {
        let words = other.words.iter().enumerate();
        let mut read = words
            .filter(|(_, word)| replaced.place.contains(&word.place.start))
            .map(|(at, _)| found.found.read_as(&found.passage, at));
        let several = tokens(exchange.text).len() > 1;
        let to = if several {
            let all = read.clone().count() > 0 && read.all(|read| read.is_some());
            (all && stands(exchange.text, &found.passage)).then(|| exchange.text.to_owned())
        } else {
            read.next()?.filter(|r| r.origin == Origin::Synonym).map(|r| r.written)
        };
        let from = question.text[exchange.phrase.place.clone()].to_owned();
        Some(Change { from, to: to?, why: exchange.phrase.why })
    };
    exchanges.iter().zip(replaced).map(change).collect()
}

/// Whether the words of a phrase stand side by side in a passage or above it.
fn stands(phrase: &str, passage: &Passage) -> bool {
    let stems = |text: &str| -> Vec<String> {
        let text = &text[..text.floor_char_boundary(MAX_BYTES)];
        tokens(text).iter().map(|t| stem::stem(&t.text, passage.language)).collect()
    };
    let phrase = stems(phrase);
    let heading = passage.heading_words();
    let own = passage.question.iter().chain(&passage.alternates);
    let mut texts = own.chain([&passage.text, &passage.title, &heading]);
    texts.any(|text| stems(text).windows(phrase.len()).any(|words| words == phrase))
}

/// What the words of the question as it was asked were found as; those of the exchanged
/// phrases are told with their change.
fn as_asked(
    question: &Question,
    other: &Question,
    exchanges: &[Exchange<'_>],
    found: &Ranked,
) -> Vec<Option<Place>> {
    let gone = |word: &Word| exchanges.iter().any(|e| e.phrase.place.contains(&word.place.start));
    let read = |word: &Word| {
        let at = other.words.iter().position(|o| o.spelling == word.spelling)?;
        found.found.best[at]
    };
    question.words.iter().map(|word| if gone(word) { None } else { read(word) }).collect()
}
