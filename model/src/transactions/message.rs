//! What travels between clients, partitions, the coordinator and the group, what their logs and rows say, and what they
//! wait for.

use crate::stream::{CountedCell, Record, Sum};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::mix;
use onceproof_kernel::name::Name;
use onceproof_kernel::record::RecordId;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::tell::{Standing, WholeUnit};
use onceproof_kernel::time::Time;

/// Who writes: a transactional id, by its number, in one of its epochs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Producer {
    /// The transactional id.
    pub id: u32,
    /// The epoch, from 0.
    pub epoch: u32,
}

/// A list of numbers in a message, which the run keeps: a message owns nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumberList {
    at: u32,
    /// The same for equal lists.
    pub hash: u64,
}

/// What a batch carries: one entry of a log.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LogEntry {
    /// A record on its way to the next step, or into a sink.
    Record(Record),
    /// What a cell of a store has from now on.
    Sum {
        /// The record by which it changed.
        name: Name,
        /// What that is known by.
        id: RecordId,
        /// Which cell.
        cell: CountedCell,
        /// What is counted in it.
        sum: Sum,
        /// The same as a result of the step, for whoever reads that.
        standing: Standing,
    },
    /// A result of an aggregate as a sink has it.
    Result {
        /// The record by which it changed.
        name: Name,
        /// What that is known by.
        id: RecordId,
        /// What it is.
        standing: Standing,
    },
}

impl LogEntry {
    /// The record that it is about.
    pub fn name(&self) -> Name {
        match self {
            LogEntry::Record(record) => record.tag.name,
            LogEntry::Sum { name, .. } | LogEntry::Result { name, .. } => *name,
        }
    }
}

/// What the messages of a run refer to: the batches that have more than one entry, and lists of numbers. A message owns
/// nothing.
#[derive(Clone, Debug, Default)]
pub struct KeptBatches {
    batches: Vec<Vec<LogEntry>>,
    lists: Vec<Vec<u64>>,
}

/// The entries of a batch after its first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MoreEntries {
    at: u32,
    /// The same for equal entries.
    pub hash: u64,
}

impl KeptBatches {
    /// Keeps entries, of which a hash is given.
    pub fn keep(&mut self, entries: Vec<LogEntry>, hash: u64) -> MoreEntries {
        self.batches.push(entries);
        MoreEntries { at: self.batches.len() as u32 - 1, hash }
    }

    /// Keeps a list of numbers.
    pub fn keep_list(&mut self, list: impl IntoIterator<Item = u64>) -> NumberList {
        let list: Vec<u64> = list.into_iter().collect();
        let numbers: Vec<String> = list.iter().map(u64::to_string).collect();
        let hash = mix::text(&numbers.join(","));
        self.lists.push(list);
        NumberList { at: self.lists.len() as u32 - 1, hash }
    }

    /// What is in a list.
    pub fn numbers(&self, list: NumberList) -> &[u64] {
        &self.lists[list.at as usize]
    }

    /// What they say.
    pub fn of(&self, more: MoreEntries) -> &[LogEntry] {
        &self.batches[more.at as usize]
    }
}

/// A request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Request {
    /// A client asks the coordinator for its epoch.
    Init {
        /// The transactional id.
        id: u32,
        /// The token of its life.
        member: u64,
    },
    /// A client of an older version adds partitions to its transaction.
    Add {
        /// Who.
        producer: Producer,
        /// Their shards.
        partitions: NumberList,
    },
    /// A client ends its transaction.
    End {
        /// Who.
        producer: Producer,
        /// How.
        commits: bool,
    },
    /// A client appends to a log.
    Produce {
        /// Who.
        producer: Producer,
        /// The number of the batch for this partition in this epoch.
        sequence: u32,
        /// The transaction as the client knows it: only whoever watches from outside reads it.
        unit: WholeUnit,
        /// What it begins with.
        row: LogEntry,
        /// What else it has.
        more: Option<MoreEntries>,
    },
    /// A client commits its positions.
    Offsets {
        /// Who.
        producer: Producer,
        /// The token of its life.
        member: u64,
        /// The generation in which it got its tasks.
        generation: u32,
        /// Tasks and positions, one after the other.
        positions: NumberList,
        /// The transaction as the client knows it, for whoever watches.
        unit: WholeUnit,
    },
    /// A client joins the group.
    Join {
        /// The token of its life.
        member: u64,
    },
    /// A client asks where a task goes on.
    Fetch {
        /// The task.
        task: u32,
    },
    /// A partition asks the coordinator for a transaction.
    Verify {
        /// Whose.
        producer: Producer,
        /// What the answer is for.
        guard: u32,
    },
    /// The coordinator ends a transaction in a partition.
    Marker {
        /// Whose: the epoch is that after the end.
        producer: Producer,
        /// The token of the coordinator.
        coordinator: u64,
        /// How.
        commits: bool,
    },
}

