//! What is served before it is certain, over many runs: how far it was off, how far it differs from what was certain
//! where nothing went wrong, which way it was corrected, and when it was right. The figures are those by which two legs
//! over one log are compared; a run without faults under the same seed says what of it the faults did not do.

use super::space::bare;
use super::strategies::PerRun;
use onceproof_sim::served::ServedFigures;
use onceproof_sim::times::Times;
use onceproof_systems::Trial;

/// The figures of many runs. What is of cells and windows is the sum over all runs.
#[derive(Clone, PartialEq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServedTotals {
    /// How many runs there were.
    pub runs: u64,
    /// As [`ServedFigures::worst_net`] of each run, in millionths.
    pub worst_net: PerRun,
    /// As [`ServedFigures::worst_gross`] of each run, in millionths.
    pub worst_gross: PerRun,
    /// As [`ServedFigures::total`] of each run, in millionths.
    pub total: PerRun,
    /// What the legs differ in without faults.
    pub without_faults: Apart,
    /// What they differ in with them.
    pub apart: Apart,
    /// As [`ServedFigures::phantom_cells`].
    pub phantom_cells: u64,
    /// As [`ServedFigures::wrong_cells`].
    pub wrong_cells: u64,
    /// As [`ServedFigures::corrections`].
    pub corrections: Corrections,
    /// As [`ServedFigures::sign_changes`].
    pub sign_changes: u64,
    /// As [`ServedFigures::neighbours`].
    pub neighbours: u64,
    /// How many windows have records by right.
    pub windows: u64,
    /// As [`ServedFigures::first_served`].
    #[serde(with = "super::written::times")]
    pub first_served: Times,
    /// As [`ServedFigures::right`].
    #[serde(with = "super::written::times")]
    pub right: Times,
    /// As [`ServedFigures::never_right`].
    pub never_right: u64,
    /// As [`ServedFigures::certain`].
    #[serde(with = "super::written::times")]
    pub certain: Times,
    /// As [`ServedFigures::changes`].
    pub changes: u64,
    /// As [`ServedFigures::unserved`], in nanoseconds.
    pub unserved: u64,
}

/// In how much what is served and what is certain differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apart {
    /// In how many records.
    pub records: u64,
    /// Of how many.
    pub of_records: u64,
    /// In how many cells.
    pub cells: u64,
    /// Of how many.
    pub of_cells: u64,
}

/// Corrections of windows, in millionths of their records.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrections {
    /// How many windows had more in the end than they were served with, fewer, and as many.
    pub up: u64,
    /// See above.
    pub down: u64,
    /// See above.
    pub none: u64,
    #[serde(with = "super::written::text")]
    pub(super) sum: i128,
    #[serde(with = "super::written::text")]
    pub(super) squares: u128,
}

impl Corrections {
    fn add(&mut self, correction: i64) {
        match correction.signum() {
            1 => self.up += 1,
            -1 => self.down += 1,
            _ => self.none += 1,
        }
        self.sum += i128::from(correction);
        self.squares += u128::from(correction.unsigned_abs()).pow(2);
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.up + self.down + self.none
    }

    /// The mean, in millionths, rounded to 0; 0 of none.
    pub fn mean(&self) -> i64 {
        let mean = self.sum / i128::from(self.count().max(1));
        mean.try_into().unwrap_or(if mean < 0 { i64::MIN } else { i64::MAX })
    }

    /// The standard deviation, in millionths, rounded down; 0 of none.
    pub fn deviation(&self) -> u64 {
        let count = u128::from(self.count().max(1));
        // The mean of the squares less the square of the mean, both times the square of the count.
        let squares = self.squares.saturating_mul(count);
        let spread = squares.saturating_sub(self.sum.unsigned_abs().saturating_pow(2));
        (spread.isqrt() / count).try_into().unwrap_or(u64::MAX)
    }
}

impl Apart {
    fn add(&mut self, figures: &ServedFigures) {
        self.records += figures.apart_records;
        self.of_records += figures.records;
        self.cells += figures.apart_cells;
        self.of_cells += figures.cells;
    }
}

impl ServedTotals {
    /// Adds a run, and the run of the same seed without faults.
    pub fn add(
        &mut self,
        seed: Option<u64>,
        figures: &ServedFigures,
        without_faults: &ServedFigures,
    ) {
        self.runs += 1;
        self.worst_net.add(figures.worst_net.millionths(), seed);
        self.worst_gross.add(figures.worst_gross.millionths(), seed);
        self.total.add(figures.total.millionths(), seed);
        self.without_faults.add(without_faults);
        self.apart.add(figures);
        self.phantom_cells += figures.phantom_cells;
        self.wrong_cells += figures.wrong_cells;
        figures.corrections.iter().for_each(|&correction| self.corrections.add(correction));
        self.sign_changes += figures.sign_changes;
        self.neighbours += figures.neighbours;
        self.windows += figures.windows;
        self.first_served.add_all(&figures.first_served);
        self.right.add_all(&figures.right);
        self.never_right += figures.never_right;
        self.certain.add_all(&figures.certain);
        self.changes += figures.changes;
        self.unserved += figures.unserved;
    }

    /// Those of one run in detail; none for a system that serves nothing that is not certain.
    pub fn of_run(
        trial: &Trial,
        seed: Option<u64>,
        figures: Option<&ServedFigures>,
    ) -> Option<ServedTotals> {
        let figures = figures?;
        let mut totals = ServedTotals::default();
        match without_faults(trial) {
            None => totals.add(seed, figures, figures),
            Some(bare) => {
                totals.add(seed, figures, bare.simulator().detail(seed).served.as_ref()?);
            }
        }
        Some(totals)
    }
}

/// The same without any fault, if it has some and its system serves results that are not certain.
pub fn without_faults(trial: &Trial) -> Option<Trial> {
    let has_faults = !trial.plan.climate.drawn().is_empty() || !trial.plan.faults.is_empty();
    (has_faults && trial.design.serves_before_certain()).then(|| bare(trial))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrections_have_a_mean_and_a_deviation() {
        let of = |all: &[i64]| {
            let mut corrections = Corrections::default();
            all.iter().for_each(|&correction| corrections.add(correction));
            (corrections.mean(), corrections.deviation(), corrections.count())
        };
        assert_eq!(of(&[]), (0, 0, 0));
        assert_eq!(of(&[-30_000, 10_000]), (-10_000, 20_000, 2));
        assert_eq!(of(&[7, 7, 7]), (7, 0, 3));
    }
}
