//! The exhaustive search: it meets every schedule once, leaves out only what changes nothing, finds the
//! smallest causes, and is the same on any number of threads and after any interruption.

mod coin;
mod cut_off;
mod forks;
mod necessity;
mod outlasting;
mod parameters;
mod states;

use crate::common::threads as so_many;
use onceproof::scenario::Scenario;
use onceproof::search::certificate::Exhaustion;
use onceproof::search::exhaust::{Advance, exhaust};
use onceproof::search::resume::Done;
use onceproof::search::space::{Space, bare};
use onceproof_kernel::time::{MILLISECOND, SECOND};
use onceproof_sim::fault::{Fault, Kind, KindName};
use onceproof_sim::outcome::{Class, Verdict};
use onceproof_sim::simulator::{Extensions, Needless, default_kinds};
use onceproof_systems::{Simulator, Trial};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The plan of a scenario file without its own faults, with these lines in place of its mechanisms.
fn plan_of(file: &str, mechanism: &str) -> Trial {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let text = std::fs::read_to_string(&path).expect("a scenario");
    let (before, after) = match text.split_once("[mechanism]") {
        Some((before, after)) => (before, after.find("\n[").map_or("", |at| &after[at..])),
        None => (text.as_str(), ""),
    };
    let text = format!("{before}\n[mechanism]\n{mechanism}\n{after}");
    bare(&Scenario::parse(&text, &path).unwrap_or_else(|error| panic!("{error}")).trial)
}

fn space(trial: &Trial, most: u32) -> Space {
    Space::new(trial, &KindName::ALL, most)
}

/// The search on so many threads.
fn search(trial: &Trial, space: &Space, threads: usize) -> Exhaustion {
    let cancel = AtomicBool::new(false);
    exhaust(so_many(threads), trial, None, space, &mut Done::default(), &cancel, &|_| {})
}

/// Three small scenarios: one record; one that a coin moves; two in late panes, few kinds.
fn small() -> [(Trial, u32); 3] {
    [
        (plan_of("crash/before-ack.toml", ""), 2),
        (plan_of("outputs/coin-flipped-again.toml", "outputs = \"recompute\""), 1),
        (plan_of("windows/late.toml", "dedup = \"off\""), 2),
    ]
}

#[test]
fn no_system_survives_a_store_that_forgets_what_it_has_answered() {
    for (file, fewest) in [("crash/before-ack.toml", 1), ("at-least-once/small.toml", 1)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
        let trial = bare(&Scenario::load(&path).unwrap_or_else(|error| panic!("{error}")).trial);
        let space = Space { kinds: vec![Kind::CommitForgotten], ..space(&trial, 1) };
        let found = search(&trial, &space, 1);
        assert!(found.causes.len() >= fewest, "{file}: {:?}", found.total());
        assert_eq!(found.total().inconclusive, 0, "{file}");
    }
}

#[test]
fn a_search_that_leaves_out_nothing_counts_as_many_runs_as_brute_force() {
    for (trial, most) in small() {
        let all = Space { prunes: false, runs_explained: true, ..space(&trial, most) };
        let found = search(&trial, &all, 2);
        let (runs, classes, first) = crate::common::exhaust(&trial, most as usize);
        assert_eq!(found.total().runs, runs);
        assert!(runs > 100, "{runs}");
        for class in Class::ALL {
            let is_found = found.causes.iter().any(|cause| cause.classes.contains(class));
            assert_eq!(is_found, classes.contains(class), "{class:?}");
        }
        assert_eq!(found.causes.is_empty(), first.is_none());
        assert_eq!(found.certificate().is_some(), first.is_none());
    }
}

#[test]
fn without_ids_no_two_faults_lose_anything_and_each_cause_counts_twice() {
    let trial = plan_of("dataflow-at-least-once/small.toml", "");
    let found = search(&trial, &Space::new(&trial, &KindName::ALL, 2), 2);
    assert_eq!(found.total().inconclusive, 0, "{:?}", found.total());
    // One of each is enough: whatever hides from a sender that its record is done with.
    let alone: BTreeSet<KindName> = found
        .causes
        .iter()
        .filter(|cause| cause.faults.len() == 1)
        .map(|cause| cause.faults[0].kind.name())
        .collect();
    for kind in [
        KindName::DropAck,
        KindName::ErrorApplied,
        KindName::Duplicate,
        KindName::Delay,
        KindName::CommitLost,
        KindName::CommitUnknown,
        KindName::CommitDelayed,
        KindName::Crash,
    ] {
        assert!(alone.contains(&kind), "{kind:?} of {alone:?}");
    }
    // A request that never arrives is sent again, and so is one that is refused.
    for kind in [KindName::DropRequest, KindName::ErrorNotApplied] {
        assert!(!alone.contains(&kind), "{kind:?} of {alone:?}");
    }
    for cause in &found.causes {
        assert_eq!(cause.classes.iter().collect::<Vec<_>>(), [Class::Duplicated], "{cause:?}");
    }
}

