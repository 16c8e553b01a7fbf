//! The report of what varies as CSV: a row for each variation.

use super::class_list;
use super::tune::{TuneReport, Tuned};
use crate::figures::{self, milliseconds, ratio};
use crate::search::share::Share;
use crate::search::strategies::{Comparison, PerRun};
use crate::write::Sign;
use onceproof_sim::outcome::Latency;
use onceproof_sim::times::Times;

/// How a table that was made before is known: by its first column.
pub const CSV: Sign = Sign { begins: "variation,", what: "table" };

/// The table: the heads, and a row for each variation, with its number from 1.
pub fn tune_csv(report: &TuneReport) -> String {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let names = report
        .tuned
        .first()
        .map_or(Vec::new(), |one| figures::work_names(one.trial.layout().alphabet));
    let keys = report.varied.iter().map(|varied| varied.key.as_str());
    let figures = [
        "runs",
        "violated",
        "violated_share",
        "violated_least",
        "violated_most",
        "inconclusive",
        "classes",
        "records",
        "duplicated_mean",
        "duplicated_p99",
        "duplicated_worst",
        "lost_mean",
        "lost_p99",
        "lost_worst",
        "late_mean",
        "late_p99",
        "late_worst",
        "first_seen_p50_ms",
        "first_seen_p99_ms",
        "final_p50_ms",
        "final_p99_ms",
        "messages_per_record",
        "commits_per_record",
        "reads_per_record",
    ];
    let most = names.iter().map(|name| format!("{name}_most"));
    let heads = ["variation"].into_iter().chain(keys).chain(figures).map(str::to_owned).chain(most);
    write(&mut csv, heads);
    for (number, one) in (1_u64..).zip(report.tuned) {
        write(&mut csv, row(number, one, names.len()));
    }
    let bytes = csv.into_inner().expect("a list takes any row");
    String::from_utf8(bytes).expect("texts")
}

fn write(csv: &mut csv::Writer<Vec<u8>>, row: impl Iterator<Item = String>) {
    csv.write_record(row.map(String::into_bytes)).expect("each row has as many cells");
}

fn row(number: u64, one: &Tuned, figures: usize) -> impl Iterator<Item = String> {
    let found = &one.comparison;
    let Comparison { sweep, duplicated, lost, late, records, .. } = found;
    let share = Share { part: sweep.violated, of: sweep.runs };
    let limits = share
        .interval()
        .map_or([String::new(), String::new()], |(least, most)| [least, most].map(millionths));
    let per_run = |of: &PerRun| {
        [
            ratio(of.sum(), sweep.runs),
            of.p99().to_string(),
            of.worst.map_or(0, |(most, _)| most).to_string(),
        ]
    };
    let times = |times: &Times| {
        let of = |nanos: fn(Latency) -> u64| {
            times.percentiles().map_or(String::new(), |found| milliseconds(nanos(found)))
        };
        [of(|found| found.p50), of(|found| found.p99)]
    };
    // Where no run was made nothing is known.
    let work = (0..figures).map(|at| {
        sweep.work.get(at).map_or(String::new(), |amount| amount.spread.most.0.to_string())
    });
    let values =
        [number.to_string()].into_iter().chain(one.point.iter().map(|(_, value)| value.clone()));
    let counts =
        [sweep.runs.to_string(), sweep.violated.to_string(), millionths(share.millionths())];
    let cells = values
        .chain(counts)
        .chain(limits)
        .chain([
            sweep.inconclusive.to_string(),
            class_list(sweep.found().iter()),
            records.to_string(),
        ])
        .chain(per_run(duplicated))
        .chain(per_run(lost))
        .chain(per_run(late))
        .chain(times(&found.first_seen))
        .chain(times(&found.last_changed))
        .chain([found.messages, found.commits, found.reads].map(|count| ratio(count, *records)))
        .chain(work);
    cells.collect::<Vec<String>>().into_iter()
}

/// Millionths as a decimal from 0 to 1.
fn millionths(share: u64) -> String {
    format!("{}.{:06}", share / 1_000_000, share % 1_000_000)
}
