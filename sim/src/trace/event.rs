//! One event of a run, and what events are made of.

use super::What;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::time::Nanos;

/// One event of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TracedEvent {
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

impl TracedEvent {
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
    /// It is answered, and nothing is left of it.
    Forgotten,
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
pub enum Undelivered {
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
pub struct Stroke {
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
    /// The time of what is due.
    Due,
    /// The end of the instant, when a bundle closes.
    Close,
    /// Another try of a source record on which a function failed.
    Reread,
    /// Another try of a record of this key on which a function failed.
    Reapply(Key),
}
