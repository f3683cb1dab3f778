//! Maps that can be brought back to what they were before an input, at the cost of what it changed.

use std::hash::Hash;
use std::ops::Deref;

use rustc_hash::FxHashMap;

/// A map with what was changed since [`settle`](Self::settle).
#[derive(Clone)]
pub(super) struct Journaled<K, V> {
    map: FxHashMap<K, V>,
    /// Keys with their values before a change, in order.
    old: Vec<(K, Option<V>)>,
}

impl<K, V> Default for Journaled<K, V> {
    fn default() -> Self {
        Self { map: FxHashMap::default(), old: Vec::new() }
    }
}

impl<K, V> Deref for Journaled<K, V> {
    type Target = FxHashMap<K, V>;
    fn deref(&self) -> &Self::Target {
        &self.map
    }
}

impl<K: Clone + Eq + Hash, V> Journaled<K, V> {
    pub fn insert(&mut self, key: K, value: V) {
        let old = self.map.insert(key.clone(), value);
        self.old.push((key, old));
    }
    pub fn remove(&mut self, key: K) {
        if let Some(old) = self.map.remove(&key) {
            self.old.push((key, Some(old)));
        }
    }
    /// The value of a key, which gets one if it has none, to be changed.
    pub fn change(&mut self, key: K) -> &mut V
    where
        V: Clone + Default,
    {
        self.old.push((key.clone(), self.map.get(&key).cloned()));
        self.map.entry(key).or_default()
    }
    /// What there is stays.
    pub fn settle(&mut self) {
        self.old.clear();
    }
    /// Takes back all changes.
    pub fn undo(&mut self) {
        while let Some((key, old)) = self.old.pop() {
            match old {
                Some(old) => drop(self.map.insert(key, old)),
                None => drop(self.map.remove(&key)),
            }
        }
    }
    /// The value that a key had before the changes.
    pub fn before(&self, key: K) -> Option<&V> {
        match self.old.iter().find(|(changed, _)| *changed == key) {
            Some((_, old)) => old.as_ref(),
            None => self.map.get(&key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_taken_back() {
        let mut map = Journaled::default();
        map.insert(1, vec![1]);
        map.insert(2, vec![2]);
        map.settle();
        map.insert(1, vec![10]);
        map.change(1).push(11);
        map.change(3).push(3);
        map.remove(2);
        map.remove(4);
        assert_eq!((map.get(&1), map.get(&2), map.get(&3)), (Some(&vec![10, 11]), None, Some(&vec![3])));
        assert_eq!((map.before(1), map.before(2), map.before(3)), (Some(&vec![1]), Some(&vec![2]), None));
        map.undo();
        assert_eq!((map.get(&1), map.get(&2), map.get(&3)), (Some(&vec![1]), Some(&vec![2]), None));
    }
}
