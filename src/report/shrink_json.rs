//! The report of a shrunk failure as JSON. Its keys are a promise: more may be added, these stay. What is written has
//! the types of the schema.

use super::parts_json::{FaultPart, KindPart, class_words, path_text, schema_of, seed_text, value};
use super::shrink_report::ShrinkReport;
use super::words::fault_in_words;
use crate::search::shrink::all::{All, MOST_FAULTS, SearchEnd, Set};
use crate::search::shrink::{Shrunk, Size};
use onceproof_systems::Trial;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::path::PathBuf;

/// A scenario file as a text, and where it was saved.
pub type File = (String, Option<PathBuf>);

/// The smallest failure of a class.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "onceproof.shrink/1", deny_unknown_fields)]
struct ShrinkDocument<'a> {
    /// `onceproof.shrink/1`.
    schema: &'static str,
    /// The name of the scenario.
    scenario: &'a str,
    /// The path of its file.
    path: Cow<'a, str>,
    /// The seed that failed, as a text; none if it was run without one.
    seed: Option<String>,
    /// The class of the failure.
    class: &'static str,
    /// All classes of what is left.
    classes: Vec<&'static str>,
    /// The record that is damaged, if one is.
    record: Option<&'a str>,
    /// The faults that are left.
    schedule: Vec<FaultPart>,
    /// The seed that what is left still needs, as a text; none if it needs none.
    needs_seed: Option<String>,
    /// How large it was.
    before: SizePart,
    /// How large it is.
    after: SizePart,
    /// How many runs it took.
    runs: u64,
    /// Whether it was found that it holds without any one of the faults that are left.
    holds_without_any: bool,
    /// Whether all smaller sets of faults near the damage were tried.
    is_exhausted: bool,
    /// The wrong values that are left.
    wrong_mechanisms: Vec<WrongPart<'a>>,
    /// What of other classes was met on the way.
    others: Vec<&'static str>,
    /// Whether it was interrupted.
    interrupted: bool,
    /// Every smallest set of faults, if that was asked for.
    all: Option<AllPart<'a>>,
    /// The scenario file.
    file: &'a str,
    /// Where it was saved.
    saved: Option<Cow<'a, str>>,
}

/// How large a failure is.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SizePart {
    /// How many faults it has.
    faults: usize,
    /// How many records.
    records: usize,
}

/// A wrong value that is left.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct WrongPart<'a> {
    /// Its key, as a file has it: `dedup`, `queue.ack`.
    mechanism: &'a str,
    /// The step that it is set for; none if it stands for all steps.
    step: Option<&'a str>,
    /// Whether it fails with the right value, too.
    fails_with_right_value: bool,
}

/// Every smallest set of faults that makes the same failure.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct AllPart<'a> {
    /// The most faults of a set.
    faults: u32,
    /// The kinds of faults that were tried.
    kinds: Vec<KindPart>,
    /// How many runs it took.
    runs: u64,
    /// Whether all sets were tried that there are to try.
    complete: bool,
    /// Up to how many faults it was.
    complete_up_to: u32,
    /// How many runs hit a limit.
    inconclusive: u64,
    /// Whether it was interrupted.
    interrupted: bool,
    /// How many sets break it in another way.
    in_another_way: u64,
    /// Whether the failure that was shrunk is among the sets.
    has_failure: bool,
    /// The sets.
    sets: Vec<SetPart<'a>>,
}

/// A smallest set of faults.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SetPart<'a> {
    /// Its faults, in words.
    faults: Vec<String>,
    /// The classes in which it fails.
    classes: Vec<&'static str>,
    /// Its faults.
    schedule: Vec<FaultPart>,
    /// The scenario file.
    file: &'a str,
    /// Where it was saved.
    saved: Option<Cow<'a, str>>,
}

/// The document of a shrunk failure, with its file, and those of all smallest sets if they were asked for.
pub fn shrink_json(report: &ShrinkReport<'_>, (file, saved): &File, sets: &[File]) -> Value {
    let ShrinkReport { scenario, seed, shrunk, all } = *report;
    let Shrunk { case, outcome, goal, before, runs, .. } = shrunk;
    let trial = case.subject.trial();
    let size = |size: Size| SizePart { faults: size.faults, records: size.rows };
    let wrong = shrunk.wrong.iter().map(|wrong| WrongPart {
        mechanism: wrong.mechanism,
        step: wrong.step.as_deref(),
        fails_with_right_value: !wrong.is_needed,
    });
    value(&ShrinkDocument {
        schema: "onceproof.shrink/1",
        scenario: &scenario.name,
        path: path_text(&scenario.path),
        seed: seed_text(seed),
        class: goal.class.word(),
        classes: class_words(outcome.brief.classes.iter()),
        record: goal.damage(outcome).map(|damage| damage.record.as_str()),
        schedule: FaultPart::all(&case.faults, trial),
        needs_seed: seed_text(case.seed),
        before: size(*before),
        after: size(Size::of(case)),
        runs: *runs,
        holds_without_any: shrunk.holds_without_any,
        is_exhausted: shrunk.is_exhausted,
        wrong_mechanisms: wrong.collect(),
        others: class_words(shrunk.others.iter().map(|(class, _)| *class)),
        interrupted: shrunk.is_interrupted,
        all: all.map(|all| all_part(all, sets, trial)),
        file,
        saved: saved.as_deref().map(path_text),
    })
}

/// The JSON Schema of the document.
pub fn schema() -> Value {
    schema_of::<ShrinkDocument>()
}

/// All smallest sets: which kinds of faults, how far the search came, and each set with its file.
fn all_part<'a>(all: &'a All, files: &'a [File], trial: &Trial) -> AllPart<'a> {
    let All { sets, has_failure, kinds, searched, others, runs, end } = all;
    let set = |(set, (file, saved)): (&Set, &'a File)| SetPart {
        faults: set.faults.iter().map(|fault| fault_in_words(fault, trial)).collect(),
        classes: class_words(set.outcome.brief.classes.iter()),
        schedule: FaultPart::all(&set.faults, trial),
        file,
        saved: saved.as_deref().map(path_text),
    };
    AllPart {
        faults: MOST_FAULTS,
        kinds: KindPart::all(kinds),
        runs: *runs,
        complete: *end == SearchEnd::Complete,
        complete_up_to: *searched,
        inconclusive: match end {
            SearchEnd::Inconclusive(runs) => *runs,
            SearchEnd::Complete | SearchEnd::GaveUp | SearchEnd::Interrupted => 0,
        },
        interrupted: *end == SearchEnd::Interrupted,
        in_another_way: *others,
        has_failure: *has_failure,
        sets: sets.iter().zip(files).map(set).collect(),
    }
}
