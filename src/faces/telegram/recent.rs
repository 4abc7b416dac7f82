//! What is remembered of chats, in memory only, and of a bounded number: those that were last used.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values by key; who was used longest ago is forgotten.
#[derive(Debug)]
pub struct Recent<K, V> {
    most: usize,
    most_bytes: usize,
    inner: Mutex<Inner<K, V>>,
}

#[derive(Debug)]
struct Inner<K, V> {
    /// Runs up with every use, and so tells which key was used longest ago.
    clock: u64,
    values: HashMap<K, Kept<V>>,
    uses: BTreeMap<u64, K>,
    bytes: usize,
}

#[derive(Debug)]
struct Kept<V> {
    used: u64,
    bytes: usize,
    value: V,
}

impl<K: Copy + Eq + Hash, V: Clone> Recent<K, V> {
    /// Remembers at most so many.
    pub fn new(most: usize) -> Self {
        Self::within(most, usize::MAX)
    }

    /// Remembers at most so many that together take no more than so many bytes.
    pub fn within(most: usize, most_bytes: usize) -> Self {
        let (values, uses) = (HashMap::new(), BTreeMap::new());
        let inner = Inner { clock: 0, values, uses, bytes: 0 };
        Self { most, most_bytes, inner: Mutex::new(inner) }
    }

    /// Keeps a value instead of the last one of its key.
    pub fn remember(&self, key: K, value: V) {
        self.remember_bytes(key, value, 0);
    }

    /// The same for a value that takes so many bytes.
    pub fn remember_bytes(&self, key: K, value: V, bytes: usize) {
        let mut inner = self.lock();
        inner.remove(key);
        inner.clock += 1;
        let used = inner.clock;
        inner.uses.insert(used, key);
        inner.values.insert(key, Kept { used, bytes, value });
        inner.bytes += bytes;
        while inner.values.len() > self.most || inner.bytes > self.most_bytes {
            let Some((_, oldest)) = inner.uses.first_key_value() else { break };
            let oldest = *oldest;
            inner.remove(oldest);
        }
    }

    /// The value of a key.
    pub fn last(&self, key: K) -> Option<V> {
        self.lock().values.get(&key).map(|kept| kept.value.clone())
    }

    /// A key whose value is as it should be, with that value.
    pub fn find(&self, is: impl Fn(&K, &V) -> bool) -> Option<(K, V)> {
        let inner = self.lock();
        let found = inner.values.iter().find(|(key, kept)| is(key, &kept.value));
        found.map(|(key, kept)| (*key, kept.value.clone()))
    }

    /// Forgets a key.
    pub fn forget(&self, key: K) {
        self.lock().remove(key);
    }

    /// Forgets from what was used longest ago on, up to the first that is not `old`.
    pub fn forget_while(&self, old: impl Fn(&V) -> bool) {
        let mut inner = self.lock();
        while let Some((_, oldest)) = inner.uses.first_key_value() {
            let oldest = *oldest;
            if !inner.values.get(&oldest).is_some_and(|kept| old(&kept.value)) {
                return;
            }
            inner.remove(oldest);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner<K, V>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Copy + Eq + Hash, V> Inner<K, V> {
    fn remove(&mut self, key: K) {
        if let Some(kept) = self.values.remove(&key) {
            self.uses.remove(&kept.used);
            self.bytes -= kept.bytes;
        }
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
        assert_eq!(recent.find(|_, value| *value == "d"), Some((3, "d")));
        assert!(recent.find(|key, _| *key == 2).is_none());
        recent.forget(1);
        assert!(recent.last(1).is_none() && recent.last(3).is_some());
        recent.remember(4, "e");
        recent.remember(5, "f");
        assert_eq!(recent.lock().uses.len(), 2);
        recent.forget_while(|value| *value == "e");
        assert!(recent.last(4).is_none() && recent.last(5).is_some());
    }

    #[test]
    fn what_takes_too_much_is_forgotten() {
        let recent = Recent::within(10, 100);
        for (key, bytes) in [(1, 40), (2, 40), (1, 50), (3, 30)] {
            recent.remember_bytes(key, key, bytes);
        }
        assert_eq!([1, 2, 3].map(|key| recent.last(key).is_some()), [true, false, true]);
        recent.remember_bytes(4, 4, 101);
        assert!((1..=4).all(|key| recent.last(key).is_none()));
        let inner = recent.lock();
        assert_eq!((inner.bytes, inner.uses.len()), (0, 0));
    }
}
