//! The lossy shuffle over 100, 10,000 and 1,000,000 records, in records per second, each beside its floor:
//! a bare loop with as many heap operations, keyed draws and set insertions. After each pair, how many
//! times the floor a run takes: the two alternate there, so that a machine that changes its speed changes
//! both.

mod common;
#[path = "common/floor.rs"]
mod floor;

use common::Shuffle;
use criterion::measurement::{Measurement, WallTime};
use criterion::{
    BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
};
use floor::{Amounts, Floor};
use std::hint::black_box;
use std::time::Duration;

/// Runs of few records differ much from seed to seed, so each sample takes the same ones.
const SEEDS: u64 = 16;

/// What one size is measured by.
struct Size {
    records: u32,
    seconds: u64,
    pairs: usize,
}

const SIZES: [Size; 3] = [
    Size { records: 100, seconds: 4, pairs: 2_000 },
    Size { records: 10_000, seconds: 6, pairs: 200 },
    Size { records: 1_000_000, seconds: 1, pairs: 3 },
];

/// Long enough for a steady queue.
const LONG: u32 = 50_000;

fn lossy_shuffle(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lossy shuffle");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    let long = common::lossy_shuffle(Shuffle::of(LONG));
    let brief = common::run(&long, &mut long.trial.simulator(), 0);
    let queue_length = floor::queue_length(&brief, &long.trial);
    for Size { records, seconds, pairs: most_pairs } in SIZES {
        let shuffle = common::lossy_shuffle(Shuffle::of(records));
        let mut simulator = shuffle.trial.simulator();
        group.warm_up_time(Duration::from_millis(500));
        group.measurement_time(Duration::from_secs(seconds));
        group.throughput(Throughput::Elements(records.into()));
        let mut seed = 0;
        group.bench_function(BenchmarkId::new("run", records), |bencher| {
            bencher.iter(|| {
                seed = (seed + 1) % SEEDS;
                common::run(&shuffle, &mut simulator, seed)
            });
        });

        let brief = common::run(&shuffle, &mut simulator, 0);
        let mut amounts = Amounts::of(&brief, &shuffle.trial, queue_length);
        let mut floor = Floor::default();
        let mut pairs = Vec::new();
        let mut seed = 0;
        group.bench_function(BenchmarkId::new("floor", records), |bencher| {
            bencher.iter_custom(|iterations| {
                let mut sum = Duration::ZERO;
                for _ in 0..iterations {
                    let mut real = None;
                    if pairs.len() < most_pairs {
                        seed = (seed + 1) % SEEDS;
                        let (brief, elapsed) = time(|| common::run(&shuffle, &mut simulator, seed));
                        amounts = Amounts::of(&brief, &shuffle.trial, queue_length);
                        real = Some(elapsed);
                    }
                    let (_, bare) = time(|| floor.run(black_box(&amounts), seed));
                    pairs.extend(real.map(|real| real.as_secs_f64() / bare.as_secs_f64()));
                    sum += bare;
                }
                sum
            });
        });
        report(records, &amounts, &mut pairs);
    }
    group.finish();
}

/// How long a closure takes, by criterion's clock.
fn time<T>(closure: impl FnOnce() -> T) -> (T, Duration) {
    let clock = WallTime;
    let start = clock.start();
    let value = black_box(closure());
    (value, clock.end(start))
}

/// Prints how many times the floor a run takes, if both were measured.
fn report(records: u32, amounts: &Amounts, pairs: &mut [f64]) {
    if pairs.is_empty() {
        return;
    }
    pairs.sort_by(f64::total_cmp);
    let at = |quarter: usize| pairs[(pairs.len() - 1) * quarter / 4];
    let Amounts { events, heap_operations, queue_length, draws, insertions, ids, ids_held, .. } =
        amounts;
    println!(
        "lossy shuffle of {records} records, {events} events, beside {heap_operations} heap operations at \
         length {queue_length}, {draws} draws and {insertions} set insertions ({ids} new, at most {ids_held} \
         held):\n  \
         {:.2} times the floor (median of {} pairs; half of them {:.2} to {:.2})\n",
        at(2),
        pairs.len(),
        at(1),
        at(3)
    );
}

criterion_group!(benches, lossy_shuffle);
criterion_main!(benches);
