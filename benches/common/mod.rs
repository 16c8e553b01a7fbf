//! The lossy shuffle, which the benches, the example and the test of allocations share: records of four
//! source shards are counted per key by four others, over links that lose requests and acks.

use onceproof::scenario::{Expect, Scenario};
use onceproof_sim::outcome::{Brief, Class, Verdict};
use onceproof_systems::Simulator;
use std::path::Path;

const LOSSY_SHUFFLE: &str = include_str!("../scenarios/lossy_shuffle.toml");

/// How a shard knows a duplicate, and when it forgets an id: the mechanisms of these names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ids<'a> {
    pub dedup: &'a str,
    pub gc: &'a str,
}

impl Ids<'_> {
    /// What the lossy shuffle has unless told otherwise.
    pub const EXACT: Ids<'static> = Ids { dedup: "catalog", gc: "watermark" };
}

/// The lossy shuffle over so many records.
pub fn lossy_shuffle(records: u64, ids: Ids<'_>) -> Scenario {
    let Ids { dedup, gc } = ids;
    let expect = match gc {
        "never" => "{ violates = \"unbounded\" }",
        _ => "\"exactly-once\"",
    };
    let text = LOSSY_SHUFFLE
        .replace("RECORDS", &records.to_string())
        .replace("\"DEDUP\"", &format!("\"{dedup}\""))
        .replace("\"GC\"", &format!("\"{gc}\""))
        .replace("\"EXPECT\"", expect);
    let path = Path::new("benches/scenarios/lossy_shuffle.toml");
    Scenario::parse(&text, path).unwrap_or_else(|error| panic!("{error}"))
}

/// One run, which must find what its scenario expects and nothing else: a wrong run is not worth measuring.
pub fn run(scenario: &Scenario, simulator: &mut Simulator<'_>, seed: u64) -> Brief {
    let brief = simulator.brief(Some(seed));
    let expected: &[Class] = match &scenario.expect {
        Expect::ExactlyOnce => &[],
        Expect::Violates(classes) => classes,
    };
    let is_as_expected = brief.classes.iter().eq(expected.iter().copied());
    let is_over = brief.verdict != Verdict::Inconclusive;
    assert!(is_as_expected && is_over, "seed {seed}: {brief:?}");
    brief
}
