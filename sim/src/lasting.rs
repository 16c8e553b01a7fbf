//! What outlives a worker: rows, services, queues, what was read of the input, what the ledger saw. A search leaves
//! out a crash before which nothing of this has changed since another one, so each change must be counted. Here it
//! is counted where it is made possible, and cannot be forgotten: once, a catalog that made an id young again when
//! it was asked told nobody, and two crashes that differ passed for one.

use std::ops::{Deref, DerefMut};

/// Something that outlives a worker, with a count of how often anyone had it in hand to change it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lasting<T> {
    inner: T,
    changes: u64,
}

impl<T> Lasting<T> {
    pub fn new(inner: T) -> Lasting<T> {
        Lasting { inner, changes: 0 }
    }

    /// Makes it the same as another one, by a copy of what is in it: both have been changed as often.
    pub fn copy_by(&mut self, from: &Lasting<T>, copy: impl FnOnce(&mut T, &T)) {
        copy(&mut self.inner, &from.inner);
        self.changes = from.changes;
    }

    /// Grows with each change. It is never reset, since only what lies between two of its values is asked for.
    pub fn changes(&self) -> u64 {
        self.changes
    }
}

impl<T> Deref for Lasting<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> DerefMut for Lasting<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        self.changes += 1;
        &mut self.inner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_changes_nothing_and_taking_in_hand_does() {
        let mut lasting = Lasting::new(vec![1, 2]);
        assert_eq!((lasting.len(), lasting.first(), lasting.changes()), (2, Some(&1), 0));
        lasting.push(3);
        assert_eq!((lasting.len(), lasting.changes()), (3, 1));
        lasting.iter_mut().for_each(|number| *number += 1);
        assert_eq!(lasting.changes(), 2);
    }
}
