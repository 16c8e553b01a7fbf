//! A record on its way from process to process, one at a time.

use onceproof_kernel::key::Key;
use onceproof_kernel::mix::words;
use onceproof_kernel::name::{Names, Vocabulary};
use onceproof_kernel::record::{RecordId, Value};
use onceproof_kernel::source::SourceRow;
use onceproof_kernel::tell::{Member, Tag};
use onceproof_kernel::time::Time;

/// A record on its way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Record {
    /// Who it is, and what was read to make it.
    pub tag: Tag,
    /// Its key.
    pub key: Key,
    /// What it is known by.
    pub id: RecordId,
    /// When it happened.
    pub event_time: Time,
    /// The source records that it stands for.
    pub weight: i64,
    /// What it carries.
    pub value: Value,
}

impl Record {
    /// The record that a row of the source with this hash of its name is.
    pub fn of(row: &SourceRow, source_hash: u64, event_time: Time, names: &Names) -> Record {
        let &SourceRow { name, key, id, value, .. } = row;
        let id = match id {
            Some(id) => RecordId::given(source_hash, id),
            None => RecordId(names.hash(name)),
        };
        Record { tag: Tag { name, lineage: 0 }, key, id, event_time, weight: 1, value }
    }

    /// What it says, as a number; without its lineage.
    pub fn digest(&self, known: &Vocabulary) -> u64 {
        let &Record { tag, key, id, event_time, weight, value } = self;
        words([
            known.names.hash(tag.name),
            known.keys.hash(key),
            id.0,
            event_time.0 as u64,
            weight as u64,
            value.hash(&known.keys),
        ])
    }

    /// The record as a part of a sum.
    pub fn member(&self) -> Member {
        let Tag { name, lineage } = self.tag;
        Member { name, lineage, weight: self.weight, value: self.value.integer() }
    }
}
