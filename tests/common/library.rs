//! Files of the library without their faults, and all that their schedules come to.

use onceproof::scenario::{Changes, Scenario};
use onceproof::search::certificate::Exhaustion;
use onceproof::search::exhaust::exhaust;
use onceproof::search::resume::Done;
use onceproof::search::space::{Space, bare};
use onceproof::search::threads::Threads;
use onceproof_sim::fault::{Kind, KindName};
use onceproof_systems::Trial;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// A file below `scenarios/` without its faults, with these settings and keys of steps.
pub fn trial_of(file: &str, settings: &str, steps: &[&str]) -> Trial {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let scenario = Scenario::load(&path).unwrap_or_else(|error| panic!("{error}"));
    let mechanism = (!settings.is_empty()).then(|| settings.to_owned());
    let steps = steps.iter().map(|&step| step.to_owned()).collect();
    let changed = scenario.redesigned(&Changes { mechanism, steps, ..Changes::default() });
    bare(&changed.unwrap_or_else(|error| panic!("{error}")).trial)
}

/// All schedules of at most so many faults of these kinds.
pub fn search(trial: &Trial, kinds: &[KindName], most: u32) -> Exhaustion {
    search_space(trial, &Space::new(trial, kinds, most))
}

/// All schedules of at most so many faults of this kind, with its parameters.
pub fn search_one(trial: &Trial, kind: Kind, most: u32) -> Exhaustion {
    search_space(trial, &Space { kinds: vec![kind], ..Space::new(trial, &[], most) })
}

fn search_space(trial: &Trial, space: &Space) -> Exhaustion {
    let cancel = AtomicBool::new(false);
    exhaust(Threads::per_core(), trial, None, space, &mut Done::default(), &cancel, &|_| {})
}
