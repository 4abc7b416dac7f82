//! What a few thousand passages beside each other have been given.

use tantivy::DocId;

use crate::index::maxscore::list::adds;
use crate::text::bits::set_bits;

/// Passages that are passed over together.
pub(super) const CHUNK: u32 = 32;
/// Chunks of a window, a bit for each.
const CHUNKS: u32 = u64::BITS;
/// Passages that are looked at together; what is known of them stays near the processor.
pub(super) const WINDOW: u32 = CHUNKS * CHUNK;

/// The chunks of so many passages are found one by one.
const FEW: usize = 32;

/// A number for each passage of a window.
type Numbers = [f32; WINDOW as usize];

/// What the passages of a window have been given.
pub(super) struct Window {
    start: DocId,
    totals: Numbers,
    /// Chunks that something may have been given to, a bit for each.
    touched: u64,
    /// The best that the word that is being looked at has given.
    best: Numbers,
    touched_by_word: u64,
}

impl Window {
    pub(super) fn new() -> Box<Self> {
        const NOTHING: Numbers = [0.0; WINDOW as usize];
        Box::new(Self { start: 0, totals: NOTHING, touched: 0, best: NOTHING, touched_by_word: 0 })
    }

    /// Begins at a passage; nothing has been given to any.
    pub(super) fn begin(&mut self, start: DocId) {
        self.start = start;
    }

    /// Gives passages, in their order, what the only list of a word has for them.
    pub(super) fn give_alone(&mut self, docs: &[DocId], scores: &[f32]) {
        self.touched |= chunks(self.start, docs);
        for (doc, score) in docs.iter().zip(scores) {
            self.totals[place(self.start, *doc)] += adds(0.0, *score);
        }
    }

    /// Gives passages, in their order, what one list of a word has for them.
    pub(super) fn give(&mut self, docs: &[DocId], scores: &[f32]) {
        self.touched_by_word |= chunks(self.start, docs);
        for (doc, score) in docs.iter().zip(scores) {
            let place = place(self.start, *doc);
            let best = &mut self.best[place];
            self.totals[place] += adds(*best, *score);
            *best = if *score > *best { *score } else { *best };
        }
    }

    /// Ends a word: what comes next is another one's.
    pub(super) fn end_word(&mut self) {
        let touched = std::mem::take(&mut self.touched_by_word);
        for chunk in set_bits(touched) {
            self.best[range(chunk)].fill(0.0);
        }
        self.touched |= touched;
    }

    /// Tells what each chunk has been given, with its first passage, and takes it away.
    pub(super) fn drain(&mut self, mut tell: impl FnMut(DocId, &[f32; CHUNK as usize])) {
        let (totals, _) = self.totals.as_chunks_mut();
        for chunk in set_bits(std::mem::take(&mut self.touched)) {
            let totals = &mut totals[chunk as usize];
            tell(self.start + chunk * CHUNK, totals);
            totals.fill(0.0);
        }
    }
}

/// The place of a passage of the window.
fn place(start: DocId, doc: DocId) -> usize {
    // Below the length of the window, which the compiler can see so.
    (doc.wrapping_sub(start) % WINDOW) as usize
}

/// The chunks of passages; of many, all from the first to the last, as one by one would cost more than
/// to look at some in vain.
fn chunks(start: DocId, docs: &[DocId]) -> u64 {
    let bit = |doc: &DocId| 1u64 << (place(start, *doc) / CHUNK as usize);
    match docs {
        [first, .., last] if docs.len() > FEW => bit(last) | (bit(last) - bit(first)),
        _ => docs.iter().fold(0, |bits, doc| bits | bit(doc)),
    }
}

fn range(chunk: u32) -> std::ops::Range<usize> {
    (chunk * CHUNK) as usize..((chunk + 1) * CHUNK) as usize
}
