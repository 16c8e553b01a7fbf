//! Sweeps of seeds on one thread, in runs per second (criterion says elements): the lossy shuffle over 100
//! records, and the scenario of the chapter, where a function flips coins and workers crash.

mod common;

use common::{Benched, Ids};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use onceproof::scenario::{Expect, Scenario};
use std::path::Path;
use std::time::Duration;

/// How many seeds make one iteration: the same ones each time.
const SEEDS: u64 = 50;

fn seeds(criterion: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/chapter/chapter5.toml");
    let chapter = Scenario::load(&path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(chapter.expect, Expect::ExactlyOnce);
    let chapter = Benched { trial: chapter.trial, expected: &[] };
    let all =
        [("lossy shuffle of 100", common::lossy_shuffle(100, Ids::EXACT)), ("chapter 5", chapter)];

    let mut group = criterion.benchmark_group("seeds");
    group.throughput(Throughput::Elements(SEEDS));
    group.sample_size(20).warm_up_time(Duration::from_secs(1));
    group.measurement_time(Duration::from_secs(8));
    for (name, benched) in &all {
        let mut simulator = benched.trial.simulator();
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| {
                let events = |seed| common::run(benched, &mut simulator, seed).work.events;
                (0..SEEDS).map(events).sum::<u64>()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, seeds);
criterion_main!(benches);
