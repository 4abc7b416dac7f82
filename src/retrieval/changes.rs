//! What of a question was read otherwise than it was typed.

/// Something that was read otherwise than it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What was typed.
    pub from: String,
    /// What it was read as.
    pub to: String,
    /// Why.
    pub why: Why,
}

/// Why a question was read otherwise than it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The corpus lacks the word and has one spelled almost like it.
    Spelling,
    /// The list of synonyms has it.
    Synonym,
    /// The corpus lacks the word and has one near it in meaning.
    Meaning,
    /// Words run together, or one torn apart.
    Spacing,
    /// The question was too long.
    Length,
    /// A word stands for something that was said before.
    Reference,
    /// What was talked about before is still meant; nothing was typed for it.
    Topic,
}
