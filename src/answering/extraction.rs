//! Which sentences of a passage answer most directly.

use std::ops::Range;

use crate::retrieval::evidence::Sentence;

/// At most two sentences are marked: more would mark nothing.
const MOST: usize = 2;
/// A second sentence is marked where it is nearly as direct as the first.
const NEARLY: f32 = 0.9;

/// The byte ranges of the most direct sentences, in the order of the text.
///
/// The first one wins among equals, as texts open with what matters.
pub fn direct(sentences: &[Sentence], length: usize) -> Vec<Range<usize>> {
    let most = sentences.iter().map(|s| s.directness).fold(f32::MIN, f32::max);
    let mut marked: Vec<Range<usize>> = Vec::new();
    let Some(best) = sentences.iter().position(|s| s.directness >= most) else {
        marked.push(0..length);
        return marked;
    };
    let share = sentences[best].share;
    let close = |s: &&Sentence| share > 0.0 && s.share > 0.0 && s.directness >= NEARLY * most;
    marked.push(sentences[best].range.clone());
    let others = sentences.iter().enumerate().filter(|(at, _)| *at != best).map(|(_, s)| s);
    marked.extend(others.filter(close).take(MOST - 1).map(|s| s.range.clone()));
    marked.sort_by_key(|r| r.start);
    marked
}

#[cfg(test)]
mod tests {
    use super::direct;
    use crate::retrieval::evidence::Sentence;

    fn sentence(start: usize, share: f32) -> Sentence {
        Sentence { range: start..start + 10, share, directness: share }
    }

    #[test]
    fn the_best_sentences_are_marked() {
        assert_eq!(direct(&[sentence(0, 0.2), sentence(10, 0.8)], 20), [10..20]);
        assert_eq!(
            direct(&[sentence(0, 0.8), sentence(10, 0.79), sentence(20, 0.8)], 30),
            [0..10, 10..20]
        );
        assert_eq!(direct(&[sentence(0, 0.0), sentence(10, 0.0)], 20), [0..10]);
        assert_eq!(direct(&[], 20), [0..20]);
    }
}
