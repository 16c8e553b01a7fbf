//! A partition of a topic: a log of entries and markers. A committed reader goes no further than the stable end, the first
//! entry of the oldest open transaction, and skips what was aborted. What the ledger hears of an entry it hears when such
//! a reader may see it, in the order of the log.

use super::producer::{Known, Producers};
use crate::transactions::design::{Design, Role, Topic};
use crate::transactions::message::{Change, LogEntry, Producer};
use crate::transactions::settings::{Isolation, Settings};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::tell::{Tell, WholeUnit, WrittenRow};
use onceproof_kernel::time::Time;

/// What has become of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EntryFate {
    /// Its transaction is open.
    Open,
    /// Its transaction is committed; or it is a marker.
    Committed,
    /// Its transaction is aborted.
    Aborted,
}

#[derive(Clone, Copy, Hash, Debug)]
struct Logged {
    /// Whose it is.
    id: u32,
    /// What it says; a marker says nothing to readers.
    row: Option<(LogEntry, WholeUnit)>,
    fate: EntryFate,
}

/// The rows of a partition.
#[derive(Clone, Debug)]
pub struct PartitionRows {
    topic: Topic,
    step: StepIndex,
    settings: Settings,
    log: Vec<Logged>,
    producers: Producers,
    /// Up to where the ledger has heard of it.
    told: u64,
}

impl PartitionRows {
    pub(super) fn new(design: &Design, shard: ShardIndex) -> PartitionRows {
        let Role::Partition((step, topic)) = design.role(shard) else {
            unreachable!("{shard:?} is no partition")
        };
        PartitionRows {
            topic,
            step,
            settings: design.settings,
            log: Vec::new(),
            producers: Producers::default(),
            told: 0,
        }
    }

    pub(super) fn tell_state(&self, state: &mut WorldState) {
        let PartitionRows { topic: _, step: _, settings, log, producers, told } = self;
        state.add((log, told));
        producers.tell_state(settings, state);
    }

    /// What is known of a producer now.
    pub fn known(&self, id: u32, now: Time) -> Option<Known> {
        self.producers.of(id, now, &self.settings)
    }

    /// The offset of a batch of a producer that was appended before, if it is among the last that are known.
    pub fn offset_of(&self, id: u32, sequence: u32) -> Option<u64> {
        self.producers.offset_of(id, sequence)
    }

    /// The offset after the last entry.
    pub fn end(&self) -> u64 {
        self.log.len() as u64
    }

    /// The first offset that a committed reader does not see yet.
    pub fn stable_end(&self) -> u64 {
        self.producers.first_open().unwrap_or(self.end())
    }

    /// Whether what was written last was a marker: then more of the log may be stable.
    pub fn has_moved(&self) -> bool {
        self.log.last().is_some_and(|entry| entry.row.is_none())
    }

    /// How many entries no marker has ended.
    pub(super) fn open_entries(&self) -> u64 {
        self.log.iter().filter(|entry| entry.fate == EntryFate::Open).count() as u64
    }

    /// At most so many rows from an offset on, each with its own, and where to go on.
    pub fn read(&self, from: u64, most: usize, how: Isolation) -> (Vec<(u64, LogEntry)>, u64) {
        let end = match how {
            Isolation::ReadCommitted | Isolation::Unfiltered => self.stable_end(),
            Isolation::ReadUncommitted => self.end(),
        };
        let (mut rows, mut at) = (Vec::new(), from);
        while at < end && rows.len() < most {
            let Logged { row, fate, .. } = self.log[at as usize];
            let is_seen = how != Isolation::ReadCommitted || fate != EntryFate::Aborted;
            rows.extend(row.filter(|_| is_seen).map(|(row, _)| (at, row)));
            at += 1;
        }
        (rows, at)
    }

    pub(super) fn apply(&mut self, change: &Change, now: Time, tell: &mut impl Tell) {
        let offset = self.end();
        match *change {
            Change::Append { producer, sequence, unit, row } => {
                let batch = sequence.map(|sequence| (sequence, offset));
                self.producers.append(producer, batch, offset, now, &self.settings);
                self.log.push(Logged {
                    id: producer.id,
                    row: Some((row, unit)),
                    fate: EntryFate::Open,
                });
            }
            Change::Marker { producer, coordinator, commits } => {
                let open = self.producers.end(producer, coordinator, now, &self.settings);
                self.close(producer, open, commits);
                self.log.push(Logged { id: producer.id, row: None, fate: EntryFate::Committed });
                self.tell(tell);
            }
            other => unreachable!("{other:?} is no change of a partition"),
        }
    }

    /// What a producer has written since an offset is over.
    fn close(&mut self, producer: Producer, open: Option<u64>, commits: bool) {
        let fate = if commits { EntryFate::Committed } else { EntryFate::Aborted };
        let since = open.unwrap_or(self.end());
        for entry in &mut self.log[since as usize..] {
            if entry.id == producer.id && entry.fate == EntryFate::Open {
                entry.fate = fate;
            }
        }
    }

    /// Tells of all that has become visible.
    fn tell(&mut self, tell: &mut impl Tell) {
        let end = self.stable_end();
        while self.told < end {
            let Logged { row, fate, .. } = self.log[self.told as usize];
            self.told += 1;
            let Some((row, unit)) = row.filter(|_| fate == EntryFate::Committed) else { continue };
            tell.part(unit, Some(row.name()));
            match row {
                LogEntry::Record(record) if self.topic == Topic::Output => {
                    let value = record.value.integer();
                    let (step, row, weight) = (self.step, record.id.0, record.weight);
                    let (tag, key) = (record.tag, record.key);
                    tell.replace(&WrittenRow { step, row, tag, key, weight, value });
                }
                LogEntry::Record(record) => {
                    tell.mention(record.tag, record.key, record.weight, record.value.integer());
                }
                LogEntry::Sum { standing, .. } | LogEntry::Result { standing, .. } => {
                    tell.stand(&standing);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::assert_each_is_told;

    #[test]
    fn each_row_of_a_partition_is_told() {
        let rows = PartitionRows {
            topic: Topic::Output,
            step: StepIndex(0),
            settings: Settings::FIRST,
            log: Vec::new(),
            producers: Producers::default(),
            told: 0,
        };
        let marker = |id, fate| Logged { id, row: None, fate };
        assert_each_is_told(
            &rows,
            PartitionRows::tell_state,
            &[
                &|rows| rows.log.push(marker(0, EntryFate::Committed)),
                &|rows| rows.log.push(marker(1, EntryFate::Committed)),
                &|rows| rows.log.push(marker(0, EntryFate::Aborted)),
                &|rows| rows.told = 1,
                &|rows| {
                    let settings = rows.settings;
                    rows.producers.append(Producer::default(), None, 0, Time(0), &settings);
                },
            ],
        );
    }
}
