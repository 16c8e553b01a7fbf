//! What to change so that a bad run holds, found by running it: each setting that is not right is set right alone, and
//! the one that makes this very run hold is the one to name. If none does alone, the fewest that do together.
//!
//! What a function does outside is promised by no pipeline. A run in which only that is wrong has no wrong setting,
//! though a service that knows a call again would have made it hold.

use crate::scenario::{Scenario, Strategy};
use crate::search::repair::{Rank, Repair, repairs};
use crate::search::shrink::ddmin::ddmin;
use onceproof_sim::fault::Fault;
use onceproof_sim::outcome::{Class, Verdict};
use onceproof_systems::Trial;
use std::sync::atomic::AtomicBool;

/// What to change.
#[derive(Clone, Debug)]
pub(super) enum Cure {
    /// These settings, all of them.
    Settings {
        /// Each set right, in the order of their tables.
        repairs: Vec<Repair>,
        /// Others, each of which is enough alone.
        or: Vec<Repair>,
        /// What is run then.
        trial: Trial,
    },
    /// No setting is wrong, since what went wrong is outside of what any promises.
    Outside {
        /// What makes this run hold all the same, if something does.
        repair: Option<(Repair, Trial)>,
    },
    /// It is a protocol of the user's own, which has no settings here.
    Own,
    /// No setting was found that makes it hold.
    NotFound,
}

/// What is run, as it is: by its file if it has one.
#[derive(Clone, Copy)]
pub(super) struct Failure<'a> {
    pub trial: &'a Trial,
    pub scenario: Option<&'a Scenario>,
    pub seed: Option<u64>,
    /// The faults that fired, each at its place.
    pub schedule: &'a [Fault],
    pub class: Class,
    /// Set when the search should end soon.
    pub cancel: &'a AtomicBool,
}

impl Cure {
    /// The cure of a failure.
    pub fn of(failure: Failure<'_>) -> Cure {
        Search { failure }.cure()
    }

    /// What is run with it.
    pub fn trial(&self) -> Option<&Trial> {
        match self {
            Cure::Settings { trial, .. } | Cure::Outside { repair: Some((_, trial)) } => {
                Some(trial)
            }
            Cure::Outside { repair: None } | Cure::Own | Cure::NotFound => None,
        }
    }
}

struct Search<'a> {
    failure: Failure<'a>,
}

impl Search<'_> {
    fn cure(&self) -> Cure {
        let Failure { trial, scenario, class, .. } = self.failure;
        let keeps_ids = scenario.is_none_or(|scenario| scenario.strategy.keeps_ids());
        let Some(all) = repairs(trial, keeps_ids) else { return Cure::Own };
        let is_outside = matches!(class, Class::Repeated | Class::Stale);
        // What only promises less is named where nothing is wrong.
        for ranks in [Rank::Wrong..=Rank::Length, Rank::Less..=Rank::Less] {
            let of_rank = all.iter().filter(|repair| ranks.contains(&repair.rank));
            let mut alone = of_rank.filter_map(|repair| Some((repair, self.with(&[repair])?)));
            let Some((repair, trial)) = alone.next() else { continue };
            if is_outside {
                return Cure::Outside { repair: Some((repair.clone(), trial)) };
            }
            let or = alone.map(|(repair, _)| repair.clone()).collect();
            return Cure::Settings { repairs: vec![repair.clone()], or, trial };
        }
        if is_outside {
            return Cure::Outside { repair: None };
        }
        let is_own = |repair: &&Repair| repair.rank != Rank::Beyond;
        self.together(all.iter().filter(is_own).collect())
            .or_else(|| self.strategy())
            .or_else(|| {
                let beyond = all.iter().filter(|repair| repair.rank == Rank::Beyond);
                beyond.map(|repair| vec![repair]).find_map(|one| self.together(one))
            })
            .or_else(|| self.together(all.iter().collect()))
            .unwrap_or(Cure::NotFound)
    }

    /// The fewest of these that make it hold together: as few as can be of those that only promise less, beside all that
    /// are wrong, and then as few as can be of these.
    fn together(&self, all: Vec<&Repair>) -> Option<Cure> {
        if all.is_empty() {
            return None;
        }
        self.with(&all)?;
        let (wrong, less): (Vec<&Repair>, Vec<&Repair>) =
            all.into_iter().partition(|repair| repair.rank < Rank::Less);
        let less = self.fewest(less, &wrong);
        let mut fewest = self.fewest(wrong, &less);
        fewest.extend(less);
        let trial = self.with(&fewest)?;
        let repairs = fewest.into_iter().cloned().collect();
        Some(Cure::Settings { repairs, or: Vec::new(), trial })
    }

    /// The fewest of these that make it hold beside others.
    fn fewest<'a>(&self, all: Vec<&'a Repair>, beside: &[&'a Repair]) -> Vec<&'a Repair> {
        let holds = |some: &[&'a Repair]| self.with(&[beside, some].concat()).is_some();
        if holds(&[]) {
            return Vec::new();
        }
        ddmin(all, |some| holds(some).then(|| some.to_vec()))
    }

    /// The run with these settings, if it holds.
    fn with(&self, repairs: &[&Repair]) -> Option<Trial> {
        let mut trial = self.failure.trial.clone();
        for repair in repairs {
            trial = repair.make(&trial)?;
        }
        self.holding(trial)
    }

    /// The trial, if its run holds under the same seed with the same faults. Where a file draws them, the run is tried
    /// with those that it draws, and with those that fired.
    fn holding(&self, trial: Trial) -> Option<Trial> {
        let placed = || {
            trial.with(|plan| {
                plan.climate = onceproof_sim::fault::Climate::default();
                plan.faults = self.failure.schedule.to_vec();
            })
        };
        let is_drawn = !trial.plan.climate.odds.is_empty();
        let holds = !is_drawn || self.holds(&placed());
        (holds && self.holds(&trial)).then_some(trial)
    }

    /// Whether a run holds.
    fn holds(&self, trial: &Trial) -> bool {
        let brief = trial.simulator().brief_unless(self.failure.seed, self.failure.cancel);
        brief.is_some_and(|brief| brief.verdict == Verdict::ExactlyOnce)
    }

    /// A strategy that promises more.
    fn strategy(&self) -> Option<Cure> {
        let scenario = self.failure.scenario?;
        let stronger: &[Strategy] = match scenario.strategy {
            Strategy::Dataflow
            | Strategy::Transactions
            | Strategy::Snapshot
            | Strategy::MicroBatch => &[],
            Strategy::BestEffort => &[Strategy::AtLeastOnce, Strategy::Dataflow],
            Strategy::DataflowAtLeastOnce | Strategy::AtLeastOnce | Strategy::Lambda => {
                &[Strategy::Dataflow]
            }
        };
        stronger.iter().find_map(|&strategy| {
            // Another system may not have the places of the faults that fired: what it has of the file is run.
            let trial = scenario.under(strategy).ok()?.scenario.trial;
            if !self.holds(&trial) {
                return None;
            }
            let repairs = vec![Repair::of_strategy(scenario.strategy.word(), strategy.word())];
            Some(Cure::Settings { repairs, or: Vec::new(), trial })
        })
    }
}
