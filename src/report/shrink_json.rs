//! The report of a shrunk failure as JSON. Its keys are a promise: more may be added, these stay.

use super::run_json::seed_json;
use super::shrink_text::ShrinkReport;
use crate::scenario::fault_to_json;
use crate::search::shrink::{Shrunk, Size};
use serde_json::{Value, json};
use std::path::Path;

/// The document of a shrunk failure: its file as a text, and where it was saved.
pub fn shrink_json(report: &ShrinkReport<'_>, file: &str, saved: Option<&Path>) -> Value {
    let ShrinkReport { scenario, seed, shrunk } = *report;
    let Shrunk { case, outcome, target, before, runs, .. } = shrunk;
    let plan = &case.scenario.plan;
    let size = |size: Size| json!({ "faults": size.faults, "records": size.rows });
    json!({
        "schema": "onceproof.shrink/1",
        "scenario": scenario.name,
        "path": scenario.path.to_string_lossy(),
        "seed": seed_json(seed),
        "class": target.class.word(),
        "classes": outcome.brief.classes.iter().map(|class| class.word()).collect::<Vec<_>>(),
        "record": target.damage(outcome).map(|damage| &damage.record),
        "schedule": case.faults.iter().map(|fault| fault_to_json(fault, plan)).collect::<Vec<_>>(),
        "needs_seed": seed_json(case.seed),
        "before": size(*before),
        "after": size(Size::of(case)),
        "runs": runs,
        "holds_without_any": shrunk.holds_without_any,
        "is_exhausted": shrunk.is_exhausted,
        "others": shrunk.others.iter().map(|(class, _)| class.word()).collect::<Vec<_>>(),
        "file": file,
        "saved": saved.map(|path| path.to_string_lossy()),
    })
}
