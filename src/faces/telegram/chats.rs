//! The last reply of each chat, for `/source`, `/why` and `/more`. In memory only, and of a
//! bounded number of chats: those that asked last.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use crate::answering::reply::Reply;

/// Chats that are remembered.
pub const MOST: usize = 10_000;

/// Last replies by chat.
#[derive(Debug)]
pub struct Chats<K> {
    most: usize,
    inner: Mutex<Inner<K>>,
}

#[derive(Debug)]
struct Inner<K> {
    /// Runs up with every use, and so tells which chat was used longest ago.
    clock: u64,
    replies: HashMap<K, (u64, Arc<Reply>)>,
    uses: BTreeMap<u64, K>,
}

impl<K: Copy + Eq + Hash> Chats<K> {
    /// Remembers at most so many chats.
    pub fn new(most: usize) -> Self {
        let inner = Inner { clock: 0, replies: HashMap::new(), uses: BTreeMap::new() };
        Self { most, inner: Mutex::new(inner) }
    }

    /// Keeps the last reply of a chat.
    pub fn remember(&self, chat: K, reply: Arc<Reply>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.clock += 1;
        let now = inner.clock;
        if let Some((used, _)) = inner.replies.insert(chat, (now, reply)) {
            inner.uses.remove(&used);
        }
        inner.uses.insert(now, chat);
        while inner.replies.len() > self.most {
            let Some((_, oldest)) = inner.uses.pop_first() else { break };
            inner.replies.remove(&oldest);
        }
    }

    /// The last reply of a chat.
    pub fn last(&self, chat: K) -> Option<Arc<Reply>> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.replies.get(&chat).map(|(_, reply)| Arc::clone(reply))
    }

    /// Forgets a chat.
    pub fn forget(&self, chat: K) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((used, _)) = inner.replies.remove(&chat) {
            inner.uses.remove(&used);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Chats;
    use crate::answering::reply::{Outcome, Reply};

    fn reply(question: &str) -> Arc<Reply> {
        Arc::new(Reply {
            question: question.into(),
            outcome: Outcome::Unknown,
            confidence: 0.0,
            changes: Vec::new(),
            unknown_words: Vec::new(),
            nearby: Vec::new(),
            weighed: None,
            generation: String::new(),
        })
    }

    #[test]
    fn those_that_asked_last_are_remembered() {
        let chats = Chats::new(2);
        chats.remember(1, reply("a"));
        chats.remember(2, reply("b"));
        chats.remember(1, reply("c"));
        chats.remember(3, reply("d"));
        assert!(chats.last(2).is_none());
        assert_eq!(chats.last(1).map(|r| r.question.clone()).as_deref(), Some("c"));
        chats.forget(1);
        assert!(chats.last(1).is_none() && chats.last(3).is_some());
        chats.remember(4, reply("e"));
        chats.remember(5, reply("f"));
        assert_eq!(chats.inner.lock().unwrap().uses.len(), 2);
    }
}
