//! Shrinking keeps the mechanisms that a file sets, so that it does not go from one bug of a class to another,
//! and says of each wrong one whether the failure needs it.

use onceproof::scenario::Scenario;
use onceproof::search::shrink::bench::Watch;
use onceproof::search::shrink::shrink;
use onceproof_model::dataflow::mechanism::Mechanism;
use std::path::Path;

const LOST_ACK: &str =
    "at = { to = \"per-user\", record = \"events/0#1\", attempt = 1 }\ndo = \"drop-ack\"";

/// Three records, a count and one exact fault, with mechanisms in `[mechanism]` and at the count. The mechanisms
/// of the count in what is left, and which wrong ones it needs, by name.
fn check(all: &str, own: &str, fault: &str, expected: &[(&str, bool)]) -> Scenario {
    let text = format!(
        "format = 1\nname = \"kept\"\nclaim = \"A failure.\"\nexpect = \"exactly-once\"\n\n\
         [input]\nrecords = [ {{ key = \"ann\", at = \"0s\" }}, {{ key = \"bob\", at = \"1s\" }}, \
         {{ key = \"ann\", at = \"2s\" }} ]\n\n\
         [[step]]\nname = \"events\"\nkind = \"source\"\n\n\
         [[step]]\nname = \"per-user\"\nkind = \"count\"\nwindow = \"1m\"\n\
         mechanism = {{ {own} }}\n\n[mechanism]\n{all}\n\n[[fault]]\n{fault}\n"
    );
    let scenario = Scenario::parse(&text, Path::new("kept.toml"));
    let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
    let shrunk = shrink(&scenario, None, Watch::none()).unwrap_or_else(|why| panic!("{why:?}"));
    let needed: Vec<(&str, bool)> =
        shrunk.wrong.iter().map(|wrong| (wrong.mechanism, wrong.is_needed)).collect();
    assert_eq!(needed, expected, "{all}, {own}");
    let left = shrunk.case.subject.scenario().expect("a scenario").clone();
    assert_eq!(mechanism(&left).dedup, mechanism(&scenario).dedup, "{all}, {own}");
    left
}

fn mechanism(scenario: &Scenario) -> Mechanism {
    let design = scenario.trial.design.dataflow().expect("Dataflow");
    *design.mechanism(design.layout.find("per-user").expect("a count"))
}

/// The retry comes 30 ms after the first send. It is looked up in a filter of 10 ms by its arrival, where it is
/// not; and its id, which lives for 10 ms, is forgotten. Each of the two is enough to count it again.
#[test]
fn of_two_bugs_that_the_same_fault_shows_both_are_kept() {
    let both = "dedup = { bloom = { bucket = \"10ms\", bucket-by = \"arrival\" } }\n\
                gc = { ttl = \"10ms\" }";
    let left = check(both, "", LOST_ACK, &[("dedup", false), ("gc", false)]);
    assert_ne!(mechanism(&left).gc, Mechanism::default().gc);
}

/// Without a catalog the retry is counted again, and acked; that a duplicate is not acked does not matter, since
/// none is known for one.
#[test]
fn a_wrong_value_that_does_not_matter_is_kept_and_it_is_said() {
    let left = check(
        "dedup = \"off\"\nre-ack = false",
        "",
        LOST_ACK,
        &[("dedup", true), ("re-ack", false)],
    );
    assert_ne!(mechanism(&left).re_ack, Mechanism::default().re_ack);
}

/// What the count sets right for itself stays right: else it would fail in its own way beside.
#[test]
fn a_right_value_of_one_step_beside_a_wrong_one_of_all_stays() {
    let left = check(
        "re-ack = false\ndedup = \"off\"",
        "re-ack = true",
        LOST_ACK,
        &[("dedup", true), ("re-ack", false)],
    );
    assert_eq!(mechanism(&left).re_ack, Mechanism::default().re_ack);
}

/// What only costs goes as before, and so does a value that is right anyway.
#[test]
fn what_only_costs_is_left_out() {
    let cost =
        "bundle = 3\nin-flight = 7\nlift = false\nretry = { timeout = \"40ms\" }\natomic = true";
    let left = check(&format!("dedup = \"off\"\n{cost}"), "", LOST_ACK, &[("dedup", true)]);
    let only = Mechanism { dedup: mechanism(&left).dedup, ..Mechanism::default() };
    assert_eq!(mechanism(&left), only);
    assert!(!left.text().contains("atomic"), "{}", left.text());
}
