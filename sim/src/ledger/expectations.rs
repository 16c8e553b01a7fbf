//! What is expected of the results of each step: the truth, added up over all records of the input.

use super::Ledger;
use crate::sources::Sources;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::right::Right;

/// What is expected of each step: how often each name, how many in all, and the digest of it.
#[derive(Debug, Default)]
pub(crate) struct Expectations {
    pub(super) steps: Vec<StepExpected>,
    /// How many records belong into no step.
    pub(super) filtered: u64,
    pub(super) is_placed: Vec<bool>,
    /// Whether the answers that won are not all known, and with them the places of what they decide.
    pub(super) is_unsure: bool,
}

#[derive(Debug, Default)]
pub(super) struct StepExpected {
    pub(super) counts: Vec<u32>,
    pub(super) applied: u64,
    /// How many more there would be without dead letters.
    dead: u64,
    pub(super) digest: u64,
}

impl Expectations {
    /// How many reflections are missing at a step since they are dead letters.
    pub(crate) fn dead_lettered(&self, step: StepIndex) -> u64 {
        self.steps[step.at()].dead
    }

    pub(super) fn evaluate(
        &mut self,
        ledger: &Ledger,
        right: &impl Right,
        sources: &Sources,
        words: &mut Vocabulary,
    ) {
        if self.is_placed.is_empty() {
            self.is_placed = right.is_placed();
        }
        self.steps.resize_with(ledger.steps.len(), StepExpected::default);
        for step in &mut self.steps {
            step.counts.clear();
            step.applied = 0;
            step.dead = 0;
            step.digest = 0;
        }
        let (steps, rows, mut filtered) = (&mut self.steps, sources.rows(), 0);
        let mut is_unsure = false;
        sources.each(|source, row, promise| {
            let mut is_filtered = true;
            is_unsure |= !right.belongs(source, row, promise, words, ledger, &mut |e| {
                is_filtered = false;
                let step = &mut steps[e.step.at()];
                if e.is_dead {
                    step.dead += u64::from(e.times);
                    return false;
                }
                let at = e.leaf.0 as usize;
                if at >= step.counts.len() {
                    step.counts.resize((at + 1).max(rows), 0);
                }
                step.counts[at] = step.counts[at].saturating_add(e.times);
                step.applied += u64::from(e.times);
                step.digest = step.digest.wrapping_add(e.digest());
                false
            });
            filtered += u64::from(is_filtered);
        });
        self.is_unsure = is_unsure;
        self.filtered = filtered;
    }
}
