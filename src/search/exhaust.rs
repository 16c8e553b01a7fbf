//! Every schedule of at most K faults, by running each. First the one without a fault, then those with one, and
//! so on, so that what is found first is a true minimum. The faults of the file are left out.
//!
//! Each schedule is met once. The faults of a schedule fire in one order. Without the last of them the run is
//! the same up to the moment at which that one would have fired, so it is among the faults that could be placed
//! in that shorter run after all of its own have fired; and so on down to the run without faults. That chain is
//! the only way to it here, since a schedule is extended only by what comes after its last fault. At one moment
//! one fault at most can happen, so two at one moment are no schedule.
//!
//! A run goes on where the run of the shorter schedule stands just before its last fault (the module `runner`), so what
//! schedules have in common is executed once.
//!
//! A schedule that is explained by a smaller one which breaks the scenario is counted, and run only if that is
//! asked for. Left out is what leads to the very same state as a schedule that is run ([`Needless`]). Where
//! another schedule leads there (the module `states`), it is left out only as long as nothing has broken
//! the scenario, since of what breaks it all variants are wanted: the number of faults with the first cause is
//! searched again, in full.

use super::causes::Cause;
use super::certificate::{Counts, CutOff, Exhaustion};
use super::deal::dealt;
use super::panics::naming;
use super::resume::{BreakingSchedule, Done, SearchPart};
use super::shard::Shard;
use super::space::Space;
use super::states::Shared;
use super::threads::Threads;
use super::walk::Walk;
use onceproof_kernel::sorted::SortedMap;
use onceproof_sim::fault::Fault;
use onceproof_sim::outcome::{Brief, Classes, Verdict};
use onceproof_sim::simulator::{Extensions, Needless, Possibility, StateMet};
use onceproof_systems::{Simulator, Trial};
use std::collections::BTreeMap;
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
    /// A schedule breaks the scenario, and nothing that was known before its level explains it.
    Found(&'a [Fault], Classes),
    /// One part more is done, which was so much of the work; with it, these are.
    Part(u64, &'a Done),
}

/// Runs every schedule of a space but for the parts that are done already. The plan has no faults of its own. When
/// `cancel` is set the search ends soon; `done` holds all parts that it came to the end of.
pub fn exhaust(
    threads: Threads,
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
        cut_off: None,
        stopped: false,
        space: space.hash(trial, seed),
    };
    let space = &space.without_idle_kinds(trial);
    let mut simulator = trial.simulator();
    simulator.place(&[]);
    // What a state is good for comes with the second fault; and it costs a look at the whole world.
    let wants_states = space.prunes && space.most > 1;
    let base = naming(
        || "without a fault".to_owned(),
        || simulator.extensions_unless(seed, &space.kinds, wants_states, cancel),
    );
    let Some(Extensions { brief, possible: firsts, states, .. }) = base else {
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
            shared = shared_states(&mut simulator, seed, space, &firsts, &states, cancel);
        }
        let causes = std::mem::take(&mut found.causes);
        let mut search = Search {
            threads,
            trial,
            seed,
            space,
            most,
            shared: None,
            causes: &causes,
            cancel,
            tell,
        };
        search.shared = shared.as_ref().filter(|_| merges);
        let mut level = search.level(&firsts, done);
        if merges && !level.found.is_empty() && !level.is_partial {
            done.full_from = Some(most);
            if search.shared.take().is_some() {
                done.parts.retain(|&(faults, _), _| faults < most);
                let all = search.level(&firsts, done);
                // What was found stands, also where the search ends before it has run all that comes to the same.
                level = match all.is_partial {
                    true => Level { is_partial: true, ..level },
                    false => all,
                };
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
        if level.is_partial {
            let about = estimate(firsts.len(), most) - estimate(firsts.len(), most - 1);
            found.cut_off = Some(CutOff { faults: most, runs: level.counts.runs, about });
        }
        found.stopped = space.stops_at_cause && !found.causes.is_empty() && most < space.most;
        if found.interrupted || found.stopped {
            break;
        }
    }
    found
}

/// The states of the runs without a fault and with one; none if the search was cancelled.
fn shared_states(
    simulator: &mut Simulator<'_>,
    seed: Option<u64>,
    space: &Space,
    firsts: &[Possibility],
    states: &[StateMet],
    cancel: &AtomicBool,
) -> Option<Shared> {
    let mut shared = Shared::new(states);
    for (number, first) in (0..).zip(firsts).filter(|(_, first)| first.needless.is_none()) {
        simulator.place(std::slice::from_ref(&first.fault));
        let extensions = simulator.extensions_unless(seed, &space.kinds, true, cancel)?;
        shared.add_fault(number, &extensions.states);
    }
    Some(shared)
}

/// About how much work the schedules of so many faults are that begin with the fault of this number. Of the faults that
/// come after it, each of the others is one; and of how many of these there are tells what came of schedules of fewer.
fn work(firsts: &[Possibility], first: usize, most: u32, done: &Done) -> u64 {
    /// How long it takes to look for all that could follow a schedule, in runs.
    const LOOK: u64 = 4;
    if firsts[first].needless.is_some() {
        return 0;
    }
    let counts = |faults| done.parts.get(&(faults, first as u32)).map(|part| part.counts);
    let work = match (counts(2), counts(most - 1)) {
        (Some(pairs), Some(shorter)) if most > 2 => {
            let longest = shorter.runs.saturating_mul(pairs.runs) / u64::from(most - 1);
            longest.saturating_add(LOOK.saturating_mul(shorter.runs + shorter.explained))
        }
        _ => ((firsts.len() - first) as u64).saturating_pow(most - 1),
    };
    work.clamp(1, u64::MAX >> 32)
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
pub(super) struct Search<'a> {
    pub threads: Threads,
    pub trial: &'a Trial,
    pub seed: Option<u64>,
    pub space: &'a Space,
    pub most: u32,
    /// Where schedules that come to the same are left out, the states of the shortest.
    pub shared: Option<&'a Shared>,
    pub causes: &'a [Cause],
    pub cancel: &'a AtomicBool,
    pub tell: &'a (dyn Fn(Advance<'_>) + Sync),
}

