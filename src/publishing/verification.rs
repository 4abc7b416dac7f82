//! Reading a new generation once, as questions will, before anybody depends on it.

use std::collections::HashSet;
use std::thread;

use anyhow::{anyhow, ensure};

use crate::corpus::passages::{Kind, Passage, question_key};
use crate::index::manifest::{ArticleEntry, QuestionEntry};
use crate::index::reader::Reader;

/// Entries that were added, of which at most so many are looked up, evenly spread.
const ADDED: usize = 10_000;
/// Others that are looked up.
const OTHERS: usize = 200;
/// Passages that are read to find those.
const LOOKED_AT: u64 = 2_000;

/// Checks that every file is what was written, but for the segments that are `shared` with a
/// generation that was checked before, and that FAQ questions find their own entries: those of
/// articles that were added, and some others.
pub(super) fn verify(
    reader: &Reader,
    shared: &HashSet<String>,
    added: &[ArticleEntry],
) -> anyhow::Result<()> {
    let added: Vec<&QuestionEntry> = added.iter().flat_map(|article| &article.questions).collect();
    let step = added.len().div_ceil(ADDED).max(1);
    let added: Vec<&QuestionEntry> = added.into_iter().step_by(step).collect();
    let (some, rest) = added.split_at(added.len() / 2);
    let all_found = |entries: &[&QuestionEntry]| {
        entries.iter().try_for_each(|entry| finds(reader, &entry.text, &entry.link))
    };
    let found = thread::scope(|scope| {
        let files = scope.spawn(|| reader.verify_files(shared).map_err(Into::into));
        let some = scope.spawn(|| all_found(some));
        let rest = all_found(rest).and_then(|()| finds_others(reader));
        // Files first: where one is damaged, that is why entries are not found.
        [files.join(), some.join(), Ok(rest)]
    });
    found.into_iter().try_for_each(|found| found.map_err(|_| anyhow!("a fault in a check"))?)
}

/// Fails where FAQ entries from all over the generation are not found.
fn finds_others(reader: &Reader) -> anyhow::Result<()> {
    for passage in others(reader)? {
        if let Some(question) = &passage.question {
            finds(reader, question, &passage.link)?;
        }
    }
    Ok(())
}

/// FAQ entries from all over the generation.
fn others(reader: &Reader) -> anyhow::Result<Vec<Passage>> {
    let mut entries = reader.spread(LOOKED_AT)?;
    entries.retain(|passage| passage.kind == Kind::Faq);
    let step = entries.len().div_ceil(OTHERS).max(1);
    Ok(entries.into_iter().step_by(step).collect())
}

/// Fails where the entry of this short id is not found by its question.
fn finds(reader: &Reader, question: &str, link: &str) -> anyhow::Result<()> {
    let found = reader.entry(&question_key(question), link)?;
    ensure!(
        found.is_some(),
        "{}: the question “{question}” does not find its entry: run `faqbot index --rebuild`",
        reader.folder().display()
    );
    Ok(())
}
