//! `in-flight`: how many requests of one sender may be unanswered at a time. A source reads no further while
//! its records in work reach the limit. It changes the cost of a run and never its result.
//!
//! A bundle that is added up before it is sent is read whole, whatever the limit: it makes few requests. Cut at
//! the limit, a bundle of many keys would end before it has met most of them twice, and add up little.

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