/// A part that is not done: the first fault of its schedules, which of them these are, and about how much work.
#[derive(Clone, Copy)]
struct PartLeft {
    first: usize,
    slice: Shard,
    work: u64,
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

impl Level {
    fn add(&mut self, part: &SearchPart) {
        self.counts.add(&part.counts);
        for (&cause, &count) in &part.explained {
            *self.explained.entry(cause).or_default() += count;
        }
        if self.first_inconclusive.is_none() {
            self.first_inconclusive.clone_from(&part.first_inconclusive);
        }
        self.found.extend(part.found.iter().cloned());
    }
}

impl Search<'_> {
    /// Searches the parts that are not done, and adds all of them up.
    fn level(&self, firsts: &[Possibility], done: &mut Done) -> Level {
        let work = (0..firsts.len()).map(|first| work(firsts, first, self.most, done));
        let work: Vec<u64> = work.collect();
        // Those of fewer faults are searched by all who share the work.
        let shard = if self.most == self.space.most { done.shard } else { Shard::WHOLE };
        let slices = dealt(shard, &work, self.most > 1);
        let own = slices
            .iter()
            .enumerate()
            .filter_map(|(first, slice)| slice.map(|slice| (first, slice)));
        let own: Vec<(usize, Shard)> = own.collect();
        let is_left = |first: usize| !done.parts.contains_key(&(self.most, first as u32));
        let left: Vec<PartLeft> = own
            .iter()
            .filter(|&&(first, _)| is_left(first))
            .map(|&(first, slice)| PartLeft { first, slice, work: work[first] / slice.of() })
            .collect();
        let all: u64 = own.iter().map(|&(first, slice)| work[first] / slice.of()).sum();
        let work_left: u64 = left.iter().map(|part| part.work).sum();
        (self.tell)(Advance::Level(self.most, all, all - work_left));
        let cut_off = self.parts(firsts, &left, done);
        let mut level = Level::default();
        for first in own.iter().map(|&(first, _)| first as u32) {
            let part = done.parts.get(&(self.most, first));
            level.is_partial |= part.is_none();
            if let Some(part) = part.or_else(|| cut_off.get(&first)) {
                level.add(part);
            }
        }
        level
    }

    /// Searches the parts that are left, each with another first fault, on all threads. What comes of a part
    /// depends on no other part, so it is the same on any number of threads. Returns what was run of those parts that were
    /// cut off: that is told, and run again if the search goes on.
    fn parts(
        &self,
        firsts: &[Possibility],
        left: &[PartLeft],
        done: &mut Done,
    ) -> SortedMap<u32, SearchPart> {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(done);
        let cut_off = Mutex::new(SortedMap::new());
        self.threads.at_most(left.len() as u64).each(&|| {
            let mut walk = Walk::new(self);
            while let Some(&PartLeft { first, slice, work }) =
                left.get(next.fetch_add(1, Ordering::Relaxed))
            {
                let number = first as u32;
                let (part, flow) = walk.part(number, &firsts[first], slice);
                if flow.is_break() {
                    cut_off.lock().expect("no thread has panicked").insert(number, part);
                    break;
                }
                let mut done = done.lock().expect("no thread has panicked");
                done.parts.insert((self.most, number), part);
                (self.tell)(Advance::Part(work, &done));
            }
        });
        cut_off.into_inner().expect("no thread has panicked")
    }
}

/// How many schedules were left out for each reason, with its words, those left out for none aside.
pub fn needless_in_words(counts: &Counts) -> Vec<(&'static str, u64)> {
    let all = Needless::ALL.into_iter().map(|reason| (reason.words(), reason as usize));
    all.map(|(words, at)| (words, counts.needless[at])).filter(|&(_, count)| count > 0).collect()
}
