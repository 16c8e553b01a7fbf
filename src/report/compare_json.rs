//! A comparison of strategies as JSON. What is written has the types of the schema, so that the one is what the other
//! says. All but `timing` is the same from run to run.

use super::compare_text::first_again;
use super::parts_json::TimingPart;
#[cfg(feature = "schema")]
use super::parts_json::schema_of;
use super::served_json::{self, Served};
use super::share_json::{RunsWithKind, Shares, number, runs_with};
use super::{CompareReport, Compared};
use crate::figures::{self, hex, milliseconds, ratio};
use crate::search::strategies::{Comparison, PerRun};
use onceproof_sim::outcome::Class;
use onceproof_sim::times::Times;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Number, Value};
use std::collections::BTreeMap;

/// The same input and weather under several strategies.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(title = "onceproof.compare/1", deny_unknown_fields))]
struct Document {
    /// `onceproof.compare/1`.
    schema: &'static str,
    /// The name of the scenario.
    scenario: String,
    /// The path of its file.
    path: String,
    /// The strategy that the file states.
    own_strategy: &'static str,
    /// The seeds that were asked for: from the first up to but without the last.
    seeds: String,
    /// The steps at whose results latencies are taken: those with results that lead to no other step with results.
    ends: Vec<String>,
    /// Each strategy that was run.
    strategies: Vec<Strategy>,
    /// Each strategy that cannot have the pipeline.
    cannot: Vec<Cannot>,
    /// Whether all runs that were run again were the same.
    deterministic: bool,
    /// How long it took.
    timing: TimingPart,
}

