//! The floor: what a run cannot do without, done in a bare loop. As many heap operations on items of 24
//! bytes at the same queue length, as many keyed draws and as many insertions into a set of ids as a run
//! has, and nothing else: no protocol, no store, no ledger. The numbers come from a run that was measured.

use hashbrown::HashSet;
use onceproof_model::mix::{fold, scatter};
use onceproof_model::time::Nanos;
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::Brief;
use onceproof_sim::plan::Plan;
use rustc_hash::FxBuildHasher;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How much of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Amounts {
    /// Events that are scheduled and taken: what counts as an event, and timers that came too late to
    /// mean anything.
    pub heap_operations: u64,
    /// How many events are scheduled at a time, on average over the run.
    pub queue_length: u64,
    /// Draws at a named point.
    pub draws: u64,
    /// Ids that are looked for in a set and put there.
    pub insertions: u64,
    /// Those of them that are new.
    pub ids: u64,
    latency_min: Nanos,
    latency_max: Nanos,
    timeout: Nanos,
    timers: u64,
}

impl Amounts {
    /// What a run of this plan had, if nothing but requests and acks was lost.
    pub fn of(brief: &Brief, plan: &Plan) -> Amounts {
        let work = brief.work;
        // Every send sets a timer; the timers that found an answer are no events.
        let heap_operations = work.events + work.messages - work.retries;
        // Every request that arrives is acked, a duplicate too.
        let acks = work.messages - brief.fired.count(KindName::DropRequest);
        let arrivals = acks + acks - brief.fired.count(KindName::DropAck);
        let retry = plan.pipeline.steps()[0].mechanism.retry;
        let (first_sends, network) = (work.messages - work.retries, plan.network);
        // Little's law: the mean queue length is the sum of all waits over the time of the run.
        let waits = u128::from(retry.wait(1)) * u128::from(first_sends)
            + u128::from(retry.wait(2)) * u128::from(work.retries)
            + u128::from(network.latency_min.midpoint(network.latency_max)) * u128::from(arrivals)
            + u128::from(plan.cluster.commit) * u128::from(2 * work.commits);
        let queue_length = (waits / u128::from(brief.virtual_time.max(1))) as u64;
        Amounts {
            heap_operations,
            queue_length: queue_length.clamp(1, heap_operations),
            // Of each request and each ack: is it lost, and how long does it take?
            draws: 2 * work.messages + 2 * acks,
            insertions: work.catalog_reads,
            ids: work.ids_held_end,
            latency_min: network.latency_min,
            latency_max: network.latency_max,
            timeout: retry.wait(1),
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
        let (mut points, mut inserted, mut result) = (0, 0, 0_u64);
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
