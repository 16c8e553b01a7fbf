//! Places as a person would give them: without what the rest of the place says already.

use super::bench::Bench;
use super::case::Case;
use onceproof_sim::fault::Place;
use onceproof_sim::simulator::Simulator;

/// Leaves out of each place what the very same run is found without.
pub fn plain_places(bench: &mut Bench, case: &mut Case) {
    let plan = case.plan(bench.most_events);
    let mut simulator = Simulator::new(&plan);
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
