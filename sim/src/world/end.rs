//! How a run ends: faults stop at calm, and the run must have drained some time after that. What goes on
//! after calm for ever, without any effect, is known early to be stuck.

use super::commits::Wire;
use super::event::{Event, is_substantial};
use super::leases::Instance;
use super::{End, World};
use crate::plan::Until;
use onceproof_model::effect::Timer;

impl World<'_> {
    /// When drawn faults end, as far as can be said at the start: as the scenario says, else time to drain
    /// after the last arrival, until [`World::all_is_read`] knows better.
    pub(super) fn calm_at_the_latest(&self) -> u64 {
        let sources = &self.outside.sources;
        let span = sources.last_arrival.0.abs_diff(sources.start.0);
        let latest = span.saturating_add(self.plan.until.drain);
        self.plan.until.calm.unwrap_or(latest.saturating_add(Until::CALM_AFTER_INPUT))
    }

    /// The last record was read for the first time: where the scenario does not say when drawn faults end,
    /// they end so long after this.
    pub(super) fn all_is_read(&mut self) {
        if self.plan.until.calm.is_none() {
            self.calm_at = self.calm_at.min(self.now.saturating_add(Until::CALM_AFTER_INPUT));
        }
    }

    /// Drawn faults have ended: whether the run has, too.
    pub(super) fn check_calm(&mut self, event: &Event) -> Option<End> {
        self.outside.answers.calm();
        let why = if self.now > self.calm_at.saturating_add(self.plan.until.drain) {
            "the time to drain is over"
        } else if self.is_fruitless(event) {
            "only fruitless repetition is left"
        } else {
            return None;
        };
        Some(End::Stuck(self.describe_stuck(event, why)))
    }

    /// Whether an event means nothing any more: a timer that nobody waits for, the end of an absence that is over.
    pub(super) fn is_void(&self, event: &Event) -> bool {
        match *event {
            Event::Wake { shard, life, timer } => {
                let who = Instance { shard, life };
                !self.is_running(who) || !self.running(who).awaits(timer)
            }
            // Whoever has its answer, or is no more, does not send it again.
            Event::Repeat { wire } => {
                let Wire { is_answered, who, .. } = self.wires[wire as usize];
                is_answered || !self.is_running(who)
            }
            Event::Resume { host, pause } => !self.hosts[host as usize].ends_with(pause),
            Event::Lease { host, away_since } => !self.hosts[host as usize].expires_if(away_since),
            Event::Boot { shard, life } => {
                let owner = &self.owners[shard.at()];
                owner.life != life || owner.is_running
            }
            Event::Request { .. }
            | Event::Reply { .. }
            | Event::Error { .. }
            | Event::Commit { .. }
            | Event::Answer { .. }
            | Event::Call { .. }
            | Event::Called { .. }
            | Event::Restart { .. }
            | Event::Fault { .. } => false,
        }
    }

    /// After calm, whether all that is left is the repetition of requests that lead to nothing, and of
    /// functions that fail: no commit, no crash, no fault for so long that every one of them came again and
    /// again, and nothing else on its way.
    fn is_fruitless(&mut self, event: &Event) -> bool {
        let Event::Wake { timer, .. } = event else {
            return false;
        };
        match timer {
            Timer::Retry { .. }
            | Timer::RetryWatermark { .. }
            | Timer::Reapply(_)
            | Timer::Reread => {}
            Timer::Recall { .. } | Timer::Arrival | Timer::Close => return false,
        }
        let fired = self.outside.answers.fired_in_all();
        if std::mem::replace(&mut self.faults_seen, fired) != fired {
            self.progress_at = self.now;
        }
        let since = self.progress_at.max(self.late_until).max(self.links.cut_until());
        let round = self.wait_max.saturating_add(2 * self.plan.network.latency_max);
        self.now > since.max(self.calm_at).saturating_add(round.saturating_mul(3))
            && !self.outside.answers.has_unfired()
            && !self.queue.iter().any(is_substantial)
    }

    fn describe_stuck(&self, event: &Event, why: &str) -> String {
        let shard = match *event {
            Event::Wake { shard, .. } | Event::Boot { shard, .. } | Event::Called { shard, .. } => {
                Some(shard)
            }
            Event::Call { out } => self.outs.get(out as usize).map(|out| out.call.shard),
            Event::Request { flight } => {
                self.links.flights.get(flight as usize).map(|flight| flight.request.from)
            }
            Event::Reply { to, .. } | Event::Error { to, .. } => Some(to),
            Event::Commit { wire, .. } | Event::Answer { wire, .. } | Event::Repeat { wire } => {
                self.wires.get(wire as usize).map(|wire| wire.commit.shard)
            }
            Event::Restart { .. }
            | Event::Resume { .. }
            | Event::Lease { .. }
            | Event::Fault { .. } => None,
        };
        match shard {
            Some(shard) => {
                let step = &self.pipeline.step(self.pipeline.step_of(shard)).name;
                format!("{why}: {step}/{} still retries", self.pipeline.number_of(shard))
            }
            None => why.to_owned(),
        }
    }
}
