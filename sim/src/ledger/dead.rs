//! Dead letters: records on which a function failed so often that the pipeline gave them up, and said so in
//! a commit. They are neither exact nor lost: they are counted apart. But only a record on which the
//! function did fail so often, seen from outside, may be given up; any other is missing like any other.

use super::Ledger;
use hashbrown::{HashMap, HashSet};
use onceproof_model::key::Key;
use onceproof_model::name::Name;
use onceproof_model::pipeline::{Pipeline, StepIndex};
use rustc_hash::FxBuildHasher;

/// What is known of failures and of records that were given up.
#[derive(Debug, Default)]
pub(super) struct Dead {
    /// After how many failures each step may give a record up.
    after: Vec<Option<u32>>,
    failures: HashMap<(StepIndex, Name), u32, FxBuildHasher>,
    /// At which step which source record, or what maps made of it, was given up, under which key.
    given_up: HashSet<(StepIndex, Name, Key), FxBuildHasher>,
    /// The dead letters themselves, and what was read to make them, in the order of their commits.
    pub letters: Vec<(StepIndex, Name, u32)>,
}

impl Dead {
    pub fn reset(&mut self, pipeline: &Pipeline) {
        self.after.clear();
        self.after.extend(pipeline.steps().iter().map(|step| step.failing.dead_letter_after));
        self.failures.clear();
        self.given_up.clear();
        self.letters.clear();
    }

    /// Whether a record was given up at a step. Below an aggregate it is known by the name under which it
    /// entered the first one.
    pub fn is_given_up(&self, step: StepIndex, leaf: Name, key: Key) -> bool {
        !self.given_up.is_empty() && self.given_up.contains(&(step, leaf, key))
    }
}

impl Ledger {
    /// A function failed on a record.
    pub fn failed(&mut self, step: StepIndex, name: Name) {
        if self.dead.after[step.at()].is_some() {
            *self.dead.failures.entry((step, name)).or_default() += 1;
        }
    }

    /// A commit gives a record up.
    pub(super) fn see_dead_letter(&mut self, step: StepIndex, name: Name, lineage: u32, key: Key) {
        let failures = self.dead.failures.get(&(step, name)).copied().unwrap_or(0);
        if self.dead.after[step.at()].is_none_or(|after| failures < after) {
            return;
        }
        let mut leaves = Vec::new();
        match lineage {
            0 => leaves.push(name),
            lineage => self.leaves(lineage, &mut |leaf| leaves.push(leaf)),
        }
        self.dead.given_up.extend(leaves.into_iter().map(|leaf| (step, leaf, key)));
        self.dead.letters.push((step, name, lineage));
    }

    /// The dead letters, in the order of their commits.
    pub fn dead_letters(&self) -> impl Iterator<Item = (StepIndex, Name)> {
        self.dead.letters.iter().map(|&(step, name, _)| (step, name))
    }
}
