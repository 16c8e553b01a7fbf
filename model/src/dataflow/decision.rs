//! What a worker does that can be seen neither in what it asks nor in what it lists. It tells it for whoever watches, and
//! nothing hangs on it.

use crate::function::Output;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::time::Time;

/// What a shard does that can be seen neither in what it asks nor in what it lists.
#[derive(Clone, Copy, Debug)]
pub enum Decision<'a> {
    /// A record of the input is read, and is new to it.
    Reads {
        /// The record.
        name: Name,
        /// Its key.
        key: Key,
    },
    /// A record waits, since its key is busy.
    Waits {
        /// The record.
        name: Name,
        /// The key.
        key: Key,
    },
    /// A function was executed on a record.
    Executed {
        /// Its step.
        step: StepIndex,
        /// The record.
        name: Name,
        /// What it was executed on.
        input: Output,
        /// What it made, in order.
        outputs: &'a [Output],
    },
    /// A function has failed on a record so often that the record is given up.
    DeadLetter {
        /// The record.
        name: Name,
        /// How often it has failed in this life.
        failures: u32,
    },
    /// A record comes too late for its window, and leaves its id and nothing else.
    Late {
        /// The record.
        name: Name,
        /// Its key.
        key: Key,
        /// The end of its window.
        end: Time,
    },
    /// A window fires.
    Fires {
        /// The pane.
        pane: Name,
        /// The key of the window.
        key: Key,
        /// Its start.
        start: Time,
        /// How many records it has that are in no pane.
        records: u32,
    },
    /// No ack came in time, and the output is not sent again.
    GivesUp {
        /// The output.
        name: Name,
        /// How often this life has sent it.
        sends: u32,
    },
}
