//! The state of a world between two events, for a search that leaves out what another schedule leads to, too. It is told
//! where time goes on, and only of a world in which all machines are up: who is away comes back, and then it is told. A run
//! with a seed, with a queue, with a call to a service or with fresh ids has none.

use super::event::SessionEnd;
use super::leases::{Instance, Owner, Zombie};
use super::requests::Flight;
use super::{Event, World};
use onceproof_kernel::call::Serial;
use onceproof_kernel::effect::{Commit, CommitProgress, CommitSlot};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::{Life, WorldState};
use onceproof_kernel::system::{Pending, Process, System, ToldWorld};
use onceproof_kernel::time::Time;

impl<S: System> World<'_, S> {
    /// Notes the state before this event.
    pub(super) fn note_state(&mut self, at: u64, event: &Event<S>) {
        // What is forgotten by age is forgotten without an event.
        let time = Time(self.outside.sources.start.0.saturating_add_unsigned(at));
        self.outside.store.age(time);
        if let Some(state) = self.state_before(at, event) {
            self.outside.answers.note_state(at, state);
        }
    }

    /// The state of the world before this event, which has been taken off the queue; none if it cannot be told.
    ///
    /// Not part of it is when something last came of anything: a run that is stuck is so with every answer,
    /// if sooner or later.
    pub(super) fn state_before(&self, at: u64, event: &Event<S>) -> Option<u128> {
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
            outs,
            // Each commit that is on its way has an event in the queue.
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
            // Only users' own systems have such ends, and they tell no state.
            beyond: _,
            may_never_end: _,
            patience: _,
            lull: _,
            may_time_out: _,
            planted: _,
            until_planted: _,
        } = self;
        // Before calm, nothing hangs on how long nothing has come of anything.
        let is_told = moving.is_empty()
            && outs.is_empty()
            && at <= *calm_at
            && owners.iter().all(|owner| owner.is_running);
        if !is_told {
            return None;
        }
        let mut state = WorldState::of(self.lives().collect());
        state.add((at, calm_at));
        for Owner { host, life: _, is_running: _ } in owners {
            state.add(host);
        }
        hosts.iter().for_each(|host| host.tell_state(&mut state));
        links.tell_state(at, &mut state);
        directory.tell_state(at, &mut state);
        if !state.is_told() {
            return None;
        }
        for (at, event) in [(at, event)].into_iter().chain(queue.in_order()) {
            if self.may_mean_something(event) {
                state.add(at);
                self.add_event(event, &mut state);
            }
        }
        outside.answers.tell_state(&mut state);
        // Whether the death of a member leaves its group a session to end.
        for (shard, &session) in (0..).map(ShardIndex).zip(sessions) {
            state.add(session == outside.store.token(shard));
        }
        workers.iter().for_each(|worker| worker.tell_state(self.told_world(), &mut state));
        state.add(zombies.len());
        zombies.iter().for_each(|zombie| self.add_zombie(zombie, &mut state));
        // What is outside is much, and grows.
        if !state.is_told() {
            return None;
        }
        outside.tell_state(&mut state);
        // Who knows an earlier life by its token may still send to it.
        let are_known = workers.iter().any(|worker| worker.token().is_some());
        if are_known || state.knows_earlier_lives() {
            directory.tell_earlier_lives(&mut state);
        }
        state.state()
    }

    fn told_world(&self) -> ToldWorld<'_, S> {
        ToldWorld { design: self.design, shared: &self.outside.shared }
    }

    fn lives(&self) -> impl Iterator<Item = Life> {
        let shards = (0..self.workers.len() as u32).map(ShardIndex);
        shards.zip(&self.workers).map(|(shard, worker)| Life {
            token: self.outside.store.token(shard),
            serials: worker.serials(),
            commits: self.outside.store.least_unapplied(shard),
        })
    }

    /// Whether something comes of an event, or may yet. A session that was to end of a member that was away is kept: it ends
    /// when that time comes if the member is away again.
    fn may_mean_something(&self, event: &Event<S>) -> bool {
        match *event {
            Event::Wake { shard, life, timer } => {
                let worker = self.running_if_any(Instance { shard, life });
                worker.is_some_and(|worker| worker.may_await(timer))
            }
            Event::Session { why: SessionEnd::Away, .. } => true,
            _ => !self.is_void(event),
        }
    }

    /// Adds what is still to happen.
    fn add_event(&self, event: &Event<S>, state: &mut WorldState) {
        state.add(std::mem::discriminant(event));
        match *event {
            Event::Request { flight } => {
                let Flight { request, host } = &self.flights[flight];
                state.add(host);
                request.tell_state(self.told_world(), state);
            }
            Event::Reply { to, from, slot: _, serial, ref body } => {
                self.add_route(to, from, serial, state);
                S::add_pending(Pending::Reply(body), self.told_world(), state);
            }
            Event::Error { to, from, slot: _, serial } => self.add_route(to, from, serial, state),
            Event::Commit { wire, is_answered } => {
                state.add(is_answered);
                self.add_wire(wire, state);
            }
            Event::Answer { wire, said } => {
                state.add(said);
                self.add_wire(wire, state);
            }
            Event::Repeat { wire } => self.add_wire(wire, state),
            Event::Wake { shard, life, timer } => {
                let who = Instance { shard, life };
                let zombie = self.zombies.iter().position(|zombie| zombie.who == who);
                let timer = Pending::Timer(shard, timer);
                let add = |state: &mut WorldState| S::add_pending(timer, self.told_world(), state);
                state.add(zombie);
                match zombie {
                    None => add(state),
                    Some(_) => state.add_earlier_life(shard, add),
                }
            }
            Event::Call { .. }
            | Event::Called { .. }
            | Event::Restart { .. }
            | Event::Resume { .. }
            | Event::Lease { .. }
            | Event::Session { .. }
            | Event::Boot { .. }
            | Event::Fault { .. } => state.requires(false),
        }
    }

    /// Adds a process that has lost its shard and goes on.
    fn add_zombie(&self, zombie: &Zombie<S>, state: &mut WorldState) {
        let Zombie { who: Instance { shard, life: _ }, host, worker } = zombie;
        let Some(token) = worker.token() else { return state.requires(false) };
        state.add((shard, host, self.outside.store.token(*shard) - token, worker.serials()));
        self.outside.store.tell_earlier_commits(*shard, state);
        state.add_earlier_life(*shard, |state| worker.tell_state(self.told_world(), state));
    }

    /// Adds where a reply goes, and to which request. Its slot follows from the serial.
    fn add_route(&self, to: ShardIndex, from: ShardIndex, serial: Serial, state: &mut WorldState) {
        state.add((to, from, self.directory.under(to, serial.token())));
        state.add_serial(to, serial);
    }

    /// Adds a commit that is on its way.
    fn add_wire(&self, wire: CommitSlot, state: &mut WorldState) {
        let kept = self.effects.kept(wire);
        let Commit { shard, token, number, sender_slot: _, point, ends_stay, subject } =
            kept.commit;
        let CommitProgress { life: _, sends, events: _, is_answered } = kept.progress;
        let is_own =
            self.carried(wire) == self.owner(shard) && token == self.outside.store.token(shard);
        state.requires(is_own);
        if !is_own {
            return;
        }
        state.add((shard, point, ends_stay, subject, is_answered, sends));
        state.add_commit(shard, number);
        let has_applied = self.outside.store.has_applied(shard, number);
        state.add(has_applied);
        match is_answered {
            // What waited for it is gone, and it changes nothing more.
            true => state.requires(has_applied),
            false => {
                let commit = Pending::Commit(kept, &self.workers[shard.at()]);
                S::add_pending(commit, self.told_world(), state);
            }
        }
    }
}
