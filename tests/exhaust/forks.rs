//! A run that goes on where another one stands is the run that it would have been from the beginning, in every figure and by
//! its fingerprint; and what a search finds with forks is what it finds without.

use super::{search, space};
use crate::common::rules::scenario;
use onceproof::search::space::{Space, bare};
use onceproof_sim::fault::{Fault, Kind, KindName};
use onceproof_sim::simulator::{Extensions, Possibility};
use onceproof_systems::{Simulator, Trial};
use std::sync::atomic::AtomicBool;

static NEVER: AtomicBool = AtomicBool::new(false);

/// The small pipeline of each system that can be copied; and such as are wrong in ways that show late.
const SMALL: &[(&str, &str, &str)] = &[
    ("chapter", "small.toml", ""),
    ("chapter", "small.toml", "outputs = \"recompute\""),
    ("chapter", "small.toml", "dedup = \"off\""),
    ("best-effort", "small.toml", ""),
    ("at-least-once", "small.toml", ""),
    ("lambda", "small.toml", ""),
    ("transactions", "small.toml", ""),
    ("snapshot", "small.toml", ""),
    ("snapshot", "small.toml", "mode = \"unaligned\""),
    ("snapshot", "small.toml", "barriers = \"in-order\""),
    ("micro-batch", "small.toml", ""),
    ("micro-batch", "coin.toml", ""),
];

/// About so many of what could follow, spread over all of it; others each time that it is asked.
fn some(all: &[Possibility], many: usize, time: usize) -> impl Iterator<Item = &Possibility> {
    let step = all.len() / many + 1;
    all.iter().skip(time % step).step_by(step)
}

/// Goes through some schedules of up to three faults, and compares each run that goes on from a fork with the run from the
/// beginning. Returns how many of three there were.
fn compare(trial: &Trial, seed: Option<u64>, many: [usize; 3]) -> usize {
    let kinds = space(trial, 3).kinds;
    let mut forks = trial.forks().expect("a system that can be copied");
    let mut anew = trial.simulator();
    anew.place(&[]);
    let firsts = extensions(&mut anew, seed, &kinds, &[]);
    forks.begin(seed, &kinds, 2);
    let mut compared = 0;
    for first in some(&firsts.possible, many[0], 3) {
        let one = [first.fault.clone()];
        let after_one =
            forks.branch(&one, first.question, Some(&mut |_| true), &NEVER).expect("not stopped");
        assert_eq!(after_one, extensions(&mut anew, seed, &kinds, &one), "{one:?}");
        for second in some(&after_one.possible, many[1], compared) {
            let two = [&one[..], std::slice::from_ref(&second.fault)].concat();
            let after_two = forks
                .branch(&two, second.question, Some(&mut |_| true), &NEVER)
                .expect("not stopped");
            assert_eq!(after_two, extensions(&mut anew, seed, &kinds, &two), "{two:?}");
            for Possibility { fault, question, .. } in some(&after_two.possible, many[2], compared)
            {
                let three = [&two[..], std::slice::from_ref(fault)].concat();
                let brief = forks.twig(&three, *question, &NEVER).expect("not stopped");
                assert!(forks.unfired().is_empty(), "{three:?}");
                anew.place(&three);
                assert_eq!(brief, anew.brief(seed), "{three:?}");
                compared += 1;
            }
            forks.leave();
        }
        forks.leave();
    }
    compared
}

fn extensions(
    anew: &mut Simulator<'_>,
    seed: Option<u64>,
    kinds: &[Kind],
    faults: &[Fault],
) -> Extensions {
    anew.place(faults);
    anew.extensions_and_states(seed, kinds)
}

#[test]
fn a_run_that_goes_on_from_a_fork_is_the_run_from_the_beginning() {
    for &(folder, file, settings) in SMALL {
        let trial = bare(&scenario(folder, file, settings).trial);
        let compared = compare(&trial, None, [40, 8, 8]);
        assert!(compared > 100, "{folder}, {settings}: {compared}");
    }
}

#[test]
fn with_a_seed_it_is_so_too() {
    for folder in ["chapter", "transactions", "snapshot"] {
        let trial = bare(&scenario(folder, "small.toml", "").trial);
        assert!(compare(&trial, Some(7), [20, 6, 6]) > 50, "{folder}");
    }
}

#[test]
fn what_a_search_finds_with_forks_is_what_it_finds_without() {
    for (folder, file, settings, most) in [
        ("crash", "before-ack.toml", "", 2),
        ("crash", "before-ack.toml", "dedup = \"off\"", 2),
        ("outputs", "coin-flipped-again.toml", "outputs = \"recompute\"", 2),
        ("snapshot", "small.toml", "barriers = \"in-order\"", 1),
    ] {
        let trial = bare(&scenario(folder, file, settings).trial);
        let with = search(&trial, &space(&trial, most), 2);
        let without = search(&trial, &Space { forks: false, ..space(&trial, most) }, 2);
        assert_eq!(with, without, "{folder}/{file}, {settings}");
    }
}

/// The acks of both copies of a request share a fate. A run that went on between them once knew nothing of the first one's,
/// and the second ack came through.
#[test]
fn the_ack_of_a_second_copy_has_the_fate_of_the_first_also_after_a_fork() {
    let trial = bare(&scenario("chapter", "small.toml", "").trial);
    let names = [KindName::Duplicate, KindName::DropAck, KindName::Crash];
    let with = Space::new(&trial, &names, 3);
    let without = Space { forks: false, ..with.clone() };
    assert_eq!(search(&trial, &with, 2), search(&trial, &without, 2));
}
