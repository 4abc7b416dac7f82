//! Where a term stands, and what it tells there.

use tantivy::DocId;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;

use crate::index::bm25::Lengths;

/// Share of a word's lesser lists that is added to its best one.
const TIE_BREAKER: f32 = 0.1;
/// Bounds are added up in another order than scores, which rounds them otherwise.
pub(super) const ROUNDING: f32 = 1.0001;

/// The passages of a segment that have a term in a field.
#[derive(Clone)]
pub(in crate::index) struct List<'a> {
    /// The word of the question that the term stands for.
    pub(in crate::index) word: usize,
    /// Its place among the lists of the word.
    pub(in crate::index) part: usize,
    /// What the term can tell at most.
    pub(in crate::index) most: f32,
    /// What it tells at most in the passages that have it.
    pub(in crate::index) bound: f32,
    /// What the lengths of the field make of that.
    pub(in crate::index) lengths: &'a Lengths,
    /// How long the field is in each passage.
    pub(in crate::index) norms: FieldNormReader,
    /// The passages, at their beginning.
    pub(in crate::index) postings: BlockSegmentPostings,
}

impl List<'_> {
    pub(super) fn score(&self, doc: DocId, times: u32) -> f32 {
        self.most * self.lengths.share(self.norms.fieldnorm_id(doc), times)
    }

    /// What the term tells of a passage; passages are asked for in their order.
    pub(super) fn score_of(&mut self, doc: DocId) -> f32 {
        let at = self.postings.seek(doc);
        if self.postings.doc(at) == doc { self.score(doc, self.postings.freq(at)) } else { 0.0 }
    }
}

/// What a list adds to what a word gives, the best of its lists and a little of the others, where the
/// best of those before gave so much.
pub(super) fn adds(best: f32, score: f32) -> f32 {
    // Not `max`, which minds what is no number besides: this is done for every passage.
    let more = if score > best { score - best } else { 0.0 };
    TIE_BREAKER * score + (1.0 - TIE_BREAKER) * more
}

/// What words give at most: of each the best of its lists and a little of the others.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::index) struct WordScore {
    best: f32,
    sum: f32,
}

impl WordScore {
    /// Of what each of its lists gives.
    pub(in crate::index) fn of(scores: impl Iterator<Item = f32>) -> Self {
        scores.fold(Self::default(), Self::with)
    }

    pub(super) fn with(self, score: f32) -> Self {
        Self { best: self.best.max(score), sum: self.sum + score }
    }

    pub(in crate::index) fn score(self) -> f32 {
        self.best + TIE_BREAKER * (self.sum - self.best)
    }
}

#[cfg(test)]
mod tests {
    use super::{WordScore, adds};

    #[test]
    fn a_word_gives_its_best_list_and_a_tenth_of_the_others() {
        for scores in [[3.0, 1.0, 2.0], [1.0, 2.0, 3.0], [2.0, 3.0, 1.0]] {
            let (mut sum, mut best) = (0.0, 0.0f32);
            for score in scores {
                sum += adds(best, score);
                best = best.max(score);
            }
            assert!((sum - 3.3).abs() < 1e-5, "{scores:?}: {sum}");
            assert!((WordScore::of(scores.into_iter()).score() - 3.3).abs() < 1e-5);
        }
    }
}
