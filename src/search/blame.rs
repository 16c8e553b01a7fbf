//! Which faults of a run did which damage. Faults that touched a record may have done nothing to it, and faults far from
//! it may have done it all: a cut link has no record, and one crash may lose the rows of a whole transaction. So
//! the run is made again with some of its faults, until sets are left of which each is enough for the damage and
//! none has a fault too many, and without all of which the damage is not there.

use super::shrink::bench::Watch;
use super::shrink::ddmin::ddmin;
use super::space;
use onceproof_kernel::layout::StepIndex;
use onceproof_sim::fault::Fault;
use onceproof_sim::outcome::{Class, Classes, Damage, Outcome};

use onceproof_systems::{Simulator, Trial};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The most events of all runs that are made for this. In release they take a second or two.
const MOST_EVENTS: u64 = 2_000_000;
/// The least number of runs that may be made, however long each is.
const LEAST_RUNS: u64 = 6;
/// The most sets that are looked for, of those that are enough for one damage.
const MOST_SETS: usize = 32;

/// What did the damage of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Blame {
    /// Of each damaged record, in the order of the outcome; none where nobody asked.
    pub damage: Vec<Option<Blamed>>,
    /// Of each class that damages no record.
    pub classes: Vec<(Class, Blamed)>,
    /// How many runs it took.
    pub runs: u64,
}

/// What did one damage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Blamed {
    /// No fault: it is there without any.
    NoFault,
    /// Sets of faults, as indices into the schedule, each in order. Each set is enough by itself, and none of its
    /// faults can be left out.
    Faults {
        /// The sets, the one that was found first at the head.
        sets: Vec<Vec<usize>>,
        /// Whether the damage is gone when the faults of all sets are taken away, and the others stay.
        is_all: bool,
        /// How often the record is reflected without any fault, where it is damaged in this way even so, but less. The
        /// sets are enough for more.
        without: Option<u64>,
    },
    /// It was not found out.
    Unknown(Why),
}

/// Why it was not found out which faults did it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// That would take too many runs.
    TooManyRuns,
    /// It was to end soon.
    Interrupted,
    /// The faults that fired, written out, do not fail in this way.
    DoesNotReplay,
}

impl Why {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Why::TooManyRuns => "that takes too many runs",
            Why::Interrupted => "the search was interrupted",
            Why::DoesNotReplay => "the faults that fired, written out, do not fail in this way",
        }
    }
}

/// What is looked for in a run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Harm {
    Record(Class, StepIndex, String),
    Class(Class),
}

impl Harm {
    fn of(damage: &Damage) -> Harm {
        Harm::Record(damage.class, damage.step, damage.record.clone())
    }
}

/// What a run with some of the faults showed.
struct Shown {
    classes: Classes,
    /// How great each damage is, and how often the record is reflected.
    records: BTreeMap<Harm, (u64, u64)>,
    fired: Vec<usize>,
}

impl Shown {
    /// How great a harm is: how often a record is reflected too often or too seldom, but at least 1; nothing if it is
    /// not there.
    fn greatness(&self, harm: &Harm) -> u64 {
        match harm {
            Harm::Record(..) => self.records.get(harm).map_or(0, |of| of.0),
            Harm::Class(class) => self.classes.contains(*class).into(),
        }
    }
}

fn greatness(damage: &Damage) -> (u64, u64) {
    (damage.reflected.abs_diff(damage.expected).max(1), damage.reflected)
}

/// Runs with some of the faults.
struct Trials<'a> {
    simulator: Simulator<'a>,
    seed: Option<u64>,
    schedule: &'a [Fault],
    watch: Watch<'a>,
    shown: BTreeMap<Vec<usize>, Rc<Shown>>,
    /// Faults each of which was enough for some harm, in the order in which that was found. They are tried first, so
    /// that what one fault did to many is blamed on that one.
    alone: Vec<usize>,
    runs: u64,
    /// How many events may still be seen.
    events: u64,
}

