//! What is on its way or waited for, as part of the state of a world. Who has a handle is told by what that refers to.

use super::Snapshot;
use super::message::{Change, Timer};
use onceproof_kernel::effect::KeptCommit;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Pending, ToldWorld};

/// Adds it.
pub fn tell_state(
    pending: Pending<'_, Snapshot>,
    of: ToldWorld<'_, Snapshot>,
    state: &mut WorldState,
) {
    match pending {
        Pending::Request(request) => state.add(request),
        Pending::Reply(reply) => state.add(reply),
        Pending::Timer(shard, Timer::Retry { call, waits, word }) => {
            state.add((shard, waits, word));
            state.add_number(shard, call.into());
        }
        Pending::Timer(shard, timer) => state.add((shard, timer)),
        Pending::Commit(KeptCommit { commit: _, progress: _, changes }, _) => {
            state.add(changes.len());
            changes.iter().for_each(|change| add_change(change, of, state));
        }
    }
}

fn add_change(change: &Change, of: ToldWorld<'_, Snapshot>, state: &mut WorldState) {
    state.add(std::mem::discriminant(change));
    match *change {
        Change::Lead { from, keeps_token, life } => state.add((from, keeps_token, life)),
        Change::Complete { token, checkpoint, record, is_savepoint, progress } => {
            state.add((token, checkpoint, of.shared.record(record), is_savepoint, progress));
        }
        Change::Unit { unit, parts, first } => state.add((unit, parts, first)),
        Change::Delete { token, checkpoint } => state.add((token, checkpoint)),
        Change::DropBlob(blob) => state.add(blob),
        Change::Discard { token, attempt, checkpoint } => state.add((token, attempt, checkpoint)),
        Change::Finish { token } => state.add(token),
        Change::Upload { blob, state: kept } => state.add((blob, of.shared.state(kept))),
        Change::Fence { attempt } => state.add(attempt),
        Change::Begin(name) | Change::Rollback(name) => state.add(name),
        Change::Write { transaction, number, row } => state.add((transaction, number, row)),
        Change::Commit(handle) => state.add(handle),
    }
}
