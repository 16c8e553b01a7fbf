//! Two schedules that lead to one state at one time have one future ([`WorldState`](onceproof_kernel::state::WorldState)).
//! So one of them is extended from there: the one with fewer faults, and of as many the one that is met first. A test
//! compares what follows two equal states, fault by fault, also in wrong designs.
//!
//! Each schedule that is not tried has one that comes to the same and stands before it in that order, so by
//! going on like this one comes to a schedule that is run. The limit of events is asked of the runs that were
//! made, and of none that was left out.
//!
//! Symmetric keys and workers are not left out. Events of one instant have an order, by shard and by schedule,
//! which a permutation does not keep: two such runs are alike and not the same.

use onceproof_sim::simulator::StateMet;
use std::collections::BTreeMap;

/// How many states are kept at most of the runs that begin with one fault: some 200 MiB. What comes to a state that is not
/// kept is run, so nothing is missed without it.
const MOST: usize = 1 << 22;

/// The states of the runs without a fault and with one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Shared {
    /// 0 for the run without a fault, and one more than its number for each fault.
    first: BTreeMap<u128, u32>,
}

impl Shared {
    /// The states of the run without a fault; those of runs with one are added in order.
    pub fn new(states: &[StateMet]) -> Shared {
        let mut shared = Shared::default();
        shared.add(0, states);
        shared
    }

    /// The states of the run with the fault of this number.
    pub fn add_fault(&mut self, number: u32, states: &[StateMet]) {
        self.add(number + 1, states);
    }

    fn add(&mut self, order: u32, states: &[StateMet]) {
        for met in states {
            self.first.entry(met.state).or_insert(order);
        }
    }
}

/// The states of all runs that begin with one and the same fault.
#[derive(Debug)]
pub(super) struct StatesMet<'a> {
    shared: &'a Shared,
    /// The fewest faults of a schedule that led there.
    own: BTreeMap<u128, u8>,
    most: usize,
}

impl<'a> StatesMet<'a> {
    pub fn new(shared: &'a Shared) -> StatesMet<'a> {
        StatesMet { shared, own: BTreeMap::new(), most: MOST }
    }

    /// Whether this schedule is the one that is extended from a state that it leads to, and no other one leads there that
    /// is tried in its place. Schedules come in the order of their faults, and states in the order of time; after one that
    /// is not new the schedule has no more.
    pub fn is_new(&mut self, path: &[u32], met: &StateMet) -> bool {
        let order = match path {
            [first] => first + 1,
            _ => u32::MAX,
        };
        if self.shared.first.get(&met.state).is_some_and(|&other| other < order) {
            return false;
        }
        if path.len() == 1 {
            return true;
        }
        let size = path.len() as u8;
        let has_room = self.own.len() < self.most;
        match self.own.get_mut(&met.state) {
            Some(fewest) if *fewest <= size => return false,
            Some(fewest) => *fewest = size,
            None if has_room => drop(self.own.insert(met.state, size)),
            None => {}
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(states: &[u128]) -> Vec<StateMet> {
        let met = |(number, &state)| StateMet { at: number as u64, state, before: 10 * number };
        states.iter().enumerate().map(met).collect()
    }

    /// How many possible faults a schedule with these states needs, if not all.
    fn needed(met: &mut StatesMet<'_>, path: &[u32], of: &[u128]) -> Option<usize> {
        states(of).iter().find(|state| !met.is_new(path, state)).map(|state| state.before)
    }

    #[test]
    fn a_schedule_is_tried_until_a_state_that_a_smaller_or_earlier_one_leads_to() {
        let mut shared = Shared::new(&states(&[1, 2, 3]));
        shared.add_fault(0, &states(&[7, 8, 3]));
        shared.add_fault(1, &states(&[7, 2]));
        let mut of_first = StatesMet::new(&shared);
        // Itself leads where it leads; from the third state on nothing is left of it.
        assert_eq!(needed(&mut of_first, &[0], &[7, 8, 3]), Some(20));
        assert_eq!(needed(&mut StatesMet::new(&shared), &[1], &[7, 2]), Some(0));
        // Two faults, in none of these states; then others that are in one of theirs.
        assert_eq!(needed(&mut of_first, &[0, 5], &[9, 10]), None);
        assert_eq!(needed(&mut of_first, &[0, 5, 1], &[11, 12]), None);
        assert_eq!(needed(&mut of_first, &[0, 6], &[13, 10]), Some(10));
        assert_eq!(needed(&mut of_first, &[0, 7, 2], &[14, 12]), Some(10));
        // One of three faults does not stand for one of two.
        assert_eq!(needed(&mut of_first, &[0, 8], &[15, 12]), None);
        assert_eq!(needed(&mut of_first, &[0, 9], &[16, 12]), Some(10));
    }

    #[test]
    fn what_comes_to_a_state_that_is_not_kept_is_tried() {
        let shared = Shared::default();
        let mut met = StatesMet { most: 2, ..StatesMet::new(&shared) };
        assert_eq!(needed(&mut met, &[0, 1], &[1, 2, 3]), None);
        assert_eq!(needed(&mut met, &[0, 2], &[3, 4, 2]), Some(20));
    }
}
