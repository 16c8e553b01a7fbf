//! What of many measured runs is told as JSON, whoever compares them: strategies, or values of what varies.

use super::share_json::{Shares, number};
use crate::figures::{milliseconds, ratio};
use crate::search::strategies::{Comparison, PerRun};
use onceproof_sim::outcome::Class;
use onceproof_sim::times::Times;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Number;
use std::collections::BTreeMap;

/// How the runs ended, and how often records are reflected in them.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub(super) struct MeasuredRuns {
    /// How many runs its figures are of.
    runs: u64,
    /// Whether it was interrupted before its last seed.
    interrupted: bool,
    /// How many of the runs were violated.
    violated: u64,
    /// How many of the runs were inconclusive.
    inconclusive: u64,
    /// In how many of the runs each class was found, of those that were.
    classes: BTreeMap<&'static str, u64>,
    /// The share of the runs that were violated, and by class the share of the runs in which it was found, of those that
    /// were.
    shares: Shares,
    /// The first seed that was violated, as a text.
    first_failing_seed: Option<String>,
    /// The command that runs that seed again.
    replay: Option<String>,
    /// How many source records there were in all runs.
    records: u64,
    /// How many source records of a run are reflected too often in the results of any step.
    duplicated: RecordsOfARun,
    /// How many source records of a run are reflected too seldom in the results of any step, and were not late there.
    lost: RecordsOfARun,
}

/// How long it takes until results have a record.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
pub(super) struct MeasuredTimes {
    /// Of each source record of each run that was in a result at `ends` at any time: from its arrival to the first time
    /// at which it was in one that a reader could see, in milliseconds. None if there was none.
    first_seen_ms: Option<Percentiles>,
    /// Of each source record of each run that was in a result at `ends` when the run was over: from its arrival to the
    /// last change of any result that it was in, in milliseconds. None if there was none.
    final_ms: Option<Percentiles>,
}

/// How many records of a run, over all runs.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct RecordsOfARun {
    /// The mean; 0 if there was no run.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    mean: Number,
    /// The least number that is not exceeded in 99 of 100 runs.
    p99: u64,
    /// The greatest number.
    worst: u64,
    /// The first seed with the greatest number, as a text; none if that is 0.
    worst_seed: Option<String>,
}

/// Percentiles of lengths of time.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct Percentiles {
    /// Of how many.
    count: u64,
    /// Half are at most this.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    p50: Number,
    /// 99 of 100 are at most this.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    p99: Number,
    /// All are at most this.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    max: Number,
}

/// What was done for one record.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct PerRecord {
    /// Messages.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    messages: Number,
    /// Answers to messages.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    answers: Number,
    /// Durable writes.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    commits: Number,
    /// Durable reads.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    reads: Number,
}

impl MeasuredRuns {
    /// Those of a comparison. `replay` is the command that runs the first seed that was violated again.
    pub fn of(found: &Comparison, replay: Option<String>) -> MeasuredRuns {
        let sweep = &found.sweep;
        let classes = Class::ALL.into_iter().filter(|&class| sweep.count(class) > 0);
        MeasuredRuns {
            runs: sweep.runs,
            interrupted: sweep.interrupted,
            violated: sweep.violated,
            inconclusive: sweep.inconclusive,
            classes: classes.map(|class| (class.word(), sweep.count(class))).collect(),
            shares: Shares::of(sweep),
            first_failing_seed: sweep
                .failing
                .first()
                .copied()
                .flatten()
                .map(|seed| seed.to_string()),
            replay,
            records: found.records,
            duplicated: RecordsOfARun::of(&found.duplicated, sweep.runs),
            lost: RecordsOfARun::of(&found.lost, sweep.runs),
        }
    }
}

impl MeasuredTimes {
    /// Those of a comparison.
    pub fn of(found: &Comparison) -> MeasuredTimes {
        MeasuredTimes {
            first_seen_ms: Percentiles::of(&found.first_seen),
            final_ms: Percentiles::of(&found.last_changed),
        }
    }
}

impl PerRecord {
    /// That of a comparison.
    pub fn of(found: &Comparison) -> PerRecord {
        let of = |count| number(&ratio(count, found.records));
        PerRecord {
            messages: of(found.messages),
            answers: of(found.answers),
            commits: of(found.commits),
            reads: of(found.reads),
        }
    }
}

impl RecordsOfARun {
    /// Those of so many runs.
    pub fn of(of: &PerRun, runs: u64) -> RecordsOfARun {
        let seed = of.worst.and_then(|(_, seed)| seed);
        RecordsOfARun {
            mean: number(&ratio(of.sum(), runs)),
            p99: of.p99(),
            worst: of.worst.map_or(0, |(most, _)| most),
            worst_seed: seed.map(|seed| seed.to_string()),
        }
    }
}

impl Percentiles {
    /// Those of lengths of time; none of none.
    pub fn of(times: &Times) -> Option<Percentiles> {
        let found = times.percentiles()?;
        let of = |nanos| number(&milliseconds(nanos));
        Some(Percentiles {
            count: times.count(),
            p50: of(found.p50),
            p99: of(found.p99),
            max: of(found.max),
        })
    }
}
