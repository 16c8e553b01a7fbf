//! The marks that runs of Dataflow ought to reach.

use super::{changes_hands, draws};
use onceproof_kernel::alphabet::Mark;
use onceproof_model::dataflow::mechanism::{Dedup, Fencing, GiveUp, Mechanism, Outputs};
use onceproof_model::dataflow::{Design, point};
use onceproof_model::pipeline::{Step, StepKind};
use onceproof_sim::fault::{Kind, Leg};
use onceproof_systems::Trial;

/// Which faults lead to each, [`is_awaited`] says: a new one is decided there.
const _: () = assert!(point::ALPHABET.marks.len() == 17, "a new mark");

pub(super) fn is_awaited(design: &Design, trial: &Trial, mark: Mark) -> bool {
    let draws = |is_meant: fn(&Kind) -> bool| draws(trial, is_meant);
    let mechanisms = || design.mechanisms().iter();
    let receives = |step: &Step| !matches!(step.kind, StepKind::Source { .. });
    let receivers = || design.steps().filter(move |(step, _)| receives(step));
    // A request that was applied is sent again, and by someone who has not given up.
    let repeats = || {
        let resends = mechanisms().all(|mechanism| mechanism.give_up == GiveUp::Never);
        let copies = draws(|kind| matches!(kind, Kind::Duplicate { leg: Leg::Request }));
        let unheard = draws(|kind| matches!(kind, Kind::DropAck | Kind::ErrorApplied));
        copies || (resends && unheard)
    };
    let knows = |(_, mechanism): (&Step, &Mechanism)| mechanism.dedup != Dedup::Off;
    let crashes = || draws(|kind| matches!(kind, Kind::Crash { .. }));
    match mark {
        point::DUPLICATE_DROPPED => receivers().all(knows) && repeats(),
        point::DUPLICATE_DROPPED_AFTER_RESTART => receivers().all(knows) && repeats() && crashes(),
        point::FILTER_SAVED_READ => receivers()
            .any(|(_, mechanism)| matches!(mechanism.dedup, Dedup::Bloom(_) | Dedup::BloomOnly(_))),
        Mark::COMMIT_REPEATED => draws(|kind| matches!(kind, Kind::CommitUnknown)),
        Mark::COMMIT_FENCED => {
            let fences = mechanisms().all(|mechanism| mechanism.fencing == Fencing::Token);
            fences && changes_hands(trial)
        }
        Mark::COMMIT_OUTLIVED => {
            crashes() && draws(|kind| matches!(kind, Kind::CommitDelayed { .. }))
        }
        Mark::SENT_AGAIN_AFTER_RESTART => {
            crashes()
                && draws(|kind| matches!(kind, Kind::DropRequest | Kind::DropAck))
                && mechanisms().all(|mechanism| mechanism.give_up == GiveUp::Never)
        }
        Mark::ERROR_ANSWERED => {
            draws(|kind| matches!(kind, Kind::ErrorApplied | Kind::ErrorNotApplied))
        }
        Mark::FUNCTION_RAN_AGAIN => {
            let steps = design.steps();
            let mut maps = steps.filter(|(step, _)| matches!(step.kind, StepKind::Map(_)));
            let runs_again = |mechanism: &Mechanism| mechanism.outputs == Outputs::Recompute;
            let fails = draws(|kind| matches!(kind, Kind::UserFails));
            maps.any(|(_, mechanism)| fails || (runs_again(mechanism) && crashes()))
        }
        Mark::ZOMBIE_ASKED => changes_hands(trial),
        // What hangs on the input alone, or on a rare coincidence.
        _ => false,
    }
}
