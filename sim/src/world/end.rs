//! How a run ends: faults stop at calm, and the run must have drained some time after that. What goes on
//! after calm for ever, without any effect, is known early to be stuck.

use super::World;
use super::event::{Event, is_substantial};
use crate::plan::Until;
use onceproof_model::effect::Timer;

impl World<'_> {
    /// When drawn faults end: as the scenario says, else so long after the last record was read. If that
    /// never happens, time to drain runs from the last arrival.
    pub(super) fn calm_at(&mut self) -> u64 {
        if let Some(at) = self.calm_at {
            return at;
        }
        if self.outside.unread == 0 {
            let at = self.now + Until::CALM_AFTER_INPUT;
            self.calm_at = Some(at);
            return at;
        }
        let sources = &self.outside.sources;
        let span = sources.last_arrival.0.abs_diff(sources.start.0);
        span.saturating_add(self.plan.until.drain).saturating_add(Until::CALM_AFTER_INPUT)
    }

    /// After calm, whether all that is left is the repetition of requests that lead to nothing: no commit,
    /// no crash, no fault for so long that every one of them was sent again and again, and nothing else
    /// on its way.
    pub(super) fn is_fruitless(&mut self, event: &Event) -> bool {
        let Event::Wake { timer: Timer::Retry { .. } | Timer::RetryWatermark { .. }, .. } = event
        else {
            return false;
        };
        let fired = self.outside.answers.fired_in_all();
        if std::mem::replace(&mut self.faults_seen, fired) != fired {
            self.progress_at = self.now;
        }
        let since = self.progress_at.max(self.late_until).max(self.links.cut_until());
        let calm_at = self.calm_at();
        let round = self.wait_max.saturating_add(2 * self.plan.network.latency_max);
        self.now > since.max(calm_at).saturating_add(round.saturating_mul(3))
            && !self.outside.answers.has_unfired()
            && !self.queue.iter().any(is_substantial)
    }

    pub(super) fn describe_stuck(&self, event: &Event, why: &str) -> String {
        let shard = match *event {
            Event::Wake { shard, .. } => Some(shard),
            Event::Request { flight } => {
                self.links.flights.get(flight as usize).map(|request| request.from)
            }
            Event::Reply { to, .. } | Event::Error { to, .. } => Some(to),
            Event::Commit { wire, .. } | Event::Answer { wire } | Event::Repeat { wire } => {
                self.wires.get(wire as usize).map(|wire| wire.commit.shard)
            }
            Event::Restart { .. } | Event::Fault { .. } => None,
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
