//! What is on its way or waited for, as part of the state of a world. Who has a handle is told by what that refers to.

use super::Transactions;
use super::message::{Change, KeptBatches, Reply, Request, Timer};
use onceproof_kernel::effect::KeptCommit;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Pending, ToldWorld};

/// Adds it.
pub fn tell_state(
    pending: Pending<'_, Transactions>,
    of: ToldWorld<'_, Transactions>,
    state: &mut WorldState,
) {
    match pending {
        Pending::Request(request) => add_request(request, of.shared, state),
        Pending::Reply(reply) => add_reply(reply, of.shared, state),
        Pending::Timer(shard, timer) => add_timer(shard, timer, state),
        Pending::Commit(KeptCommit { commit: _, progress: _, changes }, _) => {
            state.add(changes.len());
            changes.iter().for_each(|change| add_change(change, state));
        }
    }
}

/// Adds what a process is woken with.
pub fn add_timer(shard: ShardIndex, timer: Timer, state: &mut WorldState) {
    state.add((shard, std::mem::discriminant(&timer)));
    match timer {
        Timer::Retry { call, waits, word } => {
            state.add((waits, word));
            state.add_number(shard, call.into());
        }
        Timer::TimedOut { id, start } => state.add((id, start)),
        Timer::Rebalance { round } => state.add(round),
        Timer::Apply { id, commits } => state.add((id, commits)),
        Timer::SessionEnds { client, member } => state.add((client, member)),
        Timer::Input | Timer::Heartbeat => {}
    }
}

fn add_request(request: &Request, kept: &KeptBatches, state: &mut WorldState) {
    state.add(std::mem::discriminant(request));
    match *request {
        Request::Init { id, member } => state.add((id, member)),
        Request::Add { producer, partitions } => {
            state.add((producer, kept.numbers(partitions)));
        }
        Request::End { producer, commits } => state.add((producer, commits)),
        Request::Produce { producer, sequence, unit, row, more } => {
            state.add((producer, sequence, unit, row, more.map(|more| kept.of(more))));
        }
        Request::Offsets { producer, member, generation, positions, unit } => {
            state.add((producer, member, generation, kept.numbers(positions), unit));
        }
        Request::Join { member } => state.add(member),
        Request::Fetch { task } => state.add(task),
        // The coordinator does not read for what the answer is.
        Request::Verify { producer, guard: _ } => state.add(producer),
        Request::Marker { producer, coordinator, commits } => {
            state.add((producer, coordinator, commits));
        }
    }
}

fn add_change(change: &Change, state: &mut WorldState) {
    match change {
        Change::Transaction { id, is } => {
            state.add((std::mem::discriminant(change), id));
            is.tell_state(state);
        }
        other => state.add(other),
    }
}

fn add_reply(reply: &Reply, kept: &KeptBatches, state: &mut WorldState) {
    state.add(std::mem::discriminant(reply));
    match *reply {
        Reply::Epoch(epoch) => state.add(epoch),
        Reply::At(offset) => state.add(offset),
        Reply::Assigned { generation, tasks } => state.add((generation, kept.numbers(tasks))),
        Reply::Done | Reply::Again | Reply::Fenced | Reply::Abort | Reply::Stale => {}
    }
}
