//! The search of a check: every schedule of a few faults, and seeds beside them.

use super::faults::{Drawn, Draws};
use crate::figures::counted;
use crate::report::exhaust_text::in_words;
use crate::report::heading::difference_in_words;
use crate::search::certificate::Exhaustion;
use crate::search::chance::Chance;
use crate::search::exhaust::exhaust;
use crate::search::resume::Done;
use crate::search::space::{Space, bare};
use crate::search::sweep::{Stop, sweep};
use crate::search::tally::{Seeds, Sweep};
use crate::search::threads::Threads;
use crate::search::weathers::Weathers;
use crate::search::worth::Worth;
use onceproof_kernel::time::Span;
use onceproof_sim::fault::Climate;
use onceproof_sim::outcome::{Brief, Class, Classes, Verdict};
use onceproof_sim::plan::Until;
use onceproof_systems::Trial;
use std::ops::Range;
use std::sync::atomic::AtomicBool;

/// Nobody ends a search of a test but by ending the test.
static NEVER: AtomicBool = AtomicBool::new(false);

/// So few runs may have drawn no fault by chance.
const FEW_RUNS: u64 = 100;

/// What is searched.
#[derive(Clone, Copy)]
pub(super) struct Search<'a> {
    /// On how many threads.
    pub threads: Threads,
    /// What is run.
    pub trial: &'a Trial,
    /// The faults that there may be.
    pub drawn: &'a Drawn,
    /// All schedules of at most so many faults, if they are asked for.
    pub most: Option<u32>,
    /// The seeds; none where the range is empty.
    pub seeds: &'a Range<u64>,
}

/// What a search found.
pub(super) enum Found {
    /// Nothing breaks it.
    Holds(Box<Held>),
    /// This breaks it.
    Fails(Box<Failing>),
    /// Neither is known: why.
    Unsure(String),
}

/// What was run where nothing breaks it.
pub(super) struct Held {
    /// All schedules, if they were asked for.
    pub found: Option<Exhaustion>,
    /// How many seeds were run.
    pub seeds: u64,
}

/// A run that fails.
pub(super) struct Failing {
    /// What is run: with the faults of a schedule, or with those that the seed draws.
    pub trial: Trial,
    /// Its seed.
    pub seed: Option<u64>,
    /// Where it was found: `seed 7`.
    pub origin: String,
}

