//! The queue of a source as it is written.

use super::{AckWord, At};
use crate::scenario::form::units::Duration;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

/// A queue that a source reads: what is not acked in time is handed out again, to the next shard.
#[derive(Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(in crate::scenario) struct Queue {
    /// How long a message may go without an ack; `10s` where it is not given.
    pub deadline: Option<At<Duration>>,
    /// Whether a worker extends the deadlines of what it holds while it lives; true where it is not given.
    pub extend: Option<bool>,
    /// When a message is acked; `after-commit` where it is not given.
    pub ack: Option<AckWord>,
    /// Where the ids of records come from; `message` where it is not given.
    pub ids: Option<At<MessageIds>>,
}

/// Where the id of a record from a queue comes from.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum MessageIds {
    /// From the message, the same in each delivery.
    Message,
    /// From the `id` that the publisher gave, the same each time it publishes the record.
    Attribute,
    /// From key and value. Wrong.
    Content,
    /// Each delivery has its own. Wrong.
    None,
}
