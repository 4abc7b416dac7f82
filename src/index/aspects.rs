//! The aspects of a passage that are given a vector each, and their texts.

use crate::corpus::passages::{Kind, Passage};
use crate::text::sentences::sentences;

/// Shorter sentences are taken together with the next one.
const SHORT: usize = 60;
/// Parts of one passage; those of a longer one are longer.
const MOST_PARTS: usize = 32;

/// What a text is of its passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// The question of an entry, or one of its alternates.
    Question,
    /// Title and text, or question and answer.
    Whole,
    /// A sentence or a few of the text.
    Part,
    /// Title and heading.
    Topic,
}

impl Aspect {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Question, Self::Whole, Self::Part, Self::Topic];

    /// Whether passages are looked for by it.
    pub fn is_searched(self) -> bool {
        matches!(self, Self::Question | Self::Whole)
    }

    /// Its number in files.
    pub fn number(self) -> u32 {
        match self {
            Self::Question => 0,
            Self::Whole => 1,
            Self::Part => 2,
            Self::Topic => 3,
        }
    }
}

/// The texts of a passage that are given vectors.
pub fn texts(passage: &Passage) -> Vec<(Aspect, String)> {
    let mut out = Vec::new();
    for question in passage.question.iter().chain(&passage.alternates) {
        out.push((Aspect::Question, question.clone()));
    }
    let topic = [Some(passage.title.as_str()), passage.section.as_deref()];
    let topic: Vec<&str> = topic.into_iter().flatten().filter(|t| !t.trim().is_empty()).collect();
    let topic = topic.join(". ");
    let above = match (&passage.question, passage.kind) {
        (Some(question), Kind::Faq) => question,
        _ => &topic,
    };
    let between = if above.is_empty() { "" } else { "\n" };
    out.push((Aspect::Whole, format!("{above}{between}{}", passage.text)));
    let parts = parts(&passage.text);
    if parts.len() > 1 || !above.is_empty() {
        out.extend(parts.into_iter().map(|part| (Aspect::Part, part.to_owned())));
    }
    if !topic.is_empty() {
        out.push((Aspect::Topic, topic));
    }
    out
}

/// Tells texts apart: the same text has the same vector.
pub fn hash(text: &str) -> u64 {
    let hash = blake3::hash(text.as_bytes());
    hash.as_bytes().first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

/// The sentences of a text, short ones together with the next.
fn parts(text: &str) -> Vec<&str> {
    let least = SHORT.max(text.len() / MOST_PARTS);
    let (mut out, mut from) = (Vec::new(), None);
    for sentence in sentences(text) {
        let start = *from.get_or_insert(sentence.start);
        if sentence.end - start >= least {
            out.push(&text[start..sentence.end]);
            from = None;
        }
    }
    out.extend(from.map(|start| text[start..].trim_end()));
    out.retain(|part| !part.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn parts_are_sentences_and_short_ones_join() {
        let long = "This sentence is long enough to stand for itself, as most of them are.";
        assert_eq!(parts(&format!("{long} Yes. No. {long}")), [long, &format!("Yes. No. {long}")]);
        assert_eq!(parts("Yes."), ["Yes."]);
        assert_eq!(parts(" "), [""; 0]);
        let many = "A short one. ".repeat(1000);
        assert!(parts(&many).len() <= 40);
    }
}
