//! The report of what varies as JSON, and as CSV: a row for each variation.

use super::measured_json::{MeasuredRuns, MeasuredTimes, PerRecord, RecordsOfARun};
use super::parts_json::TimingPart;
#[cfg(feature = "schema")]
use super::parts_json::schema_of;
use super::tune::{TuneReport, Tuned};
use super::tune_text::enough_in_words;
use crate::figures::{self, hex};
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
    #[serde(flatten)]
    runs: MeasuredRuns,
    /// How many source records of a run came too late to be counted in the results of some step.
    late: RecordsOfARun,
    #[serde(flatten)]
    times: MeasuredTimes,
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
    let names = figures::work_names(one.trial.layout().alphabet);
    let amounts = || names.iter().copied().zip(&sweep.work);
    let is_summed = |name: &str| !name.starts_with("ids_held");
    Variation {
        values: one.point.iter().map(|(_, value)| value.clone()).collect(),
        runs: MeasuredRuns::of(found, report.first_again(one)),
        late: RecordsOfARun::of(&found.late, sweep.runs),
        times: MeasuredTimes::of(found),
        per_record: PerRecord::of(found),
        sum: amounts()
            .filter(|(name, _)| is_summed(name))
            .map(|(name, amount)| (name, amount.sum.to_string()))
            .collect(),
        most: amounts().map(|(name, amount)| (name, amount.spread.most.0)).collect(),
        never_fired: sweep.never_fired.iter().map(|kind| kind.word()).collect(),
        digest: hex(sweep.digest),
    }
}
