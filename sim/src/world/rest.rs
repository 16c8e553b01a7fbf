//! The state of a world between two events, for a search that leaves out what another schedule leads to, too. It is told
//! where time goes on, and only of a world in which all machines are up: who is away, cut off or a zombie comes back, and
//! then it is told. A run with a seed, with a queue, with a call to a service or with fresh ids has none.

use super::commits::Wire;
use super::leases::{Instance, Owner};
use super::requests::Flight;
use super::{Event, World};
use onceproof_kernel::call::Serial;
use onceproof_kernel::effect::Commit;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::rest::{Life, Rest};
use onceproof_kernel::system::{Pending, Process, System};
use onceproof_kernel::time::Time;

impl<S: System> World<'_, S> {
    /// Notes the state before this event.
    pub(super) fn note_rest(&mut self, at: u64, event: &Event<S>) {
        // What is forgotten by age is forgotten without an event.
        let time = Time(self.outside.sources.start.0.saturating_add_unsigned(at));
        self.outside.store.age(time);
        if let Some(state) = self.state_before(at, event) {
            self.outside.answers.note_rest(at, state);
        }
    }

    /// The state of the world before this event, which has been taken off the queue; none if it cannot be told.
    ///
    /// Not part of it is when something last came of anything: a run that is stuck is so with every answer,
    /// if sooner or later.
    fn state_before(&self, at: u64, event: &Event<S>) -> Option<u128> {
        let World {
            plan: _,
            design: _,
            layout: _,
            outside,
            workers,
            owners,
            zombies,
            hosts,
            // Each has a host that is.
            paused: _,
            directory,
            moving,
            sessions,
            queue,
            links,
            // Each has an event in the queue.
            flights: _,
            wires: _,
            outs,
            // The changes of commits go in with these.
            effects: _,
            fingerprint: _,
            has_begun: _,
            now: _,
            calm_at,
            // It follows from the plan, from when all was read, and from the faults, which never outlast it.
            drain_until: _,
            overdue: _,
            // Nothing has started at an instant that begins.
            starts: _,
            standstill: _,
            patience: _,
            lull: _,
            may_time_out: _,
            planted: _,
            until_planted: _,
        } = self;
        // Before calm, nothing hangs on how long nothing has come of anything.
        let is_told = zombies.is_empty()
            && moving.is_empty()
            && outs.is_empty()
            && at <= *calm_at
            && owners.iter().all(|owner| owner.is_running);
        if !is_told {
            return None;
        }
        let mut rest = Rest::of(self.lives().collect());
        rest.add((at, calm_at));
        for Owner { host, life: _, is_running: _ } in owners {
            rest.add(host);
        }
        hosts.iter().for_each(|host| host.rest(&mut rest));
        links.rest(at, &mut rest);
        directory.rest(at, &mut rest);
        if !rest.is_told() {
            return None;
        }
        let mut is_quiet = true;
        for (at, event) in [(at, event)].into_iter().chain(queue.in_order()) {
            if !self.is_void(event) {
                is_quiet &= matches!(event, Event::Wake { timer, .. } if *timer == S::INPUT);
                rest.add(at);
                self.add_event(event, &mut rest);
            }
        }
        // The ack of a copy has the fate of that of the other copy, which is no part of the state.
        rest.requires(is_quiet || !outside.answers.knows_twins_of_acks());
        // Whether the death of a member leaves its group a session to end.
        for (shard, &session) in (0..).map(ShardIndex).zip(sessions) {
            rest.add(session == outside.store.token(shard));
        }
        workers.iter().for_each(|worker| worker.rest(&mut rest));
        // What is outside is much, and grows.
        if !rest.is_told() {
            return None;
        }
        outside.rest(&mut rest);
        if rest.knows_earlier_lives() {
            directory.rest_of_earlier_lives(&mut rest);
        }
        rest.state()
    }

    fn lives(&self) -> impl Iterator<Item = Life> {
        let shards = (0..self.workers.len() as u32).map(ShardIndex);
        shards.zip(&self.workers).map(|(shard, worker)| Life {
            token: self.outside.store.token(shard),
            serials: worker.serials(),
            commits: self.outside.store.least_unapplied(shard),
        })
    }

    /// Adds what is still to happen.
    fn add_event(&self, event: &Event<S>, rest: &mut Rest) {
        rest.add(std::mem::discriminant(event));
        match *event {
            Event::Request { flight } => {
                let Flight { request, host } = &self.flights[flight];
                rest.add(host);
                S::add_pending(Pending::Request(request), rest);
            }
            Event::Reply { to, from, slot: _, serial, ref body } => {
                self.add_route(to, from, serial, rest);
                S::add_pending(Pending::Reply(body), rest);
            }
            Event::Error { to, from, slot: _, serial } => self.add_route(to, from, serial, rest),
            Event::Commit { wire, is_answered } => {
                rest.add(is_answered);
                self.add_wire(wire, rest);
            }
            Event::Answer { wire, said } => {
                rest.add(said);
                self.add_wire(wire, rest);
            }
            Event::Repeat { wire } => self.add_wire(wire, rest),
            Event::Wake { shard, life, timer } => {
                rest.requires(self.owner(shard) == Instance { shard, life });
                S::add_pending(Pending::Timer(shard, timer), rest);
            }
            Event::Call { .. }
            | Event::Called { .. }
            | Event::Restart { .. }
            | Event::Resume { .. }
            | Event::Lease { .. }
            | Event::Session { .. }
            | Event::Boot { .. }
            | Event::Fault { .. } => rest.requires(false),
        }
    }

    /// Adds where a reply goes, and to which request. Its slot follows from the serial.
    fn add_route(&self, to: ShardIndex, from: ShardIndex, serial: Serial, rest: &mut Rest) {
        rest.add((to, from, self.directory.under(to, serial.token())));
        rest.add_serial(to, serial);
    }

    /// Adds a commit that is on its way.
    fn add_wire(&self, wire: u32, rest: &mut Rest) {
        let Wire { commit, who, is_answered, sends, events: _ } = self.wires[wire];
        let Commit { shard, token, number, point, ends_stay, subject, changes } = commit;
        let is_own = who == self.owner(shard) && token == self.outside.store.token(shard);
        rest.requires(is_own);
        rest.add((shard, point, ends_stay, subject, is_answered, sends));
        rest.add_commit(shard, number);
        rest.add(self.outside.store.has_applied(shard, number));
        let changes = self.effects.changes(changes);
        rest.add(changes.len());
        changes.iter().for_each(|change| S::add_pending(Pending::Change(change), rest));
    }
}
