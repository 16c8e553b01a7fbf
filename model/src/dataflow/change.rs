//! What a commit changes. Rows change by deltas, so that what a commit does never depends on what its sender
//! believed.

use crate::dataflow::point;
use crate::dataflow::record::Record;
use onceproof_kernel::alphabet::Point;
use onceproof_kernel::call::Operation;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::prefix::Prefix;
use onceproof_kernel::record::RecordId;
use onceproof_kernel::time::{Nanos, Time};

/// Which step of the protocol a commit is. In an aggregate's stage that of a record is a commit and that of a
/// pane an emit, also where a sink is fused into it: the row is written with the pane. In any other stage that
/// writes rows there is one commit for both, and both words mean it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CommitKind {
    /// The effects of a record.
    Commit,
    /// The end of a record's stay: an acked output is deleted, or, under recompute, id and state are
    /// written once all outputs are acked.
    Settle,
    /// A window fires or a row is written.
    Emit,
    /// A watermark that travelled alone.
    Watermark,
}

impl CommitKind {
    /// All kinds, each in the place of its number.
    pub(super) const ALL: [CommitKind; 4] =
        [CommitKind::Commit, CommitKind::Settle, CommitKind::Emit, CommitKind::Watermark];

    /// The step of the protocol.
    pub fn point(self) -> Point {
        match self {
            CommitKind::Commit | CommitKind::Watermark => point::COMMIT,
            CommitKind::Settle => point::SETTLE,
            CommitKind::Emit => point::EMIT,
        }
    }
}

/// One change of a row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Delta {
    /// The source record at this offset is done with.
    Offset(u64),
    /// The catalog of `key` learns `id`. What the record was is told to whoever watches from outside.
    Id {
        /// The key.
        key: Key,
        /// The id.
        id: RecordId,
        /// The record.
        name: Name,
        /// Its value.
        value: i64,
        /// The stamp that its sender gave it.
        stamp: Time,
        /// When it may be forgotten.
        lifetime: Lifetime,
    },
    /// A record is added to the content of a window.
    Take {
        /// The key of the window.
        key: Key,
        /// Its start.
        start: Time,
        /// The record.
        name: Name,
        /// What was read to make it.
        lineage: u32,
        /// The source records that it stands for.
        weight: i64,
        /// Its value.
        value: i64,
    },
    /// What was read of a window's content becomes a pane and leaves the content.
    Fire {
        /// The key of the window.
        key: Key,
        /// Its start.
        start: Time,
        /// What was read.
        content: Content,
        /// The name of the pane.
        pane: Name,
    },
    /// An output is held until it is acked.
    Hold(Held),
    /// Outputs up to this stamp were sent.
    Stamped(Time),
    /// The held output of this row is acked and deleted.
    Settle(HeldRow),
    /// A record on which a function failed too often is done with, and makes nothing.
    DeadLetter {
        /// Its key.
        key: Key,
        /// The record.
        name: Name,
        /// What was read to make it.
        lineage: u32,
        /// Its value.
        value: i64,
    },
    /// The watermarks of a sender. Ids that only a sender's system watermark kept are forgotten with it.
    Watermark {
        /// Its place among the senders of the step.
        sender: u32,
        /// Both watermarks.
        value: Watermark,
    },
    /// What a function with more than one answer decided in the middle of a stage. It stands in no durable row,
    /// so without this nobody could tell which answer won. It changes nothing: it is told to whoever watches
    /// from outside.
    Decided {
        /// The output.
        name: Name,
        /// Its key.
        key: Key,
        /// Its value.
        value: i64,
    },
    /// A record that put an entry at a service under this key is done with. Nothing durable: it is told to
    /// whoever watches from outside.
    Put {
        /// The key.
        key: Key,
        /// The record.
        name: Name,
    },
    /// A row is owed to an external table until it is paid.
    Owe(Owed),
    /// The row that is owed under this number is in the table.
    Paid(u64),
    /// A sink's row is written over what was there.
    Row {
        /// The sink.
        step: StepIndex,
        /// Where.
        row: u64,
        /// The key of the record.
        key: Key,
        /// The record.
        name: Name,
        /// What was read to make it.
        lineage: u32,
        /// The source records that it stands for.
        weight: i64,
        /// Its value.
        value: i64,
    },
}

