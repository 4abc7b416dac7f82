//! Replies to questions that are asked again and again, so that a crowd costs no more than a few.
//!
//! Nothing that people type is kept: questions are told apart by a hash, and replies that hold
//! words of the question are not remembered. Neither are long ones, so that all of them together
//! take a bounded room.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use crate::answering::reply::{Citation, Outcome, Reply};

/// Replies in each half of what is remembered.
const HALF: usize = 1_000;
/// A reply whose texts have more bytes is not remembered.
const LONGEST: usize = 16 << 10;

/// A question, told by two hashes that differ from run to run: nobody can make two alike.
type Key = (u64, u64);

/// Replies of one answerer.
#[derive(Debug, Default)]
pub struct Memory {
    hashers: (RandomState, RandomState),
    halves: Mutex<Halves>,
}

/// Replies that were asked for of late, and before that.
#[derive(Debug, Default)]
struct Halves {
    new: HashMap<Key, Reply>,
    old: HashMap<Key, Reply>,
}

impl Memory {
    /// The reply to a question, where it is remembered.
    pub fn find(&self, question: &str) -> Option<Reply> {
        let key = self.key(question);
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = if let Some(reply) = halves.new.get(&key) {
            reply.clone()
        } else {
            let reply = halves.old.remove(&key)?;
            halves.keep(key, reply.clone());
            reply
        };
        Some(Reply { question: question.to_owned(), ..reply })
    }

    /// Remembers a reply, unless it is long, holds words of the question, or read less than all of
    /// it.
    pub fn keep(&self, question: &str, reply: &Reply) {
        let whole = reply.question == question && length(reply) <= LONGEST;
        if whole && reply.changes.is_empty() && reply.unknown_words.is_empty() {
            let reply = Reply { question: String::new(), ..reply.clone() };
            let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
            halves.keep(self.key(question), reply);
        }
    }

    fn key(&self, question: &str) -> Key {
        (self.hashers.0.hash_one(question), self.hashers.1.hash_one(question))
    }
}

impl Halves {
    fn keep(&mut self, key: Key, reply: Reply) {
        if self.new.len() >= HALF {
            self.old = std::mem::take(&mut self.new);
        }
        self.new.insert(key, reply);
    }
}

/// The bytes of the texts of a reply.
fn length(reply: &Reply) -> usize {
    let source =
        |source: &Citation| source.title.len() + source.section.as_ref().map_or(0, String::len);
    let outcome: usize = match &reply.outcome {
        Outcome::Answer(answer) => {
            let also = answer.also.iter().map(|also| also.text.len() + source(&also.source));
            let question = answer.question.as_ref().map_or(0, String::len);
            answer.text.len() + question + source(&answer.source) + also.sum::<usize>()
        }
        Outcome::Choices(choices) => choices.iter().map(|choice| choice.text.len()).sum(),
        Outcome::Unknown => 0,
    };
    outcome + reply.nearby.iter().map(|nearby| nearby.text.len()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::{HALF, LONGEST, Memory};
    use crate::answering::reply::{Choice, Outcome, Reply};

    fn reply(question: &str) -> Reply {
        Reply {
            question: question.to_owned(),
            outcome: Outcome::Unknown,
            confidence: 0.5,
            changes: Vec::new(),
            unknown_words: Vec::new(),
            nearby: Vec::new(),
            weighed: None,
            generation: "g".to_owned(),
        }
    }

    #[test]
    fn what_was_asked_of_late_is_remembered_without_a_word_of_it() {
        let memory = Memory::default();
        memory.keep("When?", &reply("When?"));
        assert_eq!(memory.find("When?").unwrap().question, "When?");
        assert!(memory.find("when?").is_none());
        let told = Reply { unknown_words: vec!["flux".to_owned()], ..reply("A flux?") };
        memory.keep("A flux?", &told);
        assert!(memory.find("A flux?").is_none());
        assert!(!format!("{:?}", memory.halves).contains("When"));
        for length in [LONGEST, LONGEST + 1] {
            let (text, passage, link) = ("x".repeat(length), String::new(), String::new());
            let outcome = Outcome::Choices(vec![Choice {
                article: String::new(),
                text,
                passage,
                link,
                confidence: 0.5,
            }]);
            memory.keep("How?", &Reply { outcome, ..reply("How?") });
            assert_eq!(memory.find("How?").is_some(), length <= LONGEST);
            memory.halves.lock().unwrap().new.retain(|key, _| *key != memory.key("How?"));
        }
        for n in 0..3 * HALF {
            let question = n.to_string();
            memory.keep(&question, &reply(&question));
            assert!(memory.find("When?").is_some(), "it is asked again and again");
        }
        assert!(memory.find("1").is_none() && memory.find(&(3 * HALF - 1).to_string()).is_some());
        let halves = memory.halves.lock().unwrap();
        assert!(halves.new.len() + halves.old.len() <= 2 * HALF);
    }
}
