//! The full design holds in every schedule of at most two faults, of all kinds and at every place, on three
//! records and two chained counts with windows and a late pane. The same loop finds what breaks when one
//! mechanism is missing, so it is not blind.

use onceproof::scenario::Scenario;
use onceproof_sim::fault::Fault;
use onceproof_sim::outcome::{Class, Classes, Verdict};
use onceproof_sim::simulator::Simulator;
use std::path::Path;

/// Three records in windows of 10 s. After `bob` at 30 s the watermark is 25 s, 5 s behind, so `ann`'s
/// window [0 s, 10 s) fires. Then comes `ann` at 8 s, which is within the lateness of 20 s: the window
/// fires again, and `per-user/ann@0s#1` follows `#0`.
fn pipeline(mechanism: &str) -> Scenario {
    let text = format!(
        r#"
format = 1
name   = "three records, two counts"
claim  = "The full design holds in every schedule of at most two faults."
expect = "exactly-once"

[input]
records = [
    {{ key = "ann", at = "0s" }},
    {{ key = "bob", at = "30s" }},
    {{ key = "ann", at = "31s", event-time = "8s" }},
]

[[step]]
name      = "events"
kind      = "source"
watermark = {{ bound = "5s" }}

[[step]]
name     = "per-user"
kind     = "count"
shards   = 2
window   = "10s"
lateness = "20s"

[[step]]
name     = "global"
kind     = "count-globally"
window   = "10s"

[mechanism]
{mechanism}
"#
    );
    Scenario::parse(&text, Path::new("three-records.toml"))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Runs every schedule of at most `most` faults; returns how many there were, and what was found with the
/// first schedule that found it.
fn exhaust(scenario: &Scenario, most: usize) -> (u64, Classes, Option<Vec<Fault>>) {
    let mut simulator = Simulator::new(&scenario.plan);
    let mut found = (0, Classes::default(), None);
    extend(&mut simulator, &mut Vec::new(), most, &mut found);
    found
}

/// Runs one schedule, then each that has one more fault at a place that comes after its last.
fn extend(
    simulator: &mut Simulator<'_>,
    faults: &mut Vec<Fault>,
    most: usize,
    found: &mut (u64, Classes, Option<Vec<Fault>>),
) {
    simulator.place(faults);
    let (brief, possible) = simulator.explore(None);
    found.0 += 1;
    for class in brief.classes.iter() {
        found.1.insert(class);
    }
    if brief.verdict != Verdict::ExactlyOnce && found.2.is_none() {
        found.2 = Some(faults.clone());
    }
    if faults.len() == most {
        return;
    }
    // Up to the last fault this run is its parent's, so what comes before it has had its turn.
    let after = match faults.last() {
        Some(last) => possible.iter().rposition(|fault| fault == last).map_or(0, |at| at + 1),
        None => 0,
    };
    for fault in possible.into_iter().skip(after) {
        faults.push(fault);
        extend(simulator, faults, most, found);
        faults.pop();
    }
}

#[test]
fn the_full_design_holds_in_every_schedule_of_at_most_two_faults() {
    let (runs, classes, first) = exhaust(&pipeline(""), 2);
    assert!(classes.is_empty(), "{classes:?} by {first:?}");
    // Some 60 calls and 30 commits with several kinds of faults each make hundreds of single faults.
    assert!(runs > 10_000, "{runs}");
}

#[test]
fn the_pipeline_has_a_late_pane() {
    let scenario = pipeline("");
    let mut panes = 0;
    let outcome = Simulator::new(&scenario.plan).trace(None, &mut |line| {
        panes += u32::from(line.contains("per-user/1 emits per-user/ann@0s#"));
        panes += u32::from(line.contains("per-user/0 emits per-user/ann@0s#"));
    });
    assert_eq!(outcome.brief.verdict, Verdict::ExactlyOnce);
    assert_eq!(panes, 2);
}

#[test]
fn each_missing_mechanism_is_found_with_at_most_two_faults() {
    let check = |mechanism: &str, class: Class| {
        let (_, classes, _) = exhaust(&pipeline(mechanism), 1);
        let classes = match classes.contains(class) {
            true => classes,
            false => exhaust(&pipeline(mechanism), 2).1,
        };
        assert!(classes.contains(class), "{mechanism}: {classes:?}");
    };
    check("dedup = \"off\"", Class::Duplicated);
    check("ack = \"on-receipt\"", Class::Lost);
    check("give-up = 1", Class::Lost);
    check("atomic = \"state-first\"", Class::Duplicated);
    check("atomic = \"id-first\"", Class::Lost);
    check("re-ack = false", Class::Stuck);
    check("outputs = \"recompute\"\nids = \"fresh\"", Class::Duplicated);
}
