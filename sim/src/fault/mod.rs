//! Faults: what can go wrong, where, and how often. A fault looks at a moment and decides a fate; the
//! world alone acts on it.

pub mod kind;
pub mod odds;
pub mod place;

pub use kind::{ClockWay, Direction, Kind, KindName, Leg};
pub use odds::Odds;
pub use place::{About, Pattern, Place};

use kind::Asked;
use onceproof_kernel::layout::{Layout, StepIndex};

/// One exact fault: a place and what happens there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Where.
    pub at: Place,
    /// What.
    pub kind: Kind,
}

impl Fault {
    /// The fault as a stage meets it. A fused stage has one of each step of the protocol, named by any of its
    /// steps; a function, a call, and the moments before it is applied and before it calls, are the step's own.
    pub fn at_its_stage(&self, layout: &Layout) -> Fault {
        let mut fault = self.clone();
        let head = |step: StepIndex| layout.head(step);
        let place = &mut fault.at;
        place.from = place.from.map(head);
        let is_own = match fault.kind.asked_at() {
            Asked::Execute | Asked::Deliver | Asked::Call => true,
            Asked::Before => {
                place.before.is_some_and(|point| layout.alphabet.words(point).is_each_steps)
            }
            Asked::Request | Asked::Ack | Asked::Commit => false,
        };
        if !is_own {
            place.step = place.step.map(head);
            if let (Some(before), Some(step)) = (place.before, place.step) {
                place.before = Some(layout.point_at(step, before));
            }
        }
        fault
    }
}

/// The odds of drawn faults: at most one entry per kind and leg.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Climate {
    /// Each kind with its parameters and its odds.
    pub odds: Vec<(Kind, Odds)>,
    /// The same kinds with other parameters, where several are given. Which one of a kind strikes is drawn, each as
    /// often as the next.
    pub others: Vec<Kind>,
}

impl Climate {
    /// A kind that has odds, and the same one with every other parameter that was given.
    pub fn with_others(&self, kind: Kind) -> impl Iterator<Item = Kind> {
        let same =
            move |other: &Kind| other.name() == kind.name() && other.asked_at() == kind.asked_at();
        std::iter::once(kind).chain(self.others.iter().copied().filter(same))
    }

    /// Every kind that may strike, with its parameters.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.odds.iter().map(|&(kind, _)| kind).chain(self.others.iter().copied())
    }

    /// The kinds of faults that a seed may draw, each once, in order: those with odds above 0.
    pub fn drawn(&self) -> Vec<KindName> {
        let with_odds = self.odds.iter().filter(|(_, odds)| odds.numerator > 0);
        let mut drawn: Vec<KindName> = with_odds.map(|(kind, _)| kind.name()).collect();
        drawn.sort_unstable();
        drawn.dedup();
        drawn
    }
}
