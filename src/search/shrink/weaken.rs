//! Weaker faults: a single loss instead of a cut link, a crash instead of a pause, a shorter time. Each is
//! tried from the weakest on, and the first that still fails is taken.
//!
//! What takes the place of a fault is no less plain (`KindName::plainness`), so a weaker failure never is.

use super::bench::Bench;
use super::case::Case;
use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND};
use onceproof_sim::fault::kind::{FaultTarget, KindPart, KindParts};
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
    let mut kind = fault.kind;
    // What is placed at a time has no message that could be struck instead.
    let has_place =
        |name: &KindName| fault.at.time.is_none() || name.row().target != FaultTarget::Message;
    let others = kind.name().row().weaker.iter().copied().filter(has_place);
    let mut weaker: Vec<Kind> = others.map(KindName::with_defaults).collect();
    let mut parts: Vec<KindPart> = Vec::new();
    let KindParts { length, leg: _, direction, way: _, answer } = kind.parts();
    if let Some(&mut than) = length {
        let shorter = LENGTHS.into_iter().filter(|&length| length < than);
        parts.extend(shorter.map(KindPart::Length));
    }
    if let Some(Direction::Both) = direction {
        parts.extend([Direction::Forward, Direction::Backward].map(KindPart::Direction));
    }
    if let Some(2..) = answer {
        parts.push(KindPart::Answer(1));
    }
    weaker.extend(parts.into_iter().map(|part| kind.with(part)));
    weaker
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_sim::fault::{ClockWay, Leg, Place};

    fn fault(kind: Kind) -> Fault {
        Fault { at: Place::default(), kind }
    }

    #[test]
    fn the_weakest_of_a_cut_link_is_a_lost_message_and_at_a_time_a_shorter_cut() {
        let cut = |lasts, direction| Kind::Partition { lasts, direction };
        let both = |lasts| cut(lasts, Direction::Both);
        let shorter = [both(MILLISECOND), both(2 * MILLISECOND)];
        let last = 5 * MILLISECOND;
        let one_way = [cut(last, Direction::Forward), cut(last, Direction::Backward)];
        let mut cut = fault(both(last));
        let losses = [Kind::DropRequest, Kind::DropAck];
        assert_eq!(weaker(&cut), [&losses[..], &shorter, &one_way].concat());
        cut.at.time = Some(0);
        assert_eq!(weaker(&cut), [shorter, one_way].concat());
    }

    #[test]
    fn what_is_weaker_has_a_smaller_parameter_or_is_a_crash_instead_of_a_pause() {
        let check = |kind, expected: &[Kind]| assert_eq!(weaker(&fault(kind)), expected);
        let crash = KindName::Crash.with_defaults();
        let pause = |lasts| Kind::Pause { lasts };
        check(pause(2 * MILLISECOND), &[crash, pause(MILLISECOND)]);
        check(Kind::UserDiffers { answer: 3 }, &[Kind::UserDiffers { answer: 1 }]);
        check(Kind::UserDiffers { answer: 1 }, &[]);
        check(Kind::DropAck, &[]);
        check(Kind::Duplicate { leg: Leg::Ack }, &[]);
        let back = |by| Kind::ClockStep { by, way: ClockWay::Back };
        check(back(2 * MILLISECOND), &[back(MILLISECOND)]);
        let delay = |by| Kind::Delay { by, leg: Leg::Ack };
        check(delay(2 * MILLISECOND), &[delay(MILLISECOND)]);
    }

    #[test]
    fn what_is_weaker_is_of_the_same_kind_or_of_a_plainer_one() {
        for name in KindName::ALL {
            for kind in weaker(&fault(name.with_defaults())) {
                assert!(kind.name().plainness() <= name.plainness(), "{kind:?} for {name:?}");
            }
        }
    }
}
