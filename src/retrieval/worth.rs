//! What a word of a question is worth: its rarity, scaled by the part it plays.

use crate::index::bm25::rarity as rarity_of;
use crate::text::stopwords::Class;

/// What a word tells: its rarity among the passages, scaled by the part it plays; with a least
/// worth for words, and without.
pub(super) fn worth(class: Class, frequency: u64, passages: u64, is_pair: bool) -> (f32, f32) {
    let part = part_weight(class);
    let information = part * information(frequency, passages);
    // A pair of characters is no word: a common one may well be worth nothing.
    let worth = if is_pair { information } else { part * rarity(frequency, passages) };
    (worth, information)
}

/// How much a word of this class counts against one that carries meaning.
pub fn part_weight(class: Class) -> f32 {
    match class {
        Class::Content => 1.0,
        Class::Light => 0.25,
        Class::Question(_) => 0.12,
        Class::Function => 0.08,
    }
}

/// The inverse document frequency brought to 0.15 (in every passage) to 1 (in none),
/// so that one common word is not worth nothing in a small corpus.
pub fn rarity(frequency: u64, passages: u64) -> f32 {
    0.15 + 0.85 * information(frequency, passages)
}

/// Robertson's inverse document frequency as a share of the most that it can be.
fn information(frequency: u64, passages: u64) -> f32 {
    let share = rarity_of(frequency.min(passages), passages) / rarity_of(0, passages);
    share.clamp(0.0, 1.0)
}
