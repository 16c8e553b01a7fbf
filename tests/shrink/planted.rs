//! From each of 100 failing seeds of a planted bug, shrinking finds exactly one of its smallest sets.

use super::bugs::{self, Bug};
use onceproof::search::shrink::bench::Watch;
use onceproof::search::shrink::shrink;
use onceproof_sim::fault::KindName;

/// How many failing seeds each bug is shrunk from.
const SEEDS: usize = 100;
/// How many runs it may take in the median.
const MOST_RUNS: u64 = 500;

/// From 100 failing seeds: the class is found again by a set of these kinds, in this order or another, or by
/// another of the sets.
fn check(bug: &Bug) {
    let Bug { scenario, name, class, sets } = bug;
    let mut simulator = scenario.trial.simulator();
    let mut runs = Vec::new();
    for seed in (0..1_000_000).map(Some) {
        // What is shrunk has this class and no other, so that it is clear what is followed.
        if !simulator.brief(seed).classes.iter().eq([*class]) {
            continue;
        }
        let shrunk =
            shrink(scenario, seed, Watch::none()).unwrap_or_else(|why| panic!("{name}: {why:?}"));
        let mut kinds: Vec<KindName> =
            shrunk.case.faults.iter().map(|fault| fault.kind.name()).collect();
        kinds.sort();
        assert!(sets.contains(&kinds), "{name}, {seed:?}: {:?}", shrunk.case.faults);
        assert_eq!(shrunk.case.seed, None, "{name}, {seed:?}");
        assert!(shrunk.holds_without_any && shrunk.is_exhausted, "{name}, {seed:?}");
        runs.push(shrunk.runs);
        if runs.len() == SEEDS {
            break;
        }
    }
    runs.sort_unstable();
    assert_eq!(runs.len(), SEEDS, "{name}");
    assert!(runs[SEEDS / 2] < MOST_RUNS, "{name}: {} runs", runs[SEEDS / 2]);
}

#[test]
fn one_lost_ack_without_a_catalog() {
    check(&bugs::one_lost_ack_without_a_catalog());
}

#[test]
fn one_copy_without_a_catalog() {
    check(&bugs::one_copy_without_a_catalog());
}

#[test]
fn one_lost_request_when_the_first_send_is_the_last() {
    check(&bugs::one_lost_request_when_the_first_send_is_the_last());
}

#[test]
fn one_crash_after_an_ack_on_receipt() {
    check(&bugs::one_crash_after_an_ack_on_receipt());
}

#[test]
fn one_lost_ack_that_is_never_given_again() {
    check(&bugs::one_lost_ack_that_is_never_given_again());
}

#[test]
fn two_lost_requests_when_the_second_send_is_the_last() {
    check(&bugs::two_lost_requests_when_the_second_send_is_the_last());
}

#[test]
fn two_sends_lost_or_refused() {
    check(&bugs::two_sends_lost_or_refused());
}

#[test]
fn two_lost_acks_outlive_the_second_retry() {
    check(&bugs::two_lost_acks_outlive_the_second_retry());
}

#[test]
fn a_late_commit_and_a_crash_without_fencing() {
    check(&bugs::a_late_commit_and_a_crash_without_fencing());
}

#[test]
fn three_lost_requests_when_the_third_send_is_the_last() {
    check(&bugs::three_lost_requests_when_the_third_send_is_the_last());
}

#[test]
fn three_refused_requests_when_the_third_send_is_the_last() {
    check(&bugs::three_refused_requests_when_the_third_send_is_the_last());
}

#[test]
fn three_lost_acks_outlive_the_third_retry() {
    check(&bugs::three_lost_acks_outlive_the_third_retry());
}

#[test]
fn three_losses_outlive_the_third_retry() {
    check(&bugs::three_losses_outlive_the_third_retry());
}

#[test]
fn two_slow_ways_that_only_a_seed_makes() {
    check(&bugs::two_slow_ways_that_only_a_seed_makes());
}
