//! After a state that another schedule leads to, too, one of the two is run: nothing can tell them apart.

mod engines;

use super::{plan_of, search, space};
use onceproof::scenario::Scenario;
use onceproof::search::causes::groups;
use onceproof::search::certificate::Exhaustion;
use onceproof::search::space::Space;
use onceproof_sim::fault::{Fault, Kind, KindName};
use onceproof_sim::outcome::Brief;
use onceproof_sim::simulator::{Extensions, Needless, StateMet, default_kinds};
use onceproof_systems::{Simulator, Trial};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::rc::Rc;

/// A run, the states that it came to, and what could have happened in it.
struct Run {
    schedule: Vec<Fault>,
    brief: Brief,
    states: Vec<StateMet>,
    possible: Vec<Fault>,
}

/// Runs all schedules of at most so many faults of these kinds, and asserts of each one that comes to a state of another
/// one that both go on alike, that the same can happen to both after it, and that this comes to the same. Returns how
/// many there were.
fn check_states(trial: &Trial, kinds: &[Kind], most: usize) -> usize {
    let mut simulator = trial.simulator();
    let mut met: BTreeMap<u128, (Rc<Run>, usize)> = BTreeMap::new();
    let mut schedules = VecDeque::from([Vec::new()]);
    let mut same = 0;
    while let Some(schedule) = schedules.pop_front() {
        simulator.place(&schedule);
        let Extensions { brief, possible, states, .. } =
            simulator.extensions_and_states(None, kinds);
        let possible: Vec<Fault> = possible.into_iter().map(|next| next.fault).collect();
        if schedule.len() < most {
            for next in &possible {
                schedules.push_back([&schedule[..], std::slice::from_ref(next)].concat());
            }
        }
        let run = Rc::new(Run { schedule, brief, states, possible });
        for (at, StateMet { state, .. }) in run.states.iter().enumerate() {
            if let Some((other, of_other)) = met.get(state) {
                check_same(&mut simulator, [(other, *of_other), (&run, at)], same);
                same += 1;
                break;
            }
            met.insert(*state, (run.clone(), at));
        }
    }
    same
}

/// Two runs that are in one state, each in that of this number. What could follow is tried for one pair in forty: every
/// seventh of it, beginning with another one each time.
fn check_same(simulator: &mut Simulator<'_>, pair: [(&Run, usize); 2], number: usize) {
    // When the last timer that nobody waits for is gone says nothing.
    let what_it_comes_to = |brief: &Brief| (brief.verdict, brief.classes, brief.ledger);
    let [first, second] = pair.map(|(run, _)| &run.schedule);
    let [end, other_end] = pair.map(|(run, _)| what_it_comes_to(&run.brief));
    assert_eq!(end, other_end, "{first:?} {second:?}");
    // Not every state can be told.
    let [later, other_later] = pair.map(|(run, at)| {
        let later = run.states[at..].iter().map(|met| (met.at, met.state));
        later.collect::<BTreeMap<u64, u128>>()
    });
    for (at, state) in later {
        let other = other_later.get(&at);
        assert!(other.is_none_or(|&other| other == state), "at {at}: {first:?} {second:?}");
    }
    let [after, other_after] = pair.map(|(run, at)| &run.possible[run.states[at].before..]);
    let kinds = |of: &[Fault]| of.iter().map(|fault| fault.kind).collect::<Vec<_>>();
    assert_eq!(kinds(after), kinds(other_after), "{first:?} {second:?}");
    if !number.is_multiple_of(40) {
        return;
    }
    for (next, other) in after.iter().zip(other_after).skip(number / 40 % 7).step_by(7) {
        let mut with = |schedule: &[Fault], next: &Fault| {
            simulator.place(&[schedule, std::slice::from_ref(next)].concat());
            what_it_comes_to(&simulator.brief(None))
        };
        assert_eq!(with(first, next), with(second, other), "{first:?} {second:?} {next:?}");
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
fn no_state_is_told_while_a_move_is_not_known_everywhere() {
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
    let is_told = |simulator: &mut Simulator<'_>| {
        let found = simulator.extensions_and_states(None, &default_kinds());
        found.states.iter().any(|met| met.at == 304_000_000)
    };
    assert!(!is_told(&mut simulator));
    simulator.place(&[]);
    assert!(is_told(&mut simulator));
}

#[test]
fn what_comes_after_the_same_state_comes_to_the_same() {
    let all = default_kinds();
    // The right design, and wrong ones whose damage is done before a state or waits for it.
    for mechanism in [
        "",
        "dedup = \"off\"",
        "dedup = { window = \"10ms\" }",
        "settle = \"with-next\"",
        "settle = \"with-next\"\ndedup = \"off\"",
        "outputs = \"recompute\"",
        "outputs = \"recompute\"\nstamps = \"fresh\"",
        "stamps = \"wall-clock\"",
        "fencing = false",
        "atomic = \"state-first\"",
        "ack = \"on-receipt\"",
    ] {
        let trial = plan_of("chapter/small.toml", mechanism);
        let same = check_states(&trial, &all, 1);
        assert!(same > 20, "{mechanism}: {same}");
    }
    // Several times at which nothing happens, some soon after a shard has gone to another worker, or there and back.
    for lag in ["20ms", "200ms"] {
        let trial = moved_about(lag, "");
        let same = check_states(&trial, &all, 1);
        assert!(same > 20, "{lag}: {same}");
        assert!(check_states(&trial, &[Kind::Move, KindName::Pause.with_defaults()], 2) > 20);
    }
    // Two faults, of the kinds that leave most behind.
    let trial = plan_of("outputs/coin-checkpointed.toml", "");
    let kinds = [KindName::Crash, KindName::Move, KindName::CommitDelayed, KindName::DropAck];
    assert!(check_states(&trial, &kinds.map(KindName::with_defaults), 2) > 500);
}

#[test]
fn after_a_state_one_of_several_schedules_is_run_until_something_breaks() {
    let coin = |mechanism: &str| plan_of("outputs/coin-checkpointed.toml", mechanism);
    let both = |trial: &Trial| {
        let all = Space { prunes: false, ..space(trial, 2) };
        (search(trial, &space(trial, 2), 2), search(trial, &all, 2))
    };
    let left_out = |found: &Exhaustion| found.total().needless[Needless::SameState as usize];
    let (pruned, all) = both(&coin(""));
    assert!(pruned.certificate().is_some() && all.certificate().is_some());
    assert!(pruned.total().runs * 4 < all.total().runs * 3);
    // With two faults it breaks, and all variants of what breaks it are found.
    let (pruned, all) = both(&coin("outputs = \"recompute\""));
    assert_eq!(left_out(&pruned), 0);
    let groups = |found: &Exhaustion| {
        let all: BTreeSet<_> = groups(&found.causes).into_iter().map(|group| group.kinds).collect();
        all
    };
    assert!(!pruned.causes.is_empty());
    assert_eq!(groups(&pruned), groups(&all));
}
