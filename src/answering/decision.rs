//! Answer, choices, or "I don't know".

use crate::answering::Answerer;
use crate::answering::extraction;
use crate::answering::nearby::nearby;
use crate::answering::reply::{Age, Also, Answer, Choice, Citation, Outcome, Reply, Weighed};
use crate::answering::versions::{self, Entries};
use crate::corpus::passages::{Kind, Passage};
use crate::index;
use crate::retrieval::Found;
use crate::retrieval::changes::{Change, Why};
use crate::retrieval::evidence::ReadAs;
use crate::retrieval::model::Model;
use crate::retrieval::question::{Origin, Question};
use crate::retrieval::ranking::{self, Ranked};
use crate::text::sentences::sentences;
use crate::text::stopwords::Class;
use crate::text::verdict;

/// Two answers whose scores (log-odds that one answers rather than the other) differ by less
/// are a close call, unless both are sure.
const CLOSE: f32 = 1.1;
/// Two entries that fit equally well are a choice even where each alone would be sure: "how
/// do I book?" with one entry for tours and one for workshops.
const TIED: f32 = 0.4;
/// From this probability on only a tie keeps the best answer from being given.
const SURE: f32 = 0.85;

/// The probability from which on a passage is rather right than wrong.
const LIKELY: f32 = 0.5;

/// Makes the reply of what was found; gives it with the ranked passages.
pub(super) fn decide(
    answerer: &Answerer,
    found: Found,
) -> Result<(Reply, Vec<Ranked>), index::Error> {
    let Found { question, ranked, reworded, .. } = found;
    let entries = Entries::of(&ranked);
    let versions = versions::of_best(&entries);
    let confidence = ranked.first().map_or(0.0, |best| answerer.probability(best));
    let choices = choices(answerer, &ranked, &versions);
    let from = ranked.first().map_or(1.0, |best| answer_from(answerer, best));
    let unsure = confidence < from;
    let outcome = if choices.len() > 1 || (unsure && !choices.is_empty()) {
        Outcome::Choices(choices)
    } else if !unsure {
        answer(answerer, &ranked, &versions)
            .map_or(Outcome::Unknown, |a| Outcome::Answer(Box::new(a)))
    } else {
        Outcome::Unknown
    };
    let shown = versions.first().filter(|_| matches!(outcome, Outcome::Answer(_)));
    let mut changes = changes(&question, &ranked, shown.copied());
    // Of a refusal the nearest passage tells how the question was read.
    let told = shown.copied().unwrap_or(0);
    let reworded = ranked.get(told).and_then(|told| reworded.get(&told.passage.id));
    changes.extend(reworded.into_iter().flatten().cloned());
    let reply = Reply {
        changes,
        unknown_words: question.unknown_words(),
        nearby: nearby(answerer, &entries, &outcome, question.language)?,
        weighed: ranked.get(told).map(|ranked| weighed(answerer, ranked)),
        question: question.text,
        outcome,
        confidence,
        generation: answerer.reader.manifest().generation.clone(),
    };
    Ok((reply, ranked))
}

fn answer(answerer: &Answerer, ranked: &[Ranked], versions: &[usize]) -> Option<Answer> {
    let (newest, others) = versions.split_first()?;
    let shown = &ranked[*newest];
    let passage = &shown.passage;
    let also = others.iter().map(|v| also(answerer, passage, &ranked[*v].passage));
    Some(Answer {
        text: passage.text.clone(),
        sentences: extraction::direct(&shown.found.sentences, passage.text.len()),
        code: passage.code.clone(),
        kind: passage.kind,
        question: passage.question.clone(),
        passage: passage.id.clone(),
        link: passage.link.clone(),
        source: Citation::of(passage, &answerer.corpus),
        also: also.collect(),
    })
}

