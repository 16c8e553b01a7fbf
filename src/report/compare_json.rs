//! A comparison of strategies as JSON. What is written has the types of the schema, so that the one is what the other
//! says. All but `timing` is the same from run to run.

use super::compare_text::first_again;
use super::measured_json::{MeasuredRuns, MeasuredTimes, PerRecord, Percentiles};
use super::parts_json::TimingPart;
#[cfg(feature = "schema")]
use super::parts_json::schema_of;
use super::served_json::{self, Served};
use super::share_json::{RunsWithKind, runs_with};
use super::{CompareReport, Compared};
use crate::figures::{self, hex};
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
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
    #[serde(flatten)]
    runs: MeasuredRuns,
    #[serde(flatten)]
    times: MeasuredTimes,
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
    let parts = one.trial.design.parts();
    Strategy {
        strategy: one.strategy.word(),
        runs: MeasuredRuns::of(found, first_again(report, one)),
        times: MeasuredTimes::of(found),
        work: Counts {
            messages: found.messages,
            answers: found.answers,
            commits: found.commits,
            reads: found.reads,
        },
        per_record: PerRecord::of(found),
        crashes: found.crashes,
        recovery_ms: Percentiles::of(&found.recoveries),
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
