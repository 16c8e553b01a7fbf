//! Runs the lossy shuffle, for whoever counts instructions, time or memory from outside.
//!
//! `lossy_shuffle RECORDS [OPTIONS]` runs seeds with one simulator and prints `runs`, `records` and `events`,
//! each of all runs together; the most ids that any run held at a time and at its end, as `ids_held_max` and
//! `ids_held_end`; the `fingerprint` of the last run; and, where the system tells it, the most memory that was
//! held, as `peak_kib`.
//!
//! - `--runs N --seed S`: N seeds from S on.
//! - `--keys K --shards W --steps L`: of K keys, through L steps of W shards each, which are a source, reshuffles
//!   and a count.
//! - `--every US`: a record arrives every so many microseconds, and not all at the beginning.
//! - `--dedup D --gc G`: with these mechanisms, `catalog` or `bloom`, and `watermark`, `never`, or `ttl` with ids
//!   that are forgotten after 10 seconds.
//! - `--settle S`: acked outputs are deleted `alone` or `with-next`.
//! - `--detail`: each run is one in detail, as a sweep makes some of its runs.
//! - `--floor`: each run is followed by its floor, a bare loop with as many heap operations, keyed draws and set
//!   insertions.

#[path = "../../benches/common/mod.rs"]
mod common;
#[path = "../../benches/common/floor.rs"]
mod floor;

use common::Shuffle;
use floor::{Amounts, Floor};
use onceproof_kernel::time::{MICROSECOND, SECOND};
use onceproof_model::dataflow::mechanism::{Dedup, Gc, Settle, UnknownOld};
use std::hint::black_box;
use std::process::ExitCode;

const USAGE: &str = "usage: lossy_shuffle RECORDS [--runs N] [--seed S] [--keys K] [--shards W] [--steps L] \
                     [--every US] [--dedup D] [--gc G] [--settle S] [--detail] [--floor]";

/// Of a pipeline: steps are numbered with 16 bits.
const STEPS_MOST: u32 = 1 << 10;

struct Options {
    shuffle: Shuffle,
    runs: u64,
    seed: u64,
    detail: bool,
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
        "ttl" => Some(Gc::Ttl { ttl: 10 * SECOND, unknown_old: UnknownOld::default() }),
        _ => None,
    }
}

fn settle(word: &str) -> Option<Settle> {
    match word {
        "alone" => Some(Settle::Alone),
        "with-next" => Some(Settle::WithNext),
        _ => None,
    }
}

fn options(mut words: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options {
        shuffle: Shuffle::of(words.next()?.parse().ok()?),
        runs: 1,
        seed: 7,
        detail: false,
        floor: false,
    };
    while let Some(word) = words.next() {
        let shuffle = &mut options.shuffle;
        match word.as_str() {
            "--keys" => shuffle.keys = words.next()?.parse().ok()?,
            "--shards" => shuffle.shards = words.next()?.parse().ok()?,
            "--every" => {
                shuffle.every = u64::from(words.next()?.parse::<u32>().ok()?) * MICROSECOND;
            }
            "--steps" => shuffle.steps = words.next()?.parse().ok()?,
            "--runs" => options.runs = words.next()?.parse().ok()?,
            "--seed" => options.seed = words.next()?.parse().ok()?,
            "--dedup" => shuffle.ids.dedup = dedup(&words.next()?)?,
            "--gc" => shuffle.ids.gc = gc(&words.next()?)?,
            "--settle" => shuffle.settle = settle(&words.next()?)?,
            "--detail" => options.detail = true,
            "--floor" => options.floor = true,
            _ => return None,
        }
    }
    let Shuffle { records, keys, shards, steps, .. } = options.shuffle;
    let is_something = records.min(keys).min(shards) > 0 && options.runs > 0;
    (is_something && (2..=STEPS_MOST).contains(&steps)).then_some(options)
}

fn main() -> ExitCode {
    let Some(Options { shuffle, runs, seed, detail, floor: with_floor }) =
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
        let brief = if detail {
            let brief = simulator.detail(Some(seed)).brief;
            common::check(&benched, seed, &brief);
            brief
        } else {
            common::run(&benched, &mut simulator, seed)
        };
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
