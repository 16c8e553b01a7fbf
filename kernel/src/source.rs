//! Where records come from: sources that are read at offsets, and queues that hand out messages; and what each
//! promises of the times at which records to come happened.

use crate::key::Key;
use crate::name::Name;
use crate::record::Value;
use crate::time::{Nanos, Time};

/// How a source knows up to when it has seen all that happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// The least event time still to come.
    Perfect,
    /// This far behind the greatest event time seen.
    Bound(Nanos),
}

/// A source of records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Source {
    /// How it knows up to when it has seen all that happened.
    pub progress: Progress,
    /// The queue that its records come from, if they do not stand at offsets.
    pub queue: Option<Queue>,
}

/// A queue of messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Queue {
    /// How long a delivery may go without an ack until its message is handed out again.
    pub deadline: Nanos,
    /// Whether a worker that lives extends the deadlines of what it holds.
    pub extend: bool,
    /// Whether a message that was handed out holds back what the queue promises, until it is acked. Without, one
    /// whose worker died would come again too late for its window.
    pub holds_back: bool,
}

/// What a source finds at an offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Read {
    /// A record.
    Row(SourceRow),
    /// Nothing yet.
    NotYet {
        /// When the record arrives.
        arrival: Time,
    },
    /// The end of the input.
    End,
}

/// What a queue hands out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pull {
    /// A message.
    Message(Message),
    /// Nothing before this time.
    NotYet {
        /// When the next message is published, or handed out again.
        at: Time,
    },
    /// Nothing, unless something happens.
    Nothing,
}

/// A delivery of a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Message {
    /// What it carries; its id is the publisher's attribute, if it has one.
    pub row: SourceRow,
    /// Which message of the queue.
    pub number: u32,
    /// Which delivery of it, from 1.
    pub delivery: u32,
}

/// One record of the input.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SourceRow {
    /// Its name.
    pub name: Name,
    /// Its key.
    pub key: Key,
    /// The id that the input gives, if it does, instead of shard and offset: one of its source.
    pub id: Option<u64>,
    /// When it happened.
    pub event_time: Time,
    /// When the source could read it; in a shard, none comes before one that was read earlier.
    pub arrival: Time,
    /// What it carries.
    pub value: Value,
    /// What the source shard promises once this record is read: no later one happened earlier, but for late ones.
    pub promise: Time,
    /// Whether an earlier record of its source has its id.
    pub is_repeat: bool,
}
