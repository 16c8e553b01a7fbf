//! Weaker faults: a single loss instead of a cut link, a crash instead of a pause, a shorter time. Each is
//! tried from the weakest on, and the first that still fails is taken.
//!
//! What takes the place of a fault stands before it among `KindName::PLAINEST_FIRST`, so that a weaker failure
//! is never one that is less plain.

use super::bench::Bench;
use super::case::Case;
use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND};
use onceproof_sim::fault::{Direction, Fault, Kind, KindName};

/// Lengths of time that a person would write.
const LENGTHS: [Nanos; 15] = [
    MILLISECOND,
    2 * MILLISECOND,
    5 * MILLISECOND,
    10 * MILLISECOND,
    20 * MILLISECOND,
    50 * MILLISECOND,
    100 * MILLISECOND,
    200 * MILLISECOND,
    500 * MILLISECOND,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    60 * SECOND,
];

/// Weakens each fault as far as the failure stays.
pub fn weaken(bench: &mut Bench<'_>, case: &mut Case) {
    let trial = case.trial(bench.most_events);
    let mut simulator = trial.simulator();
    for number in 0..case.faults.len() {
        for kind in weaker(&case.faults[number]) {
            let mut faults = case.faults.clone();
            faults[number].kind = kind;
            let hit = bench.hits_with(&mut simulator, case, &faults);
            if hit.is_some_and(|hit| hit.fired.len() == faults.len()) {
                case.faults = faults;
                break;
            }
        }
    }
}

/// What is weaker than a fault and may stand at its place, the weakest first.
fn weaker(fault: &Fault) -> Vec<Kind> {
    let shorter = |than: Nanos| LENGTHS.into_iter().filter(move |&length| length < than);
    match fault.kind {
        Kind::DropRequest
        | Kind::DropAck
        | Kind::Duplicate { .. }
        | Kind::ErrorApplied
        | Kind::ErrorNotApplied
        | Kind::CommitLost
        | Kind::CommitUnknown
        | Kind::UserFails
        | Kind::Move
        | Kind::Redeliver
        | Kind::CallUnknown => Vec::new(),
        Kind::Delay { by, leg } => shorter(by).map(|by| Kind::Delay { by, leg }).collect(),
        Kind::Partition { lasts, direction } => {
            // A cut at a time has no request that could be lost instead.
            let losses = [Kind::DropRequest, Kind::DropAck].into_iter();
            let mut weaker: Vec<Kind> = losses.filter(|_| fault.at.time.is_none()).collect();
            weaker.extend(shorter(lasts).map(|lasts| Kind::Partition { lasts, direction }));
            if direction == Direction::Both {
                let one_way = [Direction::Forward, Direction::Backward];
                weaker.extend(one_way.map(|direction| Kind::Partition { lasts, direction }));
            }
            weaker
        }
        Kind::Crash { restart } => {
            shorter(restart).map(|restart| Kind::Crash { restart }).collect()
        }
        Kind::CommitDelayed { by } => shorter(by).map(|by| Kind::CommitDelayed { by }).collect(),
        Kind::UserDiffers { answer } => {
            (1..answer).take(1).map(|answer| Kind::UserDiffers { answer }).collect()
        }
        Kind::Pause { lasts } => std::iter::once(KindName::Crash.with_defaults())
            .chain(shorter(lasts).map(|lasts| Kind::Pause { lasts }))
            .collect(),
        Kind::ClockStep { by, way } => shorter(by).map(|by| Kind::ClockStep { by, way }).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_sim::fault::Place;

    #[test]
    fn what_is_weaker_is_of_the_same_kind_or_of_a_plainer_one() {
        for name in KindName::ALL {
            let fault = Fault { at: Place::default(), kind: name.with_defaults() };
            for kind in weaker(&fault) {
                assert!(kind.name().plainness() <= name.plainness(), "{kind:?} for {name:?}");
            }
        }
    }
}
