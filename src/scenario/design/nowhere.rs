//! What `[mechanism]` sets for all steps, and no step has: each sets its own, or has nothing to do for it. It is refused,
//! as any setting is that does nothing: whoever reads the file would take it for what is run.

#[cfg(feature = "cli")]
use super::mechanism::Mechanisms;
use super::mechanism::use_of;
use crate::scenario::form::raw;
use crate::scenario::form::raw::mechanism::MechanismKey;
use crate::scenario::wrong::diagnostic::{Diagnostic, Source};
use onceproof_model::dataflow::mechanism::Mechanism;
use onceproof_model::dataflow::mechanism::table::MechanismRow;
use std::ops::Range;

/// Something that holds for no step.
pub(in crate::scenario) struct Nowhere {
    /// What.
    pub key: MechanismKey,
    at: Range<usize>,
    /// Whether some step sets its own.
    is_own: bool,
    /// Its row, if some step has nothing to do for it.
    idle: Option<&'static MechanismRow>,
}

/// All that `[mechanism]` sets and no step has, of steps with these mechanisms.
pub(in crate::scenario) fn nowhere(file: &raw::File, mechanisms: &[Mechanism]) -> Vec<Nowhere> {
    let Some(table) = &file.mechanism else { return Vec::new() };
    let own: Vec<Vec<MechanismKey>> = file.step.iter().map(|step| own(&step.value)).collect();
    let found = table.keys().map(|(key, at)| {
        let is_own = |own: &Vec<MechanismKey>| own.contains(&key);
        let row = MechanismRow::of(key.row);
        let is_idle = |of: &Mechanism| row.is_some_and(|row| row.is_idle(of));
        let mut rest = own.iter().zip(mechanisms).filter(|(own, _)| !is_own(own)).peekable();
        let idle = rest.peek().and(row);
        let holds = rest.any(|(_, mechanism)| !is_idle(mechanism));
        (holds, Nowhere { key, at, is_own: own.iter().any(is_own), idle })
    });
    found.filter(|(holds, _)| !holds).map(|(_, nowhere)| nowhere).collect()
}

/// The same of a file that says something else by now.
#[cfg(feature = "cli")]
pub(in crate::scenario) fn nowhere_now(source: &Source<'_>, file: &raw::File) -> Vec<Nowhere> {
    let all = Mechanisms::of(file.strategy).overlaid(source, file.mechanism.as_ref());
    let of_step = |step: &raw::Step| {
        Some(all.as_ref().ok()?.overlaid(source, step.mechanism.as_ref()).ok()?.all)
    };
    let mechanisms: Option<Vec<Mechanism>> =
        file.step.iter().map(|step| of_step(&step.value)).collect();
    // What is wrong otherwise is told by whoever reads it.
    mechanisms.map_or(Vec::new(), |mechanisms| nowhere(file, &mechanisms))
}

/// What a step sets for itself.
pub(in crate::scenario) fn own(step: &raw::Step) -> Vec<MechanismKey> {
    step.mechanism.iter().flat_map(|own| own.keys()).map(|(key, _)| key).collect()
}

impl Nowhere {
    /// As what is wrong with the file.
    pub fn refused(self, source: &Source<'_>) -> Diagnostic {
        let Nowhere { key, at, is_own, idle } = self;
        let error = source.error(source.key_of(&at), format!("`{key}` holds for no step"));
        let (label, help) = match (is_own, idle) {
            (true, Some(row)) => {
                ("each step sets its own, or has nothing to do for it", use_of(row))
            }
            (false, Some(row)) => ("no step has anything to do for it", use_of(row)),
            (_, None) => {
                ("each step sets its own", "leave it out here, or at the steps that are to have it")
            }
        };
        error.label(label).help(help)
    }
}
