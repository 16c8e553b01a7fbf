//! Which watermarks are worth a message of their own: those that cross a window end that someone downstream
//! waits for, and those that let ids be forgotten there.

use super::{Edge, Stages, Step};
use crate::mechanism::{Outputs, Stamps};
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::{Nanos, Time};

/// A window end that a sender's watermark must cross before anyone downstream can use it: a multiple of
/// `length` plus `shift`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    length: Nanos,
    shift: Nanos,
}

impl Mark {
    /// Whether a watermark that moves from `old` to `new` crosses such an end.
    pub fn is_crossed(&self, old: Time, new: Time) -> bool {
        self.number(old) < self.number(new)
    }

    fn number(&self, at: Time) -> i128 {
        match at {
            Time::MIN => i128::MIN,
            Time::MAX => i128::MAX,
            Time(at) => {
                (i128::from(at) - i128::from(self.shift)).div_euclid(i128::from(self.length))
            }
        }
    }
}

/// For each step, the window ends at it and below it, as the watermark that arrives there meets them: an
/// aggregate passes its watermark on less its lateness, so ends further down come that much later.
pub(super) fn marks(steps: &[Step], edges: &[Vec<Edge>], order: &[StepIndex]) -> Vec<Vec<Mark>> {
    let mut marks: Vec<Vec<Mark>> = vec![Vec::new(); steps.len()];
    for &index in order.iter().rev() {
        let windowing = steps[index.at()].kind.windowing();
        let held_back = windowing.map_or(0, |windows| windows.lateness);
        let mut here: Vec<Mark> = Vec::new();
        if let Some(windows) = windowing {
            here.push(Mark { length: windows.length, shift: 0 });
        }
        for edge in &edges[index.at()] {
            for mark in &marks[edge.to.at()] {
                let shift = (mark.shift.saturating_add(held_back)) % mark.length;
                let mark = Mark { length: mark.length, shift };
                if !here.contains(&mark) {
                    here.push(mark);
                }
            }
        }
        marks[index.at()] = here;
    }
    marks
}

/// Whom the system watermark that reaches a step is of use to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SystemUse {
    /// To the step itself: it forgets ids by it.
    pub forgets: bool,
    /// To a later step. This step forwards the system watermark, since it has none of its own; or it forwards
    /// that its input has ended, to one that does.
    pub passes_on: bool,
}

/// For each step, whom the system watermark that reaches it is of use to.
pub(super) fn system_uses(
    steps: &[Step],
    edges: &[Vec<Edge>],
    order: &[StepIndex],
    stages: &Stages,
) -> Vec<SystemUse> {
    let mut uses = vec![SystemUse::default(); steps.len()];
    for &index in order.iter().rev() {
        let Step { kind, mechanism, .. } = &steps[index.at()];
        let inherits = (mechanism.outputs, mechanism.stamps)
            == (Outputs::Recompute, Stamps::Stable)
            && kind.windowing().is_none();
        let passes_on = |edge: &Edge| {
            let below: SystemUse = uses[edge.to.at()];
            // A step in the same stage only hands over.
            let forgets = below.forgets && !stages.is_fused(edge.to);
            below.passes_on || (forgets && inherits)
        };
        let passes_on = edges[index.at()].iter().any(passes_on);
        uses[index.at()] = SystemUse { forgets: mechanism.forgets_by_watermark(), passes_on };
    }
    uses
}
