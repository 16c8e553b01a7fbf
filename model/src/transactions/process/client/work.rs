//! A client takes records of its tasks, and what its functions and counts make of them.

use super::super::Context;
use super::super::caller::Caller;
use super::{Client, Stage};
use crate::pipeline::StepKind;
use crate::stream::{Failed, Leaving, Record, Runner, Windowed};
use crate::transactions::Transactions;
use crate::transactions::design::{Topic, TopicTask};
use crate::transactions::message::LogEntry;
use crate::transactions::settings::OffsetsAt;
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::source::Read;
use onceproof_kernel::tell::Pile;

/// How often records are taken in one transaction, at most.
const MOST_POLLS: u32 = 2;

impl Client {
    /// Looks for records, if it has nothing else to do.
    pub(super) fn polls<E: Env<Transactions>>(
        &mut self,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        if self.stage == Stage::Opening {
            return self.opens(caller, m);
        }
        let is_busy = !self.flying.is_empty() || !self.queue.is_empty();
        if self.stage != Stage::Running || is_busy {
            return;
        }
        if self.is_to_join {
            return match self.is_open {
                true => self.commits(caller, m),
                false => self.gives_back(caller, m),
            };
        }
        let mut taken = Vec::new();
        if self.polls < MOST_POLLS {
            for task in self.tasks.clone() {
                self.takes(task, &mut taken, m);
            }
        }
        if taken.is_empty() {
            if self.is_open {
                self.commits(caller, m);
            }
            return;
        }
        if !self.is_open {
            self.is_open = true;
            self.polls = 0;
            self.transactions += 1;
            self.parts = 0;
            self.first = None;
        }
        self.polls += 1;
        let mut rows = Vec::new();
        for (task, record) in &taken {
            if self.processes(*task, record, &mut rows, caller, m).is_err() {
                return self.fails(false, caller, m);
            }
            if m.env.is_dead() {
                return;
            }
        }
        self.queue.extend(rows);
        match m.design.settings.offsets {
            OffsetsAt::Before => self.sends_offsets(caller, m),
            OffsetsAt::Inside | OffsetsAt::After => self.writes(caller, m),
        }
    }

    /// Takes the next records of a task.
    fn takes<E: Env<Transactions>>(
        &mut self,
        task: u32,
        taken: &mut Vec<(u32, Record)>,
        m: &mut Context<'_, E>,
    ) {
        let TopicTask { step, reads, is_source, .. } = m.design.tasks()[task as usize];
        let at = self.positions.get(&task).copied().unwrap_or(0);
        let most = m.design.settings.poll as usize;
        if !is_source {
            let isolation = m.design.settings.isolation;
            let (rows, next) = m.env.rows(reads).partition().read(at, most, isolation);
            self.positions.insert(task, next);
            for (_, row) in rows {
                if let LogEntry::Record(record) = row {
                    taken.push((task, record));
                }
            }
            return;
        }
        let source = m.design.layout.hash(step);
        for offset in at..at + most as u64 {
            match m.ask().read(reads, offset) {
                Read::Row(row) => {
                    m.env.decides(Decision::Reads { name: row.name, key: row.key });
                    let names = &m.env.words().names;
                    taken.push((task, Record::of(&row, source, row.event_time, names)));
                    self.positions.insert(task, offset + 1);
                }
                Read::NotYet { arrival } => return self.wake_for_input(arrival, m),
                Read::End => return,
            }
        }
    }

    /// What comes of a record: rows, each with the partition that it is for.
    ///
    /// # Errors
    /// A function fails.
    fn processes<E: Env<Transactions>>(
        &mut self,
        task: u32,
        record: &Record,
        rows: &mut Vec<(ShardIndex, LogEntry)>,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) -> Result<(), Failed> {
        let (design, flow) = (m.design, m.design.flow());
        let TopicTask { step, is_source, .. } = design.tasks()[task as usize];
        let mut leaving = Leaving::new();
        let by = Runner { shard: caller.shard, now: m.now, executed: &mut caller.executed };
        let mut by = by;
        if is_source {
            flow.follow(step, record, &mut by, m.ask(), &mut leaving)?;
        } else if design.pipeline.step(step).kind.windowing().is_some() {
            let process = design.layout.alphabet.moments.apply;
            m.ask().before(caller.shard, step, process, record.tag.name);
            if m.env.is_dead() {
                return Ok(());
            }
            self.counts(task, record, rows, &mut leaving, caller, m);
        } else {
            let process = design.layout.alphabet.moments.apply;
            m.ask().before(caller.shard, step, process, record.tag.name);
            flow.run(step, record, &mut by, m.ask(), &mut leaving)?;
        }
        for (to, record) in leaving {
            let topic = match design.pipeline.step(to).kind {
                StepKind::Sink(_) => Topic::Output,
                _ => Topic::Shuffle,
            };
            let partition = design.route(to, topic, record.key, &m.env.words().keys);
            rows.push((partition, LogEntry::Record(record)));
        }
        Ok(())
    }

    /// A record is counted in the store of its task.
    fn counts<E: Env<Transactions>>(
        &mut self,
        task: u32,
        record: &Record,
        rows: &mut Vec<(ShardIndex, LogEntry)>,
        leaving: &mut Leaving,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let (design, flow) = (m.design, m.design.flow());
        let TopicTask { step, changelog, .. } = design.tasks()[task as usize];
        let kind = &design.pipeline.step(step).kind;
        let (Some(windows), Some(changelog)) = (Windowed::of(kind), changelog) else { return };
        let cell = windows.cell(record.key, record.event_time);
        let disk = m.env.rows(caller.shard).disk();
        let mut sum =
            disk.found(task).and_then(|store| store.sums.get(&cell)).copied().unwrap_or_default();
        let floor = sum.pile.head;
        m.env.add(&mut sum.pile, record.key, &record.member());
        let alone = Pile { head: sum.pile.head, floor };
        sum.add(record);
        let store = m.env.rows_that_change(caller.shard).disk_mut().store(task);
        store.sums.insert(cell, sum);
        let standing = flow.standing(step, cell, sum, m.env);
        let passed = flow.passed_on(step, (&windows, cell), record, alone, m.env);
        let (name, id) = (passed.tag.name, passed.id);
        rows.push((changelog, LogEntry::Sum { name, id, cell, sum, standing }));
        for &sink in design.topology.mirrors(step) {
            let standing = onceproof_kernel::tell::Standing { step: sink, ..standing };
            let output = design.route(sink, Topic::Output, cell.0, &m.env.words().keys);
            rows.push((output, LogEntry::Result { name, id, standing }));
        }
        let mut by = Runner { shard: caller.shard, now: m.now, executed: &mut caller.executed };
        // No map follows an aggregate, so no function can fail.
        let _ = flow.follow(step, &passed, &mut by, m.env, leaving);
    }
}