fn weighed(answerer: &Answerer, ranked: &Ranked) -> Weighed {
    let kind = ranked.passage.kind;
    let mut reasons = ranking::reasons(ranked.mode, kind, &ranked.found.evidence);
    reasons.retain(|r| r.adds.abs() >= 0.05);
    reasons.sort_by(|a, b| b.adds.abs().total_cmp(&a.adds.abs()));
    Weighed {
        passage: ranked.passage.id.clone(),
        reasons,
        start: Model::shipped(ranked.mode).right.of(kind).bias,
        sum: ranked.right,
        confidence: answerer.probability(ranked),
        answer_from: answer_from(answerer, ranked),
    }
}

/// The reply that gives one passage, whatever else there is.
pub(super) fn given(answerer: &Answerer, passage: &Passage) -> Result<Reply, index::Error> {
    around(answerer, passage)?.reply(answerer, passage)
}

/// The same of its newest version.
pub(super) fn newest(answerer: &Answerer, passage: &Passage) -> Result<Reply, index::Error> {
    let around = around(answerer, passage)?;
    let newest = around.versions.first().map(|at| &*around.found.ranked[*at].passage);
    around.reply(answerer, newest.unwrap_or(passage))
}

/// What surrounds a passage (nearby questions, other versions): what asking its own question
/// brings up.
struct Around {
    found: Found,
    /// The places of all its versions, newest first; none where it has no other.
    versions: Vec<usize>,
}

/// The question of a passage, or its first sentence.
fn asking(passage: &Passage) -> String {
    let opening = || sentences(&passage.text).first().map(|r| passage.text[r.clone()].to_owned());
    passage.question.clone().or_else(opening).unwrap_or_default()
}

fn around(answerer: &Answerer, passage: &Passage) -> Result<Around, index::Error> {
    let found = answerer.find(&asking(passage))?;
    let mut versions = versions::of_best(&Entries::of(&found.ranked));
    if versions.iter().all(|at| found.ranked[*at].passage.link != passage.link) {
        versions.clear();
    }
    Ok(Around { found, versions })
}

impl Around {
    fn reply(&self, answerer: &Answerer, passage: &Passage) -> Result<Reply, index::Error> {
        let ranked = &self.found.ranked;
        let others = self.versions.iter().map(|at| &ranked[*at].passage);
        let others = others.filter(|other| other.link != passage.link);
        let answer = Answer {
            text: passage.text.clone(),
            sentences: vec![0..passage.text.len()],
            code: passage.code.clone(),
            kind: passage.kind,
            question: passage.question.clone(),
            passage: passage.id.clone(),
            link: passage.link.clone(),
            source: Citation::of(passage, &answerer.corpus),
            also: others.map(|other| also(answerer, passage, other)).collect(),
        };
        let outcome = Outcome::Answer(Box::new(answer));
        Ok(Reply {
            nearby: nearby(answerer, &Entries::of(ranked), &outcome, self.found.question.language)?,
            question: asking(passage),
            outcome,
            confidence: 1.0,
            weighed: None,
            changes: Vec::new(),
            unknown_words: Vec::new(),
            generation: answerer.reader.manifest().generation.clone(),
        })
    }
}

/// The answer of another article, beside the passage that is shown.
fn also(answerer: &Answerer, shown: &Passage, other: &Passage) -> Also {
    Also {
        text: other.text.clone(),
        code: other.code.clone(),
        source: Citation::of(other, &answerer.corpus),
        age: match (other.published, shown.published) {
            (Some(theirs), Some(ours)) if theirs < ours => Age::Older,
            (Some(theirs), Some(ours)) if theirs > ours => Age::Newer,
            _ => Age::Same,
        },
    }
}

