//! Which watermarks are worth a message of their own: those that cross a window end that someone downstream
//! waits for.

use super::{Edge, Step};
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::{Nanos, Time};

/// A window end that a sender's watermark must cross before anyone downstream can use it: a multiple of
/// `length` plus `shift`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WindowEnd {
    length: Nanos,
    shift: Nanos,
}

impl WindowEnd {
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
pub(super) fn window_ends(
    steps: &[Step],
    edges: &[Vec<Edge>],
    order: &[StepIndex],
) -> Vec<Vec<WindowEnd>> {
    let mut ends: Vec<Vec<WindowEnd>> = vec![Vec::new(); steps.len()];
    for &index in order.iter().rev() {
        let windowing = steps[index.at()].kind.windowing();
        let held_back = windowing.map_or(0, |windows| windows.lateness);
        let mut here: Vec<WindowEnd> = Vec::new();
        if let Some(windows) = windowing {
            here.push(WindowEnd { length: windows.length, shift: 0 });
        }
        for edge in &edges[index.at()] {
            for end in &ends[edge.to.at()] {
                let shift = (end.shift.saturating_add(held_back)) % end.length;
                let end = WindowEnd { length: end.length, shift };
                if !here.contains(&end) {
                    here.push(end);
                }
            }
        }
        ends[index.at()] = here;
    }
    ends
}
