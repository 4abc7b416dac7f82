//! Questions to go on with: the nearest to what was asked that are not shown already.

use crate::answering::Answerer;
use crate::answering::reply::{Nearby, Outcome};
use crate::answering::versions::{self, Entries};
use crate::corpus::passages::normalized;
use crate::index;
use crate::retrieval::ranking::Ranked;
use crate::text::language::Language;

/// Questions that are offered beside a reply.
const OFFERED: usize = 3;

/// The least probability of a question that is offered, unless it is from the article that answers.
const LIKELY: f32 = 0.03;

/// The nearest questions, in the language of the one that was asked, of those that ask the same the
/// newest; after a miss that shares no word with any, those of the newest
/// articles, so that nobody is left without a way on.
pub(super) fn nearby(
    answerer: &Answerer,
    entries: &Entries<'_>,
    outcome: &Outcome,
    language: Language,
) -> Result<Vec<Nearby>, index::Error> {
    let from = match outcome {
        Outcome::Answer(answer) => Some(answer.source.article.as_str()),
        Outcome::Choices(_) | Outcome::Unknown => None,
    };
    let mut said: Vec<String> = match outcome {
        Outcome::Answer(answer) => answer.question.iter().map(|q| normalized(q)).collect(),
        Outcome::Choices(choices) => choices.iter().map(|c| normalized(&c.text)).collect(),
        Outcome::Unknown => Vec::new(),
    };
    let mut out = Vec::new();
    let mut offer = |text: &str, link: &str| {
        let key = normalized(text);
        if out.len() < OFFERED && !said.contains(&key) {
            said.push(key);
            out.push(Nearby { text: text.to_owned(), link: link.to_owned() });
        }
        out.len()
    };
    let shares = |r: &Ranked| r.found.evidence.missed < 1.0 && r.found.evidence.coverage > 0.0;
    let related = |r: &Ranked| {
        r.passage.language == language
            && (from == Some(&*r.passage.article) || answerer.probability(r) >= LIKELY)
    };
    let asks = |r: &Ranked| r.passage.question.is_some();
    let near = |(_, r): &(usize, &Ranked)| shares(r) && related(r) && asks(r);
    let mut offered = 0;
    for (at, _) in entries.ranked.iter().enumerate().filter(near) {
        let passage = &newest(entries, at).passage;
        offered = passage.question.as_ref().map_or(offered, |q| offer(q, &passage.link));
        // Each further one would be compared with many.
        if offered == OFFERED {
            break;
        }
    }
    if offered == 0 && matches!(outcome, Outcome::Unknown) {
        answerer.reader.visit_articles(|article| {
            let first = article.questions.first();
            first.is_none_or(|question| offer(&question.text, &question.link) < OFFERED)
        })?;
    }
    Ok(out)
}

/// Of the entries that ask the same as the one at a place and are ranked high, that of the newest
/// article.
fn newest<'a>(entries: &Entries<'a>, at: usize) -> &'a Ranked {
    let one = &entries.ranked[at];
    let high = entries.ranked.iter().enumerate().take(versions::DEPTH);
    let newer = high.filter(|(other, ranked)| {
        ranked.passage.published > one.passage.published && entries.same(at, *other)
    });
    newer.map(|(_, ranked)| ranked).max_by_key(|r| r.passage.published).unwrap_or(one)
}
