//! Runs the lossy shuffle, for whoever counts instructions, time or memory from outside.
//!
//! `lossy_shuffle RECORDS [--runs N] [--seed S] [--dedup bloom] [--floor]` runs N seeds from S on with one simulator and
//! prints `runs`, `records` and `events`, each of all runs together, the `fingerprint` of the last run and,
//! where the system tells it, the most memory that was held, as `peak_kib`. With `--floor`, each run is
//! followed by its floor: a bare loop with as many heap operations, keyed draws and set insertions.

#[path = "../benches/common/mod.rs"]
mod common;
#[path = "../benches/common/floor.rs"]
mod floor;

use floor::{Amounts, Floor};
use onceproof_sim::simulator::Simulator;
use std::hint::black_box;
use std::process::ExitCode;

const USAGE: &str = "usage: lossy_shuffle RECORDS [--runs N] [--seed S] [--dedup bloom] [--floor]";

struct Options {
    records: u64,
    runs: u64,
    seed: u64,
    dedup: String,
    floor: bool,
}

fn options(mut words: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options {
        records: words.next()?.parse().ok()?,
        runs: 1,
        seed: 7,
        dedup: "catalog".to_owned(),
        floor: false,
    };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--runs" => options.runs = words.next()?.parse().ok()?,
            "--seed" => options.seed = words.next()?.parse().ok()?,
            "--dedup" => options.dedup = words.next()?,
            "--floor" => options.floor = true,
            _ => return None,
        }
    }
    (options.records > 0 && options.runs > 0).then_some(options)
}

fn main() -> ExitCode {
    let Some(Options { records, runs, seed, dedup, floor: with_floor }) =
        options(std::env::args().skip(1))
    else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let scenario = common::lossy_shuffle(records, &dedup);
    let mut simulator = Simulator::new(&scenario.plan);
    let mut floor = with_floor.then(|| (Floor::default(), steady_queue_length()));
    let mut events = 0;
    let mut fingerprint = 0;
    for seed in (seed..).take(runs as usize) {
        let brief = common::run(&mut simulator, seed);
        events += brief.work.events;
        fingerprint = brief.fingerprint;
        if let Some((floor, queue_length)) = &mut floor {
            let amounts = Amounts::of(&brief, &scenario.plan, *queue_length);
            black_box(floor.run(&amounts, seed));
        }
    }
    println!("runs {runs}");
    println!("records {}", records * runs);
    println!("events {events}");
    println!("fingerprint {fingerprint:032x}");
    if let Some(peak) = peak_kib() {
        println!("peak_kib {peak}");
    }
    ExitCode::SUCCESS
}

/// How long the queue is in a run that is long enough for a steady one.
fn steady_queue_length() -> u64 {
    let long = common::lossy_shuffle(50_000, "catalog");
    let brief = common::run(&mut Simulator::new(&long.plan), 0);
    floor::queue_length(&brief, &long.plan)
}

/// The most memory that this process has held, where `/proc` tells it.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
