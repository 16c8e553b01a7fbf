//! How a run ends: faults stop at calm, and the run must have drained some time after that. What is in flight
//! is no wait: it is delivered whatever the time, before anything is said of the run.
//!
//! The time to drain makes no run stuck. Who still waits when it is over may have waited rightly: if something
//! comes of that the run is inconclusive, and it is stuck only if it is seen to stand still. A run that has not
//! drained has no lost records yet.

use super::event::SessionEnd;
use super::leases::Instance;
use super::{End, Event, World};
use crate::plan::Until;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::system::{Garbage, Process, System, Wait};

/// How often a shard may start within one instant of virtual time, on the average of all shards. More is a storm of
/// moves or crashes that takes no time, and would never come to its end.
const MOST_STARTS_AT_ONCE: u64 = 1_000;

/// That someone still waited when the time to drain was over.
#[derive(Clone, Debug)]
pub(super) struct Overdue {
    /// How often something had come of anything by then.
    progress: u64,
    /// When someone last waited.
    waits_at: u64,
    /// Who waited, and for what.
    waiter: String,
}

impl<S: System> World<'_, S> {
    /// When drawn faults end, as far as can be said at the start: as the scenario says, else time to drain
    /// after the last arrival, until [`World::all_is_read`] knows better. Long waits do not put it off: a storm in
    /// which the input is never read to its end would rage on for as long.
    pub(super) fn calm_at_the_latest(&self) -> u64 {
        let drain = self.plan.until.drain.unwrap_or(Until::DRAIN);
        let latest = self.last_arrival().saturating_add(drain);
        self.plan.until.calm.unwrap_or(latest.saturating_add(Until::CALM_AFTER_INPUT))
    }

    /// When the run must have drained: so long after calm, and after all that is still to come from outside.
    pub(super) fn drain_until_at_the_latest(&self) -> u64 {
        let timed = self.outside.answers.timed().map(|(at, _)| at).max().unwrap_or(0);
        let begins = self.calm_at.max(self.last_arrival()).max(timed);
        begins.saturating_add(self.patience.drain)
    }

    fn last_arrival(&self) -> u64 {
        let sources = &self.outside.sources;
        sources.last_arrival.0.abs_diff(sources.start.0)
    }

    /// The last record was read for the first time: where the scenario does not say when drawn faults end,
    /// they end so long after this.
    pub(super) fn all_is_read(&mut self) {
        if self.plan.until.calm.is_none() {
            self.calm_at = self.calm_at.min(self.now.saturating_add(Until::CALM_AFTER_INPUT));
            self.drain_until = self.drain_until_at_the_latest();
        }
    }

    /// Whether time stands still, since no start of a shard gets through.
    #[inline]
    pub(super) fn check_storm(&self) -> Option<End> {
        let most = MOST_STARTS_AT_ONCE * self.owners.len() as u64;
        (self.starts > most).then(|| {
            End::OutOfTime(format!("time stands still: shards started {most} times in one instant"))
        })
    }

    /// Drawn faults have ended: whether the run has, too, before an event that means something.
    pub(super) fn check_calm(&mut self, event: &Event<S>) -> Option<End> {
        self.outside.answers.calm();
        if self.may_never_end {
            return self.check_beyond(event);
        }
        if let Some(end) = self.out_of_time() {
            return Some(end);
        }
        if self.stands_still() {
            if self.only_idles(event) {
                return Some(End::Drained);
            }
            let repeats = self.repeats(event).or_else(|| {
                let mut left = self.queue.in_order().into_iter().map(|(_, event)| event);
                left.find_map(|event| self.repeats(event))
            });
            let who = repeats.or_else(|| self.passes(event));
            let who = who.unwrap_or_else(|| "what is left".to_owned());
            return Some(End::Stuck(format!("{who}, again and again, and nothing comes of it")));
        }
        if self.now > self.drain_until
            && let Some(waiter) = self.repeats(event)
        {
            let (progress, now) = (self.standstill.progress, self.now);
            let first = || Overdue { progress, waits_at: now, waiter };
            self.overdue.get_or_insert_with(first).waits_at = now;
        }
        None
    }

    /// That someone waits for too long where a run goes on that may take until then.
    pub(super) fn overdue_after(&self, drain_until: u64) -> Option<Overdue> {
        // Until now nothing has come of anything since it was so in the first place: the run would be over.
        self.overdue.clone().filter(|overdue| overdue.waits_at > drain_until)
    }

    /// Whether all who do anything are such as may idle, and wait for nobody: a heartbeat, a look whether there is anything
    /// to do. All that could come of it has come; it is no wait that should end.
    fn only_idles(&self, event: &Event<S>) -> bool {
        let is_idle = |event: &Event<S>| match *event {
            _ if self.is_void(event) => true,
            Event::Wake { shard, timer, .. } => {
                let may_idle = self.layout.step(self.layout.step_of(shard)).longest_idle > 0;
                may_idle && matches!(S::wait(timer), Wait::Due | Wait::FirstReply)
            }
            Event::Request { .. }
            | Event::Reply { .. }
            | Event::Commit { .. }
            | Event::Answer { .. }
            | Event::Lease { .. }
            | Event::Session { .. } => true,
            Event::Error { .. }
            | Event::Repeat { .. }
            | Event::Call { .. }
            | Event::Called { .. }
            | Event::Restart { .. }
            | Event::Resume { .. }
            | Event::Boot { .. }
            | Event::Fault { .. } => false,
        };
        let mut steps = self.layout.all();
        steps.any(|(_, step)| step.longest_idle > 0)
            && is_idle(event)
            && self.queue.in_order().into_iter().all(|(_, event)| is_idle(event))
    }

    /// Whether something came of what was still due when the time to drain was over.
    pub(super) fn out_of_time(&self) -> Option<End> {
        let overdue = self.overdue.as_ref()?;
        (self.standstill.progress > overdue.progress).then(|| {
            End::OutOfTime(format!("the time to drain was over, and {} still", overdue.waiter))
        })
    }

    /// Whether an event means nothing any more: a timer that nobody waits for, the end of an absence that is over.
    #[inline(never)]
    pub(super) fn is_void(&self, event: &Event<S>) -> bool {
        match *event {
            Event::Wake { shard, life, timer } => {
                let worker = self.running_if_any(Instance { shard, life });
                worker.is_none_or(|worker| !worker.awaits(timer))
            }
            // Whoever has its answer, or is no more, does not send it again.
            Event::Repeat { wire } => {
                self.effects.kept(wire).progress.is_answered || !self.is_running(self.carried(wire))
            }
            Event::Resume { host, pause } => !self.hosts[host as usize].ends_with(pause),
            Event::Lease { host, away_since } => !self.hosts[host as usize].expires_if(away_since),
            Event::Session { shard, token, why } => match why {
                SessionEnd::GivenUp => false,
                SessionEnd::Away => !self.is_away(shard, token),
                SessionEnd::Died => self.sessions[shard.at()] != token,
            },
            // A worker that is just starting may have booted it with the others already.
            Event::Boot { shard, life } => {
                let owner = &self.owners[shard.at()];
                let is_up = self.hosts[owner.host as usize].is_up();
                owner.life != life || owner.is_running || !is_up
            }
            _ => {
                debug_assert!(!event.may_lapse(), "{event:?}");
                false
            }
        }
    }

    /// Lets go of what an event holds that means nothing.
    pub(super) fn discard(&mut self, event: Event<S>) {
        if let Event::Repeat { wire } = event {
            self.drop_wire(wire);
        }
    }

    /// Who holds what nothing can need any more, in words: the first shard by name, and how many others.
    pub fn holds_in_vain(&self) -> Option<String> {
        let mut held = self.outside.store.held();
        let (first, Garbage { mut ids, mut outputs }) = held.next()?;
        let mut others = 0;
        for (_, more) in held {
            (others, ids, outputs) = (others + 1, ids + more.ids, outputs + more.outputs);
        }
        let counted = |count: u64, one: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {one}s")),
        };
        let what: Vec<String> =
            [counted(ids, "id"), counted(outputs, "output")].into_iter().flatten().collect();
        let who = match counted(others, "other shard") {
            None => format!("{} holds", self.name_of(first)),
            Some(others) => format!("{} and {others} hold", self.name_of(first)),
        };
        Some(format!("{who} {} that nothing can need any more", what.join(" and ")))
    }

    fn name_of(&self, shard: ShardIndex) -> String {
        let step = &self.layout.name(self.layout.step_of(shard));
        format!("{step}/{}", self.layout.number_of(shard))
    }

    /// Who did what this event comes of, in words, where nobody is seen to wait: it is on its way when it is looked at.
    pub(super) fn passes(&self, event: &Event<S>) -> Option<String> {
        let (shard, does) = match *event {
            Event::Request { flight } => {
                let request = &self.flights[flight].request;
                let what = match request.subject() {
                    Subject::Record(_) => "record".to_owned(),
                    Subject::Control { word, .. } => self.layout.control(word, None),
                };
                (request.from, format!("sends a {what}"))
            }
            Event::Commit { wire, .. } | Event::Answer { wire, .. } => {
                (self.effects.kept(wire).commit.shard, "commits".to_owned())
            }
            _ => return None,
        };
        Some(format!("{} {does}", self.name_of(shard)))
    }

    /// Who waits with this event for something to come of it, and does what, in words; none if the event is on its
    /// way by itself, and waits for nobody.
    pub(super) fn repeats(&self, event: &Event<S>) -> Option<String> {
        let (shard, does) = match *event {
            _ if self.is_void(event) => return None,
            Event::Wake { shard, timer, .. } => match S::wait(timer) {
                Wait::FirstReply | Wait::Reply => (shard, "sends a record".to_owned()),
                Wait::ControlReply(word) => {
                    (shard, format!("sends a {}", self.layout.control(word, None)))
                }
                Wait::Answer => (shard, "calls a service".to_owned()),
                Wait::Reapply(_) | Wait::Reread => (shard, "runs a function that fails".to_owned()),
                Wait::Input => (shard, "is handed a message that is not done".to_owned()),
                Wait::Due => (shard, "waits for its time".to_owned()),
                Wait::EndOfInstant => return None,
            },
            Event::Repeat { wire } => {
                let shard = self.effects.kept(wire).commit.shard;
                (shard, "sends a commit that is not answered".to_owned())
            }
            Event::Restart { host } | Event::Resume { host, .. } => {
                return Some(format!("worker {host} is away"));
            }
            Event::Boot { shard, .. } => (shard, "starts".to_owned()),
            Event::Request { .. }
            | Event::Reply { .. }
            | Event::Error { .. }
            | Event::Commit { .. }
            | Event::Answer { .. }
            | Event::Call { .. }
            | Event::Called { .. }
            | Event::Lease { .. }
            | Event::Session { .. }
            | Event::Fault { .. } => return None,
        };
        Some(format!("{} {does}", self.name_of(shard)))
    }
}
