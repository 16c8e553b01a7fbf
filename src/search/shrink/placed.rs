//! A fault at a time, as a person writes it who watches a clock, is put before the step of the protocol or at
//! the request where it does the same damage. There it can be weaker, and there every search looks for it.

use super::bench::{Bench, is_on};
use super::case::Case;
use super::local::likes;
use onceproof_sim::fault::Fault;

/// Puts each fault that is placed at a time somewhere else, if the failure stays: on the damaged record if
/// that is enough, else anywhere.
pub fn instead_of_times(bench: &mut Bench<'_>, case: &mut Case) {
    let trial = case.trial(bench.most_events);
    let mut simulator = trial.simulator();
    for number in 0..case.faults.len() {
        if case.faults[number].at.time.is_none() {
            continue;
        }
        let Some(hit) = bench.hits_with(&mut simulator, case, &case.faults) else { return };
        let record = bench.goal.damage(&hit.outcome).map(|damage| damage.record.as_str());
        let mut faults = case.faults.clone();
        let timed = faults.remove(number);
        simulator.place(&faults);
        bench.count();
        let (_, possible) = simulator.explore(case.seed, &likes(&[timed.kind]));
        let with_kind = |fault: Fault| Fault { kind: timed.kind, ..fault };
        let mut places: Vec<Fault> = possible.into_iter().map(with_kind).collect();
        places.sort_by_key(|fault| record.is_none_or(|record| !is_on(fault, record, &trial)));
        for place in places {
            faults.insert(number, place);
            let hit = bench.hits_with(&mut simulator, case, &faults);
            if hit.is_some_and(|hit| hit.fired.len() == faults.len()) {
                case.faults = faults;
                break;
            }
            faults.remove(number);
        }
    }
}
