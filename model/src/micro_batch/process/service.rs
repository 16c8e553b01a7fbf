//! The services outside: the logs of the driver, states, tables and the logs of sources. No fault befalls them.

use super::Context;
use crate::micro_batch::MicroBatch;
use crate::micro_batch::alphabet::{ANSWER, UNTAKEN};
use crate::micro_batch::kept::{KeptLogRow, KeptRows};
use crate::micro_batch::message::{
    Change, LogOf, Reply, Request, ResultRow, StateVersion, TaskName,
};
use crate::micro_batch::settings::{PutRule, Settings, SinkRule, StateRule};
use crate::stream::ServiceDesk;
use onceproof_kernel::effect::{self, Input};
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;

/// A service.
#[derive(Clone, Debug)]
pub struct BatchService {
    desk: ServiceDesk<MicroBatch>,
}

impl BatchService {
    pub(super) fn new(shard: ShardIndex) -> BatchService {
        BatchService { desk: ServiceDesk::new(shard, 0) }
    }

    pub(super) fn tell_state(&self, of: ToldWorld<'_, MicroBatch>, state: &mut WorldState) {
        let BatchService { desk } = self;
        desk.tell_state(of, state);
    }

    pub(super) fn boots(&mut self, token: u64) {
        self.desk = ServiceDesk::new(self.desk.shard, token);
    }

    pub(super) fn handle<E: Env<MicroBatch>>(
        &mut self,
        input: &Input<MicroBatch>,
        m: &mut Context<'_, E>,
    ) {
        let shard = self.desk.shard;
        match *input {
            Input::Boot => {
                let token = m.ask().take_token(shard);
                self.boots(token);
            }
            Input::Request(request) => self.desk.is_asked(request),
            Input::Committed { .. } => self.desk.stands(m),
            Input::Replied(_) | Input::Called { .. } | Input::Wake(_) | Input::Resume => {}
        }
        self.desk.works(ANSWER, m, |request, changes, m| decide(shard, request, changes, m));
    }
}

/// What a request changes, and what is answered when that stands.
fn decide<E: Env<MicroBatch>>(
    shard: ShardIndex,
    request: &effect::Request<MicroBatch>,
    changes: &mut Vec<Change>,
    m: &mut Context<'_, E>,
) -> Reply {
    let settings = &m.design.settings;
    match request.body {
        Request::PutRow { log, batch, row } => {
            let stands = m.env.rows(shard).logs().row(log, batch);
            // Results are what another driver goes on with, whatever else it overwrites.
            let is_kept = settings.log == PutRule::IfAbsent || log == LogOf::Results;
            if let Some(stands) = stands.filter(|_| is_kept) {
                return Reply::Stands(stands);
            }
            changes.push(Change::Row { log, batch, row });
            if log == LogOf::Commits {
                accept(batch, row, changes, m);
            }
            Reply::Done
        }
        Request::PutState { version, state, task: _ } => {
            if m.env.rows(shard).states().get(version) != Some(state) {
                changes.push(Change::State { version, state });
            }
            Reply::Done
        }
        Request::Publish { batch, rows } => {
            let all = shown(shard, rows, m);
            if settings.sink == SinkRule::ByBatch && m.env.rows(shard).table().has(batch) {
                all.iter().for_each(|_| m.env.count(UNTAKEN));
                return Reply::Done;
            }
            changes.push(Change::Publish { batch, rows: all.len() as u32 });
            changes.extend(all.into_iter().map(Change::Show));
            Reply::Done
        }
        Request::Write { task, rows } => {
            let all = shown(shard, rows, m);
            let is_first = settings.sink == SinkRule::ByPartitionFirst;
            if is_first && m.env.rows(shard).table().has_part(task) {
                all.iter().for_each(|_| m.env.count(UNTAKEN));
                return Reply::Done;
            }
            changes.push(Change::Write { task, rows: all.len() as u32 });
            changes.extend(all.into_iter().map(Change::Show));
            Reply::Done
        }
        Request::Release { batch, to } => {
            if to > m.env.rows(shard).released() {
                changes.push(Change::Release { batch, to });
            }
            Reply::Done
        }
        Request::Fresh { .. }
        | Request::Run { .. }
        | Request::Done { .. }
        | Request::May { .. }
        | Request::Fetch { .. } => Reply::NotMeant,
    }
}

/// What is in the states that a commit row accepts is durable from then on.
fn accept<E: Env<MicroBatch>>(
    batch: u32,
    row: KeptLogRow,
    changes: &mut Vec<Change>,
    m: &mut Context<'_, E>,
) {
    let states = m.env.shared().get(row).states.clone();
    for (shard, task) in states {
        let version = version_of(&m.design.settings, batch + 1, task);
        let Some(state) = m.env.rows(shard).states().get(version) else { continue };
        let added = m.env.shared().get(state).added.clone();
        changes.extend(added.into_iter().map(|pile| Change::Accept(m.env.read_pile(pile))));
    }
}

/// The name under which an attempt stores a version.
pub(super) fn version_of(settings: &Settings, version: u32, task: TaskName) -> StateVersion {
    let is_accepted = settings.state == StateRule::Accepted;
    StateVersion { version, by: is_accepted.then_some(task) }
}

/// The results that go into this table.
fn shown<E: Env<MicroBatch>>(
    shard: ShardIndex,
    rows: KeptRows,
    m: &Context<'_, E>,
) -> Vec<ResultRow> {
    let rows = m.env.shared().get(rows).iter().copied();
    rows.filter(|row| m.design.table(row.table) == shard).collect()
}
