//! What a green is worth: for how many records it speaks, and how many of the input it says nothing of.

use onceproof_kernel::layout::StepIndex;
use onceproof_sim::outcome::{Brief, LedgerFigures, StepResult};

/// What one run speaks for, in source records.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct Worth {
    /// How many there are.
    pub expected: u64,
    /// How many are in a result, and as they should be.
    pub reflected: u64,
    /// How many were late.
    pub late: u64,
    /// How many were given up as dead letters.
    pub dead_lettered: u64,
    /// How many functions leave out.
    pub filtered: u64,
}

impl Worth {
    /// What a run speaks for.
    pub fn of(brief: &Brief) -> Worth {
        let LedgerFigures { expected, exact, late, dead_lettered, .. } = brief.ledger;
        let filtered = brief.filtered;
        let reflected = exact.saturating_sub(filtered);
        Worth { expected, reflected, late, dead_lettered, filtered }
    }
}

/// What the runs of a sweep speak for: that of the run which speaks for the fewest, and the most of each that the
/// others say nothing of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "cli", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "cli", serde(deny_unknown_fields))]
pub struct WorthOfAll {
    /// The fewest records that are reflected, of how many; the most that are late, given up and left out.
    pub least: Worth,
    /// Whether it is the same for each.
    pub is_of_each: bool,
}

impl WorthOfAll {
    /// That of one run.
    pub fn of(worth: Worth) -> WorthOfAll {
        WorthOfAll { least: worth, is_of_each: true }
    }

    /// Adds a run.
    pub fn add(&mut self, worth: Worth) {
        let least = &mut self.least;
        self.is_of_each &= *least == worth;
        if worth.reflected < least.reflected {
            (least.reflected, least.expected) = (worth.reflected, worth.expected);
        }
        least.late = least.late.max(worth.late);
        least.dead_lettered = least.dead_lettered.max(worth.dead_lettered);
        least.filtered = least.filtered.max(worth.filtered);
    }
}

/// The steps with results into which any record belongs that was not late.
pub fn steps_with_records(results: &[StepResult]) -> impl Iterator<Item = StepIndex> {
    results.iter().filter(|result| result.expected > result.late).map(|result| result.step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runs_of_a_sweep_speak_for_what_the_poorest_speaks_for() {
        let worth = |reflected, late| Worth { expected: 9, reflected, late, ..Worth::default() };
        let mut all = WorthOfAll::of(worth(7, 2));
        all.add(worth(7, 2));
        assert_eq!(all, WorthOfAll { least: worth(7, 2), is_of_each: true });
        all.add(worth(4, 0));
        all.add(worth(6, 3));
        assert_eq!(all, WorthOfAll { least: worth(4, 3), is_of_each: false });
    }
}
