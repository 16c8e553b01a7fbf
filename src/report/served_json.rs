//! What is served before it is certain as JSON, with types from which the schema follows.

use super::measured_json::Percentiles;
use super::share_json::{number, share_of};
use crate::figures::milliseconds;
use crate::search::served::{Apart, ServedTotals};
use crate::search::share::MILLION;
use crate::search::strategies::PerRun;
#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Number;

/// What is served until it is certain. A cell is a result of an aggregate, a key in a window; where an aggregate counts
/// over all keys, its cells are the windows, else all cells are. What is right is what all of the input comes to.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub(super) struct Served {
    /// By how many of its records the worst cell of a run was off when it was served. A record too many makes up for one
    /// too few.
    inaccuracy_net: PartOfRun,
    /// The same, where it does not.
    inaccuracy_gross: PartOfRun,
    /// By how many of their records all windows of a run together were off when they were served.
    inaccuracy_total: PartOfRun,
    /// In how much what is served and what is certain differ in the same runs without any fault.
    inconsistency: Differs,
    /// The same with them.
    differs: Differs,
    /// The share of the cells that are certain with another number of records than is right.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    wrong_cells: Number,
    /// How many cells were served that should not be.
    phantom_cells: u64,
    /// By how much windows are corrected when they are certain.
    corrections: Corrected,
    /// How long after their ends windows are right.
    windows: Windows,
}

/// A part of its records, in each run.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
struct PartOfRun {
    /// In half of the runs it is at most this.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    p50: Number,
    /// In 99 of 100 runs it is at most this.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    p99: Number,
    /// In all runs it is at most this.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    max: Number,
    /// The first seed with the greatest, as a text; none if that is 0.
    max_seed: Option<String>,
}

/// In how much two legs differ.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
struct Differs {
    /// The share of the records.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    records: Number,
    /// The share of the cells.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    cells: Number,
}

/// By how much windows are corrected, as a part of their records: what is certain less what was served.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
struct Corrected {
    /// The mean.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    mean: Number,
    /// The standard deviation.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    deviation: Number,
    /// How many windows become more.
    up: u64,
    /// How many become less.
    down: u64,
    /// How many stay.
    none: u64,
    /// How often the sign changes from one window of a key to the next, of all times at which it could.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    sign_changes: Number,
}

/// How long after their ends windows are right.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
struct Windows {
    /// How many there are.
    count: u64,
    /// Until something of one is served, in milliseconds.
    first_served_ms: Option<Percentiles>,
    /// Until what is served of one is right for good, in milliseconds.
    right_ms: Option<Percentiles>,
    /// How many never are.
    never_right: u64,
    /// Until one is certain, in milliseconds.
    certain_ms: Option<Percentiles>,
    /// How often what is served changes after the end, in the mean.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    changes: Number,
    /// For how long nothing is served of one that was served, in the mean, in milliseconds.
    #[cfg_attr(feature = "schema", schemars(with = "f64"))]
    unserved_ms: Number,
}

/// The part of a document that says it.
pub(super) fn served_part(served: &ServedTotals) -> Served {
    let corrections = &served.corrections;
    let mean = corrections.mean();
    let sign = if mean < 0 { "-" } else { "" };
    let differs = |apart: Apart| Differs {
        records: share_of(apart.records, apart.of_records),
        cells: share_of(apart.cells, apart.of_cells),
    };
    Served {
        inaccuracy_net: of_run(&served.worst_net),
        inaccuracy_gross: of_run(&served.worst_gross),
        inaccuracy_total: of_run(&served.total),
        inconsistency: differs(served.without_faults),
        differs: differs(served.apart),
        wrong_cells: share_of(served.wrong_cells, served.apart.of_cells),
        phantom_cells: served.phantom_cells,
        corrections: Corrected {
            mean: number(&format!("{sign}{}", millionths(mean.unsigned_abs()))),
            deviation: number(&millionths(corrections.deviation())),
            up: corrections.up,
            down: corrections.down,
            none: corrections.none,
            sign_changes: share_of(served.sign_changes, served.neighbours),
        },
        windows: Windows {
            count: served.windows,
            first_served_ms: Percentiles::of(&served.first_served),
            right_ms: Percentiles::of(&served.right),
            never_right: served.never_right,
            certain_ms: Percentiles::of(&served.certain),
            changes: number(&crate::figures::ratio(served.changes, served.windows)),
            unserved_ms: number(&milliseconds(served.unserved / served.windows.max(1))),
        },
    }
}

fn of_run(of: &PerRun) -> PartOfRun {
    let part = |of| number(&millionths(of));
    PartOfRun {
        p50: part(of.p50()),
        p99: part(of.p99()),
        max: part(of.worst.map_or(0, |(most, _)| most)),
        max_seed: of.worst.and_then(|(_, seed)| seed).map(|seed| seed.to_string()),
    }
}

fn millionths(millionths: u64) -> String {
    format!("{}.{:06}", millionths / MILLION, millionths % MILLION)
}
