//! Handing inputs to workers and performing their effects in order. A worker may die before any effect:
//! then the rest of the list, its memory and its timers are gone, and what it sent is on its way.

use super::World;
use super::event::Event;
use crate::answers::StepTaken;
use crate::fault::{Before, Fault, Kind};
use crate::network::Cut;
use crate::outside::Outside;
use crate::queue::{Lane, Turn};
use onceproof_model::commit::{Commit, CommitKind, Subject};
use onceproof_model::effect::{Effect, Input, Moment};
use onceproof_model::pipeline::{ShardIndex, StepKind};
use onceproof_model::time::Nanos;

impl World<'_> {
    /// Hands an input to a shard's worker, and lets it go on while it is ready.
    pub(super) fn deliver(&mut self, shard: ShardIndex, input: Input) {
        let mut lives = self.hand_over(shard, input);
        while lives && self.workers[shard.at()].is_ready() {
            lives = self.hand_over(shard, Input::Resume);
        }
    }

    /// Hands over one input and performs what the worker lists; false if the worker died.
    fn hand_over(&mut self, shard: ShardIndex, input: Input) -> bool {
        let World { workers, outside, effects, pipeline, .. } = self;
        let mut moment = Moment { now: outside.now, pipeline, env: outside, effects };
        workers[shard.at()].handle(input, &mut moment);
        match self.outside.doom.take() {
            Some(restart) => {
                self.crash(self.host(shard), restart);
                self.drop_effects();
                false
            }
            None => self.perform(shard),
        }
    }

    /// Performs the listed effects in order; false if the worker died before one of them.
    fn perform(&mut self, shard: ShardIndex) -> bool {
        let cost = std::mem::take(&mut self.outside.cost);
        let mut list = std::mem::take(&mut self.effects.list);
        let mut lives = true;
        for effect in &mut list {
            if self.outside.answers.asks_before() && self.dies_before(shard, effect) {
                lives = false;
                break;
            }
            match effect {
                Effect::Commit(commit) => {
                    let deltas = std::mem::take(&mut commit.deltas);
                    self.begin_commit(Commit { deltas, ..*commit }, cost);
                }
                Effect::Ack(ack) => self.send_ack(ack, cost),
                Effect::Send(request) => self.send_request(request, cost),
                Effect::Wake { at, timer } => self.wake(shard, *at, *timer),
            }
            self.outside.answers.note_change();
        }
        if !lives {
            self.recycle(&mut list);
        }
        list.clear();
        self.effects.list = list;
        lives
    }

    /// Takes back the buffers of commits that will not be sent.
    fn recycle(&mut self, list: &mut [Effect]) {
        for effect in list {
            if let Effect::Commit(commit) = effect {
                self.effects.recycle(std::mem::take(&mut commit.deltas));
            }
        }
    }

    fn drop_effects(&mut self) {
        self.outside.cost = 0;
        let mut list = std::mem::take(&mut self.effects.list);
        self.recycle(&mut list);
        list.clear();
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

    pub(super) fn dies(&mut self, shard: ShardIndex, before: Before, subject: Subject) -> bool {
        let Outside { answers, words, .. } = &mut self.outside;
        let before = match self.pipeline.step(self.pipeline.step_of(shard)).kind {
            StepKind::Sink(_) if before == Before::Commit => Before::Emit,
            _ => before,
        };
        let step = StepTaken::new(self.pipeline, shard, before, subject, words);
        match answers.before(&step, self.pipeline, words) {
            Some(restart) => {
                self.crash(self.host(shard), restart);
                true
            }
            None => false,
        }
    }

    pub(super) fn crash(&mut self, host: usize, restart: Nanos) {
        self.hosts[host].is_up = false;
        self.hosts[host].life += 1;
        let fault = self.outside.answers.last_fired();
        self.outside.ledger.crashed(host, fault);
        self.fingerprint.add(self.now, 6 << 56 | host as u64);
        self.trace.crashes(host, restart, &self.outside, self.now);
        let at = self.now.saturating_add(restart);
        self.schedule(at, Turn::Normal, Lane::Heap, Event::Restart { host: host as u32 });
    }

    pub(super) fn strike_at_time(&mut self, number: usize) {
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
}

fn before_commit(kind: CommitKind) -> Before {
    match kind {
        CommitKind::Commit | CommitKind::Watermark => Before::Commit,
        CommitKind::Settle => Before::Settle,
        CommitKind::Emit => Before::Emit,
    }
}
