//! Short words for what a pipeline is told: lengths of time, and how sinks write.

use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND, Span};
use toml_edit::{InlineTable, Value};

/// So many milliseconds, in nanoseconds.
pub const fn milliseconds(number: u64) -> Nanos {
    number * MILLISECOND
}

/// So many seconds, in nanoseconds.
pub const fn seconds(number: u64) -> Nanos {
    number * SECOND
}

/// So many minutes, in nanoseconds.
pub const fn minutes(number: u64) -> Nanos {
    number * 60 * SECOND
}

/// So many hours, in nanoseconds.
pub const fn hours(number: u64) -> Nanos {
    number * 3_600 * SECOND
}

/// How a sink writes.
#[derive(Clone, Debug)]
pub struct SinkWrite(pub(super) Value);

/// A row per result in the sink's own commit, overwritten when the same result comes again.
pub fn upsert() -> SinkWrite {
    SinkWrite("upsert".into())
}

/// A row per call to an external table, beside all that stand there.
pub fn append() -> SinkWrite {
    SinkWrite("append".into())
}

/// The same with an insert id: the table drops what it has seen within this time.
pub fn insert_id(window: Nanos) -> SinkWrite {
    SinkWrite(table("insert-id", "window", window))
}

/// A row at an offset of a stream of the shard's own. The offset is durable before the table is called.
pub fn offset() -> SinkWrite {
    SinkWrite("offset".into())
}

/// A temporary file with the rows of a bundle, which gets its name after the sink's commit.
pub fn rename() -> SinkWrite {
    SinkWrite("rename".into())
}

/// A transaction with the rows of a bundle, prepared before the sink's commit and committed after it. The table aborts
/// one that is not committed within this time.
pub fn two_phase(timeout: Nanos) -> SinkWrite {
    SinkWrite(table("two-phase", "timeout", timeout))
}

/// `{ word = { key = "1m" } }`.
fn table(word: &str, key: &str, length: Nanos) -> Value {
    let inner: InlineTable = [(key, Value::from(Span(length).to_string()))].into_iter().collect();
    Value::from([(word, Value::from(inner))].into_iter().collect::<InlineTable>())
}

/// What a step of a pipeline does at an external service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExternalCall {
    /// One more entry each time, such as an e-mail.
    Append,
    /// The entry of the record's key; the last one stands.
    Put,
    /// The same under the token of the caller's lease: the service refuses a token older than the newest that it knows.
    PutFenced,
}

impl ExternalCall {
    /// As a scenario file writes it.
    pub(super) fn word(self) -> &'static str {
        match self {
            ExternalCall::Append => "append",
            ExternalCall::Put => "put",
            ExternalCall::PutFenced => "put-fenced",
        }
    }
}
