//! The report of what varies as JSON, and as CSV: a row for each variation.

use super::compare_json::{
    PerRecord, Percentiles, RecordsOfARun, per_record, percentiles, records,
};
use super::parts_json::TimingPart;
#[cfg(feature = "schema")]
use super::parts_json::schema_of;
use super::share_json::Shares;
use super::tune::{TuneReport, Tuned};
use super::tune_text::enough_in_words;
use crate::figures::{self, hex};
use onceproof_sim::outcome::Class;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What each value of the keys that vary comes to under many seeds.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(title = "onceproof.tune/1", deny_unknown_fields))]
struct Document {
    /// `onceproof.tune/1`.
    schema: &'static str,
    /// The name of the scenario.
    scenario: String,
    /// The path of its file.
    path: String,
    /// The seeds that were asked for: from the first up to but without the last.
    seeds: String,
    /// The steps at whose results latencies are taken: those with results that lead to no other step with results.
    ends: Vec<String>,
    /// The keys that vary.
    varied: Vec<VariedKey>,
    /// Which value of the one key that varies is enough, in a sentence; none if several keys vary, if no value is
    /// enough, or if all are.
    enough: Option<String>,
    /// What came of each combination of values; the last key goes through its values first.
    variations: Vec<Variation>,
    /// Whether all runs that were run again were the same.
    deterministic: bool,
    /// How long it took.
    timing: TimingPart,
}

/// A key of the file.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
struct VariedKey {
    /// With those of the tables that it is in.
    key: String,
    /// Its values, one after the other.
    values: Vec<String>,
}

/// What came of one value of each key.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
struct Variation {
    /// The value of each key, in the order of the keys.
    values: Vec<String>,
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
    /// How many source records of a run came too late to be counted in the results of some step.
    late: RecordsOfARun,
    /// From the arrival of a record to the first time at which it was in a result at `ends`, in milliseconds.
    first_seen_ms: Option<Percentiles>,
    /// From the arrival of a record to the last change of a result at `ends` that it was in, in milliseconds.
    final_ms: Option<Percentiles>,
    /// What was done for one record.
    per_record: PerRecord,
    /// What was done in all runs, by figure; what is held at a time has no sum.
    sum: BTreeMap<&'static str, String>,
    /// The most of each figure in one run.
    most: BTreeMap<&'static str, u64>,
    /// The kinds with odds that never fired.
    never_fired: Vec<&'static str>,
    /// The fingerprints of all runs in one word, as 32 hex digits.
    digest: String,
}

/// The document.
pub fn tune_json(report: &TuneReport) -> Value {
    let is_same = |one: &Tuned| one.comparison.sweep.difference.is_none();
    let varied = report.varied.iter();
    let document = Document {
        schema: "onceproof.tune/1",
        scenario: report.subject.name.to_owned(),
        path: report.subject.path.to_string_lossy().into_owned(),
        seeds: format!("{}..{}", report.seeds.start, report.seeds.end),
        ends: report.ends.to_vec(),
        varied: varied
            .map(|of| VariedKey { key: of.key.clone(), values: of.values.clone() })
            .collect(),
        enough: report.enough().map(|enough| enough_in_words(&enough)),
        variations: report.tuned.iter().map(|one| variation(report, one)).collect(),
        deterministic: report.tuned.iter().all(is_same),
        timing: TimingPart::of(report.timing),
    };
    serde_json::to_value(document).expect("texts and numbers")
}

/// The JSON Schema of the document.
#[cfg(feature = "schema")]
pub fn schema() -> Value {
    schema_of::<Document>()
}

fn variation(report: &TuneReport, one: &Tuned) -> Variation {
    let found = &one.comparison;
    let sweep = &found.sweep;
    let classes = Class::ALL.into_iter().filter(|&class| sweep.count(class) > 0);
    let names = figures::work_names(one.trial.layout().alphabet);
    let amounts = || names.iter().copied().zip(&sweep.work);
    let is_summed = |name: &str| !name.starts_with("ids_held");
    Variation {
        values: one.point.iter().map(|(_, value)| value.clone()).collect(),
        runs: sweep.runs,
        interrupted: sweep.interrupted,
        violated: sweep.violated,
        inconclusive: sweep.inconclusive,
        classes: classes.map(|class| (class.word(), sweep.count(class))).collect(),
        shares: Shares::of(sweep),
        first_failing_seed: sweep.failing.first().copied().flatten().map(|seed| seed.to_string()),
        replay: report.first_again(one),
        records: found.records,
        duplicated: records(&found.duplicated, sweep.runs),
        lost: records(&found.lost, sweep.runs),
        late: records(&found.late, sweep.runs),
        first_seen_ms: percentiles(&found.first_seen),
        final_ms: percentiles(&found.last_changed),
        per_record: per_record(found),
        sum: amounts()
            .filter(|(name, _)| is_summed(name))
            .map(|(name, amount)| (name, amount.sum.to_string()))
            .collect(),
        most: amounts().map(|(name, amount)| (name, amount.spread.most.0)).collect(),
        never_fired: sweep.never_fired.iter().map(|kind| kind.word()).collect(),
        digest: hex(sweep.digest),
    }
}
