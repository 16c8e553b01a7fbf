//! All smallest sets of faults that make a failure, in the scenario that shrinking left. What a smallest set
//! is, and how all are found, is [`exhaust`]'s: no part of it breaks the scenario in any way. Of its causes
//! those are taken that break the scenario with the same class at the same step. Where a part of the failure
//! breaks it in another way, the failure is none of the sets, and the report says so.
//!
//! A search is bounded. One number of faults after the other is searched whole. A search that gave up says
//! nothing of the number at which it did: how far it came there hangs on threads, and what it says must not.

use super::Shrunk;
use super::bench::{Bench, Goal, Hit, Watch};
use super::case::Case;
use super::mechanisms::wrong;
use super::plain::{first_places, plain_places};
use crate::scenario::Scenario;
use crate::search::exhaust::{Advance, exhaust};
use crate::search::resume::Done;
use crate::search::space::Space;
use crate::search::threads::Threads;
use onceproof_sim::fault::{Fault, Kind, KindName};
use onceproof_sim::outcome::{Outcome, Verdict};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The most faults of a set.
pub const MOST_FAULTS: u32 = 4;
/// The most runs of a search, unless told otherwise.
pub const MOST_RUNS: u64 = 1_000_000;

/// All smallest sets.
#[derive(Debug)]
pub struct All {
    /// The sets, first the failure that was shrunk to, else in the order of the search: smaller ones first.
    pub sets: Vec<Set>,
    /// Whether that failure is one of them. It is not where a part of it breaks the scenario in another way.
    pub has_failure: bool,
    /// The kinds of the faults that were placed.
    pub kinds: Vec<Kind>,
    /// Up to how many faults every set was tried.
    pub searched: u32,
    /// How many smallest sets break the scenario in another way.
    pub others: u64,
    /// How many runs it took.
    pub runs: u64,
    /// How it ended.
    pub end: SearchEnd,
}

/// A smallest set of faults, and its run.
#[derive(Debug)]
pub struct Set {
    /// The faults, in the order in which they fire.
    pub faults: Vec<Fault>,
    /// The run.
    pub outcome: Outcome,
}

/// How a search for all smallest sets ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SearchEnd {
    /// Every set was tried, or a part of it breaks the scenario.
    Complete,
    /// So many runs hit a limit of events before they ended.
    Inconclusive(u64),
    /// The runs were used up.
    GaveUp,
    /// It was interrupted.
    Interrupted,
}

/// What bounds a search.
#[derive(Clone, Copy)]
pub struct Bounds<'a> {
    /// On how many threads it runs.
    pub threads: Threads,
    /// The most runs.
    pub runs: u64,
    /// Set when it should end soon.
    pub cancel: &'a AtomicBool,
    /// Hears how far it is.
    pub tell: &'a (dyn Fn(Advance<'_>) + Sync),
}

/// The kinds of faults of a failure: those of the faults that are left, with their parameters; those that hit
/// the damage before, with theirs; and those that are asked for, with the parameters that the scenario gives
/// them.
pub fn kinds(scenario: &Scenario, shrunk: &Shrunk, asked: &[KindName]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for fault in &shrunk.case.faults {
        if !kinds.contains(&fault.kind) {
            kinds.push(fault.kind);
        }
    }
    let asked = Space::new(&scenario.trial, asked, 0).kinds;
    for kind in shrunk.kinds.iter().copied().chain(asked) {
        let same = |k: &Kind| k.name() == kind.name() && k.asked_at() == kind.asked_at();
        if !kinds.iter().any(same) {
            kinds.push(kind);
        }
    }
    kinds.sort_by_key(Kind::name);
    kinds
}

/// How many threads the search for all smallest sets of these kinds can keep busy at most.
pub fn most_jobs(shrunk: &Shrunk, kinds: &[Kind]) -> u64 {
    let trial = shrunk.case.trial(u64::MAX);
    let space = Space { kinds: kinds.to_vec(), ..Space::new(&trial, &[], MOST_FAULTS) };
    space.most_jobs(&trial, shrunk.case.seed)
}

