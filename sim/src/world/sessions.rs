//! Sessions: a process that is a member of a group is heard of all the time, by heartbeats that are no messages here. Who
//! is away for longer than its session allows is no member any more when the keeper of the sessions finds that. It is
//! granted to no other worker: it comes back, or goes on, and hears late that it is no member. A member that is moved is
//! one that the keeper gives up although it lives. Nothing is heard either over a link that is cut: a member that is cut
//! off from the keeper for longer than its session is given up, too, and lives.
//!
//! A session is one of a life. A life that has died is heard of no more, however soon its process starts again: its session
//! is over in its time, unless the next life has begun one of its own.
//!
//! The keeper is woken as by a timer of its own. If it is down then, it hears nothing, and asks again for all members
//! that it knows when it starts: so a member that was gone meanwhile is found to be.

use super::World;
use super::event::{Event, SessionEnd};
use super::leases::{Instance, Zombie};
use super::standstill::Deed;
use crate::fingerprint::Code;
use crate::network::{Cut, OneWay};
use crate::queue::{Lane, Turn};
use onceproof_kernel::effect::Input;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::system::System;

impl<S: System> World<'_, S> {
    /// Who keeps the session of a process, if it has one.
    pub(super) fn keeper_of(&self, member: ShardIndex) -> Option<ShardIndex> {
        let session = self.layout.step(self.layout.step_of(member)).session?;
        Some(self.layout.shard(session.keeper, 0))
    }

    /// Whether the process with this token has not been heard of for long enough, or is no more.
    pub(super) fn is_away(&self, member: ShardIndex, token: u64) -> bool {
        let is_long = |cut: OneWay| {
            let session = self.layout.step(self.layout.step_of(member)).session;
            session.is_some_and(|session| self.now >= cut.since.saturating_add(session.length))
        };
        self.is_absent(member, token) || self.cut_off(member).is_some_and(is_long)
    }

    /// Whether the process with this token is down or paused, or is no more.
    fn is_absent(&self, member: ShardIndex, token: u64) -> bool {
        let owner = &self.owners[member.at()];
        self.outside.store.token(member) != token || !self.hosts[owner.host as usize].is_ready()
    }

    /// The cut over which the keeper would hear of a member, if there is one.
    fn cut_off(&self, member: ShardIndex) -> Option<OneWay> {
        let keeper = self.keeper_of(member)?;
        let [from, to] = [member, keeper].map(|shard| self.owners[shard.at()].host as usize);
        self.links.found_cut(from, to, self.now)
    }

    /// A link is cut: the sessions of the members that the keeper does not hear of until they are over end then.
    pub(super) fn cut_link(&mut self, cut: Cut) {
        self.links.cut(cut, self.now);
        for shard in (0..self.owners.len() as u32).map(ShardIndex) {
            let Some(session) = self.layout.step(self.layout.step_of(shard)).session else {
                continue;
            };
            let is_of_it = |cut_off: &OneWay| cut.ways().any(|way| way == cut_off.way);
            if let Some(OneWay { since, until, .. }) = self.cut_off(shard).filter(is_of_it)
                && until > since.saturating_add(session.length)
            {
                let at = since.saturating_add(session.length).max(self.now);
                let token = self.outside.store.token(shard);
                let event = Event::Session { shard, token, why: SessionEnd::Away };
                self.schedule(at, Turn::Normal, Lane::Heap, event);
            }
        }
    }

    /// Takes note of what an input has pulled and done in memory, wakes the processes that it has woken, and begins the
    /// sessions that it has begun.
    #[cold]
    pub(super) fn pass_on(&mut self) {
        self.after_pulls();
        let mut nudges = std::mem::take(&mut self.outside.nudges);
        for (shard, at, timer) in nudges.drain(..) {
            self.wake(self.owner(shard), self.by_clock(at, 0), timer);
        }
        self.outside.nudges = nudges;
        let mut recalls = std::mem::take(&mut self.outside.recalls);
        for (shard, at, timer) in recalls.drain(..) {
            let here = |zombie: &&Zombie<S>| zombie.who.shard == shard;
            let zombies = self.zombies.iter().filter(here).map(|zombie| zombie.who);
            let all: Vec<Instance> = zombies.chain([self.owner(shard)]).collect();
            for who in all {
                self.wake(who, self.by_clock(at, 0), timer);
            }
        }
        self.outside.recalls = recalls;
        let mut sessions = std::mem::take(&mut self.outside.sessions);
        for (shard, token) in sessions.drain(..) {
            self.begin_session(shard, token);
        }
        self.outside.sessions = sessions;
        let mut worked = std::mem::take(&mut self.outside.worked);
        for (step, name) in worked.drain(..) {
            self.progressed_by(step, name, Deed::Work);
        }
        self.outside.worked = worked;
    }

    /// A session begins. One of an earlier life of its process is over for sure.
    fn begin_session(&mut self, shard: ShardIndex, token: u64) {
        let Some(session) = self.layout.step(self.layout.step_of(shard)).session else { return };
        self.sessions[shard.at()] = token;
        if self.is_absent(shard, token) || self.cut_off(shard).is_some() {
            let why = match self.outside.store.token(shard) == token {
                true => SessionEnd::Away,
                false => SessionEnd::Died,
            };
            let at = self.now.saturating_add(session.length);
            self.schedule(at, Turn::Normal, Lane::Heap, Event::Session { shard, token, why });
        }
    }

    /// A host is away until then: the sessions of its processes that end before that do so, and those of processes that
    /// have died do so in any case. A client once died, came back within its session, and was gone for good before it
    /// joined again. Its first life was a member for ever, and nobody did the work that it had been given.
    pub(super) fn sessions_run_out(&mut self, host: u32, until: u64) {
        for shard in (0..self.owners.len() as u32).map(ShardIndex) {
            let Some(session) = self.layout.step(self.layout.step_of(shard)).session else {
                continue;
            };
            let away_since = self.hosts[host as usize].away_since;
            let end = away_since.saturating_add(session.length);
            let why = match self.hosts[host as usize].is_down {
                true => SessionEnd::Died,
                false => SessionEnd::Away,
            };
            let ends = why == SessionEnd::Died || until > end;
            if self.owners[shard.at()].host == host && ends {
                let token = self.outside.store.token(shard);
                let event = Event::Session { shard, token, why };
                self.schedule(end.max(self.now), Turn::Normal, Lane::Heap, event);
            }
        }
    }

    /// A process is given up by the keeper of its session although it lives.
    pub(super) fn expel(&mut self, shard: ShardIndex) {
        let token = self.outside.store.token(shard);
        let event = Event::Session { shard, token, why: SessionEnd::GivenUp };
        self.schedule(self.now, Turn::Normal, Lane::Heap, event);
    }

    /// A session is over: its keeper hears of it, if it is there.
    pub(super) fn session_ends(&mut self, member: ShardIndex, token: u64) {
        let keeper = self.keeper_of(member).expect("it has a session");
        let who = self.owner(keeper);
        if self.is_running(who) {
            let timer = S::session_ends(member, token);
            self.count(Code::Timer, keeper, token);
            if self.outside.trace.is_on() {
                self.tell_timer(who, timer);
            }
            self.deliver(who, &Input::Wake(timer));
        }
    }
}
