//! What one person has asked so far, for questions that do not stand alone.
//!
//! A face holds one [`Conversation`] a person and passes in the time. Nothing of it is written
//! down, and it lets go of what was said before: when the topic changes, after a while, and of
//! the oldest turns when there are many.

use std::time::Duration;

use crate::answering::Answerer;
use crate::answering::leaning::Leaning;
use crate::answering::reply::{Outcome, Reply};
use crate::index;
use crate::retrieval::changes::{Change, Why};
use crate::retrieval::context::{self, Before, Carried, Turn};
use crate::retrieval::question;
use crate::retrieval::ranking::Ranked;
use crate::text::stopwords::Class;
use crate::text::talk::{self, Talk};

/// Turns that are remembered.
const MOST_TURNS: usize = 8;
/// Bytes of a question and of an answer that are remembered.
const MOST_BYTES: usize = 4 << 10;
/// Characters of a question that are told where another leans on it.
const TOLD: usize = 80;

/// The last turns of one person.
#[derive(Debug, Clone, Default)]
pub struct Conversation {
    turns: Vec<Turn>,
    /// The message that each turn came from, where the face numbers them.
    messages: Vec<Option<i64>>,
    last: Option<Duration>,
}

/// A reply with what it leaned on, and all passages that were ranked, best first.
#[derive(Debug)]
pub struct Came {
    /// The reply.
    pub reply: Reply,
    /// The passages behind it.
    pub ranked: Vec<Ranked>,
}

/// What a line of a person was.
#[derive(Debug)]
pub enum Heard {
    /// Something besides a question.
    Said(Talk),
    /// A question, with its reply.
    Answered(Box<Reply>),
}

impl Conversation {
    /// Answers a question and remembers both, unless it is not known. `now` is the time since any fixed moment, the same
    /// for all questions of a conversation.
    pub fn ask(
        &mut self,
        answerer: &Answerer,
        question: &str,
        now: Duration,
    ) -> Result<Reply, index::Error> {
        self.forget_if_old(answerer, now);
        let reply = if self.turns.is_empty() {
            answerer.answer(question)?
        } else {
            answerer.answer_after(question, &self.turns)?
        };
        self.remember(answerer, question, &reply, now);
        Ok(reply)
    }

    /// Understands a line that may be no question: what the person says besides questions is told
    /// to the face, unless the articles answer just that.
    pub fn hear(
        &mut self,
        answerer: &Answerer,
        line: &str,
        now: Duration,
    ) -> Result<Heard, index::Error> {
        match talk::of(line) {
            Some(said) if !answerer.is_answered(line)? => Ok(Heard::Said(said)),
            _ => self.ask(answerer, line, now).map(|reply| Heard::Answered(Box::new(reply))),
        }
    }

    /// The same with all passages that were ranked on the way: for measuring.
    pub fn ask_ranked(&self, answerer: &Answerer, question: &str) -> Result<Came, index::Error> {
        let (reply, ranked) = answerer.ranked_after(question, &self.turns)?;
        Ok(Came { reply, ranked })
    }

    /// Takes in a reply that came otherwise, as when a choice is picked. What was not known is no
    /// topic that could be gone on with.
    pub fn remember(&mut self, answerer: &Answerer, question: &str, reply: &Reply, now: Duration) {
        self.forget_if_old(answerer, now);
        self.last = Some(now);
        let (answer, article) = match &reply.outcome {
            Outcome::Answer(answer) => (answer.text.as_str(), Some(answer.source.article.as_str())),
            // The first is the likeliest to have been meant.
            Outcome::Choices(choices) => ("", choices.first().map(|c| c.article.as_str())),
            Outcome::Unknown => return,
        };
        self.tell(answerer, question, answer, article);
    }

    /// Takes in a turn as it was said, wherever the answer came from.
    pub fn tell(
        &mut self,
        answerer: &Answerer,
        question: &str,
        answer: &str,
        article: Option<&str>,
    ) {
        let turn = Turn {
            question: cut(question),
            answer: cut(answer),
            article: article.map(str::to_owned),
        };
        if answerer.changes_topic(&self.turns, &turn) {
            self.clear();
        }
        self.turns.push(turn);
        self.messages.push(None);
        if self.turns.len() > MOST_TURNS {
            self.turns.remove(0);
            self.messages.remove(0);
        }
    }

