//! The marks that runs of micro-batches ought to reach.

use super::draws;
use onceproof_kernel::alphabet::Mark;
use onceproof_model::micro_batch::{Design, alphabet};
use onceproof_model::pipeline::StepKind;
use onceproof_sim::fault::Kind;
use onceproof_systems::Trial;

/// Which faults lead to each, [`is_awaited`] says: a new one is decided there.
const _: () = assert!(alphabet::ALPHABET.marks.len() == 22, "a new mark");

pub(super) fn is_awaited(design: &Design, trial: &Trial, mark: Mark) -> bool {
    let crashes = || draws(trial, |kind| matches!(kind, Kind::Crash { .. }));
    let loses_answers = || draws(trial, |kind| matches!(kind, Kind::DropAck));
    match mark {
        alphabet::BATCH_RUN_AGAIN | alphabet::EXECUTOR_LOST => crashes(),
        Mark::SENT_AGAIN_AFTER_RESTART => crashes() && loses_answers(),
        Mark::FUNCTION_RAN_AGAIN => {
            let mut steps = design.pipeline.steps().iter();
            steps.any(|step| matches!(step.kind, StepKind::Map(_))) && crashes()
        }
        // What is sent in every run, and what hangs on when a batch is where.
        _ => false,
    }
}
