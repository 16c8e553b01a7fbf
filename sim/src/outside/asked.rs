//! What a process asks, and what it is answered: the questions of [`Env`].

use super::Outside;
use crate::answers::BeforeFate;
use onceproof_kernel::alphabet::{Counter, Mark, Point};
use onceproof_kernel::env::{Ask, Decision, Env, Note};
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::record::Output;
use onceproof_kernel::source::{Pull, Read};
use onceproof_kernel::system::System;
use onceproof_kernel::tell::{Member, Pile, WholeUnit};
use onceproof_kernel::time::{Nanos, Time};
use onceproof_kernel::user::SharedFunction;

impl<S: System> Ask for Outside<'_, S> {
    fn vocabulary(&mut self) -> &mut Vocabulary {
        &mut self.words
    }

    fn take_token(&mut self, shard: ShardIndex) -> u64 {
        let token = self.store.grant(shard);
        // Nobody extends any more what an earlier owner holds.
        if token > 1 {
            self.lapse(shard);
        }
        token
    }

    fn announce(&mut self, shard: ShardIndex, token: u64) {
        self.service.announce(shard, token);
        if self.trace.is_on() {
            self.tell_announcement(token);
        }
    }

    fn combine(&mut self, members: &[Member]) -> u32 {
        self.ledger.combine(members)
    }

    fn add(&mut self, pile: &mut Pile, key: Key, member: &Member) {
        self.ledger.add_in_memory(pile, key, member);
    }

    fn read(&mut self, shard: ShardIndex, offset: u64) -> Read {
        self.row_at(shard, offset)
    }

    fn peek(&mut self, shard: ShardIndex, offset: u64) -> Read {
        let (step, number) = (self.layout.step_of(shard), self.layout.number_of(shard));
        self.sources.read(step, number, offset, self.now)
    }

    fn pull(&mut self, shard: ShardIndex) -> Pull {
        self.next_message(shard)
    }

    fn queue_progress(&mut self, shard: ShardIndex, token: u64) -> Time {
        self.promise_of_queue(shard, token)
    }

    fn oldest_unacked(&mut self, shard: ShardIndex, token: u64) -> Time {
        self.oldest_of_queue(shard, token)
    }

    fn source_progress(&mut self, shard: ShardIndex, offset: u64) -> Time {
        self.promise_of_source(shard, offset)
    }

    fn execute(&mut self, step: StepIndex, name: Name, key: Key, answers: u32) -> Option<u32> {
        self.answer_of(step, name, key, answers)
    }

    fn look_up(&mut self, step: StepIndex, key: Key, changes_every: Nanos, values: u32) -> u32 {
        self.value_of(step, key, changes_every, values)
    }

    fn execute_user(
        &mut self,
        step: StepIndex,
        function: &SharedFunction,
        name: Name,
        input: Output,
        clock: Time,
        outputs: &mut Vec<Output>,
    ) -> bool {
        self.outputs_of(step, function, (name, input), clock, outputs)
    }

    fn intends(&mut self, unit: WholeUnit, parts: u32, first: Option<(StepIndex, Name)>) {
        self.ledger.units.intends(unit, parts, first);
    }

    #[inline(always)]
    fn decides(&mut self, decision: Decision<'_>) {
        if self.trace.is_on() {
            self.tell_decision(decision);
        }
    }
}

impl<S: System> Env<S> for Outside<'_, S> {
    fn words(&self) -> &Vocabulary {
        &self.words
    }

    fn shared(&self) -> &S::Shared {
        &self.shared
    }

    fn shared_mut(&mut self) -> &mut S::Shared {
        &mut self.shared
    }

    fn now(&self) -> Time {
        self.now
    }

    fn token(&self, shard: ShardIndex) -> u64 {
        self.store.token(shard)
    }

    fn rows(&self, shard: ShardIndex) -> &S::Rows {
        self.store.rows(shard)
    }

    fn rows_that_change(&mut self, shard: ShardIndex) -> &mut S::Rows {
        self.store.rows_that_change(shard)
    }

    fn charge(&mut self) {
        self.cost += self.read_cost;
        self.reads += 1;
    }

    fn read_pile(&mut self, Pile { head, floor }: Pile) -> u32 {
        self.ledger.read(head, floor)
    }

    fn nudge(&mut self, to: ShardIndex, after: Nanos, timer: S::Timer) {
        if !self.is_dead() {
            self.nudges.push((to, self.now.plus(after), timer));
        }
    }

    fn recall(&mut self, shard: ShardIndex, after: Nanos, timer: S::Timer) {
        if !self.is_dead() {
            self.recalls.push((shard, self.now.plus(after), timer));
        }
    }

    fn begin_session(&mut self, member: ShardIndex, token: u64) {
        if !self.is_dead() {
            self.sessions.push((member, token));
        }
    }

    fn works(&mut self, step: StepIndex, name: Name) {
        if !self.is_dead() {
            self.worked.push((step, name));
        }
    }

    #[inline]
    fn before(&mut self, shard: ShardIndex, step: StepIndex, point: Point, name: Name) {
        self.strike(shard, step, point, name);
    }

    fn is_dead(&self) -> bool {
        matches!(self.doom, BeforeFate::Dies(_))
    }

    fn is_first_life(&self) -> bool {
        self.is_first_life
    }

    fn reach(&mut self, mark: Mark) {
        self.marks.reach(mark);
    }

    fn count(&mut self, counter: Counter) {
        self.work.own[usize::from(counter.0)] += 1;
    }

    fn is_detailed(&self) -> bool {
        self.ledger.is_detailed()
    }

    fn notes(&mut self, shard: ShardIndex, note: Note) {
        // Taking the ledger in hand counts as a change, so only who keeps something does.
        if !self.ledger.is_detailed() {
            return;
        }
        match note {
            Note::LooksAt(name) => {
                self.ledger.looks_at(shard, name);
                self.ledger.meets(shard, name, self.now);
            }
            Note::Found(key, id) => self.ledger.knows(shard, key, id, &self.words.names),
            Note::DropsKnown(name) => self.ledger.dropped_as_known(name, &self.words.names),
            Note::Guessed(name, is_mistaken) => self.ledger.filter_said(name, is_mistaken),
        }
    }

    #[inline(always)]
    fn is_traced(&self) -> bool {
        self.trace.is_on()
    }
}
