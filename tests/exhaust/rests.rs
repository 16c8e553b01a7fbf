//! After a rest that another schedule leads to, too, one of the two is run: nothing can tell them apart.

use super::{plan_of, search, space};
use onceproof::scenario::Scenario;
use onceproof::search::causes::groups;
use onceproof::search::certificate::Exhaustion;
use onceproof::search::space::Space;
use onceproof_sim::fault::{Fault, Kind, KindName};
use onceproof_sim::outcome::Brief;
use onceproof_sim::simulator::{Extensions, Needless, default_kinds};
use onceproof_systems::{Simulator, Trial};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

/// A run and what could follow it after a rest.
struct Rested {
    schedule: Vec<Fault>,
    brief: Brief,
    after: Vec<Fault>,
}

/// Runs all schedules of at most so many faults of these kinds, and asserts of each two that come to rest in
/// one state at one time that the same can happen to both after it and comes to the same. Returns how many
/// there were.
fn check_rests(trial: &Trial, kinds: &[Kind], most: usize) -> usize {
    let mut simulator = trial.simulator();
    let mut met: BTreeMap<(u64, u128), Rested> = BTreeMap::new();
    let mut schedules = VecDeque::from([Vec::new()]);
    let mut same = 0;
    while let Some(schedule) = schedules.pop_front() {
        simulator.place(&schedule);
        let Extensions { brief, possible, rests, .. } = simulator.extensions_and_rests(None, kinds);
        for rest in rests {
            let after = possible[rest.before..].iter().map(|next| next.fault.clone()).collect();
            let this = Rested { schedule: schedule.clone(), brief: brief.clone(), after };
            match met.entry((rest.at, rest.state)) {
                Entry::Vacant(entry) => {
                    entry.insert(this);
                }
                Entry::Occupied(entry) => {
                    check_same(&mut simulator, entry.get(), &this, same);
                    same += 1;
                }
            }
        }
        if schedule.len() < most {
            for next in possible {
                schedules.push_back([&schedule[..], &[next.fault]].concat());
            }
        }
    }
    same
}

/// Of what could follow two of a hundred pairs, every seventh is tried, beginning with another one each time.
fn check_same(simulator: &mut Simulator<'_>, a: &Rested, b: &Rested, number: usize) {
    // When the last timer that nobody waits for is gone says nothing.
    let what_it_comes_to = |brief: &Brief| (brief.classes, brief.ledger);
    let (first, second) = (&a.schedule, &b.schedule);
    assert_eq!(what_it_comes_to(&a.brief), what_it_comes_to(&b.brief), "{first:?} {second:?}");
    let kinds = |of: &Rested| of.after.iter().map(|fault| fault.kind).collect::<Vec<_>>();
    assert_eq!(kinds(a), kinds(b), "{first:?} {second:?}");
    if number % 50 > 0 {
        return;
    }
    for (after_a, after_b) in a.after.iter().zip(&b.after).skip(number / 50 % 7).step_by(7) {
        let mut with = |of: &Rested, after: &Fault| {
            simulator.place(&[&of.schedule[..], std::slice::from_ref(after)].concat());
            what_it_comes_to(&simulator.brief(None))
        };
        assert_eq!(with(a, after_a), with(b, after_b), "{first:?} {second:?} {after_a:?}");
    }
}

/// Four records on two workers, in windows that end between them.
fn moved_about(routing_lag: &str, faults: &str) -> Trial {
    let text = format!(
        r#"
        format = 1
        name   = "four records"
        claim  = "It holds."
        expect = "exactly-once"
        [input]
        records = [
            {{ key = "ann", at = "0s" }},
            {{ key = "bob", at = "100ms" }},
            {{ key = "cyd", at = "200ms" }},
            {{ key = "dan", at = "304ms" }},
        ]
        [[step]]
        name = "events"
        kind = "source"
        [[step]]
        name   = "count"
        kind   = "count"
        window = "50ms"
        [[step]]
        name   = "table"
        kind   = "sink"
        shards = 1
        [cluster]
        workers     = 2
        routing-lag = "{routing_lag}"
        {faults}
        "#
    );
    Scenario::parse(&text, Path::new("four.toml")).unwrap_or_else(|error| panic!("{error}")).trial
}

