//! Runs the lossy shuffle, for whoever wants to count instructions, time or memory from outside.
//!
//! `lossy_shuffle RECORDS [--runs N] [--seed S]` prints `runs`, `records` and `events`, each of all runs
//! together, and the `fingerprint` of the last.

#[path = "../benches/common/mod.rs"]
mod common;

use onceproof_sim::simulator::Simulator;
use std::process::ExitCode;

const USAGE: &str = "usage: lossy_shuffle RECORDS [--runs N] [--seed S]";

struct Options {
    records: u64,
    runs: u64,
    seed: u64,
}

fn options(mut words: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options { records: words.next()?.parse().ok()?, runs: 1, seed: 7 };
    while let Some(word) = words.next() {
        let number = words.next()?.parse().ok()?;
        match word.as_str() {
            "--runs" => options.runs = number,
            "--seed" => options.seed = number,
            _ => return None,
        }
    }
    (options.records > 0 && options.runs > 0).then_some(options)
}

fn main() -> ExitCode {
    let Some(Options { records, runs, seed }) = options(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let scenario = common::lossy_shuffle(records);
    let mut simulator = Simulator::new(&scenario.plan);
    let mut events = 0;
    let mut fingerprint = 0;
    for run in 0..runs {
        let brief = common::run(&mut simulator, seed.wrapping_add(run));
        events += brief.work.events;
        fingerprint = brief.fingerprint;
    }
    println!("runs {runs}");
    println!("records {}", records * runs);
    println!("events {events}");
    println!("fingerprint {fingerprint:032x}");
    ExitCode::SUCCESS
}
