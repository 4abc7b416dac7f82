//! The files of vectors that a generation lacks: from vectors that are known, or by a model that takes
//! no time to speak of.

use std::path::Path;

use anyhow::Context;

use crate::corpus::passages::Passage;
use crate::index::aspects::{self, Aspect, hash};
use crate::index::reader::Reader;
use crate::index::row::Row;
use crate::index::vector_writer::VectorWriter;
use crate::semantic::model::Model;
use crate::semantic::parallel;

/// Passages that are read before their vectors are written, and bytes of their texts: they are held in
/// memory.
const BATCH: usize = 2_048;
const BATCH_BYTES: usize = 4 << 20;
/// Passages that a thread takes at a time; what words they share is worked out once.
const SHARE: usize = 128;

/// The vectors of a passage, each with what it is of and the hash of its text.
pub(super) type Rows = Vec<(Aspect, u64, Row)>;

/// Gives the vectors of some passages, `None` for one that is to have none.
type RowsOf<'a> = dyn FnMut(&[Passage]) -> anyhow::Result<Vec<Option<Rows>>> + 'a;

/// Told how many texts or passages are done and how many there are.
pub(super) type Progress<'a> = dyn Fn(usize, usize) + 'a;

/// The segments that lack vectors of a model.
pub(super) fn lacking(model: &Model, reader: &Reader) -> Vec<usize> {
    let own = reader.vectors().filter(|vectors| vectors.model() == model.fingerprint());
    let lacks = |at: &usize| own.is_none_or(|vectors| !vectors.is_complete(*at));
    (0..reader.segments().count()).filter(lacks).collect()
}

/// How many passages, also such as have gone, the segments hold that lack vectors of a model.
pub(super) fn passages_lacking(model: &Model, reader: &Reader) -> usize {
    let segments: Vec<(String, u32)> = reader.segments().collect();
    lacking(model, reader).into_iter().map(|at| segments[at].1 as usize).sum()
}

/// Gives a generation in a folder the vectors that it lacks, by a quick model: all are worked out,
/// as that is done sooner than to look for those that are known.
pub(super) fn fill(
    model: &Model,
    reader: &Reader,
    folder: &Path,
    progress: &Progress<'_>,
) -> anyhow::Result<()> {
    let (all, mut done) = (passages_lacking(model, reader), 0);
    write(model, reader, folder, &mut |passages| {
        let rows = parallel::map(passages, SHARE, &|share| worked_out(model, share));
        // Where no threads can be started, this one is left.
        let rows = rows.or_else(|_| worked_out(model, passages))?;
        done += passages.len();
        progress(done.min(all), all);
        Ok(rows.into_iter().map(Some).collect())
    })?;
    progress(all, all);
    Ok(())
}

fn worked_out(model: &Model, passages: &[Passage]) -> anyhow::Result<Vec<Rows>> {
    let aspects: Vec<Vec<(Aspect, String)>> = passages.iter().map(aspects::texts).collect();
    let counts: Vec<usize> = aspects.iter().map(Vec::len).collect();
    let (aspects, texts): (Vec<Aspect>, Vec<String>) = aspects.into_iter().flatten().unzip();
    let vectors = model.passages(&texts)?;
    let row = |(aspect, (text, vector)): (Aspect, (&String, &Vec<f32>))| {
        (aspect, hash(text), Row::new(vector))
    };
    let mut rows = aspects.into_iter().zip(texts.iter().zip(&vectors)).map(row);
    Ok(counts.into_iter().map(|count| rows.by_ref().take(count).collect()).collect())
}

/// Writes the vectors of the segments that lack some into a folder.
pub(super) fn write(
    model: &Model,
    reader: &Reader,
    folder: &Path,
    rows_of: &mut RowsOf<'_>,
) -> anyhow::Result<()> {
    let cannot = || {
        format!("{}: the vectors cannot be written: is there room on the disk?", folder.display())
    };
    let segments: Vec<(String, u32)> = reader.segments().collect();
    for at in lacking(model, reader) {
        let (name, size) = &segments[at];
        let writer = VectorWriter::create(folder, name, model.dimensions());
        let mut writer = writer.with_context(cannot)?;
        let mut add = |documents: &mut Vec<u32>, passages: &mut Vec<Passage>| {
            for (document, rows) in documents.drain(..).zip(rows_of(passages)?) {
                writer.add(document, rows.unwrap_or_default()).with_context(cannot)?;
            }
            passages.clear();
            anyhow::Ok(())
        };
        let (mut documents, mut passages) = (Vec::new(), Vec::new());
        let (mut outcome, mut bytes) = (Ok(()), 0);
        reader.visit_segment(at, |document, passage| {
            documents.push(document);
            bytes += passage.text.len();
            passages.push(passage);
            if passages.len() == BATCH || bytes >= BATCH_BYTES {
                outcome = add(&mut documents, &mut passages);
                bytes = 0;
            }
            outcome.is_ok()
        })?;
        outcome.and_then(|()| add(&mut documents, &mut passages))?;
        writer.finish(*size, model.fingerprint()).with_context(cannot)?;
    }
    Ok(())
}
