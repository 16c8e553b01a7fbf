//! What messages and changes say, as numbers that a fingerprint folds in. What they refer to goes in by its hash, and lineages
//! not at all: they are there for whoever watches.

use super::kept::of_task;
use super::message::{
    Change, ExecutorLife, LogOf, Reply, Request, ResultRow, StateVersion, TaskReport,
};
use onceproof_kernel::mix::words;
use onceproof_kernel::name::Vocabulary;

/// What a request says.
pub(super) fn of_request(request: &Request) -> [u64; 2] {
    match *request {
        Request::Fresh { driver, number, batch } => {
            [words([1, driver, number.into()]), batch.into()]
        }
        Request::Run { driver, life, task, order } => {
            [words([2, driver, of_life(life), order.hash]), of_task(&task)]
        }
        Request::Done { driver, life, task, report } => {
            [words([3, driver, of_life(life), of_report(&report)]), of_task(&task)]
        }
        Request::May { driver, task } => [words([4, driver]), of_task(&task)],
        Request::Fetch { driver, life, files, task } => {
            [words([5, driver, of_life(life), files.hash]), of_task(&task)]
        }
        Request::PutState { task, version, state } => {
            [words([6, of_version(&version), state.hash]), of_task(&task)]
        }
        Request::PutRow { log, batch, row } => [words([7, of_log(log), row.hash]), batch.into()],
        Request::Publish { batch, rows } => [words([8, rows.hash]), batch.into()],
        Request::Write { task, rows } => [words([9, rows.hash]), of_task(&task)],
        Request::Release { batch, to } => [words([10, to]), batch.into()],
    }
}

/// What a reply says.
pub(super) fn of_reply(reply: &Reply) -> u64 {
    match *reply {
        Reply::Done => 1,
        Reply::NotMeant => 2,
        Reply::Life(life) => words([3, of_life(life)]),
        Reply::Granted => 4,
        Reply::Denied => 5,
        Reply::File(file) => words([6, file.hash]),
        Reply::NoFile(task) => words([7, of_task(&task)]),
        Reply::Stands(row) => words([8, row.hash]),
    }
}

/// What a change says.
pub(super) fn of_change(change: &Change, known: &Vocabulary) -> u64 {
    match *change {
        Change::Row { log, batch, row } => words([1, of_log(log), batch.into(), row.hash]),
        // It is there for whoever watches.
        Change::Accept(_) => 2,
        Change::State { version, state } => words([3, of_version(&version), state.hash]),
        Change::Publish { batch, rows } => words([4, batch.into(), rows.into()]),
        Change::Write { task, rows } => words([5, of_task(&task), rows.into()]),
        Change::Show(ResultRow { table, record, pane }) => {
            let pane = pane.map_or(0, |(start, value)| words([start.0 as u64, value as u64]));
            words([6, table.0.into(), record.digest(known), pane])
        }
        Change::Release { batch, to } => words([7, batch.into(), to]),
    }
}

fn of_life(ExecutorLife { token, turn }: ExecutorLife) -> u64 {
    words([token, turn.into()])
}

fn of_log(log: LogOf) -> u64 {
    match log {
        LogOf::Offsets => 1,
        LogOf::Results => 2,
        LogOf::Commits => 3,
    }
}

fn of_version(StateVersion { version, by }: &StateVersion) -> u64 {
    words([(*version).into(), by.as_ref().map_or(0, of_task)])
}

fn of_report(report: &TaskReport) -> u64 {
    match report {
        TaskReport::Succeeded { rows, sum } => words([1, rows.hash, *sum]),
        TaskReport::FileLost(task) => words([2, of_task(task)]),
        TaskReport::MayNot => 3,
        TaskReport::RangeGone => 4,
        TaskReport::Failed => 5,
    }
}
