//! What single passages score.

use tantivy::DocId;

use crate::index::maxscore::list::{List, ROUNDING, WordScore, adds};
use crate::index::maxscore::walks::Walks;

/// What passages score.
pub(super) struct Exact<'a> {
    words: Vec<Asked<'a>>,
}

/// A word with its lists.
#[derive(Clone)]
struct Asked<'a> {
    lists: Vec<List<'a>>,
    /// Whether passages must have it.
    must: bool,
    /// What the words after it can give at most.
    after: f32,
}

impl<'a> Exact<'a> {
    pub(super) fn new(walks: &Walks<'a>, words: &[bool]) -> Self {
        let asked = |must: &bool| Asked { lists: Vec::new(), must: *must, after: 0.0 };
        let mut words: Vec<Asked<'a>> = words.iter().map(asked).collect();
        let walked = walks.lists.iter().map(|walk| &walk.list);
        for list in walked.chain(walks.left_out.iter().flat_map(|(lists, _)| lists)) {
            words[list.word].lists.push(list.clone());
        }
        for word in &mut words {
            word.lists.sort_by_key(|list| list.part);
        }
        let mut after = 0.0;
        for word in words.iter_mut().rev() {
            word.after = after;
            after += WordScore::of(word.lists.iter().map(|list| list.bound)).score();
        }
        Self { words }
    }

    /// The score of a passage, if it has what it must and reaches the threshold; passages are asked
    /// for in their order.
    pub(super) fn score(&mut self, doc: DocId, threshold: f32) -> Option<f32> {
        let mut score = 0.0;
        for word in &mut self.words {
            let mut best = 0.0f32;
            for list in &mut word.lists {
                let gives = list.score_of(doc);
                score += adds(best, gives);
                best = best.max(gives);
            }
            if word.must && best == 0.0 || (score + word.after) * ROUNDING < threshold {
                return None;
            }
        }
        (score >= threshold).then_some(score)
    }
}
