//! What is on its way or waited for, as part of the state of a world. Who has a handle is told by what that refers to.

use super::MicroBatch;
use super::kept::{Handle, Keepable, Kept, KeptLogRow, LogRow};
use super::message::{Change, Reply, Request, TaskReport, Timer};
use onceproof_kernel::effect::KeptCommit;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Pending, ToldWorld};
use std::hash::Hash;

/// Adds it.
pub fn tell_state(
    pending: Pending<'_, MicroBatch>,
    of: ToldWorld<'_, MicroBatch>,
    state: &mut WorldState,
) {
    match pending {
        Pending::Request(request) => add_request(request, of.shared, state),
        Pending::Reply(reply) => add_reply(reply, of.shared, state),
        Pending::Timer(shard, Timer::Retry { call, waits, word }) => {
            state.add((shard, waits, word));
            state.add_number(shard, call.into());
        }
        Pending::Timer(shard, timer) => state.add((shard, timer)),
        Pending::Commit(KeptCommit { commit: _, progress: _, changes }, _) => {
            state.add(changes.len());
            changes.iter().for_each(|change| add_change(change, of.shared, state));
        }
    }
}

fn add_request(request: &Request, kept: &Kept, state: &mut WorldState) {
    state.add(std::mem::discriminant(request));
    match *request {
        Request::Fresh { driver, number, batch } => state.add((driver, number, batch)),
        Request::Run { driver, life, task, order } => {
            state.add((driver, life, task, kept.get(order)));
        }
        Request::Done { driver, life, task, report } => {
            state.add((driver, life, task, std::mem::discriminant(&report)));
            match report {
                TaskReport::Succeeded { rows, sum } => state.add((kept.get(rows), sum)),
                TaskReport::FileLost(file) => state.add(file),
                TaskReport::MayNot | TaskReport::RangeGone | TaskReport::Failed => {}
            }
        }
        Request::May { driver, task } => state.add((driver, task)),
        Request::Fetch { driver, life, files, task } => {
            state.add((driver, life, kept.get(files), task));
        }
        Request::PutState { task, version, state: made } => {
            state.add((task, version, kept.get(made)));
        }
        Request::PutRow { log, batch, row } => {
            state.add((log, batch));
            add_log_row(row, kept, state);
        }
        Request::Publish { batch, rows } => state.add((batch, kept.get(rows))),
        Request::Write { task, rows } => state.add((task, kept.get(rows))),
        Request::Release { batch, to } => state.add((batch, to)),
    }
}

fn add_reply(reply: &Reply, kept: &Kept, state: &mut WorldState) {
    state.add(std::mem::discriminant(reply));
    match *reply {
        Reply::Done | Reply::NotMeant | Reply::Granted | Reply::Denied => {}
        Reply::Life(life) => state.add(life),
        Reply::File(file) => state.add(kept.get(file)),
        Reply::NoFile(task) => state.add(task),
        Reply::Stands(row) => add_log_row(row, kept, state),
    }
}

fn add_change(change: &Change, kept: &Kept, state: &mut WorldState) {
    state.add(std::mem::discriminant(change));
    match *change {
        Change::Row { log, batch, row } => {
            state.add((log, batch));
            add_log_row(row, kept, state);
        }
        Change::Accept(lineage) => state.add(lineage),
        Change::State { version, state: made } => state.add((version, kept.get(made))),
        Change::Publish { batch, rows } => state.add((batch, rows)),
        Change::Write { task, rows } => state.add((task, rows)),
        Change::Show(row) => state.add(row),
        Change::Release { batch, to } => state.add((batch, to)),
    }
}

/// Adds a row of a log that is kept.
pub fn add_log_row(row: KeptLogRow, kept: &Kept, state: &mut WorldState) {
    kept.get(row).tell_state(kept, state);
}

/// Adds what is kept in order, by what it refers to.
pub fn add_all<T: Keepable + Hash>(
    handles: impl ExactSizeIterator<Item = Handle<T>>,
    kept: &Kept,
    state: &mut WorldState,
) {
    state.add(handles.len());
    handles.for_each(|handle| state.add(kept.get(handle)));
}

impl LogRow {
    /// Adds it, and its results by what they are.
    pub fn tell_state(&self, kept: &Kept, state: &mut WorldState) {
        let LogRow { by, starts, ends, watermark, before, time, states, rows } = self;
        state.add((by, starts, ends, watermark, before, time, states));
        state.add(rows.map(|rows| kept.get(rows)));
    }
}
