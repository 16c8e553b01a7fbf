//! Shares of runs as JSON, with types from which the schema follows.

use super::run_json::decimal;
use crate::search::share::{MILLION, Share};
use crate::search::tally::{RunsWith, Sweep};
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::Class;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Number, Value};
use std::collections::BTreeMap;

/// Shares of the runs.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct Shares {
    /// Of the violated runs.
    violated: ShareOfRuns,
    /// Of the runs with each class.
    classes: BTreeMap<&'static str, ShareOfRuns>,
}

/// A share of the runs, from 0 to 1.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct ShareOfRuns {
    /// In these runs.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    share: Number,
    /// The limits between which it lies for all seeds with a confidence of 95 %, by Wilson's score interval, rounded to
    /// the outside. None if there was no run.
    #[cfg_attr(feature = "schema", schemars(with = "Option<[f64; 2]>"))]
    interval: Option<[Number; 2]>,
}

/// The runs in which a kind of fault fired at least once.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct RunsWithKind {
    /// How many there were.
    runs: u64,
    /// How many of them were violated.
    violated: u64,
    /// The share of them that were violated.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    share: Number,
    /// The limits between which it lies with a confidence of 95 %, as for all runs.
    #[cfg_attr(feature = "schema", schemars(with = "Option<[f64; 2]>"))]
    interval: Option<[Number; 2]>,
}

impl Shares {
    /// Those of a sweep.
    pub fn of(sweep: &Sweep) -> Shares {
        let share = |part| share(Share { part, of: sweep.runs });
        let classes = Class::ALL.into_iter().filter(|&class| sweep.count(class) > 0);
        Shares {
            violated: share(sweep.violated),
            classes: classes.map(|class| (class.word(), share(sweep.count(class)))).collect(),
        }
    }
}

/// What came of the runs in which each kind of fault fired, of those that did.
pub(super) fn runs_with(sweep: &Sweep) -> BTreeMap<&'static str, RunsWithKind> {
    let with = |kind: KindName| {
        let RunsWith { runs, violated } = sweep.with_kind[kind as usize];
        let ShareOfRuns { share, interval } = share(Share { part: violated, of: runs });
        (runs > 0).then(|| (kind.word(), RunsWithKind { runs, violated, share, interval }))
    };
    KindName::ALL.into_iter().filter_map(with).collect()
}

fn share(share: Share) -> ShareOfRuns {
    let interval = share.interval().map(|(least, most)| [decimals(least), decimals(most)]);
    ShareOfRuns { share: decimals(share.millionths()), interval }
}

/// A share that is no share of the runs, and may be more than all of it.
pub(super) fn share_of(part: u64, of: u64) -> Number {
    decimals(Share { part, of }.millionths())
}

/// A number of millionths.
fn decimals(millionths: u64) -> Number {
    number(&format!("{}.{:06}", millionths / MILLION, millionths % MILLION))
}

/// A number from its decimal text.
pub(super) fn number(text: &str) -> Number {
    match decimal(text) {
        Value::Number(number) => number,
        other => unreachable!("{other} is no number"),
    }
}
