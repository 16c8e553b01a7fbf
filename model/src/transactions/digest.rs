//! What messages and changes say, as numbers that a fingerprint folds in. Keys and names go in by their hashes, and
//! lineages not at all: they are there for whoever watches.

use super::message::{Change, LogEntry, Producer, Reply, Request, Transaction};
use crate::stream::{Sum, digest_of_standing};
use onceproof_kernel::mix::words;
use onceproof_kernel::name::Vocabulary;

/// What a request says.
pub(super) fn of_request(request: &Request, known: &Vocabulary) -> [u64; 2] {
    match *request {
        Request::Init { id, member } => [words([1, id.into()]), member],
        Request::Add { producer, partitions } => [words([2, of(producer)]), partitions.hash],
        Request::End { producer, commits } => [words([3, of(producer)]), commits.into()],
        Request::Produce { producer, sequence, row, more, unit: _ } => {
            let more = more.map_or(0, |more| more.hash);
            [words([4, of(producer), sequence.into(), more]), of_row(&row, known)]
        }
        Request::Offsets { producer, member, generation, positions, unit: _ } => {
            [words([5, of(producer), member, generation.into()]), positions.hash]
        }
        Request::Join { member } => [6, member],
        Request::Fetch { task } => [7, task.into()],
        Request::Verify { producer, guard } => [words([8, of(producer)]), guard.into()],
        Request::Marker { producer, coordinator, commits } => {
            [words([9, of(producer)]), words([coordinator, commits.into()])]
        }
    }
}

/// What the entries of a batch after its first say.
pub(super) fn of_entries(entries: &[LogEntry], known: &Vocabulary) -> u64 {
    entries.iter().fold(entries.len() as u64, |hash, row| words([hash, of_row(row, known)]))
}

/// What a reply says.
pub(super) fn of_reply(reply: &Reply) -> u64 {
    match *reply {
        Reply::Epoch(epoch) => words([1, epoch.into()]),
        Reply::Done => 2,
        Reply::At(offset) => words([3, offset]),
        Reply::Assigned { generation, tasks } => words([4, generation.into(), tasks.hash]),
        Reply::Again => 5,
        Reply::Fenced => 6,
        Reply::Abort => 7,
        Reply::Stale => 8,
    }
}

/// What a change says.
pub(super) fn of_change(change: &Change, known: &Vocabulary) -> u64 {
    match *change {
        Change::Append { producer, sequence, row, unit: _ } => {
            let sequence = sequence.map_or(u64::MAX, u64::from);
            words([1, of(producer), sequence, of_row(&row, known)])
        }
        Change::Marker { producer, coordinator, commits } => {
            words([2, of(producer), coordinator, commits.into()])
        }
        Change::Pend { producer, unit: _ } => words([3, of(producer)]),
        Change::Pending { id, task, at } => words([4, id.into(), task.into(), at]),
        Change::Position { task, at } => words([5, task.into(), at]),
        Change::Apply { id, commits } => words([6, id.into(), commits.into()]),
        Change::ForgetPending => 7,
        Change::Admit { client, member } => words([8, client.0.into(), member]),
        Change::Expel { client } => words([9, client.0.into()]),
        Change::Rebalance => 10,
        Change::Generation => 11,
        Change::Transaction { id, is } => {
            let Transaction { is_known, epoch, state, commits, start } = is;
            let flags = u64::from(is_known) << 1 | u64::from(commits);
            words([12, id.into(), epoch.into(), state as u64, flags, start.0 as u64])
        }
        Change::Add { id, partition } => words([13, id.into(), partition.0.into()]),
    }
}

fn of(Producer { id, epoch }: Producer) -> u64 {
    u64::from(id) << 32 | u64::from(epoch)
}

fn of_row(row: &LogEntry, known: &Vocabulary) -> u64 {
    match *row {
        LogEntry::Record(record) => words([1, record.digest(known)]),
        // What a cell is made of says no more than what it has.
        LogEntry::Sum { name, id, cell: _, sum: Sum { pile: _, weight, value }, standing } => {
            let name = known.names.hash(name);
            words([
                2,
                name,
                id.0,
                weight as u64,
                value as u64,
                words(digest_of_standing(&standing, known)),
            ])
        }
        LogEntry::Result { name, id, standing } => {
            words([3, known.names.hash(name), id.0, words(digest_of_standing(&standing, known))])
        }
    }
}