/// The answer to a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reply {
    /// This is your epoch; after an end, the next one.
    Epoch(u32),
    /// It is done.
    Done,
    /// It stands at this offset, or goes on there.
    At(u64),
    /// These tasks are yours.
    Assigned {
        /// The generation.
        generation: u32,
        /// The numbers of the tasks.
        tasks: NumberList,
    },
    /// Ask again.
    Again,
    /// Another one has your place.
    Fenced,
    /// The transaction cannot be committed.
    Abort,
    /// It is known already, or older than what is known.
    Stale,
}

/// What the end of a transaction has come to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum TransactionState {
    /// Nothing is written in it.
    #[default]
    Empty,
    /// It is open.
    Ongoing,
    /// It is decided, and its markers are on their way.
    Prepared,
    /// All its markers are written.
    Complete,
}

/// What the coordinator knows of a transactional id, but for the partitions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Transaction {
    /// Whether any client has ever asked for it.
    pub is_known: bool,
    /// The present epoch.
    pub epoch: u32,
    /// What has become of the last transaction.
    pub state: TransactionState,
    /// How it ends, if it is decided.
    pub commits: bool,
    /// When its first partition was added.
    pub start: Time,
}

impl Transaction {
    /// Adds it to the state. When it began decides when it is aborted, while it is open.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Transaction { is_known, epoch, state: stage, commits, start } = *self;
        let start = (stage == TransactionState::Ongoing).then_some(start);
        state.add((is_known, epoch, stage, commits, start));
    }
}

/// One change of a durable row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Change {
    /// An entry of a log.
    Append {
        /// Who wrote it.
        producer: Producer,
        /// The number of the batch that ends with it.
        sequence: Option<u32>,
        /// The transaction as the client knows it, for whoever watches.
        unit: WholeUnit,
        /// What it says.
        row: LogEntry,
    },
    /// A transaction ends here.
    Marker {
        /// Whose: the epoch is that after the end.
        producer: Producer,
        /// The token of the coordinator.
        coordinator: u64,
        /// How.
        commits: bool,
    },
    /// Offsets of a transaction follow in this commit.
    Pend {
        /// Whose.
        producer: Producer,
        /// The transaction as the client knows it, for whoever watches.
        unit: WholeUnit,
    },
    /// The position of a task, once the transaction is committed.
    Pending {
        /// Whose transaction.
        id: u32,
        /// The task.
        task: u32,
        /// The first offset that is not done.
        at: u64,
    },
    /// The position of a task.
    Position {
        /// The task.
        task: u32,
        /// The first offset that is not done.
        at: u64,
    },
    /// The offsets of a transaction whose marker was written are applied, or dropped.
    Apply {
        /// Whose.
        id: u32,
        /// How it ended.
        commits: bool,
    },
    /// All offsets that are not applied are forgotten.
    ForgetPending,
    /// A client is a member from now on.
    Admit {
        /// The client.
        client: ShardIndex,
        /// The token of its life.
        member: u64,
    },
    /// A client is no member any more.
    Expel {
        /// The client.
        client: ShardIndex,
    },
    /// The members are to join anew.
    Rebalance,
    /// All have: the tasks are theirs.
    Generation,
    /// What is known of a transactional id.
    Transaction {
        /// Which.
        id: u32,
        /// What.
        is: Transaction,
    },
    /// A partition belongs to the open transaction.
    Add {
        /// Whose.
        id: u32,
        /// The partition.
        partition: ShardIndex,
    },
}

/// What a process may be woken with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timer {
    /// There may be new input, or more to read.
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
    /// A transaction has been open for so long that it is aborted.
    TimedOut {
        /// Whose.
        id: u32,
        /// When it began.
        start: Time,
    },
    /// A rebalance has waited long enough.
    Rebalance {
        /// Which.
        round: u32,
    },
    /// Offsets are applied late.
    Apply {
        /// Whose.
        id: u32,
        /// How the transaction ended.
        commits: bool,
    },
    /// The session of a member is over.
    SessionEnds {
        /// The client.
        client: ShardIndex,
        /// The token of its life.
        member: u64,
    },
    /// A member hears of its group.
    Heartbeat,
}
