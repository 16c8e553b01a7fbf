//! The same input and weather under several strategies: each is run under the same seeds, and measured. A strategy is a
//! [`Trial`] here, so one more is no more work.
//!
//! A sample of the seeds is run again without being measured, by a simulator of its own: that must be the same run.

use super::chance::Chance;
use super::compare::first_difference;
use super::in_order::{Ended, in_order};
use super::marks::awaited;
use super::served::{ServedTotals, without_faults};
use super::stretch::Stretch;
use super::sweep::never_fired;
use super::tally::{Again, Ran, Seeds, Sweep};
use super::threads::Threads;
use onceproof_kernel::layout::StepIndex;
use onceproof_sim::measure::Measured;
use onceproof_sim::outcome::Brief;
use onceproof_sim::times::Times;
use onceproof_systems::{Simulator, Trial};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

/// What was measured of one strategy. It covers the runs of its sweep.
#[derive(Clone, PartialEq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// What its runs came to.
    pub sweep: Sweep,
    /// How many source records there were in all runs.
    pub records: u64,
    /// How many source records each run duplicated.
    pub duplicated: PerRun,
    /// How many source records each run lost.
    pub lost: PerRun,
    /// How many source records of each run came too late to be counted in the results of some step.
    pub late: PerRun,
    /// As [`Measured::first_seen`], of all runs.
    #[serde(with = "super::written::times")]
    pub first_seen: Times,
    /// As [`Measured::last_changed`], of all runs.
    #[serde(with = "super::written::times")]
    pub last_changed: Times,
    /// How many messages were sent, requests sent again included.
    pub messages: u64,
    /// How many of them were answered, each time counted.
    pub answers: u64,
    /// How many commits were applied.
    pub commits: u64,
    /// How many reads of the store were paid for.
    pub reads: u64,
    /// How many crashes hit a worker with a shard.
    pub crashes: u64,
    /// As [`Measured::recoveries`], of all runs.
    #[serde(with = "super::written::times")]
    pub recoveries: Times,
    /// What was served before it was certain, of a strategy that does that.
    pub served: Option<ServedTotals>,
}

/// A number in each of many runs: of records, or of millionths.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerRun {
    /// In how many runs it was each number.
    pub(super) runs: BTreeMap<u64, u64>,
    /// The greatest, and the first seed under which it was; none while all were 0.
    pub worst: Option<(u64, Option<u64>)>,
}

impl PerRun {
    /// Adds a run.
    pub fn add(&mut self, number: u64, seed: Option<u64>) {
        *self.runs.entry(number).or_default() += 1;
        if number > self.worst.map_or(0, |(most, _)| most) {
            self.worst = Some((number, seed));
        }
    }

    /// In all runs together.
    pub fn sum(&self) -> u64 {
        self.runs.iter().map(|(number, runs)| number * runs).sum()
    }

    /// In half of the runs it is at most this: the least number of which that is so. 0 if there was no run.
    pub fn p50(&self) -> u64 {
        self.percentile(50)
    }

    /// The same of 99 of 100 runs.
    pub fn p99(&self) -> u64 {
        self.percentile(99)
    }

    fn percentile(&self, percent: u128) -> u64 {
        let all: u64 = self.runs.values().sum();
        let mut so_far = 0;
        let is_reached = |(&number, &runs): (&u64, &u64)| {
            so_far += runs;
            (u128::from(so_far) * 100 >= u128::from(all) * percent).then_some(number)
        };
        self.runs.iter().find_map(is_reached).unwrap_or(0)
    }
}

/// One of so many runs is run again.
const SAMPLE: u64 = 64;

/// The most runs between two times of adding up: what is measured of a run takes some memory.
const MOST_IN_CHUNK: u64 = 256;

/// Runs and measures a trial under those seeds of a stretch that are not done. `progress` is told of every run as it
/// ends, in any order; when `cancel` is set, no further run begins, and those under way are given up.
pub fn measured(
    threads: Threads,
    trial: &Trial,
    seeds: &Seeds,
    stretch: &mut Stretch<'_, Comparison>,
    cancel: &AtomicBool,
    progress: &(dyn Fn(&Brief) + Sync),
) -> Comparison {
    let ends = trial.design.pipeline().ends();
    let so_far = stretch.done.last().cloned();
    let mut found = so_far.unwrap_or_else(|| Comparison::of(stretch.seeds(seeds)));
    let mut numbers = stretch.numbers(seeds);
    numbers.start += found.sweep.runs;
    let bare = without_faults(trial);
    let run = |(simulator, bare): &mut (Simulator<'_>, Option<Simulator<'_>>), number| {
        let seed = seeds.at(number);
        let (ran, measured) = ran(trial, simulator, seed, number, &ends, cancel)?;
        let without_faults = match bare {
            Some(bare) => bare.measured_unless(seed, &ends, cancel)?.served,
            None => measured.served.clone(),
        };
        progress(&measured.brief);
        Some((ran, measured, without_faults))
    };
    let ended = in_order(
        threads,
        numbers,
        stretch.most_in_chunk(MOST_IN_CHUNK),
        || (trial.simulator(), bare.as_ref().map(Trial::simulator)),
        run,
        |number, (ran, more, without_faults)| {
            if let (Some(served), Some(without_faults)) = (&more.served, &without_faults) {
                let totals = found.served.get_or_insert_default();
                totals.add(seeds.at(number), served, without_faults);
            }
            found.add(seeds.at(number), ran, &more);
            if let Some(tell) = stretch.tell {
                tell(&stretch.done, &found);
            }
            ControlFlow::Continue(())
        },
    );
    stretch.end(&found, |found| found.sweep.runs);
    found.sweep.chance = Chance::of(trial);
    found.sweep.interrupted = ended == Ended::Interrupted;
    found.sweep.never_fired = never_fired(trial, &found.sweep.fired);
    let is_missing = |mark| found.sweep.runs > 0 && found.sweep.reached.runs(mark) == 0;
    found.sweep.never_reached =
        awaited(trial).into_iter().filter(|&mark| is_missing(mark)).collect();
    found
}

