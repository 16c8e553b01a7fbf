//! The world at rest: all that can still happen is that input arrives. Then its state is small enough to be
//! compared, and what is the same in two runs at one time will be the same in both from there on. A run with a
//! seed, with a queue, with a call to a service or with fresh ids has no rest.

use super::leases::Owner;
use super::{Event, World};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::rest::Rest;
use onceproof_kernel::system::{Process, System};
use onceproof_kernel::time::Time;

impl<S: System> World<'_, S> {
    /// Notes the state before this event, if input arrives with it and nothing else is left to happen.
    pub(super) fn note_rest(&mut self, at: u64, event: &Event<S>) {
        // What is forgotten by age is forgotten without an event.
        let time = Time(self.outside.sources.start.0.saturating_add_unsigned(at));
        self.outside.store.age(time);
        if let Event::Wake { timer, .. } = event
            && *timer == S::INPUT
            && let Some(state) = self.state_before(at, event)
        {
            self.outside.answers.note_rest(at, state);
        }
    }

    /// The state of the world before this event, which has been taken off the queue; none if it is not at
    /// rest.
    ///
    /// Not part of it is when something last came of anything: a run that is stuck is so with every answer,
    /// if sooner or later.
    fn state_before(&self, at: u64, event: &Event<S>) -> Option<u128> {
        let mut rest = Rest::default();
        let World {
            plan: _,
            design: _,
            layout: _,
            outside,
            workers,
            owners,
            zombies,
            hosts,
            paused: _,
            directory,
            moving,
            sessions,
            queue,
            links,
            flights,
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
            starts: _,
            standstill: _,
            patience: _,
            lull: _,
            may_time_out: _,
            planted: _,
            until_planted: _,
        } = self;
        rest.requires(zombies.is_empty() && moving.is_empty());
        rest.requires(outs.is_empty() && flights.is_empty());
        // Before calm, nothing hangs on how long nothing has come of anything.
        rest.requires(at <= *calm_at);
        let means_something = |event: &&Event<S>| {
            !matches!(event, Event::Wake { timer, .. } if *timer == S::INPUT)
                && !self.is_void(event)
        };
        if !rest.is_at_rest() || queue.iter().any(|event| means_something(&event)) {
            return None;
        }
        rest.add((at, calm_at));
        self.add_event(at, event, &mut rest);
        for (at, event) in queue.in_order() {
            self.add_event(at, event, &mut rest);
        }
        for Owner { host, life: _, is_running } in owners {
            rest.requires(*is_running);
            rest.add(host);
        }
        // Whether the death of a member leaves its group a session to end.
        for (shard, &session) in (0..).map(ShardIndex).zip(sessions) {
            rest.add(session == outside.store.token(shard));
        }
        links.rest(at, &mut rest);
        directory.rest(at, &mut rest);
        hosts.iter().for_each(|host| host.rest(&mut rest));
        workers.iter().for_each(|worker| worker.rest(&mut rest));
        // What is outside is much, and grows; most often it need not be looked at.
        if !rest.is_at_rest() {
            return None;
        }
        outside.rest(&mut rest);
        rest.state()
    }

    /// Adds what is still to happen: input that arrives. Anything else that means something leaves no rest.
    fn add_event(&self, at: u64, event: &Event<S>, rest: &mut Rest) {
        if self.is_void(event) {
            return;
        }
        match *event {
            Event::Wake { shard, timer, .. } if timer == S::INPUT => rest.add((at, shard.0)),
            _ => rest.requires(false),
        }
    }
}
