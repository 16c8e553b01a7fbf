//! The report of what is needed, as JSON. All but `timing` is the same from run to run.

use super::NecessityReport;
use super::exhaust_json::{cause_json, search_json};
use super::necessity_text::{classes, replay, runs};
use super::run_json::{counts, decimal, seed_json};
use super::worth::worth_of_run_json;
use crate::search::certificate::ENGINE;
use crate::search::necessity::{Finding, Standing};
use onceproof_sim::fault::{Kind, KindName};
use serde_json::{Value, json};

/// The document of what is needed.
pub fn necessity_json(report: &NecessityReport) -> Value {
    let NecessityReport { subject, necessity, timing, .. } = *report;
    let mut names: Vec<KindName> = necessity.full.kinds.iter().map(Kind::name).collect();
    names.dedup();
    let rows: Vec<Value> =
        necessity.findings.iter().map(|finding| finding_json(report, finding, &names)).collect();
    json!({
        "schema": "onceproof.necessity/1",
        "engine": ENGINE,
        "scenario": subject.name,
        "path": subject.path.to_string_lossy(),
        "seed": seed_json(report.seed),
        "faults_left_out": report.left_out,
        "worth": worth_of_run_json(subject.trial, report.base),
        "full_design": search_json(&necessity.full, subject.trial),
        "mechanisms": rows,
        "witnessed": necessity.count(Standing::Witnessed),
        "unwitnessed": necessity.count(Standing::Unwitnessed),
        "incomplete": necessity.count(Standing::Incomplete),
        "not_searched": necessity.count(Standing::NotSearched),
        "runs": runs(report),
        "timing": { "seconds": decimal(&timing.seconds()) },
    })
}

fn finding_json(report: &NecessityReport, finding: &Finding, names: &[KindName]) -> Value {
    let Finding { design, lacks, found } = finding;
    let witness = finding.witness();
    let standing = match finding.standing() {
        Standing::Witnessed => "witnessed",
        Standing::Unwitnessed => "unwitnessed",
        Standing::Incomplete => "incomplete",
        Standing::NotSearched => "not-searched",
    };
    let classes = found.iter().flat_map(classes).map(|class| class.word());
    json!({
        "mechanism": design.words(),
        "standing": standing,
        "lacks": lacks,
        "faults": witness.map(|cause| cause.faults.len()),
        "classes": classes.collect::<Vec<_>>(),
        "smallest": found.as_ref().map(|found| found.causes.len()),
        "kinds": counts(names.iter().map(|&name| (name.word(), finding.count(name)))),
        "witness": witness.map(|cause| cause_json(cause, report.subject.trial)),
        "replay": witness.map(|cause| replay(report, design, cause)),
        "runs": found.as_ref().map(|found| found.total().runs),
    })
}
