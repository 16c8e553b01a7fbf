//! A table into which results go: by the number of their batch, by batch and partition, or appended.

use crate::micro_batch::design::Design;
use crate::micro_batch::message::{Change, ResultRow, TaskName};
use crate::micro_batch::settings::SinkRule;
use crate::pipeline::StepKind;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::sorted::{SortedMap, SortedSet};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::tell::{Pane, Tell, WrittenRow};

/// A table.
#[derive(Clone, Debug)]
pub struct TableRows {
    step: StepIndex,
    is_sink: bool,
    rule: SinkRule,
    /// How many tasks write into it in each batch.
    of: u32,
    /// The batches that it has.
    batches: SortedSet<u32>,
    /// How many rows each partition of each batch has, where tasks write.
    parts: SortedMap<(u32, ShardIndex), u32>,
    /// The first row of each batch that was seen in part, or none where that was told.
    first: SortedMap<u32, Option<Name>>,
    /// How many rows were appended.
    seen: u64,
    /// What is being shown: the partition and the number of the next row.
    writing: Option<(TaskName, u32)>,
}

impl TableRows {
    pub(super) fn new(design: &Design, step: StepIndex) -> TableRows {
        TableRows {
            step,
            is_sink: matches!(design.pipeline.step(step).kind, StepKind::Sink(_)),
            rule: design.settings.sink,
            of: design.parts_of_table(step),
            batches: SortedSet::new(),
            parts: SortedMap::new(),
            first: SortedMap::new(),
            seen: 0,
            writing: None,
        }
    }

    pub(super) fn tell_state(&self, state: &mut WorldState) {
        let TableRows { step: _, is_sink: _, rule: _, of: _, batches, parts, first, seen, writing } =
            self;
        state.add((batches, parts, first, seen, writing));
    }

    /// Whether it has a batch.
    pub fn has(&self, batch: u32) -> bool {
        self.batches.contains(&batch)
    }

    /// Whether it has what some attempt of a task has written.
    pub fn has_part(&self, task: TaskName) -> bool {
        self.parts.contains_key(&(task.batch, task.shard))
    }

    pub(super) fn changes_anything(&self, change: &Change) -> bool {
        match change {
            Change::Publish { batch, .. } => !self.has(*batch),
            Change::Write { task, .. } => !self.has_part(*task),
            _ => false,
        }
    }

    pub(super) fn apply(&mut self, change: &Change, tell: &mut impl Tell) {
        match *change {
            Change::Publish { batch, rows: _ } => {
                self.batches.insert(batch);
                self.writing = None;
            }
            Change::Write { task, rows } => {
                let before = self.parts.insert((task.batch, task.shard), rows);
                if self.rule == SinkRule::AppendTask {
                    self.writing = None;
                    return;
                }
                // What an earlier attempt has written beyond that is there no more.
                (rows..before.unwrap_or(0))
                    .for_each(|number| tell.erase(self.step, row_of(task, number)));
                self.writing = Some((task, 0));
                self.look(task.batch, tell);
            }
            Change::Show(row) => self.show(&row, tell),
            other => unreachable!("{other:?} is no change of a table"),
        }
    }

    /// Readers see a row.
    fn show(&mut self, row: &ResultRow, tell: &mut impl Tell) {
        let ResultRow { record, pane, .. } = row;
        let (tag, key, weight) = (record.tag, record.key, record.weight);
        if let Some((start, value)) = *pane {
            return tell.pane_of(self.step, &Pane { tag, key, start, weight, value });
        }
        debug_assert!(self.is_sink, "what is no pane goes into a sink");
        let row = match &mut self.writing {
            Some((task, number)) => {
                *number += 1;
                row_of(*task, *number - 1)
            }
            None => {
                self.seen += 1;
                self.seen - 1
            }
        };
        let value = record.value.integer();
        tell.replace(&WrittenRow { step: self.step, row, tag, key, weight, value });
        if let Some((TaskName { batch, .. }, _)) = self.writing {
            self.first.or_insert_with(batch, || Some(tag.name));
            self.look(batch, tell);
        }
    }

    /// Whether readers see rows of a batch while tasks of it have still to write.
    fn look(&mut self, batch: u32, tell: &mut impl Tell) {
        let there = self.parts.range((batch, ShardIndex(0))..=(batch, ShardIndex(u32::MAX)));
        let parts = there.count() as u32;
        if parts < self.of
            && let Some(first) = self.first.get_mut(&batch).and_then(Option::take)
        {
            tell.seen_alone(first, parts, self.of);
        }
    }
}

/// The number of a row that a task has written, the same for all attempts.
fn row_of(TaskName { batch, shard, .. }: TaskName, number: u32) -> u64 {
    u64::from(batch) << 40 | u64::from(shard.0) << 20 | u64::from(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::{SHARD, assert_each_is_told, ignore};

    #[test]
    fn each_part_of_a_table_is_told() {
        let rows = TableRows {
            step: StepIndex(0),
            is_sink: true,
            rule: SinkRule::ByBatch,
            of: 1,
            batches: SortedSet::new(),
            parts: SortedMap::new(),
            first: SortedMap::new(),
            seen: 0,
            writing: None,
        };
        let task = TaskName { batch: 0, shard: SHARD, attempt: 1 };
        assert_each_is_told(
            &rows,
            TableRows::tell_state,
            &[
                &|rows| ignore(rows.batches.insert(0)),
                &|rows| ignore(rows.parts.insert((0, SHARD), 1)),
                &|rows| ignore(rows.parts.insert((0, SHARD), 2)),
                &|rows| ignore(rows.first.insert(0, None)),
                &|rows| ignore(rows.first.insert(0, Some(Name(0)))),
                &|rows| rows.seen = 1,
                &|rows| rows.writing = Some((task, 0)),
                &|rows| rows.writing = Some((task, 1)),
            ],
        );
    }
}
