//! Every schedule of at most K faults, by running each. First the one without a fault, then those with one, and
//! so on, so that what is found first is a true minimum. The faults of the file are left out.
//!
//! Each schedule is met once. The faults of a schedule fire in one order. Without the last of them the run is
//! the same up to the moment at which that one would have fired, so it is among the faults that could be placed
//! in that shorter run after all of its own have fired; and so on down to the run without faults. That chain is
//! the only way to it here, since a schedule is extended only by what comes after its last fault. At one moment
//! one fault at most can happen, so two at one moment are no schedule.
//!
//! A schedule that is explained by a smaller one which breaks the scenario is counted, and run only if that is
//! asked for. Left out is what leads to the very same state as a schedule that is run ([`Needless`]). Where
//! that is the state of a world at rest (the module `rests`), it is left out only as long as nothing has broken
//! the scenario, since of what breaks it all variants are wanted: the number of faults with the first cause is
//! searched again, in full.

use super::causes::{Cause, explaining};
use super::certificate::{Counts, Exhaustion};
use super::panics::naming;
use super::rests::{Rests, Shared};
use super::resume::{BreakingSchedule, Done, SearchPart};
use super::space::Space;
use crate::figures::counted;
use crate::report::words::fault_in_words;
use onceproof_sim::fault::Fault;
use onceproof_sim::outcome::{Brief, Verdict};
use onceproof_sim::simulator::{Extensions, Needless, Possibility, Resting};
use onceproof_systems::{Simulator, Trial};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// About how many schedules of at most so many faults there are, where a run has so many places for one: any of
/// them that come one after the other. A fault makes new places, and takes some away.
pub fn estimate(places: usize, most: u32) -> u64 {
    let (mut all, mut of_level) = (1_u128, 1_u128);
    for level in 1..=most {
        of_level = of_level.saturating_mul(places as u128) / u128::from(level);
        all = all.saturating_add(of_level);
    }
    u64::try_from(all).unwrap_or(u64::MAX)
}

/// What a search tells on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Advance<'a> {
    /// It begins with the schedules of so many faults. This is how much work they are about, and how much of
    /// it is done already.
    Level(u32, u64, u64),
    /// So many schedules more were run: each is told as it ends, since a single one may take long.
    Runs(u64),
    /// One part more is done, which was so much of the work; with it, these are.
    Part(u64, &'a Done),
}

