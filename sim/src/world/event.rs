//! What happens at a time.

use super::commits::Said;
use onceproof_kernel::call::{Answer, Serial};
use onceproof_kernel::effect::CommitSlot;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::system::System;

/// What happens at a time. It is half of what the queue holds, so its size is a figure of its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event<S: System> {
    Request {
        flight: u32,
    },
    Reply {
        to: ShardIndex,
        from: ShardIndex,
        slot: u32,
        serial: Serial,
        body: S::Reply,
    },
    Error {
        to: ShardIndex,
        from: ShardIndex,
        slot: u32,
        serial: Serial,
    },
    Commit {
        wire: CommitSlot,
        is_answered: bool,
    },
    Answer {
        wire: CommitSlot,
        /// What the store says of it.
        said: Said,
    },
    Repeat {
        wire: CommitSlot,
    },
    Call {
        out: u32,
    },
    Called {
        shard: ShardIndex,
        life: u32,
        slot: u32,
        serial: Serial,
        answer: Answer,
    },
    Wake {
        shard: ShardIndex,
        life: u32,
        timer: S::Timer,
    },
    Restart {
        host: u32,
    },
    /// A pause is over.
    Resume {
        host: u32,
        pause: u32,
    },
    /// A host has been away for as long as its lease.
    Lease {
        host: u32,
        away_since: u64,
    },
    /// The session of a process is over that had this token.
    Session {
        shard: ShardIndex,
        token: u64,
        why: SessionEnd,
    },
    /// A worker that was granted a shard starts.
    Boot {
        shard: ShardIndex,
        life: u32,
    },
    /// An exact fault that is placed at a time.
    Fault {
        number: u32,
    },
}

impl<S: System> Event<S> {
    /// Whether it may mean nothing any more when it is due. What travels always arrives, if only at nobody.
    #[inline(always)]
    pub fn may_lapse(&self) -> bool {
        match self {
            Event::Wake { .. }
            | Event::Repeat { .. }
            | Event::Resume { .. }
            | Event::Lease { .. }
            | Event::Session { .. }
            | Event::Boot { .. } => true,
            Event::Request { .. }
            | Event::Reply { .. }
            | Event::Error { .. }
            | Event::Commit { .. }
            | Event::Answer { .. }
            | Event::Call { .. }
            | Event::Called { .. }
            | Event::Restart { .. }
            | Event::Fault { .. } => false,
        }
    }
}

/// What fills a place of the queue that holds nothing.
impl<S: System> Default for Event<S> {
    fn default() -> Event<S> {
        Event::Fault { number: 0 }
    }
}

/// Why a session is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SessionEnd {
    /// The keeper has given the process up, whether it lives or not.
    GivenUp,
    /// It is away for too long, if it still is.
    Away,
    /// It died. Whether its process has started again means nothing, unless that has a session of its own by then.
    Died,
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_model::dataflow::Dataflow;

    #[test]
    fn what_is_queued_is_48_bytes_with_the_time() {
        assert_eq!(size_of::<Event<Dataflow>>(), 32);
    }
}
