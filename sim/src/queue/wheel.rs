//! A wheel for what is due soon: a slot for each stretch of time, with its events. It takes an event that falls into one
//! of its slots; any other goes to the heap, so a wheel never changes an order, only its cost.
//!
//! The few events of a short slot are kept in order. A slot that becomes long is put in order once, when its time comes:
//! where a thousand shards tell a thousand others something, a million events are due within the latency, and a heap of so
//! many costs a miss of the cache for each of its ten levels.

use super::{Due, NEVER};
use onceproof_kernel::copied_by_field;
use onceproof_kernel::time::Nanos;

/// How many slots there are.
const SLOTS: usize = 256;

/// How many events a slot keeps in order: to put one into its place costs more than the heap when there are many.
const SHORT: usize = 32;

/// Slots of events.
#[derive(Debug)]
pub(super) struct Wheel<T> {
    /// The events of each slot: the first that is due is the last, and in a slot that is in order the latest is the first.
    slots: Box<[Vec<(Due, T)>; SLOTS]>,
    /// Which slots have events: a bit for each.
    filled: [u64; SLOTS / 64],
    /// Which slots are in no order, but for the first that is due, and how many these are.
    unordered: [u64; SLOTS / 64],
    unordered_slots: u32,
    /// How long a slot is: so many bits of a time.
    bits: u32,
}

copied_by_field!([T: Copy] Wheel<T> { slots, filled, unordered, unordered_slots, bits });

/// Takes an event to its place among few.
#[inline(always)]
fn insert<T: Copy>(slot: &mut Vec<(Due, T)>, due: Due, event: T) {
    let mut place = slot.len();
    slot.push((due, event));
    while place > 0 && slot[place - 1].0 < due {
        slot[place] = slot[place - 1];
        place -= 1;
    }
    slot[place] = (due, event);
}

/// One more of many events was put behind them, without looking for its place. The first that is due stays the last.
#[cold]
fn appended<T: Copy>(slot: &mut [(Due, T)]) {
    if let [.., before, last] = slot
        && before.0 < last.0
    {
        std::mem::swap(before, last);
    }
}

