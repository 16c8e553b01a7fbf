//! A sweep runs one plan under many seeds and adds up what it finds.
//!
//! Threads only make it faster. Seeds are run in chunks, and what came of them is added up in the order of
//! the seeds: a sweep that stops early ends with the very seed that made it stop, and one that is
//! interrupted covers the seeds before the first that was not run. A sample of the seeds is run again by
//! a simulator of its own; a difference is reported with the seed and the first figure that differs.

use super::chance::Chance;
use super::compare::first_difference;
use super::in_order::{Ended, in_order};
use super::marks::awaited;
use super::panics::naming;
use super::stretch::Stretch;
use super::tally::{Again, Failure, Ran, Seeds, Sweep};
use super::threads::Threads;
use onceproof_kernel::alphabet::Mark;
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::{Brief, Classes, Fired, Outcome, Verdict};

use onceproof_systems::{Simulator, Trial};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

/// When a sweep ends before its last seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// It does not.
    Never,
    /// After so many violated runs.
    AfterViolated(u64),
    /// After the first run that is not exactly-once.
    AfterNotExact,
    /// Once all of these classes were found, and every exact fault has fired.
    OnceFound(Classes),
}

/// One of so many runs is run again.
const SAMPLE: u64 = 64;

/// The most runs between two times of adding up.
const MOST_IN_CHUNK: u64 = 8192;

/// What runs a plan; a simulator, and in tests something simpler.
pub(super) trait Runner {
    /// A run, and the exact faults that did not fire in it; none if it was stopped.
    fn brief(&mut self, seed: Option<u64>, stop: &AtomicBool) -> Option<(Brief, Vec<usize>)>;
    fn detail(&mut self, seed: Option<u64>) -> Outcome;
}

impl Runner for Simulator<'_> {
    fn brief(&mut self, seed: Option<u64>, stop: &AtomicBool) -> Option<(Brief, Vec<usize>)> {
        Some((self.brief_unless(seed, stop)?, self.unfired()))
    }

    fn detail(&mut self, seed: Option<u64>) -> Outcome {
        (**self).detail(seed)
    }
}

/// Runs a plan under all seeds. `progress` is told of every run as it ends, in any order; when `cancel` is set, no
/// further run begins, and those under way are given up.
pub fn sweep(
    threads: Threads,
    trial: &Trial,
    seeds: Seeds,
    stop: Stop,
    cancel: &AtomicBool,
    progress: &(dyn Fn(&Brief) + Sync),
) -> Sweep {
    sweep_on(threads, trial, seeds, &mut Stretch::whole(), stop, cancel, progress)
}

/// The same, of those runs that are not done yet.
pub fn sweep_on(
    threads: Threads,
    trial: &Trial,
    seeds: Seeds,
    stretch: &mut Stretch<'_, Sweep>,
    stop: Stop,
    cancel: &AtomicBool,
    progress: &(dyn Fn(&Brief) + Sync),
) -> Sweep {
    let mut sweep =
        sweep_with(threads, || trial.simulator(), seeds, stretch, stop, cancel, progress);
    sweep.chance = Chance::of(trial);
    sweep.never_fired = never_fired(trial, &sweep.fired);
    let is_missing = |mark: &Mark| sweep.runs > 0 && sweep.reached.runs(*mark) == 0;
    sweep.never_reached = awaited(trial).into_iter().filter(is_missing).collect();
    sweep
}

/// The kinds with odds that never fired.
pub fn never_fired(trial: &Trial, fired: &Fired) -> Vec<KindName> {
    trial.plan.climate.drawn().into_iter().filter(|&kind| fired.count(kind) == 0).collect()
}

