//! A design with one mechanism wrong is violated, with its class, by some schedule among the cases of the
//! laws; else the laws would prove nothing. The search is over the same cases every time.

use super::cases::{ANY, Case, cases};
use super::faults::{Climate, Strike, climates, on, strikes};
use super::runner;
use onceproof_sim::outcome::Class;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;

/// Some of the first cases, with odds and exact faults, is violated with one of these classes.
fn is_found(mechanism: &'static str, needs: &str, classes: &[Class]) {
    const CASES: u32 = 5000;
    let strategy = (cases(ANY), climates(), vec(strikes(), 0..=5));
    let mut runner = runner(1);
    for _ in 0..CASES {
        let (mut case, climate, strikes): (Case, Climate, Vec<Strike>) =
            strategy.new_tree(&mut runner).expect("a case").current();
        let steps = case.steps();
        if !steps.iter().any(|(_, lines)| lines.contains(needs)) {
            continue;
        }
        case.mechanism = mechanism;
        case.climate = climate.lines(&steps, case.workers);
        let scenario = case.scenario();
        let faults = on(&strikes, &scenario.trial);
        let trial = scenario.trial.with(|plan| plan.faults = faults);
        let found = trial.simulator().brief(Some(case.seed)).classes;
        if classes.iter().any(|&class| found.contains(class)) {
            return;
        }
    }
    panic!("{mechanism}: none of {classes:?} in {CASES} cases");
}

#[test]
fn a_sender_that_gives_up_after_two_sends_loses() {
    is_found("give-up = 2", "", &[Class::Lost]);
}

#[test]
fn an_ack_on_receipt_loses() {
    is_found("ack = \"on-receipt\"", "", &[Class::Lost]);
}

#[test]
fn without_dedup_records_are_doubled() {
    is_found("dedup = \"off\"", "", &[Class::Duplicated]);
}

#[test]
fn a_filter_that_decides_alone_loses() {
    let full = "dedup = { bloom-only = { expect = 1, bits-per-id = 1, hashes = 1 } }";
    is_found(full, "", &[Class::Lost]);
}

#[test]
fn filters_by_arrival_double() {
    is_found(
        "dedup = { bloom = { bucket = \"5ms\", bucket-by = \"arrival\" } }",
        "",
        &[Class::Duplicated],
    );
}

#[test]
fn filters_that_a_restart_empties_double() {
    is_found("dedup = { bloom = { rebuild = \"none\" } }", "", &[Class::Duplicated]);
}

#[test]
fn a_coin_flipped_again_after_its_output_was_sent_doubles() {
    is_found("outputs = \"recompute\"", "into = \"key\"", &[Class::Duplicated]);
}

#[test]
fn a_coin_in_the_value_leaves_traces_that_disagree() {
    is_found("outputs = \"recompute\"", "into = \"value\"", &[Class::Divergent]);
}

#[test]
fn ids_made_anew_in_each_execution_double() {
    is_found("outputs = \"recompute\"\nids = \"fresh\"", "", &[Class::Duplicated]);
}

#[test]
fn state_committed_before_its_id_doubles() {
    is_found("atomic = \"state-first\"", "", &[Class::Duplicated]);
}

#[test]
fn an_id_committed_before_its_state_loses() {
    is_found("atomic = \"id-first\"", "", &[Class::Lost]);
}

#[test]
fn duplicates_that_are_not_acked_never_end() {
    is_found("re-ack = false", "", &[Class::Stuck]);
}

#[test]
fn a_store_that_refuses_no_commit_loses() {
    is_found("fencing = false", "", &[Class::Lost]);
}

#[test]
fn a_store_that_refuses_no_commit_doubles() {
    is_found("fencing = false", "", &[Class::Duplicated]);
}