    /// Notes which message the last turn came from, so that it can be edited.
    pub fn note_message(&mut self, message: i64) {
        if let Some(last) = self.messages.last_mut() {
            *last = Some(message);
        }
    }

    /// Forgets the turn of a message that was edited, and those after it; tells whether there are
    /// any.
    pub fn take_back(&mut self, message: i64) -> bool {
        let at = self.messages.iter().position(|m| m.is_some_and(|m| m >= message));
        if let Some(at) = at {
            self.turns.truncate(at);
            self.messages.truncate(at);
        }
        at.is_some()
    }

    /// What was asked by a message, where all of it is remembered.
    pub fn question_of(&self, message: i64) -> Option<&str> {
        let at = self.messages.iter().position(|m| *m == Some(message))?;
        let question = self.turns.get(at)?.question.as_str();
        // What was cut ends less than a character before the limit.
        (question.len() + char::MAX_LEN_UTF8 <= MOST_BYTES).then_some(question)
    }

    /// Roughly how many bytes it takes.
    pub fn bytes(&self) -> usize {
        let held = |text: &str| size_of::<String>() + text.len();
        let turn = |t: &Turn| {
            held(&t.question) + held(&t.answer) + held(t.article.as_deref().unwrap_or_default())
        };
        self.turns.iter().map(turn).sum()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.turns.clear();
        self.messages.clear();
    }

    /// How many turns are remembered.
    pub fn len(&self) -> usize {
        self.turns.len()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    fn forget_if_old(&mut self, answerer: &Answerer, now: Duration) {
        if self.last.is_some_and(|last| now.saturating_sub(last) > answerer.forgets_after()) {
            self.clear();
        }
    }
}

/// What a reply leans on: only what was talked about is said to be.
fn lean(
    outcome: &Outcome,
    turns: &[Turn],
    leaning: &Leaning,
    carried: Option<Carried>,
) -> Option<Change> {
    let of = |article: &String| turns.iter().any(|turn| turn.article.as_ref() == Some(article));
    let (from, to, why) = match (outcome, leaning, carried) {
        (Outcome::Unknown, _, _) => return None,
        (_, Leaning::Pronoun { typed, .. }, Some(carried)) if carried.subject => {
            (typed.clone(), carried.written, Why::Reference)
        }
        (Outcome::Answer(answer), _, _) if of(&answer.source.article) => {
            (String::new(), answer.source.title.clone(), Why::Topic)
        }
        (_, _, carried) => {
            carried?;
            (String::new(), beginning(&turns.last()?.question), Why::Topic)
        }
    };
    Some(Change { from, to, why })
}

/// What a long question begins with, up to the end of a word.
fn beginning(question: &str) -> String {
    let question = question.trim();
    let Some((end, _)) = question.char_indices().nth(TOLD) else { return question.to_owned() };
    let word = question[..end].rfind(char::is_whitespace).unwrap_or(end);
    format!("{}…", question[..word].trim_end())
}

fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(MOST_BYTES)].to_owned()
}

impl Answerer {
    /// Answers a question after these turns, oldest first.
    fn answer_after(&self, question: &str, turns: &[Turn]) -> Result<Reply, index::Error> {
        let leaning = self.leaning(question)?;
        let alone = match leaning {
            Leaning::Pronoun { .. } | Leaning::Elliptic { .. } => None,
            Leaning::Nameless | Leaning::Alone => Some(self.answer(question)?),
        };
        let strength = leaning.strength(alone.as_ref().map_or(0.0, |reply| reply.confidence));
        match alone {
            Some(reply) if strength == 0.0 => Ok(reply),
            _ => self.in_context(question, turns, &leaning, strength).map(|(reply, _)| reply),
        }
    }

