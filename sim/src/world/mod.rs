//! The world: one thread, virtual time, an event queue. It hands inputs to workers, performs their effects
//! in order, and kills, cuts and delays as the answers say. It alone acts on a verdict.

mod calls;
mod commits;
mod end;
mod event;
mod perform;

use crate::answers::Answers;
use crate::fingerprint::Fingerprint;
use crate::network::Links;
use crate::outside::Outside;
use crate::plan::Plan;
use crate::queue::{Lane, Queue, Turn};
use crate::trace::Trace;
use commits::Wire;
use event::Event;
use onceproof_model::effect::{Effects, Input, Reply, Rpc, Timer};
use onceproof_model::pipeline::{Pipeline, ShardIndex};
use onceproof_model::time::{Nanos, Time};
use onceproof_model::worker::Worker;
use slab::Slab;

/// A machine with the shards that run on it.
#[derive(Debug)]
struct Host {
    is_up: bool,
    /// How often it was started: timers and answers of an earlier life are void.
    life: u32,
}

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// Nothing is left to happen.
    Drained,
    /// Something is still retried, and will be for ever or too long.
    Stuck(String),
    /// The limit of events was hit.
    OutOfEvents,
}

/// The world of one plan, used again for each run.
pub(crate) struct World<'a> {
    plan: &'a Plan,
    pipeline: &'a Pipeline,
    pub outside: Outside<'a>,
    workers: Vec<Worker>,
    hosts: Vec<Host>,
    /// The worker of each shard.
    host_of: Vec<u32>,
    queue: Queue<Event>,
    links: Links,
    wires: Slab<Wire>,
    effects: Effects,
    network_lane: Lane,
    pub fingerprint: Fingerprint,
    pub trace: Trace,
    /// Virtual time since the start.
    pub now: u64,
    /// When drawn faults end.
    calm_at: u64,
    progress_at: u64,
    late_until: u64,
    faults_seen: u64,
    wait_max: Nanos,
}

