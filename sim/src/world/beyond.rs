//! The end of a run whose processes may go on for ever: they beat, look whether there is anything to do, or renew a lease.
//! Neither what they do nor that rows change says whether anything is still to come. A member that renewed its lease made
//! each run inconclusive once; one that looked each second whether its neighbour had been silent for 100 s was over after 60,
//! and what it would have taken over was called lost.
//!
//! So such a run is over when its time is: so long after calm and after the last fault, as the plan says, which may be less
//! where each record is where it belongs: a search tries faults at each heartbeat. From then on rounds are counted in which no result changes (see [`standstill`](super::standstill)), so that what someone sleeps for longer
//! still comes. What is missing then is lost; it is stuck if someone repeats what is never answered.

use super::standstill::Rounds;
use super::{End, Event, Outside, World};
use onceproof_kernel::system::{System, Wait};
use onceproof_kernel::time::{Nanos, Span};

/// What is known of the end of such a run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beyond {
    /// When a fault was last met, or a machine was back.
    disturbed_at: u64,
    faults_seen: u64,
    /// Whether each record was where it belongs, with which results.
    settled: Option<((u64, u64), bool)>,
    /// The results when they last changed, once the time is over.
    results: Option<(u64, u64)>,
    /// How often they changed since.
    changes: u64,
    /// The rounds since they did.
    rounds: Rounds,
}

impl<S: System> World<'_, S> {
    /// A machine is back, or someone else has its shard.
    pub(super) fn is_back(&mut self) {
        self.standstill.progressed(self.now);
        self.beyond.disturbed_at = self.now;
    }

    /// After calm and before this event: whether the run is over.
    pub(super) fn check_beyond(&mut self, event: &Event<S>) -> Option<End> {
        let fired = self.outside.answers.fired_in_all();
        if std::mem::replace(&mut self.beyond.faults_seen, fired) != fired {
            self.beyond.disturbed_at = self.now;
        }
        let drain = self.patience.drain;
        let disturbed = match fired {
            0 => 0,
            _ => self.beyond.disturbed_at.saturating_add(self.patience.absence),
        };
        let over_at = self.drain_until.max(disturbed.saturating_add(drain));
        let settled = self.plan.until.settled.unwrap_or(drain).min(drain);
        if self.now <= over_at.saturating_sub(drain - settled) {
            self.beyond.results = None;
            return None;
        }
        let results = self.outside.ledger.in_short();
        let is_early = self.now <= over_at;
        if is_early && !self.is_settled(results) {
            self.beyond.results = None;
            return None;
        }
        match self.beyond.results.replace(results) {
            Some(before) if before == results => {
                self.beyond.rounds = self.round_after(self.beyond.rounds);
            }
            before => {
                self.beyond.rounds = self.round_after(Rounds::default());
                self.beyond.changes += u64::from(before.is_some());
                // As many as there could be if all had come so late.
                let laid = self.layout.all().filter(|(_, step)| step.results.is_some());
                let most = self.outside.sources.records() as u64 * laid.count() as u64;
                if self.beyond.changes > most {
                    let after = Span(drain);
                    return Some(End::OutOfTime(format!(
                        "{after} after the last fault results still change, again and again"
                    )));
                }
            }
        }
        if !self.are_enough(self.beyond.rounds) {
            return None;
        }
        match self.over(event, if is_early { settled } else { drain }) {
            // Who is not answered yet may be when the time is over.
            End::Stuck(_) if is_early => None,
            end => Some(end),
        }
    }

    /// Whether each record is where it belongs. It is looked at once for the same results.
    fn is_settled(&mut self, results: (u64, u64)) -> bool {
        if let Some((of, is_settled)) = self.beyond.settled
            && of == results
        {
            return is_settled;
        }
        let Outside { ledger, sources, words, .. } = &mut self.outside;
        let is_settled = ledger.is_settled(&S::right(self.design), sources, words);
        self.beyond.settled = Some((results, is_settled));
        is_settled
    }

    fn over(&self, event: &Event<S>, after: Nanos) -> End {
        let mut left: Vec<&Event<S>> = vec![event];
        left.extend(self.queue.in_order().into_iter().map(|(_, event)| event));
        if let Some(who) = left.iter().find_map(|event| self.insists(event)) {
            return End::Stuck(format!("{who}, again and again, and nothing comes of it"));
        }
        let who = left.iter().find_map(|event| self.repeats(event).or_else(|| self.passes(event)));
        let who = who.unwrap_or_else(|| "what is left".to_owned());
        let missing = format!("what is missing {} after the last fault is lost", Span(after));
        End::Over { reason: format!("{who}, again and again; {missing}"), after }
    }

    /// Who does again what was not answered, in words.
    fn insists(&self, event: &Event<S>) -> Option<String> {
        match *event {
            Event::Wake { timer, .. } if matches!(S::wait(timer), Wait::Due | Wait::FirstReply) => {
                None
            }
            _ => self.repeats(event),
        }
    }
}
