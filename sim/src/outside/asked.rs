//! What a worker asks, and what it is answered: the questions of [`Env`].

use super::{Outside, Pulled};
use crate::answers::{Act, Attempt};
use crate::queue_service::Handed;
use onceproof_kernel::alphabet::Mark;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::record::RecordId;
use onceproof_kernel::source::{Message, Pull, Read};
use onceproof_kernel::tell::{Member, Pile};
use onceproof_kernel::time::{Nanos, Time};
use onceproof_model::dataflow::change::{Content, Scan};
use onceproof_model::dataflow::decision::Decision;
use onceproof_model::dataflow::effect::{Dropped, Env, FilterSaid};
use onceproof_model::dataflow::point;
use onceproof_model::dataflow::record::Record;

impl Env for Outside<'_> {
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

    fn scan(&mut self, shard: ShardIndex) -> Scan {
        self.charge();
        let scan = self.store.rows(shard).scan(&self.words.keys);
        if self.trace.is_on() {
            self.tell_start(shard, &scan);
        }
        scan
    }

    fn admit(&mut self, shard: ShardIndex, name: Name) {
        if self.trace.is_on() {
            self.tell_admit(name);
        }
        self.strike(shard, self.layout.step_of(shard), point::ADMIT, name);
        // Taking the ledger in hand counts as a change, so only who keeps something does.
        if self.ledger.is_detailed() {
            self.ledger.looks_at(shard, name);
            self.ledger.meets(shard, name, self.now);
        }
    }

    fn drops(&mut self, _: ShardIndex, name: Name, dropped: Dropped) {
        // Whoever is dead was told that everything is known, and drops nothing.
        if self.is_dead() {
            return;
        }
        if self.trace.is_on() {
            self.tell_drop(name, dropped);
        }
        if dropped == Dropped::Duplicate && self.ledger.is_detailed() {
            self.ledger.dropped_as_known(name, &self.words.names);
        }
        if dropped == Dropped::Duplicate && !self.is_first_life {
            self.marks.reach(point::DUPLICATE_DROPPED_AFTER_RESTART);
        }
        self.marks.reach(match dropped {
            Dropped::Duplicate => point::DUPLICATE_DROPPED,
            Dropped::Remnant => point::REMNANT_DROPPED,
            Dropped::Old => point::OLD_DROPPED,
        });
    }

    fn is_known(&mut self, shard: ShardIndex, record: &Record) -> bool {
        if self.is_dead() {
            return true;
        }
        let Record { key, id, .. } = *record;
        self.charge();
        self.work.catalog_reads += 1;
        let is_known = self.store.catalog(shard).knows(key, id, self.now);
        if is_known && self.store.is_refreshed(shard, key, id) {
            self.store.refresh(shard, key, id, self.now);
        }
        if self.trace.is_on() {
            self.tell_catalog(record, is_known);
        }
        if is_known && self.ledger.is_detailed() {
            self.ledger.knows(shard, key, id, &self.words.names);
        }
        is_known
    }

    fn filter_said(&mut self, shard: ShardIndex, token: u64, record: &Record, said: FilterSaid) {
        if self.is_dead() {
            return;
        }
        let mut is_mistaken = false;
        match said {
            FilterSaid::New => {
                self.marks.reach(point::FILTER_SAVED_READ);
                // In a sweep only what is committed twice is noticed, when it is.
                if self.ledger.is_detailed() {
                    let is_owner = token == self.store.token(shard);
                    self.store.rows(shard).check_new(is_owner, record, self.now);
                }
            }
            FilterSaid::MayBeKnown => {
                let is_known = self.store.catalog(shard).knows(record.key, record.id, self.now);
                self.work.bloom_false_positives += u64::from(!is_known);
                is_mistaken = !is_known;
            }
            FilterSaid::NotReady => {}
        }
        if self.ledger.is_detailed() {
            self.ledger.filter_said(record.name, is_mistaken);
        }
        if self.trace.is_on() {
            self.tell_filter(shard, record, said);
        }
    }

    fn scan_ids(
        &mut self,
        shard: ShardIndex,
        first: Time,
        last: Time,
        found: &mut Vec<(Key, RecordId, Time)>,
    ) {
        self.charge();
        self.store.catalog(shard).scan(first, last, self.now, found);
        if self.trace.is_on() {
            self.tell_ids_read(found.len());
        }
    }

    fn apply(&mut self, shard: ShardIndex, step: StepIndex, name: Name) {
        self.strike(shard, step, point::APPLY, name);
    }

    fn content(&mut self, shard: ShardIndex, key: Key, start: Time) -> Content {
        self.charge();
        match self.store.rows(shard).content(key, start) {
            None => Content::default(),
            Some((content, Pile { head, floor })) => {
                Content { lineage: self.ledger.read(head, floor), ..content }
            }
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
        let attempt = self.count(step, name);
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
        let attempt = self.count(step, name);
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
    fn decides(&mut self, _: ShardIndex, decision: Decision<'_>) {
        if self.trace.is_on() {
            self.tell_decision(decision);
        }
    }
}
