//! How a client becomes a member and gets its tasks, and how it loses them.

use super::super::Context;
use super::super::caller::Caller;
use super::{Client, Stage};
use crate::transactions::Transactions;
use crate::transactions::alphabet::{CLIENT_ABORTED, CLIENT_FENCED};
use crate::transactions::message::{NumberList, Request, Timer};
use crate::transactions::settings::{Positions, StoreRule, TransactionalId};
use crate::transactions::told::Story;
use onceproof_kernel::env::Env;

impl Client {
    /// A life begins.
    pub(super) fn starts<E: Env<Transactions>>(
        &mut self,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        self.stage = Stage::Starting;
        let id = match m.design.settings.transactional_id {
            TransactionalId::PerClient => m.design.layout.number_of(caller.shard),
            TransactionalId::Shared => 0,
        };
        caller.call(m.design.coordinator(), Request::Init { id, member: caller.token() }, m);
    }

    /// It asks to be a member.
    pub(super) fn joins<E: Env<Transactions>>(
        &mut self,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        self.stage = Stage::Joining;
        self.is_to_join = false;
        caller.call(m.design.group(), Request::Join { member: caller.token() }, m);
    }

    /// It has tasks, of the present generation as far as it knows: one heartbeat later it hears whether that is so. An
    /// answer that came late was once of the generation before, for which the client had been heard to join already; it
    /// idled with tasks that were another's, and nobody had its own.
    pub(super) fn is_given<E: Env<Transactions>>(
        &mut self,
        generation: u32,
        tasks: NumberList,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        self.generation = generation;
        let tasks = m.env.shared().numbers(tasks);
        self.tasks = tasks.iter().map(|&task| task as u32).collect();
        self.stage = Stage::Opening;
        self.fetched.clear();
        self.positions.clear();
        self.restoring.clear();
        for &task in &self.tasks {
            caller.call(m.design.group(), Request::Fetch { task }, m);
        }
        self.is_to_poll = true;
        m.env.nudge(caller.shard, m.design.settings.heartbeat, Timer::Heartbeat);
    }

    /// It knows where a task goes on.
    pub(super) fn is_at(&mut self, task: u32, at: u64) {
        let at = self.kept.remove(&task).unwrap_or(at);
        self.positions.insert(task, at);
        self.fetched.insert(task);
        self.is_to_poll = true;
    }

    /// It hears of its group: whether it is a member still, and whether all are to join anew.
    pub(super) fn hears_of_group<E: Env<Transactions>>(
        &mut self,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        if matches!(self.stage, Stage::Starting | Stage::Joining | Stage::Aborting) {
            return;
        }
        let rows = m.env.rows(m.design.group()).group();
        let is_member = rows.member(caller.shard) == Some(caller.token());
        let (generation, is_rebalancing) = (rows.generation, rows.is_rebalancing);
        if !is_member || generation != self.generation {
            return self.fails(false, caller, m);
        }
        if !is_rebalancing {
            return;
        }
        match self.stage {
            Stage::Opening => self.gives_back(caller, m),
            Stage::Starting
            | Stage::Joining
            | Stage::Running
            | Stage::Adding
            | Stage::Committing
            | Stage::Ending
            | Stage::Aborting => {
                self.is_to_join = true;
                self.is_to_poll = true;
            }
        }
    }

    /// It closes its tasks as they are, and joins anew.
    pub(super) fn gives_back<E: Env<Transactions>>(
        &mut self,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        self.closes(true, caller, m);
        caller.close_all();
        self.joins(caller, m);
    }

    /// Its transaction cannot be committed, or another client has its place: it forgets what is on the wire, and takes its
    /// positions from the group alone.
    pub(super) fn fails<E: Env<Transactions>>(
        &mut self,
        is_fenced: bool,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        m.env.reach(if is_fenced { CLIENT_FENCED } else { CLIENT_ABORTED });
        caller.tell(if is_fenced { Story::IsFenced } else { Story::GivesUp }, m);
        let was_open = self.is_open;
        caller.close_all();
        if m.design.settings.positions == Positions::Memory {
            self.kept.clone_from(&self.began_at);
        }
        self.closes(false, caller, m);
        self.forgets_transaction();
        if is_fenced || !was_open {
            return self.starts(caller, m);
        }
        self.stage = Stage::Aborting;
        let abort = Request::End { producer: self.producer, commits: false };
        caller.call(m.design.coordinator(), abort, m);
    }

    /// Nothing of the transaction is known any more.
    pub(super) fn forgets_transaction(&mut self) {
        self.is_open = false;
        self.queue.clear();
        self.flying.clear();
        self.added.clear();
        self.adding.clear();
        self.polls = 0;
    }

    /// It closes the stores of its tasks. Only after a clean close does the disk say how far they may be trusted.
    pub(super) fn closes<E: Env<Transactions>>(
        &mut self,
        is_clean: bool,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let rule = m.design.settings.store;
        for task in std::mem::take(&mut self.tasks) {
            if !self.stores.remove(&task) {
                continue;
            }
            let is_restoring = self.restoring.contains_key(&task);
            let changelog = m.design.tasks()[task as usize].changelog;
            let end = changelog.map_or(0, |log| m.env.rows(log).partition().end());
            let keeps = is_clean || rule == StoreRule::CheckpointRunning;
            let store = m.env.rows_that_change(caller.shard).disk_mut().store(task);
            if is_clean {
                let is_early = is_restoring && rule == StoreRule::CheckpointEnd;
                store.checkpoint = Some(if is_early { end } else { store.at });
            } else if !keeps {
                store.checkpoint = None;
            }
        }
        self.restoring.clear();
        self.fetched.clear();
        if !is_clean {
            self.is_open = false;
        }
    }
}
