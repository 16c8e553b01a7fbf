//! The report of a shrunk failure as JSON. Its keys are a promise: more may be added, these stay.

use super::run_json::seed_json;
use super::shrink_text::ShrinkReport;
use super::words::fault_in_words;
use crate::scenario::{fault_to_json, kind_to_json};
use crate::search::shrink::all::{All, MOST_FAULTS, SearchEnd, Set};
use crate::search::shrink::{Shrunk, Size};
use onceproof_sim::outcome::Class;
use onceproof_systems::Trial;

use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A scenario file as a text, and where it was saved.
pub type File = (String, Option<PathBuf>);

/// The document of a shrunk failure, with its file, and those of all smallest sets if they were asked for.
pub fn shrink_json(report: &ShrinkReport<'_>, (file, saved): &File, sets: &[File]) -> Value {
    let ShrinkReport { scenario, seed, shrunk, all } = *report;
    let Shrunk { case, outcome, goal, before, runs, .. } = shrunk;
    let trial = case.subject.trial();
    let size = |size: Size| json!({ "faults": size.faults, "records": size.rows });
    json!({
        "schema": "onceproof.shrink/1",
        "scenario": scenario.name,
        "path": scenario.path.to_string_lossy(),
        "seed": seed_json(seed),
        "class": goal.class.word(),
        "classes": outcome.brief.classes.iter().map(|class| class.word()).collect::<Vec<_>>(),
        "record": goal.damage(outcome).map(|damage| &damage.record),
        "schedule": case.faults.iter().map(|fault| fault_to_json(fault, trial)).collect::<Vec<_>>(),
        "needs_seed": seed_json(case.seed),
        "before": size(*before),
        "after": size(Size::of(case)),
        "runs": runs,
        "holds_without_any": shrunk.holds_without_any,
        "is_exhausted": shrunk.is_exhausted,
        "wrong_mechanisms": shrunk.wrong.iter().map(|wrong| json!({
            "mechanism": wrong.mechanism,
            "fails_with_right_value": !wrong.is_needed,
        })).collect::<Vec<_>>(),
        "others": shrunk.others.iter().map(|(class, _)| class.word()).collect::<Vec<_>>(),
        "interrupted": shrunk.is_interrupted,
        "all": all.map(|all| all_json(all, sets, trial)),
        "file": file,
        "saved": path_json(saved.as_deref()),
    })
}

fn path_json(path: Option<&Path>) -> Value {
    path.map(|path| path.to_string_lossy()).into()
}

/// All smallest sets: which kinds of faults, how far the search came, and each set with its file.
fn all_json(all: &All, files: &[File], trial: &Trial) -> Value {
    let All { sets, has_failure, kinds, searched, others, runs, end } = all;
    let set = |(set, (file, saved)): (&Set, &File)| {
        let classes: Vec<&str> = set.outcome.brief.classes.iter().map(Class::word).collect();
        json!({
            "faults": set.faults.iter().map(|f| fault_in_words(f, trial)).collect::<Vec<_>>(),
            "classes": classes,
            "schedule": set.faults.iter().map(|f| fault_to_json(f, trial)).collect::<Vec<_>>(),
            "file": file,
            "saved": path_json(saved.as_deref()),
        })
    };
    json!({
        "faults": MOST_FAULTS,
        "kinds": kinds.iter().map(kind_to_json).collect::<Vec<_>>(),
        "runs": runs,
        "complete": *end == SearchEnd::Complete,
        "complete_up_to": searched,
        "inconclusive": match end {
            SearchEnd::Inconclusive(runs) => *runs,
            SearchEnd::Complete | SearchEnd::GaveUp | SearchEnd::Interrupted => 0,
        },
        "interrupted": *end == SearchEnd::Interrupted,
        "in_another_way": others,
        "has_failure": has_failure,
        "sets": sets.iter().zip(files).map(set).collect::<Vec<_>>(),
    })
}
