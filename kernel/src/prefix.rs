//! A set of numbers that is filled nearly in order: everything below a bound, and some above it. A
//! source shard keeps its committed offsets so (they commit out of order), the store the numbers of the
//! commits that it has applied.

use std::collections::VecDeque;

/// Numbers from 0, nearly in order.
#[derive(PartialEq, Eq, Hash, Debug, Default)]
pub struct Prefix {
    next: u64,
    above: VecDeque<bool>,
}

crate::copied_by_field!(Prefix { next, above });

impl Prefix {
    /// Adds a number; false if it was there.
    #[inline]
    pub fn insert(&mut self, number: u64) -> bool {
        if number == self.next && self.above.is_empty() {
            self.next += 1;
            return true;
        }
        self.insert_out_of_order(number)
    }

    fn insert_out_of_order(&mut self, number: u64) -> bool {
        let Some(at) = number.checked_sub(self.next) else {
            return false;
        };
        let at = usize::try_from(at).expect("numbers are dense");
        if at >= self.above.len() {
            self.above.resize(at + 1, false);
        }
        let new = !std::mem::replace(&mut self.above[at], true);
        while self.above.front() == Some(&true) {
            self.above.pop_front();
            self.next += 1;
        }
        new
    }

    /// Adds a number and all below it.
    pub fn insert_all_to(&mut self, number: u64) {
        for number in self.next..=number {
            self.insert(number);
        }
    }

    /// Whether a number is in the set.
    pub fn contains(&self, number: u64) -> bool {
        match number.checked_sub(self.next) {
            None => true,
            Some(at) => self.above.get(at as usize).copied().unwrap_or(false),
        }
    }

    /// The least number that is not in the set.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Empties the set and keeps its memory.
    pub fn clear(&mut self) {
        self.next = 0;
        self.above.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_order_fill_the_gap() {
        let mut set = Prefix::default();
        assert!(set.insert(0));
        assert!(set.insert(2));
        assert!(set.contains(2) && !set.contains(1));
        assert_eq!(set.next(), 1);
        assert!(set.insert(1));
        assert_eq!(set.next(), 3);
        assert!(!set.insert(1) && !set.insert(2));
        assert!(!set.contains(3));
    }
}
