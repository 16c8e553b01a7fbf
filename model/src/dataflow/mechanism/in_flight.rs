//! `in-flight`: how many requests of one sender may be unanswered at a time. A source reads no further
//! while its records in work reach the limit. It changes the cost of a run and never its result.

/// How many requests may be unacked, per sender shard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InFlight {
    /// The most unacked records; at least 1.
    pub requests: u32,
}

impl Default for InFlight {
    fn default() -> InFlight {
        InFlight { requests: 64 }
    }
}
