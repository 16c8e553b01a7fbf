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

#[cfg(test)]
mod tests {
    use super::super::checkpoint::TaskAck;
    use super::super::{LeaderStage, LeaderWrite, TaskRunner};
    use super::*;
    use crate::each_told::{SHARD, assert_each_is_told, ignore, steps};
    use crate::snapshot::design::Design;
    use crate::snapshot::settings::Settings;
    use crate::snapshot::state::{CheckpointRecord, KeptStates};
    use onceproof_kernel::sorted::SortedMap;

    #[test]
    fn each_part_of_a_coordinator_is_told() {
        let settings = Settings { late_acks: LateAcks::Complete, ..Settings::FIRST };
        let design = Design::new(steps().map(|step| (step, true)).to_vec(), settings);
        let design = design.expect("a chain");
        let mut shared = KeptStates::default();
        let [first, second] = [1, 2].map(|attempt| {
            shared.keep_record(CheckpointRecord { attempt, ..CheckpointRecord::default() })
        });
        let of = ToldWorld { design: &design, shared: &shared };
        let ack = TaskAck { is_ended: false, handles: 0 };
        let pending = |recording, number, acks: u32| PendingCheckpoint {
            number,
            record: CheckpointRecord::default(),
            acks: (0..acks).map(|task| (onceproof_kernel::layout::ShardIndex(task), ack)).collect(),
            recording,
        };
        assert_each_is_told(
            &JobCoordinator::new(SHARD),
            |coordinator, state| coordinator.tell_state(of, state),
            &[
                &|it| it.hands.commits = 1,
                &|it| it.stage = LeaderStage::Leading,
                &|it| it.stage = LeaderStage::Running,
                &|it| it.turn = 1,
                &|it| it.token = 1,
                &|it| it.attempt = 1,
                &|it| ignore(it.writing.insert(0, LeaderWrite::Lead)),
                &|it| ignore(it.writing.insert(1, LeaderWrite::Lead)),
                &|it| ignore(it.writing.insert(0, LeaderWrite::Other)),
                &|it| it.read_first = Some(None),
                &|it| it.read_first = Some(Some((1, first))),
                &|it| it.remembered = Some(None),
                &|it| it.remembered = Some(Some((1, first))),
                &|it| it.remembered = Some(Some((1, second))),
                &|it| ignore(it.runners.insert(SHARD, TaskRunner { life: 1, has_begun: false })),
                &|it| ignore(it.runners.insert(SHARD, TaskRunner { life: 2, has_begun: false })),
                &|it| ignore(it.runners.insert(SHARD, TaskRunner { life: 1, has_begun: true })),
                &|it| ignore(it.newest.insert(SHARD, 1)),
                &|it| ignore(it.before.insert(SHARD, 1)),
                &|it| it.from = Some((1, first)),
                &|it| it.from = Some((2, first)),
                &|it| ignore(it.unassigned.insert(SHARD)),
                &|it| ignore(it.awaited.insert((SHARD, true))),
                &|it| ignore(it.awaited.insert((SHARD, false))),
                &|it| it.is_due = true,
                &|it| it.pending = Some(pending(None, 1, 0)),
                &|it| it.pending = Some(pending(None, 2, 0)),
                &|it| it.pending = Some(pending(None, 1, 1)),
                &|it| it.pending = Some(pending(Some(first), 1, 0)),
                &|it| it.pending = Some(pending(Some(second), 1, 0)),
                &|it| it.aborted.push(pending(None, 1, 0)),
                &|it| it.aborted.push(pending(None, 1, 1)),
                &|it| it.failed = 1,
                &|it| it.last = 1,
                &|it| ignore(it.finished.insert(SHARD)),
            ],
        );
    }

    #[test]
    fn of_an_aborted_checkpoint_whose_acks_are_dropped_nothing_is_told() {
        let design = Design::new(steps().map(|step| (step, true)).to_vec(), Settings::FIRST);
        let (design, shared) = (design.expect("a chain"), KeptStates::default());
        let of = ToldWorld { design: &design, shared: &shared };
        let state = |aborted| {
            let mut state = WorldState::of(vec![onceproof_kernel::state::Life {
                token: 0,
                serials: 0,
                commits: 0,
            }]);
            JobCoordinator { aborted, ..JobCoordinator::new(SHARD) }.tell_state(of, &mut state);
            state.state()
        };
        let (record, acks) = (CheckpointRecord::default(), SortedMap::new());
        let aborted = PendingCheckpoint { number: 1, record, acks, recording: None };
        assert!(state(Vec::new()).is_some());
        assert_eq!(state(Vec::new()), state(vec![aborted]));
    }
}
