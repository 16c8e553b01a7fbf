//! Faults are independent when the world is at rest between them: all that can still happen is that input
//! arrives. Two schedules that lead to a rest in one state at one time have one future. So one of them is
//! extended: the one with fewer faults, and of as many the one that is met first. A test compares what follows
//! two equal rests, fault by fault, also in wrong designs.
//!
//! Each schedule that is not tried has one that comes to the same and stands before it in that order, so by
//! going on like this one comes to a schedule that is run. The limit of events is asked of the runs that were
//! made, and of none that was left out.
//!
//! Symmetric keys and workers are not left out. Events of one instant have an order, by shard and by schedule,
//! which a permutation does not keep: two such runs are alike and not the same. What rests make equal covers
//! much of it.

use onceproof_sim::simulator::Resting;
use std::collections::BTreeMap;

/// A moment of rest: when, and in which state.
type RestAt = (u64, u128);

/// The rests of the runs without a fault and with one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Shared {
    /// 0 for the run without a fault, and one more than its number for each fault.
    first: BTreeMap<RestAt, u32>,
}

impl Shared {
    /// The rests of the run without a fault; those of runs with one are added in order.
    pub fn new(rests: &[Resting]) -> Shared {
        let mut shared = Shared::default();
        shared.add(0, rests);
        shared
    }

    /// The rests of the run with the fault of this number.
    pub fn add_fault(&mut self, number: u32, rests: &[Resting]) {
        self.add(number + 1, rests);
    }

    fn add(&mut self, order: u32, rests: &[Resting]) {
        for rest in rests {
            self.first.entry((rest.at, rest.state)).or_insert(order);
        }
    }
}

/// The rests of all runs that begin with one and the same fault.
#[derive(Debug)]
pub(super) struct Rests<'a> {
    shared: &'a Shared,
    /// The fewest faults of a schedule that led there.
    own: BTreeMap<RestAt, usize>,
}

impl<'a> Rests<'a> {
    pub fn new(shared: &'a Shared) -> Rests<'a> {
        Rests { shared, own: BTreeMap::new() }
    }

    /// How many of the faults that could follow a schedule come before a rest that another one leads to, which
    /// is tried in its place; none if there is no such rest. Schedules come in the order of their faults.
    pub fn needed(&mut self, path: &[u32], rests: &[Resting]) -> Option<usize> {
        let (size, order) = match path {
            [first] => (1, first + 1),
            path => (path.len(), u32::MAX),
        };
        for rest in rests {
            let moment = (rest.at, rest.state);
            if self.shared.first.get(&moment).is_some_and(|&other| other < order) {
                return Some(rest.before);
            }
            if size > 1 {
                let fewest = self.own.entry(moment).or_insert(usize::MAX);
                if *fewest <= size {
                    return Some(rest.before);
                }
                *fewest = size;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rests(states: &[u128]) -> Vec<Resting> {
        let rest = |(number, &state)| Resting { at: number as u64, state, before: 10 * number };
        states.iter().enumerate().map(rest).collect()
    }

    #[test]
    fn a_schedule_is_tried_until_a_rest_that_a_smaller_or_earlier_one_leads_to() {
        let mut shared = Shared::new(&rests(&[1, 2, 3]));
        shared.add_fault(0, &rests(&[7, 8, 3]));
        shared.add_fault(1, &rests(&[7, 2]));
        let mut of_first = Rests::new(&shared);
        // Itself leads where it leads; from the third rest on nothing is left of it.
        assert_eq!(of_first.needed(&[0], &rests(&[7, 8, 3])), Some(20));
        assert_eq!(Rests::new(&shared).needed(&[1], &rests(&[7, 2])), Some(0));
        // Two faults, in none of these states; then others that are in one of theirs.
        assert_eq!(of_first.needed(&[0, 5], &rests(&[9, 10])), None);
        assert_eq!(of_first.needed(&[0, 5, 1], &rests(&[11, 12])), None);
        assert_eq!(of_first.needed(&[0, 6], &rests(&[13, 10])), Some(10));
        assert_eq!(of_first.needed(&[0, 7, 2], &rests(&[14, 12])), Some(10));
        // One of three faults does not stand for one of two.
        assert_eq!(of_first.needed(&[0, 8], &rests(&[15, 12])), None);
        assert_eq!(of_first.needed(&[0, 9], &rests(&[16, 12])), Some(10));
    }

    #[test]
    fn the_same_state_at_another_time_is_another_one() {
        let shared = Shared::new(&rests(&[1, 2]));
        assert_eq!(Rests::new(&shared).needed(&[0], &rests(&[2, 1])), None);
    }
}