/// Runs every schedule of a space, on the threads of the pool it is called in, but for the parts that are
/// done already. The plan has no faults of its own. When `cancel` is set the search ends soon; `done` holds
/// all parts that it came to the end of.
pub fn exhaust(
    trial: &Trial,
    seed: Option<u64>,
    space: &Space,
    done: &mut Done,
    cancel: &AtomicBool,
    tell: &(dyn Fn(Advance<'_>) + Sync),
) -> Exhaustion {
    let mut found = Exhaustion {
        most: space.most,
        kinds: space.kinds.clone(),
        levels: Vec::new(),
        causes: Vec::new(),
        first_inconclusive: None,
        interrupted: false,
        stopped: false,
        space: space.hash(trial, seed),
    };
    let space = &space.without_idle_kinds(trial);
    let mut simulator = trial.simulator();
    simulator.place(&[]);
    // What a rest is good for comes with the second fault; and it costs a look at the whole world.
    let wants_rests = space.prunes && space.most > 1;
    let base = naming(
        || "without a fault".to_owned(),
        || simulator.extensions_unless(seed, &space.kinds, wants_rests, cancel),
    );
    let Some(Extensions { brief, possible: firsts, rests, .. }) = base else {
        found.interrupted = true;
        return found;
    };
    tell(Advance::Level(0, 1, 0));
    tell(Advance::Runs(1));
    let mut level = Counts::default();
    level.count(&brief, None);
    found.levels.push(level);
    match brief.verdict {
        Verdict::ExactlyOnce => {}
        Verdict::Inconclusive => found.first_inconclusive = Some(Vec::new()),
        Verdict::Violated => {
            let (path, faults) = (Vec::new(), Vec::new());
            found.causes.push(Cause { path, faults, classes: brief.classes, schedules: 1 });
            return found;
        }
    }
    let mut shared = None;
    for most in 1..=space.most {
        // Without a cause it is enough to run one schedule of those that come to the same. From the first
        // cause on all are run, since each may be one.
        let merges = space.prunes && done.full_from.is_none_or(|from| most < from);
        if merges && most > 1 && shared.is_none() {
            shared = shared_rests(&mut simulator, seed, space, &firsts, &rests, cancel);
        }
        let causes = std::mem::take(&mut found.causes);
        let mut search =
            Search { trial, seed, space, most, shared: None, causes: &causes, cancel, tell };
        search.shared = shared.as_ref().filter(|_| merges);
        let mut level = search.level(&firsts, done);
        if merges && !level.found.is_empty() {
            done.full_from = Some(most);
            if search.shared.take().is_some() {
                done.parts.retain(|&(faults, _), _| faults < most);
                level = search.level(&firsts, done);
            }
        }
        found.causes = causes;
        for (cause, count) in level.explained {
            found.causes[cause as usize].schedules += count;
        }
        if let (None, Some(path)) = (&found.first_inconclusive, &level.first_inconclusive) {
            found.first_inconclusive = Some(replayed(&mut simulator, seed, space, path).0);
        }
        found.levels.push(level.counts);
        for BreakingSchedule { path } in level.found {
            let (faults, brief) = replayed(&mut simulator, seed, space, &path);
            found.causes.push(Cause { path, faults, classes: brief.classes, schedules: 1 });
        }
        found.interrupted = level.is_partial;
        found.stopped = space.stops_at_cause && !found.causes.is_empty() && most < space.most;
        if found.interrupted || found.stopped {
            break;
        }
    }
    found
}

/// The rests of the runs without a fault and with one; none if the search was cancelled.
fn shared_rests(
    simulator: &mut Simulator<'_>,
    seed: Option<u64>,
    space: &Space,
    firsts: &[Possibility],
    rests: &[Resting],
    cancel: &AtomicBool,
) -> Option<Shared> {
    let mut shared = Shared::new(rests);
    for (number, first) in (0..).zip(firsts).filter(|(_, first)| first.needless.is_none()) {
        simulator.place(std::slice::from_ref(&first.fault));
        let extensions = simulator.extensions_unless(seed, &space.kinds, true, cancel)?;
        shared.add_fault(number, &extensions.rests);
    }
    Some(shared)
}

/// About how much work the schedules of so many faults are that begin with the fault of this number: of the
/// faults that come after it, each of the others is one.
fn work(firsts: usize, first: usize, most: u32) -> u64 {
    ((firsts - first) as u64).saturating_pow(most - 1).min(u64::MAX >> 32)
}

/// The schedule that a path leads to, and its run.
fn replayed(
    simulator: &mut Simulator<'_>,
    seed: Option<u64>,
    space: &Space,
    path: &[u32],
) -> (Vec<Fault>, Brief) {
    let mut faults = Vec::new();
    for &at in path {
        simulator.place(&faults);
        let mut next = simulator.extensions(seed, &space.kinds).possible;
        faults.push(next.swap_remove(at as usize).fault);
    }
    simulator.place(&faults);
    let brief = simulator.brief(seed);
    (faults, brief)
}

/// The search through the schedules of so many faults.
struct Search<'a> {
    trial: &'a Trial,
    seed: Option<u64>,
    space: &'a Space,
    most: u32,
    /// Where schedules that come to the same are left out, the rests of the shortest.
    shared: Option<&'a Shared>,
    causes: &'a [Cause],
    cancel: &'a AtomicBool,
    tell: &'a (dyn Fn(Advance<'_>) + Sync),
}

