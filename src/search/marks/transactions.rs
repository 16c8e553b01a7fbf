//! The marks that runs of log transactions ought to reach.

use super::draws;
use onceproof_kernel::alphabet::Mark;
use onceproof_model::pipeline::StepKind;
use onceproof_model::transactions::settings::{InitRule, Version};
use onceproof_model::transactions::{Design, alphabet};
use onceproof_sim::fault::{Kind, Leg};
use onceproof_systems::Trial;

/// Which faults lead to each, [`is_awaited`] says: a new one is decided there.
const _: () = assert!(alphabet::ALPHABET.marks.len() == 27, "a new mark");

pub(super) fn is_awaited(design: &Design, trial: &Trial, mark: Mark) -> bool {
    let settings = &design.settings;
    let crashes = || draws(trial, |kind| matches!(kind, Kind::Crash { .. }));
    let loses_answers = || draws(trial, |kind| matches!(kind, Kind::DropAck));
    let moves = || draws(trial, |kind| matches!(kind, Kind::Move));
    let counts = || design.pipeline.steps().iter().any(|step| step.kind.windowing().is_some());
    match mark {
        alphabet::INIT_ABORTED => crashes() && settings.init == InitRule::Fences,
        alphabet::BATCH_KNOWN => settings.has_sequences && loses_answers(),
        alphabet::CLIENT_ABORTED => moves(),
        alphabet::EXPELLED => moves(),
        alphabet::RESTORED => moves() && counts(),
        alphabet::MARKERS_RESENT => false,
        alphabet::VERIFICATION_STALE => {
            settings.version != Version::Unverified && draws(trial, is_doubled_answer)
        }
        Mark::COMMIT_REPEATED => draws(trial, |kind| matches!(kind, Kind::CommitUnknown)),
        Mark::SENT_AGAIN_AFTER_RESTART => crashes() && loses_answers(),
        Mark::FUNCTION_RAN_AGAIN => {
            let mut steps = design.pipeline.steps().iter();
            steps.any(|step| matches!(step.kind, StepKind::Map(_))) && crashes()
        }
        // What is sent in every run, and what hangs on a rare coincidence.
        _ => false,
    }
}

fn is_doubled_answer(kind: &Kind) -> bool {
    matches!(kind, Kind::Duplicate { leg: Leg::Ack })
}
