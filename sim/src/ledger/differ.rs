//! Where two executions of a record differed, and what each left: for reports, in words.

use super::Ledger;
use super::traces::Disagreement;
use super::verdict::text_of;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::{Name, Origin, Vocabulary};
use onceproof_model::dataflow::Design;
use onceproof_model::pipeline::StepKind;

/// Two executions that disagree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Difference {
    /// The step at which they do.
    pub step: StepIndex,
    /// What each left.
    pub left: [String; 2],
}

impl Ledger {
    /// What two commits disagree about, in words.
    pub(super) fn difference(
        &self,
        of: &Disagreement,
        design: &Design,
        words: &Vocabulary,
    ) -> Difference {
        let Disagreement { name, keys, values } = *of;
        let key = |key: Key| words.keys.text(key).to_owned();
        let left = if keys[0] != keys[1] && !keys.contains(&Key::GLOBAL) {
            keys.map(key)
        } else if values[0] != values[1] {
            let name = text_of(name, &design.layout, words);
            values.map(|value| format!("{name} = {value}"))
        } else {
            [format!("{} of some records", key(keys[0])), format!("{} of others", key(keys[1]))]
        };
        Difference { step: self.step_that_differed(name, design, words), left }
    }

    /// The step whose executions differed: of the maps that made the name since something was agreed of one of
    /// its ancestors, the first that may answer otherwise; else the last of them, or who made it.
    fn step_that_differed(&self, name: Name, design: &Design, words: &Vocabulary) -> StepIndex {
        let (mut at, mut free, mut last) = (name, None, None);
        let made_it = loop {
            let (ancestor, step) = match words.names.origin(at) {
                Origin::Output { parent, step, .. } => (parent, StepIndex(step)),
                Origin::Partial { first, .. } => {
                    at = first;
                    continue;
                }
                Origin::Source { step, .. } | Origin::Pane { step, .. } => break StepIndex(step),
            };
            last = last.or(Some(step));
            if may_differ(&design.pipeline.step(step).kind) {
                free = Some(step);
            }
            if self.traces.is_agreed(ancestor) {
                break step;
            }
            at = ancestor;
        };
        free.or(last).unwrap_or(made_it)
    }
}

fn may_differ(kind: &StepKind) -> bool {
    match kind {
        StepKind::Map(function) => !function.is_deterministic(),
        StepKind::Source { .. }
        | StepKind::Reshuffle
        | StepKind::Count(_)
        | StepKind::Sum(_)
        | StepKind::CountGlobally(_)
        | StepKind::Sink(_) => false,
    }
}
