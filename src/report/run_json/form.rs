//! The form of a run as JSON, from which its schema is made.

use crate::report::damage_json::{ClassPart, DamagePart};
use crate::report::extremes::ExtremesPart;
use crate::report::parts_json::{FaultPart, Named, NotShownPart, Wide, WorthPart};
use crate::report::served_json::Served;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Number;
use std::borrow::Cow;

/// One run of a scenario.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "onceproof.run/1", deny_unknown_fields)]
pub(in crate::report) struct Run<'a> {
    /// `onceproof.run/1`.
    pub schema: &'static str,
    /// The name of the scenario.
    pub scenario: &'a str,
    /// The path of its file.
    pub path: Cow<'a, str>,
    /// The seed, as a text; none if it was run without one.
    pub seed: Option<String>,
    /// Whether nobody has stated that seed.
    pub seed_assumed: bool,
    /// `exactly-once`, `violated` or `inconclusive`.
    pub verdict: &'static str,
    /// The classes of what is wrong.
    pub classes: Vec<&'static str>,
    /// Why it is stuck, unbounded or inconclusive, in words.
    pub reason: Option<&'a str>,
    /// How many source records there are, and how many of them are exact, duplicated, lost and so on.
    pub ledger: Named<u64>,
    /// The steps that have results, by name.
    pub steps: Named<StepPart>,
    /// The records that are not reflected as they should be; of very many the first.
    pub damage: Vec<DamagePart<'a>>,
    /// The classes that damage no record, with what did it.
    pub blamed_classes: Vec<ClassPart>,
    /// The records that were given up; of very many the first.
    pub dead_letters: Vec<LetterPart<'a>>,
    /// How often each step called an external service for a record, by name.
    pub calls: Named<CallsPart>,
    /// How often each kind of fault fired, of those that did.
    pub faults: Named<u64>,
    /// The kinds with odds that never fired.
    pub never_fired: Vec<&'static str>,
    /// The faults that fired, in order, each with a place that only it has.
    pub schedule: Vec<FaultPart>,
    /// The exact faults of the file that did not fire.
    pub unfired: Vec<FaultPart>,
    /// Where it is not as the file expects.
    pub unexpected: &'a [String],
    /// A violation that the file expects and that this run does not show, where it speaks of others.
    pub not_shown: Option<NotShownPart<'a>>,
    /// How many rows of csv files could not be used.
    pub rows_skipped: u64,
    /// How many things were still on their way when the run ended.
    pub unfinished: u64,
    /// For how many records it speaks.
    pub worth: WorthPart,
    /// What it says nothing of and should, if it is asked for strictly.
    pub shortfalls: &'a [String],
    /// What was done, by name.
    pub work: Named<u64>,
    /// How full the filters are at the end.
    pub filters: Vec<FilterPart<'a>>,
    /// What a design must be built for.
    pub extremes: ExtremesPart<'a>,
    /// What was served before it was certain; none of a strategy that serves nothing else.
    pub served: Option<Served>,
    /// From the arrival of a source record to the commit that took it into an aggregate or wrote it, in milliseconds. None
    /// if there was none.
    pub latency_ms: Option<LatencyPart>,
    /// How long it took in virtual time, in milliseconds.
    #[schemars(with = "f64")]
    pub virtual_ms: Number,
    /// All that happened in one word, as 32 hex digits.
    pub fingerprint: String,
    /// The command that runs it again.
    pub replay: &'a str,
    /// The command that makes a failure small, if there is one.
    pub shrink: Option<&'a str>,
}

/// The results of a step.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::report) struct StepPart {
    /// How many reflections of source records are right.
    pub expected: u64,
    /// How many there are, with multiplicity.
    pub applied: u64,
    /// How many are missing because they were late.
    pub late: u64,
    /// How many more would be right, were they no dead letters.
    pub dead_lettered: u64,
    /// The totals by key, over all windows.
    pub results: Named<Wide>,
    /// The totals by key and start of the window, as `ann@60s`.
    pub windows: Named<Wide>,
}

/// A record that was given up.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::report) struct LetterPart<'a> {
    /// At which step.
    pub step: &'a str,
    /// Its name.
    pub record: &'a str,
    /// How many source records it stands for.
    pub records: u64,
}

/// How often a step called an external service.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::report) struct CallsPart {
    /// For how many records.
    pub records: u64,
    /// How often in all.
    pub calls: u64,
    /// How often for a record, in the mean.
    #[schemars(with = "f64")]
    pub mean: Number,
    /// For 99 of 100 records it called at most so often.
    pub p99: u64,
    /// For no record it called more often.
    pub max: u64,
    /// How many temporary files or transactions it has left behind.
    pub garbage: u64,
    /// How many side effects stand; none where it writes rows.
    pub standing: Option<u64>,
}

/// How full a filter is.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::report) struct FilterPart<'a> {
    /// The step.
    pub step: &'a str,
    /// The shard.
    pub shard: u32,
    /// Where its range begins, on the axis of the input's times.
    pub from: String,
    /// How many bits are set.
    pub bits_set: u64,
    /// How many there are.
    pub bits: u64,
    /// Whether it knows of all that is in its range.
    pub complete: bool,
}

/// Percentiles of a latency, in milliseconds.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::report) struct LatencyPart {
    /// Half are at most this.
    #[schemars(with = "f64")]
    pub p50: Number,
    /// 99 of 100 are at most this.
    #[schemars(with = "f64")]
    pub p99: Number,
    /// All are at most this.
    #[schemars(with = "f64")]
    pub max: Number,
}