#[test]
fn what_a_cause_explains_is_counted_as_if_it_were_run() {
    let trial = plan_of("dedup/lost-ack-no-dedup.toml", "dedup = \"off\"");
    let kinds = [KindName::DropAck, KindName::CommitLost];
    let few = Space { prunes: false, ..Space::new(&trial, &kinds, 2) };
    let all = Space { runs_explained: true, ..few.clone() };
    let (few, all) = (search(&trial, &few, 1), search(&trial, &all, 1));
    assert!(few.total().explained > 100, "{:?}", few.total());
    assert_eq!(few.total().runs + few.total().explained, all.total().runs);
    assert_eq!(few.total().explained, all.total().explained);
    assert_eq!(few.causes, all.causes);
    let explained: u64 = few.causes.iter().map(|cause| cause.schedules - 1).sum();
    assert_eq!(explained, few.total().explained);
}

#[test]
fn every_schedule_is_met_once() {
    let trial = plan_of("crash/before-ack.toml", "");
    let mut simulator = trial.simulator();
    let mut met: Vec<Vec<Fault>> = Vec::new();
    every_schedule(&mut simulator, &mut Vec::new(), 2, &mut |simulator, schedule| {
        // All of its faults fire, in their order.
        let fired = simulator.detail(None).schedule;
        assert_eq!(fired, schedule);
        met.push(schedule.to_vec());
    });
    // As sets: whatever the order of their faults.
    let sets: BTreeSet<Vec<String>> = met
        .iter()
        .map(|schedule| {
            let mut texts: Vec<String> =
                schedule.iter().map(|fault| format!("{fault:?}")).collect();
            texts.sort_unstable();
            texts
        })
        .collect();
    assert_eq!(sets.len(), met.len());
}