/// Searches for all smallest sets of these kinds. One that is smaller than the failure that was shrunk to takes its
/// place, and so does one of its size if a part of the failure breaks the scenario in another way.
pub fn all(shrunk: &mut Shrunk, kinds: Vec<Kind>, bounds: Bounds<'_>) -> All {
    let Shrunk { case, goal, .. } = &*shrunk;
    let trial = case.trial(u64::MAX);
    let (runs, ends) = (AtomicU64::new(0), AtomicBool::new(false));
    let tell = |told: Advance<'_>| {
        if let Advance::Runs(more) = told {
            let runs = runs.fetch_add(more, Ordering::Relaxed) + more;
            if runs > bounds.runs || bounds.cancel.load(Ordering::Relaxed) {
                ends.store(true, Ordering::Relaxed);
            }
        }
        (bounds.tell)(told);
    };
    let mut done = Done::full();
    let space = |most| Space { kinds: kinds.clone(), ..Space::new(&trial, &[], most) };
    let mut found =
        exhaust(bounds.threads, &trial, case.seed, &space(MOST_FAULTS), &mut done, &ends, &tell);
    let is_interrupted = bounds.cancel.load(Ordering::Relaxed) && found.interrupted;
    // Which numbers of faults were searched within the bound depends on no thread; how far the next was does.
    let is_whole = |&(at, _): &(usize, _)| !found.interrupted || at + 1 < found.levels.len();
    let mut runs = 0;
    let within = found.levels.iter().enumerate().take_while(is_whole).take_while(|(_, level)| {
        runs += level.runs;
        runs <= bounds.runs
    });
    let within = within.count() as u32;
    let gave_up = !is_interrupted && (within as usize) < found.levels.len();
    if gave_up {
        // Those are done, so this only puts together what they found.
        let never = AtomicBool::new(false);
        let most = within.saturating_sub(1);
        found =
            exhaust(bounds.threads, &trial, case.seed, &space(most), &mut done, &never, &|_| {});
    }
    let (mut sets, mut others) = (Vec::new(), 0);
    for cause in &found.causes {
        match set(goal, case, &cause.faults) {
            Some(set) => sets.push(set),
            None => others += 1,
        }
    }
    let total = found.total();
    let mut all = All {
        sets,
        has_failure: false,
        searched: match found.causes.first() {
            // Every set holds the empty one.
            Some(cause) if cause.faults.is_empty() => MOST_FAULTS,
            _ => (found.levels.len() as u32 - 1).saturating_sub(u32::from(is_interrupted)),
        },
        others,
        runs: total.runs,
        end: match total.inconclusive {
            _ if is_interrupted => SearchEnd::Interrupted,
            _ if gave_up => SearchEnd::GaveUp,
            0 => SearchEnd::Complete,
            runs => SearchEnd::Inconclusive(runs),
        },
        kinds,
    };
    all.put_failure_first(shrunk);
    all
}

/// A set with plain places and its run, if that breaks the scenario in this way.
fn set(goal: &Goal, case: &Case, faults: &[Fault]) -> Option<Set> {
    let mut bench = Bench::new(goal.clone(), Watch::none());
    let mut case = Case { faults: faults.to_vec(), ..case.clone() };
    bench.hits(&case)?;
    plain_places(&mut bench, &mut case);
    let Hit { outcome, .. } = bench.hits(&case)?;
    Some(Set { faults: case.faults, outcome })
}

/// The faults of the failure as an exhaustive search has them: each at the first of the places that come to the
/// same, which only it has, in the order in which they fire.
pub fn as_searched(shrunk: &Shrunk) -> Vec<Fault> {
    let mut bench = Bench::new(shrunk.goal.clone(), Watch::none());
    let mut case = shrunk.case.clone();
    first_places(&mut bench, &mut case);
    let hit = bench.hits(&case);
    hit.map_or_else(|| shrunk.outcome.schedule.clone(), |hit| hit.outcome.schedule)
}

/// Whether the run holds with every part of the failure.
fn is_smallest(shrunk: &Shrunk) -> bool {
    /// Of more faults there are too many parts to run them all.
    const MOST: usize = 10;
    let Shrunk { case, .. } = shrunk;
    let size = case.faults.len();
    if size > MOST {
        return shrunk.holds_without_any;
    }
    let trial = case.trial(u64::MAX);
    let mut simulator = trial.simulator();
    (0..(1_u32 << size) - 1).all(|part| {
        let is_in = |&(at, _): &(usize, &Fault)| part & (1 << at) != 0;
        let part: Vec<Fault> =
            case.faults.iter().enumerate().filter(is_in).map(|(_, fault)| fault.clone()).collect();
        simulator.place(&part);
        simulator.brief(case.seed).verdict == Verdict::ExactlyOnce
    })
}

impl All {
    /// Puts the failure that was shrunk to before the others of its size, if no part of it breaks the scenario.
    /// It may be so and the search has not come to it, or has taken another for it that comes to the same.
    fn put_failure_first(&mut self, shrunk: &mut Shrunk) {
        let size = shrunk.case.faults.len();
        let searched = as_searched(shrunk);
        let same = |set: &Set| set.outcome.schedule == searched;
        let found = self.sets.iter().position(same);
        self.has_failure = found.is_some() || is_smallest(shrunk);
        if let Some(at) = found {
            self.sets.remove(at);
        }
        if self.has_failure {
            let (faults, outcome) = (shrunk.case.faults.clone(), shrunk.outcome.clone());
            let at = self.sets.partition_point(|set| set.faults.len() < size);
            self.sets.insert(at, Set { faults, outcome });
        }
        if let Some(first) = self.sets.first()
            && (first.faults.len() < size || (first.faults.len() == size && !self.has_failure))
        {
            shrunk.case.faults = first.faults.clone();
            shrunk.outcome = first.outcome.clone();
            shrunk.holds_without_any = true;
            let mut bench = Bench::new(shrunk.goal.clone(), Watch::none());
            shrunk.wrong = wrong(&mut bench, &shrunk.case);
            self.has_failure = true;
        }
    }
}
