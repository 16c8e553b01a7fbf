//! What travels between the processes, what a commit changes, and what a process waits for.

use crate::contents::Content;
use crate::words::Producer;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::tell::{Standing, Tag};

/// A request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Message {
    /// The name of its route.
    pub route: &'static str,
    /// What it carries.
    pub body: Content,
    /// What it is about.
    pub subject: Subject,
}

/// A reply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Answered {
    /// What it carries.
    pub body: Content,
}

/// One change of a database, or a check that must hold for all of its commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// The commit is refused unless this holds of a row.
    Check {
        /// The table and the number of the row.
        row: RowId,
        /// What must hold of it.
        test: Content,
    },
    /// A row is written.
    Put {
        /// The table and the number of the row.
        row: RowId,
        /// What is in it.
        body: Content,
    },
    /// A row is deleted.
    Delete {
        /// The table and the number of the row.
        row: RowId,
    },
    /// An entry is appended to a log.
    Append {
        /// The log.
        log: &'static str,
        /// Who appends it as which of its entries, if anybody counts.
        by: Option<(Producer, u64)>,
        /// What is in it.
        body: Content,
    },
    /// A record is in a result from now on.
    Result {
        /// The result.
        step: StepIndex,
        /// Which record, as an entry of the result.
        tag: Tag,
        /// Under which key.
        key: Key,
        /// With which value.
        value: i64,
    },
    /// Records are in a total from now on, in place of those that were.
    Total(Standing),
}

/// A row: the name of its table, and its number.
pub type RowId = (&'static str, u64);

/// What a process waits for. The numbers are those of its effects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timer {
    /// New input.
    Input,
    /// The reply to the first send of a request.
    First(u64),
    /// The reply to a later one.
    Again(u64),
    /// The end of a sleep.
    Sleep(u64),
}
