//! The mechanisms that make a count exact, one file each. The first value of each is the default and is
//! correct; every other value is a wrong or a cheaper design, kept so that a scenario can show what it
//! breaks. A step has a whole set of its own, since any step may override any of them.

pub mod ack;
pub mod atomic;
pub mod bundle;
pub mod dedup;
pub mod fuse;
pub mod give_up;
pub mod ids;
pub mod in_flight;
pub mod lift;
pub mod outputs;
pub mod re_ack;
pub mod retry;

pub use ack::Ack;
pub use atomic::Atomic;
pub use bundle::Bundle;
pub use dedup::Dedup;
pub use fuse::Fuse;
pub use give_up::GiveUp;
pub use ids::Ids;
pub use in_flight::InFlight;
pub use lift::Lift;
pub use outputs::Outputs;
pub use re_ack::ReAck;
pub use retry::Retry;

/// All mechanisms of one step. As a sender it uses `retry`, `give_up`, `outputs`, `ids` and `in_flight`;
/// as a receiver `ack`, `dedup`, `atomic` and `re_ack`; for its commits `bundle`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Mechanism {
    /// When an unanswered request is sent again.
    pub retry: Retry,
    /// How many sends it takes to give up.
    pub give_up: GiveUp,
    /// When a record is acked.
    pub ack: Ack,
    /// How a duplicate is known.
    pub dedup: Dedup,
    /// Whether outputs are durable before they are sent.
    pub outputs: Outputs,
    /// Where the ids of outputs come from.
    pub ids: Ids,
    /// Whether id and state are committed together.
    pub atomic: Atomic,
    /// Whether a duplicate is acked.
    pub re_ack: ReAck,
    /// How many records share a commit.
    pub bundle: Bundle,
    /// How many requests may be unacked.
    pub in_flight: InFlight,
    /// Whether it may run in the stage of the step before it.
    pub fuse: Fuse,
    /// Whether partial aggregates for it are made before the shuffle.
    pub lift: Lift,
}
