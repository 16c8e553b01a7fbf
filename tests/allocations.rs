//! What a run allocates once a simulator has run: next to nothing, and no more for more records. It keeps
//! its memory from run to run, so a sweep of seeds costs what its events cost. The same seeds are run
//! again, since another seed may need more room than any before it.

#[path = "../benches/common/mod.rs"]
mod common;

use common::{Ids, Shuffle};
use onceproof_model::dataflow::mechanism::Dedup;
use onceproof_sim::fault::{Kind, KindName};

/// How many allocations each of these seeds takes when it is run again with memory that is warm.
fn allocations_when_warm(dedup: Dedup, records: u32, seeds: std::ops::Range<u64>) -> Vec<u64> {
    let shuffle =
        common::lossy_shuffle(Shuffle { ids: Ids { dedup, ..Ids::EXACT }, ..Shuffle::of(records) });
    let mut simulator = shuffle.trial.simulator();
    // Twice: what is handed back at the end of a run may be handed out in another order.
    for seed in seeds.clone().chain(seeds.clone()) {
        common::run(&shuffle, &mut simulator, seed);
    }
    let mut allocations = |seed| {
        let count = allocation_counter::measure(|| {
            common::run(&shuffle, &mut simulator, seed);
        });
        count.count_total
    };
    seeds.map(&mut allocations).collect()
}

/// How a duplicate may be known.
fn dedups() -> [Dedup; 2] {
    [Dedup::Catalog, Dedup::Bloom(Default::default())]
}

/// However long the run: the list of steps in its judgement, that of the steps which faults have struck, and, when each of
/// the four counting shards boots, the list of its senders' watermarks that the store hands over.
const AT_MOST: u64 = 2 + 4;

#[test]
fn a_sweep_of_seeds_allocates_nothing_per_event() {
    for dedup in dedups() {
        let allocations = allocations_when_warm(dedup, 100, 0..40);
        assert!(allocations.iter().all(|&count| count <= AT_MOST), "{dedup:?}: {allocations:?}");
    }
}

#[test]
fn a_run_of_four_times_the_records_allocates_no_more() {
    for dedup in dedups() {
        let few = allocations_when_warm(dedup, 100, 0..10).into_iter().max();
        let many = allocations_when_warm(dedup, 400, 0..10).into_iter().max();
        assert!(many <= few, "{dedup:?}: {many:?} allocations with 400 records, {few:?} with 100");
    }
}

/// How many bytes a look for every place of these kinds takes, over 100 records.
fn bytes_to_look_for(kinds: &[KindName]) -> u64 {
    let shuffle = common::lossy_shuffle(Shuffle::of(100));
    let kinds: Vec<Kind> = kinds.iter().map(|kind| kind.with_defaults()).collect();
    let mut simulator = shuffle.trial.simulator();
    for _ in 0..2 {
        simulator.explore(None, &kinds);
    }
    allocation_counter::measure(|| drop(simulator.explore(None, &kinds))).bytes_total
}

/// A search places few kinds, and it looks for their places in every run. No function is executed here.
#[test]
fn a_look_for_places_takes_no_memory_for_kinds_that_no_one_asks_about() {
    let (none, few) = (bytes_to_look_for(&[]), bytes_to_look_for(&[KindName::DropAck]));
    let all = bytes_to_look_for(&KindName::ALL);
    assert!(none <= 1_000, "{none}");
    assert_eq!(bytes_to_look_for(&[KindName::UserFails]) / 1_000, none / 1_000);
    assert!(few > 1_000 && few <= all / 8, "{few} of {all}");
}

#[test]
fn allocations_are_counted() {
    let count = allocation_counter::measure(|| drop(std::hint::black_box(vec![1_u64; 8])));
    assert_eq!(count.count_total, 1);
}
