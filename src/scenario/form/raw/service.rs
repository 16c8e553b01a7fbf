//! What is written of external services: the calls of functions, and how sinks write.

use super::At;
use crate::scenario::form::units::Duration;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Deserialize;

/// What a function does at an external service.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Call {
    /// Writes something.
    Write(CallWrite),
    /// Reads the object behind the source record; without it there is no output.
    Read,
    /// Deletes that object, if it is there.
    Delete,
    /// Reads that object and deletes it at once.
    Take,
}

/// How a function writes to a service.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum CallWrite {
    /// One more entry each time.
    Append,
    /// The entry of the record's key; the last one stands.
    Put,
    /// The same under the token of the caller's lease: the service refuses a token older than the newest that it
    /// knows of for the shard.
    PutFenced,
}

/// How a sink writes.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Write {
    /// A row per result in the sink's own commit, overwritten when the same result comes again.
    Upsert,
    /// A row per call to an external table.
    Append,
    /// The same with an insert id, by which the table drops what it has seen a short time ago.
    InsertId(InsertId),
    /// A row at an offset of a stream of the shard's own. The offset is durable before the table is called.
    Offset,
    /// The same with offsets that are durable only afterwards: a wrong design.
    OffsetInMemory,
    /// The same in a new stream in each life of a shard: a wrong design.
    OffsetNewStream,
    /// A temporary file with the rows of a bundle, which gets its name after the sink's commit.
    Rename,
    /// A file with the rows of a bundle that is written where readers see it: a wrong design.
    InPlace,
    /// A transaction with the rows of a bundle that is prepared before the sink's commit and committed after it.
    TwoPhase(TwoPhase),
}

/// The transactions of a sink.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct TwoPhase {
    /// When the table aborts one that is not committed.
    pub timeout: At<Duration>,
}

/// The insert ids of a sink.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct InsertId {
    /// How long the table remembers one.
    pub window: At<Duration>,
    /// Whether it is drawn anew in each execution of the sink; else, and where it is not given, it is the
    /// id of the record.
    #[serde(default)]
    pub random: bool,
}
