//! What is remembered of chats, in memory only, and of a bounded number: those that were last used.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values by key; who was used longest ago is forgotten.
#[derive(Debug)]
pub struct Recent<K, V> {
    most: usize,
    inner: Mutex<Inner<K, V>>,
}

#[derive(Debug)]
struct Inner<K, V> {
    /// Runs up with every use, and so tells which key was used longest ago.
    clock: u64,
    values: HashMap<K, (u64, V)>,
    uses: BTreeMap<u64, K>,
}

impl<K: Copy + Eq + Hash, V: Clone> Recent<K, V> {
    /// Remembers at most so many.
    pub fn new(most: usize) -> Self {
        let inner = Inner { clock: 0, values: HashMap::new(), uses: BTreeMap::new() };
        Self { most, inner: Mutex::new(inner) }
    }

    /// Keeps a value instead of the last one of its key.
    pub fn remember(&self, key: K, value: V) {
        let mut inner = self.lock();
        inner.clock += 1;
        let now = inner.clock;
        if let Some((used, _)) = inner.values.insert(key, (now, value)) {
            inner.uses.remove(&used);
        }
        inner.uses.insert(now, key);
        while inner.values.len() > self.most {
            let Some((_, oldest)) = inner.uses.pop_first() else { break };
            inner.values.remove(&oldest);
        }
    }

    /// The value of a key.
    pub fn last(&self, key: K) -> Option<V> {
        self.lock().values.get(&key).map(|(_, value)| value.clone())
    }

    /// Forgets a key.
    pub fn forget(&self, key: K) {
        let mut inner = self.lock();
        if let Some((used, _)) = inner.values.remove(&key) {
            inner.uses.remove(&used);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner<K, V>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Recent;

    #[test]
    fn what_was_used_last_is_remembered() {
        let recent = Recent::new(2);
        recent.remember(1, "a");
        recent.remember(2, "b");
        recent.remember(1, "c");
        recent.remember(3, "d");
        assert!(recent.last(2).is_none());
        assert_eq!(recent.last(1), Some("c"));
        recent.forget(1);
        assert!(recent.last(1).is_none() && recent.last(3).is_some());
        recent.remember(4, "e");
        recent.remember(5, "f");
        assert_eq!(recent.lock().uses.len(), 2);
    }
}
