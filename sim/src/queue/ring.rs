//! A queue, first in, first out, in a ring whose length is a power of two: the next place is found by a mask.

use super::{Due, NEVER};
use onceproof_kernel::copied_by_field;

/// A ring of events.
#[derive(Debug)]
pub(super) struct Ring<T> {
    /// As many places as a power of two, or none yet.
    places: Vec<(Due, T)>,
    first: usize,
    len: usize,
}

copied_by_field!([T: Copy] Ring<T> { places, first, len });

impl<T> Default for Ring<T> {
    fn default() -> Ring<T> {
        Ring { places: Vec::new(), first: 0, len: 0 }
    }
}

impl<T: Copy + Default> Ring<T> {
    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        (self.first, self.len) = (0, 0);
    }

    /// Whether it has no event.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Puts an event behind all others.
    #[inline(always)]
    pub fn push_back(&mut self, event: (Due, T)) {
        if self.len == self.places.len() {
            self.grow();
        }
        let at = self.at(self.len);
        self.places[at] = event;
        self.len += 1;
    }

    /// Takes the first event, which must be there, and tells when the next one is due, or [`NEVER`].
    #[inline(always)]
    pub fn take(&mut self) -> (T, Due) {
        let event = self.places[self.first].1;
        self.first = self.at(1);
        self.len -= 1;
        let next = if self.len > 0 { self.places[self.first].0 } else { NEVER };
        (event, next)
    }

    /// All events, first to last.
    pub fn iter(&self) -> impl Iterator<Item = &(Due, T)> {
        (0..self.len).map(|number| &self.places[self.at(number)])
    }

    #[inline(always)]
    fn at(&self, number: usize) -> usize {
        (self.first + number) & (self.places.len() - 1)
    }

    /// Twice as many places, the new ones filled with anything. It is not handed the event that needs one: what has an
    /// address somewhere is written there first, and copied to its place then.
    #[cold]
    fn grow(&mut self) {
        let mut places: Vec<(Due, T)> = self.iter().copied().collect();
        places.resize((self.len * 2).max(16), (NEVER, T::default()));
        (self.places, self.first) = (places, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_first_comes_out_first_however_the_ring_grows_and_turns() {
        let mut ring = Ring::default();
        let (mut put, mut taken) = (0_u128, 0_u128);
        for round in 0..200 {
            for _ in 0..round % 7 {
                ring.push_back((put, put));
                put += 1;
            }
            assert_eq!(ring.iter().count() as u128, put - taken);
            for _ in 0..round % 5 {
                if !ring.is_empty() {
                    let next = if taken + 1 < put { taken + 1 } else { NEVER };
                    assert_eq!(ring.take(), (taken, next));
                    taken += 1;
                }
            }
            let is_empty = put == taken;
            assert_eq!(ring.is_empty(), is_empty);
        }
        assert!(taken > 300, "{taken}");
    }
}
