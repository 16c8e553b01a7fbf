//! One thread of an exhaustive search: it goes through all schedules that begin with one and the same fault.

use super::causes::explaining;
use super::exhaust::{Advance, Search};
use super::panics::naming;
use super::resume::{BreakingSchedule, SearchPart};
use super::runner::Runner;
use super::shard::Shard;
use super::states::StatesMet;
use crate::figures::counted;
use crate::report::words::fault_in_words;
use onceproof_sim::fault::Fault;
use onceproof_sim::outcome::Verdict;
use onceproof_sim::simulator::{Extensions, IsNew, Needless, Possibility, StateMet};
use onceproof_systems::Trial;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

/// One thread of a search: the schedule it is at, and what it counted in this part.
pub(super) struct Walk<'a> {
    search: &'a Search<'a>,
    runner: Runner<'a>,
    faults: Vec<Fault>,
    /// The way to each of them, in the run in which it was found.
    ways: Vec<u64>,
    path: Vec<u32>,
    states: Option<StatesMet<'a>>,
    part: SearchPart,
    /// Of the pairs of first faults, which are counted here, and how many there were.
    slice: Shard,
    pairs: u64,
    /// Whether what it is at is counted here.
    is_own: bool,
}

impl<'a> Walk<'a> {
    pub fn new(search: &'a Search<'a>) -> Walk<'a> {
        let Search { trial, seed, space, most, .. } = *search;
        let runner = Runner::new(trial, seed, space, most);
        let (faults, ways, path) = (Vec::new(), Vec::new(), Vec::new());
        let (states, part) = (None, SearchPart::default());
        let (slice, pairs, is_own) = (Shard::WHOLE, 0, true);
        Walk { search, runner, faults, ways, path, states, part, slice, pairs, is_own }
    }

    /// A slice of all schedules that begin with this fault, or, if the search was cancelled, those of it that were run;
    /// and which of these.
    pub fn part(
        &mut self,
        first: u32,
        possibility: &Possibility,
        slice: Shard,
    ) -> (SearchPart, ControlFlow<()>) {
        self.part = SearchPart { slice, ..SearchPart::default() };
        (self.slice, self.pairs) = (slice, 0);
        // What is said of the first fault alone is said once.
        self.is_own = slice.number() == 1;
        self.faults.clear();
        self.ways.clear();
        self.path.clear();
        self.states = self.search.shared.map(StatesMet::new);
        let flow = self.extend(first, possibility, None);
        (std::mem::take(&mut self.part), flow)
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
        let is_pair = self.faults.len() == 1;
        let is_longest = self.faults.len() + 1 == self.search.most as usize;
        if let Some(needless) = possibility.needless
            && self.search.space.prunes
        {
            self.part.counts.needless[needless as usize] += u64::from(self.is_own);
            return ControlFlow::Continue(());
        }
        let was_own = self.is_own;
        if is_pair {
            self.is_own = self.pairs % self.slice.of() + 1 == self.slice.number();
            self.pairs += 1;
        }
        // Of another slice only the states are wanted, which tell what of this one is needless.
        let is_passed_over =
            !self.is_own && !self.faults.is_empty() && (is_longest || self.states.is_none());
        let flow = match is_passed_over {
            true => ControlFlow::Continue(()),
            false => self.enter(at, possibility, explained),
        };
        self.is_own = was_own;
        flow
    }

    /// The same of a fault that is added.
    fn enter(
        &mut self,
        at: u32,
        possibility: &Possibility,
        explained: Option<usize>,
    ) -> ControlFlow<()> {
        self.faults.push(possibility.fault.clone());
        self.ways.push(possibility.way);
        self.path.push(at);
        let explained = explained.or_else(|| explaining(self.search.causes, &self.faults));
        let flow = if self.faults.len() < self.search.most as usize {
            self.descend(possibility, explained)
        } else {
            self.arrive(possibility, explained)
        };
        self.faults.pop();
        self.ways.pop();
        self.path.pop();
        flow
    }

    /// Every schedule that has this one and more. This one itself had its turn before.
    fn descend(&mut self, last: &Possibility, explained: Option<usize>) -> ControlFlow<()> {
        let stop = self.search.cancel;
        let Walk { runner, faults, search, states, path, .. } = self;
        let mut needed = None;
        let mut is_new = states.as_mut().map(|states| {
            |met: &StateMet| {
                let is_new = states.is_new(path, met);
                if !is_new {
                    needed = Some(met.before);
                }
                is_new
            }
        });
        let is_new = is_new.as_mut().map(|is_new| is_new as IsNew<'_>);
        let extensions = naming(
            || with_faults(faults, search.trial),
            || runner.enter(faults, last, is_new, stop),
        );
        let Some(Extensions { possible, ways, .. }) = extensions else {
            return ControlFlow::Break(());
        };
        self.went_the_same_way(ways == self.ways);
        let needed = needed.unwrap_or(possible.len());
        if self.is_own {
            let left_out = (possible.len() - needed) as u64;
            self.part.counts.needless[Needless::SameState as usize] += left_out;
        }
        for (at, possibility) in (0..).zip(&possible[..needed]) {
            self.extend(at, possibility, explained)?;
        }
        self.runner.leave();
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
    fn arrive(&mut self, last: &Possibility, explained: Option<usize>) -> ControlFlow<()> {
        if let Some(cause) = explained {
            self.part.counts.explained += 1;
            *self.part.explained.entry(cause as u32).or_default() += 1;
            if !self.search.space.runs_explained {
                return ControlFlow::Continue(());
            }
        }
        let stop = self.search.cancel;
        let Walk { runner, faults, search, .. } = self;
        let brief = naming(|| with_faults(faults, search.trial), || runner.run(faults, last, stop));
        let Some(brief) = brief else {
            return ControlFlow::Break(());
        };
        self.went_the_same_way(self.runner.have_all_fired());
        self.part.counts.count(&brief, self.faults.last());
        (self.search.tell)(Advance::Runs(1));
        match brief.verdict {
            Verdict::ExactlyOnce => {}
            Verdict::Violated if explained.is_some() => {}
            Verdict::Violated => {
                (self.search.tell)(Advance::Found(&self.faults, brief.classes));
                self.part.found.push(BreakingSchedule { path: self.path.clone() });
            }
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