impl Trials<'_> {
    /// A run with these faults; nothing if there were too many runs, or it should end soon.
    fn with(&mut self, faults: &[usize]) -> Option<Rc<Shown>> {
        if let Some(shown) = self.shown.get(faults) {
            return Some(Rc::clone(shown));
        }
        let is_spent = self.events == 0 && self.runs >= LEAST_RUNS;
        if is_spent || self.watch.is_cancelled() {
            return None;
        }
        let placed: Vec<Fault> = faults.iter().map(|&at| self.schedule[at].clone()).collect();
        self.simulator.place(&placed);
        let outcome = self.simulator.detail_unless(self.seed, self.watch.cancel)?;
        self.runs += 1;
        (self.watch.tell)(self.runs);
        self.events = self.events.saturating_sub(outcome.brief.work.events);
        // In the order of the faults, of which there may be hundreds.
        let fired = (0..faults.len()).filter(|at| outcome.unfired.binary_search(at).is_err());
        let shown = Rc::new(Shown {
            classes: outcome.brief.classes,
            records: outcome.damage.iter().map(|of| (Harm::of(of), greatness(of))).collect(),
            fired: fired.map(|at| faults[at]).collect(),
        });
        self.shown.insert(faults.to_vec(), Rc::clone(&shown));
        Some(shown)
    }

    /// A smallest part of these faults that is enough for more than this, if they are; nothing if that was not found
    /// out.
    fn least(
        &mut self,
        harm: &Harm,
        than: u64,
        touched: &[usize],
        all: &[usize],
    ) -> Option<Vec<usize>> {
        for fault in self.alone.clone() {
            if all.contains(&fault) && self.with(&[fault])?.greatness(harm) > than {
                return Some(vec![fault]);
            }
        }
        let touched: Vec<usize> = touched.iter().copied().filter(|at| all.contains(at)).collect();
        let from = match self.with(&touched)?.greatness(harm) > than {
            true => touched,
            false => all.to_vec(),
        };
        let mut is_known = true;
        let mut least = ddmin(from, |part| match self.with(part) {
            None => {
                is_known = false;
                None
            }
            Some(shown) => (shown.greatness(harm) > than).then(|| shown.fired.clone()),
        });
        least.sort_unstable();
        if let ([fault], true) = (&least[..], is_known) {
            self.alone.push(*fault);
        }
        is_known.then_some(least)
    }
}

/// Finds out what did the damage to the records with these indices in an outcome of the plan, and what made each
/// class that damages no record. It takes at most some seconds; when it should end soon, what it does not know is
/// unknown.
pub fn blame(
    trial: &Trial,
    seed: Option<u64>,
    outcome: &Outcome,
    which: &[usize],
    watch: Watch<'_>,
) -> Blame {
    let mut blame = Blame { damage: vec![None; outcome.damage.len()], ..Blame::default() };
    let records = which.iter().map(|&at| (Harm::of(&outcome.damage[at]), &outcome.damage[at]));
    let records = records.map(|(harm, damage)| (harm, damage.touched.as_slice()));
    let of_records = |class| outcome.damage.iter().any(|damage| damage.class == class);
    let classes: Vec<Class> = outcome.brief.classes.iter().filter(|&c| !of_records(c)).collect();
    let harms = records.chain(classes.iter().map(|&class| (Harm::Class(class), &[][..])));
    let harms: Vec<(Harm, &[usize])> = harms.collect();
    if harms.is_empty() {
        return blame;
    }

    let longest = outcome.brief.work.events.saturating_mul(2).saturating_add(10_000);
    let bare = space::bare(trial).with(|plan| {
        plan.until.events = plan.until.events.min(longest);
    });
    let mut trials = Trials {
        simulator: bare.simulator(),
        seed,
        schedule: &outcome.schedule,
        watch,
        shown: BTreeMap::new(),
        alone: Vec::new(),
        runs: 0,
        events: MOST_EVENTS,
    };
    let mut causes = harms.iter().map(|(harm, touched)| blamed(&mut trials, harm, touched));
    for (&at, blamed) in which.iter().zip(causes.by_ref()) {
        blame.damage[at] = Some(blamed);
    }
    blame.classes = classes.into_iter().zip(causes).collect();
    blame.runs = trials.runs;
    blame
}

/// What did one harm, as far as that was found out. Faults that were blamed are taken away, and as long as the harm
/// is still there, and greater than without any fault, another set is looked for among the others.
fn blamed(trials: &mut Trials<'_>, harm: &Harm, touched: &[usize]) -> Blamed {
    let unknown = |trials: &Trials<'_>| {
        let is_interrupted = trials.watch.is_cancelled();
        Blamed::Unknown(if is_interrupted { Why::Interrupted } else { Why::TooManyRuns })
    };
    let mut others: Vec<usize> = (0..trials.schedule.len()).collect();
    let (Some(bare), Some(full)) = (trials.with(&[]), trials.with(&others)) else {
        return unknown(trials);
    };
    let (least, most) = (bare.greatness(harm), full.greatness(harm));
    match (least, most) {
        (_, 0) => return Blamed::Unknown(Why::DoesNotReplay),
        (least, most) if least >= most => return Blamed::NoFault,
        _ => {}
    }
    let (mut sets, mut is_all) = (Vec::new(), false);
    while let Some(shown) = trials.with(&others) {
        if shown.greatness(harm) <= least {
            is_all = true;
            break;
        }
        if sets.len() == MOST_SETS {
            break;
        }
        let Some(set) = trials.least(harm, least, touched, &others) else { break };
        others.retain(|at| !set.contains(at));
        sets.push(set);
    }
    let without = bare.records.get(harm).map(|of| of.1);
    if sets.is_empty() { unknown(trials) } else { Blamed::Faults { sets, is_all, without } }
}
