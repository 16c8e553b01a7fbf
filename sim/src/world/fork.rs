//! A world that goes on where another one stands, between two events. Schedules that begin alike share the run of their
//! beginning so: of all that a search of three faults executes, three quarters were executed before.

use super::{World, unwatched};
use crate::answers::{Question, Watched};
use crate::fault::{Fault, Kind};
use onceproof_kernel::system::Copied;
use std::sync::atomic::{AtomicBool, Ordering};

impl<S: Copied> World<'_, S> {
    /// Goes on until just before the event that comes after so many; false if it was stopped before.
    pub fn advance(&mut self, events: u64, stop: &AtomicBool) -> bool {
        let stands_at = self.outside.work.events;
        assert!(stands_at <= events, "a run does not go back, from event {stands_at} to {events}");
        if events > 0 {
            self.begin(&mut unwatched);
        }
        let end = self.run_events::<false>(stop, events, unwatched);
        let stands_at = self.outside.work.events;
        let is_there = stands_at == events;
        assert!(
            end.is_none() && (is_there || stop.load(Ordering::Relaxed)),
            "a run that came to event {events} stands at {stands_at} now, {end:?}"
        );
        is_there
    }

    /// Goes on where another world of the same plan and the same seed stands, whose faults have all been told as this one
    /// is: at a question, of the event that is next. `faults` are all that this run will have had. They make it more
    /// patient, from the beginning.
    pub fn fork(
        &mut self,
        from: &World<'_, S>,
        next: Option<(Question, Kind)>,
        faults: &[Fault],
        watched: Option<(&[Kind], Watched)>,
    ) {
        let World {
            plan: _,
            design: _,
            layout: _,
            outside,
            workers,
            owners,
            zombies,
            hosts,
            paused,
            directory,
            moving,
            sessions,
            queue,
            links,
            flights,
            outs,
            effects,
            fingerprint,
            has_begun,
            now,
            calm_at,
            drain_until: _,
            overdue: _,
            starts,
            standstill,
            beyond,
            may_never_end: _,
            may_time_out: _,
            patience: _,
            lull: _,
            planted: _,
            until_planted: _,
        } = from;
        self.outside.copy(outside);
        self.outside.answers.fork(&outside.answers, next, watched);
        self.workers.clone_from(workers);
        self.owners.clone_from(owners);
        self.zombies.clone_from(zombies);
        self.hosts.clone_from(hosts);
        self.paused = *paused;
        self.directory.clone_from(directory);
        self.moving.clone_from(moving);
        self.sessions.clone_from(sessions);
        self.queue.clone_from(queue);
        self.links.clone_from(links);
        self.flights.clone_from(flights);
        self.outs.clone_from(outs);
        self.effects.clone_from(effects);
        self.fingerprint = *fingerprint;
        self.has_begun = *has_begun;
        self.now = *now;
        self.calm_at = *calm_at;
        self.patience = self.patience.with(faults);
        self.drain_until = self.drain_until_at_the_latest();
        self.overdue = from.overdue_after(self.drain_until);
        self.starts = *starts;
        self.standstill.clone_from(standstill);
        self.beyond.clone_from(beyond);
        self.until_planted = None;
    }
}
