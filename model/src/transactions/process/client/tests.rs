//! Each part of a client is part of the state.

use super::super::caller::Caller;
use super::{Client, Stage};
use crate::each_told::{SHARD, assert_each_is_told, ignore, record};
use crate::transactions::message::{LogEntry, Producer};
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::time::Time;

#[test]
fn each_part_of_a_client_is_told() {
    let caller = Caller::new(SHARD, StepIndex(0));
    let entry = LogEntry::Record(record());
    assert_each_is_told(
        &Client::default(),
        |client, state| client.tell_state(&caller, state),
        &[
            &|client| client.stage = Stage::Joining,
            &|client| client.producer = Producer { id: 1, epoch: 0 },
            &|client| client.producer = Producer { id: 0, epoch: 1 },
            &|client| client.generation = 1,
            &|client| client.tasks.push(0),
            &|client| ignore(client.positions.insert(0, 1)),
            &|client| ignore(client.positions.insert(0, 2)),
            &|client| ignore(client.began_at.insert(0, 1)),
            &|client| ignore(client.kept.insert(0, 1)),
            &|client| ignore(client.fetched.insert(0)),
            &|client| ignore(client.stores.insert(0)),
            &|client| ignore(client.restoring.insert(0, 1)),
            &|client| ignore(client.sequences.insert(SHARD, 1)),
            &|client| client.is_open = true,
            &|client| client.polls = 1,
            &|client| client.transactions = 1,
            &|client| client.parts = 1,
            &|client| client.first = Some((StepIndex(0), Name(0))),
            &|client| ignore(client.added.insert(SHARD)),
            &|client| ignore(client.adding.insert(SHARD)),
            &|client| client.queue.push_back((SHARD, entry)),
            &|client| ignore(client.flying.insert(8, SHARD)),
            &|client| ignore(client.flying.insert(9, SHARD)),
            &|client| client.is_to_join = true,
            &|client| client.is_to_poll = true,
            &|client| client.woken_at = Some(Time(1)),
        ],
    );
}
