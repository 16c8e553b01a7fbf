//! What settings of steps are there for that more than one system has, for whoever explains a failure.

use onceproof_kernel::account::Guard;

/// A sink that appends.
pub const APPENDS: Guard = Guard {
    key: "write",
    value: "\"append\"",
    catches: "A table that is told which row a call writes takes a call that comes again for the same row",
    misses: "`write = \"append\"` adds a row per call, so a call that is made again after a crash adds another one",
    change: "Give each row an id or an offset that is the same in each execution",
};

/// A sink whose insert ids are drawn, or forgotten too early.
pub const INSERT_IDS: Guard = Guard {
    key: "write",
    value: "{ insert-id",
    catches: "A table drops a row whose insert id it has seen",
    misses: "This insert id is another one in each execution, or is forgotten before the call comes again",
    change: "Take the insert id from the record, and have the table remember it for longer than a call is repeated",
};

/// A sink whose offset is not durable before its call.
pub const OFFSETS: Guard = Guard {
    key: "write",
    value: "\"offset-",
    catches: "A table takes a row at an offset once",
    misses: "This offset is not committed before the call, so after a crash another row may have it, or the same row \
             another one",
    change: "Commit the offset of a row before the table is called",
};

/// A sink whose files have their names from the beginning.
pub const FILES: Guard = Guard {
    key: "write",
    value: "\"in-place\"",
    catches: "A file gets its name when all of it is committed, so readers see all of it or nothing",
    misses: "`write = \"in-place\"` writes under the name that readers see, row by row",
    change: "Write a temporary file, and rename it after the commit",
};

/// A sink whose transactions are aborted too early.
pub const TRANSACTIONS: Guard = Guard {
    key: "write",
    value: "{ two-phase",
    catches: "A transaction that is prepared is kept until its worker commits it",
    misses: "The table aborts a transaction after this time-out, and the worker was away for longer",
    change: "Have the table keep a prepared transaction for longer than a worker may be away",
};

/// A queue that hears an ack too early.
pub const QUEUE_ACK: Guard = Guard {
    key: "queue.ack",
    value: "\"on-receipt\"",
    catches: "A queue keeps a message until its record is done with, and hands it out again after a crash",
    misses: "`ack = \"on-receipt\"` acks the message when it is handed out, so the queue has forgotten what the crash took",
    change: "Ack a message when its record is done with",
};

/// Messages that are not known again.
pub const QUEUE_IDS: Guard = Guard {
    key: "queue.ids",
    value: "",
    catches: "A message that is handed out or published again is known by the id that its record has",
    misses: "These ids are not one for each record: a copy has another one, or two records share one",
    change: "Take the id from what the publisher gave the record",
};

/// A function that deletes what it reads.
pub const TAKES: Guard = Guard {
    key: "fn.call",
    value: "\"take\"",
    catches: "What a function reads is there when it is run again",
    misses: "`call = \"take\"` deletes what it reads before anything is committed, so a second execution finds nothing",
    change: "Delete what was read after the commit",
};

/// A put that is not fenced.
pub const PUTS: Guard = Guard {
    key: "fn.call.write",
    value: "\"put\"",
    catches: "A service that knows the token of the newest owner refuses the call of an older one",
    misses: "`write = \"put\"` names no token, so what a worker calls that has lost its shard stands over what is newer",
    change: "Call under the token of the lease",
};

/// A call that adds each time.
pub const CALLS: Guard = Guard {
    key: "fn.call.write",
    value: "\"append\"",
    catches: "Nothing in a pipeline catches it: a side effect is outside of every commit",
    misses: "A function may be run again, and `write = \"append\"` leaves one side effect for each run",
    change: "Have the service know a call again by its key",
};

/// A record that fails for ever.
pub const DEAD_LETTERS: Guard = Guard {
    key: "dead-letter",
    value: "",
    catches: "A record on which a function fails each time is given up, openly, so that others need not wait for it",
    misses: "Without `dead-letter` it is tried for ever, and its window with all others waits for it",
    change: "Give such a record up after a few failures",
};