#[test]
fn a_world_is_not_at_rest_while_a_move_is_not_known_everywhere() {
    let moved = |before| {
        format!(
            "[[fault]]\nat = {{ record = \"count/bob@100ms#0\", before = \"{before}\" }}\ndo = \"move\"\n"
        )
    };
    // Granted away at some 109 ms and back 4 ms later, it is where it was; but until 313 ms senders look it up
    // as it was before, and after that for a while where it was in between.
    let trial = moved_about("200ms", &[moved("answer"), moved("settle")].concat());
    let mut simulator = trial.simulator();
    assert!(simulator.detail(None).unfired.is_empty());
    let rests = |simulator: &mut Simulator<'_>| {
        let found = simulator.extensions_and_rests(None, &default_kinds());
        found.rests.iter().any(|rest| rest.at == 304_000_000)
    };
    assert!(!rests(&mut simulator));
    simulator.place(&[]);
    assert!(rests(&mut simulator));
}

#[test]
fn what_comes_after_the_same_rest_comes_to_the_same() {
    let all = default_kinds();
    // The right design, and wrong ones whose damage is done before a rest or waits for it.
    for mechanism in [
        "",
        "dedup = \"off\"",
        "dedup = { window = \"10ms\" }",
        "outputs = \"recompute\"",
        "outputs = \"recompute\"\nstamps = \"fresh\"",
        "stamps = \"wall-clock\"",
        "fencing = false",
        "atomic = \"state-first\"",
        "ack = \"on-receipt\"",
    ] {
        let trial = plan_of("chapter/small.toml", mechanism);
        let same = check_rests(&trial, &all, 1);
        assert!(same > 20, "{mechanism}: {same}");
    }
    // Several rests, some soon after a shard has gone to another worker, or there and back.
    for lag in ["20ms", "200ms"] {
        let trial = moved_about(lag, "");
        let same = check_rests(&trial, &all, 1);
        assert!(same > 20, "{lag}: {same}");
        assert!(check_rests(&trial, &[Kind::Move, KindName::Pause.with_defaults()], 2) > 20);
    }
    // Two faults, of the kinds that leave most behind.
    let trial = plan_of("outputs/coin-checkpointed.toml", "");
    let kinds = [KindName::Crash, KindName::Move, KindName::CommitDelayed, KindName::DropAck];
    assert!(check_rests(&trial, &kinds.map(KindName::with_defaults), 2) > 500);
}

#[test]
fn after_a_rest_one_of_several_schedules_is_run_until_something_breaks() {
    let coin = |mechanism: &str| plan_of("outputs/coin-checkpointed.toml", mechanism);
    let both = |trial: &Trial| {
        let all = Space { prunes: false, ..space(trial, 2) };
        (search(trial, &space(trial, 2), 2), search(trial, &all, 2))
    };
    let rested = |found: &Exhaustion| found.total().needless[Needless::SameRest as usize];
    let (pruned, all) = both(&coin(""));
    assert!(pruned.certificate().is_some() && all.certificate().is_some());
    assert!(pruned.total().runs * 4 < all.total().runs * 3);
    // With two faults it breaks, and all variants of what breaks it are found.
    let (pruned, all) = both(&coin("outputs = \"recompute\""));
    assert_eq!(rested(&pruned), 0);
    let groups = |found: &Exhaustion| {
        let all: BTreeSet<_> = groups(&found.causes).into_iter().map(|group| group.kinds).collect();
        all
    };
    assert!(!pruned.causes.is_empty());
    assert_eq!(groups(&pruned), groups(&all));
}
