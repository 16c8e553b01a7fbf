//! Shrinking keeps the settings of a file that are wrong, so that it does not go from one bug of a class to another, and
//! says of each, be it one of all steps or of one, whether the failure needs it.

use onceproof::scenario::Scenario;
use onceproof::search::shrink::bench::Watch;
use onceproof::search::shrink::mechanisms::Wrong;
use onceproof::search::shrink::shrink;
use onceproof_model::dataflow::mechanism::{Dedup, Mechanism};
use std::path::Path;

const LOST_ACK: &str =
    "at = { to = \"per-user\", record = \"events/0#1\", attempt = 1 }\ndo = \"drop-ack\"";

/// Three records, a count and one exact fault, with mechanisms in `[mechanism]` and at the count. The mechanisms
/// of the count in what is left, and which wrong ones it needs, by name.
fn check(all: &str, own: &str, fault: &str, expected: &[(&str, bool)]) -> Scenario {
    let count = format!("window = \"1m\"\nmechanism = {{ {own} }}");
    let (scenario, left) =
        shrunk(["", &format!("kind = \"count\"\n{count}")], all, fault, expected);
    assert_eq!(mechanism(&left).dedup, mechanism(&scenario).dedup, "{all}, {own}");
    left
}

/// The same with any source, and any step that takes what it makes: what is shrunk, and what is left.
fn shrunk(
    [source, step]: [&str; 2],
    all: &str,
    fault: &str,
    expected: &[(&str, bool)],
) -> (Scenario, Scenario) {
    let all = if all.is_empty() { String::new() } else { format!("[mechanism]\n{all}\n\n") };
    let text = format!(
        "format = 1\nname = \"kept\"\nclaim = \"A failure.\"\nexpect = \"exactly-once\"\n\n\
         [input]\nrecords = [ {{ key = \"ann\", at = \"0s\" }}, {{ key = \"bob\", at = \"1s\" }}, \
         {{ key = \"ann\", at = \"2s\" }} ]\n\n\
         [[step]]\nname = \"events\"\nkind = \"source\"\n{source}\n\n\
         [[step]]\nname = \"per-user\"\n{step}\n\n{all}[[fault]]\n{fault}\n"
    );
    let scenario = Scenario::parse(&text, Path::new("kept.toml"));
    let scenario = scenario.unwrap_or_else(|error| panic!("{error}"));
    let left = left_of(&scenario, expected);
    (scenario, left)
}

/// What is left of a scenario, which needs these wrong settings, by name, or does not.
fn left_of(scenario: &Scenario, expected: &[(&str, bool)]) -> Scenario {
    let shrunk = shrink(scenario, None, Watch::none()).unwrap_or_else(|why| panic!("{why:?}"));
    let name = |wrong: &Wrong| match &wrong.step {
        Some(step) => format!("{step}: {}", wrong.mechanism),
        None => wrong.mechanism.to_owned(),
    };
    let needed: Vec<(String, bool)> =
        shrunk.wrong.iter().map(|wrong| (name(wrong), wrong.is_needed)).collect();
    let expected: Vec<(String, bool)> =
        expected.iter().map(|(name, is_needed)| ((*name).to_owned(), *is_needed)).collect();
    assert_eq!(needed, expected, "{}", scenario.text());
    // It is what it was found to be where no limit of the search cuts it off.
    let trial = shrunk.case.trial(u64::MAX);
    let mut simulator = trial.simulator();
    simulator.place(&shrunk.case.faults);
    let again = simulator.brief(shrunk.case.seed);
    assert_eq!(again.fingerprint, shrunk.outcome.brief.fingerprint, "{}", scenario.text());
    shrunk.case.subject.scenario().expect("a scenario").clone()
}

