//! The passages worth a closer look.

use crate::corpus::passages::Kind;
use crate::index;
use crate::index::place::Place;
use crate::index::reader::Reader;
use crate::index::search::{Candidate, Clause, FieldWeights, Wanted};
use crate::retrieval::meaning::Meaning;
use crate::retrieval::question::{Form, Question, Word};
use crate::retrieval::synonyms::Replaced;
use crate::text::stopwords::Class;

/// Fields as they count in gathering: a FAQ entry's own question most, context least.
const FIELDS: FieldWeights =
    FieldWeights { question: 2.0, alternates: 2.0, title: 0.5, heading: 0.6, text: 1.0 };
/// Where FAQ entries are found by what they are asked.
const QUESTIONS: FieldWeights =
    FieldWeights { question: 1.0, alternates: 1.0, title: 0.0, heading: 0.0, text: 0.0 };

/// Words of a question beside its other words that decide which passages with these are gathered: what
/// the rest says is looked at later.
const BESIDE: usize = 3;

/// Percent of the usual candidates that are gathered for a question in other words.
const REWORDED: usize = 30;

/// Gathers at most `limit` passages: entries that ask just the question, however common its
/// words, passages that share words with it, and those nearest to it in meaning.
///
/// Up to half of them are entries whose own question shares words with it: a long paragraph
/// has more of any question's words than a short entry that asks the same.
///
/// Grammar is left out as long as there are words that carry meaning: its posting lists are
/// the longest and say the least.
pub fn gather(
    reader: &Reader,
    question: &Question,
    meaning: Option<&Meaning<'_>>,
    limit: usize,
) -> Result<Vec<Candidate>, index::Error> {
    let carries = |w: &&Word| matches!(w.class, Class::Content | Class::Light);
    let near = meaning.map(|m| m.nearest(limit * 3 / 10)).unwrap_or_default();
    let own = question.words.iter().filter(carries);
    let mut passages = search(reader, question, own, &near, limit)?;
    if near.is_empty() && passages.iter().all(|c| c.verbatim) {
        passages = search(reader, question, question.words.iter(), &near, limit)?;
        // Grammar alone says nothing, unless an entry asks just that.
        passages.retain(|c| c.passage.kind == Kind::Faq);
    }
    Ok(passages)
}

/// Gathers passages for a question that was put in other words: those that have these, a part of the
/// usual `limit`, and up to that where these are all grammar.
pub fn gather_reworded(
    reader: &Reader,
    question: &Question,
    replaced: &[Replaced],
    limit: usize,
) -> Result<Vec<Candidate>, index::Error> {
    let other = |word: &Word| replaced.iter().any(|r| r.place.contains(&word.place.start));
    let carries = |w: &&Word| matches!(w.class, Class::Content | Class::Light);
    let words = question.words.iter().filter(carries);
    let (other, mut own): (Vec<&Word>, Vec<&Word>) = words.partition(|word| other(word));
    if other.is_empty() {
        return gather(reader, question, None, limit);
    }
    own.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let must = other.into_iter().map(|word| Clause { must: true, ..clause(word) });
    let clauses: Vec<Clause> = must.chain(own.into_iter().take(BESIDE).map(clause)).collect();
    // Few passages have them: no entry needs a place kept for it.
    let limit = limit * REWORDED / 100;
    let searches = &[(FIELDS, limit)];
    reader.candidates(&Wanted { asked: None, clauses: &clauses, searches, also: &[], limit })
}

/// Gathers at most `limit` passages by further clauses beside the words that carry meaning.
pub fn gather_more(
    reader: &Reader,
    question: &Question,
    more: Vec<Clause>,
    near: &[Place],
    limit: usize,
) -> Result<Vec<Candidate>, index::Error> {
    let carries = |w: &&Word| matches!(w.class, Class::Content | Class::Light);
    let mut clauses: Vec<Clause> = question.words.iter().filter(carries).map(clause).collect();
    clauses.extend(more);
    let searches: &[(FieldWeights, usize)] =
        if clauses.is_empty() { &[] } else { &[(FIELDS, limit)] };
    reader.candidates(&Wanted { asked: None, clauses: &clauses, searches, also: near, limit })
}

fn clause(word: &Word) -> Clause {
    let weighed = |f: &Form| (f.stem.clone(), f.strength * word.weight.max(0.01));
    Clause { stems: word.forms.iter().map(weighed).collect(), must: false }
}

fn search<'a>(
    reader: &Reader,
    question: &Question,
    words: impl Iterator<Item = &'a Word>,
    near: &[Place],
    limit: usize,
) -> Result<Vec<Candidate>, index::Error> {
    let clauses: Vec<Clause> = words.map(clause).collect();
    let searches: &[(FieldWeights, usize)] =
        if clauses.is_empty() { &[] } else { &[(QUESTIONS, limit / 2), (FIELDS, limit)] };
    reader.candidates(&Wanted {
        asked: question.key.as_deref(),
        clauses: &clauses,
        searches,
        also: near,
        limit,
    })
}
