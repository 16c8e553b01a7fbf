//! Shrinking ends soon when it is told to, and the search for all sets when its runs are used up, and
//! neither loses what it found.

use super::bugs;
use crate::common::threads as so_many;
use onceproof::search::exhaust::Advance;
use onceproof::search::shrink::all::{All, Bounds, MOST_RUNS, SearchEnd, all, kinds};
use onceproof::search::shrink::bench::Watch;
use onceproof::search::shrink::{Shrunk, Size, shrink};
use onceproof_sim::fault::Fault;
use onceproof_sim::fault::KindName::{Crash, Duplicate};
use onceproof_sim::outcome::Verdict;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The first failing seed of a bug, shrunk until there were so many runs.
fn shrunk_within(runs: u64) -> Shrunk {
    let bug = bugs::two_sends_lost_or_refused();
    let mut simulator = bug.scenario.trial.simulator();
    let is_failing = |seed: &Option<u64>| simulator.brief(*seed).verdict == Verdict::Violated;
    let seed = (0..10_000).map(Some).find(is_failing).expect("a failing seed");
    let cancel = AtomicBool::new(false);
    let tell = |done: u64| cancel.store(done >= runs, Ordering::Relaxed);
    shrink(&bug.scenario, seed, Watch { cancel: &cancel, tell: &tell }).expect("a failure")
}

#[test]
fn whenever_it_is_told_to_end_it_has_a_failure_that_is_no_larger_than_before() {
    let whole = shrunk_within(u64::MAX);
    assert!(!whole.is_interrupted && whole.is_exhausted);
    let mut last = whole.before;
    for runs in 2..whole.runs - 1 {
        let shrunk = shrunk_within(runs);
        assert!(shrunk.is_interrupted && !shrunk.is_exhausted && !shrunk.holds_without_any);
        assert!(shrunk.outcome.brief.classes.contains(shrunk.goal.class));
        let size = Size::of(&shrunk.case);
        assert!(size.faults <= last.faults && size.rows <= last.rows, "{runs}: {size:?}");
        last = size;
    }
    assert_eq!(last, Size::of(&whole.case));
}

/// All sets for what a planted bug was shrunk to, with crashes and copies beside its own kinds.
fn all_within(
    runs: u64,
    threads: usize,
    cancel: &AtomicBool,
    tell: &(dyn Fn(Advance) + Sync),
) -> All {
    let bug = bugs::two_sends_lost_or_refused();
    let mut shrunk = shrunk_within(u64::MAX);
    let kinds = kinds(&bug.scenario, &shrunk, &[Crash, Duplicate]);
    let threads = so_many(threads);
    all(&mut shrunk, kinds, Bounds { threads, runs, cancel, tell })
}

fn faults(all: &All) -> Vec<&[Fault]> {
    all.sets.iter().map(|set| set.faults.as_slice()).collect()
}

#[test]
fn a_search_that_gives_up_says_the_same_on_any_number_of_threads() {
    let never = AtomicBool::new(false);
    let whole = all_within(MOST_RUNS, 2, &never, &|_| {});
    assert_eq!((whole.end, whole.searched), (SearchEnd::Complete, 4));
    let mut levels = Vec::new();
    for runs in [1, 30, 300, whole.runs - 1, whole.runs] {
        let one = all_within(runs, 1, &never, &|_| {});
        let three = all_within(runs, 3, &never, &|_| {});
        assert_eq!(faults(&one), faults(&three), "{runs}");
        let facts = |all: &All| (all.end, all.searched, all.runs, all.others);
        assert_eq!(facts(&one), facts(&three), "{runs}");
        assert!(one.runs <= runs, "{} of {runs}", one.runs);
        // What it lists is complete up to where it came.
        let is_searched = |set: &&[Fault]| set.len() <= one.searched as usize;
        let expected: Vec<&[Fault]> = faults(&whole).into_iter().filter(is_searched).collect();
        let listed: Vec<&[Fault]> = faults(&one).into_iter().filter(is_searched).collect();
        assert_eq!(listed, expected, "{runs}");
        // The failure that it began with is always there.
        assert!(one.has_failure && !one.sets.is_empty(), "{runs}");
        levels.push((one.searched, one.end));
    }
    assert_eq!(levels[0], (0, SearchEnd::GaveUp));
    assert_eq!(levels[3], (3, SearchEnd::GaveUp));
    assert_eq!(levels[4], (4, SearchEnd::Complete));
}

#[test]
fn an_interrupted_search_keeps_what_it_found() {
    let never = AtomicBool::new(false);
    let whole = all_within(MOST_RUNS, 1, &never, &|_| {});
    let cancel = AtomicBool::new(false);
    let runs = AtomicU64::new(0);
    let most = whole.runs / 2;
    let tell = |told: Advance| {
        if let Advance::Runs(more) = told
            && runs.fetch_add(more, Ordering::Relaxed) + more > most
        {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let part = all_within(MOST_RUNS, 1, &cancel, &tell);
    assert_eq!(part.end, SearchEnd::Interrupted);
    assert!(part.searched >= 2 && part.searched < 4, "{}", part.searched);
    let all = faults(&whole);
    assert!(faults(&part).iter().all(|set| all.contains(set)));
    let small = all.iter().filter(|set| set.len() <= part.searched as usize).count();
    assert!(part.sets.len() >= small && small > 0);
}