/// A file of the library: which wrong settings what is left needs, by name, and what is left of its last table.
fn check_library(file: &str, expected: &[(&str, bool)], table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let scenario = Scenario::load(&path).unwrap_or_else(|error| panic!("{error}"));
    let left = left_of(&scenario, expected);
    assert!(left.text().contains(table), "{table}\n{}", left.text());
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
    let (_, left) = shrunk(
        [SPREAD, &format!("{COUNT}\nmechanism = {{ re-ack = true }}")],
        "re-ack = false\ndedup = \"off\"",
        LOST_ACK,
        &[("dedup", true), ("re-ack", false)],
    );
    let Mechanism { dedup, re_ack, .. } = mechanism(&left);
    assert_eq!((dedup, re_ack), (Dedup::Off, Mechanism::default().re_ack));
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

/// Between the source and the count, and it looks up ids as the count does.
const SPREAD: &str = "\n[[step]]\nname = \"spread\"\nkind = \"reshuffle\"";
const COUNT: &str = "kind = \"count\"\nwindow = \"1m\"";
const CRASH: &str =
    "at = { step = \"events\", record = \"events/0#1\", before = \"commit\" }\ndo = \"crash\"";
const UNKNOWN: &str =
    "at = { step = \"per-user\", record = \"events/0#1\", attempt = 1 }\ndo = \"call-unknown\"";

/// What only one step is set is told with the step, and whether it is needed; of the keys beside it those stay that are
/// wrong, and no other.
#[test]
fn a_wrong_key_of_a_step_is_kept_and_it_is_said_whether_the_failure_needs_it() {
    let dedup = format!("{COUNT}\nmechanism = {{ dedup = \"off\", bundle = 3 }}");
    let both = format!("{COUNT}\nmechanism = {{ dedup = \"off\", re-ack = false }}");
    let on_receipt = "queue = { ack = \"on-receipt\", deadline = \"2s\" }";
    let with_ids = "queue = { ack = \"on-receipt\", ids = \"none\" }";
    let plain = "queue = { deadline = \"2s\" }";
    let append = "kind = \"sink\"\nwrite = \"append\"";
    type Case<'a> = (&'a str, &'a str, &'a str, &'a str, &'a [(&'a str, bool)], &'a str);
    let cases: [Case<'_>; 8] = [
        // Without a catalog a lost ack has the record counted twice.
        ("", &dedup, "", LOST_ACK, &[("per-user: dedup", true)], "{ dedup = \"off\" }"),
        (
            "",
            &both,
            "",
            LOST_ACK,
            &[("per-user: dedup", true), ("per-user: re-ack", false)],
            "{ dedup = \"off\", re-ack = false }",
        ),
        // What holds for all steps is told without one.
        (
            "",
            &dedup,
            "re-ack = false",
            LOST_ACK,
            &[("per-user: dedup", true), ("re-ack", false)],
            "{ dedup = \"off\" }",
        ),
        // What all steps are given goes before what one is given, where both say the same.
        (
            SPREAD,
            &dedup,
            "dedup = \"off\"",
            LOST_ACK,
            &[("dedup", true)],
            "[mechanism]\ndedup = \"off\"",
        ),
        // What is acked as it comes is not handed out again.
        (on_receipt, COUNT, "", CRASH, &[("events: queue.ack", true)], "{ ack = \"on-receipt\" }"),
        // By what its messages are known does not matter where none comes again.
        (
            with_ids,
            COUNT,
            "",
            CRASH,
            &[("events: queue.ack", true), ("events: queue.ids", false)],
            "{ ack = \"on-receipt\", ids = \"none\" }",
        ),
        // A queue that is right does as well as offsets.
        (plain, &dedup, "", LOST_ACK, &[("per-user: dedup", true)], "kind = \"source\"\n\n"),
        // A row that is written and not heard of is written again.
        ("", append, "", UNKNOWN, &[("per-user: write", true)], "write = \"append\""),
    ];
    for (source, step, all, fault, expected, kept) in cases {
        let (_, left) = shrunk([source, step], all, fault, expected);
        let text = left.text();
        assert!(text.contains(kept) && !text.contains("bundle"), "{kept}\n{text}");
        assert!(!text.contains("deadline"), "{text}");
    }
}

/// Of the table of a strategy what is wrong stays, and what is right and not needed goes.
#[test]
fn of_the_table_of_a_strategy_only_what_is_wrong_or_needed_is_left() {
    // Its interval and its time-outs make the numbers of its comment plain; the crash needs none of them.
    let notify = "[snapshot]\nnotify = \"before-record\"\n";
    check_library("snapshot/notify-first.toml", &[("notify", true)], notify);
    // Without its time to drain the run goes on, and is another one.
    let timeout = "[at-least-once]\ntimeout = \"5ms\"\n";
    check_library("at-least-once/timeout.toml", &[("timeout", true)], timeout);
}
