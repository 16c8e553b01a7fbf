//! Fates: what the answers say becomes of a request, an ack, a commit, a call, or a worker before a step of
//! the protocol. The first of each is the harmless one. The world alone acts on them.

use crate::fault::{ClockWay, Kind};
use onceproof_kernel::time::Nanos;

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestFate {
    /// It arrives after its latency.
    Pass,
    /// It is lost.
    Lost,
    /// It arrives twice.
    Twice,
    /// It arrives so much later.
    Late(Nanos),
    /// It is refused with an error.
    Refused,
    /// It is lost, and its link is cut from here on.
    Cut(Kind),
}

/// What becomes of an ack.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AckFate {
    /// It arrives after its latency.
    Pass,
    /// It is lost.
    Lost,
    /// It arrives twice.
    Twice,
    /// It arrives so much later.
    Late(Nanos),
    /// It becomes an error.
    Error,
}

/// What becomes of a commit on its way to the store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommitFate {
    /// It is applied and answered.
    Pass,
    /// It never arrives.
    Lost,
    /// It is applied, and its answer is lost.
    Unknown,
    /// It arrives so much later.
    Late(Nanos),
    /// It is answered, and not applied.
    Forgotten,
}

/// What becomes of a call to an external service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallFate {
    /// It is done and answered.
    Pass,
    /// It is done, and its answer is lost.
    Unknown,
}

/// What becomes of a worker before it takes a step of the protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BeforeFate {
    /// It takes the step.
    Pass,
    /// It dies, and is back after so long.
    Dies(Nanos),
    /// It dies, and never comes back.
    Leaves,
    /// It stands still for so long, and takes the step then.
    Pauses(Nanos),
    /// Its shard is granted to another worker. It takes the step all the same.
    Moves,
    /// Its clock jumps so far, and it takes the step.
    Steps(Nanos, ClockWay),
}
