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
        self.crossed_at(old).is_some_and(|at| new >= at)
    }

    /// The least watermark that crosses such an end, of those that come after this one; none comes after the last.
    pub fn crossed_at(&self, old: Time) -> Option<Time> {
        match old {
            Time::MIN => Some(Time(i64::MIN + 1)),
            Time::MAX => None,
            Time(at) => {
                let (length, shift) = (i128::from(self.length), i128::from(self.shift));
                let next = ((i128::from(at) - shift).div_euclid(length) + 1) * length + shift;
                // The last watermark of all crosses every end.
                Some(i64::try_from(next).map_or(Time::MAX, Time))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_crossed_at_the_next_multiple_of_its_length_and_its_shift() {
        let end = WindowEnd { length: 10, shift: 3 };
        let check = |old: i64, at: Option<i64>| assert_eq!(end.crossed_at(Time(old)), at.map(Time));
        check(2, Some(3));
        check(3, Some(13));
        check(12, Some(13));
        check(-8, Some(-7));
        check(-7, Some(3));
        check(i64::MIN, Some(i64::MIN + 1));
        check(i64::MAX - 1, Some(i64::MAX));
        check(i64::MAX, None);
    }
}
