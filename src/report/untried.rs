//! What a search did not try of a design, since none of its faults lasts long enough.

use crate::figures::counted;
use crate::search::certificate::Exhaustion;
use onceproof_kernel::time::{Nanos, Span};
use onceproof_sim::remembered::{Memory, Remembered, kept_back, outlasting};
use onceproof_systems::Trial;

/// Something that is remembered for longer than the faults of a search keep anything back.
pub(super) struct Untried<'a> {
    trial: &'a Trial,
    /// How many faults there were at most.
    pub faults: u32,
    /// How long these keep anything back, at most.
    pub kept_back: Nanos,
    /// What is remembered.
    pub remembered: Remembered,
}

/// All that a search did not try so.
pub(super) fn untried<'a>(found: &Exhaustion, trial: &'a Trial) -> Vec<Untried<'a>> {
    let (layout, faults) = (trial.layout(), found.most);
    let kept_back = kept_back(&trial.plan, layout, &found.kinds, faults);
    let all = outlasting(&trial.plan, layout, kept_back);
    all.into_iter().map(|remembered| Untried { trial, faults, kept_back, remembered }).collect()
}

impl Untried<'_> {
    /// The names of the steps that remember it.
    pub fn steps(&self) -> Vec<&str> {
        self.remembered.steps.iter().map(|&step| self.trial.layout().name(step)).collect()
    }

    /// What is remembered, in a word or two.
    pub fn memory(&self) -> &'static str {
        match self.remembered.memory {
            Memory::Ids => "ids",
            Memory::InsertIds => "insert ids",
            Memory::Transactions => "open transactions",
        }
    }

    /// A sentence of it, with what would try it.
    pub fn in_words(&self) -> String {
        let (steps, memory) = (self.steps().join(", "), self.memory());
        let faults = counted(u64::from(self.faults), "fault");
        let length = Span(self.remembered.length);
        let longer = Span(self.remembered.length.saturating_mul(2));
        format!(
            "{memory} at {steps} are kept for {length}, and {faults} of these keep nothing back for more than {}: \
             whether that is long enough was not tried; with crash = {{ odds = \"1/100\", restart = \"{longer}\" }} \
             in [faults] it is",
            Span(self.kept_back)
        )
    }
}
