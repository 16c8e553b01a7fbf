//! Runs the lossy shuffle, for whoever counts instructions, time or memory from outside.
//!
//! `lossy_shuffle RECORDS [--runs N] [--seed S] [--dedup D] [--gc G] [--floor]` runs N seeds from S on with
//! one simulator, with the mechanisms `dedup = "D"` (`catalog`, `bloom`) and `gc = "G"` (`watermark`,
//! `never`). It prints `runs`, `records` and `events`, each of all runs together; the most ids that any run
//! held at a time and at its end, as `ids_held_max` and `ids_held_end`; the `fingerprint` of the last run;
//! and, where the system tells it, the most memory that was held, as `peak_kib`. With `--floor`, each run
//! is followed by its floor: a bare loop with as many heap operations, keyed draws and set insertions.

#[path = "../../benches/common/mod.rs"]
mod common;
#[path = "../../benches/common/floor.rs"]
mod floor;

use common::Ids;
use floor::{Amounts, Floor};
use onceproof_model::dataflow::mechanism::{Dedup, Gc};
use std::hint::black_box;
use std::process::ExitCode;

const USAGE: &str =
    "usage: lossy_shuffle RECORDS [--runs N] [--seed S] [--dedup D] [--gc G] [--floor]";

struct Options {
    records: u32,
    runs: u64,
    seed: u64,
    ids: Ids,
    floor: bool,
}

fn dedup(word: &str) -> Option<Dedup> {
    match word {
        "catalog" => Some(Dedup::Catalog),
        "bloom" => Some(Dedup::Bloom(Default::default())),
        _ => None,
    }
}

fn gc(word: &str) -> Option<Gc> {
    match word {
        "watermark" => Some(Gc::Watermark),
        "never" => Some(Gc::Never),
        _ => None,
    }
}

fn options(mut words: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options {
        records: words.next()?.parse().ok()?,
        runs: 1,
        seed: 7,
        ids: Ids::EXACT,
        floor: false,
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--runs" => options.runs = words.next()?.parse().ok()?,
            "--seed" => options.seed = words.next()?.parse().ok()?,
            "--dedup" => options.ids.dedup = dedup(&words.next()?)?,
            "--gc" => options.ids.gc = gc(&words.next()?)?,
            "--floor" => options.floor = true,
            _ => return None,
        }
    }
    (options.records > 0 && options.runs > 0).then_some(options)
}

fn main() -> ExitCode {
    let Some(Options { records, runs, seed, ids, floor: with_floor }) =
        options(std::env::args().skip(1))
    else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let shuffle = common::lossy_shuffle(records, ids);
    let mut simulator = shuffle.trial.simulator();
    let mut floor = with_floor.then(|| (Floor::default(), steady_queue_length()));
    let (mut events, mut fingerprint) = (0, 0);
    let (mut ids_held_max, mut ids_held_end) = (0, 0);
    for seed in (seed..).take(runs as usize) {
        let brief = common::run(&shuffle, &mut simulator, seed);
        events += brief.work.events;
        ids_held_max = ids_held_max.max(brief.work.ids_held_max);
        ids_held_end = ids_held_end.max(brief.work.ids_held_end);
        fingerprint = brief.fingerprint;
        if let Some((floor, queue_length)) = &mut floor {
            let amounts = Amounts::of(&brief, &shuffle.trial, *queue_length);
            black_box(floor.run(&amounts, seed));
        }
    }
    println!("runs {runs}");
    println!("records {}", u64::from(records) * runs);
    println!("events {events}");
    println!("ids_held_max {ids_held_max}");
    println!("ids_held_end {ids_held_end}");
    println!("fingerprint {fingerprint:032x}");
    if let Some(peak) = peak_kib() {
        println!("peak_kib {peak}");
    }
    ExitCode::SUCCESS
}

/// How long the queue is in a run that is long enough for a steady one.
fn steady_queue_length() -> u64 {
    let long = common::lossy_shuffle(50_000, Ids::EXACT);
    let brief = common::run(&long, &mut long.trial.simulator(), 0);
    floor::queue_length(&brief, &long.trial)
}

/// The most memory that this process has held, where `/proc` tells it.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