    /// The same with all passages that were ranked.
    fn ranked_after(
        &self,
        question: &str,
        turns: &[Turn],
    ) -> Result<(Reply, Vec<Ranked>), index::Error> {
        let alone = self.answer_ranked(question)?;
        if turns.is_empty() {
            return Ok(alone);
        }
        let leaning = self.leaning(question)?;
        let strength = leaning.strength(alone.0.confidence);
        if strength == 0.0 {
            return Ok(alone);
        }
        self.in_context(question, turns, &leaning, strength)
    }

    /// Whether articles answer just this, whatever was said before.
    fn is_answered(&self, line: &str) -> Result<bool, index::Error> {
        let analyzed = question::analyze(&self.reader, &self.retrieval, line, &[])?;
        let says = analyzed.words.iter().any(|w| w.class == Class::Content && w.known);
        Ok(self.reader.asks(line)?
            || (says && matches!(self.answer(line)?.outcome, Outcome::Answer(_))))
    }

    fn leaning(&self, question: &str) -> Result<Leaning, index::Error> {
        let analyzed = question::analyze(&self.reader, &self.retrieval, question, &[])?;
        // An entry that asks just this was meant, whatever was said before.
        let asked = self.reader.asks(question)?;
        Ok(if asked { Leaning::Alone } else { Leaning::of(&analyzed) })
    }

    fn in_context(
        &self,
        question: &str,
        turns: &[Turn],
        leaning: &Leaning,
        strength: f32,
    ) -> Result<(Reply, Vec<Ranked>), index::Error> {
        let mut found = self.find_after(question, Before { turns, strength })?;
        let carried = found.carried.take();
        let (mut reply, ranked) = self.decide(found)?;
        reply.changes.extend(lean(&reply.outcome, turns, leaning, carried));
        Ok((reply, ranked))
    }

    fn changes_topic(&self, turns: &[Turn], new: &Turn) -> bool {
        let leaning = question::analyze(&self.reader, &self.retrieval, &new.question, &[]);
        let Ok(analyzed) = leaning else { return false };
        let leaning = Leaning::of(&analyzed);
        let leans = matches!(leaning, Leaning::Pronoun { .. } | Leaning::Elliptic { .. });
        let same = turns.iter().any(|t| t.article.is_some() && t.article == new.article);
        !leans && !same && context::is_another_topic(&self.reader, analyzed.language, turns, new)
    }
}

#[cfg(test)]
mod tests {
    use super::{Conversation, MOST_BYTES, beginning, cut};
    use crate::retrieval::context::Turn;

    fn talk(messages: &[Option<i64>]) -> Conversation {
        let turns = messages.iter().map(|_| Turn::default()).collect();
        Conversation { turns, messages: messages.to_vec(), last: None }
    }

    #[test]
    fn what_was_said_after_an_edited_message_is_taken_back() {
        for (message, left) in [(3, 0), (4, 1), (5, 1), (6, 3), (7, 4)] {
            let mut talk = talk(&[Some(3), Some(5), None, Some(6)]);
            assert_eq!((talk.take_back(message), talk.len()), (left < 4, left), "{message}");
        }
    }

    #[test]
    fn a_question_that_was_cut_is_not_told() {
        let mut talk = talk(&[Some(1)]);
        let mut asked = |question: String| {
            talk.turns[0].question = cut(&question);
            talk.question_of(1).map(str::to_owned)
        };
        assert_eq!(asked("Why?".to_owned()).as_deref(), Some("Why?"));
        assert_eq!(asked("ж".repeat(MOST_BYTES)), None);
        assert_eq!(asked("😀".repeat(MOST_BYTES) + "?"), None);
    }

    #[test]
    fn long_questions_are_told_by_their_beginning() {
        assert_eq!(beginning(" Why is it so? "), "Why is it so?");
        let long = beginning(&"as long as that ".repeat(20));
        assert!(long.chars().count() <= 81 && long.ends_with("as that…"), "{long}");
        assert_eq!(beginning(&"ж".repeat(200)).chars().count(), 81);
    }
}
