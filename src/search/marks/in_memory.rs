//! The marks that runs of best effort and at-least-once ought to reach.

use super::{changes_hands, draws};
use onceproof_kernel::alphabet::Mark;
use onceproof_model::in_memory::settings::{Acks, Counts};
use onceproof_model::in_memory::{Design, alphabet};
use onceproof_model::pipeline::StepKind;
use onceproof_sim::fault::{Kind, Leg};
use onceproof_systems::Trial;

/// Which faults lead to each, [`is_awaited`] says: a new one is decided there.
const _: () = assert!(alphabet::ALPHABET.marks.len() == 18, "a new mark");

pub(super) fn is_awaited(design: &Design, trial: &Trial, mark: Mark) -> bool {
    let settings = &design.settings;
    let crashes = || draws(trial, |kind| matches!(kind, Kind::Crash { .. }));
    let drops = || draws(trial, |kind| matches!(kind, Kind::DropRequest));
    let doubles = || draws(trial, |kind| matches!(kind, Kind::Duplicate { leg: Leg::Request }));
    match mark {
        alphabet::REPLAYED => settings.tracks() && (drops() || crashes()),
        alphabet::RESTARTED => crashes(),
        alphabet::COUNTED_FROM_ZERO => crashes() && settings.counts == Counts::Memory,
        alphabet::ACK_KNOWN => settings.tracks() && settings.acks == Acks::Distinct && doubles(),
        alphabet::RECORD_KNOWN => {
            settings.is_distinct && (doubles() || settings.tracks() && drops())
        }
        alphabet::BATCH_RERAN => settings.batch.is_some_and(|batch| batch.reruns > 0),
        Mark::COMMIT_REPEATED => draws(trial, |kind| matches!(kind, Kind::CommitUnknown)),
        Mark::COMMIT_FENCED | Mark::ZOMBIE_ASKED => changes_hands(trial),
        Mark::COMMIT_OUTLIVED => {
            crashes() && draws(trial, |kind| matches!(kind, Kind::CommitDelayed { .. }))
        }
        Mark::SENT_AGAIN_AFTER_RESTART => settings.tracks() && crashes() && drops(),
        Mark::FUNCTION_RAN_AGAIN => {
            let mut steps = design.pipeline.steps().iter();
            let has_map = steps.any(|step| matches!(step.kind, StepKind::Map(_)));
            has_map && settings.tracks() && (drops() || crashes())
        }
        // What hangs on the input alone, or on a rare coincidence.
        _ => false,
    }
}