fn every_schedule(
    simulator: &mut Simulator<'_>,
    schedule: &mut Vec<Fault>,
    most: usize,
    meet: &mut dyn FnMut(&mut Simulator<'_>, &[Fault]),
) {
    simulator.place(schedule);
    meet(simulator, schedule);
    if schedule.len() == most {
        return;
    }
    let kinds = [Kind::DropRequest, Kind::DropAck, KindName::Crash.with_defaults()];
    let next = simulator.extensions(None, &kinds).possible;
    for possibility in next {
        schedule.push(possibility.fault);
        every_schedule(simulator, schedule, most, meet);
        schedule.pop();
    }
}

/// What all runs of a search come to, with what is needless or without, and how much was left out for each
/// reason.
type Outcomes = (BTreeSet<(u128, Vec<Class>)>, [u64; Needless::ALL.len()]);

fn outcomes(trial: &Trial, kinds: &[Kind], most: usize, prunes: bool) -> Outcomes {
    let mut met = Outcomes::default();
    let mut schedules = vec![Vec::new()];
    let mut simulator = trial.simulator();
    while let Some(schedule) = schedules.pop() {
        simulator.place(&schedule);
        let Extensions { brief, possible: next, .. } = simulator.extensions(None, kinds);
        met.0.insert((brief.fingerprint, brief.classes.iter().collect()));
        if schedule.len() == most {
            continue;
        }
        for possibility in next {
            match possibility.needless {
                Some(needless) if prunes => met.1[needless as usize] += 1,
                Some(_) | None => {
                    schedules.push([&schedule[..], &[possibility.fault]].concat());
                }
            }
        }
    }
    met
}

#[test]
fn what_is_left_out_as_needless_comes_to_nothing_new() {
    let check = |trial: &Trial, kinds: &[Kind], most, reasons: &[Needless]| {
        let (all, none) = outcomes(trial, kinds, most, false);
        let (pruned, left_out) = outcomes(trial, kinds, most, true);
        assert_eq!(none, [0; Needless::ALL.len()]);
        assert!(reasons.iter().all(|&reason| left_out[reason as usize] > 0), "{left_out:?}");
        assert!(pruned == all, "{} of {}", pruned.len(), all.len());
    };
    let all = default_kinds();
    // One record and every kind: a cut link loses what another fault would have lost.
    let seen_in_one_run = [Needless::SameCrash, Needless::CutOff];
    let recompute = plan_of("crash/before-ack.toml", "outputs = \"recompute\"");
    check(&plan_of("crash/before-ack.toml", ""), &all, 2, &seen_in_one_run);
    check(&recompute, &all, 2, &seen_in_one_run);
    let [_, (coin, _), (late, _)] = small();
    check(&late, &all, 2, &seen_in_one_run);
    // A crash after the coin was flipped is not the one before it: there is another execution then, and it
    // may answer otherwise.
    let flips = [KindName::Crash, KindName::UserDiffers, KindName::UserFails];
    check(&coin, &flips.map(KindName::with_defaults), 3, &[Needless::SameCrash]);
    // Nor is a crash after a duplicate has made its id young again the one before it: 25 ms later the id of 50 ms may
    // be forgotten, or not.
    let refreshed = "dedup = { window = { length = \"50ms\", refresh-on-hit = true } }";
    let short = [Kind::Crash { restart: 25 * MILLISECOND }, Kind::DropAck];
    check(&plan_of("crash/before-ack.toml", refreshed), &short, 2, &[Needless::SameCrash]);
    // Nor one after a queue has handed out a message.
    let again = [KindName::Crash, KindName::Redeliver].map(KindName::with_defaults);
    let queue = plan_of("waits/queue-deadline-of-15-minutes.toml", "");
    check(&queue, &again, 2, &[Needless::SameCrash]);
}

#[test]
fn pruning_finds_what_breaks_all_the_same() {
    for mechanism in ["ack = \"on-receipt\"", "atomic = \"id-first\"", "re-ack = false"] {
        let trial = plan_of("crash/before-ack.toml", mechanism);
        let pruned = search(&trial, &space(&trial, 2), 2);
        let all = search(&trial, &Space { prunes: false, ..space(&trial, 2) }, 2);
        assert!(pruned.total().runs < all.total().runs);
        let classes = |found: &Exhaustion| {
            let mut all: Vec<_> = found
                .causes
                .iter()
                .map(|cause| (cause.faults.len(), cause.classes.iter().collect::<Vec<_>>()))
                .collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        assert!(!pruned.causes.is_empty(), "{mechanism}");
        assert_eq!(classes(&pruned), classes(&all), "{mechanism}");
    }
}

#[test]
fn no_part_of_a_cause_breaks_anything() {
    let trial = plan_of("outputs/coin-flipped-again.toml", "outputs = \"recompute\"");
    let kinds = [KindName::Crash, KindName::UserDiffers, KindName::DropAck];
    let found = search(&trial, &Space::new(&trial, &kinds, 2), 2);
    assert!(!found.causes.is_empty());
    let mut simulator = trial.simulator();
    for cause in &found.causes {
        simulator.place(&cause.faults);
        assert_eq!(simulator.brief(None).classes, cause.classes);
        for without in 0..cause.faults.len() {
            let mut part = cause.faults.clone();
            part.remove(without);
            simulator.place(&part);
            assert_eq!(simulator.brief(None).verdict, Verdict::ExactlyOnce);
        }
    }
}

#[test]
fn every_cause_can_be_written_as_a_scenario_that_replays_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/chapter/small.toml");
    let text = std::fs::read_to_string(&path).expect("a scenario");
    for mechanism in ["dedup = \"off\"", "give-up = 1", "ack = \"on-receipt\"", "re-ack = false"] {
        let text = format!("{text}\n[mechanism]\n{mechanism}\n");
        let scenario = Scenario::parse(&text, &path).expect("a scenario");
        let found = search(&scenario.trial, &space(&scenario.trial, 1), 2);
        assert!(found.causes.len() > 5, "{mechanism}");
        let mut simulator = scenario.trial.simulator();
        for cause in &found.causes {
            simulator.place(&cause.faults);
            let brief = simulator.brief(None);
            let saved = scenario.saved_failure(None, &cause.faults, cause.classes, &path);
            let saved = Scenario::parse(&saved, &path).unwrap_or_else(|error| panic!("{error}"));
            let again = saved.trial.simulator().detail(None);
            assert_eq!(again.brief.fingerprint, brief.fingerprint);
            assert_eq!((again.brief.classes, again.unfired), (cause.classes, Vec::new()));
        }
    }
}

#[test]
fn a_search_is_the_same_on_any_number_of_threads() {
    let trial = plan_of("dedup/lost-ack-no-dedup.toml", "dedup = \"off\"");
    let space = Space::new(&trial, &[KindName::DropAck, KindName::Crash, KindName::Delay], 2);
    let one = search(&trial, &space, 1);
    assert_eq!(search(&trial, &space, 2), one);
    assert_eq!(search(&trial, &space, 5), one);
    assert!(one.is_complete());
}

#[test]
fn an_interrupted_search_goes_on_where_it_was() {
    // One that finds causes, and one that leaves out what comes after the same state.
    for mechanism in ["dedup = \"off\"", "dedup = \"catalog\""] {
        interrupt_and_go_on(&plan_of("dedup/lost-ack-no-dedup.toml", mechanism));
    }
}

fn interrupt_and_go_on(trial: &Trial) {
    let space = Space::new(trial, &[KindName::DropAck, KindName::Crash, KindName::CommitLost], 2);
    let whole = search(trial, &space, 1);
    let mut done = Done::default();
    let mut rounds = 0;
    let found = loop {
        let (cancel, parts, runs) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
        let tell = |told: Advance<'_>| match told {
            Advance::Part(..) if parts.fetch_add(1, Ordering::Relaxed) == 30 => {
                cancel.store(true, Ordering::Relaxed);
            }
            Advance::Runs(more) => {
                runs.fetch_add(more, Ordering::Relaxed);
            }
            Advance::Level(..) | Advance::Found(..) | Advance::Part(..) => {}
        };
        let found = exhaust(so_many(2), trial, None, &space, &mut done, &cancel, &tell);
        rounds += 1;
        assert!(runs.into_inner() < whole.total().runs);
        assert_eq!(found.is_complete(), !found.interrupted);
        if !found.interrupted {
            break found;
        }
        // What is done goes through a file.
        let text = serde_json::to_string(&done).expect("a document");
        done = serde_json::from_str(&text).expect("what was written");
    };
    assert!(rounds > 2, "{rounds}");
    assert_eq!(found, whole);
}

