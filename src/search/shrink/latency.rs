//! Without a seed latency is the least and first answers are 0. Most failures survive that; of one that
//! does not, the latencies that it needs are written out as delays.

use super::bench::{Bench, is_on};
use super::case::Case;
use super::ddmin::ddmin;
use onceproof_sim::fault::Fault;

/// Takes the least latencies and the first answers, if the failure stays.
pub fn least(bench: &mut Bench<'_>, case: &mut Case) {
    if case.seed.is_some() {
        let least = Case { seed: None, ..case.clone() };
        if let Some(hit) = bench.hits(&least) {
            *case = Case { faults: hit.fired, ..least };
        }
    }
}

/// Writes the latencies of a failure that needs its seed out as delays: those of the damaged record and of
/// panes if they are enough, else all; and removes what is not needed. If it fails for the first answers of
/// functions it still needs its seed.
/// Whether the seed was replaced.
pub fn as_delays(bench: &mut Bench<'_>, case: &mut Case) -> bool {
    if case.seed.is_none() {
        return false;
    }
    let Some(hit) = bench.hits(case) else { return false };
    let trial = case.trial(bench.most_events);
    let mut simulator = trial.simulator();
    simulator.place(&case.faults);
    bench.count();
    let (_, delays) = simulator.delays(case.seed);
    let damage = bench.goal.damage(&hit.outcome);
    let near = damage.map(|damage| {
        let near = delays.iter().filter(|delay| is_on(delay, &damage.record, &trial));
        near.cloned().collect::<Vec<Fault>>()
    });
    let least = Case { seed: None, ..case.clone() };
    for delays in near.into_iter().chain([delays]) {
        let faults = [case.faults.as_slice(), &delays].concat();
        if let Some(hit) = bench.hits_with(&mut simulator, &least, &faults) {
            let faults = ddmin(hit.fired, |part| {
                bench.hits_with(&mut simulator, &least, part).map(|hit| hit.fired)
            });
            *case = Case { faults, ..least };
            return true;
        }
    }
    false
}
