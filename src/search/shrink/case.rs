//! What is shrunk: rows of the input and faults, over a scenario or a trial whose input is written out. Rows are known
//! by their numbers in it, so that a row, and a fault on it, stay what they are while others go.

#[cfg(feature = "cli")]
use crate::scenario::Scenario;
use onceproof_sim::fault::{About, Climate, Fault, Pattern};
use onceproof_sim::input::SourceInput;
use onceproof_systems::Trial;
use std::sync::Arc;

/// What a failure is a failure of, with its input written out.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A scenario file, which may be edited.
    #[cfg(feature = "cli")]
    Scenario(Arc<Scenario>),
    /// What has no text: its steps stay as they are.
    Trial(Arc<Trial>),
}

impl Subject {
    /// What is run.
    pub fn trial(&self) -> &Trial {
        match self {
            #[cfg(feature = "cli")]
            Subject::Scenario(scenario) => &scenario.trial,
            Subject::Trial(trial) => trial,
        }
    }

    /// The mechanisms that each step sets for itself, by their keys; none where no text says so.
    pub fn own_mechanisms(&self) -> Vec<Vec<&'static str>> {
        match self {
            #[cfg(feature = "cli")]
            Subject::Scenario(scenario) => scenario.own_mechanisms(),
            Subject::Trial(_) => Vec::new(),
        }
    }

    /// The scenario, if it is one.
    #[cfg(feature = "cli")]
    pub fn scenario(&self) -> Option<&Scenario> {
        match self {
            Subject::Scenario(scenario) => Some(scenario),
            Subject::Trial(_) => None,
        }
    }
}

/// A failing run on the way to the smallest.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it comes from.
    pub subject: Subject,
    /// Per source of the plan, which rows of it are left, in order.
    pub rows: Vec<Vec<usize>>,
    /// The exact faults, placed among the rows that are left.
    pub faults: Vec<Fault>,
    /// The seed that latencies and first answers are drawn from; none where both are the least.
    pub seed: Option<u64>,
}

impl Case {
    /// All rows.
    pub fn new(subject: Subject, faults: Vec<Fault>, seed: Option<u64>) -> Case {
        let inputs = &subject.trial().plan.inputs;
        let rows = inputs.iter().map(|(_, input)| (0..length(input)).collect()).collect();
        Case { rows, subject, faults, seed }
    }

    /// The plan without its faults: they are placed run by run.
    pub fn trial(&self, most_events: u64) -> Trial {
        let mut trial = self.subject.trial().clone();
        for ((_, input), kept) in trial.plan.inputs.iter_mut().zip(&self.rows) {
            if let SourceInput::Rows(rows) = input
                && kept.len() < rows.len()
            {
                *rows = Arc::new(kept.iter().map(|&row| rows[row].clone()).collect());
            }
        }
        trial.plan.climate = Climate::default();
        trial.plan.faults = Vec::new();
        trial.plan.until.events = trial.plan.until.events.min(most_events);
        trial
    }

    /// The same faults with fewer rows: none if a fault is placed on a row that goes, or no row is left.
    pub fn with_rows(&self, rows: Vec<Vec<usize>>) -> Option<Case> {
        if rows.iter().any(Vec::is_empty) {
            return None;
        }
        let faults = self.faults.iter().map(|fault| self.moved(fault, &rows));
        let faults = faults.collect::<Option<Vec<Fault>>>()?;
        Some(Case { rows, faults, ..self.clone() })
    }

    /// The fault on the same row where it is now. Row i is at offset i / shards of shard i mod shards.
    fn moved(&self, fault: &Fault, rows: &[Vec<usize>]) -> Option<Fault> {
        let trial = self.subject.trial();
        let mut fault = fault.clone();
        let Some(About::Record(Pattern::Source { step, shard, offset, .. })) = &mut fault.at.record
        else {
            return Some(fault);
        };
        let source = trial.plan.inputs.iter().position(|(source, _)| source == step)?;
        let shards = trial.layout().shards_of(*step);
        let old = usize::try_from(*offset).ok()? * shards as usize + *shard as usize;
        let row = self.rows[source].get(old)?;
        let new = rows[source].binary_search(row).ok()?;
        let moved = (new % shards as usize) as u32;
        (*shard, *offset) = (moved, (new / shards as usize) as u64);
        if fault.at.step == Some(*step) && fault.at.shard.is_some() {
            fault.at.shard = Some(moved);
        }
        if fault.at.from == Some(*step) && fault.at.from_shard.is_some() {
            fault.at.from_shard = Some(moved);
        }
        Some(fault)
    }
}

fn length(input: &SourceInput) -> usize {
    match input {
        SourceInput::Rows(rows) => rows.len(),
        SourceInput::Generate(generate) => generate.records as usize,
    }
}
