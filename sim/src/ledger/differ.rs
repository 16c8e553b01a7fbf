//! Where two executions of a record differed, and what each left: for reports, in words.

use super::Ledger;
use super::mentions::Disagreement;
use super::verdict::text_of;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_kernel::name::{Name, Origin, Vocabulary};

/// Two executions that disagree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Divergence {
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
        layout: &Layout,
        words: &Vocabulary,
    ) -> Divergence {
        let Disagreement { name, keys, values } = *of;
        let key = |key: Key| words.keys.text(key).to_owned();
        let left = if keys[0] != keys[1] && !keys.contains(&Key::GLOBAL) {
            keys.map(key)
        } else if values[0] != values[1] {
            let name = text_of(name, layout, words);
            values.map(|value| format!("{name} = {value}"))
        } else {
            [format!("{} of some records", key(keys[0])), format!("{} of others", key(keys[1]))]
        };
        Divergence { step: self.step_that_differed(name, layout, words), left }
    }

    /// The step whose executions differed: of the maps that made the name since something was agreed of one of
    /// its ancestors, the first that may answer otherwise; else the last of them, or who made it.
    fn step_that_differed(&self, name: Name, layout: &Layout, words: &Vocabulary) -> StepIndex {
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
            if layout.step(step).may_differ {
                free = Some(step);
            }
            if self.mentions.is_agreed(ancestor) {
                break step;
            }
            at = ancestor;
        };
        free.or(last).unwrap_or(made_it)
    }
}
