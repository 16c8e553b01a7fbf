//! The report of each value of each mechanism under many seeds, as JSON. All but `timing` is the same from run
//! to run.

use super::MatrixReport;
use super::matrix_text::{replay, runs, words};
use super::run_json::{counts, decimal};
use super::share_json::{Shares, runs_with, value};
use super::sweep_text::rate_below;
use crate::figures;
use crate::search::matrix::{MatrixStanding, Tried, holds};
use crate::search::tally::Sweep;
use onceproof_sim::outcome::Class;
use serde_json::{Value, json};

/// The document.
pub fn matrix_json(report: &MatrixReport) -> Value {
    let MatrixReport { subject, matrix, timing } = *report;
    let first = matrix.full.failing.first();
    let replay = first.map(|seed| subject.run_again(*seed));
    let full = json!({
        "standing": right_standing(holds(&matrix.full)),
        "seeds_draw": matrix.full.chance.drawn().iter().map(|(name, _)| *name).collect::<Vec<_>>(),
        "rate_below": rate_below(&matrix.full),
        "found": sweep_json(report, &matrix.full),
        "replay": replay,
    });
    let wrong = |tried: &Tried| {
        let standing = match tried.as_wrong() {
            MatrixStanding::Good => "found",
            MatrixStanding::Bad => "not-found",
            MatrixStanding::Incomplete => "incomplete",
            MatrixStanding::NotRun => "not-run",
        };
        tried_json(report, tried, standing)
    };
    let right = |tried: &Tried| tried_json(report, tried, right_standing(tried.as_right()));
    json!({
        "schema": "onceproof.necessity-seeds/1",
        "scenario": subject.name,
        "path": subject.path.to_string_lossy(),
        "seeds": format!("{}..{}", matrix.seeds.start, matrix.seeds.end),
        "full_design": full,
        "wrong": matrix.wrong.iter().map(wrong).collect::<Vec<_>>(),
        "right": matrix.right.iter().map(right).collect::<Vec<_>>(),
        "runs": runs(report),
        "deterministic": matrix.sweeps().all(|sweep| sweep.difference.is_none()),
        "timing": { "seconds": decimal(&timing.seconds()) },
    })
}

fn right_standing(standing: MatrixStanding) -> &'static str {
    match standing {
        MatrixStanding::Good => "holds",
        MatrixStanding::Bad => "violated",
        MatrixStanding::Incomplete => "incomplete",
        MatrixStanding::NotRun => "not-run",
    }
}

fn tried_json(report: &MatrixReport, tried: &Tried, standing: &str) -> Value {
    json!({
        "mechanism": tried.design.value(),
        "under": tried.design.under,
        "without": tried.design.without.iter().map(|kind| kind.word()).collect::<Vec<_>>(),
        "words": words(tried),
        "standing": standing,
        "lacks": tried.lacks,
        "found": tried.sweep.as_ref().map(|sweep| sweep_json(report, sweep)),
        "replay": replay(report, tried),
    })
}

fn sweep_json(report: &MatrixReport, sweep: &Sweep) -> Value {
    let classes = Class::ALL.into_iter().map(|class| (class.word(), sweep.count(class)));
    let first = sweep.failing.first().copied().flatten();
    let never_fired: Vec<&str> = sweep.never_fired.iter().map(|kind| kind.word()).collect();
    json!({
        "runs": sweep.runs,
        "violated": sweep.violated,
        "inconclusive": sweep.inconclusive,
        "classes": counts(classes.filter(|&(_, count)| count > 0)),
        "shares": value(Shares::of(sweep)),
        "faults": counts(figures::fired(&sweep.fired)),
        "never_fired": never_fired,
        "runs_with": value(runs_with(sweep)),
        "first_failing_seed": first.map(|seed| seed.to_string()),
        "seeds_until_found": first.map(|seed| seed - report.matrix.seeds.start + 1),
        "interrupted": sweep.interrupted,
        "stopped_early": sweep.stopped_early(),
        "digest": figures::hex(sweep.digest),
    })
}
