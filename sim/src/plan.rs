//! All that a run is decided by, but for its design and its seed: its input, the cluster it runs on, the odds of
//! drawn faults, the exact faults, and when it ends.

use crate::fault::{Climate, Fault};
use crate::input::SourceInput;
use crate::property::Properties;
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND};

/// Everything but the design and the seed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What each source reads, one entry per source step.
    pub inputs: Vec<(StepIndex, SourceInput)>,
    /// Workers and service times.
    pub cluster: Cluster,
    /// Links between workers.
    pub network: Network,
    /// Odds of the faults that a seed draws.
    pub climate: Climate,
    /// Faults that happen whenever their place comes.
    pub faults: Vec<Fault>,
    /// When faults and the run end.
    pub until: Until,
    /// What the scenario demands of side effects.
    pub side_effects: SideEffects,
    /// What else must hold, as a test says it.
    pub properties: Properties,
}

/// What a scenario demands of side effects; without, they may be as they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SideEffects {
    /// How many side effects of one step may stand for a record.
    pub at_most: Option<u32>,
    /// Whether the entry of a key must be, at the end, that of the record committed last for the key.
    pub newest: bool,
}

impl Plan {
    /// How many workers there are.
    pub fn hosts(&self, layout: &Layout) -> usize {
        self.cluster.workers.map_or(layout.shards(), |workers| workers as usize)
    }
}

/// Workers and service times.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cluster {
    /// How many workers; none gives every shard its own. Shard i is on worker i mod n.
    pub workers: Option<u32>,
    /// The time between a worker and the store, each way.
    pub commit: Nanos,
    /// The time that one read of the store takes.
    pub read: Nanos,
    /// How long a worker may be paused or down until its shards are granted to another.
    pub lease: Nanos,
    /// How long ago the directory was true that a sender looks a receiver up in.
    pub routing_lag: Nanos,
    /// The time between a worker and an external service, each way.
    pub call: Nanos,
}

impl Default for Cluster {
    fn default() -> Cluster {
        Cluster {
            workers: None,
            commit: MILLISECOND,
            read: 0,
            lease: 200 * MILLISECOND,
            routing_lag: 20 * MILLISECOND,
            call: MILLISECOND,
        }
    }
}

/// Links between workers. A latency is drawn between the two bounds; without a seed it is the least.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    /// The least latency, one way.
    pub latency_min: Nanos,
    /// The greatest latency, one way; at least `latency_min`.
    pub latency_max: Nanos,
}

impl Default for Network {
    fn default() -> Network {
        Network { latency_min: MILLISECOND, latency_max: MILLISECOND }
    }
}

/// When faults and the run end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Until {
    /// When drawn faults end, since the start; none means [`Until::CALM_AFTER_INPUT`] after the last
    /// record was read.
    pub calm: Option<Nanos>,
    /// How long after calm the run must have drained; none means as long as the waits of the plan may take
    /// ([`Patience::drain`](crate::patience::Patience::drain)).
    pub drain: Option<Nanos>,
    /// How long after the last fault a run is over whose processes never end, if by then each record is where it belongs and
    /// that is less than the time to drain. None means the time to drain.
    pub drain_if_exact: Option<Nanos>,
    /// How many events a run may take before it is given up as inconclusive.
    pub events: u64,
}

impl Until {
    /// How long after the last record was read drawn faults end, where the scenario says nothing.
    pub const CALM_AFTER_INPUT: Nanos = 10 * SECOND;
    /// How long a run that waits for nothing may take to drain, where the scenario says nothing.
    pub const DRAIN: Nanos = 600 * SECOND;
}

impl Default for Until {
    fn default() -> Until {
        Until { calm: None, drain: None, drain_if_exact: None, events: 100_000_000 }
    }
}
