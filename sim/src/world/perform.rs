//! Handing inputs to workers and performing their effects in order. A worker may die before any effect:
//! then the rest of the list, its memory and its timers are gone, and what it sent is on its way. It may be
//! paused there, or lose its shard and not know: then it performs the rest all the same.

use super::hosts::Waiting;
use super::leases::{Instance, running};
use super::requests::Flight;
use super::{Event, World};
use crate::answers::{BeforeFate, StepTaken};
use crate::fault::{Fault, Kind};
use crate::network::Cut;
use crate::queue::{Lane, Turn};
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::effect::{Context, Effect, Input};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::system::{Errand, Process, System, Wait};
use onceproof_kernel::time::{Nanos, Time};

/// What a worker does, in order.
#[derive(Clone, Debug)]
pub(super) struct List<S: System> {
    who: Instance,
    effects: Vec<Effect<S>>,
    /// What its questions have cost.
    cost: Nanos,
    /// How far its clock was ahead when it listed them.
    skew: i64,
    /// How many effects are done, and whether the next one was asked about already.
    done: usize,
    is_asked: bool,
}

/// What becomes of an instance before a step of the protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Survival {
    /// It takes the step.
    GoesOn,
    /// It takes the step when this host goes on.
    Waits(u32),
    /// It is no more.
    Ends,
}

