//! What may vary from one seed of a swarm to the next.

use onceproof_kernel::time::Nanos;
use onceproof_sim::fault::KindName;
use onceproof_systems::Trial;

/// What may vary in a scenario.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Latitude {
    /// The kinds of faults that can do something here.
    pub kinds: Vec<KindName>,
    /// For each step, whether it may have any number of shards.
    pub shards: Vec<bool>,
    /// For each step, the length of its windows.
    pub windows: Vec<Option<u64>>,
    /// Whether there may be any number of workers.
    pub workers: bool,
    /// How many records are generated, if they are.
    pub records: Option<u64>,
}

/// One weather.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Weather {
    /// The kinds of faults that there are, each one time of so many.
    pub faults: Vec<(KindName, u64)>,
    /// For each step, its shards, if not as they are.
    pub shards: Vec<Option<u32>>,
    /// For each step, the length of its windows, if not as it is.
    pub windows: Vec<Option<u64>>,
    /// How many workers, if not as they are.
    pub workers: Option<u32>,
    /// How many records, if not as they are.
    pub records: Option<u64>,
}

/// From the first arrival of all sources to the last.
pub fn arrivals(trial: &Trial) -> Nanos {
    let ends = || trial.plan.inputs.iter().filter_map(|(_, input)| input.arrivals());
    let (first, last) = (ends().map(|ends| ends.0).min(), ends().map(|ends| ends.1).max());
    first.zip(last).map_or(0, |(first, last)| last.0.abs_diff(first.0))
}
