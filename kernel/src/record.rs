//! What a record is known by, and what it carries.

use crate::key::{Key, Keys};
use crate::mix::{fold, scatter};

/// What a system knows a record by. Stable over retries and re-executions when ids are derived.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RecordId(pub u64);

impl RecordId {
    /// The id of a record of which the input, or its own content, says that it is this one. It is an id of its
    /// source: `source`, the hash of the source's name, is part of it. Where two sources join that both number
    /// their records from 1, equal numbers are two records. What is one stream has to be one source.
    pub fn given(source: u64, id: u64) -> RecordId {
        RecordId(fold(source, scatter(id)))
    }
}

/// What a record carries. The protocol moves it and never looks inside; only functions and sums do. It owns
/// nothing, so that a record, and whatever carries one, is copied and needs no drop.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Value {
    /// A small integer, the value of the built-in functions.
    Integer(i64),
    /// A text, which the run keeps once among its keys.
    Text(Key),
    /// A text that a function of the user's own has made, which may be another one when it is executed again.
    Made {
        /// The text.
        text: Key,
        /// A hash of it, by which whoever watches tells it from another one.
        mark: u32,
    },
}

impl Value {
    /// A text that a function of the user's own has made.
    pub fn made(text: &str, keys: &mut Keys) -> Value {
        let text = keys.intern(text);
        Value::Made { text, mark: keys.hash(text) as u32 }
    }

    /// The integer that a sum adds. A text adds nothing; a scenario that sums texts is refused earlier. What was made adds
    /// its mark, so that two executions that made two texts are told apart.
    pub fn integer(self) -> i64 {
        match self {
            Value::Integer(value) => value,
            Value::Text(_) => 0,
            Value::Made { mark, .. } => mark.into(),
        }
    }

    /// A hash of the content, the same in every run.
    pub fn hash(self, keys: &Keys) -> u64 {
        match self {
            Value::Integer(value) => scatter(value as u64),
            Value::Text(text) | Value::Made { text, .. } => keys.hash(text),
        }
    }
}

/// One output of a user function: its key and value. The rest of the record stays as it was.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Output {
    /// The key of the output.
    pub key: Key,
    /// The value of the output.
    pub value: Value,
}
