//! Doubled requests. The acks of both copies share one point, so they share its fate, and it is one fault. Were each copy
//! asked about, one run could have two faults at one point, and no file could say which.

use super::AckFate;
use hashbrown::HashMap;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::state::WorldState;
use rustc_hash::FxBuildHasher;

/// The requests that were doubled and are answered.
#[derive(Debug, Default)]
pub(super) struct Twins {
    /// How many acks were sent of each, by the point that all of them share.
    acks: HashMap<u64, u8, FxBuildHasher>,
    /// Since there was one, the fates of all acks.
    fates: HashMap<u64, AckFate, FxBuildHasher>,
}

copied_by_field!(Twins { acks, fates });

impl Twins {
    /// Whether no request was doubled.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.acks.is_empty()
    }

    pub fn clear(&mut self) {
        self.acks.clear();
        self.fates.clear();
    }

    /// A request is doubled.
    pub fn double(&mut self, point: u64) {
        self.acks.insert(point, 0);
    }

    /// An ack is sent: its fate, if another one had it before.
    pub fn ack(&mut self, point: u64) -> Option<AckFate> {
        if let Some(acks) = self.acks.get_mut(&point) {
            *acks = acks.saturating_add(1);
        }
        self.fates.get(&point).copied()
    }

    /// The fate of an ack that was sent first.
    pub fn decide(&mut self, point: u64, fate: AckFate) {
        self.fates.insert(point, fate);
    }

    /// Adds the requests of which not both copies were acked. After that nothing is acked at their point any more.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Twins { acks, fates } = self;
        let open = acks.iter().filter(|&(_, &acks)| acks < 2);
        state.add_set(open.map(|(point, acks)| (point, acks, fates.get(point))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(twins: &Twins) -> u128 {
        let mut state = WorldState::default();
        twins.tell_state(&mut state);
        state.state().expect("it can be told")
    }

    #[test]
    fn a_doubled_request_is_part_of_the_state_until_both_copies_are_acked() {
        let none = state(&Twins::default());
        let doubled = |point| {
            let mut twins = Twins::default();
            twins.double(point);
            twins
        };
        let acked = |fate| {
            let mut twins = doubled(1);
            assert_eq!(twins.ack(1), None);
            twins.decide(1, fate);
            twins
        };
        let states = [
            none,
            state(&doubled(1)),
            state(&doubled(2)),
            state(&acked(AckFate::Pass)),
            state(&acked(AckFate::Lost)),
        ];
        for (at, one) in states.iter().enumerate() {
            assert!(!states[..at].contains(one), "state {at}");
        }
        let mut both = acked(AckFate::Lost);
        assert_eq!(both.ack(1), Some(AckFate::Lost));
        assert_eq!(state(&both), none);
    }

    #[test]
    fn acks_of_other_requests_are_no_part_of_the_state() {
        let mut twins = Twins::default();
        twins.double(1);
        let before = state(&twins);
        assert_eq!(twins.ack(2), None);
        twins.decide(2, AckFate::Lost);
        assert_eq!(state(&twins), before);
        assert_eq!(twins.ack(2), Some(AckFate::Lost));
    }
}
