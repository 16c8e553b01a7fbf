//! What befalls a machine: it dies and starts again, it stands still and goes on, its clock jumps. While it
//! stands still everything that is for it waits, in order, and nothing tells it so afterwards.

use super::perform::List;
use super::{Event, World};
use crate::answers::BeforeFate;
use crate::fault::ClockWay;
use crate::fingerprint::Code;
use crate::queue::{Lane, Turn};
use crate::trace::What;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::effect::{CommitSlot, Written};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::mix::words;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::System;
use onceproof_kernel::time::Nanos;
use std::collections::VecDeque;

/// No clock is further from the time than this, some 73 years: then nothing overflows.
const SKEW_MOST: i64 = 1 << 61;

/// A machine with the shards that run on it.
#[derive(Debug)]
pub(super) struct Host<S: System> {
    pub is_down: bool,
    pub is_paused: bool,
    /// Since when it is down or paused, and until when.
    pub away_since: u64,
    away_until: u64,
    /// Whether it was away for longer than the lease.
    pub is_expired: bool,
    /// How often it was paused or died: the end of an earlier pause means nothing.
    pauses: u32,
    /// How far its clock is ahead.
    pub skew: i64,
    /// What waits until it goes on, in order, each with what caused it, if that is told.
    waiting: VecDeque<(Waiting<S>, Option<u64>)>,
}

copied_by_field!([S: System] Host<S> {
    is_down, is_paused, away_since, away_until, is_expired, pauses, skew, waiting,
});

impl<S: System> Default for Host<S> {
    fn default() -> Host<S> {
        Host {
            is_down: false,
            is_paused: false,
            away_since: 0,
            away_until: 0,
            is_expired: false,
            pauses: 0,
            skew: 0,
            waiting: VecDeque::new(),
        }
    }
}

/// What waits for a paused host.
#[derive(Clone, Debug)]
pub(super) enum Waiting<S: System> {
    /// Something that happened to it meanwhile.
    Event(Event<S>),
    /// The rest of what a worker was about to do.
    List(List<S>),
    /// The answer to a commit, just before it was handled.
    Answer { wire: CommitSlot, written: Written },
}

impl<S: System> Host<S> {
    pub fn is_up(&self) -> bool {
        !self.is_down
    }

    /// Whether it can take a shard.
    pub fn is_ready(&self) -> bool {
        !self.is_down && !self.is_paused
    }

    /// Whether the end of this pause is the one that it waits for.
    pub fn ends_with(&self, pause: u32) -> bool {
        self.is_paused && self.pauses == pause
    }

    /// Whether it loses its shards if it has been away since then for as long as the lease.
    pub fn expires_if(&self, away_since: u64) -> bool {
        !self.is_ready() && self.away_since == away_since && !self.is_expired
    }

    /// How far its clock is ahead. At rest it is up, and nothing waits for it. A queued end of an earlier pause
    /// or lease is stale, and ignored.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Host { is_down: _, is_paused: _, away_since: _, away_until: _, .. } = self;
        let Host { is_expired, pauses: _, skew, waiting, .. } = self;
        state.requires(self.is_ready() && !is_expired && waiting.is_empty());
        state.add(skew);
    }

    pub fn reset(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.clear();
        *self = Host { waiting, ..Host::default() };
    }

    /// Makes something wait behind all that waits.
    pub fn wait(&mut self, event: Event<S>, cause: Option<u64>) {
        self.waiting.push_back((Waiting::Event(event), cause));
    }

    /// Makes what was interrupted wait before all that waits.
    pub fn interrupt(&mut self, waiting: Waiting<S>, cause: Option<u64>) {
        self.waiting.push_front((waiting, cause));
    }
}

