//! A world at the start: with the input laid out, nothing booted, and no memory let go.

use super::World;
use super::beyond::Beyond;
use super::directory::Directory;
use super::hosts::Host;
use super::leases::Owner;
use super::standstill::{Standstill, lull};
use crate::answers::Answers;
use crate::fault::Fault;
use crate::fingerprint::{Code, Fingerprint};
use crate::network::Links;
use crate::outside::Outside;
use crate::patience::Patience;
use crate::plan::Plan;
use crate::pool::Pool;
use crate::queue::EventQueue;
use onceproof_kernel::effect::Effects;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::system::{Process, System};

impl<'a, S: System> World<'a, S> {
    pub fn new(design: &'a S::Design, plan: &'a Plan) -> World<'a, S> {
        let layout = S::layout(design);
        let (hosts, shards) = (plan.hosts(layout), layout.shards());
        let (latency, way) = (plan.network, plan.cluster.commit);
        World {
            plan,
            design,
            layout,
            outside: Outside::new(design, Answers::new(plan, layout), plan.cluster.read),
            workers: (0..shards as u32)
                .map(|shard| S::Process::new(design, ShardIndex(shard)))
                .collect(),
            owners: Vec::with_capacity(shards),
            zombies: Vec::new(),
            hosts: (0..hosts).map(|_| Host::default()).collect(),
            paused: 0,
            directory: Directory::new(shards, hosts, plan.cluster.routing_lag),
            moving: Vec::new(),
            sessions: Vec::new(),
            queue: match latency.latency_min == latency.latency_max {
                true => EventQueue::default(),
                false => EventQueue::with_wheel(latency.latency_max),
            },
            links: Links::default(),
            flights: Pool::default(),
            outs: Pool::default(),
            effects: Effects::default(),
            fingerprint: Fingerprint::default(),
            has_begun: false,
            now: 0,
            calm_at: 0,
            drain_until: 0,
            overdue: None,
            starts: 0,
            standstill: Standstill::default(),
            beyond: Beyond::default(),
            may_never_end: layout.all().any(|(_, step)| step.may_never_end),
            patience: Patience::of(plan, layout),
            lull: lull(layout, way),
            may_time_out: layout
                .all()
                .any(|(_, step)| step.commit_retry.waits(way).timeout <= way.saturating_mul(2)),
            planted: None,
            until_planted: None,
        }
    }

    /// Loads the input and puts everything back to the start.
    pub fn reset(&mut self, seed: Option<u64>, in_detail: bool) {
        let Outside { sources, words, .. } = &mut self.outside;
        sources.load(self.plan, self.layout, seed.unwrap_or(0), words);
        self.outside.reset(seed, in_detail);
        for worker in &mut self.workers {
            worker.reset();
        }
        for host in &mut self.hosts {
            host.reset();
        }
        self.paused = 0;
        self.zombies.clear();
        self.directory.reset();
        self.moving.clear();
        self.sessions.clear();
        self.sessions.resize(self.workers.len(), 0);
        self.owners.clear();
        for shard in (0..self.workers.len() as u32).map(ShardIndex) {
            let host = self.directory.home(shard);
            self.owners.push(Owner { host, life: 0, is_running: false });
        }
        self.queue.clear();
        self.links.reset(self.layout);
        self.flights.clear();
        self.outs.clear();
        self.effects.clear();
        self.fingerprint = Fingerprint::default();
        self.fingerprint.add(0, Code::Input, self.outside.sources.digest);
        self.has_begun = false;
        self.now = 0;
        self.calm_at = self.calm_at_the_latest();
        self.drain_until = self.drain_until_at_the_latest();
        self.overdue = None;
        self.starts = 0;
        self.standstill.reset();
        self.beyond = Beyond::default();
        self.until_planted = self.planted.map(|(events, _)| events);
    }

    /// Puts other exact faults in place of the plan's.
    pub fn place(&mut self, faults: &[Fault]) {
        self.outside.answers.place(self.layout, faults);
        self.patience = self.patience.with(faults);
    }
}
