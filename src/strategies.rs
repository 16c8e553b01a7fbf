//! Strategies of `proptest` for what surrounds a pipeline, its input, its faults and its schedules: a `proptest!` of a
//! user's own varies these and shrinks them, while the schedule of a failure is shrunk here.
//!
//! ```
//! use onceproof::prelude::*;
//! use onceproof::strategies::{inputs, surroundings};
//! use proptest::prelude::*;
//!
//! proptest! {
//!     #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(8) })]
//!     # /*
//!     #[test]
//!     # */
//!     fn words_are_counted_once_wherever_they_are_counted(
//!         words in inputs("[a-c]{1,2}", 1..9),
//!         around in surroundings(),
//!     ) {
//!         let counts = Pipeline::source_of("words", words)
//!             .count("per-word", |word: &String| word.clone())
//!             .window(minutes(1))
//!             .within(&around);
//!         counts.check().seeds(0..20).holds().map_err(TestCaseError::fail)?;
//!     }
//! }
//! # words_are_counted_once_wherever_they_are_counted();
//! ```

use crate::check::Faults;
use crate::pipeline::{Pipeline, Record, TimedRow};
use crate::scenario::does_something;
use onceproof_kernel::time::{MILLISECOND, Span};
use onceproof_sim::fault::{Fault, Kind, KindName};
use onceproof_sim::simulator::legs;
use onceproof_systems::Trial;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{SizeRange, subsequence};
use std::ops::RangeInclusive;

/// What surrounds a pipeline, and may cost something, but changes nothing of what is right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Surroundings {
    /// How many shards the source and the steps that count and sum have.
    pub shards: u32,
    /// How many workers there are.
    pub workers: u32,
    /// How long a message takes, from and to, in milliseconds.
    pub latency: RangeInclusive<u64>,
    /// How long a commit takes each way, in milliseconds.
    pub commit: u64,
    /// How many records a commit takes.
    pub bundle: u32,
    /// How many requests of a shard may be unacked.
    pub in_flight: u32,
    /// Whether steps run in one process where they can.
    pub fuse: bool,
}

/// Anything that a pipeline may be surrounded with. It shrinks to one worker with one shard of each step.
pub fn surroundings() -> impl Strategy<Value = Surroundings> {
    let latency = (1..4_u64, 0..20_u64).prop_map(|(least, more)| least..=least + more);
    let sizes = (1..5_u32, 1..5_u32, 1..4_u64, 1..5_u32, 1..65_u32);
    (latency, sizes, any::<bool>()).prop_map(|(latency, sizes, is_apart)| {
        let (shards, workers, commit, bundle, in_flight) = sizes;
        let fuse = !is_apart;
        Surroundings { shards, workers, latency, commit, bundle, in_flight, fuse }
    })
}

impl<T> Pipeline<T> {
    /// The same within these surroundings.
    pub fn within(self, around: &Surroundings) -> Pipeline<T> {
        let Surroundings { shards, workers, ref latency, commit, bundle, in_flight, fuse } =
            *around;
        let text = |milliseconds: u64| Span(milliseconds * MILLISECOND).to_string();
        let (min, max) = (text(*latency.start()), text(*latency.end()));
        self.all_shards(shards)
            .setting("cluster.workers", workers)
            .setting("cluster.commit", text(commit))
            .setting("network.latency", format!("{{ min = \"{min}\", max = \"{max}\" }}"))
            .mechanism("bundle", bundle)
            .mechanism("in-flight", in_flight)
            .mechanism("fuse", fuse)
    }
}

/// Rows with such records, which happen within a minute and arrive up to 10 s later: for
/// [`Pipeline::source_of`]. It shrinks to fewer rows, all at 0 s.
pub fn inputs<R: Strategy>(
    record: R,
    number: impl Into<SizeRange>,
) -> impl Strategy<Value = Vec<TimedRow<R::Value>>>
where
    R::Value: Record + Clone + std::fmt::Debug,
{
    let row = (record, 0..60_000_u64, 0..10_000_u64).prop_map(|(record, at, later)| {
        let [at, arrives] = [at, at + later].map(|milliseconds| milliseconds * MILLISECOND);
        TimedRow { record, at, arrives }
    });
    vec(row, number)
}

/// Some of the kinds of faults that can do something in a trial, each once in so many of its moments.
pub fn weathers(trial: &Trial) -> impl Strategy<Value = Faults> + use<> {
    let names = kinds(trial);
    let most = names.len();
    (subsequence(names, 0..=most), 20..1_000_u64)
        .prop_map(|(names, one_in)| Faults::only(names).odds(one_in))
}

/// Up to `most` faults, each where a run without any has a place for it: what comes first may take the place of what
/// comes later. They are the faults of a plan: `trial.with(|plan| plan.faults = schedule)`.
pub fn schedules(trial: &Trial, most: usize) -> impl Strategy<Value = Vec<Fault>> + use<> {
    let all: Vec<Kind> =
        kinds(trial).into_iter().flat_map(|name| legs(name.with_defaults())).collect();
    let (_, places) = trial.simulator().explore(None, &all);
    let most = most.min(places.len());
    subsequence(places, 0..=most)
}

/// The kinds that can do something in a trial.
fn kinds(trial: &Trial) -> Vec<KindName> {
    let hosts = u32::try_from(trial.hosts()).unwrap_or(u32::MAX);
    let can = |name: &KindName| does_something(&name.with_defaults(), &trial.design, hosts).is_ok();
    KindName::searched().filter(can).collect()
}
