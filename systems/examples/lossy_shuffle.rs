//! Runs the lossy shuffle, for whoever counts instructions, time or memory from outside.
//!
//! `lossy_shuffle RECORDS [--keys K] [--shards W] [--steps L] [--runs N] [--seed S] [--dedup D] [--gc G]
//! [--floor]` runs N seeds from S on with one simulator, with the mechanisms `dedup = "D"` (`catalog`,
//! `bloom`) and `gc = "G"` (`watermark`, `never`). Records are of K keys, and pass L steps of W shards each:
//! a source, reshuffles, and a count. It prints `runs`, `records` and `events`, each of all runs together; the most ids that any run
//! held at a time and at its end, as `ids_held_max` and `ids_held_end`; the `fingerprint` of the last run;
//! and, where the system tells it, the most memory that was held, as `peak_kib`. With `--floor`, each run
//! is followed by its floor: a bare loop with as many heap operations, keyed draws and set insertions.

#[path = "../../benches/common/mod.rs"]
mod common;
#[path = "../../benches/common/floor.rs"]
mod floor;

use common::Shuffle;
use floor::{Amounts, Floor};
use onceproof_model::dataflow::mechanism::{Dedup, Gc};
use std::hint::black_box;
use std::process::ExitCode;

const USAGE: &str = "usage: lossy_shuffle RECORDS [--keys K] [--shards W] [--steps L] [--runs N] [--seed S] \
                     [--dedup D] [--gc G] [--floor]";

/// Of a pipeline: steps are numbered with 16 bits.
const STEPS_MOST: u32 = 1 << 10;

struct Options {
    shuffle: Shuffle,
    runs: u64,
    seed: u64,
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
        shuffle: Shuffle::of(words.next()?.parse().ok()?),
        runs: 1,
        seed: 7,
        floor: false,
    };
    while let Some(word) = words.next() {
        let shuffle = &mut options.shuffle;
        match word.as_str() {
            "--keys" => shuffle.keys = words.next()?.parse().ok()?,
            "--shards" => shuffle.shards = words.next()?.parse().ok()?,
            "--steps" => shuffle.steps = words.next()?.parse().ok()?,
            "--runs" => options.runs = words.next()?.parse().ok()?,
            "--seed" => options.seed = words.next()?.parse().ok()?,
            "--dedup" => shuffle.ids.dedup = dedup(&words.next()?)?,
            "--gc" => shuffle.ids.gc = gc(&words.next()?)?,
            "--floor" => options.floor = true,
            _ => return None,
        }
    }
    let Shuffle { records, keys, shards, steps, ids: _ } = options.shuffle;
    let is_something = records.min(keys).min(shards) > 0 && options.runs > 0;
    (is_something && (2..=STEPS_MOST).contains(&steps)).then_some(options)
}

fn main() -> ExitCode {
    let Some(Options { shuffle, runs, seed, floor: with_floor }) =
        options(std::env::args().skip(1))
    else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let benched = common::lossy_shuffle(shuffle);
    let mut simulator = benched.trial.simulator();
    let mut floor = with_floor.then(|| (Floor::default(), steady_queue_length(shuffle)));
    let (mut events, mut fingerprint) = (0, 0);
    let (mut ids_held_max, mut ids_held_end) = (0, 0);
    for seed in (seed..).take(runs as usize) {
        let brief = common::run(&benched, &mut simulator, seed);
        events += brief.work.events;
        ids_held_max = ids_held_max.max(brief.work.ids_held_max);
        ids_held_end = ids_held_end.max(brief.work.ids_held_end);
        fingerprint = brief.fingerprint;
        if let Some((floor, queue_length)) = &mut floor {
            let amounts = Amounts::of(&brief, &benched.trial, *queue_length);
            black_box(floor.run(&amounts, seed));
        }
    }
    println!("runs {runs}");
    println!("records {}", u64::from(shuffle.records) * runs);
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
fn steady_queue_length(shuffle: Shuffle) -> u64 {
    let long = common::lossy_shuffle(Shuffle { records: 50_000, ..shuffle });
    let brief = common::run(&long, &mut long.trial.simulator(), 0);
    floor::queue_length(&brief, &long.trial)
}

/// The most memory that this process has held, where `/proc` tells it.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