impl<S: System> World<'_, S> {
    /// Something befalls a shard's host, or the shard.
    pub(super) fn befall(&mut self, host: u32, shard: ShardIndex, fate: BeforeFate) {
        match fate {
            BeforeFate::Pass => {}
            BeforeFate::Dies(restart) => self.crash(host, Some(restart)),
            BeforeFate::Leaves => self.crash(host, None),
            BeforeFate::Pauses(lasts) => self.pause(host, lasts),
            BeforeFate::Moves => self.move_shard(shard),
            BeforeFate::Steps(by, way) => self.step_clock(host, by, way),
        }
    }

    /// A worker dies. It is back after so long; without, never.
    pub(super) fn crash(&mut self, host: u32, restart: Option<Nanos>) {
        self.blame(host);
        self.end_zombies_of(host);
        self.measure_crash(host);
        for shard in 0..self.owners.len() {
            if self.owners[shard].host == host {
                self.owners[shard].life += 1;
                self.owners[shard].is_running = false;
                self.outside.ledger.dropped(ShardIndex(shard as u32));
                self.outside.lapse(ShardIndex(shard as u32));
            }
        }
        self.after_pulls();
        let code = if restart.is_some() { Code::Crash } else { Code::Gone };
        self.fingerprint.add(self.now, code, host.into());
        let crash = self.outside.trace.is_on().then(|| self.tell_crash(host, restart));
        let waiting = std::mem::take(&mut self.hosts[host as usize].waiting);
        waiting.into_iter().for_each(|(waiting, cause)| self.forget(waiting, cause));
        crash.into_iter().for_each(|crash| self.note_cause(crash));
        let at = self.now.saturating_add(restart.unwrap_or(Nanos::MAX));
        let found = &mut self.hosts[host as usize];
        let is_away = std::mem::take(&mut found.is_paused);
        self.paused -= usize::from(is_away);
        found.is_down = true;
        found.pauses += 1;
        self.stay_away(host, is_away, at);
        if restart.is_some() {
            self.schedule(at, Turn::Normal, Lane::Heap, Event::Restart { host });
        }
    }

    /// For a run that is measured: the shards of a worker are gone, until they do something again.
    fn measure_crash(&mut self, host: u32) {
        let Some(measure) = &mut self.outside.measure else { return };
        let own = self.owners.iter().zip(0..).filter(|(owner, _)| owner.host == host);
        measure.crashes(self.now, own.map(|(owner, shard)| (ShardIndex(shard), owner.life + 1)));
    }

    pub(super) fn restart(&mut self, host: u32) {
        self.is_back();
        self.fingerprint.add(self.now, Code::Restart, host.into());
        let found = &mut self.hosts[host as usize];
        found.is_down = false;
        found.is_expired = false;
        if self.outside.trace.is_on() {
            self.tell_plain(What::IsBack(host));
        }
        self.boot(host);
        self.grant_what_waits();
    }

    pub(super) fn pause(&mut self, host: u32, lasts: Nanos) {
        self.blame(host);
        self.fingerprint.add(self.now, Code::Pause, host.into());
        if self.outside.trace.is_on() {
            self.tell_pause(host, lasts);
        }
        let until = self.now.saturating_add(lasts);
        let found = &mut self.hosts[host as usize];
        let was_paused = std::mem::replace(&mut found.is_paused, true);
        if was_paused && found.away_until >= until {
            return;
        }
        found.pauses += 1;
        let pause = found.pauses;
        self.paused += usize::from(!was_paused);
        self.stay_away(host, was_paused, until);
        self.schedule(until, Turn::Normal, Lane::Heap, Event::Resume { host, pause });
    }

    /// A host is away until then. If that is longer than its lease, it loses its shards. A crash of a paused
    /// worker counts from the pause, since the lease was not renewed meanwhile: counted from the crash, it
    /// would keep its shards for up to two leases. A worker that is back, or goes on, before anyone else was
    /// granted its shards keeps them.
    fn stay_away(&mut self, host: u32, is_away: bool, until: u64) {
        let lease = self.plan.cluster.lease;
        let found = &mut self.hosts[host as usize];
        if !is_away {
            found.away_since = self.now;
        }
        found.away_until = until;
        let expires = found.away_since.saturating_add(lease);
        if until > expires && !found.is_expired && self.hosts.len() > 1 {
            let at = expires.max(self.now);
            let away_since = self.hosts[host as usize].away_since;
            self.schedule(at, Turn::Normal, Lane::Heap, Event::Lease { host, away_since });
        }
        self.sessions_run_out(host, until);
    }

    pub(super) fn lease_ends(&mut self, host: u32) {
        self.hosts[host as usize].is_expired = true;
        if self.outside.trace.is_on() {
            self.tell_plain(What::LeaseEnds(host));
        }
        self.grant_what_waits();
    }

    pub(super) fn resume(&mut self, host: u32) {
        let found = &mut self.hosts[host as usize];
        found.is_paused = false;
        found.is_expired = false;
        self.paused -= 1;
        self.is_back();
        self.fingerprint.add(self.now, Code::Resume, host.into());
        let resumed = self.outside.trace.is_on().then(|| self.tell_plain(What::GoesOn(host)));
        self.grant_what_waits();
        while self.hosts[host as usize].is_ready() {
            let Some((waiting, cause)) = self.hosts[host as usize].waiting.pop_front() else {
                break;
            };
            self.begin_step(cause, resumed);
            match waiting {
                Waiting::Event(event) => self.step(event),
                Waiting::List(list) => self.go_on(list),
                Waiting::Answer { wire, written } => self.handle_answer(wire, written),
            }
        }
    }

    pub(super) fn step_clock(&mut self, host: u32, by: Nanos, way: ClockWay) {
        self.blame(host);
        let by = i64::try_from(by).unwrap_or(i64::MAX);
        let skew = &mut self.hosts[host as usize].skew;
        let moved = match way {
            ClockWay::Back => skew.saturating_sub(by),
            ClockWay::Ahead => skew.saturating_add(by),
        };
        *skew = moved.clamp(-SKEW_MOST, SKEW_MOST);
        let skew = skew.unsigned_abs();
        self.standstill.skew_most = self.standstill.skew_most.max(skew);
        self.fingerprint.add(self.now, Code::ClockStep, words([host.into(), moved as u64]));
        if self.outside.trace.is_on() {
            self.tell_clock_step(host, moved);
        }
    }

    /// The fault that fired last touched all that a host has in hand.
    fn blame(&mut self, host: u32) {
        if !self.outside.ledger.is_detailed() {
            return;
        }
        let fault = self.outside.answers.last_fired();
        for shard in (0..self.owners.len() as u32).map(ShardIndex) {
            if self.find(host, shard).is_some() {
                self.outside.ledger.struck(shard, fault);
            }
        }
    }

    /// Drops what waited for a host that died.
    fn forget(&mut self, waiting: Waiting<S>, cause: Option<u64>) {
        if let (Some(recorder), Waiting::Event(event)) = (self.outside.trace.recorder(), &waiting) {
            // It was sent, and then its worker died.
            let causes = recorder.add_cause(cause);
            self.tell_forgotten(event, cause);
            if let Some(recorder) = self.outside.trace.recorder() {
                recorder.set_causes(causes);
            }
        }
        match waiting {
            Waiting::Event(event) => match event {
                Event::Request { flight } => {
                    self.flights.take(flight);
                }
                Event::Answer { wire, .. } | Event::Repeat { wire } => self.drop_wire(wire),
                Event::Reply { .. }
                | Event::Error { .. }
                | Event::Wake { .. }
                | Event::Boot { .. }
                | Event::Call { .. }
                | Event::Called { .. }
                | Event::Commit { .. }
                | Event::Restart { .. }
                | Event::Resume { .. }
                | Event::Lease { .. }
                | Event::Session { .. }
                | Event::Fault { .. } => {}
            },
            Waiting::List(list) => self.drop_list(list),
            Waiting::Answer { wire, .. } => self.drop_wire(wire),
        }
    }
}