impl<S: System> World<'_, S> {
    /// Hands an input to an instance that runs, and lets it go on while it is ready.
    #[inline(always)]
    pub(super) fn deliver(&mut self, who: Instance, input: &Input<S>) {
        if self.hand_over(who, input) {
            self.go_on_while_ready(who);
        }
    }

    /// Lets an instance go on while it is ready.
    #[inline(never)]
    fn go_on_while_ready(&mut self, who: Instance) {
        while self.hand_over(who, &Input::Resume) {}
    }

    /// Goes on with what a pause interrupted.
    pub(super) fn go_on(&mut self, list: List<S>) {
        let who = list.who;
        if !self.is_running(who) {
            return self.drop_list(list);
        }
        if self.outside.trace.is_on() {
            self.tell_actor(who);
        }
        let List { who, effects, cost, skew, done, is_asked } = list;
        debug_assert!(self.effects.list.is_empty(), "one list at a time is performed");
        self.effects.list = effects;
        if self.perform(who, cost, skew, (done, is_asked)) && self.worker(who).is_ready() {
            self.go_on_while_ready(who);
        }
    }

    /// Hands over one input and performs what the worker lists; true if it is ready to go on, and neither
    /// ended nor was paused.
    fn hand_over(&mut self, who: Instance, input: &Input<S>) -> bool {
        self.outside.answers.note_change();
        let World { workers, owners, zombies, hosts, outside, effects, design, standstill, .. } =
            self;
        let (host, worker) = running::<S>(workers, owners, zombies, who);
        // Most runs have no clock that is wrong.
        let skew = if standstill.skew_most == 0 { 0 } else { hosts[host as usize].skew };
        let now = if skew == 0 { outside.now } else { Time(outside.now.0.saturating_add(skew)) };
        (outside.at_work, outside.is_first_life) = (who.shard, who.life == 0);
        debug_assert!(effects.list.is_empty(), "one list at a time is performed");
        worker.handle(input, &mut Context { now, design, env: outside, effects });
        let is_ready = worker.is_ready();
        if outside.has_news() {
            self.pass_on();
        }
        let has_doom = self.outside.doom != BeforeFate::Pass;
        if self.effects.list.is_empty() && !has_doom {
            self.outside.cost = 0;
            return is_ready;
        }
        let cost = std::mem::take(&mut self.outside.cost);
        if has_doom {
            let fate = std::mem::replace(&mut self.outside.doom, BeforeFate::Pass);
            let survival = self.befall_instance(who, host, fate);
            if survival != Survival::GoesOn {
                let effects = std::mem::take(&mut self.effects.list);
                let list = List { who, effects, cost, skew, done: 0, is_asked: false };
                self.interrupt(list, survival);
                return false;
            }
        }
        self.perform(who, cost, skew, (0, false)) && is_ready
    }

    /// Performs the listed effects in order: those after so many that are done, of which the first was asked about already
    /// or not. False if the instance ended or was paused before one of them.
    #[inline(always)]
    fn perform(
        &mut self,
        who: Instance,
        cost: Nanos,
        skew: i64,
        (done, mut is_asked): (usize, bool),
    ) -> bool {
        let asks_before = self.outside.answers.asks_before();
        for at in done..self.effects.list.len() {
            if asks_before && !std::mem::take(&mut is_asked) {
                let survival = self.strike_before(who, at);
                if survival != Survival::GoesOn {
                    let effects = std::mem::take(&mut self.effects.list);
                    let rest = List { who, effects, cost, skew, done: at, is_asked: true };
                    self.interrupt(rest, survival);
                    return false;
                }
            }
            // What each of these does is kept out of line, so that this loop, which nearly every event comes
            // through, needs few registers.
            match self.effects.list[at] {
                Effect::Commit(commit) => self.begin_commit(who, commit, cost),
                Effect::Reply(ack) => self.send_ack(who, &ack, cost),
                Effect::Send(ref request) => {
                    let flight = self.flights.insert(Flight { request: *request, host: 0 });
                    self.send_request(who, flight, cost);
                }
                Effect::Call(call) => self.begin_call(who, &call, cost),
                // When the source has a record does not hang on the worker's clock.
                Effect::Wake { at, timer } if timer == S::INPUT => {
                    let at = self.by_clock(at, 0);
                    self.wake(who, at, S::INPUT);
                }
                Effect::Wake { at, timer } if S::wait(timer) == Wait::FirstReply => {
                    let Instance { shard, life } = who;
                    let event = Event::Wake { shard, life, timer };
                    self.schedule(self.by_clock(at, skew), Turn::Normal, Lane::Retry, event);
                }
                Effect::Wake { at, timer } => self.wake(who, self.by_clock(at, skew), timer),
                Effect::AckMessage(ack) => self.ack_message(who, &ack),
                // Nothing is changed by it.
                Effect::Step { .. } => continue,
            }
            self.outside.answers.note_change();
        }
        self.effects.list.clear();
        true
    }

    /// What is left of a list waits for a host, or ends with its instance.
    #[cold]
    fn interrupt(&mut self, list: List<S>, survival: Survival) {
        match survival {
            Survival::GoesOn => unreachable!("nothing befell it"),
            Survival::Waits(host) => {
                let cause = self.outside.trace.cause();
                self.hosts[host as usize].interrupt(Waiting::List(list), cause);
            }
            Survival::Ends => self.drop_list(list),
        }
    }

    /// Takes back the memory of what will not be done. Something else may be under way meanwhile, whose list stays.
    pub(super) fn drop_list(&mut self, list: List<S>) {
        let List { mut effects, done, .. } = list;
        for effect in &effects[done..] {
            if let Effect::Commit(commit) = effect {
                self.effects.recycle(*commit);
            }
        }
        if self.effects.list.is_empty() {
            effects.clear();
            self.effects.list = effects;
        }
    }

    /// What befalls an instance before an effect that is listed.
    #[inline(never)]
    fn strike_before(&mut self, who: Instance, at: usize) -> Survival {
        let moments = &self.layout.alphabet.moments;
        let (before, subject) = match &self.effects.list[at] {
            Effect::Step { point, errand } => return self.strike_for(who, *point, *errand),
            Effect::Commit(commit) => {
                let commit = &self.effects.kept(*commit).commit;
                (commit.point, commit.subject)
            }
            Effect::Reply(ack) => (S::replied_at(&ack.body, moments), ack.subject),
            Effect::AckMessage(ack) => (moments.reply, Subject::Record(ack.name)),
            Effect::Send(request) => {
                let before = S::sent_at(&request.body, moments);
                if let Some(errand) = S::errand(request) {
                    return self.strike_for(who, before, errand);
                }
                (before, request.subject())
            }
            Effect::Call(call) => (moments.call, Subject::Record(call.name)),
            Effect::Wake { .. } => return Survival::GoesOn,
        };
        self.strike(who, before, subject)
    }

    /// What befalls an instance before a step of the protocol.
    pub(super) fn strike(&mut self, who: Instance, before: Point, subject: Subject) -> Survival {
        self.strike_for(who, before, Errand { shard: who.shard, subject, attempt: None })
    }

    /// The same before a step that it takes for a shard.
    fn strike_for(&mut self, who: Instance, before: Point, errand: Errand) -> Survival {
        let Errand { shard, subject, attempt } = errand;
        let (words, head) = (&self.outside.words, self.layout.step_of(shard));
        let mut step = StepTaken::new(self.layout, shard, head, before, subject, words);
        step.attempt = attempt;
        self.outside.at_work = who.shard;
        match self.outside.befalls(&step) {
            BeforeFate::Pass => Survival::GoesOn,
            fate => {
                if self.outside.trace.is_on() {
                    self.outside.tell_doom(who.shard, before, subject);
                }
                let host = self.host_of(who).expect("an instance that runs");
                self.befall_instance(who, host, fate)
            }
        }
    }

    fn befall_instance(&mut self, who: Instance, host: u32, fate: BeforeFate) -> Survival {
        self.befall(host, who.shard, fate);
        if !self.is_running(who) {
            Survival::Ends
        } else if self.hosts[host as usize].is_paused {
            Survival::Waits(host)
        } else {
            Survival::GoesOn
        }
    }

    /// A fault at a time strikes nothing.
    fn finds_it_down(&mut self, host: u32) {
        if self.outside.trace.is_on() {
            self.tell_down_already(host);
        }
    }

    pub(super) fn strike_at_time(&mut self, number: usize) {
        let Some(Fault { at: place, kind }) = self.outside.answers.fire_at_time(number) else {
            return;
        };
        match kind {
            Kind::Crash { .. } | Kind::Gone => {
                let host = place.worker.expect("a crash at a time names its worker");
                match self.hosts[host as usize].is_up() {
                    true => self.crash(host, kind.length()),
                    false => self.finds_it_down(host),
                }
            }
            Kind::Pause { lasts } => {
                let host = place.worker.expect("a pause at a time names its worker");
                match self.hosts[host as usize].is_up() {
                    true => self.pause(host, lasts),
                    false => self.finds_it_down(host),
                }
            }
            Kind::ClockStep { by, way } => {
                let host = place.worker.expect("a clock step at a time names its worker");
                self.step_clock(host, by, way);
            }
            Kind::Move => {
                let (Some(step), Some(number)) = (place.step, place.shard) else {
                    unreachable!("a move at a time names its shard")
                };
                self.move_shard(self.layout.shard(step, number));
            }
            Kind::Partition { lasts, direction } => {
                let (Some(from), Some(to)) = (place.from, place.to) else {
                    unreachable!("a partition at a time names both steps")
                };
                let mut cuts = Vec::new();
                for a in 0..self.layout.shards_of(from) {
                    for b in 0..self.layout.shards_of(to) {
                        let (a, b) = (self.layout.shard(from, a), self.layout.shard(to, b));
                        let host = |shard: ShardIndex| self.owners[shard.at()].host as usize;
                        let (from, to) = (host(a), host(b));
                        let until = self.now.saturating_add(lasts);
                        cuts.push(Cut { from, to, direction, until });
                    }
                }
                cuts.iter().for_each(|&cut| self.cut_link(cut));
                if self.outside.trace.is_on() {
                    self.tell_cuts(&cuts, lasts);
                }
            }
            kind => unreachable!("{kind:?} has no place in time"),
        }
    }
}
