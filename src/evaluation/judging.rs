//! What came of a question beside what would be right.

use std::collections::HashMap;
use std::time::Duration;

use crate::evaluation::asking::{Asked, Said};
use crate::evaluation::catalogue::Catalogue;
use crate::evaluation::metrics::{self, DEPTH};
use crate::evaluation::question::Question;

/// How good one ranking is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranks {
    /// 1 where the first is right.
    pub p1: f64,
    /// 1 where one of the first five is right.
    pub hit5: f64,
    /// 1 divided by the rank of the first that is right, down to rank 10.
    pub mrr10: f64,
    /// Normalized discounted gain of the first ten.
    pub ndcg10: f64,
    /// Share of what is right among the first hundred.
    pub recall100: f64,
}

/// How an answer, a list of choices or a refusal is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// An answer, and whether it is right.
    Answer(bool),
    /// Choices, and whether one of them is right.
    Choices(bool),
    /// Said not to be known.
    Unknown,
}

/// What came of a question, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// How good the ranking is; `None` where nothing answers the question.
    pub ranks: Option<Ranks>,
    /// Probability that was given for what is shown first.
    pub confidence: f32,
    /// What was said.
    pub verdict: Verdict,
    /// Whether a marked sentence holds the answer, where that can be told.
    pub marked: Option<bool>,
    /// How long it took.
    pub took: Duration,
    /// What the baseline made of it: its ranking and its best score.
    pub baseline: Option<(Option<Ranks>, f32)>,
}

impl Judged {
    /// Whether the question has an answer.
    pub fn is_answerable(&self) -> bool {
        self.ranks.is_some()
    }

    /// Whether what was ranked first is right.
    pub fn is_first_right(&self) -> bool {
        self.ranks.is_some_and(|ranks| ranks.p1 > 0.0)
    }
}

/// What is right for one question.
#[derive(Debug)]
pub struct Key<'a> {
    catalogue: &'a Catalogue,
    grades: HashMap<u32, u32>,
    ideal: Vec<u32>,
}

impl<'a> Key<'a> {
    /// The key to a question; what answers it stands in the catalogue.
    pub fn new(catalogue: &'a Catalogue, question: &Question) -> Self {
        let mut grades: HashMap<u32, u32> = HashMap::new();
        for (name, grade) in &question.relevant {
            if let Some(number) = catalogue.number(name) {
                let best = grades.entry(catalogue.standing_for(number)).or_default();
                *best = (*best).max(*grade);
            }
        }
        let mut ideal: Vec<u32> = grades.values().copied().collect();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        Self { catalogue, grades, ideal }
    }

    /// Judges a ranking; what says the same as something above it gains nothing more.
    pub fn ranks(&self, ranking: &[(u32, f32)]) -> Option<Ranks> {
        if self.ideal.is_empty() {
            return None;
        }
        let mut left = self.grades.clone();
        let gain = |(number, _): &(u32, f32)| {
            left.remove(&self.catalogue.standing_for(*number)).unwrap_or(0)
        };
        let gains: Vec<u32> = ranking.iter().map(gain).collect();
        Some(Ranks {
            p1: metrics::hit(&gains, 1),
            hit5: metrics::hit(&gains, 5),
            mrr10: metrics::reciprocal_rank(&gains, 10),
            ndcg10: metrics::ndcg(&gains, &self.ideal, 10),
            recall100: metrics::recall(&gains, &self.ideal, DEPTH),
        })
    }

    /// Judges what came of the question.
    pub fn judge(&self, asked: &Asked) -> Judged {
        let right = |number: &u32| self.grades.contains_key(&self.catalogue.standing_for(*number));
        let ranks = self.ranks(&asked.ranking);
        let first_right = ranks.is_some_and(|r| r.p1 > 0.0);
        Judged {
            ranks,
            confidence: asked.confidence,
            verdict: match &asked.said {
                Said::Answer(number) => Verdict::Answer(number.as_ref().is_some_and(right)),
                Said::Choices(numbers) => Verdict::Choices(numbers.iter().any(right)),
                Said::Unknown => Verdict::Unknown,
            },
            marked: asked.marked.filter(|_| first_right),
            took: asked.took,
            baseline: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Key, Verdict};
    use crate::evaluation::asking::{Asked, Said};
    use crate::evaluation::catalogue::Catalogue;
    use crate::evaluation::question::{Question, Unit};
    use crate::text::language::Language;

    fn question(relevant: &[(&str, u32)]) -> Question {
        Question {
            id: "1".to_owned(),
            text: "?".to_owned(),
            relevant: relevant.iter().map(|(id, grade)| ((*id).to_owned(), *grade)).collect(),
            unit: Unit::Article,
            answers: Vec::new(),
            language: Language::English,
            history: Vec::new(),
        }
    }

    fn asked(ranking: &[u32], said: Said) -> Asked {
        let ranking = ranking.iter().map(|number| (*number, 0.0)).collect();
        Asked { ranking, confidence: 0.5, said, marked: Some(true), took: Duration::ZERO }
    }

    #[test]
    fn what_says_the_same_counts_once() {
        let names = ["a", "b", "c", "d"].map(str::to_owned);
        let catalogue = Catalogue::new(names).with_same(["x", "y", "x", "z"].into_iter());
        let question = question(&[("c", 1), ("d", 1)]);
        let key = Key::new(&catalogue, &question);
        let ranks = key.ranks(&[(1, 0.0), (0, 0.0), (2, 0.0)]).unwrap();
        assert_eq!((ranks.p1, ranks.hit5, ranks.mrr10), (0.0, 1.0, 0.5));
        assert!((ranks.recall100 - 0.5).abs() < 1e-9, "{ranks:?}");
        assert_eq!(key.judge(&asked(&[0], Said::Answer(Some(0)))).verdict, Verdict::Answer(true));
    }

    #[test]
    fn replies_are_judged_by_what_they_show() {
        let catalogue = Catalogue::new(["a", "b"].map(str::to_owned));
        let question = question(&[("a", 2)]);
        let key = Key::new(&catalogue, &question);
        let judge = |ranking, said| key.judge(&asked(ranking, said));
        assert_eq!(judge(&[0, 1], Said::Answer(Some(1))).verdict, Verdict::Answer(false));
        assert_eq!(judge(&[0, 1], Said::Answer(None)).verdict, Verdict::Answer(false));
        assert_eq!(judge(&[1, 0], Said::Choices(vec![1, 0])).verdict, Verdict::Choices(true));
        assert_eq!(judge(&[1, 0], Said::Choices(vec![1])).verdict, Verdict::Choices(false));
        assert_eq!(judge(&[], Said::Unknown).verdict, Verdict::Unknown);
        assert!(judge(&[0], Said::Unknown).is_first_right());
        // The sentence of a wrong passage says nothing.
        assert_eq!(judge(&[0, 1], Said::Unknown).marked, Some(true));
        assert_eq!(judge(&[1, 0], Said::Unknown).marked, None);
    }

    #[test]
    fn what_has_no_answer_has_no_ranks() {
        let catalogue = Catalogue::new(["a"].map(str::to_owned));
        let question = question(&[]);
        let judged = Key::new(&catalogue, &question).judge(&asked(&[0], Said::Answer(Some(0))));
        assert_eq!((judged.ranks, judged.verdict), (None, Verdict::Answer(false)));
        assert!(!judged.is_answerable());
    }
}
