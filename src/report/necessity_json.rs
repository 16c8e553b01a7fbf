//! The report of what is needed, as JSON. All but `timing` is the same from run to run. What is written has the types
//! of the schema.

use super::NecessityReport;
use super::exhaust_json::{CausePart, SearchPart};
use super::necessity_text::{classes, replay, runs};
use super::parts_json::{
    Named, TimingPart, WorthPart, class_words, counts, path_text, schema_of, seed_text, value,
};
use crate::search::certificate::ENGINE;
use crate::search::necessity::{Finding, Standing};
use onceproof_sim::fault::{Kind, KindName};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

/// What breaks a scenario with each wrong value, by schedules.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "onceproof.necessity/1", deny_unknown_fields)]
struct NecessityDocument<'a> {
    /// `onceproof.necessity/1`.
    schema: &'static str,
    /// The version of the program, and a hash of its sources.
    engine: &'static str,
    /// The name of the scenario.
    scenario: &'a str,
    /// The path of its file.
    path: Cow<'a, str>,
    /// The seed, as a text; none if it was run without one.
    seed: Option<String>,
    /// How many faults of the file were left out, drawn and exact ones.
    faults_left_out: usize,
    /// For how many records the run without a fault speaks.
    worth: WorthPart,
    /// What was found of the design of the file.
    full_design: SearchPart,
    /// What was found of each wrong value.
    mechanisms: Vec<FindingPart>,
    /// How many of them break it.
    witnessed: u64,
    /// How many do not, with these settings.
    unwitnessed: u64,
    /// Of how many the search is not complete.
    incomplete: u64,
    /// How many were not searched.
    not_searched: u64,
    /// How many schedules were run in all.
    runs: u64,
    /// How long it took by the clock on the wall.
    timing: TimingPart,
}

/// What was found of a wrong value.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct FindingPart {
    /// The value, as a file has it.
    mechanism: String,
    /// `witnessed`, `unwitnessed`, `incomplete` or `not-searched`.
    standing: &'static str,
    /// Why it was not searched, if it was not: what of the file it cannot be without.
    lacks: Option<&'static str>,
    /// How many faults the smallest schedule has that breaks it.
    faults: Option<usize>,
    /// The classes in which schedules fail.
    classes: Vec<&'static str>,
    /// How many smallest schedules break it.
    smallest: Option<usize>,
    /// In how many of these each kind of fault is.
    kinds: Named<u64>,
    /// The plainest of them.
    witness: Option<CausePart>,
    /// The command that runs it.
    replay: Option<String>,
    /// How many schedules were run.
    runs: Option<u64>,
}

/// The document of what is needed.
pub fn necessity_json(report: &NecessityReport) -> Value {
    let NecessityReport { subject, necessity, timing, .. } = *report;
    let mut names: Vec<KindName> = necessity.full.kinds.iter().map(Kind::name).collect();
    names.dedup();
    let findings = necessity.findings.iter();
    value(&NecessityDocument {
        schema: "onceproof.necessity/1",
        engine: ENGINE,
        scenario: subject.name,
        path: path_text(subject.path),
        seed: seed_text(report.seed),
        faults_left_out: report.left_out,
        worth: WorthPart::of_run(subject.trial, report.base),
        full_design: SearchPart::of(&necessity.full, subject.trial),
        mechanisms: findings.map(|finding| part(report, finding, &names)).collect(),
        witnessed: necessity.count(Standing::Witnessed),
        unwitnessed: necessity.count(Standing::Unwitnessed),
        incomplete: necessity.count(Standing::Incomplete),
        not_searched: necessity.count(Standing::NotSearched),
        runs: runs(report),
        timing: TimingPart::of(timing),
    })
}

/// The JSON Schema of the document.
pub fn schema() -> Value {
    schema_of::<NecessityDocument>()
}

fn part(report: &NecessityReport, finding: &Finding, names: &[KindName]) -> FindingPart {
    let Finding { design, lacks, found } = finding;
    let witness = finding.witness();
    let standing = match finding.standing() {
        Standing::Witnessed => "witnessed",
        Standing::Unwitnessed => "unwitnessed",
        Standing::Incomplete => "incomplete",
        Standing::NotSearched => "not-searched",
    };
    FindingPart {
        mechanism: design.words(),
        standing,
        lacks: *lacks,
        faults: witness.map(|cause| cause.faults.len()),
        classes: class_words(found.iter().flat_map(classes)),
        smallest: found.as_ref().map(|found| found.causes.len()),
        kinds: counts(names.iter().map(|&name| (name.word(), finding.count(name)))),
        witness: witness.map(|cause| CausePart::of(cause, report.subject.trial)),
        replay: witness.map(|cause| replay(report, design, cause)),
        runs: found.as_ref().map(|found| found.total().runs),
    }
}
