//! What is durable: the tables of a step's database.

use crate::contents::{Content, SharedContents};
use crate::design::Design;
use crate::message::{Change, RowId};
use crate::system::Own;
use crate::told;
use crate::words::{Produced, Producer};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::system;
use onceproof_kernel::tell::{Tell, WrittenRow};
use onceproof_kernel::time::Time;
use onceproof_kernel::told::Told;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The rows of one database. The processes that read it have it, too: a read is no question, since only a commit that is
/// applied changes anything, and none is while a process is at work.
#[derive(Debug, Default)]
pub struct Rows {
    tables: Rc<RefCell<Tables>>,
    /// How many records were put into results here, the numbers of their entries.
    entries: u64,
    database: u64,
}

/// Tables of rows.
#[derive(Debug, Default)]
pub struct Tables {
    rows: BTreeMap<RowId, Content>,
    logs: BTreeMap<&'static str, Entries>,
}

/// The entries of a log, and the last of each producer.
#[derive(Debug, Default)]
struct Entries {
    all: Vec<Content>,
    produced: BTreeMap<u64, Produced>,
}

impl Tables {
    /// A row.
    pub fn get(&self, table: &'static str, id: u64) -> Option<Content> {
        self.rows.get(&(table, id)).copied()
    }

    /// An entry of a log.
    pub fn entry(&self, log: &'static str, offset: u64) -> Option<Content> {
        self.logs.get(log)?.all.get(usize::try_from(offset).ok()?).copied()
    }

    /// How many entries a log has.
    pub fn end(&self, log: &'static str) -> u64 {
        self.logs.get(log).map_or(0, |entries| entries.all.len() as u64)
    }

    /// The last that a log has of a producer.
    pub fn produced(&self, log: &'static str, producer: u64) -> Option<Produced> {
        self.logs.get(log)?.produced.get(&producer).copied()
    }

    /// Whether an entry is the next of its producer.
    fn is_next(&self, log: &'static str, Producer { id, epoch }: Producer, sequence: u64) -> bool {
        match self.produced(log, id) {
            Some(last) if last.epoch == epoch => sequence == last.sequence + 1,
            Some(last) => epoch > last.epoch && sequence == 0,
            None => sequence == 0,
        }
    }

    /// All rows of a table, by their numbers.
    pub fn all(&self, table: &'static str) -> impl Iterator<Item = (u64, Content)> {
        let rows = self.rows.range((table, 0)..=(table, u64::MAX));
        rows.map(|(&(_, id), &row)| (id, row))
    }
}

impl Rows {
    /// The tables, for a process to read.
    pub fn tables(&self) -> Rc<RefCell<Tables>> {
        Rc::clone(&self.tables)
    }
}

impl system::Rows<Own> for Rows {
    fn reset(&mut self, _: &Design, shard: ShardIndex) {
        let Tables { rows, logs } = &mut *self.tables.borrow_mut();
        rows.clear();
        logs.clear();
        self.entries = 0;
        self.database = shard.0.into();
    }

    fn admits(&self, changes: &[Change], shared: &SharedContents) -> bool {
        let (tables, contents) = (self.tables.borrow(), shared.borrow());
        changes.iter().all(|change| match *change {
            Change::Check { row: (table, id), test } => contents.holds(test, tables.get(table, id)),
            Change::Append { log, by: Some((by, sequence)), .. } => {
                tables.is_next(log, by, sequence)
            }
            Change::Append { by: None, .. }
            | Change::Put { .. }
            | Change::Delete { .. }
            | Change::Result { .. }
            | Change::Total(_) => true,
        })
    }

    fn changes_anything(&self, change: &Change) -> bool {
        match *change {
            Change::Check { .. } => false,
            Change::Delete { row: (table, id) } => self.tables.borrow().get(table, id).is_some(),
            Change::Put { .. }
            | Change::Append { .. }
            | Change::Result { .. }
            | Change::Total(_) => true,
        }
    }

    fn apply(&mut self, change: &Change, _: Time, tell: &mut impl Tell) {
        let Tables { rows, logs } = &mut *self.tables.borrow_mut();
        match *change {
            Change::Check { .. } => {}
            Change::Put { row, body } => {
                rows.insert(row, body);
            }
            Change::Delete { row } => {
                rows.remove(&row);
            }
            Change::Append { log, by, body } => {
                let entries = logs.entry(log).or_default();
                entries.all.push(body);
                if let Some((Producer { id, epoch }, sequence)) = by {
                    entries.produced.insert(id, Produced { epoch, sequence });
                }
            }
            Change::Result { step, tag, key, value } => {
                let row = self.database << 40 | self.entries;
                self.entries += 1;
                tell.write(&WrittenRow { step, row, tag, key, weight: 1, value });
            }
            Change::Total(standing) => tell.stand(&standing),
        }
    }

    fn told(
        &self,
        change: &Change,
        design: &Design,
        _: ShardIndex,
        shared: &SharedContents,
    ) -> Told {
        Told::new(told::Changed::new(change, design, &shared.borrow()))
    }
}
