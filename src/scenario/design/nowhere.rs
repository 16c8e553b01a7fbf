//! Mechanisms that do nothing where they are set: in `[mechanism]`, where each step sets its own or has nothing to do for
//! it, and at a step that has nothing to do for it. They are refused, as any setting is that does nothing: whoever reads
//! `mechanism = { dedup = "off" }` at a source would take it for what is run, and the step behind it looks up every id.

#[cfg(feature = "cli")]
use super::mechanism::Mechanisms;
use super::mechanism::use_of;
#[cfg(feature = "cli")]
use super::steps::kind;
use crate::scenario::form::raw::mechanism::MechanismKey;
use crate::scenario::form::raw::{self, KindWord};
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, quote};
#[cfg(feature = "cli")]
use onceproof_kernel::layout::StepIndex;
use onceproof_model::dataflow::mechanism::Mechanism;
use onceproof_model::dataflow::mechanism::table::{MechanismRow, MechanismSteps};
use onceproof_model::pipeline::StepKind;
use std::ops::Range;

/// Something that holds for no step.
pub(in crate::scenario) struct Nowhere {
    key: MechanismKey,
    at: Range<usize>,
    /// Whether some step sets its own.
    is_own: bool,
    /// Its row, if some step has nothing to do for it.
    idle: Option<&'static MechanismRow>,
}

/// All that `[mechanism]` sets and no step has, of steps of these kinds with these mechanisms. What stands there is for steps
/// of any kind, and may be drawn for any pipeline: that no step is of a kind that has something to do for it is no fault.
pub(in crate::scenario) fn nowhere<'a>(
    file: &raw::File,
    steps: impl Iterator<Item = (&'a StepKind, &'a Mechanism)> + Clone,
) -> Vec<Nowhere> {
    let Some(table) = &file.mechanism else { return Vec::new() };
    let raw = || file.step.iter().map(|step| &step.value);
    let own: Vec<Vec<MechanismKey>> = raw().map(own).collect();
    let found = table.keys().map(|(key, at)| {
        let is_own = |own: &Vec<MechanismKey>| own.contains(&key);
        let row = MechanismRow::of(key.row);
        // As it is, and of whatever value.
        let is_idle = |of: &Mechanism| row.is_some_and(|row| row.is_idle(of));
        let is_of = |step: &raw::Step, (kind, of): (&StepKind, &Mechanism)| {
            row.is_some_and(|row| row.is_of(kind, of, is_kept_apart(step)))
        };
        let all = own.iter().zip(raw().zip(steps.clone()));
        let rest: Vec<_> = all.filter(|(own, _)| !is_own(own)).map(|(_, step)| step).collect();
        let holds = rest.iter().any(|&(raw, step)| is_of(raw, step) && !is_idle(step.1));
        let is_own = own.iter().any(is_own);
        let is_void = is_own || rest.iter().any(|(_, (_, of))| is_idle(of));
        let idle = rest.first().and(row);
        (is_void && !holds, Nowhere { key, at, is_own, idle })
    });
    found.filter(|(is_nowhere, _)| *is_nowhere).map(|(_, nowhere)| nowhere).collect()
}

/// All mechanisms that do nothing where a file sets them.
#[cfg(feature = "cli")]
#[derive(Default)]
pub(in crate::scenario) struct Unheld {
    /// In `[mechanism]`.
    pub of_all: Vec<MechanismKey>,
    /// At a step.
    pub of_steps: Vec<(StepIndex, MechanismKey)>,
}

/// What does nothing in a file that says something else by now.
#[cfg(feature = "cli")]
pub(in crate::scenario) fn unheld(source: &Source<'_>, file: &raw::File) -> Unheld {
    let all = Mechanisms::of(file.strategy).overlaid(source, file.mechanism.as_ref());
    let of_step = |step: &raw::Step| {
        Some((kind(source, step).ok()?, all.as_ref().ok()?.of_step(source, step).ok()?))
    };
    let steps: Option<Vec<(StepKind, Mechanism)>> =
        file.step.iter().map(|step| of_step(&step.value)).collect();
    // What is wrong otherwise is told by whoever reads it.
    let Some(steps) = steps else { return Unheld::default() };
    let of_all = nowhere(file, steps.iter().map(|(kind, of)| (kind, of)));
    let all = (0..).map(StepIndex).zip(file.step.iter().zip(&steps));
    let of_steps = all.flat_map(|(index, (step, (kind, of)))| {
        idle_at(&step.value, (kind, of)).map(move |idle| (index, idle.key))
    });
    Unheld {
        of_all: of_all.into_iter().map(|nowhere| nowhere.key).collect(),
        of_steps: of_steps.collect(),
    }
}

/// Something that a step sets for itself and has nothing to do for.
pub(super) struct Idle {
    key: MechanismKey,
    at: Range<usize>,
    row: &'static MechanismRow,
}

/// All that a step of this kind, with these mechanisms, sets for itself and has nothing to do for.
pub(super) fn idle_at(
    step: &raw::Step,
    (kind, of): (&StepKind, &Mechanism),
) -> impl Iterator<Item = Idle> {
    let own = step.mechanism.iter().flat_map(|own| own.keys());
    let rows = own.filter_map(|(key, at)| Some(Idle { key, at, row: MechanismRow::of(key.row)? }));
    rows.filter(move |idle| !idle.row.is_of(kind, of, is_kept_apart(step)))
}

impl Idle {
    /// As what is wrong with the file.
    pub fn refused(self, source: &Source<'_>, step: &raw::Step) -> Diagnostic {
        let Idle { key, at, row } = self;
        let title = format!("`{key}` does nothing at {}", quote(&step.name.value));
        let error = source.error(source.key_of(&at), title);
        let label = match (row.steps, step.kind.value) {
            (MechanismSteps::Fusable, KindWord::Map | KindWord::Sink) => {
                "something else keeps it a stage of its own".to_owned()
            }
            (MechanismSteps::Senders, _) => "nobody takes its outputs".to_owned(),
            (MechanismSteps::Receivers, _) => "it takes no outputs of others".to_owned(),
            (_, kind) => format!("a `{}` has nothing to do for it", kind.word()),
        };
        error.label(label).help(use_of(row))
    }
}

/// Whether something else than a mechanism keeps a step a stage of its own: shards of its own, an input that must be stable,
/// records that it may give up.
pub(super) fn is_kept_apart(step: &raw::Step) -> bool {
    let needs_stable_input = step.stable_input.as_ref().is_some_and(|at| at.value);
    let may_fail = step.poison.is_some() || step.dead_letter.is_some();
    step.shards.is_some() || needs_stable_input || may_fail
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
            (_, None) => (
                "each step sets its own",
                "leave it out here, or at the steps that are to have it".to_owned(),
            ),
        };
        error.label(label).help(help)
    }
}
