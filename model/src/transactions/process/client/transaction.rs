//! A transaction of a client: its batches, all acked; then its positions, acked; then its end, answered; then more.

use super::super::Context;
use super::super::caller::Caller;
use super::{Client, Stage};
use crate::transactions::message::{LogEntry, Request};
use crate::transactions::settings::{EndUnknown, OffsetsAt, StoreRule};
use crate::transactions::told::Story;
use crate::transactions::{Transactions, digest};
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::SortedSet;
use onceproof_kernel::tell::WholeUnit;
use std::collections::VecDeque;

impl Client {
    /// Sends what is to be written, as far as it may be on its way.
    pub(super) fn writes<E: Env<Transactions>>(
        &mut self,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let settings = m.design.settings;
        if !settings.is_epoch_per_transaction() {
            let written_to = self.queue.iter().map(|&(to, _)| to);
            let wanted: SortedSet<ShardIndex> =
                written_to.filter(|to| !self.added.contains(to)).collect();
            if !wanted.is_empty() {
                return self.adds(wanted, caller, m);
            }
        }
        for (to, rows) in batches(std::mem::take(&mut self.queue), settings.batch) {
            let flying = self.flying.values().filter(|&&other| other == to).count();
            if flying >= settings.in_flight as usize {
                self.queue.extend(rows.into_iter().map(|row| (to, row)));
                continue;
            }
            self.sends(to, rows, caller, m);
        }
        if !settings.flushes && self.queue.is_empty() {
            self.commits(caller, m);
        }
    }

    fn sends<E: Env<Transactions>>(
        &mut self,
        to: ShardIndex,
        rows: Vec<LogEntry>,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let next = self.sequences.or_default(to);
        let sequence = *next;
        *next += 1;
        let (producer, unit) = (self.producer, self.unit(caller));
        self.parts += rows.len() as u32;
        let (row, more) = (rows[0], &rows[1..]);
        let more = (!more.is_empty()).then(|| {
            let hash = digest::of_entries(more, m.env.words());
            m.env.shared_mut().keep(more.to_vec(), hash)
        });
        self.first.get_or_insert((m.design.layout.step_of(to), row.name()));
        let number = caller.call(to, Request::Produce { producer, sequence, unit, row, more }, m);
        self.flying.insert(number, to);
    }

    /// Adds partitions to its transaction, and waits until they are.
    fn adds<E: Env<Transactions>>(
        &mut self,
        wanted: SortedSet<ShardIndex>,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        self.stage = Stage::Adding;
        let shards = wanted.iter().map(|shard| u64::from(shard.0));
        let partitions = m.env.shared_mut().keep_list(shards);
        self.adding = wanted;
        let producer = self.producer;
        caller.call(m.design.coordinator(), Request::Add { producer, partitions }, m);
    }

    pub(super) fn has_added<E: Env<Transactions>>(
        &mut self,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let adding = std::mem::take(&mut self.adding);
        let is_for_offsets = adding.contains(&m.design.group());
        self.added.extend(adding);
        self.stage = Stage::Running;
        match is_for_offsets {
            true => self.sends_offsets(caller, m),
            false => self.writes(caller, m),
        }
    }

    /// A batch is acked.
    pub(super) fn has_written<E: Env<Transactions>>(
        &mut self,
        number: u32,
        from: ShardIndex,
        offset: u64,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        self.flying.remove(&number);
        let tasks = m.design.tasks();
        let is_of = |task: &u32| tasks[*task as usize].changelog == Some(from);
        if let Some(task) = self.stores.iter().copied().find(is_of) {
            let store = m.env.rows_that_change(caller.shard).disk_mut().store(task);
            store.at = store.at.max(offset + 1);
        }
        if !self.queue.is_empty() {
            self.writes(caller, m);
        }
        self.is_to_poll |= self.has_written_all();
    }

    /// A batch is taken for lost, and the transaction goes on without it.
    pub(super) fn gives_up(&mut self, number: u32) {
        self.flying.remove(&number);
        self.is_to_poll |= self.has_written_all();
    }

    fn has_written_all(&self) -> bool {
        self.flying.is_empty() && self.queue.is_empty() && self.stage == Stage::Running
    }

