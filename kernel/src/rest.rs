//! Rest: a moment at which nothing is on its way and nobody waits for an answer. What is left then is little
//! enough to be put into one number, the state, so that two runs can be compared: at rest in one state at one
//! time, they have one future.
//!
//! Each part of a world takes itself apart, so that a new field does not compile until it is said what it is:
//! state, something that is empty at rest, or something that decides nothing. What decides nothing are caches,
//! memory that is used again, figures for the report, and numbers that only tell messages apart (tokens,
//! serials, numbers of commits, attempts): at rest there is no message, and later ones have greater numbers.

use crate::mix::{fold, scatter};
use std::hash::{Hash, Hasher};

/// Whether a world is at rest, and in which state.
#[derive(Clone, Debug)]
pub struct Rest {
    halves: [u64; 2],
    is_at_rest: bool,
}

impl Default for Rest {
    fn default() -> Rest {
        Rest { halves: [1, 2], is_at_rest: true }
    }
}

impl Rest {
    /// It is not at rest unless this is so.
    pub fn requires(&mut self, is_so: bool) {
        self.is_at_rest &= is_so;
    }

    /// Whether it is at rest, as far as it was asked.
    pub fn is_at_rest(&self) -> bool {
        self.is_at_rest
    }

    /// Adds a part of the state.
    pub fn add(&mut self, part: impl Hash) {
        part.hash(self);
    }

    /// Adds parts that are in an order.
    pub fn add_list(&mut self, parts: impl IntoIterator<Item = impl Hash>) {
        let mut length = 0_u64;
        for part in parts {
            part.hash(self);
            length += 1;
        }
        length.hash(self);
    }

    /// Adds parts whose order means nothing.
    pub fn add_set(&mut self, parts: impl IntoIterator<Item = impl Hash>) {
        let mut sum = [0_u64; 2];
        for part in parts {
            let mut one = Rest::default();
            part.hash(&mut one);
            for (sum, half) in sum.iter_mut().zip(one.halves) {
                *sum = sum.wrapping_add(scatter(half));
            }
        }
        sum.hash(self);
    }

    /// The state, if it is at rest.
    pub fn state(&self) -> Option<u128> {
        let [low, high] = self.halves;
        self.is_at_rest.then_some((u128::from(high) << 64) | u128::from(low))
    }
}

impl Hasher for Rest {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        let [low, high] = self.halves;
        self.halves = [scatter(fold(low, word)), scatter(high ^ scatter(word))];
    }

    fn finish(&self) -> u64 {
        self.halves[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(fill: impl Fn(&mut Rest)) -> Option<u128> {
        let mut rest = Rest::default();
        fill(&mut rest);
        rest.state()
    }

    #[test]
    fn lists_have_an_order_and_sets_have_none() {
        assert_ne!(state(|rest| rest.add_list([1, 2])), state(|rest| rest.add_list([2, 1])));
        assert_eq!(state(|rest| rest.add_set([1, 2, 3])), state(|rest| rest.add_set([3, 1, 2])));
        assert_ne!(state(|rest| rest.add_set([1, 1])), state(|rest| rest.add_set([1])));
        assert_ne!(state(|rest| rest.add_set([1, 3])), state(|rest| rest.add_set([2, 2])));
    }

    #[test]
    fn where_a_list_ends_is_part_of_the_state() {
        let lists = |first: &'static [u8], second: &'static [u8]| {
            state(move |rest| {
                rest.add_list(first);
                rest.add_list(second);
            })
        };
        assert_ne!(lists(&[1], &[2, 3]), lists(&[1, 2], &[3]));
        assert_ne!(lists(&[], &[1]), lists(&[1], &[]));
    }

    #[test]
    fn every_part_is_part_of_the_state() {
        let parts = [state(|_| {}), state(|rest| rest.add(1)), state(|rest| rest.add(2))];
        assert_eq!(parts[1], state(|rest| rest.add(1)));
        assert_ne!(parts[0], parts[1]);
        assert_ne!(parts[1], parts[2]);
    }

    #[test]
    fn what_is_not_so_leaves_no_rest() {
        let asked = |is_so| {
            let mut rest = Rest::default();
            rest.requires(is_so);
            rest.is_at_rest()
        };
        assert!(asked(true) && !asked(false));
        assert!(state(|rest| rest.requires(true)).is_some());
        assert_eq!(
            state(|rest| [false, true].map(|is_so| rest.requires(is_so)).iter().for_each(drop)),
            None
        );
    }
}
