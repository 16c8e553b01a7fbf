//! What identifies a request to its sender; and calls to external services: what a function, or a sink that does not write in its own commit, does to
//! the world outside. A call is no part of a commit: it is done when the service has it, whatever becomes of
//! the record (*Streaming Systems*, ch. 5, "Exactly Once in Sinks" and "Side Effects").

use crate::key::Key;
use crate::layout::{ShardIndex, StepIndex};
use crate::name::Name;
use crate::record::RecordId;
use crate::time::Nanos;

/// What identifies a request to its sender.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rpc {
    /// Where the sender keeps it.
    pub slot: u32,
    /// Which send of the record this is, counted by the world from outside; the worker leaves it 0 and
    /// carries it back.
    pub attempt: u32,
    /// Never used twice by a shard, in any of its lives.
    pub serial: Serial,
}

/// What tells the requests of a shard apart, in any of its lives. The world reads the token of it, to know whose
/// reply it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Serial {
    /// The token of the life that made the request. Its first bit is the system's own.
    token: u32,
    /// The number of the request under that token, from 1; 0 is none.
    number: u32,
}

impl Serial {
    const OWN: u32 = 1 << 31;

    /// Request number `number` under a token.
    ///
    /// # Panics
    ///
    /// Where debug assertions are on, if the token has the first bit or the number needs more than 32. Each life and
    /// each request is an event at least, so no run comes near.
    #[inline]
    pub fn new(token: u64, number: u64) -> Serial {
        debug_assert!(token < Serial::OWN.into() && number <= u32::MAX.into(), "a serial");
        Serial { token: token as u32, number: number as u32 }
    }

    /// The same with the bit that is the system's own.
    pub fn marked(self) -> Serial {
        Serial { token: self.token | Serial::OWN, ..self }
    }

    /// Whether it has that bit.
    pub fn is_marked(self) -> bool {
        self.token & Serial::OWN != 0
    }

    /// The token of the life that made the request.
    #[inline]
    pub fn token(self) -> u64 {
        (self.token & !Serial::OWN).into()
    }

    /// Its number under that token.
    #[inline]
    pub fn number(self) -> u64 {
        self.number.into()
    }

    /// All of it as one number.
    #[inline]
    pub fn bits(self) -> u64 {
        u64::from(self.token) << 32 | u64::from(self.number)
    }
}

/// What a step calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A service with entries and objects, or a table that takes every row, or one with streams.
    Plain,
    /// A table that drops a row whose insert id it has seen.
    InsertIds {
        /// How long it remembers one.
        window: Nanos,
    },
    /// A folder of files.
    Files,
    /// A table with transactions.
    Transactions {
        /// When it aborts one that is not committed.
        timeout: Nanos,
    },
}

/// A call to an external service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Call {
    /// Who calls.
    pub shard: ShardIndex,
    /// The step whose function or sink it is.
    pub step: StepIndex,
    /// What the answer carries back.
    pub rpc: Rpc,
    /// The record that it is made for.
    pub name: Name,
    /// What the service is to do.
    pub operation: Operation,
}

/// What a service is asked to do.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Operation {
    /// What a function does.
    Act {
        /// What.
        action: Action,
        /// The key of the record: where an entry is put.
        key: Key,
        /// The token of the caller's lease: by what a fenced entry is put.
        token: u64,
    },
    /// Add a row to a table, however often it comes.
    Append(Row),
    /// Add a row at this offset of a stream of the shard's, which must be its end.
    AppendAt {
        /// The row.
        row: Row,
        /// Which stream: 0 is the one that all lives of the shard share.
        stream: u64,
        /// Where.
        offset: u64,
    },
    /// Keep a row where nobody sees it: in a temporary file, or in a transaction.
    Prepare {
        /// The row.
        row: Row,
        /// Its place there.
        part: Part,
    },
    /// Show all that was prepared in a unit: rename the file, or commit the transaction.
    Finish {
        /// Which.
        unit: u64,
    },
    /// Write a row of a file to where readers see it at once.
    WriteInPlace {
        /// The row.
        row: Row,
        /// Its place in the file.
        part: Part,
    },
    /// Add a row to a table, unless a row with this insert id came a short time ago.
    Insert {
        /// The row.
        row: Row,
        /// What the service knows the row by.
        id: RecordId,
    },
}

/// What a function does at a service.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    /// Adds an entry, one more each time.
    Append,
    /// Writes the entry of the record's key; the last one stands, whoever wrote it.
    Put,
    /// The same under the token of the caller's lease: refused if the service knows of a newer one.
    PutFenced,
    /// Reads the object that stands behind the source record; without it there is no output.
    Read,
    /// Deletes that object, if it is there.
    Delete,
    /// Reads that object and deletes it at once.
    Take,
}

impl Action {
    /// Whether it changes something at the service.
    pub fn is_effect(self) -> bool {
        match self {
            Action::Append | Action::Put | Action::PutFenced | Action::Delete | Action::Take => {
                true
            }
            Action::Read => false,
        }
    }

    /// Whether it writes the one entry of the record's key.
    pub fn is_put(self) -> bool {
        match self {
            Action::Put | Action::PutFenced => true,
            Action::Append | Action::Read | Action::Delete | Action::Take => false,
        }
    }
}

/// The place of a row in a file or a transaction, whose rows belong together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Part {
    /// Which file or transaction; never used twice by a shard, in any of its lives.
    pub unit: u64,
    /// Which of its rows, from 0.
    pub at: u32,
    /// How many rows it has when it is whole.
    pub of: u32,
}

/// A row of an external table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Row {
    /// The key of the record.
    pub key: Key,
    /// What was read to make it.
    pub lineage: u32,
    /// The source records that it stands for.
    pub weight: i64,
    /// Its value.
    pub value: i64,
}

/// What a service answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It is done, or was done before.
    Done,
    /// What was to be read, or finished, is not there.
    Missing,
    /// There is a row at this offset already.
    AlreadyExists,
    /// The stream ends before this offset.
    OutOfRange,
    /// There is a newer token, so the caller has lost its shard. It never hears this: it is ended by it, as by
    /// the refusal of a commit. To call again would go on for ever; to go on without would say of a record that
    /// it is done with, which is for the owner to say.
    Fenced,
}
