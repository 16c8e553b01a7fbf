//! What a search or a sweep did not try of a design, since none of its faults lasts long enough.

use crate::figures::counted;
use crate::search::certificate::Exhaustion;
#[cfg(feature = "cli")]
use crate::search::tally::Sweep;
use onceproof_kernel::time::{Nanos, Span};
use onceproof_sim::fault::Kind;
use onceproof_sim::remembered::{Memory, Remembered, kept_back, outlasting};
use onceproof_systems::Trial;

/// How many faults of a sweep, one after the other, are taken together: more come rarely.
#[cfg(feature = "cli")]
const IN_A_ROW: u32 = 10;

/// Something that is remembered for longer than the faults of a search keep anything back.
pub(super) struct Untried<'a> {
    trial: &'a Trial,
    faults: u32,
    /// Whether there may be more faults than these.
    may_be_more: bool,
    /// How long these keep anything back, at most.
    pub kept_back: Nanos,
    /// What is remembered.
    pub remembered: Remembered,
}

/// All that a search did not try so.
pub(super) fn untried<'a>(found: &Exhaustion, trial: &'a Trial) -> Vec<Untried<'a>> {
    all(trial, &found.kinds, found.most, false)
}

/// All that the runs of a sweep hardly tried, if nothing was wrong with them. A file without odds has the faults that it
/// needs.
#[cfg(feature = "cli")]
pub(super) fn hardly_tried<'a>(sweep: &Sweep, trial: &'a Trial) -> Vec<Untried<'a>> {
    let climate = &trial.plan.climate;
    if sweep.violated > 0 || climate.drawn().is_empty() {
        return Vec::new();
    }
    let placed = trial.plan.faults.iter().map(|fault| fault.kind);
    let kinds: Vec<Kind> = climate.kinds().chain(placed).collect();
    all(trial, &kinds, IN_A_ROW, true)
}

fn all<'a>(trial: &'a Trial, kinds: &[Kind], faults: u32, may_be_more: bool) -> Vec<Untried<'a>> {
    let kept_back = kept_back(&trial.plan, trial.layout(), kinds, faults);
    let all = outlasting(&trial.plan, trial.layout(), kept_back).into_iter();
    let one = |remembered| Untried { trial, faults, may_be_more, kept_back, remembered };
    all.map(one).collect()
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
        let (in_a_row, tried) = match self.may_be_more {
            true => (" in a row", "hardly"),
            false => ("", "not"),
        };
        let length = Span(self.remembered.length);
        let longer = Span(self.remembered.length.saturating_mul(2));
        format!(
            "{memory} at {steps} are kept for {length}, and {faults} of these{in_a_row} keep nothing back for more \
             than {}: whether that is long enough was {tried} tried; with crash = {{ odds = \"1/100\", restart = \"{longer}\" }} \
             in [faults] it is",
            Span(self.kept_back)
        )
    }
}
