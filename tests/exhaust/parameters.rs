//! The parameters of the kinds that a search places: those of the file, each of a list, and how long they last.

use super::*;

/// A worker that is back before the third send finds its id; one that is away for longer has forgotten it. In ms:
/// counted at 4, remembered until 104; sent again at 30, 90 and 210.
const AWAY: &str = r#"
format = 1
name   = "away"
claim  = "A dedup window must outlast the longest absence."
expect = { violates = "duplicated" }
[input]
records = [ { key = "ann", at = "0s" } ]
[[step]]
name = "events"
kind = "source"
[[step]]
name   = "per-user"
kind   = "count"
window = "1m"
[mechanism]
dedup = { window = "100ms" }
[faults]
crash = { odds = "1/20", restart = RESTART }
"#;

/// What is found where a crash is over after one of these times.
fn away(restart: &str) -> (Trial, Exhaustion) {
    let text = AWAY.replace("RESTART", restart);
    let scenario = Scenario::parse(&text, Path::new("away.toml"));
    let trial = scenario.unwrap_or_else(|error| panic!("{error}")).trial;
    let space = Space::new(&trial, &[KindName::Crash], 1);
    let found = search(&bare(&trial), &space, 2);
    let whole = search(&bare(&trial), &Space { prunes: false, ..space }, 1);
    // What is left out as the same crash is the same only where it is over after the same time.
    let causes = |found: &Exhaustion| -> BTreeSet<String> {
        found.causes.iter().map(|cause| format!("{:?}", cause.faults[0].kind)).collect()
    };
    assert_eq!(causes(&found), causes(&whole));
    (trial, found)
}

#[test]
fn every_parameter_of_a_list_is_tried() {
    assert!(away("\"50ms\"").1.certificate().is_some());
    let (trial, found) = away("[\"50ms\", \"100ms\"]");
    let kinds: BTreeSet<u64> = found
        .causes
        .iter()
        .map(|cause| match cause.faults[0].kind {
            Kind::Crash { restart } => restart / MILLISECOND,
            _ => panic!("a crash"),
        })
        .collect();
    assert_eq!(kinds, BTreeSet::from([100]));
    assert_eq!(found.kinds.len(), 2);
    // A seed draws one of them for each crash.
    let drawn: BTreeSet<u64> = (0..200)
        .flat_map(|seed| trial.simulator().detail(Some(seed)).schedule)
        .map(|fault| match fault.kind {
            Kind::Crash { restart } => restart / MILLISECOND,
            _ => panic!("a crash"),
        })
        .collect();
    assert_eq!(drawn, BTreeSet::from([50, 100]));
}

/// How long a run may take follows from the faults that the search places, of which the plan says nothing.
#[test]
fn a_fault_that_lasts_longer_than_the_time_to_drain_of_the_plan_is_waited_for() {
    let trial = plan_of("crash/before-ack.toml", "");
    for lasts in [900 * SECOND, 86_400 * SECOND] {
        for kind in [Kind::Pause { lasts }, Kind::Crash { restart: lasts }] {
            let found = search(&trial, &Space { kinds: vec![kind], ..space(&trial, 1) }, 1);
            assert!(found.total().runs > 5 && found.certificate().is_some(), "{found:?}");
        }
    }
}

#[test]
fn a_kind_has_the_parameter_of_the_scenario_and_else_the_default() {
    let trial = plan_of("crash/before-ack.toml", "");
    let mut given = trial.clone();
    let crash = Kind::Crash { restart: 7 };
    given.plan.faults = vec![Fault { at: Default::default(), kind: crash }];
    let kinds = |trial: &Trial| Space::new(trial, &[KindName::Crash], 1).kinds;
    assert_eq!(kinds(&given), [crash]);
    assert_eq!(kinds(&trial), [KindName::Crash.with_defaults()]);
}
