//! The floor: what a run cannot do without, done in a bare loop. As many heap operations on items of 24
//! bytes at the same queue length, as many keyed draws and as many insertions into a set of ids as a run
//! has, and nothing else: no protocol, no store, no ledger. The numbers come from a run that was measured;
//! the queue length comes from a long one, which is busy for nearly all of its time.

use hashbrown::HashSet;
use onceproof_kernel::mix::{fold, scatter};
use onceproof_kernel::time::Nanos;
use onceproof_model::dataflow::point;
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::Brief;
use onceproof_systems::Trial;

use rustc_hash::FxBuildHasher;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How much of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Amounts {
    /// The events of the run.
    pub events: u64,
    /// Events that are scheduled and taken: what counts as an event, and timers that came too late to
    /// mean anything.
    pub heap_operations: u64,
    /// How many events are scheduled at a time.
    pub queue_length: u64,
    /// Draws at a named point.
    pub draws: u64,
    /// Ids that are looked for in a set and put there.
    pub insertions: u64,
    /// Those of them that are new, and how many are in the set at most: then the oldest goes.
    pub ids: u64,
    pub ids_held: u64,
    latency_min: Nanos,
    latency_max: Nanos,
    timeout: Nanos,
    timers: u64,
}

/// How many events are scheduled at a time in a long run of a plan, by Little's law: the sum of all waits
/// over the time of the run.
pub fn queue_length(long: &Brief, trial: &Trial) -> u64 {
    let work = long.work;
    let retry = trial.design.dataflow().expect("Dataflow").mechanisms()[0].retry;
    let latency = trial.plan.network.latency_min.midpoint(trial.plan.network.latency_max);
    let waits = u128::from(retry.wait(1)) * u128::from(work.messages - work.retries)
        + u128::from(retry.wait(2)) * u128::from(work.retries)
        + u128::from(latency) * u128::from(arrivals(long))
        + u128::from(trial.plan.cluster.commit) * u128::from(2 * work.commits);
    (waits / u128::from(long.virtual_time.max(1))) as u64
}

/// Every request that arrives is acked, a duplicate too.
fn acks(brief: &Brief) -> u64 {
    brief.work.messages - brief.fired.count(KindName::DropRequest)
}

/// How many requests and acks arrive.
fn arrivals(brief: &Brief) -> u64 {
    2 * acks(brief) - brief.fired.count(KindName::DropAck)
}

impl Amounts {
    /// What a run of this plan had, if nothing but requests and acks was lost. `queue_length` is that of
    /// a long run.
    pub fn of(brief: &Brief, trial: &Trial, queue_length: u64) -> Amounts {
        let work = brief.work;
        let looked_at = work.own[0] + brief.marks.count(point::FILTER_SAVED_READ);
        Amounts {
            events: work.events,
            // Every send sets a timer; the timers that found an answer are no events.
            heap_operations: work.events + work.messages - work.retries,
            // A short run never has more to do at a time than about one thing for each record.
            queue_length: queue_length.clamp(1, brief.ledger.expected.max(1)),
            // Of each request and each ack: is it lost, and how long does it take?
            draws: 2 * work.messages + 2 * acks(brief),
            insertions: looked_at,
            ids: looked_at - brief.marks.count(point::DUPLICATE_DROPPED),
            ids_held: work.ids_held_max,
            latency_min: trial.plan.network.latency_min,
            latency_max: trial.plan.network.latency_max,
            timeout: trial.design.dataflow().expect("Dataflow").mechanisms()[0].retry.wait(1),
            timers: work.messages,
        }
    }
}

/// Spreads so many of one thing evenly over so many of another.
struct Share {
    part: u64,
    whole: u64,
    sum: u64,
}

impl Share {
    fn new(part: u64, whole: u64) -> Share {
        Share { part, whole, sum: 0 }
    }

    /// The next of the whole begins.
    fn step(&mut self) {
        self.sum += self.part;
    }

    /// Whether one more of the part falls to it.
    fn take(&mut self) -> bool {
        let is_due = self.sum >= self.whole;
        if is_due {
            self.sum -= self.whole;
        }
        is_due
    }
}

/// The bare loop, with memory that is used again.
#[derive(Default)]
pub struct Floor {
    /// Time, order of scheduling and payload.
    heap: BinaryHeap<Reverse<(u64, u64, u64)>>,
    ids: HashSet<u64, FxBuildHasher>,
}

impl Floor {
    /// Does it all; what it returns depends on all of it.
    pub fn run(&mut self, amounts: &Amounts, seed: u64) -> u64 {
        let keys = (scatter(seed), scatter(!seed));
        let spread = amounts.latency_max - amounts.latency_min + 1;
        let mut draws = Share::new(amounts.draws, amounts.heap_operations);
        let mut insertions = Share::new(amounts.insertions, amounts.heap_operations);
        let mut timers = Share::new(amounts.timers, amounts.heap_operations);
        let (mut points, mut inserted, mut forgotten, mut result) = (0, 0, 0, 0_u64);
        self.heap.clear();
        self.ids.clear();
        for order in 0..amounts.queue_length {
            self.heap.push(Reverse((amounts.latency_min + order, order, scatter(order))));
        }
        let mut order = amounts.queue_length;
        while let Some(Reverse((at, _, payload))) = self.heap.pop() {
            result = result.rotate_left(1) ^ payload ^ at;
            draws.step();
            while draws.take() {
                points += 1;
                result ^= word(keys, payload, points);
            }
            insertions.step();
            if insertions.take() {
                result ^= u64::from(self.ids.insert(scatter(inserted % amounts.ids.max(1))));
                inserted += 1;
                if self.ids.len() as u64 > amounts.ids_held {
                    result ^= u64::from(self.ids.remove(&scatter(forgotten % amounts.ids.max(1))));
                    forgotten += 1;
                }
            }
            if order < amounts.heap_operations {
                timers.step();
                let after = match timers.take() {
                    true => amounts.timeout,
                    false => amounts.latency_min + scale(result, spread),
                };
                self.heap.push(Reverse((at + after, order, result)));
                order += 1;
            }
        }
        result
    }
}

/// A keyed draw, the same as a run makes.
fn word(keys: (u64, u64), point: u64, purpose: u64) -> u64 {
    let inner = fold(point ^ keys.0, keys.1);
    fold(inner, purpose.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ keys.0)
}

fn scale(word: u64, bound: u64) -> u64 {
    ((u128::from(word) * u128::from(bound)) >> 64) as u64
}
