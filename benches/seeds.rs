//! Sweeps of seeds on one thread, in runs per second (criterion says elements): the lossy shuffle over 100
//! records; the scenario of the chapter, where a function flips coins and workers crash; and 100 records of that to
//! compare strategies, under each of two.

mod common;

use common::{Benched, Shuffle};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use onceproof::scenario::{Changes, Expect, Scenario, Strategy};
use std::path::Path;
use std::time::Duration;

/// How many seeds make one iteration: the same ones each time.
const SEEDS: u64 = 50;

/// A scenario that is exactly-once, with its text changed.
fn scenario(file: &str, change: &dyn Fn(String) -> String) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios").join(file);
    let text = std::fs::read_to_string(&path).expect("a scenario");
    let scenario = Scenario::parse(&change(text), &path);
    let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(scenario.expect, Expect::ExactlyOnce);
    scenario
}

/// 100 records of the scenario that compares strategies, under one of them with these settings.
fn compared(strategy: Strategy, settings: Option<&str>) -> Benched {
    let scenario = scenario("compare/chapter5.toml", &|text| {
        assert!(text.contains("records = 500"));
        text.replace("records = 500", "records = 100")
    });
    let under = scenario.under(strategy).unwrap_or_else(|error| panic!("{error}")).scenario;
    let changes = Changes { mechanism: settings.map(str::to_owned), ..Changes::default() };
    let scenario = under.redesigned(&changes).unwrap_or_else(|error| panic!("{error}"));
    Benched { trial: scenario.trial, expected: &[] }
}

fn seeds(criterion: &mut Criterion) {
    let chapter = scenario("chapter/chapter5.toml", &|text| text);
    let transactions = compared(Strategy::Transactions, Some("batch = 100"));
    let all = [
        ("lossy shuffle of 100", common::lossy_shuffle(Shuffle::of(100))),
        ("chapter 5", Benched { trial: chapter.trial, expected: &[] }),
        ("100 records under dataflow", compared(Strategy::Dataflow, None)),
        ("100 records under transactions", transactions),
    ];

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
