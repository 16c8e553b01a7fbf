//! A part of a topic, which is none of the job's: whatever comes is decided by what is durable, one request at a time, and
//! answered once it stands. What is open for too long is aborted when somebody asks for anything.

use super::Context;
use crate::snapshot::Snapshot;
use crate::snapshot::alphabet::{self, CLEANED_UP, COMMIT_REFUSED, TRANSACTION_TIMED_OUT};
use crate::snapshot::message::{Change, Reply, Request, TransactionName};
use crate::snapshot::rows::TransactionFate;
use crate::snapshot::settings::{CommitRule, TransactionNames};
use crate::stream::ServiceDesk;
use onceproof_kernel::effect;
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;

/// A part of a topic.
#[derive(Clone, Debug)]
pub struct TopicPart {
    desk: ServiceDesk<Snapshot>,
}

impl TopicPart {
    pub(super) fn new(shard: ShardIndex) -> TopicPart {
        TopicPart { desk: ServiceDesk::new(shard, 0) }
    }

    pub(super) fn tell_state(&self, of: ToldWorld<'_, Snapshot>, state: &mut WorldState) {
        let TopicPart { desk } = self;
        desk.tell_state(of, state);
    }

    pub(super) fn shard(&self) -> ShardIndex {
        self.desk.shard
    }

    pub(super) fn boots(&mut self, token: u64) {
        self.desk = ServiceDesk::new(self.desk.shard, token);
    }

    /// Somebody asks for something.
    pub(super) fn is_asked<E: Env<Snapshot>>(
        &mut self,
        request: effect::Request<Snapshot>,
        m: &mut Context<'_, E>,
    ) {
        self.desk.is_asked(request);
        self.works(m);
    }

    /// What was written stands.
    pub(super) fn stands<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        self.desk.stands(m);
        self.works(m);
    }

    fn works<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        let shard = self.desk.shard;
        self.desk.works(alphabet::ANSWER, m, |request, changes, m| {
            *changes = timed_out(shard, m);
            decide(shard, &request.body, changes, m)
        });
    }
}

/// What comes of a request, and what is answered then.
fn decide<E: Env<Snapshot>>(
    shard: ShardIndex,
    request: &Request,
    changes: &mut Vec<Change>,
    m: &mut Context<'_, E>,
) -> Reply {
    let settings = &m.design.settings;
    let rows = m.env.rows(shard).topic();
    let fence = rows.fence;
    let expired = |name| changes.contains(&Change::Rollback(name));
    let found = |name| match rows.find(name) {
        Some((epoch, TransactionFate::Open)) if expired(name) => {
            Some((epoch, TransactionFate::Aborted))
        }
        found => found,
    };
    match *request {
        Request::Begin(name) if settings.fences_begin && name.attempt < fence => Reply::Refused,
        Request::Begin(name) => match (found(name), settings.names) {
            (Some((epoch, TransactionFate::Open)), TransactionNames::Attempt) => {
                Reply::Epoch(epoch)
            }
            (Some(_), TransactionNames::Attempt) => Reply::Refused,
            (before, _) => {
                let next = |epoch| epoch + u32::from(settings.has_epochs);
                let epoch = before.map_or(0, |(epoch, _)| next(epoch));
                changes.push(Change::Begin(name));
                Reply::Epoch(epoch)
            }
        },
        Request::Write { transaction, epoch, number, row } => {
            if found(transaction) != Some((epoch, TransactionFate::Open)) {
                return Reply::Refused;
            }
            changes.push(Change::Write { transaction, number, row });
            Reply::Done
        }
        Request::Commit(handle) => match found(handle.transaction) {
            Some((epoch, TransactionFate::Committed)) if epoch == handle.epoch => {
                if settings.commits == CommitRule::Append {
                    changes.push(Change::Commit(handle));
                }
                Reply::Done
            }
            Some((epoch, TransactionFate::Open)) if epoch == handle.epoch => {
                changes.push(Change::Commit(handle));
                Reply::Done
            }
            _ => {
                m.env.reach(COMMIT_REFUSED);
                Reply::Refused
            }
        },
        Request::Rollback(handle) => {
            if found(handle.transaction) == Some((handle.epoch, TransactionFate::Open)) {
                changes.push(Change::Rollback(handle.transaction));
            }
            Reply::Done
        }
        Request::Cleanup { attempt, checkpoint, writer: _ } => {
            let is_earlier = |name: &TransactionName| {
                settings.names == TransactionNames::Checkpoint || name.attempt < attempt
            };
            let mut left: Vec<Change> = rows
                .all_open()
                .filter(|(name, _)| name.checkpoint > checkpoint && is_earlier(name))
                .map(|(name, _)| Change::Rollback(name))
                .filter(|change| !changes.contains(change))
                .collect();
            if !left.is_empty() {
                m.env.reach(CLEANED_UP);
            }
            changes.append(&mut left);
            let fences = settings.fences_begin && settings.names == TransactionNames::Attempt;
            if fences && attempt > fence {
                changes.push(Change::Fence { attempt });
            }
            Reply::Done
        }
        _ => Reply::Refused,
    }
}

/// What is open for too long is aborted.
fn timed_out<E: Env<Snapshot>>(shard: ShardIndex, m: &mut Context<'_, E>) -> Vec<Change> {
    let timeout = m.design.settings.transaction_timeout;
    let now = m.now;
    let rows = m.env.rows(shard).topic();
    let is_over = |first| now >= onceproof_kernel::time::Time::plus(first, timeout);
    let over = rows.all_open().filter(|&(_, first)| first.is_some_and(is_over));
    let changes: Vec<Change> = over.map(|(name, _)| Change::Rollback(name)).collect();
    if !changes.is_empty() {
        m.env.reach(TRANSACTION_TIMED_OUT);
    }
    changes
}