impl<T: Copy> Wheel<T> {
    /// A wheel on which delays of at most `longest` find a slot.
    pub fn new(longest: Nanos) -> Wheel<T> {
        // A turn is somewhat longer than that, since events are due from now on and not from the begin of a slot.
        let length = (longest / (SLOTS as u64 - 8)).max(1).next_power_of_two();
        Wheel {
            slots: Box::new(std::array::from_fn(|_| Vec::new())),
            filled: [0; SLOTS / 64],
            unordered: [0; SLOTS / 64],
            unordered_slots: 0,
            bits: length.trailing_zeros(),
        }
    }

    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        for (word, filled) in self.filled.iter_mut().enumerate() {
            while *filled != 0 {
                self.slots[word * 64 + filled.trailing_zeros() as usize].clear();
                *filled &= *filled - 1;
            }
        }
        self.unordered = [0; SLOTS / 64];
        self.unordered_slots = 0;
    }

    /// Takes an event that is due now or later, if it has a place for it.
    #[inline(always)]
    pub fn push(&mut self, now: u64, due: Due, event: T) -> bool {
        let number = ((due >> 64) as u64) >> self.bits;
        let at = number as usize % SLOTS;
        let slot = &mut self.slots[at];
        let turns = number - (now >> self.bits);
        if turns >= SLOTS as u64 {
            return false;
        }
        if slot.len() < SHORT {
            insert(slot, due, event);
        } else if turns > 0 {
            slot.push((due, event));
            appended(slot);
            let bit = 1 << (at % 64);
            self.unordered_slots += u32::from(self.unordered[at / 64] & bit == 0);
            self.unordered[at / 64] |= bit;
        } else {
            // A long slot is in order once its time has come, and stays so.
            return false;
        }
        self.filled[at / 64] |= 1 << (at % 64);
        true
    }

    /// Takes the first event, which is due at this time, and tells when the next one is, or [`NEVER`].
    #[inline(always)]
    pub fn take(&mut self, at: u64) -> (T, Due) {
        let number = (at >> self.bits) as usize % SLOTS;
        if self.unordered_slots > 0 {
            self.put_in_order(number);
        }
        let slot = &mut self.slots[number];
        let event = slot[slot.len() - 1].1;
        slot.truncate(slot.len() - 1);
        if let Some(&(next, _)) = slot.last() {
            return (event, next);
        }
        self.filled[number / 64] &= !(1 << (number % 64));
        (event, self.first_from(number))
    }

    /// Puts a slot in order, if it is in none.
    fn put_in_order(&mut self, number: usize) {
        let bit = 1 << (number % 64);
        if self.unordered[number / 64] & bit != 0 {
            self.unordered[number / 64] &= !bit;
            self.unordered_slots -= 1;
            self.slots[number].sort_unstable_by_key(|&(due, _)| std::cmp::Reverse(due));
        }
    }

    /// All events, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &(Due, T)> {
        self.slots.iter().flatten()
    }

    /// When the first event is due, where none is before this slot; [`NEVER`] where there is none.
    fn first_from(&self, from: usize) -> Due {
        let words = self.filled.len();
        let (word, bit) = (from / 64, from % 64);
        // The word in which it begins comes first, without what is before it, and last, with that alone.
        let from_here = self.filled[word] & (u64::MAX << bit);
        let others = (1..=words).map(|by| (word + by) % words);
        let found = [(word, from_here)]
            .into_iter()
            .chain(others.map(|word| (word, self.filled[word])))
            .find(|&(_, filled)| filled != 0);
        let slot =
            found.map(|(word, filled)| &self.slots[word * 64 + filled.trailing_zeros() as usize]);
        slot.and_then(|slot| slot.last()).map_or(NEVER, |&(due, _)| due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::mix::scatter;
    use std::collections::BTreeMap;

    fn due(at: u64, number: u64) -> Due {
        u128::from(at) << 64 | u128::from(number)
    }

    #[test]
    fn what_it_takes_comes_out_in_order_turn_after_turn() {
        for longest in [1, 100, 5_000, 1 << 40] {
            let (mut wheel, mut left) = (Wheel::new(longest), BTreeMap::new());
            let (mut now, mut refused, mut most) = (0, 0, 0);
            for number in 0..60_000 {
                let draw = scatter(number);
                // At first more comes than goes, so that slots become long, and then less.
                let pops = if number < 30_000 { 1 } else { 3 };
                if draw % 4 < pops
                    && let Some((&next, _)) = left.first_key_value()
                {
                    now = (next >> 64) as u64;
                    let (taken, after) = wheel.take(now);
                    assert_eq!(Some((next, taken)), left.pop_first());
                    assert_eq!(after, left.first_key_value().map_or(NEVER, |(&due, _)| due));
                    continue;
                }
                let due = due(now + scatter(draw) % (longest + 1), number);
                match wheel.push(now, due, number) {
                    true => drop(left.insert(due, number)),
                    false => {
                        // Only a long slot refuses a delay that is not too long, and only when its time has come.
                        let bits = wheel.bits;
                        assert_eq!((due >> 64) as u64 >> bits, now >> bits);
                        refused += 1;
                    }
                }
                most = most.max(left.len());
            }
            assert!(most > 20 * SLOTS || longest == 1, "{longest}: {most}");
            assert!(refused > 0, "{longest}");
            assert!(!wheel.push(now, due(now + longest.max(512) * 3, 0), 0));
            wheel.clear();
            assert_eq!(wheel.iter().count(), 0);
            assert_eq!((wheel.unordered, wheel.unordered_slots), ([0; SLOTS / 64], 0));
        }
    }
}
