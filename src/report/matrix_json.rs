//! The report of each value of each mechanism under many seeds, as JSON. All but `timing` is the same from run
//! to run. What is written has the types of the schema.

use super::MatrixReport;
use super::matrix_text::{replay, runs, words};
use super::parts_json::{Named, TimingPart, counts, path_text, schema_of, seed_text, value};
use super::share_json::{RunsWithKind, Shares, runs_with};
use super::sweep_text::rate_below;
use crate::figures;
use crate::search::matrix::{MatrixStanding, Tried, holds};
use crate::search::tally::Sweep;
use onceproof_sim::outcome::Class;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What each value of each mechanism comes to, under many seeds.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "onceproof.necessity-seeds/1", deny_unknown_fields)]
struct MatrixDocument<'a> {
    /// `onceproof.necessity-seeds/1`.
    schema: &'static str,
    /// The name of the scenario.
    scenario: &'a str,
    /// The path of its file.
    path: Cow<'a, str>,
    /// The seeds that were asked for: from the first up to but without the last.
    seeds: String,
    /// The design of the file.
    full_design: FullPart,
    /// Each wrong value.
    wrong: Vec<TriedPart<'a>>,
    /// Each right value other than that of the file.
    right: Vec<TriedPart<'a>>,
    /// How many runs there were in all.
    runs: u64,
    /// Whether all runs that were run again were the same.
    deterministic: bool,
    /// How long it took by the clock on the wall.
    timing: TimingPart,
}

/// The design of the file under many seeds.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct FullPart {
    /// `holds`, `violated`, `incomplete` or `not-run`.
    standing: &'static str,
    /// What the seeds draw.
    seeds_draw: Vec<&'static str>,
    /// With a confidence of 95 %, fewer seeds than this go wrong: `3 in 1,000`. None where it cannot be said.
    rate_below: Option<String>,
    /// What was found.
    found: FoundPart,
    /// The command that runs the first violated seed again.
    replay: Option<String>,
}

/// A value under many seeds.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct TriedPart<'a> {
    /// The value, as a file has it.
    mechanism: String,
    /// What else it was tried with, if anything.
    under: Option<&'a str>,
    /// The kinds of faults that were left out, since no design with this value survives them.
    without: Vec<&'static str>,
    /// All of that in words.
    words: String,
    /// Of a wrong value `found`, `not-found`, `incomplete` or `not-run`; of a right one `holds`, `violated`,
    /// `incomplete` or `not-run`.
    standing: &'static str,
    /// Why it was not run, if it was not: what of the file it cannot be without.
    lacks: Option<&'a str>,
    /// What was found.
    found: Option<FoundPart>,
    /// The command that runs the first violated seed again.
    replay: Option<String>,
}

/// What was found under many seeds.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct FoundPart {
    /// How many runs there were.
    runs: u64,
    /// How many of them were violated.
    violated: u64,
    /// How many of them were inconclusive.
    inconclusive: u64,
    /// In how many of the runs each class was found, of those that were.
    classes: Named<u64>,
    /// The share of the runs that were violated, and by class the share of the runs in which it was found, of those that
    /// were.
    shares: Shares,
    /// How often each kind of fault fired, of those that did.
    faults: Named<u64>,
    /// The kinds with odds that never fired.
    never_fired: Vec<&'static str>,
    /// Of each kind of fault that fired, the runs in which it did, and how many of them were violated.
    runs_with: BTreeMap<&'static str, RunsWithKind>,
    /// The first seed that was violated, as a text.
    first_failing_seed: Option<String>,
    /// How many seeds it took until then.
    seeds_until_found: Option<u64>,
    /// Whether it was interrupted before its last seed.
    interrupted: bool,
    /// Whether it ended before its last seed, for whatever reason.
    stopped_early: bool,
    /// The fingerprints of all runs in one word, as 32 hex digits.
    digest: String,
}

/// The document.
pub fn matrix_json(report: &MatrixReport) -> Value {
    let MatrixReport { subject, matrix, timing } = *report;
    let full = &matrix.full;
    let wrong = matrix.wrong.iter().map(|tried| {
        let standing = match tried.as_wrong() {
            MatrixStanding::Good => "found",
            MatrixStanding::Bad => "not-found",
            MatrixStanding::Incomplete => "incomplete",
            MatrixStanding::NotRun => "not-run",
        };
        tried_part(report, tried, standing)
    });
    let right = matrix.right.iter();
    let right = right.map(|tried| tried_part(report, tried, right_standing(tried.as_right())));
    value(&MatrixDocument {
        schema: "onceproof.necessity-seeds/1",
        scenario: subject.name,
        path: path_text(subject.path),
        seeds: format!("{}..{}", matrix.seeds.start, matrix.seeds.end),
        full_design: FullPart {
            standing: right_standing(holds(full)),
            seeds_draw: full.chance.drawn().iter().map(|(name, _)| *name).collect(),
            rate_below: rate_below(full),
            found: found(report, full),
            replay: full.failing.first().map(|seed| subject.run_again(*seed)),
        },
        wrong: wrong.collect(),
        right: right.collect(),
        runs: runs(report),
        deterministic: matrix.sweeps().all(|sweep| sweep.difference.is_none()),
        timing: TimingPart::of(timing),
    })
}

/// The JSON Schema of the document.
pub fn schema() -> Value {
    schema_of::<MatrixDocument>()
}

fn right_standing(standing: MatrixStanding) -> &'static str {
    match standing {
        MatrixStanding::Good => "holds",
        MatrixStanding::Bad => "violated",
        MatrixStanding::Incomplete => "incomplete",
        MatrixStanding::NotRun => "not-run",
    }
}

fn tried_part<'a>(
    report: &MatrixReport,
    tried: &'a Tried,
    standing: &'static str,
) -> TriedPart<'a> {
    TriedPart {
        mechanism: tried.design.value(),
        under: tried.design.under,
        without: tried.design.without.iter().map(|kind| kind.word()).collect(),
        words: words(tried),
        standing,
        lacks: tried.lacks,
        found: tried.sweep.as_ref().map(|sweep| found(report, sweep)),
        replay: replay(report, tried),
    }
}

fn found(report: &MatrixReport, sweep: &Sweep) -> FoundPart {
    let classes = Class::ALL.into_iter().map(|class| (class.word(), sweep.count(class)));
    let first = sweep.failing.first().copied().flatten();
    FoundPart {
        runs: sweep.runs,
        violated: sweep.violated,
        inconclusive: sweep.inconclusive,
        classes: counts(classes.filter(|&(_, count)| count > 0)),
        shares: Shares::of(sweep),
        faults: counts(figures::fired(&sweep.fired)),
        never_fired: sweep.never_fired.iter().map(|kind| kind.word()).collect(),
        runs_with: runs_with(sweep),
        first_failing_seed: seed_text(first),
        seeds_until_found: first.map(|seed| seed - report.matrix.seeds.start + 1),
        interrupted: sweep.interrupted,
        stopped_early: sweep.stopped_early(),
        digest: figures::hex(sweep.digest),
    }
}