/// What may have been meant: where the best is not sure, everything as likely as it. A lone
/// paragraph is no choice: without a question of its own it cannot say what it answers.
fn choices(answerer: &Answerer, ranked: &[Ranked], versions: &[usize]) -> Vec<Choice> {
    let settings = &answerer.settings;
    let Some(best) = ranked.first() else { return Vec::new() };
    let confidence = answerer.probability(best);
    let sure = confidence >= SURE;
    if confidence < settings.choice_from || (sure && best.passage.kind != Kind::Faq) {
        return Vec::new();
    }
    // Paragraphs of articles that answer already are no choice; FAQ entries are.
    let answers = |article: &str| versions.iter().any(|v| ranked[*v].passage.article == article);
    let differs = |other: &Ranked| {
        let entries = other.passage.kind == Kind::Faq && best.passage.kind == Kind::Faq;
        entries || (!sure && !answers(&other.passage.article))
    };
    let gap = match confidence {
        _ if sure => TIED,
        c if c >= answer_from(answerer, best) => CLOSE,
        // Unsure of the best, everything likely enough is worth offering.
        _ => f32::INFINITY,
    };
    let mut choices: Vec<Choice> = Vec::new();
    for (at, candidate) in ranked.iter().enumerate() {
        if best.score - candidate.score > gap || choices.len() == settings.max_choices {
            break;
        }
        let likely = answerer.probability(candidate) >= settings.choice_from;
        if likely && (at == 0 || (differs(candidate) && !versions.contains(&at))) {
            let text = headline(candidate);
            if choices.iter().all(|c| c.text != text) {
                choices.push(Choice {
                    text,
                    passage: candidate.passage.id.clone(),
                    article: candidate.passage.article.clone(),
                    link: candidate.passage.link.clone(),
                    confidence: answerer.probability(candidate),
                });
            }
        }
    }
    if choices.len() == 1 && best.passage.kind != Kind::Faq {
        choices.clear();
    }
    choices
}

/// The least probability from which on a passage is given as the answer. "Yes, it is free" is no
/// answer to who left open what is free: a yes or no to a question with words that its entry lacks
/// must at least be likely.
fn answer_from(answerer: &Answerer, candidate: &Ranked) -> f32 {
    let passage = &candidate.passage;
    let from = answerer.curves.answer_from(candidate.mode);
    let more = passage.kind == Kind::Faq && candidate.found.evidence.missed > 0.0;
    if more && verdict::opens(&passage.text) { from.max(LIKELY) } else { from }
}

/// The question of an entry, or the most direct sentence of a paragraph.
fn headline(candidate: &Ranked) -> String {
    let passage = &candidate.passage;
    passage.question.clone().unwrap_or_else(|| {
        let range = extraction::direct(&candidate.found.sentences, passage.text.len())
            .into_iter()
            .next()
            .or_else(|| sentences(&passage.text).into_iter().next());
        range.map_or_else(|| passage.text.clone(), |r| passage.text[r].to_owned())
    })
}

/// Changes as the shown passage (or the best that has them) writes them.
fn changes(question: &Question, ranked: &[Ranked], shown: Option<usize>) -> Vec<Change> {
    let mut changes: Vec<Change> = question
        .changes
        .iter()
        .filter(|c| matches!(c.why, Why::Length | Why::Spacing))
        .cloned()
        .collect();
    for (w, word) in question.words.iter().enumerate() {
        let read = |r: &Ranked| r.found.read_as(&r.passage, w);
        let told = question.changes.iter().find(|c| c.why == Why::Spelling && c.from == word.typed);
        let seen: Option<ReadAs> = match shown {
            Some(shown) => read(&ranked[shown]),
            None => ranked.iter().find_map(read),
        };
        let foreign = word.class == Class::Content && !word.known;
        let (to, why) = match (seen, told) {
            (Some(seen), _) if foreign && seen.origin == Origin::Related && shown.is_some() => {
                (seen.written, Why::Meaning)
            }
            (Some(seen), _) if foreign && seen.origin == Origin::Repaired => {
                (seen.written, Why::Spelling)
            }
            (_, Some(told)) if foreign => (told.to.clone(), Why::Spelling),
            _ => continue,
        };
        changes.push(Change { from: word.typed.clone(), to, why });
    }
    changes
}
