//! Sets that are too near to each other for one to test what was fitted on the other.

use std::collections::HashSet;

use crate::corpus::passages::{self, normalized};
use crate::evaluation::beir::Set;

/// Share of the right answers of the smaller set that relatives have in common: two shops may
/// well have one answer in the same few words.
const IN_COMMON: f64 = 0.05;

/// A number for each set, the same for relatives: sets whose names begin alike up to a hyphen
/// (`xquad-de`, `xquad-en`), and sets that have right answers in common.
pub fn groups(sets: &[Set]) -> Vec<usize> {
    let family = |set: &Set| set.name.split('-').next().unwrap_or_default().to_owned();
    let families: Vec<String> = sets.iter().map(family).collect();
    let answers: Vec<HashSet<String>> = sets.iter().map(answers).collect();
    let mut groups: Vec<usize> = (0..sets.len()).collect();
    for a in 0..sets.len() {
        for b in 0..a {
            let both = answers[a].intersection(&answers[b]).count() as f64;
            let smaller = answers[a].len().min(answers[b].len()) as f64;
            let related = families[a] == families[b] || both > IN_COMMON * smaller;
            if related && groups[a] != groups[b] {
                let (old, new) = (groups[a], groups[b]);
                groups.iter_mut().filter(|group| **group == old).for_each(|group| *group = new);
            }
        }
    }
    groups
}

/// The texts that answer its questions.
fn answers(set: &Set) -> HashSet<String> {
    let relevant = set.questions.iter().flat_map(|q| &q.relevant);
    let ids: HashSet<&str> = relevant.map(|(id, _)| id.as_str()).collect();
    let right = set.articles.iter().filter(|article| ids.contains(article.id.as_str()));
    right
        .flat_map(passages::of_article)
        .map(|passage| normalized(&passage.text))
        .filter(|text| !text.is_empty())
        .collect()
}
