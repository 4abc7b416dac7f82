//! Questions to go on with: the nearest to what was asked that are not shown already.

use crate::answering::Answerer;
use crate::answering::reply::{Nearby, Outcome};
use crate::corpus::passages::normalized;
use crate::index;
use crate::retrieval::ranking::Ranked;

/// Questions that are offered beside a reply.
const OFFERED: usize = 3;

/// The nearest questions; after a miss that shares no word with any, those of the newest
/// articles, so that nobody is left without a way on.
pub(super) fn nearby(
    answerer: &Answerer,
    ranked: &[Ranked],
    outcome: &Outcome,
) -> Result<Vec<Nearby>, index::Error> {
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
    let shares = |r: &&Ranked| r.found.evidence.missed < 1.0 && r.found.evidence.coverage > 0.0;
    let near = ranked
        .iter()
        .filter(shares)
        .filter_map(|r| Some((r.passage.question.as_ref()?, &r.passage.link)));
    let offered = near.map(|(question, link)| offer(question, link)).last().unwrap_or(0);
    if offered == 0 && matches!(outcome, Outcome::Unknown) {
        answerer.reader.visit_articles(|article| {
            let first = article.questions.first();
            first.is_none_or(|question| offer(&question.text, &question.link) < OFFERED)
        })?;
    }
    Ok(out)
}
