//! What is to be beaten: plain BM25 over stems, all words of a document in one bag.

use std::collections::HashMap;

use crate::corpus::article::Article;
use crate::index::bm25;
use crate::text::language::Language;
use crate::text::stem::stem;
use crate::text::tokenize::tokens;

const K1: f32 = 1.2;
const B: f32 = 0.75;

/// English words that are left out, the usual list of search libraries.
const STOP: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it",
    "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these",
    "they", "this", "to", "was", "will", "with",
];

/// Documents ready to be ranked.
#[derive(Debug, Default)]
pub struct Baseline {
    /// For each term the documents that have it, and how often.
    postings: HashMap<String, Vec<(u32, u32)>>,
    lengths: Vec<u32>,
    words: u64,
    first: u32,
}

/// The terms of a text. Words of a language without a stemmer stand as they are written:
/// without their accents many words of Vietnamese are the same.
fn terms(text: &str, language: Language) -> impl Iterator<Item = String> {
    let kept = move |word: &String| language != Language::English || !STOP.contains(&word.as_str());
    let words = tokens(text).into_iter().map(|token| token.text).filter(kept);
    words.map(move |word| match language {
        Language::Other => word,
        _ => stem(&word, language),
    })
}

/// All that an article says: title, questions with their other phrasings, answers, text.
pub fn bag(article: &Article) -> String {
    let entries = article.faqs.iter().flat_map(|entry| {
        let alternates = entry.alternates.iter().map(String::as_str);
        [entry.question.text.as_str(), entry.answer.text.as_str()].into_iter().chain(alternates)
    });
    let sections = article.sections.iter().flat_map(|s| {
        s.heading.as_deref().into_iter().chain(s.paragraphs.iter().map(|p| p.body.text.as_str()))
    });
    let summary = article.summary.iter().map(|p| p.body.text.as_str());
    let parts = [article.title.as_str()].into_iter().chain(summary).chain(sections).chain(entries);
    parts.collect::<Vec<_>>().join("\n")
}

impl Baseline {
    /// An empty baseline whose documents are numbered from here on.
    pub fn numbered_from(first: u32) -> Self {
        Self { first, ..Self::default() }
    }

    /// Adds the next document.
    pub fn add(&mut self, text: &str, language: Language) {
        let number = u32::try_from(self.lengths.len()).unwrap_or(u32::MAX);
        let mut counts: HashMap<String, u32> = HashMap::new();
        terms(text, language).for_each(|term| *counts.entry(term).or_default() += 1);
        let length: u32 = counts.values().sum();
        for (term, count) in counts {
            self.postings.entry(term).or_default().push((number, count));
        }
        self.lengths.push(length);
        self.words += u64::from(length);
    }

    /// The best documents with their scores, at most `most`; equal scores in the order in
    /// which the documents were added.
    pub fn rank(&self, question: &str, language: Language, most: usize) -> Vec<(u32, f32)> {
        let all = self.lengths.len() as f32;
        let average = self.words as f32 / all.max(1.0);
        let mut scores: HashMap<u32, f32> = HashMap::new();
        for term in terms(question, language) {
            let Some(postings) = self.postings.get(&term) else { continue };
            let idf = bm25::rarity(postings.len() as u64, self.lengths.len() as u64);
            for (number, count) in postings {
                let count = *count as f32;
                let length = self.lengths[*number as usize] as f32 / average;
                let weight = count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length));
                *scores.entry(*number).or_default() += idf * weight;
            }
        }
        let numbered = scores.into_iter().map(|(number, score)| (number + self.first, score));
        let mut ranked: Vec<(u32, f32)> = numbered.collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.truncate(most);
        ranked
    }
}

#[cfg(test)]
mod tests {
    use super::Baseline;
    use crate::text::language::Language::English;

    #[test]
    fn scores_are_those_computed_by_hand() {
        let mut baseline = Baseline::default();
        // Without stop words: 2, 4 and 3 words, 3 on average.
        for text in ["the red house", "red cars and red bikes", "a green garden gate"] {
            baseline.add(text, English);
        }
        let ranked = baseline.rank("Is it a red garden?", English, 10);
        let idf = |having: f32| (1.0 + (3.0 - having + 0.5) / (having + 0.5)).ln();
        let weight =
            |count: f32, length: f32| count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / 3.0));
        let expected = [
            (2, idf(1.0) * weight(1.0, 3.0)),
            (1, idf(2.0) * weight(2.0, 4.0)),
            (0, idf(2.0) * weight(1.0, 2.0)),
        ];
        assert_eq!(ranked.len(), expected.len());
        for ((number, score), (expected_number, expected_score)) in ranked.iter().zip(expected) {
            assert_eq!(*number, expected_number);
            assert!((score - expected_score).abs() < 1e-5, "{score} is not {expected_score}");
        }
        assert_eq!(baseline.rank("the", English, 10), []);
        assert_eq!(baseline.rank("red garden", English, 1).len(), 1);
    }

    #[test]
    fn equal_scores_keep_the_order_of_documents() {
        let mut baseline = Baseline::default();
        (0..20).for_each(|_| baseline.add("the same words", English));
        let order: Vec<u32> = baseline.rank("same", English, 100).iter().map(|r| r.0).collect();
        assert_eq!(order, (0..20).collect::<Vec<u32>>());
    }
}