#[test]
fn a_search_that_is_cancelled_runs_no_more_schedules_of_any_number_of_faults() {
    let trial = plan_of("outputs/coin-checkpointed.toml", "");
    let cancel = AtomicBool::new(true);
    let (space, done) = (space(&trial, 1), &mut Done::default());
    let found = exhaust(so_many(2), &trial, None, &space, done, &cancel, &|_| {});
    assert_eq!((found.total().runs, found.interrupted), (0, true));
}

#[test]
fn a_search_that_stops_at_a_cause_has_all_of_the_smallest() {
    let trial = plan_of("dedup/lost-ack-no-dedup.toml", "dedup = \"off\"");
    let space = Space::new(&trial, &[KindName::DropAck], 3);
    let found = search(&trial, &Space { stops_at_cause: true, ..space.clone() }, 1);
    assert_eq!((found.levels.len(), found.stopped, found.is_complete()), (2, true, false));
    let one = search(&trial, &Space { most: 1, ..space }, 1);
    assert_eq!(found.causes, one.causes);
}

#[test]
fn what_breaks_without_any_fault_explains_everything() {
    let trial = plan_of("crash/before-ack.toml", "gc = \"never\"");
    let found = search(&trial, &space(&trial, 2), 1);
    assert_eq!((found.total().runs, found.causes.len()), (1, 1));
    assert!(
        found.causes[0].faults.is_empty() && found.causes[0].classes.contains(Class::Unbounded)
    );
    assert!(found.is_complete() && found.certificate().is_none());
}

#[test]
fn a_run_that_hits_a_limit_makes_no_certificate() {
    let mut trial = plan_of("crash/before-ack.toml", "");
    let events = trial.simulator().brief(None).work.events;
    // Enough for the run without faults and for no retry.
    trial.plan.until.events = events + 1;
    let found = search(&trial, &Space::new(&trial, &[KindName::DropAck], 1), 1);
    assert!(found.causes.is_empty() && found.total().inconclusive > 0);
    assert!(!found.is_complete() && found.certificate().is_none());
    assert_eq!(found.first_inconclusive.expect("a schedule").len(), 1);
}
