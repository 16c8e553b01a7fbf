//! What several subjects share. Here an exhaustive search through schedules of faults, as plain as can be: it leaves
//! out nothing. What `onceproof exhaust` counts is compared with it.

pub mod library;
pub mod rules;
pub mod rust_text;
pub mod schema;
pub mod values;

use onceproof::search::threads::Threads;
use onceproof_sim::fault::Fault;
use onceproof_sim::outcome::{Classes, Verdict};

use onceproof_sim::simulator::default_kinds;
use onceproof_systems::{Simulator, Trial};
use std::num::NonZeroUsize;

/// So many threads.
pub fn threads(count: usize) -> Threads {
    Threads::new(NonZeroUsize::new(count).expect("at least one"))
}

/// Runs every schedule of at most `most` faults; returns how many there were, and what was found with the
/// first schedule that found it.
pub fn exhaust(trial: &Trial, most: usize) -> (u64, Classes, Option<Vec<Fault>>) {
    let mut simulator = trial.simulator();
    let mut found = (0, Classes::default(), None);
    extend(&mut simulator, &mut Vec::new(), most, &mut found);
    found
}

/// Runs one schedule, then each that has one more fault at a place that comes after its last.
fn extend(
    simulator: &mut Simulator<'_>,
    faults: &mut Vec<Fault>,
    most: usize,
    found: &mut (u64, Classes, Option<Vec<Fault>>),
) {
    simulator.place(faults);
    // What could follow a schedule that is extended no more need not be written down.
    let (brief, possible) = match faults.len() < most {
        true => simulator.explore(None, &default_kinds()),
        false => (simulator.brief(None), Vec::new()),
    };
    found.0 += 1;
    for class in brief.classes.iter() {
        found.1.insert(class);
    }
    if brief.verdict != Verdict::ExactlyOnce && found.2.is_none() {
        found.2 = Some(faults.clone());
    }
    // Up to the last fault this run is its parent's, so what comes before it has had its turn.
    let after = match faults.last() {
        Some(last) => possible.iter().rposition(|fault| fault == last).map_or(0, |at| at + 1),
        None => 0,
    };
    let is_same_moment = |fault: &Fault| {
        let same =
            |last: &Fault| last.at == fault.at && last.kind.asked_at() == fault.kind.asked_at();
        faults.last().is_some_and(same)
    };
    // A point occurs once in a schedule.
    let next: Vec<Fault> =
        possible.into_iter().skip(after).filter(|fault| !is_same_moment(fault)).collect();
    for fault in next {
        faults.push(fault);
        extend(simulator, faults, most, found);
        faults.pop();
    }
}
