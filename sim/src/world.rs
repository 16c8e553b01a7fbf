//! The world: one thread, virtual time, an event queue. It hands inputs to workers, performs their effects
//! in order, and kills, cuts and delays as the answers say. It alone acts on a verdict.

use crate::answers::{
    AckVerdict, Answers, Call, CommitSent, CommitVerdict, RequestVerdict, StepTaken,
};
use crate::fault::{Before, Fault, Kind, Leg};
use crate::fingerprint::Fingerprint;
use crate::network::{Cut, Links};
use crate::outside::Outside;
use crate::plan::{Plan, Until};
use crate::queue::{Lane, Queue, Turn};
use crate::store::Applied;
use crate::trace::Trace;
use onceproof_model::commit::{Commit, CommitKind, Delta, Subject};
use onceproof_model::effect::{Ack, Effect, Effects, Input, Moment, Reply, Request, Rpc, Timer};
use onceproof_model::pipeline::{Pipeline, ShardIndex, StepKind};
use onceproof_model::time::{MILLISECOND, Nanos, Time};
use onceproof_model::worker::Worker;
use slab::Slab;

/// How long an unanswered commit waits until it is repeated.
const COMMIT_REPEAT: Nanos = 30 * MILLISECOND;

/// What happens at a time.
#[derive(Clone, Copy, Debug)]
enum Event {
    Request {
        flight: u32,
    },
    Reply {
        to: ShardIndex,
        from: ShardIndex,
        slot: u32,
        serial: u64,
        watermark: Time,
    },
    Error {
        to: ShardIndex,
        from: ShardIndex,
        slot: u32,
        serial: u64,
    },
    Commit {
        wire: u32,
        is_answered: bool,
    },
    Answer {
        wire: u32,
    },
    Repeat {
        wire: u32,
    },
    Wake {
        shard: ShardIndex,
        life: u32,
        timer: Timer,
    },
    Restart {
        host: u32,
    },
    /// An exact fault that is placed at a time.
    Fault {
        number: u32,
    },
}

