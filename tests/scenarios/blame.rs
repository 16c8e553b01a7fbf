//! What a report blames is tried on every scenario that fails: with the faults taken away the damage is gone, with one
//! set alone it is there, and without any one of the set it is not.

use crate::{files, load};
use onceproof::search::blame::{Blame, Cause, blame};
use onceproof::search::shrink::bench::Watch;
use onceproof_sim::fault::{Climate, Fault};
use onceproof_sim::outcome::{Class, Damage, Outcome, Verdict};
use onceproof_sim::plan::Plan;
use onceproof_sim::simulator::Simulator;
use std::collections::BTreeSet;

/// What went wrong: a class, and with some classes a step and a record.
type Harm = (Class, Option<(u16, String)>);

#[test]
fn what_is_blamed_did_it_and_nothing_else_was_needed() {
    let (mut failing, mut sets) = (0, 0);
    for file in files() {
        let scenario = load(&file);
        let seed = scenario.seed_of_run(None).seed;
        let outcome = Simulator::new(&scenario.plan).detail(seed);
        if outcome.brief.verdict != Verdict::Violated {
            continue;
        }
        failing += 1;
        let all: Vec<usize> = (0..outcome.damage.len()).collect();
        let Blame { damage, classes, .. } =
            blame(&scenario.plan, seed, &outcome, &all, Watch::none());
        let damaged = outcome.damage.iter().zip(damage);
        let of_records =
            damaged.map(|(damage, cause)| (harm(damage), cause.expect("it was asked")));
        let of_classes = classes.into_iter().map(|(class, cause)| ((class, None), cause));
        let found: Vec<(Harm, Cause)> = of_records.chain(of_classes).collect();
        let named: BTreeSet<Class> = found.iter().map(|((class, _), _)| *class).collect();
        assert_eq!(named, outcome.brief.classes.iter().collect(), "{file}");
        let with = |faults: &[usize]| harms(&scenario.plan, seed, &outcome, faults);
        for (harm, cause) in &found {
            sets += check(&file, harm, cause, outcome.schedule.len(), &with);
        }
    }
    assert!(failing > 70 && sets > 200, "{failing} files fail, by {sets} sets");
}

/// Tries one cause, and says how many sets it has.
fn check(
    file: &str,
    harm: &Harm,
    cause: &Cause,
    faults: usize,
    with: &impl Fn(&[usize]) -> BTreeSet<Harm>,
) -> usize {
    let sets = match cause {
        Cause::NoFault => {
            assert!(with(&[]).contains(harm), "{file}: {harm:?} takes a fault");
            return 0;
        }
        Cause::Unknown => panic!("{file}: {harm:?} is not found out"),
        Cause::Faults { sets, is_all } => {
            assert!(is_all, "{file}: {harm:?} has others, too");
            sets
        }
    };
    let others: Vec<usize> =
        (0..faults).filter(|at| sets.iter().all(|set| !set.contains(at))).collect();
    assert!(!with(&others).contains(harm), "{file}: {harm:?} is there without {sets:?}");
    for set in sets {
        assert!(with(set).contains(harm), "{file}: {set:?} is not enough for {harm:?}");
        for left_out in set {
            let rest: Vec<usize> = set.iter().copied().filter(|at| at != left_out).collect();
            assert!(!with(&rest).contains(harm), "{file}: {harm:?} does not need {left_out}");
        }
    }
    sets.len()
}

/// What goes wrong with some of the faults of a run.
fn harms(plan: &Plan, seed: Option<u64>, outcome: &Outcome, faults: &[usize]) -> BTreeSet<Harm> {
    let mut bare = plan.clone();
    bare.climate = Climate::default();
    bare.faults = faults.iter().map(|&at| outcome.schedule[at].clone()).collect::<Vec<Fault>>();
    let outcome = Simulator::new(&bare).detail(seed);
    let classes = outcome.brief.classes.iter().map(|class| (class, None));
    outcome.damage.iter().map(harm).chain(classes).collect()
}

fn harm(damage: &Damage) -> Harm {
    (damage.class, Some((damage.step.0, damage.record.clone())))
}

#[test]
fn a_divergent_record_says_where_two_executions_differed_and_what_each_left() {
    for (file, step, left) in [
        ("functions/lookup-recomputed.toml", "enrich", ["ann/0", "ann/1"]),
        ("functions/order-recomputed.toml", "number", ["ann/1", "ann/0"]),
        // The same pane, first of three records and then of four.
        (
            "windows/three-then-four-recompute.toml",
            "per-user",
            ["per-user/ann@0s#0 = 3", "per-user/ann@0s#0 = 4"],
        ),
    ] {
        let scenario = load(file);
        let outcome = Simulator::new(&scenario.plan).detail(None);
        let divergent: Vec<&Damage> =
            outcome.damage.iter().filter(|damage| damage.class == Class::Divergent).collect();
        assert!(!divergent.is_empty(), "{file}");
        for damage in divergent {
            assert_eq!(scenario.plan.pipeline.step(damage.step).name, step, "{file}");
            assert_eq!(damage.left, Some(left.map(str::to_owned)), "{file}");
        }
    }
}

#[test]
fn a_record_that_has_the_id_of_another_says_whose() {
    let scenario = load("ids/same-id-twice.toml");
    let outcome = Simulator::new(&scenario.plan).detail(None);
    let [damage] = &outcome.damage[..] else { panic!("{:?}", outcome.damage) };
    assert_eq!((damage.class, damage.record.as_str()), (Class::Lost, "events/0#1"));
    assert_eq!(damage.taken_for.as_deref(), Some("events/0#0"));
}
