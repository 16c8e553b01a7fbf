//! Whether a run stands still: it repeats itself, and nothing comes of it. Time that passes is no sign of that.
//! A catalog that took 20 s to answer was once taken for a standstill; a directory that lags for 20 s and a
//! copy that is 15 m late are waits that end, too. What ends without an event is waited for as well: an id that
//! ages, a range of arrival times that has a filter, a transaction at its table.
//!
//! So time is counted in rounds. A round ends when all that was on its way or waited for at its beginning has
//! come. What could lead anywhere has led there after as many rounds as messages may follow one another before
//! something comes of them; what is left then is repetition without end.
//!
//! A record that is worked on in memory is more than repetition, once: no commit may come of it until all that has piled up
//! in front of a barrier is worked off. A thousand records of 100 ms each were once taken for a standstill, since no
//! checkpoint was complete in time while they lasted.
//!
//! The rounds begin when nothing ages any more. They were once counted while an id aged: of a record that was sent again each
//! second it was said that nothing comes of it once its id was forgotten, and before it was sent once more.

use super::{Event, World};
use hashbrown::HashSet;
use onceproof_kernel::call::Operation;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::system::System;
use onceproof_kernel::time::Nanos;
use rustc_hash::FxBuildHasher;
use std::mem::Discriminant;

/// What is known of when something last came of anything.
#[derive(Debug, Default)]
pub(super) struct Standstill {
    /// How often something came of anything, and when it last did.
    pub progress: u64,
    progress_at: u64,
    /// The rounds since then.
    rounds: Rounds,
    /// What was done since a commit was applied, but for commits. What is done again is repetition.
    done: HashSet<(StepIndex, Name, Deed), FxBuildHasher>,
    faults_seen: u64,
    /// How far any clock was ever off.
    pub skew_most: u64,
}

/// How many rounds have ended, and when the present one ends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rounds {
    count: u64,
    end: Option<u64>,
}

/// What is done with a record that is no commit, and of which one may come.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Deed {
    /// An external service is called, by an operation of this sort.
    Call(Discriminant<Operation>),
    /// It is worked on in memory.
    Work,
}

copied_by_field!(Standstill { progress, progress_at, rounds, done, faults_seen, skew_most });

impl Standstill {
    /// Forgets everything.
    pub fn reset(&mut self) {
        let mut done = std::mem::take(&mut self.done);
        done.clear();
        *self = Standstill { done, ..Standstill::default() };
    }

    /// Something came of something: a row was changed, a wait has ended, a machine is back.
    #[inline]
    pub fn progressed(&mut self, now: u64) {
        self.begin(now);
        if !self.done.is_empty() {
            self.done.clear();
        }
    }

    fn begin(&mut self, now: u64) {
        self.progress += 1;
        self.progress_at = now;
        self.rounds = Rounds::default();
    }
}

impl<S: System> World<'_, S> {
    /// Something is done with a record. The first time it is more than repetition; until calm nobody asks.
    pub(super) fn progressed_by(&mut self, step: StepIndex, name: Name, deed: Deed) {
        if self.now >= self.calm_at && self.standstill.done.insert((step, name, deed)) {
            self.standstill.begin(self.now);
        }
    }

    /// After calm and before this event: whether all that is left is repetition without end.
    pub(super) fn stands_still(&mut self) -> bool {
        let fired = self.outside.answers.fired_in_all();
        if std::mem::replace(&mut self.standstill.faults_seen, fired) != fired {
            self.standstill.progressed(self.now);
        }
        // Most often something came of something a moment ago, and the queue need not be looked at.
        let since = self.standstill.progress_at.max(self.calm_at);
        if self.now <= since.saturating_add(self.lull) {
            return false;
        }
        let aging = self.patience.aging.saturating_add(self.standstill.skew_most);
        if self.now <= since.saturating_add(aging) {
            return false;
        }
        self.standstill.rounds = self.round_after(self.standstill.rounds);
        self.are_enough(self.standstill.rounds)
    }

    /// The rounds as they stand before this event.
    pub(super) fn round_after(&self, Rounds { count, end }: Rounds) -> Rounds {
        match end {
            Some(end) if self.now <= end => Rounds { count, end: Some(end) },
            Some(_) => Rounds { count: count + 1, end: Some(self.round_end()) },
            None => Rounds { count, end: Some(self.round_end()) },
        }
    }

    /// Whether all that could come of anything has come after so many rounds in which nothing came of anything.
    pub(super) fn are_enough(&self, rounds: Rounds) -> bool {
        let hops = self.patience.hops.saturating_add(self.outside.answers.awaited_repeats());
        rounds.count > hops
    }

    /// When all will have come that is on its way or waited for now: the last event that means something, and
    /// what ends without one.
    fn round_end(&self) -> u64 {
        let last = self.queue.latest(|event: &Event<S>| !self.is_void(event));
        [last.unwrap_or(0), self.directory.known_at(), self.links.cut_until(), self.now]
            .into_iter()
            .fold(0, u64::max)
    }
}

/// How long a run may go on, after something came of something, until it is worth a look whether it stands still:
/// the longest wait of a retry. `way` is how long a commit takes each way.
pub(super) fn lull(layout: &Layout, way: Nanos) -> Nanos {
    let retries = layout.all().flat_map(|(_, step)| [step.retry, step.commit_retry.waits(way)]);
    retries.map(|retry| retry.wait(u32::MAX)).max().unwrap_or(0)
}
