//! What a process asks, and what it is answered: the questions of [`Env`].

use super::{Outside, Pulled};
use crate::answers::{Act, Attempt, BeforeVerdict};
use crate::queue_service::Handed;
use onceproof_kernel::alphabet::{Figure, Mark, Point};
use onceproof_kernel::env::{Ask, Decision, Env, Note};
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::source::{Message, Pull, Read};
use onceproof_kernel::system::System;
use onceproof_kernel::tell::{Member, Pile};
use onceproof_kernel::time::{Nanos, Time};

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

    fn read(&mut self, shard: ShardIndex, offset: u64) -> Read {
        let (step, number) = (self.layout.step_of(shard), self.layout.number_of(shard));
        let read = self.sources.read(step, number, offset, self.now);
        if let Read::Row(_) = read
            && offset == self.reading.until[shard.at()]
        {
            let reading = &mut *self.reading;
            reading.until[shard.at()] += 1;
            reading.unread -= 1;
            self.has_just_read_all = reading.unread == 0;
        }
        read
    }

    fn pull(&mut self, shard: ShardIndex) -> Pull {
        let (step, at) = (self.layout.step_of(shard), self.layout.number_of(shard));
        let now = self.now;
        let (number, delivery, again) = match self.queue_of(shard).pull(at, now) {
            Handed::Message { number, delivery, again } => (number, delivery, again),
            Handed::NotYet(at) => return Pull::NotYet { at },
            Handed::Nothing => return Pull::Nothing,
        };
        if delivery == 1 {
            self.reading.unread -= 1;
            self.has_just_read_all = self.reading.unread == 0;
        }
        let row = self.sources.message(step, number);
        let name = row.name;
        let attempt = self.count_at(step, name);
        let handed = Attempt::new(Act::Deliver, self.layout, step, name, attempt, &self.words);
        let is_doubled = self.answers.redelivers(&handed, self.layout, &self.words);
        let again = match is_doubled {
            true => Some(self.queue_of(shard).hand_out_again(number, now)),
            false => again,
        };
        self.wakes.extend(again.map(|(next, at)| (self.layout.shard(step, next), at)));
        self.pulled.push(Pulled { shard, name, delivery });
        if self.trace.is_on() {
            self.tell_pull(&row, delivery, is_doubled);
        }
        Pull::Message(Message { row, number, delivery })
    }

    fn queue_progress(&mut self, shard: ShardIndex, token: u64) -> Time {
        if token != self.store.token(shard) {
            return Time::MIN;
        }
        let now = self.now;
        self.queue_of(shard).promise(now)
    }

    fn oldest_unacked(&mut self, shard: ShardIndex, token: u64) -> Time {
        if token != self.store.token(shard) {
            return Time::MIN;
        }
        self.queue_of(shard).oldest_unacked()
    }

    fn source_progress(&mut self, shard: ShardIndex, offset: u64) -> Time {
        let (step, number) = (self.layout.step_of(shard), self.layout.number_of(shard));
        self.sources.promise(step, number, offset)
    }

    fn execute(&mut self, step: StepIndex, name: Name, key: Key, answers: u32) -> Option<u32> {
        if self.is_dead() {
            return None;
        }
        self.work.user_calls += 1;
        let attempt = self.count_at(step, name);
        if attempt > 1 {
            self.marks.reach(Mark::FUNCTION_RAN_AGAIN);
        }
        let words = &self.words;
        let poison = &self.layout.step(step).failing.poison;
        let answer = match poison {
            Some(poison) if words.keys.text(key) == poison => None,
            _ => {
                let (act, layout) = (Act::Execute, self.layout);
                let execution = Attempt::new(act, layout, step, name, attempt, words);
                self.answers.execute(&execution, answers, layout, words)
            }
        };
        if answer.is_none() {
            self.ledger.failed(step, name);
        }
        if self.trace.is_on() {
            self.tell_execution(step, name, attempt, answer.is_none());
        }
        answer
    }

    fn look_up(&mut self, step: StepIndex, key: Key, changes_every: Nanos, values: u32) -> u32 {
        let key_hash = self.words.keys.hash(key);
        let first = self.answers.first_value(self.layout, step, key_hash, values);
        // A value at a time, so that the next answer is always another one.
        let moved = self.now.step_of(changes_every).rem_euclid(values.into());
        ((i64::from(first) + moved) % i64::from(values)) as u32
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
    }

    fn read_pile(&mut self, Pile { head, floor }: Pile) -> u32 {
        self.ledger.read(head, floor)
    }

    #[inline]
    fn before(&mut self, shard: ShardIndex, step: StepIndex, point: Point, name: Name) {
        self.strike(shard, step, point, name);
    }

    fn is_dead(&self) -> bool {
        matches!(self.doom, BeforeVerdict::Dies(_))
    }

    fn is_first_life(&self) -> bool {
        self.is_first_life
    }

    fn reach(&mut self, mark: Mark) {
        self.marks.reach(mark);
    }

    fn count(&mut self, figure: Figure) {
        self.work.own[usize::from(figure.0)] += 1;
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
