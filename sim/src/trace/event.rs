//! One event of a run, and what events are made of.

use super::What;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::time::{Nanos, Time};

/// One event of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Its number, from 0.
    pub number: u64,
    /// When, since the start of the run.
    pub at: Nanos,
    /// The events that caused it, if any did.
    pub causes: Vec<u64>,
    /// The shard that does it, if one does.
    pub actor: Option<Actor>,
    /// What happens.
    pub what: What,
    /// The fault that struck here, as an index into the schedule of the run.
    pub fault: Option<usize>,
}

impl Event {
    /// What it is but for its number, its time, its causes, and which attempt it is.
    pub fn shape(&self) -> (Option<Actor>, What) {
        (self.actor, self.what.without_attempts())
    }
}

/// A shard on a worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Actor {
    /// The shard.
    pub shard: ShardIndex,
    /// The worker.
    pub worker: u32,
    /// Whether it owns the shard.
    pub ownership: Ownership,
}

/// Whether whoever acts for a shard owns it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ownership {
    /// It does, and nobody else believes to.
    Only,
    /// It does, and an old owner has not learned of it.
    New,
    /// It has lost the shard, and does not know.
    Old,
    /// It is no more, and what it sent is still on its way.
    Gone,
}

/// What becomes of a message on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It arrives.
    Arrives,
    /// It is lost.
    Lost,
    /// It arrives twice.
    Twice,
    /// It arrives so much later.
    Late(Nanos),
    /// It becomes an error, whether it is a request that is not applied or an ack.
    Error,
    /// It arrives, and the answer to it is lost.
    Unanswered,
    /// It is lost to a cut of the link.
    Cut,
}

/// A commit of a shard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CommitId {
    /// Which step of the protocol it is.
    pub point: Point,
    /// What it is about: its first record.
    pub subject: Subject,
    /// Its number under the token of its shard.
    pub number: u64,
}

/// A message that reaches nobody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Message {
    /// A request.
    Request {
        /// Who sent it.
        from: ShardIndex,
        /// Which send.
        attempt: u32,
    },
    /// An ack.
    Ack {
        /// Who sent it.
        from: ShardIndex,
        /// Of which send.
        attempt: u32,
    },
    /// An error in place of an ack.
    Error {
        /// Who refused the request, or who sent the ack that became an error.
        from: ShardIndex,
        /// Of which send.
        attempt: u32,
    },
    /// What the store answers to a commit.
    Answer {
        /// The number of the commit.
        number: u64,
    },
    /// What an external service answers to a call.
    CallAnswer,
}

/// Why a message reaches nobody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Nobody {
    /// The worker is down.
    Down,
    /// The worker does not have the shard.
    NotThere,
    /// It waited for a worker that stood still, and that worker died.
    Died,
    /// Whoever waited for it is no more.
    Gone,
    /// Whoever waited for it has its answer already.
    Answered,
}

/// What a worker was about to do when something befell it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Struck {
    /// The shard that was at work.
    pub shard: ShardIndex,
    /// The step of the protocol.
    pub before: Point,
    /// What it was about.
    pub subject: Subject,
}

/// What a shard has waited for until now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waited {
    /// The ack of this.
    Ack(Option<Subject>),
    /// The answer of an external service.
    Service(Option<Subject>),
    /// New input.
    Input,
    /// The end of the instant, when a bundle closes.
    Close,
    /// Another try of a source record on which a function failed.
    Reread,
    /// Another try of a record of this key on which a function failed.
    Reapply(Key),
}

/// Why an id is forgotten.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Forgotten {
    /// The system watermark of all who could send it again has passed its stamp.
    Watermark {
        /// The stamp.
        stamp: Time,
        /// The watermark.
        below: Time,
    },
    /// It was kept for so long.
    Age(Nanos),
}

/// What a commit changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// The source record at this offset is done with.
    Offset(u64),
    /// The catalog learns the id of a record.
    Id {
        /// The record.
        record: Name,
        /// The key of the catalog.
        key: Key,
    },
    /// A record is counted in a window.
    Take {
        /// The record.
        record: Name,
        /// The key of the window.
        key: Key,
        /// Its start.
        start: Time,
        /// The source records that it stands for.
        weight: i64,
        /// What it carries.
        value: i64,
    },
    /// What a window holds becomes a pane.
    Fire {
        /// The pane.
        pane: Name,
        /// The key of the window.
        key: Key,
        /// Its start.
        start: Time,
    },
    /// An output is held until it is acked.
    Hold {
        /// The output.
        record: Name,
        /// Whom it goes to.
        to: ShardIndex,
    },
    /// Outputs up to this stamp were sent.
    Stamped(Time),
    /// An acked output is deleted.
    Delete(Option<Name>),
    /// A record is given up.
    DeadLetter(Name),
    /// The watermarks of a sender.
    Watermark {
        /// The sender.
        sender: ShardIndex,
        /// Of event time.
        event: Time,
        /// Of stamps.
        system: Time,
    },
    /// What a function decided in the middle of a stage.
    Decided {
        /// The output.
        record: Name,
        /// Its key.
        key: Key,
    },
    /// An entry at a service stands for a record that is done with.
    Put {
        /// The record.
        record: Name,
        /// The key.
        key: Key,
    },
    /// A row is owed to a table.
    Owe {
        /// The record.
        record: Name,
        /// Its number.
        number: u64,
    },
    /// A row that was owed is paid.
    Paid(u64),
    /// A row is written.
    Row {
        /// The sink.
        step: StepIndex,
        /// The record.
        record: Name,
        /// Its key.
        key: Key,
        /// The source records that it stands for.
        weight: i64,
        /// What it carries.
        value: i64,
    },
}
