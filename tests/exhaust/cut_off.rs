//! A search that is cut off says what it had done, and certifies nothing.

use super::{plan_of, search};
use onceproof::scenario::Scenario;
use onceproof::search::certificate::{CutOff, Exhaustion};
use onceproof::search::exhaust::{Advance, exhaust};
use onceproof::search::resume::Done;
use onceproof::search::space::{Space, bare};
use onceproof::search::threads::Threads;
use onceproof_sim::fault::KindName;
use onceproof_systems::Trial;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The search on one thread that ends once so many schedules were run.
fn after(runs: u64, trial: &Trial, space: &Space) -> (Exhaustion, Done) {
    let (cancel, run, mut done) = (AtomicBool::new(false), AtomicU64::new(0), Done::default());
    let tell = |told: Advance<'_>| {
        if let Advance::Runs(more) = told
            && run.fetch_add(more, Ordering::Relaxed) + more >= runs
        {
            cancel.store(true, Ordering::Relaxed);
        }
    };
    let found = exhaust(Threads::ONE, trial, None, space, &mut done, &cancel, &tell);
    (found, done)
}

#[test]
fn a_search_that_is_cut_off_tells_each_schedule_that_it_has_run() {
    let trial = plan_of("dedup/lost-ack-no-dedup.toml", "dedup = \"catalog\"");
    let space = Space::new(&trial, &[KindName::DropAck, KindName::Crash], 2);
    let whole = search(&trial, &space, 1);
    let [_, one, two] = whole.levels[..] else { panic!("{:?}", whole.levels) };
    assert!(whole.certificate().is_some() && whole.cut_off.is_none());
    // In the middle of the schedules of two faults that begin with one and the same fault.
    for more in [1, two.runs / 2, two.runs - 1] {
        let (found, done) = after(1 + one.runs + more, &trial, &space);
        let CutOff { faults, runs, about } = found.cut_off.expect("it is cut off");
        assert_eq!((faults, runs, found.levels[2].runs), (2, more, more));
        assert!(about >= two.runs, "{about}");
        assert_eq!((found.certificate(), found.interrupted), (None, true));
        // What is kept to go on with are whole parts.
        assert!(done.runs() <= one.runs + more);
    }
}

#[test]
fn a_search_that_is_cut_off_tells_what_it_has_found() {
    let trial = plan_of("dedup/lost-ack-no-dedup.toml", "dedup = \"off\"");
    let space = Space::new(&trial, &[KindName::DropAck, KindName::Crash], 1);
    let whole = search(&trial, &space, 1);
    assert!(!whole.causes.is_empty());
    let mut with_a_cause = 0;
    for runs in 2..whole.total().runs {
        let (found, _) = after(runs, &trial, &space);
        assert_eq!(found.total().runs, runs);
        assert_eq!(found.causes.len() as u64, found.total().violated);
        assert!(found.causes.iter().all(|cause| whole.causes.contains(cause)));
        with_a_cause += usize::from(!found.causes.is_empty());
    }
    assert!(with_a_cause > 0);
}

/// Where no cause was known, one schedule is run of those that come to the same. From the first cause on all are run, each
/// of which may be one; if there is no time for that, what was found stands.
#[test]
fn what_was_found_stands_where_there_is_no_time_to_run_all_that_comes_to_the_same() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/dedup/window-not-refreshed.toml");
    let trial = bare(&Scenario::load(&path).unwrap_or_else(|error| panic!("{error}")).trial);
    let kinds = [KindName::Crash, KindName::DropAck, KindName::Pause];
    let space = Space::new(&trial, &kinds, 2);
    let whole = search(&trial, &space, 1);
    assert_eq!(whole.causes.first().map(|cause| cause.faults.len()), Some(2));
    let (one, two) = (1 + whole.levels[1].runs, whole.levels[2].runs);
    let mut before = 0;
    let mut is_in_full = false;
    for more in (1..).map(|part| part * two / 10) {
        let (found, done) = after(one + more, &trial, &space);
        if found.cut_off.is_none() {
            break;
        }
        assert!(found.causes.len() >= before, "what was found is found");
        assert!(
            found
                .causes
                .iter()
                .all(|cause| whole.causes.iter().any(|of| of.faults == cause.faults))
        );
        before = found.causes.len();
        // What is kept is of the search through all, which has not come as far.
        is_in_full |= before > 0 && done.runs() < found.total().runs;
    }
    assert!(is_in_full && before > 0);
}