/// A commit on its way to the store or back.
#[derive(Debug)]
struct Wire {
    commit: Commit,
    life: u32,
    is_answered: bool,
    /// Events that still refer to it.
    events: u32,
}

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
    queue: Queue<Event>,
    links: Links,
    wires: Slab<Wire>,
    effects: Effects,
    network_lane: Lane,
    pub fingerprint: Fingerprint,
    pub trace: Trace,
    /// Virtual time since the start.
    pub now: u64,
    calm_at: Option<u64>,
    /// Events that are more than the repetition of a request: while there are any, more may happen.
    substantial: u64,
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
            workers: Vec::new(),
            hosts: (0..hosts).map(|_| Host { is_up: true, life: 0 }).collect(),
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
            calm_at: None,
            substantial: 0,
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
        self.workers.clear();
        let shards = 0..self.pipeline.shards() as u32;
        self.workers.extend(shards.map(|shard| Worker::new(self.pipeline, ShardIndex(shard))));
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
        self.calm_at = self.plan.until.calm;
        self.substantial = 0;
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
            self.outside.now = self.outside.sources.start.plus(at);
            if self.outside.work.events >= self.plan.until.events {
                return End::OutOfEvents;
            }
            let calm_at = self.calm_at();
            if at >= calm_at {
                self.outside.answers.calm();
                if at > calm_at.saturating_add(self.plan.until.drain) {
                    return End::Stuck(self.describe_stuck(&event, "the time to drain is over"));
                }
                if self.is_fruitless(&event) {
                    let why = "only fruitless repetition is left";
                    return End::Stuck(self.describe_stuck(&event, why));
                }
            }
            self.step(event);
            flush(&mut self.trace);
        }
        End::Drained
    }

    /// When drawn faults end: as the scenario says, else so long after the last record was read. If that
    /// never happens, time to drain runs from the last arrival.
    fn calm_at(&mut self) -> u64 {
        if let Some(at) = self.calm_at {
            return at;
        }
        if self.outside.unread == 0 {
            let at = self.now + Until::CALM_AFTER_INPUT;
            self.calm_at = Some(at);
            return at;
        }
        let sources = &self.outside.sources;
        let span = sources.last_arrival.0.abs_diff(sources.start.0);
        span.saturating_add(self.plan.until.drain).saturating_add(Until::CALM_AFTER_INPUT)
    }

    fn step(&mut self, event: Event) {
        self.substantial -= u64::from(is_substantial(&event));
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

    /// Hands an input to a shard's worker, performs what it lists, and lets it go on while it is ready.
    fn deliver(&mut self, shard: ShardIndex, input: Input) {
        let mut input = Some(input);
        while let Some(next) = input.take() {
            let World { workers, outside, effects, .. } = self;
            let mut moment =
                Moment { now: outside.now, pipeline: self.pipeline, env: outside, effects };
            workers[shard.at()].handle(next, &mut moment);
            if let Some(restart) = self.outside.doom.take() {
                self.crash(self.host(shard), restart);
                self.drop_effects();
                return;
            }
            if !self.perform(shard) {
                return;
            }
            if self.workers[shard.at()].is_ready() {
                input = Some(Input::Resume);
            }
        }
    }

    /// Performs the listed effects in order; false if the worker died before one of them.
    fn perform(&mut self, shard: ShardIndex) -> bool {
        let cost = std::mem::take(&mut self.outside.cost);
        let mut list = std::mem::take(&mut self.effects.list);
        let mut lives = true;
        for effect in list.drain(..) {
            if lives && self.outside.answers.asks_before() {
                lives = !self.dies_before(shard, &effect);
            }
            match effect {
                Effect::Commit(commit) if !lives => self.effects.recycle(commit.deltas),
                _ if !lives => {}
                Effect::Commit(commit) => self.begin_commit(commit, cost),
                Effect::Ack(ack) => self.send_ack(ack, cost),
                Effect::Send(request) => self.send_request(request, cost),
                Effect::Wake { at, timer } => self.wake(shard, at, timer),
            }
        }
        self.effects.list = list;
        lives
    }

    fn drop_effects(&mut self) {
        self.outside.cost = 0;
        let mut list = std::mem::take(&mut self.effects.list);
        for effect in list.drain(..) {
            if let Effect::Commit(commit) = effect {
                self.effects.recycle(commit.deltas);
            }
        }
        self.effects.list = list;
    }

    /// Whether the worker dies before an effect; then it is dead.
    fn dies_before(&mut self, shard: ShardIndex, effect: &Effect) -> bool {
        let (before, subject) = match effect {
            Effect::Commit(commit) => (before_commit(commit.kind), commit.subject),
            Effect::Ack(ack) => (Before::Ack, ack.subject),
            Effect::Send(request) => (Before::Send, request.subject()),
            Effect::Wake { .. } => return false,
        };
        self.dies(shard, before, subject)
    }

    fn dies(&mut self, shard: ShardIndex, before: Before, subject: Subject) -> bool {
        let Outside { answers, words, .. } = &mut self.outside;
        let before = match self.pipeline.step(self.pipeline.step_of(shard)).kind {
            StepKind::Sink(_) if before == Before::Commit => Before::Emit,
            _ => before,
        };
        let step = StepTaken::new(self.pipeline, shard, before, subject, words);
        match answers.before(&step, words) {
            Some(restart) => {
                self.crash(self.host(shard), restart);
                true
            }
            None => false,
        }
    }

    fn crash(&mut self, host: usize, restart: Nanos) {
        self.hosts[host].is_up = false;
        self.hosts[host].life += 1;
        let fault = self.outside.answers.last_fired();
        self.outside.ledger.crashed(host, fault);
        self.fingerprint.add(self.now, 6 << 56 | host as u64);
        self.trace.crashes(host, restart, &self.outside, self.now);
        let at = self.now.saturating_add(restart);
        self.schedule(at, Turn::Normal, Lane::Heap, Event::Restart { host: host as u32 });
    }

    fn strike_at_time(&mut self, number: usize) {
        let Fault { at: place, kind } = self.outside.answers.fire_at_time(number);
        match kind {
            Kind::Crash { restart } => {
                let host = place.worker.expect("a crash at a time names its worker") as usize;
                if self.hosts[host].is_up {
                    self.crash(host, restart);
                }
            }
            Kind::Partition { lasts, direction } => {
                let (Some(from), Some(to)) = (place.from, place.to) else {
                    unreachable!("a partition at a time names both steps")
                };
                for a in 0..self.pipeline.step(from).shards {
                    for b in 0..self.pipeline.step(to).shards {
                        let (a, b) = (self.pipeline.shard(from, a), self.pipeline.shard(to, b));
                        let (from, to) = (self.host(a), self.host(b));
                        let until = self.now.saturating_add(lasts);
                        self.links.cut(Cut { from, to, direction, until });
                    }
                }
            }
            kind => unreachable!("{kind:?} has no place in time"),
        }
    }

    fn send_request(&mut self, mut request: Request, cost: Nanos) {
        let Outside { answers, words, work, ledger, .. } = &mut self.outside;
        let attempt = self.links.count_send(self.pipeline, &request, words.names.len());
        request.rpc.attempt = attempt;
        if let Some(record) = &request.record {
            ledger.hold(request.from.at() % self.hosts.len(), record.name);
        }
        work.messages += 1;
        work.retries += u64::from(attempt > 1);
        let subject = request.subject();
        let call = Call::new(self.pipeline, request.from, request.to, subject, attempt, words);
        let verdict = answers.request(&call, words);
        self.trace.request_leaves(&request, verdict, &self.outside, self.now);
        let (from, to) = (self.host(request.from), self.host(request.to));
        if let RequestVerdict::Cut(Kind::Partition { lasts, direction }) = verdict {
            let until = self.now.saturating_add(lasts);
            self.links.cut(Cut { from, to, direction, until });
        }
        let latency = self.outside.answers.latency(&call, Leg::Request);
        let at = self.now.saturating_add(cost).saturating_add(latency);
        if self.links.is_cut(from, to, self.now) {
            return;
        }
        match verdict {
            RequestVerdict::Pass => self.fly(at, self.network_lane, request),
            RequestVerdict::Lost => {}
            // A cut one way may leave this way open.
            RequestVerdict::Cut(_) => self.fly(at, self.network_lane, request),
            RequestVerdict::Twice => {
                self.fly(at, self.network_lane, request.clone());
                self.fly(at, self.network_lane, request);
            }
            RequestVerdict::Late(by) => {
                let at = at.saturating_add(by);
                self.late_until = self.late_until.max(at);
                self.fly(at, Lane::Heap, request);
            }
            RequestVerdict::Refused => {
                let at = at.saturating_add(self.outside.answers.latency(&call, Leg::Ack));
                let Request { from: to, to: from, rpc: Rpc { slot, serial, .. }, .. } = request;
                self.schedule(
                    at,
                    Turn::Normal,
                    Lane::Heap,
                    Event::Error { to, from, slot, serial },
                );
            }
        }
    }

    fn fly(&mut self, at: u64, lane: Lane, request: Request) {
        let flight = self.links.flights.insert(request) as u32;
        self.schedule(at, Turn::Normal, lane, Event::Request { flight });
    }

    fn send_ack(&mut self, ack: Ack, cost: Nanos) {
        let Outside { answers, words, ledger, .. } = &mut self.outside;
        let Ack { from, to, rpc, subject, watermark } = ack;
        if let Subject::Record(name) = subject {
            ledger.let_go(from.at() % self.hosts.len(), name);
        }
        // The sender of the ack is the receiver of the request.
        let call = Call::new(self.pipeline, to, from, subject, rpc.attempt, words);
        let verdict = answers.ack(&call, words);
        self.trace.ack_leaves(&ack, verdict, &self.outside, self.now);
        if self.links.is_cut(self.host(from), self.host(to), self.now) {
            return;
        }
        let latency = self.outside.answers.latency(&call, Leg::Ack);
        let at = self.now.saturating_add(cost).saturating_add(latency);
        let Rpc { slot, serial, .. } = rpc;
        let (lane, reply) = (self.network_lane, Event::Reply { to, from, slot, serial, watermark });
        match verdict {
            AckVerdict::Pass => self.schedule(at, Turn::Normal, lane, reply),
            AckVerdict::Lost => {}
            AckVerdict::Twice => {
                self.schedule(at, Turn::Normal, lane, reply);
                self.schedule(at, Turn::Normal, lane, reply);
            }
            AckVerdict::Late(by) => {
                let at = at.saturating_add(by);
                self.late_until = self.late_until.max(at);
                self.schedule(at, Turn::Normal, Lane::Heap, reply);
            }
            AckVerdict::Error => {
                self.schedule(at, Turn::Normal, lane, Event::Error { to, from, slot, serial });
            }
        }
    }

    fn begin_commit(&mut self, commit: Commit, cost: Nanos) {
        let life = self.hosts[self.host(commit.shard)].life;
        let wire = Wire { commit, life, is_answered: false, events: 1 };
        let wire = self.wires.insert(wire) as u32;
        self.send_commit_after(wire, cost);
        self.drop_wire(wire);
    }

    fn send_commit(&mut self, wire: u32) {
        self.send_commit_after(wire, 0);
    }

    fn send_commit_after(&mut self, wire: u32, cost: Nanos) {
        let Outside { answers, words, .. } = &mut self.outside;
        let commit = &self.wires[wire as usize].commit;
        let sent = CommitSent::new(self.pipeline, commit.shard, commit.subject, words);
        let verdict = answers.commit(&sent, words);
        self.trace.commit_leaves(commit, verdict, &self.outside, self.now);
        let way = self.plan.cluster.commit;
        let at = self.now.saturating_add(cost).saturating_add(way);
        let is_answered = verdict != CommitVerdict::Unknown;
        match verdict {
            CommitVerdict::Pass | CommitVerdict::Unknown => {
                self.schedule_wire(at, Lane::Store, wire, Event::Commit { wire, is_answered });
            }
            CommitVerdict::Lost => {}
            CommitVerdict::Late(by) => {
                let at = at.saturating_add(by);
                self.schedule_wire(at, Lane::Heap, wire, Event::Commit { wire, is_answered });
            }
        }
        // The answer is sure to come in time, unless something happens to this commit.
        if verdict != CommitVerdict::Pass || way.saturating_mul(2) >= COMMIT_REPEAT {
            let at = self.now.saturating_add(COMMIT_REPEAT);
            self.schedule_wire(at, Lane::Heap, wire, Event::Repeat { wire });
        }
    }

    fn schedule_wire(&mut self, at: u64, lane: Lane, wire: u32, event: Event) {
        self.wires[wire as usize].events += 1;
        self.schedule(at, Turn::Normal, lane, event);
    }

    /// One event less refers to a wire; after the last its buffer is used again.
    fn drop_wire(&mut self, wire: u32) {
        let events = &mut self.wires[wire as usize].events;
        *events -= 1;
        if *events == 0 {
            let wire = self.wires.remove(wire as usize);
            self.effects.recycle(wire.commit.deltas);
        }
    }

    fn commit_arrives(&mut self, wire: u32, is_answered: bool) {
        let Outside { store, ledger, words, work, sources, now, .. } = &mut self.outside;
        let Wire { ref commit, life, is_answered: is_over, .. } = self.wires[wire as usize];
        let applied = store.apply(commit, ledger, words);
        self.fingerprint.add(self.now, 7 << 56 | u64::from(commit.shard.0) << 8 | applied as u64);
        work.events += 1;
        match applied {
            Applied::Now => {
                work.commits += 1;
                self.progress_at = self.now;
                if ledger.is_detailed() {
                    if let (CommitKind::Settle, Subject::Record(name)) =
                        (commit.kind, commit.subject)
                    {
                        ledger.let_go(commit.shard.at() % self.hosts.len(), name);
                    }
                    for delta in &commit.deltas {
                        if let Delta::Take { name, .. } | Delta::Row { name, .. } = *delta
                            && let Some(source) = words.names.source_of(name)
                        {
                            ledger.taken(source, now.0.abs_diff(sources.arrival(source).0));
                        }
                    }
                }
            }
            Applied::Before => {}
            Applied::Refused => {
                let host = &self.hosts[commit.shard.at() % self.hosts.len()];
                assert!(host.life != life, "the owner of a token is never refused");
            }
        }
        self.trace.commit_applied(commit, applied, &self.outside, self.now);
        if applied != Applied::Refused && is_answered && !is_over {
            let at = self.now.saturating_add(self.plan.cluster.commit);
            self.schedule_wire(at, Lane::Store, wire, Event::Answer { wire });
        }
        self.drop_wire(wire);
    }

    fn answer_arrives(&mut self, wire: u32) {
        let Wire { ref commit, life, ref mut is_answered, .. } = self.wires[wire as usize];
        let Commit { shard, number, kind: _, subject, .. } = *commit;
        let host = &self.hosts[shard.at() % self.hosts.len()];
        let is_first = host.is_up && host.life == life && !std::mem::replace(is_answered, true);
        self.drop_wire(wire);
        if is_first {
            self.count(8, shard, number);
            self.trace.answer_arrives(shard, subject, &self.outside, self.now);
            if self.outside.answers.asks_before() && self.dies(shard, Before::Answer, subject) {
                return;
            }
            self.deliver(shard, Input::Committed { number });
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
        self.substantial += u64::from(is_substantial(&event));
        self.queue.push(at, turn, lane, event);
    }

    fn host(&self, shard: ShardIndex) -> usize {
        shard.at() % self.hosts.len()
    }

    fn count(&mut self, what: u64, shard: ShardIndex, which: u64) {
        self.outside.work.events += 1;
        self.fingerprint.add(self.now, what << 56 ^ u64::from(shard.0) << 40 ^ which);
    }

    /// After calm, whether all that is left is the repetition of requests that lead to nothing: no commit,
    /// no crash, no fault for so long that every one of them was sent again and again, and nothing else
    /// on its way.
    fn is_fruitless(&mut self, event: &Event) -> bool {
        let Event::Wake { timer: Timer::Retry { .. } | Timer::RetryWatermark { .. }, .. } = event
        else {
            return false;
        };
        let fired = self.outside.answers.fired_in_all();
        if std::mem::replace(&mut self.faults_seen, fired) != fired {
            self.progress_at = self.now;
        }
        let since = self.progress_at.max(self.late_until).max(self.links.cut_until());
        let calm_at = self.calm_at();
        let round = self.wait_max.saturating_add(2 * self.plan.network.latency_max);
        self.substantial == 0
            && !self.outside.answers.has_unfired()
            && self.now > since.max(calm_at).saturating_add(round.saturating_mul(3))
    }

    fn describe_stuck(&self, event: &Event, why: &str) -> String {
        let shard = match *event {
            Event::Wake { shard, .. } => Some(shard),
            Event::Request { flight } => {
                self.links.flights.get(flight as usize).map(|request| request.from)
            }
            Event::Reply { to, .. } | Event::Error { to, .. } => Some(to),
            Event::Commit { wire, .. } | Event::Answer { wire } | Event::Repeat { wire } => {
                self.wires.get(wire as usize).map(|wire| wire.commit.shard)
            }
            Event::Restart { .. } | Event::Fault { .. } => None,
        };
        match shard {
            Some(shard) => {
                let step = &self.pipeline.step(self.pipeline.step_of(shard)).name;
                format!("{why}: {step}/{} still retries", self.pipeline.number_of(shard))
            }
            None => why.to_owned(),
        }
    }
}

fn before_commit(kind: CommitKind) -> Before {
    match kind {
        CommitKind::Commit | CommitKind::Watermark => Before::Commit,
        CommitKind::Settle => Before::Settle,
        CommitKind::Emit => Before::Emit,
    }
}

/// Whether an event is more than the repetition of a request.
fn is_substantial(event: &Event) -> bool {
    match event {
        Event::Request { .. } | Event::Reply { .. } | Event::Error { .. } => false,
        Event::Wake { timer, .. } => match timer {
            Timer::Retry { .. } | Timer::RetryWatermark { .. } => false,
            Timer::Arrival | Timer::Close | Timer::Reapply(_) => true,
        },
        Event::Commit { .. }
        | Event::Answer { .. }
        | Event::Repeat { .. }
        | Event::Restart { .. }
        | Event::Fault { .. } => true,
    }
}
