//! Maps and sets in the order of their keys, each one list. A process holds many small ones: what is asked and not answered,
//! who acked, what a task has. A `BTreeMap` of so few entries is no faster, and each pair of types of one is some 6,000
//! lines for the compiler to write in its own language: with sixty such pairs, a third of all that it wrote for the systems.
//!
//! An entry that comes in last place costs as much as a push, one in the middle moves those after it. What grows with a
//! stream's keys and comes in any order, such as the windows of a step, stays a `BTreeMap`.

use std::ops::RangeInclusive;
use std::slice;

/// A map in the order of its keys.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SortedMap<K, V>(Vec<(K, V)>);

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Clone, V: Clone> Clone for SortedMap<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }

    fn clone_from(&mut self, from: &Self) {
        self.0.clone_from(&from.0);
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// A map of nothing.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Where the key is, or where it would go.
    fn place(&self, key: &K) -> Result<usize, usize> {
        // What comes last comes most often.
        match self.0.last() {
            Some((last, _)) if last < key => Err(self.0.len()),
            _ => self.0.binary_search_by(|(here, _)| here.cmp(key)),
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lets go of all entries, and keeps their memory.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        let at = self.place(key).ok()?;
        Some(&self.0[at].1)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.place(key).ok()?;
        Some(&mut self.0[at].1)
    }

    /// Whether the key has a value.
    pub fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    /// Gives the key this value; the value that it had before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (key, value));
                None
            }
        }
    }

    /// Takes the key out; the value that it had.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let at = self.place(key).ok()?;
        Some(self.0.remove(at).1)
    }

    /// The value of the key; if it has none, it gets this one first.
    pub fn or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        let at = match self.place(&key) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, (key, value()));
                at
            }
        };
        &mut self.0[at].1
    }

    /// The value of the key; if it has none, it gets the default one first.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.or_insert_with(key, V::default)
    }

    /// The entry with the least key.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.0.first().map(|(key, value)| (key, value))
    }

    /// The entry with the greatest key.
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.0.last().map(|(key, value)| (key, value))
    }

    /// Keeps those entries of which this is true; it is asked in the order of the keys.
    pub fn retain(&mut self, mut keeps: impl FnMut(&K, &mut V) -> bool) {
        self.0.retain_mut(|(key, value)| keeps(key, value));
    }

    /// The entries in order.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter(self.0.iter())
    }

    /// The entries whose keys are in this range, in order.
    pub fn range(&self, keys: RangeInclusive<K>) -> Iter<'_, K, V> {
        let from = self.0.partition_point(|(key, _)| key < keys.start());
        let to = self.0.partition_point(|(key, _)| key <= keys.end());
        Iter(self.0[from..to.max(from)].iter())
    }

    /// The entries in order, with values to be changed.
    pub fn iter_mut(
        &mut self,
    ) -> impl DoubleEndedIterator<Item = (&K, &mut V)> + ExactSizeIterator {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.0.iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    /// The values in the order of their keys, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> + ExactSizeIterator {
        self.0.iter_mut().map(|(_, value)| value)
    }
}

/// The entries of a [`SortedMap`] in order.
#[derive(Debug)]
pub struct Iter<'a, K, V>(slice::Iter<'a, (K, V)>);

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = self.0.next()?;
        Some((key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let (key, value) = self.0.next_back()?;
        Some((key, value))
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}

impl<'a, K: Ord, V> IntoIterator for &'a SortedMap<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K: Ord, V> Extend<(K, V)> for SortedMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Ord, V> std::ops::Index<&K> for SortedMap<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        self.get(key).expect("the key has a value")
    }
}

/// A set in the order of its members.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SortedSet<K>(Vec<K>);

impl<K> Default for SortedSet<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Clone> Clone for SortedSet<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }

    fn clone_from(&mut self, from: &Self) {
        self.0.clone_from(&from.0);
    }
}

impl<K: Ord> SortedSet<K> {
    /// A set of nothing.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Where the member is, or where it would go.
    fn place(&self, member: &K) -> Result<usize, usize> {
        match self.0.last() {
            Some(last) if last < member => Err(self.0.len()),
            _ => self.0.binary_search(member),
        }
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lets go of all members, and keeps their memory.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether this is a member.
    pub fn contains(&self, member: &K) -> bool {
        self.place(member).is_ok()
    }

    /// Makes this a member; whether it was none before.
    pub fn insert(&mut self, member: K) -> bool {
        let Err(at) = self.place(&member) else { return false };
        self.0.insert(at, member);
        true
    }

    /// Takes this out; whether it was a member.
    pub fn remove(&mut self, member: &K) -> bool {
        let Ok(at) = self.place(member) else { return false };
        self.0.remove(at);
        true
    }

    /// The least member.
    pub fn first(&self) -> Option<&K> {
        self.0.first()
    }

    /// The greatest member.
    pub fn last(&self) -> Option<&K> {
        self.0.last()
    }

    /// Keeps those members of which this is true; it is asked in their order.
    pub fn retain(&mut self, keeps: impl FnMut(&K) -> bool) {
        self.0.retain(keeps);
    }

    /// The members in order.
    pub fn iter(&self) -> slice::Iter<'_, K> {
        self.0.iter()
    }
}

impl<'a, K> IntoIterator for &'a SortedSet<K> {
    type Item = &'a K;
    type IntoIter = slice::Iter<'a, K>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<K> IntoIterator for SortedSet<K> {
    type Item = K;
    type IntoIter = std::vec::IntoIter<K>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<K: Ord> FromIterator<K> for SortedSet<K> {
    fn from_iter<I: IntoIterator<Item = K>>(members: I) -> Self {
        let mut set = Self::new();
        set.extend(members);
        set
    }
}

impl<K: Ord> Extend<K> for SortedSet<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, members: I) {
        for member in members {
            self.insert(member);
        }
    }
}

#[cfg(test)]
mod tests;
