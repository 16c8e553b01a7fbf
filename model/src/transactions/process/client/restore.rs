//! A store is opened: what the disk holds is trusted up to its checkpoint alone, and the rest is read from the changelog,
//! up to the end that the log has now. What is open there may yet be committed, so the client waits until all of that is
//! stable: it would count on without what an earlier client had counted.

use super::super::Context;
use super::super::caller::Caller;
use super::{Client, Stage};
use crate::transactions::Transactions;
use crate::transactions::alphabet::{RESTORE_WAITED, RESTORED};
use crate::transactions::message::LogEntry;
use crate::transactions::rows::TaskStore;
use crate::transactions::settings::{Isolation, Restore, StoreRule};
use crate::transactions::told::Story;
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;

impl Client {
    /// Opens and restores the stores of its tasks; when all are there, and all positions, it runs.
    pub(super) fn opens<E: Env<Transactions>>(
        &mut self,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let mut is_done = true;
        for task in self.tasks.clone() {
            if !self.fetched.contains(&task) {
                is_done = false;
            } else if let Some(changelog) = m.design.tasks()[task as usize].changelog {
                is_done &= self.restores(task, changelog, caller, m);
            }
        }
        if is_done {
            self.began_at.clone_from(&self.positions);
            self.stage = Stage::Running;
            self.is_to_poll = true;
        }
    }

    /// Restores a store as far as it can be; true if it has come to where it is to come.
    fn restores<E: Env<Transactions>>(
        &mut self,
        task: u32,
        changelog: ShardIndex,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) -> bool {
        let settings = m.design.settings;
        if !self.stores.contains(&task) {
            self.begins_to_restore(task, changelog, caller, m);
        }
        let Some(&target) = self.restoring.get(&task) else { return true };
        let how = match settings.restore {
            Restore::LogEnd | Restore::StableEnd => Isolation::ReadCommitted,
            Restore::Uncommitted => Isolation::ReadUncommitted,
        };
        let at = m.env.rows(caller.shard).disk().found(task).map_or(0, |store| store.at);
        let (rows, to) = m.env.rows(changelog).partition().read(at, usize::MAX, how);
        if !rows.is_empty() {
            m.env.reach(RESTORED);
            caller.tell(Story::Restores { task, rows: rows.len() as u64 }, m);
        }
        let store = m.env.rows_that_change(caller.shard).disk_mut().store(task);
        for (_, row) in rows {
            if let LogEntry::Sum { cell, sum, .. } = row {
                store.sums.insert(cell, sum);
            }
        }
        store.at = store.at.max(to);
        if to < target {
            m.env.reach(RESTORE_WAITED);
            caller.tell(Story::WaitsToRestore { task }, m);
            return false;
        }
        self.restoring.remove(&task);
        true
    }

    fn begins_to_restore<E: Env<Transactions>>(
        &mut self,
        task: u32,
        changelog: ShardIndex,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let settings = m.design.settings;
        let log = m.env.rows(changelog).partition();
        let target = match settings.restore {
            Restore::StableEnd => log.stable_end(),
            Restore::LogEnd | Restore::Uncommitted => log.end(),
        };
        let store = m.env.rows_that_change(caller.shard).disk_mut().store(task);
        match store.checkpoint {
            Some(at) => store.at = at,
            None if settings.store == StoreRule::Keep => store.at = 0,
            None => *store = TaskStore::default(),
        }
        if settings.store != StoreRule::CheckpointRunning {
            store.checkpoint = None;
        }
        self.stores.insert(task);
        self.restoring.insert(task, target);
    }
}