/// What came of the schedules of so many faults.
#[derive(Default)]
struct Level {
    counts: Counts,
    explained: BTreeMap<u32, u64>,
    found: Vec<BreakingSchedule>,
    first_inconclusive: Option<Vec<u32>>,
    /// Whether some parts were not done.
    is_partial: bool,
}

impl Search<'_> {
    /// Searches the parts that are not done, and adds all of them up.
    fn level(&self, firsts: &[Possibility], done: &mut Done) -> Level {
        let part_done = |first: usize| done.parts.contains_key(&(self.most, first as u32));
        let left: Vec<usize> = (0..firsts.len()).filter(|&first| !part_done(first)).collect();
        let work = |first| work(firsts.len(), first, self.most);
        let all: u64 = (0..firsts.len()).map(work).sum();
        let work_left: u64 = left.iter().copied().map(work).sum();
        (self.tell)(Advance::Level(self.most, all, all - work_left));
        self.parts(firsts, &left, done);
        let mut level = Level::default();
        for first in 0..firsts.len() {
            let Some(part) = done.parts.get(&(self.most, first as u32)) else {
                level.is_partial = true;
                continue;
            };
            level.counts.add(&part.counts);
            for (&cause, &count) in &part.explained {
                *level.explained.entry(cause).or_default() += count;
            }
            level.first_inconclusive = level.first_inconclusive.or(part.first_inconclusive.clone());
            level.found.extend(part.found.iter().cloned());
        }
        level
    }

    /// Searches the parts that are left, each with another first fault, on all threads. What comes of a part
    /// depends on no other part, so it is the same on any number of threads.
    fn parts(&self, firsts: &[Possibility], left: &[usize], done: &mut Done) {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(done);
        rayon::broadcast(|_| {
            let mut walk = Walk::new(self);
            while let Some(&first) = left.get(next.fetch_add(1, Ordering::Relaxed)) {
                let Some(part) = walk.part(first as u32, &firsts[first]) else { break };
                let mut done = done.lock().expect("no thread has panicked");
                done.parts.insert((self.most, first as u32), part);
                (self.tell)(Advance::Part(work(firsts.len(), first, self.most), &done));
            }
        });
    }
}

/// One thread of a search: the schedule it is at, and what it counted in this part.
struct Walk<'a> {
    search: &'a Search<'a>,
    simulator: Simulator<'a>,
    faults: Vec<Fault>,
    /// The way to each of them, in the run in which it was found.
    ways: Vec<u64>,
    path: Vec<u32>,
    rests: Option<Rests<'a>>,
    part: SearchPart,
}

