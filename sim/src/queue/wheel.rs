//! A wheel for what is due soon: a slot for each stretch of time, each with its few events in order. It takes an event
//! that falls into one of its slots while the slot is short; any other goes to the heap, so a wheel never changes an
//! order, only its cost.

use super::Due;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::time::Nanos;

/// How many slots there are.
const SLOTS: usize = 256;

/// How many events a slot holds at most: to put one in order costs more than the heap when there are many.
const MOST: usize = 32;

/// Slots of events.
#[derive(Debug)]
pub(super) struct Wheel<T> {
    /// The events of each slot, the latest first.
    slots: Vec<Vec<(Due, T)>>,
    /// Which slots have events: a bit for each.
    filled: [u64; SLOTS / 64],
    /// How long a slot is: so many bits of a time.
    bits: u32,
}

copied_by_field!([T: Copy] Wheel<T> { slots, filled, bits });

impl<T: Copy> Wheel<T> {
    /// A wheel on which delays of at most `longest` find a slot.
    pub fn new(longest: Nanos) -> Wheel<T> {
        // A turn is somewhat longer than that, since events are due from now on and not from the begin of a slot.
        let length = (longest / (SLOTS as u64 - 8)).max(1).next_power_of_two();
        Wheel {
            slots: (0..SLOTS).map(|_| Vec::new()).collect(),
            filled: [0; SLOTS / 64],
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
    }

    /// Takes an event that is due now or later, if it has a place for it.
    #[inline(always)]
    pub fn push(&mut self, now: u64, due: Due, event: T) -> bool {
        let number = ((due >> 64) as u64) >> self.bits;
        let at = number as usize % SLOTS;
        let slot = &mut self.slots[at];
        if number - (now >> self.bits) >= SLOTS as u64 || slot.len() >= MOST {
            return false;
        }
        let mut place = slot.len();
        slot.push((due, event));
        while place > 0 && slot[place - 1].0 < due {
            slot[place] = slot[place - 1];
            place -= 1;
        }
        slot[place] = (due, event);
        self.filled[at / 64] |= 1 << (at % 64);
        true
    }

    /// Takes the first event, which is due at this time, and tells when the next one is.
    #[inline(always)]
    pub fn pop(&mut self, at: u64) -> Option<((Due, T), Option<Due>)> {
        let number = (at >> self.bits) as usize % SLOTS;
        let slot = &mut self.slots[number];
        let first = slot.pop()?;
        if let Some(&(next, _)) = slot.last() {
            return Some((first, Some(next)));
        }
        self.filled[number / 64] &= !(1 << (number % 64));
        Some((first, self.first_from(number)))
    }

    /// All events, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &(Due, T)> {
        self.slots.iter().flatten()
    }

    /// When the first event is due, where none is before this slot.
    fn first_from(&self, from: usize) -> Option<Due> {
        let words = self.filled.len();
        let (word, bit) = (from / 64, from % 64);
        // The word in which it begins comes first, without what is before it, and last, with that alone.
        let from_here = self.filled[word] & (u64::MAX << bit);
        let others = (1..=words).map(|by| (word + by) % words);
        let found = [(word, from_here)]
            .into_iter()
            .chain(others.map(|word| (word, self.filled[word])))
            .find(|&(_, filled)| filled != 0);
        let (word, filled) = found?;
        let slot = &self.slots[word * 64 + filled.trailing_zeros() as usize];
        slot.last().map(|&(due, _)| due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::mix::scatter;

    fn due(at: u64, number: u64) -> Due {
        u128::from(at) << 64 | u128::from(number)
    }

    #[test]
    fn what_it_takes_comes_out_in_order_turn_after_turn() {
        for longest in [1, 100, 5_000, 1 << 40] {
            let (mut wheel, mut left) = (Wheel::new(longest), Vec::new());
            let (mut now, mut first, mut refused) = (0, None::<Due>, 0);
            for number in 0..5_000 {
                let draw = scatter(number);
                if draw.is_multiple_of(2)
                    && let Some(next) = first
                {
                    let (taken, after) = wheel.pop((next >> 64) as u64).expect("an event");
                    left.sort_unstable();
                    assert_eq!(taken, left.remove(0));
                    now = (taken.0 >> 64) as u64;
                    first = after;
                    assert_eq!(first, left.iter().map(|&(due, _)| due).min());
                    continue;
                }
                let due = due(now + scatter(draw) % (longest + 1), number);
                match wheel.push(now, due, number) {
                    true => {
                        left.push((due, number));
                        first = Some(first.map_or(due, |first| first.min(due)));
                    }
                    false => refused += 1,
                }
            }
            // Only a slot that is full refuses a delay that is not too long.
            assert!(refused == 0 || longest == 1, "{longest}: {refused}");
            assert!(!wheel.push(now, due(now + longest.max(512) * 3, 0), 0));
        }
    }
}
