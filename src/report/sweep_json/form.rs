//! The form of a sweep as JSON, from which its schema is made.

use crate::report::failures::FailuresPart;
use crate::report::parts_json::{FaultPart, Named, NotShownPart, Wide, WorthPart};
use crate::report::reached::ReachedPart;
use crate::report::regressions::ReplayedPart;
use crate::report::run_json::Run;
use crate::report::share_json::{RunsWithKind, Shares};
use crate::report::untried_json::UntriedPart;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Many seeds of one scenario.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "onceproof.sweep/1", deny_unknown_fields)]
pub(super) struct SweepDocument<'a> {
    /// `onceproof.sweep/1`.
    pub schema: &'static str,
    /// The name of the scenario.
    pub scenario: &'a str,
    /// The path of its file.
    pub path: Cow<'a, str>,
    /// The saved failures of the scenario that were run again.
    pub regressions: Vec<ReplayedPart<'a>>,
    /// What the first failing seed drew, if each has a weather of its own: a scenario file.
    pub weather: Option<&'a str>,
    /// The seeds that were asked for: from the first up to but without the last, or one.
    pub seeds: Option<String>,
    /// How many runs there were.
    pub runs: u64,
    /// How many of them were violated.
    pub violated: u64,
    /// How many of them were inconclusive.
    pub inconclusive: u64,
    /// In how many of the runs each class was found, of those that were.
    pub classes: Named<u64>,
    /// The share of the runs that were violated, and by class the share of the runs in which it was found, of those that
    /// were.
    pub shares: Shares,
    /// A violation that the file expects and that no run shows.
    pub not_shown: Option<NotShownPart<'a>>,
    /// What the seeds draw.
    pub seeds_draw: Vec<&'static str>,
    /// With a confidence of 95 %, fewer seeds than this go wrong: `3 in 1,000`. None where it cannot be said.
    pub rate_below: Option<String>,
    /// What is remembered for longer than ten of its faults in a row keep anything back: whether that is long enough was
    /// hardly tried. Nothing where a run was violated.
    pub untried: Vec<UntriedPart>,
    /// How often each kind of fault fired, of those that did.
    pub faults: Named<u64>,
    /// The kinds with odds that never fired.
    pub never_fired: Vec<&'static str>,
    /// Of each kind of fault that fired, the runs in which it did, and how many of them were violated. Other kinds may
    /// have fired in them, too.
    pub runs_with: BTreeMap<&'static str, RunsWithKind>,
    /// The marks that were reached.
    pub reached: Named<ReachedPart>,
    /// How often each kind of fault that fired struck each step of the protocol.
    pub struck: Named<Named<u64>>,
    /// The marks that it ought to have reached, and never did.
    pub never_reached: Vec<&'static str>,
    /// The exact faults of the file that fired in none of the runs.
    pub unfired: Vec<FaultPart>,
    /// How many rows of csv files could not be used.
    pub rows_skipped: u64,
    /// For how many records each run speaks at least; none if there was no run.
    pub worth: Option<WorthPart>,
    /// Whether each run speaks for as many.
    pub worth_of_each: Option<bool>,
    /// What it says nothing of and should, if it is asked for strictly.
    pub shortfalls: &'a [String],
    /// The first seed that was violated, as a text.
    pub first_failing_seed: Option<String>,
    /// The seeds that were violated; of very many the first.
    pub failing_seeds: Vec<Option<String>>,
    /// The first seed that was inconclusive.
    pub first_inconclusive_seed: Option<String>,
    /// How many events there were in all runs.
    pub events: u64,
    /// What was done, by name; none if there was no run.
    pub work: Option<Named<FigurePart>>,
    /// From the arrival of a source record to the commit that took it in, in milliseconds. None if there was none.
    pub latency_ms: Option<LatenciesPart>,
    /// The fingerprints of all runs in one word, as 32 hex digits.
    pub digest: String,
    /// How many runs were run again in detail.
    pub sampled: u64,
    /// Whether these were the same.
    pub deterministic: bool,
    /// The first that was not.
    pub difference: Option<DifferencePart<'a>>,
    /// Whether it was interrupted before its last seed.
    pub interrupted: bool,
    /// Whether it ended before its last seed, for whatever reason.
    pub stopped_early: bool,
    /// The first run that was violated.
    pub first_failure: Option<Run<'a>>,
    /// The first failing runs by what did it; none where a page was not asked for.
    pub failures: Option<Vec<FailuresPart<'a>>>,
    /// Where the first failure was saved.
    pub saved: Option<Cow<'a, str>>,
    /// The command that shows the first failure, or else the first inconclusive run, again.
    pub replay: Option<&'a str>,
    /// How long it took by the clock on the wall.
    pub timing: SweepTiming,
}

/// A figure of what was done.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct FigurePart {
    /// The sum over all runs; none of what is held at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sum: Option<Wide>,
    /// The least in a run.
    pub least: u64,
    /// The greatest in a run.
    pub most: u64,
}

/// Percentiles of the latency, how far each goes in the runs that were run again in detail.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct LatenciesPart {
    /// How many runs these are.
    pub runs: u64,
    /// Half are at most this.
    pub p50: SpreadPart,
    /// 99 of 100 are at most this.
    pub p99: SpreadPart,
    /// All are at most this.
    pub max: SpreadPart,
}

/// How far a length of time goes, in milliseconds.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct SpreadPart {
    /// In the run where it is least.
    #[schemars(with = "f64")]
    pub least: Number,
    /// In the run where it is greatest.
    #[schemars(with = "f64")]
    pub most: Number,
}

/// In what a run was not the same when run again.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct DifferencePart<'a> {
    /// Its seed, as a text.
    pub seed: Option<String>,
    /// The field of it that differs.
    pub field: &'a str,
    /// What it was first.
    pub first: &'a str,
    /// What it was then.
    pub again: &'a str,
}

/// How long a sweep took by the clock on the wall.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct SweepTiming {
    /// In seconds.
    #[schemars(with = "f64")]
    pub seconds: Number,
    /// How many runs there were in a second.
    pub runs_per_second: u64,
    /// How many events there were in a second.
    pub events_per_second: u64,
}

/// Several sweeps.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "onceproof.sweeps/1", deny_unknown_fields)]
pub(super) struct SweepsDocument {
    /// `onceproof.sweeps/1`.
    pub schema: &'static str,
    /// Each of them.
    #[schemars(with = "Vec<SweepDocument<'static>>")]
    pub sweeps: Vec<Value>,
}
