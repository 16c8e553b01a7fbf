//! A task that commits what the writer beside it has handed on, once the checkpoint is known to be complete.

use super::super::{Context, Hands};
use super::JobTask;
use crate::snapshot::Snapshot;
use crate::snapshot::alphabet::RECOMMITTED;
use crate::snapshot::message::{Reply, Request, TransactionHandle};
use crate::snapshot::settings::{CommitAt, EndOfJob, OnAbort, RefusedCommit, Scope};
use crate::snapshot::told::Story;
use onceproof_kernel::env::Env;
use onceproof_kernel::sorted::SortedSet;

/// What a committer has asked for.
#[derive(Clone, Hash, Debug, Default)]
pub(super) struct Committing {
    pub(super) asked: SortedSet<TransactionHandle>,
}

/// Up to which checkpoint handles are committed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CommitUpTo {
    /// All there are.
    All,
    /// This one.
    Checkpoint(u32),
}

impl JobTask {
    pub(super) fn committer_begins<E: Env<Snapshot>>(
        &mut self,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        self.state.is_ended = false;
        if !m.design.settings.recommits {
            self.state.handles.clear();
        }
        if !self.state.handles.is_empty() {
            m.env.reach(RECOMMITTED);
        }
        self.commits(CommitUpTo::All, hands, m);
    }

    /// A handle comes.
    pub(super) fn takes_handle<E: Env<Snapshot>>(
        &mut self,
        handle: TransactionHandle,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        self.state.handles.push(handle);
        if m.design.settings.commit == CommitAt::Barrier {
            self.commits(CommitUpTo::All, hands, m);
        }
    }

    /// A checkpoint is complete.
    pub fn hears_of<E: Env<Snapshot>>(
        &mut self,
        checkpoint: u32,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        self.builds_on(checkpoint);
        self.commits(CommitUpTo::Checkpoint(checkpoint), hands, m);
    }

    /// A checkpoint is aborted.
    pub fn hears_of_abort<E: Env<Snapshot>>(
        &mut self,
        checkpoint: u32,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        if m.design.settings.on_abort == OnAbort::Keep {
            return;
        }
        let is_of = |handle: &TransactionHandle| handle.checkpoint == checkpoint;
        let topic = m.design.topic(self.shard);
        for &handle in self.state.handles.iter().filter(|handle| is_of(handle)) {
            hands.calls.call(topic, Request::Rollback(handle), self.attempt, m);
        }
        self.state.handles.retain(|handle| !is_of(handle));
    }

    fn commits<E: Env<Snapshot>>(
        &mut self,
        up_to: CommitUpTo,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let is_meant = |handle: &TransactionHandle| match (up_to, m.design.settings.scope) {
            (CommitUpTo::All, _) => true,
            (CommitUpTo::Checkpoint(checkpoint), Scope::UpTo) => handle.checkpoint <= checkpoint,
            (CommitUpTo::Checkpoint(checkpoint), Scope::Exact) => handle.checkpoint == checkpoint,
        };
        for at in 0..self.state.handles.len() {
            let handle = self.state.handles[at];
            if is_meant(&handle) && self.committing.asked.insert(handle) {
                let topic = m.design.topic(self.shard);
                hands.calls.call(topic, Request::Commit(handle), self.attempt, m);
            }
        }
    }

    /// The topic answers a commit.
    pub(super) fn commit_is_answered<E: Env<Snapshot>>(
        &mut self,
        handle: TransactionHandle,
        reply: Reply,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        self.committing.asked.remove(&handle);
        if reply == Reply::Refused {
            super::super::tell(Story::CommitRefused(handle.checkpoint), m);
            if m.design.settings.refused == RefusedCommit::Fail {
                self.has_failed = true;
                return;
            }
        }
        self.state.handles.retain(|other| *other != handle);
        if self.state.is_ended && m.design.settings.end == EndOfJob::Commit {
            self.finishes(hands, m);
        }
    }

    /// Its writer has come to its end.
    pub(super) fn committer_ends<E: Env<Snapshot>>(
        &mut self,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        match m.design.settings.end {
            EndOfJob::FinalCheckpoint => {}
            EndOfJob::Nothing => self.says_finished(hands, m),
            EndOfJob::Commit => {
                self.commits(CommitUpTo::All, hands, m);
                self.finishes(hands, m);
            }
        }
    }

    /// If all is committed it comes to its end.
    fn finishes<E: Env<Snapshot>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        if self.state.handles.is_empty() {
            self.says_finished(hands, m);
        }
    }

    fn says_finished<E>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        let finish = Request::Finish { attempt: self.attempt };
        hands.calls.call(m.design.coordinator(), finish, self.attempt, m);
    }
}
