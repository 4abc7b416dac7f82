//! Where the words of a question are in a part of a passage: covered, aligned, in order.

use std::ops::Range;

use crate::index::terms::Part;
use crate::retrieval::question::{Question, Word};
use crate::text::cues::Cues;
use crate::text::related;
use crate::text::stopwords::Class;

/// A part of a passage, and where the words of the question are in it.
pub(super) struct Seen<'p> {
    pub(super) part: &'p Part,
    /// The words of the part that stand for words of the question, in order.
    pub(super) hits: Vec<Hit>,
}

/// A word that stands for a word of the question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    /// Place among the words of its part.
    pub(super) at: usize,
    /// Place of the word in the question.
    pub(super) word: usize,
    /// Place of the matched form among the word's forms.
    pub(super) form: usize,
    /// How much the match is worth, 0 to 1.
    pub(super) strength: f32,
}

/// The best hit of each word of the question, and the part it is in.
#[derive(Default)]
pub(super) struct Best {
    pub(super) hits: Vec<Option<(usize, Hit)>>,
}

impl Best {
    /// Takes over better hits of a part, scaled.
    pub(super) fn raise(&mut self, question: &Question, part: usize, hits: &[Hit], scale: f32) {
        self.hits.resize(question.words.len(), None);
        for hit in hits {
            let slot = &mut self.hits[hit.word];
            let strength = hit.strength * scale;
            if slot.is_none_or(|(_, best)| best.strength < strength) {
                *slot = Some((part, Hit { strength, ..*hit }));
            }
        }
    }

    /// Share of the question's weight, each word by the strength of its match.
    pub(super) fn share(&self, question: &Question) -> f32 {
        self.words(question).map(|(word, hit)| word.weight * hit.map_or(0.0, |h| h.strength)).sum()
    }

    /// Share of the weight of meaningful words that were not found.
    pub(super) fn missed(&self, question: &Question) -> f32 {
        let (mut missed, mut all) = (0.0, 0.0);
        for (word, hit) in self.words(question).filter(|(w, _)| w.class == Class::Content) {
            all += word.weight;
            missed += if hit.is_none() { word.weight } else { 0.0 };
        }
        if all > 0.0 { missed / all } else { 0.0 }
    }

    /// Share of the question's weight in names that were not found.
    pub(super) fn names_missed(&self, question: &Question) -> f32 {
        let missed = self.words(question).filter(|(word, hit)| word.name && hit.is_none());
        missed.map(|(word, _)| word.weight).sum()
    }

    /// Whether a name was not found: the passage is about another one.
    pub(super) fn misses_a_name(&self, question: &Question) -> bool {
        self.words(question).any(|(word, hit)| word.name && hit.is_none())
    }

    /// Share of the question's weight in words that no article has and that nothing stands for.
    pub(super) fn foreign(&self, question: &Question) -> f32 {
        let foreign = self
            .words(question)
            .filter(|(word, hit)| word.class == Class::Content && !word.known && hit.is_none());
        foreign.map(|(word, _)| word.weight).sum()
    }

    fn words<'a>(
        &'a self,
        question: &'a Question,
    ) -> impl Iterator<Item = (&'a Word, Option<Hit>)> {
        question.words.iter().zip(self.hits.iter().map(|found| found.map(|(_, hit)| hit)))
    }
}

/// Share of a question's weight that is among words of one part, each word by the strength of its match.
pub(super) fn share(question: &Question, hits: &[Hit]) -> f32 {
    if hits.is_empty() {
        return 0.0;
    }
    let mut best = Best::default();
    best.raise(question, 0, hits, 1.0);
    best.share(question)
}

impl Seen<'_> {
    /// The words that begin within a byte range.
    pub(super) fn within(&self, range: &Range<u32>) -> Range<usize> {
        let before = |byte: u32| self.part.words.partition_point(|w| w.start < byte);
        before(range.start)..before(range.end)
    }

    /// The hits among words at these places.
    pub(super) fn hits_of(&self, words: &Range<usize>) -> &[Hit] {
        let before = |place: usize| self.hits.partition_point(|hit| hit.at < place);
        &self.hits[before(words.start)..before(words.end)]
    }

    /// Aligns the two questions word by word (longest common subsequence): the common part as
    /// a share of both lengths, and the weight of words that were only exchanged.
    pub(super) fn align(&self, question: &Question) -> (f32, f32) {
        let (rows, columns) = (self.part.words.len(), question.words.len());
        let mut hits: Vec<Option<&Hit>> = vec![None; rows];
        for hit in &self.hits {
            hits[hit.at] = Some(hit);
        }
        let same = |r: usize, c: usize| {
            hits[r].filter(|hit| hit.word == c).map_or(0.0, |hit| hit.strength)
        };
        let mut table = vec![0.0f32; (rows + 1) * (columns + 1)];
        let mut best: Vec<&mut [f32]> = table.chunks_exact_mut(columns + 1).collect();
        for r in (0..rows).rev() {
            for c in (0..columns).rev() {
                let both = if same(r, c) > 0.0 { best[r + 1][c + 1] + same(r, c) } else { 0.0 };
                best[r][c] = both.max(best[r + 1][c]).max(best[r][c + 1]);
            }
        }
        let (mut r, mut c, mut gap, mut swapped) = (0, 0, (0, 0), 0.0);
        while r < rows || c < columns {
            let aligned = r < rows && c < columns && same(r, c) > 0.0;
            if (aligned && best[r][c] <= best[r + 1][c + 1] + same(r, c))
                || (r == rows && c == columns)
            {
                swapped += self.exchanged(question, gap, (r, c));
                (gap, r, c) = ((0, 0), r + 1, c + 1);
            } else if c == columns || (r < rows && best[r + 1][c] >= best[r][c + 1]) {
                (gap.0, r) = (gap.0 + 1, r + 1);
            } else {
                (gap.1, c) = (gap.1 + 1, c + 1);
            }
        }
        swapped += self.exchanged(question, gap, (rows, columns));
        (2.0 * best[0][0] / (rows + columns).max(1) as f32, swapped)
    }

    /// Of the neighbouring words of the question, those that stand within three words of
    /// each other, in this order, in the passage.
    pub(super) fn order(&self, question: &Question) -> f32 {
        let carries =
            |word: &usize| matches!(question.words[*word].class, Class::Content | Class::Light);
        let carry = || (0..question.words.len()).filter(carries);
        let near = |(one, next): &(usize, usize)| {
            self.hits.iter().enumerate().any(|(n, hit)| {
                let close = self.hits[n + 1..].iter().take_while(|other| other.at - hit.at <= 3);
                hit.word == *one && close.filter(|other| other.word == *next).count() > 0
            })
        };
        let pairs = || carry().zip(carry().skip(1));
        let kept = pairs().filter(near).count();
        kept as f32 / pairs().count().max(1) as f32
    }

    /// The weight of the word before the end of a gap where one word stands for one other.
    /// Names are never exchanged: a question about another one is another question.
    fn exchanged(&self, question: &Question, gap: (usize, usize), end: (usize, usize)) -> f32 {
        let (Some(row), Some(column)) = (end.0.checked_sub(1), end.1.checked_sub(1)) else {
            return 0.0;
        };
        let word = &question.words[column];
        let theirs = self.part.words[row].cues;
        let capital = row > 0 && theirs.any(Cues::CAPITAL);
        let one_for_one = gap == (1, 1) && word.class == Class::Content && !word.known;
        let exchanged = one_for_one
            && !(word.name || capital || !theirs.any(Cues::GENERAL))
            && related::is_general(&word.spelling, question.language);
        if exchanged { word.weight } else { 0.0 }
    }
}
