//! Where candidates are tried: the goal they must hit, how many runs it took, and which other classes
//! were met on the way.

use super::case::Case;
use onceproof_kernel::layout::StepIndex;
use onceproof_model::pipeline::Pipeline;
use onceproof_sim::fault::{About, Fault, Pattern};
use onceproof_sim::outcome::{Brief, Class, Classes, Damage, Outcome};

use onceproof_systems::{Simulator, Trial};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

/// What must go wrong: this, and in the results of this step where the class is about a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// The class.
    pub class: Class,
    /// The step, for a class that damages records.
    pub step: Option<StepIndex>,
}

impl Goal {
    /// What a failing run shows: a class that is asked for, else the first; at the step that is nearest to
    /// its source, since what follows may only pass it on; at the record that the fewest faults touched.
    pub fn of(outcome: &Outcome, asked: &[Class], pipeline: &Pipeline) -> Option<Goal> {
        let is_asked = |class: &Class| asked.contains(class);
        let found = outcome.brief.classes;
        let any = found.iter().any(|class| is_asked(&class));
        let fits = |damage: &&Damage| !any || is_asked(&damage.class);
        let depths = pipeline.depths();
        let nearest = |damage: &&Damage| (depths.of(damage.step), damage.touched.len());
        if let Some(damage) = outcome.damage.iter().filter(fits).min_by_key(nearest) {
            return Some(Goal { class: damage.class, step: Some(damage.step) });
        }
        let mut classes = found.iter().filter(|class| !any || is_asked(class));
        classes.next().map(|class| Goal { class, step: None })
    }

    /// The record that it hits in a run, the one that the fewest faults touched.
    pub fn damage<'a>(&self, outcome: &'a Outcome) -> Option<&'a Damage> {
        let same = |damage: &&Damage| damage.class == self.class && self.step == Some(damage.step);
        outcome.damage.iter().filter(same).min_by_key(|damage| damage.touched.len())
    }

    fn is_hit_by(&self, outcome: &Outcome) -> bool {
        outcome.brief.classes.contains(self.class)
            && (self.step.is_none() || self.damage(outcome).is_some())
    }
}

/// Who waits for the result: hears how many runs there were, and may have it end soon.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Set when it should end soon.
    pub cancel: &'a AtomicBool,
    /// Hears of every run: how many there were.
    pub tell: &'a dyn Fn(u64),
}

impl Watch<'_> {
    /// Nobody.
    pub fn none() -> Watch<'static> {
        static NEVER: AtomicBool = AtomicBool::new(false);
        Watch { cancel: &NEVER, tell: &|_| {} }
    }

    /// Whether it should end soon.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("cancel", self.cancel).finish_non_exhaustive()
    }
}

/// The count of runs, and what else was found.
#[derive(Debug)]
pub struct Bench<'a> {
    /// What candidates must hit.
    pub goal: Goal,
    /// How many runs there were.
    pub runs: u64,
    /// The most events of a run: one that takes far longer than the failure is on no way to it.
    pub most_events: u64,
    /// The classes of the failure that is shrunk.
    pub known: Classes,
    /// The first case of each class that was not among them.
    pub others: Vec<(Class, Case)>,
    /// Who waits.
    pub watch: Watch<'a>,
}

/// A run that hits the goal.
#[derive(Debug)]
pub struct Hit {
    /// The faults that were placed and fired.
    pub fired: Vec<Fault>,
    /// The run.
    pub outcome: Outcome,
}

impl<'a> Bench<'a> {
    /// A bench where nothing was run yet, and a run may have as many events as its scenario says.
    pub fn new(goal: Goal, watch: Watch<'a>) -> Bench<'a> {
        let (known, others) = (Classes::default(), Vec::new());
        Bench { goal, runs: 0, most_events: u64::MAX, known, others, watch }
    }

    /// Counts a run.
    pub fn count(&mut self) {
        self.runs += 1;
        (self.watch.tell)(self.runs);
    }

    /// Runs a case on its own.
    pub fn hits(&mut self, case: &Case) -> Option<Hit> {
        let trial = case.trial(self.most_events);
        self.hits_with(&mut trial.simulator(), case, &case.faults)
    }

    /// Runs a case with these faults instead of its own, on a simulator of its plan. When it should end soon
    /// nothing more is tried, so whoever asks keeps what they have.
    pub fn hits_with(
        &mut self,
        simulator: &mut Simulator<'_>,
        case: &Case,
        faults: &[Fault],
    ) -> Option<Hit> {
        if self.watch.is_cancelled() {
            return None;
        }
        simulator.place(faults);
        self.count();
        let brief = simulator.brief_unless(case.seed, self.watch.cancel)?;
        self.note(&brief, case, faults);
        if brief.classes.contains(self.goal.class) {
            return self.confirm(simulator, case, faults);
        }
        None
    }

    /// Runs a case that shows the class again, in detail. One that is cut off by the most events of a run is none: when it
    /// is read back, it goes on. Without its time to drain, a spout that gives up what is on its way would emit it for ever.
    pub fn confirm(
        &mut self,
        simulator: &mut Simulator<'_>,
        case: &Case,
        faults: &[Fault],
    ) -> Option<Hit> {
        self.count();
        let outcome = simulator.detail(case.seed);
        let is_cut_off = outcome.brief.work.events >= self.most_events;
        if is_cut_off || !self.goal.is_hit_by(&outcome) {
            return None;
        }
        let has_fired = |&(number, _): &(usize, &Fault)| !outcome.unfired.contains(&number);
        let fired = faults.iter().enumerate().filter(has_fired);
        Some(Hit { fired: fired.map(|(_, fault)| fault.clone()).collect(), outcome })
    }

    /// Writes down the first case of every class that the failure did not have.
    pub fn note(&mut self, brief: &Brief, case: &Case, faults: &[Fault]) {
        for class in brief.classes.iter() {
            let is_new = !self.known.contains(class) && class != self.goal.class;
            if is_new && self.others.iter().all(|(other, _)| *other != class) {
                self.others.push((class, Case { faults: faults.to_vec(), ..case.clone() }));
            }
        }
    }
}

/// Whether a fault is placed on a source record or on what maps made of it, or on a pane.
pub fn is_on(fault: &Fault, record: &str, trial: &Trial) -> bool {
    match &fault.at.record {
        Some(About::Record(pattern @ Pattern::Source { .. })) => {
            let text = pattern.text(trial.layout());
            text.strip_prefix(record).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
        Some(About::Record(Pattern::Pane { .. })) => true,
        Some(About::Control { .. }) | None => false,
    }
}
