//! What travels between the coordinator, tasks and topics, what their rows say, and what they wait for.

use super::state::{KeptRecord, KeptState};
use crate::stream::Record;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::tell::WholeUnit;
use onceproof_kernel::time::Time;

/// The state of a task at a checkpoint, as it is stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BlobId {
    /// Whose.
    pub task: ShardIndex,
    /// In which attempt it was made.
    pub attempt: u32,
    /// For which checkpoint.
    pub checkpoint: u32,
    /// Which upload of its attempt it is, from 1.
    pub upload: u32,
}

/// The name of a transaction of a topic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TransactionName {
    /// The number of its writer.
    pub writer: u32,
    /// The attempt in which it was begun; 0 where names have none.
    pub attempt: u32,
    /// The checkpoint that was to close it when it was begun.
    pub checkpoint: u32,
}

/// A transaction that gets no more rows: whoever has this can commit it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TransactionHandle {
    /// Which.
    pub transaction: TransactionName,
    /// Under which epoch it was begun.
    pub epoch: u32,
    /// The checkpoint whose barrier has closed it.
    pub checkpoint: u32,
    /// In which attempt, for whoever watches.
    pub attempt: u32,
    /// Its first row, for whoever watches.
    pub first: Name,
}

impl TransactionHandle {
    /// What belongs together: what the writers of an attempt have handed on at one barrier.
    pub fn unit(&self) -> WholeUnit {
        WholeUnit(u64::from(self.attempt) << 32 | u64::from(self.checkpoint))
    }
}

/// A result of an aggregate, where that is read itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ReadPane {
    /// The start of its window.
    pub start: Time,
    /// The sum of the values.
    pub value: i64,
}

/// A record on its way to the next task, or into a topic.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FlowingRow {
    /// The record.
    pub record: Record,
    /// What else is known of it, if it is a result that is read itself.
    pub pane: Option<ReadPane>,
}

/// What goes through a channel.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ChannelItem {
    /// A record.
    Row(FlowingRow),
    /// None that comes after it happened earlier.
    Watermark(Time),
    /// What comes after it belongs to the next checkpoint.
    Barrier(u32),
    /// A transaction is to be committed with its checkpoint.
    Handle(TransactionHandle),
    /// Nothing comes after it but barriers.
    End,
}

/// A request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// An item of a channel.
    Item {
        /// The attempt of the sender.
        attempt: u32,
        /// Which connection, from 0: another one after each that broke.
        connection: u32,
        /// Its number in the connection.
        number: u32,
        /// What it is.
        item: ChannelItem,
    },
    /// A task begins in this attempt.
    Start {
        /// Which.
        attempt: u32,
        /// How often it has begun in this attempt before.
        before: u32,
        /// The life of the process that is meant, and no other one of its shard.
        life: u64,
        /// The checkpoint that it is restored from, 0 for none.
        checkpoint: u32,
        /// Its state there.
        blob: Option<BlobId>,
    },
    /// A process has started and knows nothing.
    Register {
        /// The token of its life.
        life: u64,
    },
    /// A task has failed.
    Fail {
        /// In which attempt.
        attempt: u32,
    },
    /// A source begins a checkpoint.
    Trigger {
        /// The attempt.
        attempt: u32,
        /// The checkpoint.
        checkpoint: u32,
    },
    /// A checkpoint is complete.
    Notify {
        /// The attempt.
        attempt: u32,
        /// The checkpoint.
        checkpoint: u32,
    },
    /// A checkpoint will never be complete.
    Abort {
        /// The attempt.
        attempt: u32,
        /// The checkpoint.
        checkpoint: u32,
    },
    /// Tasks of attempts up to this one end.
    Cancel {
        /// The attempt.
        attempt: u32,
    },
    /// A source gets the split of its number.
    Assign {
        /// The attempt.
        attempt: u32,
    },
    /// A source gets no more splits.
    NoMore {
        /// The attempt.
        attempt: u32,
    },
    /// The state of a task at a checkpoint is stored.
    Ack {
        /// The attempt.
        attempt: u32,
        /// The checkpoint.
        checkpoint: u32,
        /// Where.
        blob: BlobId,
        /// Whether the task had ended.
        is_ended: bool,
        /// How many handles it has.
        handles: u32,
    },
    /// It could not be stored.
    Decline {
        /// The attempt.
        attempt: u32,
        /// The checkpoint.
        checkpoint: u32,
    },
    /// A source has its split, or has heard that there is no more.
    Assigned {
        /// The attempt.
        attempt: u32,
        /// Which of these.
        is_split: bool,
    },
    /// A task has come to its end, where no checkpoint waits for that.
    Finish {
        /// The attempt.
        attempt: u32,
    },
    /// Open transactions of earlier attempts are aborted.
    Cleanup {
        /// The number of the writer.
        writer: u32,
        /// Those of attempts before this one.
        attempt: u32,
        /// Those that are younger than this checkpoint.
        checkpoint: u32,
    },
    /// A transaction begins.
    Begin(TransactionName),
    /// A row is written.
    Write {
        /// In which transaction.
        transaction: TransactionName,
        /// Under which epoch.
        epoch: u32,
        /// Its number in the transaction.
        number: u32,
        /// The row.
        row: FlowingRow,
    },
    /// A transaction is committed.
    Commit(TransactionHandle),
    /// A transaction is aborted.
    Rollback(TransactionHandle),
}

