//! Places as a person would give them, without what the rest of the place says already; and as a search would.

use super::bench::Bench;
use super::case::Case;
#[cfg(feature = "cli")]
use onceproof_sim::fault::Fault;
use onceproof_sim::fault::Place;

/// Leaves out of each place what the very same run is found without.
pub fn plain_places(bench: &mut Bench<'_>, case: &mut Case) {
    let trial = case.trial(bench.most_events);
    let mut simulator = trial.simulator();
    let Some(first) = bench.hits_with(&mut simulator, case, &case.faults) else { return };
    let leave_out: [fn(&mut Place); 4] = [
        |place| place.from_shard = None,
        |place| place.shard = None,
        |place| place.from = None,
        |place| place.nth = None,
    ];
    for number in 0..case.faults.len() {
        for leave_out in leave_out {
            let mut faults = case.faults.clone();
            leave_out(&mut faults[number].at);
            let at = &faults[number].at;
            let shared = faults.iter().filter(|other| other.at == *at).count() > 1;
            // A time needs its worker, and no two faults have one place.
            if shared || *at == case.faults[number].at || at.time.is_some() {
                continue;
            }
            let again = bench.hits_with(&mut simulator, case, &faults);
            let is_same = again.is_some_and(|again| {
                again.fired.len() == faults.len()
                    && again.outcome.brief.fingerprint == first.outcome.brief.fingerprint
            });
            if is_same {
                case.faults = faults;
            }
        }
    }
}

/// Moves each fault to the earliest place at which it has the same effect. An exhaustive search lists the fault
/// there, and leaves the later places out.
#[cfg(feature = "cli")]
pub fn first_places(bench: &mut Bench<'_>, case: &mut Case) {
    let trial = case.trial(bench.most_events);
    let mut simulator = trial.simulator();
    for number in 0..case.faults.len() {
        let Some(hit) = bench.hits_with(&mut simulator, case, &case.faults) else { return };
        // In the order in which they fire, each with a place that only it has.
        let schedule = hit.outcome.schedule;
        let Some(fault) = schedule.get(number) else { return };
        simulator.place(&schedule[..number]);
        bench.count();
        let possible = simulator.extensions(case.seed, &[fault.kind]).possible;
        let Some(at) = possible.iter().position(|other| other.fault == *fault) else { continue };
        if possible[at].needless.is_none() {
            continue;
        }
        let earlier = possible[..at].iter().rev().find(|other| other.needless.is_none());
        let Some(earlier) = earlier else { continue };
        let moved: Vec<Fault> = (schedule.iter().enumerate())
            .map(|(at, fault)| if at == number { earlier.fault.clone() } else { fault.clone() })
            .collect();
        let hit = bench.hits_with(&mut simulator, case, &moved);
        if hit.is_some_and(|hit| hit.fired.len() == moved.len()) {
            case.faults = moved;
        }
    }
}
