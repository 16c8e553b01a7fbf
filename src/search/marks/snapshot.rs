//! The marks that runs of snapshots ought to reach.

use super::draws;
use onceproof_kernel::alphabet::Mark;
use onceproof_model::pipeline::StepKind;
use onceproof_model::snapshot::{Design, alphabet};
use onceproof_sim::fault::Kind;
use onceproof_systems::Trial;

/// Which faults lead to each, [`is_awaited`] says: a new one is decided there.
const _: () = assert!(alphabet::ALPHABET.marks.len() == 27, "a new mark");

pub(super) fn is_awaited(design: &Design, trial: &Trial, mark: Mark) -> bool {
    let crashes = || draws(trial, |kind| matches!(kind, Kind::Crash { .. }));
    let loses_answers = || draws(trial, |kind| matches!(kind, Kind::DropAck));
    let fails = || crashes() || draws(trial, |kind| matches!(kind, Kind::Disconnect));
    match mark {
        alphabet::CHANNEL_BROKEN | Mark::ERROR_ANSWERED => fails(),
        Mark::SENT_AGAIN_AFTER_RESTART => crashes() && loses_answers(),
        Mark::FUNCTION_RAN_AGAIN => {
            let mut steps = design.pipeline.steps().iter();
            steps.any(|step| matches!(step.kind, StepKind::Map(_))) && fails()
        }
        // What is sent in every run, and what hangs on when a checkpoint is.
        _ => false,
    }
}