/// When an id may be forgotten.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Lifetime {
    /// When the system watermark of this sender, by its place among the senders of the step, has passed the
    /// id's stamp.
    UntilWatermark {
        /// The place of the sender.
        sender: u32,
    },
    /// When the system watermarks of all these senders have: they read one queue, and any may send it.
    UntilAllWatermarks {
        /// The place of the first of them.
        first: u32,
        /// How many they are, one after the other.
        count: u32,
    },
    /// So long after this commit is applied.
    For {
        /// How long.
        length: Nanos,
        /// Whether each duplicate begins that time anew.
        refresh_on_hit: bool,
    },
    /// Never.
    Unlimited,
}

/// What a sender promises.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Watermark {
    /// No record of an earlier event time comes any more, but for late ones.
    pub event: Time,
    /// No record of an earlier stamp comes any more, but for remnants of what was processed.
    pub system: Time,
}

impl Watermark {
    /// No promise at all.
    pub const NONE: Watermark = Watermark { event: Time::MIN, system: Time::MIN };

    /// Nothing comes any more.
    pub const END: Watermark = Watermark { event: Time::MAX, system: Time::MAX };

    /// The greater of each.
    pub fn max(self, other: Watermark) -> Watermark {
        let (event, system) = (self.event.max(other.event), self.system.max(other.system));
        Watermark { event, system }
    }

    /// The lesser of each.
    pub fn min(self, other: Watermark) -> Watermark {
        let (event, system) = (self.event.min(other.event), self.system.min(other.system));
        Watermark { event, system }
    }

    /// Whether this promises nothing that `other` does not.
    pub fn is_within(self, other: Watermark) -> bool {
        self.event <= other.event && self.system <= other.system
    }
}

/// The row of an output that is held. Under a wrong clock two outputs may have one stamp, so the stamp
/// alone does not tell them apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct HeldRow {
    /// The stamp that it was given when it was made.
    pub stamp: Time,
    /// Its id.
    pub id: RecordId,
    /// The shard that it goes to.
    pub to: ShardIndex,
}

/// An output and where it goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Held {
    /// The shard that owns its key.
    pub to: ShardIndex,
    /// The output.
    pub record: Record,
}

/// A row that may not be in its external table yet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Owed {
    /// The number of the row among those of its shard; where it has an offset, that.
    pub number: u64,
    /// The record.
    pub name: Name,
    /// The call that pays it.
    pub operation: Operation,
}

impl Held {
    /// Its row.
    pub fn row(&self) -> HeldRow {
        HeldRow { stamp: self.record.stamp, id: self.record.id, to: self.to }
    }
}

/// What a window holds that is in no pane yet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Content {
    /// How many records.
    pub records: u32,
    /// The number of the next pane.
    pub pane: u32,
    /// The sum of their weights.
    pub weight: i64,
    /// The sum of their values, its lower 64 bits.
    pub value: i64,
    /// The mark of what was read, for whoever watches from outside; carried unchanged.
    pub lineage: u32,
}

/// The rows that a boot reads.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scan {
    /// The offsets that are done with; of a sink, the numbers that were given to rows.
    pub offsets: Prefix,
    /// The last stamp given to an output.
    pub last_stamp: Option<Time>,
    /// The outputs that are held, in order of their stamps.
    pub held: Vec<Held>,
    /// The windows with content that is in no pane: key and start, in order of start, then hash of the key.
    pub windows: Vec<(Key, Time)>,
    /// The watermarks of each sender.
    pub watermarks: Vec<Watermark>,
    /// The rows that are owed to an external table, in order of their numbers.
    pub owed: Vec<Owed>,
}