impl<'a> World<'a> {
    pub fn new(plan: &'a Plan) -> World<'a> {
        let pipeline = &plan.pipeline;
        let hosts = plan.cluster.workers.map_or(pipeline.shards(), |n| n as usize);
        let wait = |step: &onceproof_model::pipeline::Step| step.mechanism.retry.wait(u32::MAX);
        let latency = plan.network;
        World {
            plan,
            pipeline,
            outside: Outside::new(pipeline, Answers::new(plan), plan.cluster.read),
            workers: (0..pipeline.shards() as u32)
                .map(|shard| Worker::new(pipeline, ShardIndex(shard)))
                .collect(),
            hosts: (0..hosts).map(|_| Host { is_up: true, life: 0 }).collect(),
            host_of: (0..pipeline.shards()).map(|shard| (shard % hosts) as u32).collect(),
            queue: Queue::default(),
            links: Links::default(),
            wires: Slab::new(),
            effects: Effects::default(),
            network_lane: match latency.latency_min == latency.latency_max {
                true => Lane::Network,
                false => Lane::Heap,
            },
            fingerprint: Fingerprint::default(),
            trace: Trace::default(),
            now: 0,
            calm_at: 0,
            progress_at: 0,
            late_until: 0,
            faults_seen: 0,
            wait_max: pipeline.steps().iter().map(wait).max().unwrap_or(0),
        }
    }

    /// Loads the input and puts everything back to the start.
    pub fn reset(&mut self, seed: Option<u64>, in_detail: bool) {
        let Outside { sources, words, .. } = &mut self.outside;
        sources.load(self.plan, seed.unwrap_or(0), words);
        self.outside.reset(seed, in_detail);
        for worker in &mut self.workers {
            worker.reset();
        }
        for host in &mut self.hosts {
            *host = Host { is_up: true, life: 0 };
        }
        self.queue.clear();
        self.links.reset(self.pipeline);
        self.wires.clear();
        for effect in self.effects.list.drain(..) {
            drop(effect);
        }
        self.fingerprint = Fingerprint::default();
        self.now = 0;
        self.calm_at = self.calm_at_the_latest();
        self.progress_at = 0;
        self.late_until = 0;
        self.faults_seen = 0;
    }

    /// Runs to the end. `flush` is called after each event, for whoever reads the trace.
    pub fn run(&mut self, mut flush: impl FnMut(&mut Trace)) -> End {
        let timed: Vec<(Nanos, usize)> = self.outside.answers.timed().collect();
        for (at, number) in timed {
            self.schedule(at, Turn::Normal, Lane::Heap, Event::Fault { number: number as u32 });
        }
        for host in 0..self.hosts.len() {
            self.boot(host);
        }
        flush(&mut self.trace);
        while let Some((at, event)) = self.queue.pop() {
            self.now = at;
            self.outside.answers.note_change();
            self.outside.now = Time(self.outside.sources.start.0.saturating_add_unsigned(at));
            if self.outside.work.events >= self.plan.until.events {
                return End::OutOfEvents;
            }
            if at >= self.calm_at
                && let Some(end) = self.check_calm(&event)
            {
                return end;
            }
            self.step(event);
            if self.outside.has_just_read_all() {
                self.all_is_read();
            }
            flush(&mut self.trace);
        }
        End::Drained
    }

    fn step(&mut self, event: Event) {
        match event {
            Event::Request { flight } => {
                let request = self.links.flights.remove(flight as usize);
                if self.hosts[self.host(request.to)].is_up {
                    self.count(1, request.to, request.rpc.serial);
                    self.trace.request_arrives(&request, &self.outside, self.now);
                    if let Some(record) = &request.record {
                        let host = self.host(request.to);
                        self.outside.ledger.hold(host, record.name);
                    }
                    self.deliver(request.to, Input::Request(request));
                }
            }
            Event::Reply { to, from, slot, serial, watermark } => {
                self.reply(to, from, slot, serial, Some(watermark));
            }
            Event::Error { to, from, slot, serial } => self.reply(to, from, slot, serial, None),
            Event::Commit { wire, is_answered } => self.commit_arrives(wire, is_answered),
            Event::Answer { wire } => self.answer_arrives(wire),
            Event::Repeat { wire } => {
                let Wire { is_answered, life, ref commit, .. } = self.wires[wire as usize];
                let host = self.host(commit.shard);
                if !is_answered && self.hosts[host].life == life && self.hosts[host].is_up {
                    self.send_commit(wire);
                }
                self.drop_wire(wire);
            }
            Event::Wake { shard, life, timer } => {
                let host = &self.hosts[self.host(shard)];
                if host.is_up && host.life == life && self.workers[shard.at()].awaits(timer) {
                    self.count(4, shard, life.into());
                    self.trace.timer(shard, timer, &self.outside, self.now);
                    self.deliver(shard, Input::Wake(timer));
                }
            }
            Event::Restart { host } => {
                self.progress_at = self.now;
                self.fingerprint.add(self.now, 5 << 56 | u64::from(host));
                self.outside.work.events += 1;
                self.hosts[host as usize].is_up = true;
                self.trace.restarts(host, &self.outside, self.now);
                self.boot(host as usize);
            }
            Event::Fault { number } => self.strike_at_time(number as usize),
        }
    }

    /// Boots the shards of a worker, in order, unless it dies on the way.
    fn boot(&mut self, host: usize) {
        for shard in (host..self.workers.len()).step_by(self.hosts.len()) {
            if self.hosts[host].is_up {
                self.deliver(ShardIndex(shard as u32), Input::Boot);
            }
        }
    }

    fn reply(
        &mut self,
        to: ShardIndex,
        from: ShardIndex,
        slot: u32,
        serial: u64,
        watermark: Option<Time>,
    ) {
        if self.hosts[self.host(to)].is_up {
            self.count(2 + u64::from(watermark.is_none()), to, serial);
            self.trace.reply_arrives(to, from, watermark, &self.outside, self.now);
            let rpc = Rpc { slot, attempt: 0, serial };
            self.deliver(to, Input::Reply(Reply { from, rpc, watermark }));
        }
    }

    fn wake(&mut self, shard: ShardIndex, at: Time, timer: Timer) {
        let life = self.hosts[self.host(shard)].life;
        let at = at.0.saturating_sub(self.outside.sources.start.0).max(0) as u64;
        let (turn, lane) = match timer {
            Timer::Retry { sends: 1, .. } => (Turn::Normal, Lane::Retry),
            Timer::Retry { .. } | Timer::RetryWatermark { .. } => (Turn::Normal, Lane::Heap),
            Timer::Arrival | Timer::Reapply(_) => (Turn::Normal, Lane::Heap),
            Timer::Close => (Turn::Last, Lane::Heap),
        };
        self.schedule(at, turn, lane, Event::Wake { shard, life, timer });
    }

    fn schedule(&mut self, at: u64, turn: Turn, lane: Lane, event: Event) {
        self.queue.push(at, turn, lane, event);
    }

    fn host(&self, shard: ShardIndex) -> usize {
        self.host_of[shard.at()] as usize
    }

    fn count(&mut self, what: u64, shard: ShardIndex, which: u64) {
        self.outside.work.events += 1;
        self.fingerprint.add(self.now, what << 56 ^ u64::from(shard.0) << 40 ^ which);
    }
}