    /// Its work is done, but for its positions and its end.
    pub(super) fn commits<E: Env<Transactions>>(
        &mut self,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let settings = m.design.settings;
        if settings.offsets != OffsetsAt::Inside {
            return self.ends(caller, m);
        }
        let group = m.design.group();
        if !settings.is_epoch_per_transaction() && !self.added.contains(&group) {
            return self.adds(SortedSet::from_iter([group]), caller, m);
        }
        self.sends_offsets(caller, m);
    }

    pub(super) fn sends_offsets<E: Env<Transactions>>(
        &mut self,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        self.stage = Stage::Committing;
        let positions = self.positions.iter().flat_map(|(&task, &at)| [task.into(), at]);
        let positions = m.env.shared_mut().keep_list(positions);
        let (producer, member, generation) = (self.producer, caller.token(), self.generation);
        let unit = self.unit(caller);
        let offsets = Request::Offsets { producer, member, generation, positions, unit };
        caller.call(m.design.group(), offsets, m);
    }

    pub(super) fn has_sent_offsets<E: Env<Transactions>>(
        &mut self,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        match m.design.settings.offsets {
            OffsetsAt::Inside => self.ends(caller, m),
            OffsetsAt::After => {
                self.stage = Stage::Running;
                self.is_to_poll = true;
            }
            OffsetsAt::Before => {
                self.stage = Stage::Running;
                self.writes(caller, m);
                self.is_to_poll |= self.has_written_all();
            }
        }
    }

    /// The transaction as it is known outside: by the client, its life, and how many it has had in that.
    fn unit(&self, caller: &Caller) -> WholeUnit {
        WholeUnit(
            u64::from(caller.shard.0) << 48 | caller.token() << 24 | u64::from(self.transactions),
        )
    }

    fn ends<E: Env<Transactions>>(&mut self, caller: &mut Caller, m: &mut Context<'_, E>) {
        self.stage = Stage::Ending;
        let has_offsets = m.design.settings.offsets == OffsetsAt::Inside;
        let parts = self.parts + u32::from(has_offsets);
        m.env.intends(self.unit(caller), parts, self.first);
        let end = Request::End { producer: self.producer, commits: true };
        caller.call(m.design.coordinator(), end, m);
    }

    /// Its transaction is committed.
    pub(super) fn has_ended<E: Env<Transactions>>(
        &mut self,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        self.is_open = false;
        self.polls = 0;
        self.added.clear();
        self.began_at.clone_from(&self.positions);
        self.stage = Stage::Running;
        if m.design.settings.store == StoreRule::CheckpointRunning {
            let disk = m.env.rows_that_change(caller.shard).disk_mut();
            for &task in &self.stores {
                let store = disk.store(task);
                store.checkpoint = Some(store.at);
            }
        }
        match m.design.settings.offsets {
            OffsetsAt::After => self.sends_offsets(caller, m),
            OffsetsAt::Inside | OffsetsAt::Before => self.is_to_poll = true,
        }
    }

    /// Its end was not answered in time.
    pub(super) fn knows_no_end<E: Env<Transactions>>(
        &mut self,
        number: u32,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        match m.design.settings.end_unknown {
            EndUnknown::Again => caller.repeat(number, m),
            EndUnknown::Committed => {
                caller.close(number);
                caller.tell(Story::TakesEndFor("committed"), m);
                self.has_ended(caller, m);
            }
            EndUnknown::Aborted => {
                caller.close(number);
                caller.tell(Story::TakesEndFor("aborted"), m);
                self.closes(false, caller, m);
                self.forgets_transaction();
                self.joins(caller, m);
            }
        }
    }
}

/// What is to be written, in batches of at most so many entries, each for one partition.
fn batches(queue: VecDeque<(ShardIndex, LogEntry)>, most: u32) -> Vec<(ShardIndex, Vec<LogEntry>)> {
    let mut all: Vec<(ShardIndex, Vec<LogEntry>)> = Vec::new();
    for (to, row) in queue {
        let open = all.iter_mut().rev().find(|(other, _)| *other == to);
        match open.filter(|(_, rows)| rows.len() < most as usize) {
            Some((_, rows)) => rows.push(row),
            None => all.push((to, vec![row])),
        }
    }
    all
}
