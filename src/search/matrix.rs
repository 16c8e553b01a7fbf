//! Each value of each mechanism under many seeds, with the faults that a scenario draws: the wrong values must
//! be found, and the right ones must hold in every seed. Where [`super::necessity`] finds the fewest faults that
//! break a few records, this finds out whether the storms of a whole pipeline do.
//!
//! A seed is a witness of a wrong value only if the same seed holds without it.
//!
//! The faults of the file stay here, unlike in a search by schedules. A design that has no place for them is
//! not run, and the report says so.

use super::stretch::Stretch;
use super::sweep::{Runner, Stop, sweep_on, sweep_with};
use super::tally::{Seeds, Sweep};
use super::threads::Threads;
use super::variants::Variant;
use crate::scenario::Scenario;
use onceproof_sim::outcome::{Brief, Classes, Outcome, Verdict};

use onceproof_systems::{Simulator, Trial};
use std::ops::Range;
use std::sync::atomic::AtomicBool;

/// After so many witnesses of a wrong value no more are looked for: enough to see how rare they are, and of
/// which classes.
pub const WITNESSES: u64 = 20;

/// When the runs of a wrong value end.
pub const STOP_OF_WRONG: Stop = Stop::AfterViolated(WITNESSES);

/// What many seeds say of a scenario and of each value of each mechanism in it.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// The seeds.
    pub seeds: Range<u64>,
    /// The mechanisms of the file.
    pub full: Sweep,
    /// Each wrong value.
    pub wrong: Vec<Tried>,
    /// Each other right value.
    pub right: Vec<Tried>,
}

/// What came of one value.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Which.
    pub design: Variant,
    /// What the scenario lacks for it, if so; then it was not run.
    pub lacks: Option<&'static str>,
    /// What was found. Of a wrong value a run counts as violated if it is a witness, and as inconclusive if
    /// it goes wrong without the value too.
    pub sweep: Option<Sweep>,
}

/// How a value stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MatrixStanding {
    /// As it should: a wrong value was found, or a right one held in all seeds.
    Good,
    /// A wrong value went unfound in all seeds, or a right one was violated.
    Bad,
    /// Not all seeds were run, or some of them say nothing.
    Incomplete,
    /// It was not run, since the scenario lacks something.
    NotRun,
}

/// Tries a wrong value.
pub fn try_wrong(
    threads: Threads,
    design: &Variant,
    scenario: &Scenario,
    seeds: &Range<u64>,
    stretch: &mut Stretch<'_, Sweep>,
    cancel: &AtomicBool,
    progress: &(dyn Fn(&Brief) + Sync),
) -> Tried {
    tried(design, scenario, |base, wrong| {
        let make = || Pair { wrong: wrong.simulator(), base: base.simulator() };
        let seeds = Seeds::Range(seeds.clone());
        sweep_with(threads, make, seeds, stretch, STOP_OF_WRONG, cancel, progress)
    })
}

/// Tries a right value.
pub fn try_right(
    threads: Threads,
    design: &Variant,
    scenario: &Scenario,
    seeds: &Range<u64>,
    stretch: &mut Stretch<'_, Sweep>,
    cancel: &AtomicBool,
    progress: &(dyn Fn(&Brief) + Sync),
) -> Tried {
    tried(design, scenario, |_, right| {
        let seeds = Seeds::Range(seeds.clone());
        sweep_on(threads, right, seeds, stretch, Stop::Never, cancel, progress)
    })
}

/// Runs the plans without and with a value, if the scenario can have it.
fn tried(
    design: &Variant,
    scenario: &Scenario,
    run: impl FnOnce(&Trial, &Trial) -> Sweep,
) -> Tried {
    let (trial, design) = (&scenario.trial, design.clone());
    if let Some(lacks) = design.lacks(trial, &trial.plan.climate.drawn()) {
        return Tried { design, lacks: Some(lacks), sweep: None };
    }
    match design.without_and_with(scenario, false) {
        Ok((base, with)) => {
            Tried { design, lacks: None, sweep: Some(run(&base.trial, &with.trial)) }
        }
        Err(lacks) => Tried { design, lacks: Some(lacks), sweep: None },
    }
}

/// Runs a seed with a wrong value, and where that is violated also without it.
struct Pair<'a> {
    wrong: Simulator<'a>,
    base: Simulator<'a>,
}

impl Pair<'_> {
    /// What a run with the wrong value counts for.
    fn judged(&mut self, seed: Option<u64>, brief: Brief) -> Brief {
        let holds_without =
            |base: &mut Simulator| (**base).brief(seed).verdict == Verdict::ExactlyOnce;
        if brief.verdict == Verdict::Violated && !holds_without(&mut self.base) {
            return Brief { verdict: Verdict::Inconclusive, classes: Classes::default(), ..brief };
        }
        brief
    }
}

impl Runner for Pair<'_> {
    fn brief(&mut self, seed: Option<u64>, stop: &AtomicBool) -> Option<(Brief, Vec<usize>)> {
        let (brief, unfired) = Runner::brief(&mut self.wrong, seed, stop)?;
        Some((self.judged(seed, brief), unfired))
    }

    fn detail(&mut self, seed: Option<u64>) -> Outcome {
        let outcome = self.wrong.detail(seed);
        Outcome { brief: self.judged(seed, outcome.brief), ..outcome }
    }
}

impl Tried {
    /// How a wrong value stands.
    pub fn as_wrong(&self) -> MatrixStanding {
        match &self.sweep {
            None => MatrixStanding::NotRun,
            Some(sweep) if sweep.violated > 0 => MatrixStanding::Good,
            Some(sweep) if is_complete(sweep) => MatrixStanding::Bad,
            Some(_) => MatrixStanding::Incomplete,
        }
    }

    /// How a right value stands.
    pub fn as_right(&self) -> MatrixStanding {
        self.sweep.as_ref().map_or(MatrixStanding::NotRun, holds)
    }

    /// The first seed that went wrong.
    pub fn first(&self) -> Option<u64> {
        self.sweep.as_ref().and_then(|sweep| *sweep.failing.first()?)
    }
}

/// How a design stands that ought to hold.
pub fn holds(sweep: &Sweep) -> MatrixStanding {
    match sweep.violated {
        0 if is_complete(sweep) => MatrixStanding::Good,
        0 => MatrixStanding::Incomplete,
        _ => MatrixStanding::Bad,
    }
}

fn is_complete(sweep: &Sweep) -> bool {
    !sweep.interrupted && sweep.inconclusive == 0
}

impl Matrix {
    /// How many wrong values stand so, and how many right ones; the mechanisms of the file are not among them.
    pub fn count(&self, standing: MatrixStanding) -> (u64, u64) {
        let wrong = self.wrong.iter().filter(|tried| tried.as_wrong() == standing);
        let right = self.right.iter().filter(|tried| tried.as_right() == standing);
        (wrong.count() as u64, right.count() as u64)
    }

    /// All sweeps, that of the full design first.
    pub fn sweeps(&self) -> impl Iterator<Item = &Sweep> {
        let tried = self.wrong.iter().chain(&self.right).filter_map(|tried| tried.sweep.as_ref());
        std::iter::once(&self.full).chain(tried)
    }
}
