//! The end of a run whose processes may go on for ever: they beat, look whether there is anything to do, or renew a lease.
//! Neither what they do nor that rows change says whether anything is still to come. A member that renewed its lease made
//! each run inconclusive once; one that looked each second whether its neighbour had been silent for 100 s was over after 60,
//! and what it would have taken over was called lost.
//!
//! So such a run is over when its time is: so long after calm, after the last fault and after the last change of a result, as
//! the plan says, which may be less where each record is where it belongs, since a search tries faults at each heartbeat. From
//! then on rounds are counted (see [`standstill`](super::standstill)), so that what someone sleeps for longer still comes. What
//! is missing then is lost; it is stuck if someone repeats one thing all the time and is never answered.

use super::standstill::Rounds;
use super::{End, Event, Outside, World};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::system::{System, Wait};
use onceproof_kernel::time::{Nanos, Span};

/// How many times as often as there are reflections to come results may change once the time is over: a total is written
/// anew for each record, and more than once.
const CHANGES_EACH: u64 = 10;

/// What is known of the end of such a run, whose timers are `T`.
#[derive(Clone, Debug)]
pub(super) struct Beyond<T> {
    /// When it was last noticed that a fault had happened, or a machine was back.
    disturbed_at: u64,
    faults_seen: u64,
    /// Of which results it is known whether each record is where it belongs, and how many reflections there should be.
    known: Option<(Results, Exact)>,
    /// The results since they last changed, and when that was.
    results: Option<Results>,
    changed_at: u64,
    /// How often they changed since so long after the last fault.
    changes: u64,
    /// The rounds since the time was over.
    rounds: Rounds,
    /// Who repeated what when the rounds had first been enough.
    insists: Option<Vec<Waiter<T>>>,
}

/// All results, in short.
type Results = (u64, u64);

/// Whether each record is where it belongs, and how many reflections there should be.
type Exact = (bool, u64);

/// Who waits by which timer: the shard, its life and the timer.
type Waiter<T> = (ShardIndex, u32, T);

impl<T> Default for Beyond<T> {
    fn default() -> Beyond<T> {
        Beyond {
            disturbed_at: 0,
            faults_seen: 0,
            known: None,
            results: None,
            changed_at: 0,
            changes: 0,
            rounds: Rounds::default(),
            insists: None,
        }
    }
}

impl<S: System> World<'_, S> {
    /// A machine is back, or someone else has its shard.
    pub(super) fn is_back(&mut self) {
        self.standstill.progressed(self.now);
        self.beyond.disturbed_at = self.now;
    }

    /// After calm and before this event: whether the run is over.
    pub(super) fn check_beyond(&mut self, event: &Event<S>) -> Option<End> {
        let (undisturbed, drain) = (self.over_at(), self.patience.drain);
        let if_exact = self.plan.until.drain_if_exact.unwrap_or(drain).min(drain);
        let results = self.outside.ledger.in_short();
        if self.beyond.results != Some(results) {
            (self.beyond.results, self.beyond.changed_at) = (Some(results), self.now);
            let is_late = self.now > undisturbed;
            self.beyond.changes = if is_late { self.beyond.changes + 1 } else { 0 };
            if is_late && self.beyond.changes > self.exact(results).1.saturating_mul(CHANGES_EACH) {
                let told = "after the last fault results still change, again and again";
                return Some(End::OutOfTime(format!("{} {told}", Span(drain))));
            }
        }
        let over_at = undisturbed.max(self.beyond.changed_at.saturating_add(drain));
        let is_early = self.now <= over_at;
        if self.now <= over_at.saturating_sub(drain - if_exact)
            || (is_early && !self.exact(results).0)
        {
            (self.beyond.rounds, self.beyond.insists) = (Rounds::default(), None);
            return None;
        }
        self.beyond.rounds = self.round_after(self.beyond.rounds);
        if !self.are_enough(self.beyond.rounds) {
            return None;
        }
        self.over(event, is_early, if is_early { if_exact } else { drain })
    }

    /// When its time is over if no result changes any more, as far as is known.
    fn over_at(&mut self) -> u64 {
        let fired = self.outside.answers.fired_in_all();
        if std::mem::replace(&mut self.beyond.faults_seen, fired) != fired {
            self.beyond.disturbed_at = self.now;
        }
        let disturbed = match fired {
            0 => 0,
            _ => self.beyond.disturbed_at.saturating_add(self.patience.absence),
        };
        let over_at = self.drain_until.max(disturbed.saturating_add(self.patience.drain));
        // Who counts on a clock that was set back counts for as much longer.
        over_at.saturating_add(self.standstill.skew_most)
    }

    /// Whether each record is where it belongs. It is looked at once for the same results.
    fn exact(&mut self, results: Results) -> Exact {
        if let Some((of, exact)) = self.beyond.known
            && of == results
        {
            return exact;
        }
        let Outside { ledger, sources, words, .. } = &mut self.outside;
        let exact = ledger.is_exact(&S::right(self.design), sources, words);
        self.beyond.known = Some((results, exact));
        exact
    }

    /// Once the rounds are enough: the end, unless someone repeats something who may still be answered.
    fn over(&mut self, event: &Event<S>, is_early: bool, after: Nanos) -> Option<End> {
        let mut left: Vec<&Event<S>> = vec![event];
        left.extend(self.queue.in_order().into_iter().map(|(_, event)| event));
        let insists: Vec<(Waiter<S::Timer>, &Event<S>)> =
            left.iter().filter_map(|event| Some((self.insists(event)?, *event))).collect();
        // Whoever is answered slowly repeats something at one moment, and something else at another one.
        let before = self.beyond.insists.as_deref().unwrap_or_default();
        let still = insists.iter().find(|(waiter, _)| before.contains(waiter));
        if let (Some((_, event)), false) = (still, is_early) {
            let who = self.repeats(event).unwrap_or_default();
            return Some(End::Stuck(format!("{who}, again and again, and nothing comes of it")));
        }
        if still.is_some() || (self.beyond.insists.is_none() && !insists.is_empty()) {
            let waiters = insists.into_iter().map(|(waiter, _)| waiter).collect();
            self.beyond.rounds = self.round_after(Rounds::default());
            self.beyond.insists = Some(waiters);
            return None;
        }
        let who = left.iter().find_map(|event| self.repeats(event).or_else(|| self.passes(event)));
        let who = who.unwrap_or_else(|| "what is left".to_owned());
        let missing = format!("what is missing {} after the last fault is lost", Span(after));
        Some(End::Over { reason: format!("{who}, again and again; {missing}"), after })
    }

    /// Who does again with this event what was not answered.
    fn insists(&self, event: &Event<S>) -> Option<Waiter<S::Timer>> {
        match *event {
            _ if self.is_void(event) => None,
            Event::Wake { shard, life, timer } => match S::wait(timer) {
                Wait::Due | Wait::FirstReply | Wait::EndOfInstant => None,
                _ => Some((shard, life, timer)),
            },
            _ => None,
        }
    }
}