/// One run, and the same again if it is in the sample.
fn ran(
    trial: &Trial,
    simulator: &mut Simulator<'_>,
    seed: Option<u64>,
    number: u64,
    ends: &[StepIndex],
    cancel: &AtomicBool,
) -> Option<(Ran, Measured)> {
    if cancel.load(Ordering::Relaxed) {
        return None;
    }
    let measured = simulator.measured_unless(seed, ends, cancel)?;
    let (brief, unfired) = (measured.brief.clone(), simulator.unfired());
    let again = number.is_multiple_of(SAMPLE).then(|| Again {
        difference: first_difference(seed, &brief, &trial.simulator().brief(seed)),
        results: Vec::new(),
        latency: None,
    });
    Some((Ran { brief, unfired, again }, measured))
}

impl Comparison {
    /// Before the first run.
    pub fn of(seeds: Seeds) -> Comparison {
        Comparison {
            sweep: Sweep::of(seeds),
            records: 0,
            duplicated: PerRun::default(),
            lost: PerRun::default(),
            late: PerRun::default(),
            first_seen: Times::default(),
            last_changed: Times::default(),
            messages: 0,
            answers: 0,
            commits: 0,
            reads: 0,
            crashes: 0,
            recoveries: Times::default(),
            served: None,
        }
    }

    fn add(&mut self, seed: Option<u64>, ran: Ran, measured: &Measured) {
        let Measured {
            brief,
            first_seen,
            last_changed,
            answers,
            reads,
            crashes,
            recoveries,
            served: _,
        } = measured;
        self.records += brief.ledger.expected;
        self.duplicated.add(brief.ledger.duplicated, seed);
        self.lost.add(brief.ledger.lost, seed);
        self.late.add(brief.ledger.late, seed);
        self.first_seen.add_all(first_seen);
        self.last_changed.add_all(last_changed);
        self.messages += brief.work.messages;
        self.answers += answers;
        self.commits += brief.work.commits;
        self.reads += reads;
        self.crashes += crashes;
        self.recoveries.add_all(recoveries);
        self.sweep.add(seed, ran);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Scenario, Strategy};
    use crate::search::threads::so_many;
    use std::path::Path;

    /// The comparison of a strategy in the weather of the file.
    fn check(strategy: Strategy, threads: usize, cancelled: bool) -> Comparison {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/compare/chapter5.toml");
        let under = Scenario::load(&file).and_then(|scenario| scenario.under(strategy));
        let cancel = AtomicBool::new(cancelled);
        let trial = under.expect("a scenario").scenario.trial;
        let seeds = Seeds::Range(3..9);
        measured(so_many(threads), &trial, &seeds, &mut Stretch::whole(), &cancel, &|_| {})
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        for strategy in Strategy::ALL {
            let one = check(strategy, 1, false);
            assert_eq!((one.sweep.runs, one.sweep.sampled), (6, 1));
            assert_eq!(one.sweep.difference, None);
            assert_eq!(check(strategy, 3, false), one);
        }
    }

    #[test]
    fn what_is_cancelled_says_that_it_was() {
        let none = check(Strategy::Dataflow, 2, true);
        assert!(none.sweep.interrupted && none.sweep.runs == 0 && none.records == 0);
    }

    #[test]
    fn of_100_runs_99_have_at_most_the_99th_percentile() {
        let of = |numbers: &[u64]| {
            let mut all = PerRun::default();
            (0..).zip(numbers).for_each(|(seed, &number)| all.add(number, Some(seed)));
            (all.sum(), all.p99(), all.worst)
        };
        assert_eq!(of(&[]), (0, 0, None));
        assert_eq!(of(&[0, 0]), (0, 0, None));
        assert_eq!(of(&[3, 9, 9]), (21, 9, Some((9, Some(1)))));
        let mut runs = vec![0; 98];
        runs.extend([4, 7]);
        assert_eq!(of(&runs), (11, 4, Some((7, Some(99)))));
    }
}
