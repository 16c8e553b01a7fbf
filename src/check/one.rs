//! Single runs, for whoever wants to look at one.

use crate::report::class_list;
use crate::report::trace_text::traced;
use crate::report::words::fault_in_words;
use crate::search::shrink::Shrunk;
use onceproof_sim::outcome::{Classes, LedgerFigures, Outcome, Verdict};
use onceproof_systems::Trial;
use std::collections::BTreeMap;
use std::fmt;

/// One run, with all that is known of it.
#[derive(Clone, Debug)]
pub struct One {
    trial: Trial,
    seed: u64,
    outcome: Outcome,
    trace: Vec<String>,
}

impl One {
    pub(super) fn of(trial: Trial, seed: u64) -> One {
        let (outcome, trace) = traced(&mut trial.simulator(), Some(seed));
        One { trial, seed, outcome, trace }
    }

    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.outcome.brief.verdict
    }

    /// What was wrong.
    pub fn classes(&self) -> Classes {
        self.outcome.brief.classes
    }

    /// How many records are reflected as they should be, and how many otherwise.
    pub fn ledger(&self) -> LedgerFigures {
        self.outcome.brief.ledger
    }

    /// What was committed at a step: the total of each key, over all windows. Nothing where the step has no results.
    ///
    /// # Panics
    /// There is no such step.
    #[track_caller]
    pub fn results(&self, step: &str) -> BTreeMap<String, i128> {
        let Some(found) = self.trial.layout().find(step) else {
            panic!("there is no step `{step}`")
        };
        let result = self.outcome.steps.iter().find(|result| result.step == found);
        result.map(|result| result.results.clone()).unwrap_or_default()
    }

    /// The faults that happened, in order, in words.
    pub fn faults(&self) -> Vec<String> {
        let schedule = self.outcome.schedule.iter();
        schedule.map(|fault| fault_in_words(fault, &self.trial)).collect()
    }

    /// What happened, line by line, as `onceproof run --trace` shows it.
    pub fn trace(&self) -> &[String] {
        &self.trace
    }

    /// All that is known of it.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}

impl fmt::Display for One {
    /// The trace, and below it the verdict.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.trace.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        let classes = class_list(self.classes().iter());
        let classes = if classes.is_empty() { classes } else { format!(": {classes}") };
        writeln!(f, "seed {}: {}{classes}", self.seed, self.verdict().word())
    }
}

/// The smallest run that is wrong in the way that was expected. It is written as a test that fails writes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
    classes: Classes,
    faults: Vec<String>,
    records: usize,
    told: String,
}

impl Witness {
    pub(super) fn new(shrunk: &Shrunk, told: String) -> Witness {
        let Shrunk { case, outcome, .. } = shrunk;
        let trial = case.subject.trial();
        Witness {
            classes: outcome.brief.classes,
            faults: case.faults.iter().map(|fault| fault_in_words(fault, trial)).collect(),
            records: case.rows.iter().map(Vec::len).sum(),
            told,
        }
    }

    /// All that is wrong in it.
    pub fn classes(&self) -> Classes {
        self.classes
    }

    /// Its faults in words, none of which can be left out.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// How many records its sources read.
    pub fn records(&self) -> usize {
        self.records
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)
    }
}
