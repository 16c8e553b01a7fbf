//! The rules of a system that are its settings, each of which may be left out: its scenarios with other settings, and what one
//! fault finds there.

use onceproof::scenario::{Changes, Scenario};
use onceproof::search::certificate::Exhaustion;
use onceproof::search::exhaust::exhaust;
use onceproof::search::resume::Done;
use onceproof::search::space::{Space, bare};
use onceproof::search::threads::Threads;
use onceproof::search::variants;
use onceproof_kernel::alphabet::Mark;
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::Class;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// A scenario of the library with other settings.
pub fn scenario(folder: &str, file: &str, settings: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(folder).join(file);
    let scenario = Scenario::load(&path).unwrap_or_else(|error| panic!("{error}"));
    let mechanism = (!settings.is_empty()).then(|| settings.to_owned());
    let changed = scenario.redesigned(&Changes { mechanism, ..Changes::default() });
    changed.unwrap_or_else(|error| panic!("{settings}: {error}"))
}

/// All schedules of at most one fault of the small pipeline, each kind as long as the file says.
pub fn search_small(folder: &str, settings: &str) -> Exhaustion {
    let trial = scenario(folder, "small.toml", settings).trial;
    let space = Space::new(&trial, &KindName::ALL, 1);
    let (threads, trial, cancel) = (Threads::per_core(), bare(&trial), AtomicBool::new(false));
    exhaust(threads, &trial, None, &space, &mut Done::default(), &cancel, &|_| {})
}

/// One fault finds these classes under these settings, or any class, if none is given.
pub fn is_found_by_one_fault(folder: &str, settings: &str, classes: &[Class]) {
    let causes = search_small(folder, settings).causes;
    let found: BTreeSet<Class> = causes.iter().flat_map(|cause| cause.classes.iter()).collect();
    assert!(!found.is_empty(), "{settings} is not found");
    assert!(classes.iter().all(|class| found.contains(class)), "{settings}: {found:?}");
}

/// Every wrong value that there is of the settings.
pub fn wrong_values(folder: &str) -> BTreeSet<String> {
    let small = scenario(folder, "small.toml", "");
    variants::wrong(&small).iter().map(|wrong| wrong.value()).collect()
}

/// Under each of so many seeds of the bad weather every count is exact; in how many runs each mark was reached.
pub fn reached_in_bad_weather(folder: &str, settings: &str, seeds: u64) -> [u64; Mark::COUNT] {
    let trial = scenario(folder, "random.toml", settings).trial;
    let mut simulator = trial.simulator();
    let mut reached = [0; Mark::COUNT];
    for seed in 0..seeds {
        let brief = simulator.brief(Some(seed));
        assert!(brief.classes.is_empty(), "{settings}, seed {seed}: {:?}", brief.classes);
        for (at, times) in brief.marks.0.iter().enumerate() {
            reached[at] += u64::from(*times > 0);
        }
    }
    reached
}
