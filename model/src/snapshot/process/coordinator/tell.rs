//! What of the coordinator is part of the state of a world: all of it, as it is.

use super::checkpoint::PendingCheckpoint;
use super::{JobCoordinator, Restorable};
use crate::snapshot::Snapshot;
use crate::snapshot::settings::LateAcks;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;

impl JobCoordinator {
    /// Adds its state.
    pub fn tell_state(&self, of: ToldWorld<'_, Snapshot>, state: &mut WorldState) {
        let JobCoordinator {
            hands,
            shard,
            stage,
            turn,
            token,
            attempt,
            writing,
            read_first,
            remembered,
            runners,
            newest,
            before,
            from,
            unassigned,
            awaited,
            is_due,
            pending,
            aborted,
            failed,
            last,
            finished,
        } = self;
        hands.tell_state(of, state);
        state.add((stage, turn, token, attempt));
        state.add_commits(*shard, writing);
        state.add((read_first.is_some(), remembered.is_some()));
        let restorable = [read_first.flatten(), remembered.flatten(), *from];
        restorable.into_iter().for_each(|restorable| add_restorable(restorable, of, state));
        state.add((runners, newest, before, unassigned, awaited, is_due));
        state.add((failed, last, finished, pending.is_some()));
        pending.iter().for_each(|pending| pending.tell_state(of, state));
        // Only a late ack that counts, and a record that it has written, ask for a checkpoint that was aborted.
        if of.design.settings.late_acks != LateAcks::Drop {
            state.add(aborted.len());
            aborted.iter().for_each(|aborted| aborted.tell_state(of, state));
        }
    }
}

fn add_restorable(restorable: Restorable, of: ToldWorld<'_, Snapshot>, state: &mut WorldState) {
    state.add(restorable.map(|(checkpoint, record)| (checkpoint, of.shared.record(record))));
}

impl PendingCheckpoint {
    fn tell_state(&self, of: ToldWorld<'_, Snapshot>, state: &mut WorldState) {
        let PendingCheckpoint { number, record, acks, recording } = self;
        state.add((number, record, acks, recording.map(|kept| of.shared.record(kept))));
    }
}
