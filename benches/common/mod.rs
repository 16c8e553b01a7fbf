//! The lossy shuffle, which the benches, the example and the test of allocations share: records of four
//! source shards are counted per key by four others, over links that lose requests and acks.

use onceproof::scenario::Scenario;
use onceproof_sim::outcome::{Brief, Verdict};
use onceproof_sim::simulator::Simulator;
use std::path::Path;

const LOSSY_SHUFFLE: &str = include_str!("../scenarios/lossy_shuffle.toml");

/// The lossy shuffle over so many records, with this way to know a duplicate.
pub fn lossy_shuffle(records: u64, dedup: &str) -> Scenario {
    let text = LOSSY_SHUFFLE
        .replace("records = RECORDS", &format!("records = {records}"))
        .replace("dedup     = \"catalog\"", &format!("dedup = \"{dedup}\""));
    let path = Path::new("benches/scenarios/lossy_shuffle.toml");
    Scenario::parse(&text, path).unwrap_or_else(|error| panic!("{error}"))
}

/// One run, which must find every record reflected exactly once: a wrong run is not worth measuring.
pub fn run(simulator: &mut Simulator<'_>, seed: u64) -> Brief {
    let brief = simulator.brief(Some(seed));
    assert_eq!(brief.verdict, Verdict::ExactlyOnce, "seed {seed}: {brief:?}");
    brief
}
