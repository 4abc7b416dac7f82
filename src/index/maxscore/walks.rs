//! Which lists are gone through, and which are only looked at for passages that have a chance.

use tantivy::DocId;

use crate::index::maxscore::list::{List, ROUNDING, WordScore};
use crate::index::maxscore::window::{WINDOW, Window};

/// Share of the threshold that the lists that are left out may reach together: the more they may,
/// the fewer are gone through, and the more passages must be looked at in them.
const LEFT_OUT: f32 = 0.4;

/// Passages that are scored at once: as many as the search library packs together.
const BLOCK: usize = 128;

/// A list that is gone through.
pub(super) struct Walk<'a> {
    pub(super) list: List<'a>,
    /// Where in its block it is.
    at: usize,
}

impl Walk<'_> {
    fn next(&self) -> Option<DocId> {
        self.list.postings.docs().get(self.at).copied()
    }

    /// Gives the passages of the window what the list has for them.
    fn give(&mut self, start: DocId, window: &mut Window, alone: bool) {
        let list = &mut self.list;
        let end = start.saturating_add(WINDOW);
        let mut scores = [0.0; BLOCK];
        while let Some(docs) = list.postings.docs().get(self.at..).filter(|d| !d.is_empty()) {
            let mut docs = &docs[..docs.len().min(BLOCK)];
            if docs.last().is_some_and(|last| *last >= end) {
                docs = &docs[..docs.partition_point(|doc| *doc < end)];
                if docs.is_empty() {
                    return;
                }
            }
            let block = docs.iter().zip(&list.postings.freqs()[self.at..]);
            // All scores first, so that none waits for what another one is added to.
            for ((doc, times), score) in block.zip(&mut scores) {
                *score = list.score(*doc, *times);
            }
            if alone {
                window.give_alone(docs, &scores);
            } else {
                window.give(docs, &scores);
            }
            self.at += docs.len();
            if self.at == list.postings.docs().len() {
                list.postings.advance();
                self.at = 0;
            }
        }
    }
}

/// The lists that are gone through, and what those that are not can add.
pub(super) struct Walks<'a> {
    /// In the order of their words.
    pub(super) lists: Vec<Walk<'a>>,
    /// Those that are left out, by word, with what they can give to it at most.
    pub(super) left_out: Vec<(Vec<List<'a>>, WordScore)>,
    /// What they can add at most in all.
    pub(super) rest: f32,
    /// What was left out for.
    threshold: f32,
    /// Whether only the passages of a word that they must have are gone through.
    only_must: bool,
}

impl<'a> Walks<'a> {
    pub(super) fn new(lists: Vec<List<'a>>, words: &[bool]) -> Self {
        let mut lists: Vec<Walk<'a>> = lists.into_iter().map(|list| Walk { list, at: 0 }).collect();
        let left_out = vec![(Vec::new(), WordScore::default()); words.len()];
        let mut walks =
            Self { lists: Vec::new(), left_out, rest: 0.0, threshold: 0.0, only_must: false };
        // All passages that count have the word that fewest have of those that they must have.
        let passages = |word: &usize| -> u64 {
            let of_word = lists.iter().filter(|walk| walk.list.word == *word);
            of_word.map(|walk| u64::from(walk.list.postings.doc_freq())).sum()
        };
        let musts = (0..words.len()).filter(|word| words[*word]);
        if let Some(rarest) = musts.min_by_key(passages) {
            walks.only_must = true;
            for walk in lists.extract_if(.., |walk| walk.list.word != rarest) {
                let rest = walks.rest_with(&walk.list);
                walks.leave(walk.list, rest);
            }
        }
        walks.lists = lists;
        walks
    }

    /// What those that are left out can add at most with this one.
    fn rest_with(&self, list: &List<'_>) -> f32 {
        let word = self.left_out[list.word].1;
        self.rest - word.score() + word.with(list.bound).score()
    }

    fn leave(&mut self, list: List<'a>, rest: f32) {
        let (lists, word) = &mut self.left_out[list.word];
        *word = word.with(list.bound);
        lists.push(list);
        self.rest = rest;
    }

    /// Leaves out the lists that cannot lift a passage to a part of the threshold all together,
    /// those first that are longest for what they can add.
    pub(super) fn leave_out(&mut self, threshold: f32) {
        if threshold <= self.threshold {
            return;
        }
        self.threshold = threshold;
        let cost = |walk: &Walk<'_>| {
            walk.list.postings.doc_freq() as f32 / walk.list.bound.max(f32::MIN_POSITIVE)
        };
        let mut dearest: Vec<usize> = (0..self.lists.len()).collect();
        dearest.sort_by(|a, b| cost(&self.lists[*b]).total_cmp(&cost(&self.lists[*a])));
        let mut stays = vec![true; self.lists.len()];
        for at in dearest {
            let rest = self.rest_with(&self.lists[at].list);
            if rest < threshold * LEFT_OUT {
                self.leave(self.lists[at].list.clone(), rest);
                stays[at] = false;
            }
        }
        let mut stays = stays.into_iter();
        self.lists.retain(|_| stays.next().unwrap_or(true));
    }

    /// What a passage must have been given to reach the threshold with all that is left out.
    pub(super) fn wanted(&self, threshold: f32) -> f32 {
        threshold / ROUNDING - self.rest
    }

    /// Whether a passage that was given so much can reach it, as far as lists that are left out tell:
    /// the words that tell most come first, so that a few of them are enough for most passages.
    pub(super) fn reaches(&mut self, doc: DocId, mut sum: f32, threshold: f32) -> bool {
        // Where all but one word is left out, there is nothing to be spared.
        if self.only_must {
            return true;
        }
        let mut rest = self.rest;
        for (lists, most) in self.left_out.iter_mut().filter(|(lists, _)| !lists.is_empty()) {
            rest -= most.score();
            sum += WordScore::of(lists.iter_mut().map(|list| list.score_of(doc))).score();
            if (sum + rest) * ROUNDING < threshold {
                return false;
            }
        }
        true
    }

    /// Adds up what the lists give to the passages of the next window that has any; `None` where none
    /// is left.
    pub(super) fn fill(&mut self, window: &mut Window) -> Option<()> {
        let start = self.lists.iter().filter_map(Walk::next).min()?;
        window.begin(start);
        for lists in self.lists.chunk_by_mut(|a, b| a.list.word == b.list.word) {
            let alone = lists.len() == 1;
            for walk in lists {
                walk.give(start, window, alone);
            }
            window.end_word();
        }
        Some(())
    }
}