/// What came of a strategy.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
struct Strategy {
    /// Its name.
    strategy: &'static str,
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
    /// Of each source record of each run that was in a result at `ends` at any time: from its arrival to the first time
    /// at which it was in one that a reader could see, in milliseconds. None if there was none.
    first_seen_ms: Option<Percentiles>,
    /// Of each source record of each run that was in a result at `ends` when the run was over: from its arrival to the
    /// last change of any result that it was in, in milliseconds. None if there was none.
    final_ms: Option<Percentiles>,
    /// What was done in all runs.
    work: Counts,
    /// The same, divided by `records`.
    per_record: PerRecord,
    /// How many crashes hit a worker with a shard.
    crashes: u64,
    /// Of each such crash after which any of the worker's shards did something again: from the crash to the first time
    /// at which one of them had a commit applied that was sent after the crash or, once it ran again, had a result
    /// written by another process, such as a view; in milliseconds. None if there was none.
    recovery_ms: Option<Percentiles>,
    /// What was served before it was certain; none of a strategy that serves nothing else.
    served: Option<Served>,
    /// Of what it is made.
    complexity: Complexity,
    /// How often each kind of fault fired, of those that did.
    faults: BTreeMap<&'static str, u64>,
    /// Of each kind of fault that fired, the runs in which it did, and how many of them were violated. Other kinds may
    /// have fired in them, too.
    runs_with: BTreeMap<&'static str, RunsWithKind>,
    /// What of the file the strategy does not have.
    left_out: Vec<LeftOut>,
    /// The kinds with odds that never fired.
    never_fired: Vec<&'static str>,
    /// What the seeds draw.
    seeds_draw: Vec<&'static str>,
    /// The fingerprints of all runs in one word, as 32 hex digits.
    digest: String,
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

/// What was done.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
struct Counts {
    /// Messages between processes that were sent, with records and without, those included that were sent again.
    messages: u64,
    /// Answers to messages, which are not among them; a system in which nobody answers has none.
    answers: u64,
    /// Durable writes: commits that were applied.
    commits: u64,
    /// Durable reads: reads of the store that take time.
    reads: u64,
}

/// Of what a strategy is made.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
struct Complexity {
    /// Processes that do different things, each once however many shards it has.
    processes: u64,
    /// What is durable, by what it is.
    stores: u64,
    /// Kinds of messages between processes, answers among them.
    messages: u64,
    /// Settings that can be such that a result is wrong.
    settings_that_break: u64,
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

/// Something of the file that the strategy does not have.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
struct LeftOut {
    /// A kind of drawn fault, a mechanism, or an exact fault by its number from 1, as in `[[fault]] 2`.
    what: String,
    /// Why not.
    why: String,
}

/// A strategy that cannot have the pipeline.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
struct Cannot {
    /// Its name.
    strategy: &'static str,
    /// Why not.
    why: String,
}

/// The document.
pub fn compare_json(report: &CompareReport) -> Value {
    let cannot = report.cannot.iter();
    let is_same = |one: &Compared| one.comparison.sweep.difference.is_none();
    let document = Document {
        schema: "onceproof.compare/1",
        scenario: report.subject.name.to_owned(),
        path: report.subject.path.to_string_lossy().into_owned(),
        own_strategy: report.own.word(),
        seeds: format!("{}..{}", report.seeds.start, report.seeds.end),
        ends: report.ends.to_vec(),
        strategies: report.compared.iter().map(|one| strategy(report, one)).collect(),
        cannot: cannot
            .map(|one| Cannot { strategy: one.strategy.word(), why: one.why.clone() })
            .collect(),
        deterministic: report.compared.iter().all(is_same),
        timing: TimingPart::of(report.timing),
    };
    serde_json::to_value(document).expect("texts and numbers")
}

/// The JSON Schema of the document.
#[cfg(feature = "schema")]
pub fn schema() -> Value {
    schema_of::<Document>()
}

fn strategy(report: &CompareReport, one: &Compared) -> Strategy {
    let found = &one.comparison;
    let sweep = &found.sweep;
    let classes = Class::ALL.into_iter().filter(|&class| sweep.count(class) > 0);
    let parts = one.trial.design.parts();
    Strategy {
        strategy: one.strategy.word(),
        runs: sweep.runs,
        interrupted: sweep.interrupted,
        violated: sweep.violated,
        inconclusive: sweep.inconclusive,
        classes: classes.map(|class| (class.word(), sweep.count(class))).collect(),
        shares: Shares::of(sweep),
        first_failing_seed: one.first_violated().map(|seed| seed.to_string()),
        replay: first_again(report, one),
        records: found.records,
        duplicated: records(&found.duplicated, sweep.runs),
        lost: records(&found.lost, sweep.runs),
        first_seen_ms: percentiles(&found.first_seen),
        final_ms: percentiles(&found.last_changed),
        work: Counts {
            messages: found.messages,
            answers: found.answers,
            commits: found.commits,
            reads: found.reads,
        },
        per_record: per_record(found),
        crashes: found.crashes,
        recovery_ms: percentiles(&found.recoveries),
        served: found.served.as_ref().map(served_json::served_part),
        complexity: Complexity {
            processes: parts.processes,
            stores: parts.stores,
            messages: parts.messages,
            settings_that_break: one.settings_that_break,
        },
        faults: figures::fired(&sweep.fired).into_iter().collect(),
        runs_with: runs_with(sweep),
        left_out: one
            .left_out
            .iter()
            .map(|left| LeftOut { what: left.what.clone(), why: left.why.clone() })
            .collect(),
        never_fired: sweep.never_fired.iter().map(|kind| kind.word()).collect(),
        seeds_draw: sweep.chance.drawn().iter().map(|(name, _)| *name).collect(),
        digest: hex(sweep.digest),
    }
}

/// What was done for one record.
pub(super) fn per_record(found: &Comparison) -> PerRecord {
    let of = |count| number(&ratio(count, found.records));
    PerRecord {
        messages: of(found.messages),
        answers: of(found.answers),
        commits: of(found.commits),
        reads: of(found.reads),
    }
}

pub(super) fn records(of: &PerRun, runs: u64) -> RecordsOfARun {
    let seed = of.worst.and_then(|(_, seed)| seed);
    RecordsOfARun {
        mean: number(&ratio(of.sum(), runs)),
        p99: of.p99(),
        worst: of.worst.map_or(0, |(most, _)| most),
        worst_seed: seed.map(|seed| seed.to_string()),
    }
}

pub(super) fn percentiles(times: &Times) -> Option<Percentiles> {
    let found = times.percentiles()?;
    let of = |nanos| number(&milliseconds(nanos));
    Some(Percentiles {
        count: times.count(),
        p50: of(found.p50),
        p99: of(found.p99),
        max: of(found.max),
    })
}
