//! What is asked and what would be right.

use crate::text::language::Language;

/// What a right answer is named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The id of an article; its best passage stands for it.
    Article,
    /// The full id of a passage.
    Passage,
}

/// A question with what answers it.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Its name in the set.
    pub id: String,
    /// What is asked.
    pub text: String,
    /// What answers it, each with a grade above zero; nothing where it has no answer.
    pub relevant: Vec<(String, u32)>,
    /// What the ids in `relevant` name.
    pub unit: Unit,
    /// Texts one of which a sentence that answers holds.
    pub answers: Vec<String>,
    /// The language that the baseline reads it in.
    pub language: Language,
    /// What was said before it, oldest first: a question, its answer, and so on.
    pub history: Vec<String>,
}

impl Question {
    /// Whether anything in the corpus answers it.
    pub fn is_answerable(&self) -> bool {
        !self.relevant.is_empty()
    }
}

/// At most `most` of the questions, evenly spread and always the same.
pub fn sample(questions: Vec<Question>, most: Option<usize>) -> Vec<Question> {
    let Some(most) = most.filter(|most| *most < questions.len()) else { return questions };
    let all = questions.len();
    // The one at `at` is taken where the share of questions so far reaches the next whole number.
    let taken = |at: usize| (at + 1) * most / all > at * most / all;
    let numbered = questions.into_iter().enumerate();
    numbered.filter(|(at, _)| taken(*at)).map(|(_, question)| question).collect()
}

#[cfg(test)]
mod tests {
    use super::{Question, Unit, sample};
    use crate::text::language::Language;

    #[test]
    fn samples_are_even() {
        let question = |n: usize| Question {
            id: n.to_string(),
            text: String::new(),
            relevant: Vec::new(),
            unit: Unit::Article,
            answers: Vec::new(),
            language: Language::English,
            history: Vec::new(),
        };
        let ids = |all: usize, most| -> Vec<String> {
            let questions = (1..=all).map(question).collect();
            sample(questions, most).into_iter().map(|q| q.id).collect()
        };
        assert_eq!(ids(10, Some(5)), ["2", "4", "6", "8", "10"]);
        assert_eq!(ids(7, Some(3)), ["3", "5", "7"]);
        assert_eq!(ids(3, Some(3)), ["1", "2", "3"]);
        assert_eq!(ids(3, None), ["1", "2", "3"]);
    }
}
