//! What is measured of a run beside its verdict, for whoever compares systems: what readers see and when, what the store
//! has to do, and how long a worker takes after a crash. It is the same for all systems, and costs nothing where it is
//! off.

use crate::outcome::Brief;
use crate::outside::Outside;
use crate::served::ServedFigures;
use crate::times::Times;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::system::System;
use onceproof_kernel::time::Nanos;

/// What was measured of a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Measured {
    /// What every run reports.
    pub brief: Brief,
    /// Of each source record that was in a result at an end of the pipeline at any time: from its arrival to the first
    /// time at which it was.
    pub first_seen: Times,
    /// Of each source record that is in a result at an end of the pipeline when the run is over: from its arrival to
    /// the last change of any result that it is in.
    pub last_changed: Times,
    /// How many requests were answered, each time counted. Work counts the requests.
    pub answers: u64,
    /// How many reads of the store were made and paid for.
    pub reads: u64,
    /// How many crashes hit a worker with a shard.
    pub crashes: u64,
    /// Of each such crash after which any of the worker's shards did something again: from the crash to the first time
    /// at which one of them did. It does something when a commit of it is applied which it sent after the crash, or,
    /// once it runs again, when a result of it is written by another one, such as a view. What was on its way to a view
    /// since before the crash and is written later than that counts, too: nobody can tell it from outside.
    pub recoveries: Times,
    /// How what was served before it was certain differs from what was, for a system that does that.
    pub served: Option<ServedFigures>,
}

/// What is measured while a run goes on.
#[derive(Debug, Default)]
pub(crate) struct Measure {
    answers: u64,
    crashes: u64,
    recoveries: Times,
    /// The crashes after which none of the shards did anything yet.
    open: Vec<Crash>,
}

/// A crash.
#[derive(Debug)]
struct Crash {
    at: Nanos,
    shards: Vec<Hit>,
}

/// A shard that was on a worker that died.
#[derive(Debug)]
struct Hit {
    shard: ShardIndex,
    /// The first life that it may have after that.
    life: u32,
    is_back: bool,
}

impl Measure {
    /// A request is answered.
    pub fn answers(&mut self) {
        self.answers += 1;
    }

    /// A worker with these shards dies; each with the first life that it may have after that.
    pub fn crashes(&mut self, now: Nanos, shards: impl Iterator<Item = (ShardIndex, u32)>) {
        let hit = |(shard, life)| Hit { shard, life, is_back: false };
        let shards: Vec<Hit> = shards.map(hit).collect();
        if !shards.is_empty() {
            self.crashes += 1;
            self.open.push(Crash { at: now, shards });
        }
    }

    /// A shard runs again.
    pub fn boots(&mut self, shard: ShardIndex) {
        let hits = self.open.iter_mut().flat_map(|crash| &mut crash.shards);
        hits.filter(|hit| hit.shard == shard).for_each(|hit| hit.is_back = true);
    }

    /// A commit is applied that a shard has sent in this life.
    pub fn commits(&mut self, now: Nanos, shard: ShardIndex, life: u32) {
        self.recovers(now, |hit| hit.shard == shard && life >= hit.life);
    }

    /// A result of a shard is written by another one.
    pub fn shows(&mut self, now: Nanos, shard: ShardIndex) {
        self.recovers(now, |hit| hit.shard == shard && hit.is_back);
    }

    fn recovers(&mut self, now: Nanos, is_it: impl Fn(&Hit) -> bool) {
        let Measure { open, recoveries, .. } = self;
        open.retain(|crash| {
            let recovers = crash.shards.iter().any(&is_it);
            if recovers {
                recoveries.add(now.saturating_sub(crash.at));
            }
            !recovers
        });
    }
}

impl<S: System> Outside<'_, S> {
    /// An event is over: looks at what it changed.
    pub fn look(&mut self) {
        let Outside { ledger, measure, words, layout, now, sources, .. } = self;
        let (Some(seen), Some(measure)) = (ledger.seen(), measure) else { return };
        seen.look(*now, words, |(step, key)| {
            // What runs in the process of another step is shown by that.
            if layout.head(step) == step {
                let since_start = now.0.abs_diff(sources.start.0);
                measure.shows(since_start, layout.route(step, words.keys.hash(key)));
            }
        });
    }

    /// The run is over, and this is what every run reports of it.
    pub fn measured(&mut self, brief: Brief) -> Measured {
        let (mut first_seen, mut last_changed) = (Times::default(), Times::default());
        for seen in self.ledger.take_seen(&self.words) {
            let arrival = self.sources.arrival(seen.name).0;
            first_seen.add(seen.first.0.abs_diff(arrival));
            if let Some(last) = seen.last {
                last_changed.add(last.0.abs_diff(arrival));
            }
        }
        let Measure { answers, crashes, recoveries, open: _ } =
            self.measure.take().unwrap_or_default();
        let reads = self.reads;
        let served = None;
        Measured { brief, first_seen, last_changed, answers, reads, crashes, recoveries, served }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_has_recovered_when_one_of_its_shards_does_something_in_a_new_life() {
        let (a, b, other) = (ShardIndex(0), ShardIndex(1), ShardIndex(2));
        let mut measure = Measure::default();
        measure.crashes(100, [].into_iter());
        measure.crashes(100, [(a, 1), (b, 1)].into_iter());
        // A commit that was on its way, a result that was, and what another worker does.
        measure.commits(101, a, 0);
        measure.shows(102, b);
        measure.commits(103, other, 7);
        measure.boots(b);
        measure.commits(104, a, 0);
        assert_eq!((measure.crashes, measure.recoveries.count()), (1, 0));
        measure.shows(150, b);
        measure.commits(170, a, 1);
        let found = measure.recoveries.percentiles().expect("one");
        assert_eq!((measure.recoveries.count(), found.p50), (1, 50));
        // One that never does anything again has no time.
        measure.crashes(200, [(a, 2)].into_iter());
        assert_eq!((measure.crashes, measure.recoveries.count()), (2, 1));
    }
}
