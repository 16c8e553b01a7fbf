//! What is said of steps that make other rows of the same input. Where a batch is computed again, what was made of the first
//! rows stays if such a step is said to make the same; where files are compared, nothing hangs on what is said.

use super::{Needs, Setting, Soundness, Variant};
use onceproof_model::micro_batch::OutputLevel;
use onceproof_systems::Design;

/// That a step makes the same, of each that does not and of which nothing of the kind is said.
pub(super) fn of(design: &Design, soundness: Soundness) -> Vec<Variant> {
    let Design::MicroBatch(design) = design else { return Vec::new() };
    let found = match design.settings.has_checksum {
        true => Soundness::Right,
        false => Soundness::Wrong,
    };
    if found != soundness {
        return Vec::new();
    }
    let said: Vec<_> = design.misdeclared().into_iter().map(|(step, _)| step).collect();
    let others = design.differing().into_iter().filter(|step| !said.contains(step));
    let variant = |step| {
        let keys = format!("level = \"{}\"", OutputLevel::Determinate.word());
        let setting = Setting::Step { step: design.pipeline.step(step).name.clone(), keys };
        let needs = match design.is_shuffled(step) {
            true => Needs::Nothing,
            false => Needs::Missing("a stage that reads what the step makes"),
        };
        Variant { needs, ..Variant::of(setting) }
    };
    others.map(variant).collect()
}
