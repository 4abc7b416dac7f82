//! What a few thousand passages beside each other have been given.

use crate::index::maxscore::list::WordScore;

/// Passages that are passed over together.
pub(super) const CHUNK: u32 = 32;
/// Chunks of a window, a bit for each.
const CHUNKS: u32 = u64::BITS;
/// Passages that are looked at together; what is known of them stays near the processor.
pub(super) const WINDOW: u32 = CHUNKS * CHUNK;

/// Something for each passage of a window.
type Chunks<T> = [[T; CHUNK as usize]; CHUNKS as usize];

/// What the passages of a window have been given.
pub(super) struct Window {
    pub(super) totals: Chunks<f32>,
    /// Which chunks anything was given to, a bit for each.
    pub(super) touched: u64,
    /// By the word that is being looked at.
    word: Chunks<WordScore>,
    touched_by_word: u64,
}

impl Window {
    pub(super) fn new() -> Box<Self> {
        Box::new(Self {
            totals: [[0.0; CHUNK as usize]; CHUNKS as usize],
            touched: 0,
            word: [[WordScore::default(); CHUNK as usize]; CHUNKS as usize],
            touched_by_word: 0,
        })
    }

    /// Gives a passage all that the word that is being looked at has for it.
    pub(super) fn give(&mut self, place: u32, score: f32) {
        self.totals[(place / CHUNK) as usize][(place % CHUNK) as usize] += score;
        self.touched |= 1 << (place / CHUNK);
    }

    /// Gives a passage what one list of the word has for it.
    pub(super) fn give_part(&mut self, place: u32, score: f32) {
        let word = &mut self.word[(place / CHUNK) as usize][(place % CHUNK) as usize];
        *word = word.with(score);
        self.touched_by_word |= 1 << (place / CHUNK);
    }

    /// Gives all passages what the parts of the word make.
    pub(super) fn end_word(&mut self) {
        let touched = std::mem::take(&mut self.touched_by_word);
        for chunk in set_bits(touched) {
            let chunk = chunk as usize;
            for (total, word) in self.totals[chunk].iter_mut().zip(&mut self.word[chunk]) {
                *total += word.score();
                *word = WordScore::default();
            }
        }
        self.touched |= touched;
    }
}

/// The places of the bits that are set.
pub(super) fn set_bits(mut bits: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros();
        bits &= bits.checked_sub(1)?;
        Some(place)
    })
}
