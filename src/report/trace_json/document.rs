//! The form of an event as JSON, from which its schema is made. A key that says nothing is left out.

#[cfg(feature = "schema")]
use super::told_schema;
use super::words::{Answer, Applied, Fate, Instead, Message, Nobody, Owner, Timer};
#[cfg(feature = "schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
#[cfg(feature = "schema")]
use std::borrow::Cow;

/// One event of a traced run.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(title = "onceproof.trace/1", deny_unknown_fields))]
pub(super) struct Document {
    /// Its number, from 0.
    pub event: u64,
    /// When, in nanoseconds of virtual time since the start of the run.
    pub ns: u64,
    /// The numbers of the events that caused it.
    pub causes: Vec<u64>,
    /// The shard that does it: `per-user/0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// The worker that it runs on, or that it happens to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<u32>,
    /// Whether whoever does it owns the shard, where that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// The fault that struck here: its index in the `schedule` of the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<usize>,
    #[serde(flatten)]
    pub happens: Happens,
}

/// What happens: an event of the kernel, or one that its system tells of itself.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Happens {
    Kernel(Kind),
    Own(Object),
}

/// What a system tells, whose schema is made of the table of its words.
pub(super) type Object = serde_json::Map<String, serde_json::Value>;

#[cfg(feature = "schema")]
impl JsonSchema for Happens {
    fn schema_name() -> Cow<'static, str> {
        Kind::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        told_schema::with_own(Kind::json_schema(generator))
    }
}

/// What becomes of a message, unless it simply arrives.
#[derive(Clone, Copy, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub(super) struct Fated {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fate: Option<Fate>,
    /// How much later it arrives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late_ns: Option<u64>,
}

/// At which shard and before which step of the protocol a worker was struck, and what that was about.
#[derive(Default, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub(super) struct Before {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

/// Which commit it is.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub(super) struct Commit {
    /// What it is: a `settle` lets go of what was held until it was acked, or owed until it was paid; an `emit` fires
    /// a window or writes rows; a `commit` is any other.
    pub commit: String,
    /// The step of the protocol by which a fault is placed before it.
    pub before: String,
    /// Its number under the token of its shard.
    pub number: u64,
    /// What it is about: its first record, or a watermark.
    pub subject: String,
}

/// What an execution made.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub(super) struct Output {
    pub key: String,
    /// A number, or a text.
    pub value: OutputValue,
}

/// What a record carries.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(untagged)]
#[cfg_attr(feature = "schema", schemars(rename = "Carried"))]
pub(super) enum OutputValue {
    Integer(i64),
    Text(String),
}

/// What happens.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Kind {
    /// A service is told of a token, and refuses older ones from now on.
    Announce { token: u64 },
    /// A record of the input is read.
    Read { subject: String, key: String },
    /// A queue hands out a message, and at once again where that is `true`.
    Pull { subject: String, key: String, delivery: u32, again: bool },
    /// A queue is told that a message is done.
    MessageAck { subject: String },
    /// A request leaves.
    Send {
        to: String,
        /// The word for it, where the strategy has several messages that may be about one record.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        subject: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// Which send of the record, from 1.
        attempt: u32,
        /// Whether the request was sent before. A record that is published to a queue again has another.
        again: bool,
        #[serde(flatten)]
        fate: Fated,
    },
    /// A request arrives.
    Receive {
        from: String,
        /// The word for it, where the strategy has several messages that may be about one record.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        subject: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// Which send.
        attempt: u32,
    },
    /// A message reaches nobody.
    Unreceived {
        message: Message,
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        to: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        attempt: Option<u32>,
        /// The number of the commit.
        #[serde(skip_serializing_if = "Option::is_none")]
        number: Option<u64>,
        why: Nobody,
    },
    /// A record waits, since its key is busy.
    KeyBusy { subject: String, key: String },
    /// A user function is executed.
    Execute {
        step: String,
        subject: String,
        /// Which execution on this record, from 1.
        execution: u32,
        outputs: Vec<Output>,
        /// What the execution before made, if that was something else.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<Vec<Output>>,
    },
    /// A user function fails.
    Fail { step: String, subject: String, execution: u32 },
    /// A record on which a function failed so often is given up.
    GiveUp { subject: String, failures: u32 },
    /// A commit leaves.
    Commit {
        #[serde(flatten)]
        commit: Commit,
        /// Which send, from 1.
        attempt: u32,
        #[serde(flatten)]
        fate: Fated,
    },
    /// A commit reaches the store.
    Apply {
        #[serde(flatten)]
        commit: Commit,
        applied: Applied,
        #[cfg_attr(feature = "schema", schemars(schema_with = "told_schema::changes"))]
        changes: Vec<Object>,
    },
    /// A shard hears that its commit is applied.
    Heard {
        #[serde(flatten)]
        commit: Commit,
        /// What it hears instead of that the commit is applied.
        #[serde(skip_serializing_if = "Option::is_none")]
        instead: Option<Instead>,
    },
    /// An old owner hears that it has lost its shard, and ends.
    End,
    /// An ack leaves.
    Ack {
        to: String,
        subject: String,
        /// Which send it acknowledges.
        attempt: u32,
        #[serde(flatten)]
        #[cfg_attr(feature = "schema", schemars(skip))]
        says: Object,
        #[serde(flatten)]
        fate: Fated,
    },
    /// An ack arrives.
    Acked {
        from: String,
        subject: String,
        attempt: u32,
        #[serde(flatten)]
        #[cfg_attr(feature = "schema", schemars(skip))]
        says: Object,
        awaited: bool,
    },
    /// An error arrives in place of an ack.
    Error { from: String, subject: String, attempt: u32, awaited: bool },
    /// A call to an external service leaves.
    Call {
        step: String,
        subject: String,
        attempt: u32,
        #[serde(flatten)]
        fate: Fated,
    },
    /// An external service does what a call says.
    Serve { step: String, subject: String, answer: Answer, effect: bool },
    /// The answer of an external service arrives.
    Answer { subject: String, answer: Answer },
    /// A timer is due that still means something.
    Timer {
        waited: Timer,
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// A worker dies.
    Crash {
        /// How long it is down; not there if it never comes back.
        #[serde(skip_serializing_if = "Option::is_none")]
        down_ns: Option<u64>,
        #[serde(flatten)]
        before: Before,
    },
    /// A worker is back.
    Back,
    /// A worker stands still.
    Pause {
        still_ns: u64,
        #[serde(flatten)]
        before: Before,
    },
    /// A worker goes on.
    Resume,
    /// The clock of a worker jumps.
    ClockStep {
        /// How far it is ahead from now on; behind, where that is negative.
        ahead_ns: i64,
        #[serde(flatten)]
        before: Before,
    },
    /// The link between two workers is cut, `both` ways or one.
    Cut { from_worker: u32, to_worker: u32, both: bool, cut_ns: u64 },
    /// A fault at a time finds its worker down.
    AlreadyDown,
    /// A worker has been away for as long as its lease.
    LeaseEnd,
    /// A shard is to move to another worker.
    Move {
        shard: String,
        #[serde(flatten)]
        before: Before,
    },
    /// The store grants a shard to another worker.
    Grant { shard: String, from_worker: u32, to_worker: u32 },
    /// An old owner is no more.
    NoMore { shard: String },
}
