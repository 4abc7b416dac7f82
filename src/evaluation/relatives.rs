//! Sets that are too near to each other for one to test what was fitted on the other.

use std::collections::HashSet;

use crate::corpus::passages::{self, normalized};
use crate::evaluation::beir::Set;

/// A number for each set, the same for relatives: sets whose names begin alike up to a hyphen
/// (`xquad-de`, `xquad-en`), and sets that have right answers in common.
pub fn groups(sets: &[Set]) -> Vec<usize> {
    let family = |set: &Set| set.name.split('-').next().unwrap_or_default().to_owned();
    let families: Vec<String> = sets.iter().map(family).collect();
    let answers: Vec<HashSet<String>> = sets.iter().map(answers).collect();
    let mut groups: Vec<usize> = (0..sets.len()).collect();
    for a in 0..sets.len() {
        for b in 0..a {
            let related = families[a] == families[b] || !answers[a].is_disjoint(&answers[b]);
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
