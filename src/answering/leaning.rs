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
/// Of more words than this that carry meaning, each makes what was said before count less: "Who
/// are the owners of the largest vineyards in it?" says most by itself.
const MUCH: usize = 3;

/// What in a question leans on what was said before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaning {
    /// A word that stands for something.
    Pronoun {
        /// As it was typed.
        typed: String,
        /// How many words carry meaning.
        content: usize,
    },
    /// It goes on from an answer, or says too little.
    Elliptic {
        /// How many words carry meaning.
        content: usize,
    },
    /// It names nothing: what was talked about may be meant where nothing else surely is.
    Nameless,
    /// It stands alone.
    Alone,
}

impl Leaning {
    /// Of a question by its words.
    pub fn of(question: &Question) -> Self {
        let tokens = tokens(&question.text);
        let content = question.words.iter().filter(|w| w.class == Class::Content).count();
        if let Some(at) = references::pronoun(&question.text, &tokens, question.language) {
            let typed = question.text[tokens[at].range.clone()].to_owned();
            return Self::Pronoun { typed, content };
        }
        let named = question.words.iter().any(|word| word.name);
        if references::goes_on(&tokens, question.language) || (content < FEW && !named) {
            Self::Elliptic { content }
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
            Self::Pronoun { content, .. } | Self::Elliptic { content } => {
                MUCH as f32 / MUCH.max(*content) as f32
            }
            Self::Nameless if alone < UNSURE => MAYBE,
            Self::Nameless | Self::Alone => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Leaning;

    #[test]
    fn what_was_said_before_counts_less_the_more_a_question_says_itself() {
        let is = |leaning: &Leaning, alone, strength: f32| {
            (leaning.strength(alone) - strength).abs() < 1e-6
        };
        let elliptic = |content| Leaning::Elliptic { content };
        assert!(is(&elliptic(0), 1.0, 1.0) && is(&elliptic(3), 1.0, 1.0));
        assert!(is(&elliptic(6), 1.0, 0.5));
        assert!(is(&Leaning::Pronoun { typed: "it".to_owned(), content: 1 }, 1.0, 1.0));
        assert!(is(&Leaning::Nameless, 0.3, 0.5) && is(&Leaning::Nameless, 0.5, 0.0));
        assert!(is(&Leaning::Alone, 0.0, 0.0));
    }
}
