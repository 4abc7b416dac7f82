//! Giving the current generation the vectors that it lacks.

use std::collections::HashSet;
use std::thread;

use crate::index::generations::Generations;
use crate::index::reader::Reader;
use crate::publishing::filling;
use crate::publishing::meaning::{self, Known};
use crate::publishing::{Progress, Sources, Stage};
use crate::semantic::model::Model;

/// Works out the vectors that the current generation lacks, and makes one with all of them the
/// current one. Meanwhile articles may change and generations go live, but for a quick model, whose
/// vectors are worked out in a generation of its own; waits only for another process that works out
/// vectors of the same model.
pub fn complete(sources: &Sources, progress: &Progress<'_>) -> anyhow::Result<()> {
    let Some(model) = sources.model.as_deref() else { return Ok(()) };
    let generations = Generations::new(&sources.index.folder);
    loop {
        let (before, reader) = generations.open(Reader::open)?;
        if meaning::is_complete(&reader, model) {
            return Ok(());
        }
        let told = |done, all| progress(Stage::Meaning, done, all);
        let root = &sources.index.folder;
        let mut known = if model.is_quick() {
            None
        } else {
            Some(Known::new(model, root, reader.vectors(), true)?)
        };
        if generations.current()? != before {
            // The process that was waited for has made one.
            continue;
        }
        if let Some(known) = &mut known {
            let missing = known.missing(&reader)?;
            known.work_out(&reader, missing, &told)?;
        }
        let lock = generations.lock_waiting()?;
        if generations.current()? != before {
            continue;
        }
        let folder = generations.begin(&lock)?;
        let written = match &mut known {
            Some(known) => known.write(&reader, &folder),
            None => filling::fill(model, &reader, &folder, &told),
        };
        let built = written
            .and_then(|()| meaning::link_others(&before, &folder))
            .and_then(|()| Ok(Reader::open(&folder)?.verify_files(&HashSet::new())?))
            .and_then(|()| {
                generations.publish(&lock, &folder, &reader.manifest().generation, true)
            });
        match built {
            Ok(()) => known.into_iter().for_each(Known::finish),
            Err(_) => generations.abandon(&lock, &folder),
        }
        return built;
    }
}

/// The same in a thread of its own, where a generation lacks vectors; what came of it is handed
/// to `then`.
pub fn complete_in_background(
    sources: &Sources,
    reader: &Reader,
    then: impl FnOnce(anyhow::Result<Reader>) + Send + 'static,
) {
    let lacks = |model: &Model| !meaning::is_complete(reader, model);
    if !sources.model.as_deref().is_some_and(lacks) {
        return;
    }
    let sources = sources.clone();
    thread::spawn(move || {
        let completed = complete(&sources, &|_, _, _| {})
            .and_then(|()| Ok(Generations::new(&sources.index.folder).open(Reader::open)?.1));
        then(completed);
    });
}
