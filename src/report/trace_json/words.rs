//! The words that a document of an event may have.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;

/// Whether whoever acts owns the shard.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Owner {
    /// It does, and an old owner has not learned of it.
    New,
    /// It has lost the shard, and does not know.
    Old,
    /// It is no more, and what it sent is still on its way.
    Gone,
}

/// What becomes of a message.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fate {
    /// It is lost.
    Lost,
    /// It arrives twice.
    Twice,
    /// It arrives later, by `late_ns`.
    Late,
    /// It becomes an error.
    Error,
    /// It arrives, and the answer to it is lost.
    Unanswered,
    /// It is answered, and nothing is left of it.
    Forgotten,
    /// It is lost to a cut of the link.
    Cut,
}

/// A message that reaches nobody.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Message {
    /// A request.
    Request,
    /// An ack.
    Ack,
    /// An error in place of an ack.
    Error,
    /// What the store answers to a commit.
    Answer,
    /// What an external service answers to a call.
    CallAnswer,
}

/// Why a message reaches nobody.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Nobody {
    /// The worker is down.
    Down,
    /// The worker does not have the shard.
    NotThere,
    /// It waited for a worker that stood still, and that worker died.
    Died,
    /// Whoever waited for it is no more.
    Gone,
    /// Whoever waited for it has its answer already.
    Answered,
}

/// What becomes of a commit at the store.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Applied {
    /// It changes the rows.
    Now,
    /// It had changed them before.
    Before,
    /// The rows did not admit it.
    NotAdmitted,
    /// Its token is not the owner's.
    Refused,
}

/// What a worker hears of a commit that it does not hear to be applied.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Instead {
    /// The rows did not admit it.
    Refused,
    /// Nothing, in time: nobody knows what became of it.
    Unknown,
}

/// What an external service answers.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    Done,
    Missing,
    AlreadyExists,
    OutOfRange,
    Fenced,
}

/// What was waited for.
#[derive(Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Timer {
    /// An ack.
    Ack,
    /// An external service.
    Service,
    /// New input.
    Input,
    /// A time that was set long before.
    Due,
    /// The end of the instant, when a bundle closes.
    Close,
    /// Another try of a record on which a function failed.
    Retry,
}
