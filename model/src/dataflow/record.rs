//! What travels: records, with an id for the system, a name for whoever watches from outside, and a
//! value that the protocol never looks into.

use onceproof_kernel::key::Key;
use onceproof_kernel::name::Name;
use onceproof_kernel::record::{RecordId, Value};
use onceproof_kernel::tell::Tag;
use onceproof_kernel::time::Time;

/// One record on its way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Record {
    /// Who it is, seen from outside: what faults are placed by and the ledger counts.
    pub name: Name,
    /// The key that it is grouped by.
    pub key: Key,
    /// What the catalog knows it by.
    pub id: RecordId,
    /// The system timestamp that its sender gave it; strictly increasing per sender under checkpoint.
    pub stamp: Time,
    /// When it happened, which decides its window.
    pub event_time: Time,
    /// How many source records it stands for: 1 from a source, the count from a count.
    pub weight: i64,
    /// What it carries.
    pub value: Value,
    /// The mark of what was read to make it, 0 for nothing; carried unchanged for whoever watches
    /// from outside.
    pub lineage: u32,
}

impl Record {
    /// What it carries for whoever watches from outside.
    pub fn tag(&self) -> Tag {
        Tag { name: self.name, lineage: self.lineage }
    }
}
