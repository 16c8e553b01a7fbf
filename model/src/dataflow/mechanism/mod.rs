//! The mechanisms that make a count exact, one file each; `retry` and `commit-retry` are the kernel's, since the world
//! repeats commits, and `ack` the pipeline's, since a queue has it too. The first value of each is the default and is
//! correct; every other value is a wrong or a cheaper design, kept so that a scenario can show what it
//! breaks. A step has a whole set of its own, since any step may override any of them.

pub mod atomic;
pub mod bundle;
pub mod dedup;
pub mod fencing;
pub mod fuse;
pub mod gc;
pub mod give_up;
pub mod ids;
pub mod in_flight;
pub mod lift;
pub mod outputs;
pub mod re_ack;
pub mod settle;
pub mod stamps;
pub mod table;

pub use crate::pipeline::Ack;
pub use atomic::Atomic;
pub use bundle::Bundle;
use dedup::{Bloom, BucketBy};
pub use dedup::{Dedup, DedupWindow, UnknownOld, UpdatedAt};
pub use fencing::Fencing;
pub use fuse::Fuse;
pub use gc::Gc;
pub use give_up::GiveUp;
pub use ids::Ids;
pub use in_flight::InFlight;
pub use lift::Lift;
pub use onceproof_kernel::retry::{CommitRetry, Retry};
pub use outputs::Outputs;
pub use re_ack::ReAck;
pub use settle::Settle;
pub use stamps::Stamps;

/// All mechanisms of one step. As a sender it uses `retry`, `give_up`, `outputs`, `ids`, `stamps` and
/// `in_flight`; as a receiver `ack`, `dedup`, `gc`, `atomic` and `re_ack`; for its commits `bundle`,
/// `settle`, `commit_retry` and `fencing`.
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
    /// When a receiver forgets an id.
    pub gc: Gc,
    /// Whether outputs are durable before they are sent.
    pub outputs: Outputs,
    /// Where the ids of outputs come from.
    pub ids: Ids,
    /// Where the stamps of outputs come from.
    pub stamps: Stamps,
    /// Whether id and state are committed together.
    pub atomic: Atomic,
    /// Whether a duplicate is acked.
    pub re_ack: ReAck,
    /// How many records share a commit.
    pub bundle: Bundle,
    /// How many requests may be unacked.
    pub in_flight: InFlight,
    /// By which commit an acked output is deleted.
    pub settle: Settle,
    /// When an unanswered commit is sent again.
    pub commit_retry: CommitRetry,
    /// Whether a commit under an older token is refused.
    pub fencing: Fencing,
    /// Whether it may run in the stage of the step before it.
    pub fuse: Fuse,
    /// Whether partial aggregates for it are made before the shuffle.
    pub lift: Lift,
}

impl Mechanism {
    /// Whether a receiver forgets ids by the system watermark, and so drops remnants.
    pub fn forgets_by_watermark(&self) -> bool {
        match (self.dedup, self.gc) {
            (Dedup::Catalog | Dedup::Bloom(_) | Dedup::BloomOnly(_), Gc::Watermark) => true,
            (Dedup::Catalog | Dedup::Bloom(_) | Dedup::BloomOnly(_), _)
            | (Dedup::Window(_) | Dedup::Off, _) => false,
        }
    }

    /// For how long at most what comes again is looked up where it was added. In filters of arrival times that is a range.
    pub fn looked_up_for(&self) -> Option<onceproof_kernel::time::Nanos> {
        match self.dedup {
            Dedup::Bloom(Bloom { shape, bucket_by: BucketBy::Arrival, .. }) => Some(shape.bucket),
            Dedup::Bloom(Bloom { bucket_by: BucketBy::Stamp, .. })
            | Dedup::BloomOnly(_)
            | Dedup::Catalog
            | Dedup::Window(_)
            | Dedup::Off => None,
        }
    }

    /// For how long a receiver remembers an id, and what it does with an unknown record that is older, if
    /// it forgets by time alone.
    pub fn forgets_after(&self) -> Option<(onceproof_kernel::time::Nanos, UnknownOld)> {
        match (self.dedup, self.gc) {
            (Dedup::Window(window), _) => Some((window.length, window.unknown_old)),
            (
                Dedup::Catalog | Dedup::Bloom(_) | Dedup::BloomOnly(_),
                Gc::Ttl { ttl, unknown_old },
            ) => Some((ttl, unknown_old)),
            (_, Gc::Watermark | Gc::Never) | (Dedup::Off, _) => None,
        }
    }
}
