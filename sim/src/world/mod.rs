//! The world: one thread, virtual time, an event queue. It hands inputs to workers, performs their effects
//! in order, and kills, cuts and delays as the answers say. It alone acts on a fate.

mod beyond;
mod requests;
mod commits;
mod directory;
mod end;
mod event;
mod fork;
mod hosts;
mod leases;
mod messages;
mod perform;
mod state;
mod services;
mod sessions;
mod standstill;
mod start;
mod tell;

#[cfg(test)]
mod tests;

use crate::fingerprint::{Code, Fingerprint};
use crate::network::Links;
use crate::outcome::FilterFill;
use crate::outside::Outside;
use crate::patience::Patience;
use crate::plan::Plan;
use crate::pool::Pool;
use crate::queue::{EventQueue, Lane, Turn};
use beyond::Beyond;
use directory::Directory;
use end::Overdue;
use event::Event;
use hosts::Host;
use leases::{Instance, Owner, Zombie};
use onceproof_kernel::call::Rpc;
use onceproof_kernel::effect::{Effects, Input};
use onceproof_kernel::layout::{Layout, ShardIndex};
use onceproof_kernel::system::{Process, System, Wait};
use onceproof_kernel::time::{Nanos, Time};
use requests::Flight;
use services::Out;
use standstill::Standstill;
use std::sync::atomic::{AtomicBool, Ordering};

/// After how many events a run looks whether it is to stop. Less than a few milliseconds.
const EVENTS_UNSTOPPED: u64 = 4096;

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// Nothing is left to happen.
    Drained,
    /// Its time is over, and what is left goes on for ever and changes no result.
    Over {
        /// Who goes on, and what follows from it, in words.
        reason: String,
        /// How long after the last fault.
        after: Nanos,
    },
    /// All that is left is repetition without end.
    Stuck(String),
    /// The time to drain ended while something was still due, or time itself stands still.
    OutOfTime(String),
    /// The limit of events was hit.
    OutOfEvents,
}

impl End {
    /// Whether what is missing is missing for good.
    pub fn is_final(&self) -> bool {
        matches!(self, End::Drained | End::Over { .. })
    }
}

/// The world of one plan, used again for each run.
pub(crate) struct World<'a, S: System> {
    plan: &'a Plan,
    design: &'a S::Design,
    layout: &'a Layout,
    pub outside: Outside<'a, S>,
    /// The owner of each shard, and where it is.
    workers: Vec<S::Process>,
    owners: Vec<Owner>,
    zombies: Vec<Zombie<S>>,
    hosts: Vec<Host<S>>,
    /// How many hosts are paused.
    paused: usize,
    directory: Directory,
    /// Shards that are to be moved and for which there is no other worker yet.
    moving: Vec<ShardIndex>,
    /// The token under which each process that is a member of a group has its session; 0 before its first one.
    sessions: Vec<u64>,
    queue: EventQueue<Event<S>>,
    links: Links,
    flights: Pool<Flight<S>>,
    outs: Pool<Out>,
    effects: Effects<S>,
    pub fingerprint: Fingerprint,
    /// Whether anything was booted yet.
    has_begun: bool,
    /// Virtual time since the start.
    pub now: u64,
    /// When drawn faults end.
    calm_at: u64,
    /// When it must have drained, as far as can be said now.
    drain_until: u64,
    overdue: Option<Overdue>,
    /// How many shards were started at this instant.
    starts: u64,
    standstill: Standstill,
    beyond: Beyond<S::Timer>,
    /// Whether its processes may go on for ever.
    may_never_end: bool,
    /// Whether a commit may wait for less than it takes with its answer.
    may_time_out: bool,
    patience: Patience,
    lull: Nanos,
    /// A planted fault of the simulator itself: after so many events, the next one comes so much later. And
    /// how many of them are still to come in this run.
    pub planted: Option<(u64, Nanos)>,
    until_planted: Option<u64>,
}

