//! A scenario run as its file says: as one run, or under its own seeds.

use super::sweep::{Stop, sweep};
use super::tally::{Seeds, Sweep};
use super::threads::Threads;
use crate::report::class_set;
use crate::scenario::{Expect, Scenario};
use std::sync::atomic::AtomicBool;

/// Runs a scenario as often as it takes to know whether it shows what it expects.
pub fn tested(threads: Threads, scenario: &Scenario, cancel: &AtomicBool) -> Sweep {
    let stop = match &scenario.expect {
        Expect::ExactlyOnce => Stop::AfterNotExact,
        // A limit holds for every run.
        Expect::Violates(_) if !scenario.stated.figures.is_empty() => Stop::Never,
        Expect::Violates(classes) => Stop::OnceFound(class_set(classes)),
    };
    sweep(threads, &scenario.trial, seeds_of(scenario), stop, cancel, &|_| {})
}

/// Which seeds a scenario is tested under.
pub fn seeds_of(scenario: &Scenario) -> Seeds {
    match scenario.is_swept() {
        true => Seeds::Range(scenario.sweep.clone()),
        false => Seeds::One(scenario.seed),
    }
}
