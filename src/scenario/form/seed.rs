//! Under which seed a scenario is run where one run of it is asked for, and which faults it has of its own.

use crate::scenario::Scenario;

/// The seed of one run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RunSeed {
    /// The seed; none where nothing is drawn that could go wrong.
    pub seed: Option<u64>,
    /// Whether nobody has stated it.
    pub is_assumed: bool,
}

impl Scenario {
    /// The seed of one run: the one that is asked for, else the one that the file fixes. A file that draws
    /// faults and fixes none has seed 0, since without a seed no fault would be drawn.
    pub fn seed_of_run(&self, asked: Option<u64>) -> RunSeed {
        let is_assumed = asked.is_none() && self.is_swept();
        let seed = if is_assumed { Some(0) } else { asked.or(self.seed) };
        RunSeed { seed, is_assumed }
    }

    /// How many faults the file has of its own, drawn and exact ones.
    pub fn own_faults(&self) -> usize {
        self.trial.plan.faults.len() + self.trial.plan.climate.odds.len()
    }
}