impl Search<'_> {
    /// Searches for what breaks it.
    pub fn run(&self) -> Found {
        let mut found = None;
        if let Some(most) = self.most {
            match self.schedules(most, None) {
                Ok(all) => found = Some(all),
                Err(end) => return end,
            }
        }
        let seeds = match self.sweep(Stop::AfterNotExact) {
            None => 0,
            Some(sweep) => match self.swept(&sweep) {
                Some(end) => return end,
                None => sweep.runs,
            },
        };
        if let Some(why) = self.nothing_shown() {
            return Found::Unsure(why);
        }
        Found::Holds(Box::new(Held { found, seeds }))
    }

    /// Searches for a run that shows a class: among the schedules of at most one fault, or of as many as are asked for,
    /// and then among the seeds.
    pub fn of_class(&self, class: Class) -> Found {
        match self.schedules(self.most.unwrap_or(1), Some(class)) {
            Ok(_) | Err(Found::Unsure(_) | Found::Holds(_)) => {}
            Err(fails) => return fails,
        }
        let mut classes = Classes::default();
        classes.insert(class);
        let shows = |sweep: &Sweep| sweep.count(class) > 0;
        match self.sweep(Stop::OnceFound(classes)).filter(shows) {
            // The last run is the one that shows it.
            Some(sweep) => self.under(self.seeds.start + sweep.runs - 1),
            None => Found::Unsure(format!(
                "nothing is {}: no schedule of at most {} and none of {} shows it",
                class.word(),
                counted(self.most.unwrap_or(1).into(), "fault"),
                counted(self.seeds.end.saturating_sub(self.seeds.start), "seed"),
            )),
        }
    }

    /// Every schedule of at most so many faults, if none breaks it, or none in this way.
    fn schedules(&self, most: u32, class: Option<Class>) -> Result<Exhaustion, Found> {
        let trial = bare(self.trial);
        let space = Space {
            kinds: self.drawn.kinds.clone(),
            most,
            prunes: true,
            forks: true,
            runs_explained: false,
            stops_at_cause: class.is_none(),
        };
        let found =
            exhaust(self.threads, &trial, None, &space, &mut Done::default(), &NEVER, &|_| {});
        let is_meant = |classes: Classes| class.is_none_or(|class| classes.contains(class));
        if let Some(cause) = found.causes.iter().find(|cause| is_meant(cause.classes)) {
            let trial = trial.with(|plan| plan.faults = cause.faults.clone());
            let origin = match cause.faults.len() {
                0 => "the run without a fault".to_owned(),
                faults => format!("a schedule of {}", counted(faults as u64, "fault")),
            };
            return Err(Found::Fails(Box::new(Failing { trial, seed: None, origin })));
        }
        if let Some(schedule) = &found.first_inconclusive {
            let words = in_words(schedule, &trial, "  ");
            let run = trial.with(|plan| plan.faults = schedule.clone());
            let reason = run.simulator().detail(None).reason;
            let reason = reason.unwrap_or_else(|| "its run hit a limit".to_owned());
            let why = format!("it is not known whether this schedule holds: {reason}");
            return Err(Found::Unsure(format!("{why}\n{words}")));
        }
        let total = found.total();
        if most > 0 && !space.kinds.is_empty() && total.kinds.iter().all(|&count| count == 0) {
            let why = "no fault of the kinds that are asked for has a place in a run";
            return Err(Found::Unsure(why.to_owned()));
        }
        Ok(found)
    }

    /// Runs the seeds, if there are any. What draws nothing is run once.
    fn sweep(&self, stop: Stop) -> Option<Sweep> {
        if self.seeds.is_empty() {
            return None;
        }
        let seeds = Seeds::Range(self.seeds.clone());
        Some(match &self.drawn.draws {
            Draws::Weathers if !self.drawn.kinds.is_empty() => {
                let weathers = Weathers { trial: self.trial, kinds: &self.drawn.kinds };
                weathers.sweep(self.threads, seeds, stop, &NEVER)
            }
            _ => {
                let trial = self.in_climate();
                let seeds = match Chance::of(&trial).is_none() {
                    true => Seeds::Range(self.seeds.start..self.seeds.start + 1),
                    false => seeds,
                };
                sweep(self.threads, &trial, seeds, stop, &NEVER, &|_| {})
            }
        })
    }

    fn in_climate(&self) -> Trial {
        self.trial.with(|plan| {
            plan.climate = match &self.drawn.draws {
                Draws::Climate(climate) => climate.clone(),
                Draws::Weathers => Climate::default(),
            };
        })
    }

    /// The trial as a seed runs it.
    pub fn trial_of(&self, seed: u64) -> Trial {
        match &self.drawn.draws {
            Draws::Weathers if !self.drawn.kinds.is_empty() => {
                Weathers { trial: self.trial, kinds: &self.drawn.kinds }.of(seed)
            }
            _ => self.in_climate(),
        }
    }

    fn under(&self, seed: u64) -> Found {
        let origin = format!("seed {seed}");
        Found::Fails(Box::new(Failing { trial: self.trial_of(seed), seed: Some(seed), origin }))
    }

    /// What is wrong with the runs of seeds.
    fn swept(&self, sweep: &Sweep) -> Option<Found> {
        let first = sweep.failing.first().copied().flatten();
        if let Some(difference) = &sweep.difference {
            let words = difference_in_words(difference);
            return Some(Found::Unsure(format!("not deterministic: {words}")));
        }
        if let Some(seed) = first {
            return Some(self.under(seed));
        }
        if let Some(seed) = sweep.first_inconclusive.flatten() {
            let why = format!("it is not known whether it holds under seed {seed}");
            let outcome = self.trial_of(seed).simulator().detail(Some(seed));
            let reason = outcome.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            return Some(Found::Unsure(format!("{why}{reason}")));
        }
        let has_fired = sweep.fired.0.iter().any(|&count| count > 0);
        if !self.drawn.kinds.is_empty() && !has_fired && sweep.runs >= FEW_RUNS {
            let runs = counted(sweep.runs, "run");
            let until = match self.trial.plan.until.calm {
                Some(calm) => format!("{} after the start", Span(calm)),
                None => format!("{} after the last record", Span(Until::CALM_AFTER_INPUT)),
            };
            let why = format!("no fault has happened in {runs}, where faults end {until}");
            return Some(Found::Unsure(why));
        }
        None
    }

    /// That a green would say nothing, if it is so: without a fault, no record is in any result.
    fn nothing_shown(&self) -> Option<String> {
        let brief: Brief = bare(self.trial).simulator().brief(None);
        let says_nothing =
            brief.verdict == Verdict::ExactlyOnce && Worth::of(&brief).reflected == 0;
        says_nothing.then(|| {
            let records = counted(brief.ledger.expected, "record");
            format!("it says nothing: of {records} none is in a result, even without a fault")
        })
    }
}
