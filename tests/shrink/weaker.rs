//! What is left is as weak as the failure allows: a single loss instead of a cut link, a crash instead of a
//! pause, a shorter time; and a fault at a time stands where it does its damage.

use onceproof::scenario::{Scenario, faults_as_toml};
use onceproof::search::shrink::bench::Watch;
use onceproof::search::shrink::shrink;
use std::path::Path;

const COUNT: &str = "name = \"per-user\"\nkind = \"count\"\nwindow = \"1m\"";
const TABLE: &str = "name = \"table\"\nkind = \"sink\"\nwrite = \"append\"";

/// One record, a step, mechanisms and exact faults; and the faults that are left of them.
fn check(step: &str, mechanism: &str, faults: &[&str], expected: &[&str]) {
    check_with("{ key = \"ann\", at = \"0s\" }", step, mechanism, faults, expected);
}

fn check_with(records: &str, step: &str, mechanism: &str, faults: &[&str], expected: &[&str]) {
    let tables = |faults: &[&str]| -> String {
        faults.iter().map(|fault| format!("\n[[fault]]\n{fault}\n")).collect()
    };
    let text = format!(
        "format = 1\nname = \"weaker\"\nclaim = \"A failure.\"\nexpect = \"exactly-once\"\n\n\
         [input]\nrecords = [ {records} ]\n\n\
         [[step]]\nname = \"events\"\nkind = \"source\"\n\n[[step]]\n{step}\n\n\
         [mechanism]\n{mechanism}\n{}",
        tables(faults)
    );
    let scenario = Scenario::parse(&text, Path::new("weaker.toml"));
    let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
    let shrunk = shrink(&scenario, None, Watch::none()).unwrap_or_else(|why| panic!("{why:?}"));
    assert!(shrunk.holds_without_any && shrunk.is_exhausted, "{faults:?}");
    let left = faults_as_toml(&shrunk.case.faults, shrunk.case.subject.trial().layout());
    assert_eq!(left.trim(), tables(expected).replace("\n\n", "\n").trim(), "{faults:?}");
}

/// The request of attempt 1 leaves at 2 ms. A cut for acks from then on, or from 2 ms on, loses one ack.
#[test]
fn a_cut_link_becomes_the_one_loss_that_it_was_needed_for() {
    let cut = "do = { partition = { for = \"20ms\", direction = \"backward\" } }";
    let lost =
        "at = { to = \"per-user\", record = \"events/0#0\", attempt = 1 }\ndo = \"drop-ack\"";
    let request = "at = { to = \"per-user\", record = \"events/0#0\", attempt = 1 }";
    check(COUNT, "dedup = \"off\"", &[&format!("{request}\n{cut}")], &[lost]);
    let time = "at = { from = \"events\", to = \"per-user\", time = \"2ms\" }";
    check(COUNT, "dedup = \"off\"", &[&format!("{time}\n{cut}")], &[lost]);
}

/// A cut that must lose two acks, at 5 and at 33 ms, stays one fault, and is as short as a person would write it:
/// from the first request, at 2 ms, for 50 ms. 20 are too few.
#[test]
fn a_cut_link_that_loses_more_than_one_message_is_made_shorter() {
    let request = "at = { to = \"per-user\", record = \"events/0#0\", attempt = 1 }";
    let cut = |length: &str| {
        format!(
            "{request}\ndo = {{ partition = {{ for = \"{length}\", direction = \"backward\" }} }}"
        )
    };
    check(COUNT, "dedup = { window = \"60ms\" }", &[&cut("80ms")], &[&cut("50ms")]);
}

/// The row was written by a call whose answer nobody heard. A worker that stands still before the commit
/// that follows hears of it and calls again when it goes on; one that dies and boots does as well.
#[test]
fn a_pause_becomes_a_crash() {
    let place = "at = { step = \"table\", record = \"events/0#0\", before = \"emit\" }";
    let crash = format!("{place}\ndo = {{ crash = {{ restart = \"50ms\" }} }}");
    check(TABLE, "", &[&format!("{place}\ndo = \"pause\"")], &[&crash]);
}

/// By hand, in ms: the first send leaves at 2, the second at 32; that one is committed at 34, and its id is
/// known until 54. The first would come at 3, so it must be more than 51 late. Bob keeps the window open.
#[test]
fn a_delay_becomes_the_shortest_that_is_enough() {
    let records = "{ key = \"ann\", at = \"0s\" }, { key = \"bob\", at = \"1s\" }";
    let place = "at = { to = \"per-user\", record = \"events/0#0\", attempt = 1 }";
    let late = |by: &str| format!("{place}\ndo = {{ delay = {{ by = \"{by}\" }} }}");
    let mechanism = "dedup = { window = \"20ms\" }";
    check_with(records, COUNT, mechanism, &[&late("700ms")], &[&late("100ms")]);
}

/// The crash at 4 ms is the one before the answer to the commit, which comes at 5.
#[test]
fn a_crash_at_a_time_is_put_before_a_step_of_the_protocol() {
    let crash = "do = { crash = { restart = \"1ms\" } }";
    let timed = format!("at = {{ worker = 1, time = \"4ms\" }}\n{crash}");
    let before = "at = { step = \"per-user\", record = \"events/0#0\", before = \"answer\" }";
    check(COUNT, "dedup = \"off\"", &[&timed], &[&format!("{before}\n{crash}")]);
}
