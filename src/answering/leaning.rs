//! Whether a question stands alone, or leans on what was said before.

use crate::retrieval::question::Question;
use crate::text::references;
use crate::text::stopwords::Class;
use crate::text::tokenize::tokens;

/// Below this confidence a question that names nothing may mean what was talked about.
const UNSURE: f32 = 0.4;
/// What was said before counts so much for a question that may well stand alone.
const MAYBE: f32 = 0.5;
/// Fewer words than this that carry meaning say too little.
const FEW: usize = 2;

/// What in a question leans on what was said before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaning {
    /// A word that stands for something, as it was typed.
    Pronoun(String),
    /// It goes on from an answer, or says too little.
    Elliptic,
    /// It names nothing: what was talked about may be meant where nothing else surely is.
    Nameless,
    /// It stands alone.
    Alone,
}

impl Leaning {
    /// Of a question by its words.
    pub fn of(question: &Question) -> Self {
        let tokens = tokens(&question.text);
        if let Some(at) = references::pronoun(&question.text, &tokens, question.language) {
            return Self::Pronoun(question.text[tokens[at].range.clone()].to_owned());
        }
        let named = question.words.iter().any(|word| word.name);
        let content = question.words.iter().filter(|w| w.class == Class::Content).count();
        if references::goes_on(&tokens, question.language) || (content < FEW && !named) {
            Self::Elliptic
        } else if named {
            Self::Alone
        } else {
            Self::Nameless
        }
    }

    /// How much what was said before counts, from 0 to 1, given how sure the reply is that the
    /// question gets alone.
    pub fn strength(&self, alone: f32) -> f32 {
        match self {
            Self::Pronoun(_) | Self::Elliptic => 1.0,
            Self::Nameless if alone < UNSURE => MAYBE,
            Self::Nameless | Self::Alone => 0.0,
        }
    }
}