/// Makes the runs of a stretch that are not done. What they came to is a sweep of the seeds of this stretch alone; how
/// the first run and the first violated one look closely is found out only where the stretch is all there is.
pub(super) fn sweep_with<R: Runner>(
    threads: Threads,
    make: impl Fn() -> R + Sync,
    seeds: Seeds,
    stretch: &mut Stretch<'_, Sweep>,
    stop: Stop,
    cancel: &AtomicBool,
    progress: &(dyn Fn(&Brief) + Sync),
) -> Sweep {
    let run = |runner: &mut R, number: u64| {
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        let seed = seeds.at(number);
        let (brief, unfired) = naming(|| of_seed(seed), || runner.brief(seed, cancel))?;
        let again = number.is_multiple_of(SAMPLE).then(|| {
            let outcome = make().detail(seed);
            let difference = first_difference(seed, &brief, &outcome.brief);
            Again { difference, results: outcome.steps, latency: outcome.latency }
        });
        progress(&brief);
        Some(Ran { brief, unfired, again })
    };

    let so_far = stretch.done.last().cloned();
    let mut sweep = so_far.unwrap_or_else(|| Sweep::of(stretch.seeds(&seeds)));
    let mut numbers = stretch.numbers(&seeds);
    numbers.start += sweep.runs;
    if sweep.has_enough(stop) {
        numbers.start = numbers.end;
    }
    let most = stretch.most_in_chunk(MOST_IN_CHUNK);
    let mut first_violated = None;
    let ended = in_order(threads, numbers, most, &make, run, |number, ran| {
        let (verdict, classes) = (ran.brief.verdict, ran.brief.classes);
        if verdict == Verdict::Violated && sweep.violated == 0 {
            first_violated = Some(ran.brief.clone());
        }
        sweep.add(seeds.at(number), ran);
        let has_enough = sweep.has_enough(stop);
        if let Some(tell) = stretch.tell {
            tell(&stretch.done, &sweep);
        }
        if let (Some(violated), Verdict::Violated) = (stretch.violated, verdict) {
            violated(seeds.at(number), classes);
        }
        if !stretch.shard.is_whole() && stop != Stop::Never && verdict != Verdict::ExactlyOnce {
            stretch.done.push(sweep.clone());
        }
        if has_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    stretch.end(&sweep, |sweep| sweep.runs);
    sweep.interrupted = ended == Ended::Interrupted;
    if stretch.shard.is_whole() {
        look_closely(&mut sweep, make, first_violated);
    }
    sweep
}

fn of_seed(seed: Option<u64>) -> String {
    seed.map_or("without a seed".to_owned(), |seed| format!("of seed {seed}"))
}

/// Runs the first violated run again in detail. It must be what it was.
fn look_closely<R: Runner>(sweep: &mut Sweep, make: impl Fn() -> R, first_violated: Option<Brief>) {
    // Of what was done before, by this process or another, the results of the first run were not kept.
    if sweep.runs > 0 && sweep.results.is_empty() {
        sweep.results = make().detail(sweep.seeds.at(0)).steps;
    }
    let (Some(&seed), Some(fingerprint)) = (sweep.failing.first(), sweep.first_violated) else {
        return;
    };
    let outcome = make().detail(seed);
    let first = first_violated.unwrap_or_else(|| Brief { fingerprint, ..outcome.brief.clone() });
    let difference = first_difference(seed, &first, &outcome.brief);
    sweep.difference = sweep.difference.take().or(difference);
    sweep.first_failure = Some(Failure { seed, outcome });
}

impl Sweep {
    /// Whether it ends with its last run, whatever is left.
    pub(super) fn has_enough(&self, stop: Stop) -> bool {
        match stop {
            Stop::Never => false,
            Stop::AfterViolated(most) => self.violated >= most,
            Stop::AfterNotExact => self.violated + self.inconclusive > 0,
            Stop::OnceFound(classes) => {
                self.runs > 0
                    && self.unfired.is_empty()
                    && classes.iter().all(|class| self.count(class) > 0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::fake::{Fake, brief};
    use crate::search::tally::MOST_FAILING;
    use crate::search::threads::so_many;
    use onceproof_sim::outcome::Class;
    use std::ops::Range;

    impl Runner for Fake {
        fn brief(&mut self, seed: Option<u64>, _: &AtomicBool) -> Option<(Brief, Vec<usize>)> {
            Some((self.run_briefly(seed), Fake::unfired(seed)))
        }

        fn detail(&mut self, seed: Option<u64>) -> Outcome {
            self.run_in_detail(seed)
        }
    }

    /// The sweep of the fake on so many threads.
    fn check(threads: usize, seeds: Range<u64>, stop: Stop) -> Sweep {
        let cancel = AtomicBool::new(false);
        let seeds = Seeds::Range(seeds);
        let stretch = &mut Stretch::whole();
        sweep_with(so_many(threads), Fake::default, seeds, stretch, stop, &cancel, &|_| {})
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        for stop in [Stop::Never, Stop::AfterViolated(3), Stop::AfterNotExact] {
            let one = check(1, 5..700, stop);
            assert_eq!(check(2, 5..700, stop), one);
            assert_eq!(check(7, 5..700, stop), one);
        }
    }

    #[test]
    fn a_sweep_adds_up_its_runs() {
        let sweep = check(3, 5..700, Stop::Never);
        let briefs: Vec<Brief> = (5..700).map(brief).collect();
        let violated: Vec<u64> =
            (5..700).filter(|&seed| brief(seed).verdict == Verdict::Violated).collect();
        assert_eq!(sweep.runs, 695);
        assert_eq!(sweep.violated, violated.len() as u64);
        assert_eq!(sweep.count(Class::Duplicated), sweep.violated);
        assert_eq!(sweep.events, briefs.iter().map(|brief| brief.work.events).sum::<u64>());
        let listed: Vec<u64> = sweep.failing.iter().flatten().copied().collect();
        assert_eq!(listed, violated[..violated.len().min(MOST_FAILING)]);
        assert_eq!(sweep.first_failure.map(|f| f.seed), Some(violated.first().copied()));
        // Numbers 0, 64, … 640 of the range.
        assert_eq!(sweep.sampled, 11);
        assert_eq!(sweep.difference, None);
    }

    #[test]
    fn a_limit_on_failures_ends_the_sweep_with_the_run_that_reaches_it() {
        let all = check(2, 0..700, Stop::Never);
        let some = check(2, 0..700, Stop::AfterViolated(3));
        let third = all.failing[2].expect("a seed");
        assert_eq!((some.violated, some.runs), (3, third + 1));
        assert!(some.stopped_early() && !some.interrupted);
        assert_eq!(some, check(2, 0..third + 1, Stop::Never).with_seeds(0..700));
    }

    #[test]
    fn an_exact_fault_is_unfired_if_it_fires_in_no_run_at_all() {
        // Fault 0 of the fake fires in no run, fault 1 under odd seeds, of which none is in the sample.
        assert_eq!(check(2, 0..1, Stop::Never).unfired, [0, 1]);
        assert_eq!(check(2, 0..70, Stop::Never).unfired, [0]);
        let mut duplicated = Classes::default();
        duplicated.insert(Class::Duplicated);
        assert!(!check(2, 0..70, Stop::OnceFound(duplicated)).stopped_early());
    }

    #[test]
    fn a_run_that_depends_on_the_run_before_is_found_out() {
        let cancel = AtomicBool::new(false);
        let seeds = Seeds::Range(0..129);
        let make = || Fake { leaks: true, runs: 0 };
        let stretch = &mut Stretch::whole();
        let sweep = sweep_with(Threads::ONE, make, seeds, stretch, Stop::Never, &cancel, &|_| {});
        let difference = sweep.difference.expect("a difference");
        assert_eq!((difference.seed, difference.field.as_str()), (Some(64), "work.messages"));
    }

    #[test]
    fn a_cancelled_sweep_covers_the_seeds_before_the_first_that_was_not_run() {
        for threads in [1, 3] {
            let cancel = AtomicBool::new(false);
            let cancel_at = |ended: &Brief| {
                if ended.fingerprint == brief(100).fingerprint {
                    cancel.store(true, Ordering::Relaxed);
                }
            };
            let seeds = Seeds::Range(0..5000);
            let sweep = sweep_with(
                so_many(threads),
                Fake::default,
                seeds,
                &mut Stretch::whole(),
                Stop::Never,
                &cancel,
                &cancel_at,
            );
            assert!(sweep.interrupted && !sweep.stopped_early() && sweep.runs < 5000);
            let prefix = check(1, 0..sweep.runs, Stop::Never).with_seeds(0..5000);
            assert_eq!(Sweep { interrupted: false, ..sweep }, prefix);
        }
    }

    #[test]
    fn one_run_may_have_no_seed() {
        let cancel = AtomicBool::new(false);
        let seeds = Seeds::One(None);
        let stretch = &mut Stretch::whole();
        let sweep =
            sweep_with(so_many(2), Fake::default, seeds, stretch, Stop::Never, &cancel, &|_| {});
        assert_eq!((sweep.runs, sweep.sampled), (1, 1));
    }

    impl Sweep {
        fn with_seeds(self, seeds: Range<u64>) -> Sweep {
            Sweep { seeds: Seeds::Range(seeds), ..self }
        }
    }
}