impl<'a> Walk<'a> {
    fn new(search: &'a Search<'a>) -> Walk<'a> {
        let simulator = search.trial.simulator();
        let (faults, ways, path) = (Vec::new(), Vec::new(), Vec::new());
        Walk { search, simulator, faults, ways, path, rests: None, part: SearchPart::default() }
    }

    /// All schedules that begin with this fault; none if the search was cancelled.
    fn part(&mut self, first: u32, possibility: &Possibility) -> Option<SearchPart> {
        self.part = SearchPart::default();
        self.faults.clear();
        self.ways.clear();
        self.path.clear();
        self.rests = self.search.shared.map(Rests::new);
        match self.extend(first, possibility, None) {
            ControlFlow::Continue(()) => Some(std::mem::take(&mut self.part)),
            ControlFlow::Break(()) => None,
        }
    }

    /// Adds a fault to the schedule, goes through all that begin with it, and takes it away again.
    fn extend(
        &mut self,
        at: u32,
        possibility: &Possibility,
        explained: Option<usize>,
    ) -> ControlFlow<()> {
        if self.search.cancel.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        if let Some(needless) = possibility.needless
            && self.search.space.prunes
        {
            self.part.counts.needless[needless as usize] += 1;
            return ControlFlow::Continue(());
        }
        self.faults.push(possibility.fault.clone());
        self.ways.push(possibility.way);
        self.path.push(at);
        let explained = explained.or_else(|| explaining(self.search.causes, &self.faults));
        let flow = if self.faults.len() < self.search.most as usize {
            self.descend(explained)
        } else {
            self.arrive(explained)
        };
        self.faults.pop();
        self.ways.pop();
        self.path.pop();
        flow
    }

    /// Every schedule that has this one and more. This one itself had its turn before.
    fn descend(&mut self, explained: Option<usize>) -> ControlFlow<()> {
        self.simulator.place(&self.faults);
        let (seed, kinds) = (self.search.seed, &self.search.space.kinds);
        let (with_rests, stop) = (self.rests.is_some(), self.search.cancel);
        let Walk { simulator, faults, search, .. } = self;
        let extensions = naming(
            || with_faults(faults, search.trial),
            || simulator.extensions_unless(seed, kinds, with_rests, stop),
        );
        let Some(Extensions { possible, rests, ways, .. }) = extensions else {
            return ControlFlow::Break(());
        };
        self.went_the_same_way(ways == self.ways);
        let needed = self.rests.as_mut().and_then(|all| all.needed(&self.path, &rests));
        let needed = needed.unwrap_or(possible.len());
        self.part.counts.needless[Needless::SameRest as usize] += (possible.len() - needed) as u64;
        for (at, possibility) in (0..).zip(&possible[..needed]) {
            self.extend(at, possibility, explained)?;
        }
        ControlFlow::Continue(())
    }

    /// A run has gone the way of the run that it extends, as far as that goes, or not: then what decides it is not its
    /// faults alone, and nothing that is found means anything.
    ///
    /// # Panics
    /// It has not.
    fn went_the_same_way(&self, is_same: bool) {
        if !is_same {
            let last = self.faults.last().expect("a schedule that is extended has a fault");
            panic!(
                "not deterministic: run again with the same faults, it went another way before {}. \
                 Something tells it what its schedule does not: a clock, a random number, the order of \
                 a `HashMap`, a static variable",
                fault_in_words(last, self.search.trial)
            );
        }
    }

    /// A schedule of the number of faults that is searched.
    fn arrive(&mut self, explained: Option<usize>) -> ControlFlow<()> {
        if let Some(cause) = explained {
            self.part.counts.explained += 1;
            *self.part.explained.entry(cause as u32).or_default() += 1;
            if !self.search.space.runs_explained {
                return ControlFlow::Continue(());
            }
        }
        self.simulator.place(&self.faults);
        let stop = self.search.cancel;
        let Walk { simulator, faults, search, .. } = self;
        let brief = naming(
            || with_faults(faults, search.trial),
            || simulator.brief_unless(search.seed, stop),
        );
        let Some(brief) = brief else {
            return ControlFlow::Break(());
        };
        self.went_the_same_way(self.simulator.unfired().is_empty());
        self.part.counts.count(&brief, self.faults.last());
        (self.search.tell)(Advance::Runs(1));
        match brief.verdict {
            Verdict::ExactlyOnce => {}
            Verdict::Violated if explained.is_some() => {}
            Verdict::Violated => self.part.found.push(BreakingSchedule { path: self.path.clone() }),
            Verdict::Inconclusive => {
                self.part.first_inconclusive.get_or_insert_with(|| self.path.clone());
            }
        }
        ControlFlow::Continue(())
    }
}

/// A run by its faults: "with 2 faults: …; …".
fn with_faults(faults: &[Fault], trial: &Trial) -> String {
    let words = faults.iter().map(|fault| fault_in_words(fault, trial));
    let words: Vec<String> = words.collect();
    format!("with {}: {}", counted(faults.len() as u64, "fault"), words.join("; "))
}

/// How many schedules were left out for each reason, with its words, those left out for none aside.
pub fn needless_in_words(counts: &Counts) -> Vec<(&'static str, u64)> {
    let all = Needless::ALL.into_iter().map(|reason| (reason.words(), reason as usize));
    all.map(|(words, at)| (words, counts.needless[at])).filter(|&(_, count)| count > 0).collect()
}
