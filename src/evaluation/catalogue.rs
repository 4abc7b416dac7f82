//! Everything that can be an answer, by number: rankings of many questions stay small.

use std::collections::HashMap;

/// The ids of what is asked against.
#[derive(Debug, Default)]
pub struct Catalogue {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
    /// For each number the least one that says the same; empty where none does.
    same: Vec<u32>,
}

impl Catalogue {
    /// A catalogue of these ids, numbered in their order.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        let names: Vec<String> = names.into_iter().collect();
        let numbers = (0u32..).zip(&names).map(|(number, name)| (name.clone(), number)).collect();
        Self { names, numbers, same: Vec::new() }
    }

    /// The same, where ids with equal keys count as one another. The keys come in the order
    /// of the ids.
    #[must_use]
    pub fn with_same<K: std::hash::Hash + Eq>(mut self, keys: impl Iterator<Item = K>) -> Self {
        let mut first: HashMap<K, u32> = HashMap::new();
        self.same = (0u32..).zip(keys).map(|(at, key)| *first.entry(key).or_insert(at)).collect();
        self
    }

    /// The number of an id.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// The id of a number.
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", String::as_str)
    }

    /// The number that stands for all that say the same.
    pub fn standing_for(&self, number: u32) -> u32 {
        self.same.get(number as usize).copied().unwrap_or(number)
    }
}

#[cfg(test)]
mod tests {
    use super::Catalogue;

    #[test]
    fn numbers_and_names_go_both_ways() {
        let catalogue = Catalogue::new(["a", "b", "c"].map(str::to_owned));
        assert_eq!(catalogue.number("b"), Some(1));
        assert_eq!((catalogue.number("d"), catalogue.name(1)), (None, "b"));
        assert_eq!(catalogue.standing_for(2), 2);
        let catalogue = catalogue.with_same(["x", "y", "x"].into_iter());
        assert_eq!(catalogue.standing_for(2), 0);
    }
}