/// The answer to a request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reply {
    /// It is done.
    Done,
    /// It is refused.
    Refused,
    /// The transaction has begun, under this epoch.
    Epoch(u32),
    /// The task has begun, in a process of this life.
    Started(u64),
    /// Its state is not there.
    Missing,
}

/// One change of a durable row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// A leader takes a token, and begins an attempt.
    Lead {
        /// The token before it, which must be the present one; of any, if it does not look.
        from: Option<u32>,
        /// Whether it takes no token of its own.
        keeps_token: bool,
        /// The life of the leader.
        life: u64,
    },
    /// A checkpoint is complete.
    Complete {
        /// Under which token.
        token: u32,
        /// Which.
        checkpoint: u32,
        /// What it has.
        record: KeptRecord,
        /// Whether nobody restores it.
        is_savepoint: bool,
        /// How far the job has come with it.
        progress: u64,
    },
    /// Transactions are to be seen together, with the record of this commit.
    Unit {
        /// What belongs together.
        unit: WholeUnit,
        /// How many transactions.
        parts: u32,
        /// Where the first row of one goes, and which that is.
        first: (StepIndex, Name),
    },
    /// A record is deleted.
    Delete {
        /// Under which token.
        token: u32,
        /// Of which checkpoint.
        checkpoint: u32,
    },
    /// A state that was stored is deleted, with the record of this commit.
    DropBlob(BlobId),
    /// What was stored for a checkpoint of an attempt is discarded.
    Discard {
        /// Under which token.
        token: u32,
        /// The attempt.
        attempt: u32,
        /// The checkpoint.
        checkpoint: u32,
    },
    /// The job is over.
    Finish {
        /// Under which token.
        token: u32,
    },
    /// The state of a task is stored.
    Upload {
        /// Where.
        blob: BlobId,
        /// What.
        state: KeptState,
    },
    /// From now on no transaction begins of an attempt before this one.
    Fence {
        /// Which.
        attempt: u32,
    },
    /// A transaction begins, or begins again.
    Begin(TransactionName),
    /// A row is written.
    Write {
        /// In which transaction.
        transaction: TransactionName,
        /// Its number in it.
        number: u32,
        /// The row.
        row: FlowingRow,
    },
    /// A transaction is committed.
    Commit(TransactionHandle),
    /// A transaction is aborted.
    Rollback(TransactionName),
}

/// What a process may be woken with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Timer {
    /// There may be new input.
    Input,
    /// A request is not answered: its number in this life, and which wait it is.
    Retry {
        /// The number of the request.
        call: u32,
        /// How often it had been waited for.
        waits: u32,
        /// What the request is, by its control in the alphabet; none if it carries a record.
        word: Option<u8>,
    },
    /// A task is done with a record.
    Step {
        /// The attempt.
        attempt: u32,
    },
    /// A source hears of a checkpoint later than the ones before it.
    Trigger {
        /// The attempt.
        attempt: u32,
        /// The checkpoint.
        checkpoint: u32,
    },
    /// Tasks of attempts up to this one end, since nothing is heard of their coordinator.
    Orphaned {
        /// The attempt.
        attempt: u32,
    },
    /// A leader hears that a process of this life was chosen after it.
    Deposed {
        /// Which.
        life: u64,
    },
    /// The coordinator begins an attempt.
    Restart {
        /// Which turn of it.
        turn: u32,
    },
    /// It asks for the processes that it has not heard of.
    Unregistered {
        /// The turn.
        turn: u32,
    },
    /// It begins a checkpoint.
    Tick {
        /// The turn.
        turn: u32,
    },
    /// A checkpoint has taken too long.
    TimedOut {
        /// The turn.
        turn: u32,
        /// Which.
        checkpoint: u32,
    },
    /// A split was not taken.
    Unassigned {
        /// The turn.
        turn: u32,
    },
}