impl<'a, S: System> World<'a, S> {
    /// Runs to the end, unless it is stopped before. `flush` runs after the boot and after each event, for
    /// whoever reads the trace or the fingerprint.
    pub fn run(
        &mut self,
        stop: &AtomicBool,
        mut flush: impl FnMut(&mut Outside<'a, S>, &Fingerprint),
    ) -> Option<End> {
        self.begin(&mut flush);
        let end = match self.outside.trace.is_on() {
            false => self.run_events::<false>(stop, u64::MAX, flush)?,
            true => self.run_events::<true>(stop, u64::MAX, flush)?,
        };
        self.sum_up();
        Some(end)
    }

    /// Boots all shards, if that was not done before.
    fn begin(&mut self, flush: &mut impl FnMut(&mut Outside<'a, S>, &Fingerprint)) {
        if std::mem::replace(&mut self.has_begun, true) {
            return;
        }
        let timed: Vec<(Nanos, usize)> = self.outside.answers.timed().collect();
        for (at, number) in timed {
            self.schedule(at, Turn::Normal, Lane::Heap, Event::Fault { number: number as u32 });
        }
        for host in 0..self.hosts.len() {
            for shard in (host..self.owners.len()).step_by(self.hosts.len()) {
                self.begin_step(None, None);
                self.step(Event::Boot { shard: ShardIndex(shard as u32), life: 0 });
            }
        }
        flush(&mut self.outside, &self.fingerprint);
    }

    /// Does one event after the other until the end; or until it is stopped, or until just before the event that comes
    /// after so many.
    fn run_events<const IS_TRACED: bool>(
        &mut self,
        stop: &AtomicBool,
        until: u64,
        mut flush: impl FnMut(&mut Outside<'a, S>, &Fingerprint),
    ) -> Option<End> {
        let mut look_at = 0;
        while self.outside.work.events < until {
            let Some(first) = self.queue.first() else { break };
            let (at, number) = (first.at(), IS_TRACED.then(|| first.number()));
            let event = self.queue.take(first);
            if let Some(events) = &mut self.until_planted {
                if *events == 0 {
                    self.until_planted = None;
                    let by = self.planted.map_or(0, |(_, by)| by);
                    if let (Some(number), Some(recorder)) = (number, self.outside.trace.recorder())
                        && let Some(cause) = recorder.cause_of(number)
                    {
                        recorder.note_cause(self.queue.scheduled(), cause);
                    }
                    self.schedule(at.saturating_add(by), Turn::Normal, Lane::Heap, event);
                    continue;
                }
                *events -= 1;
            }
            let is_later = at > self.now;
            if is_later {
                self.starts = 0;
                if self.outside.answers.notes_states() {
                    self.note_state(at, &event);
                }
            }
            self.now = at;
            self.outside.answers.begin_event(self.outside.work.events);
            self.outside.now = Time(self.outside.sources.start.0.saturating_add_unsigned(at));
            if self.outside.work.events >= look_at {
                if self.outside.work.events >= self.plan.until.events {
                    return Some(End::OutOfEvents);
                }
                if stop.load(Ordering::Relaxed) {
                    return None;
                }
                look_at = self.plan.until.events.min(self.outside.work.events + EVENTS_UNSTOPPED);
            }
            // What takes no time has begun at this instant, so a later event is none of it.
            if !is_later && let Some(end) = self.check_storm() {
                return Some(end);
            }
            // What means nothing any more is no sign that anyone still waits.
            if at >= self.calm_at
                && !self.is_void(&event)
                && let Some(end) = self.check_calm(&event)
            {
                return Some(end);
            }
            if let Some(number) = number {
                self.tell_next(number, at);
            }
            self.take_step(event);
            if self.outside.has_just_read_all() {
                self.all_is_read();
            }
            flush(&mut self.outside, &self.fingerprint);
        }
        match self.outside.work.events < until {
            true => Some(self.out_of_time().unwrap_or(End::Drained)),
            false => None,
        }
    }

    /// How full the filters of all shards are.
    pub fn filters(&self) -> impl Iterator<Item = FilterFill> {
        self.workers.iter().zip(0..).flat_map(|(worker, shard)| {
            let step = self.layout.step_of(ShardIndex(shard));
            let shard = self.layout.number_of(ShardIndex(shard));
            worker.fills().into_iter().map(move |fill| FilterFill { step, shard, fill })
        })
    }

    /// Whatever a run does counts towards its limit, boots and losses too: a storm of moves takes no time.
    fn step(&mut self, event: Event<S>) {
        // The loop has a copy of its own in line.
        self.take_step(event);
    }

    #[inline(always)]
    fn take_step(&mut self, event: Event<S>) {
        if self.paused > 0
            && let Some(host) = self.is_for(&event)
            && self.hosts[host as usize].is_paused
        {
            let cause = self.outside.trace.cause();
            self.hosts[host as usize].wait(event, cause);
            return;
        }
        if event.may_lapse() && self.is_void(&event) {
            return self.discard(event);
        }
        self.outside.work.events += 1;
        match event {
            Event::Request { flight } => self.request_arrives(flight),
            Event::Reply { to, from, slot, serial, body } => {
                self.reply(to, from, slot, serial, Some(body));
            }
            Event::Error { to, from, slot, serial } => self.reply(to, from, slot, serial, None),
            Event::Commit { wire, is_answered } => self.commit_arrives(wire, is_answered),
            Event::Answer { wire, said } => self.answer_arrives(wire, said),
            Event::Repeat { wire } => self.commit_waited(wire),
            Event::Call { out } => self.call_arrives(out),
            Event::Called { shard, life, slot, serial, answer } => {
                let who = Instance { shard, life };
                self.call_answered(who, Rpc { slot, attempt: 0, serial }, answer);
            }
            Event::Wake { shard, life, timer } => {
                let who = Instance { shard, life };
                self.count(Code::Timer, shard, life.into());
                if self.outside.trace.is_on() {
                    self.tell_timer(who, timer);
                }
                self.deliver(who, &Input::Wake(timer));
            }
            Event::Restart { host } => self.restart(host),
            Event::Resume { host, .. } => self.resume(host),
            Event::Lease { host, .. } => self.lease_ends(host),
            Event::Session { shard, token, .. } => self.session_ends(shard, token),
            Event::Boot { shard, life } => {
                self.owners[shard.at()].is_running = true;
                self.starts += 1;
                if let Some(measure) = &mut self.outside.measure {
                    measure.boots(shard);
                }
                let who = Instance { shard, life };
                if self.outside.trace.is_on() {
                    self.tell_start(who);
                }
                self.deliver(who, &Input::Boot);
            }
            Event::Fault { number } => self.strike_at_time(number as usize),
        }
    }

    /// The host that an event is for; none if it is the store's or the world's, or void.
    fn is_for(&self, event: &Event<S>) -> Option<u32> {
        match *event {
            Event::Request { flight } => Some(self.flights[flight].host),
            Event::Reply { to, serial, .. } | Event::Error { to, serial, .. } => {
                Some(self.directory.under(to, serial.token()))
            }
            Event::Answer { wire, .. } | Event::Repeat { wire } => self.host_of(self.carried(wire)),
            Event::Session { shard, .. } => self.host_of(self.owner(self.keeper_of(shard)?)),
            Event::Wake { shard, life, .. }
            | Event::Boot { shard, life }
            | Event::Called { shard, life, .. } => self.host_of(Instance { shard, life }),
            Event::Commit { .. }
            | Event::Call { .. }
            | Event::Restart { .. }
            | Event::Resume { .. }
            | Event::Lease { .. }
            | Event::Fault { .. } => None,
        }
    }

    /// Boots the shards that a worker owns, in order, unless it dies on the way.
    fn boot(&mut self, host: u32) {
        let cause = self.outside.trace.cause();
        for shard in (0..self.owners.len() as u32).map(ShardIndex) {
            let Owner { host: at, life, .. } = self.owners[shard.at()];
            if at == host && self.hosts[host as usize].is_up() {
                self.begin_step(None, cause);
                self.step(Event::Boot { shard, life });
            }
        }
    }

    /// Something happens that was put aside, because of what had been told then and of what is told now.
    fn begin_step(&mut self, put_aside: Option<u64>, now: Option<u64>) {
        if let Some(recorder) = self.outside.trace.recorder() {
            recorder.begin_after_all(put_aside, now);
        }
    }

    #[inline(never)]
    fn wake(&mut self, who: Instance, at: u64, timer: S::Timer) {
        let Instance { shard, life } = who;
        let (turn, lane) = match S::wait(timer) {
            Wait::FirstReply => (Turn::Normal, Lane::Retry),
            Wait::EndOfInstant => (Turn::Last, Lane::Heap),
            Wait::Reply
            | Wait::ControlReply(_)
            | Wait::Answer
            | Wait::Input
            | Wait::Due
            | Wait::Reread
            | Wait::Reapply(_) => (Turn::Normal, Lane::Heap),
        };
        self.schedule(at, turn, lane, Event::Wake { shard, life, timer });
    }

    /// A time on the clock of a worker that is so far ahead, since the start of the run. What is past is now.
    fn by_clock(&self, at: Time, skew: i64) -> u64 {
        let at = at.0.saturating_sub(skew).saturating_sub(self.outside.sources.start.0);
        (at.max(0) as u64).max(self.now)
    }

    #[inline(always)]
    fn schedule(&mut self, at: u64, turn: Turn, lane: Lane, event: Event<S>) {
        self.queue.push(at, turn, lane, event);
    }

    fn count(&mut self, code: Code, shard: ShardIndex, which: u64) {
        self.fingerprint.add(self.now, code, u64::from(shard.0) << 40 ^ which);
    }

    /// Adds what the results are in the end.
    fn sum_up(&mut self) {
        for applied in self.outside.ledger.applied_at_each_step() {
            self.fingerprint.add_results(applied);
        }
    }
}

/// Nobody reads after an event, and the loop pays nothing for it. As this is one function, there is one such loop for each
/// system.
pub fn unwatched<S: System>(_: &mut Outside<'_, S>, _: &Fingerprint) {}
