//! All that is outside the workers and that they may ask about: the store, the input, the answers of
//! chance. It also watches, for the ledger and the report, and it is where a worker may die before it
//! admits or applies a record.

mod queues;
mod told;

use crate::answers::{Act, Answers, Attempt, BeforeVerdict, StepTaken};
use crate::fault::Before;
use crate::lasting::Lasting;
use crate::ledger::Ledger;
use crate::marks::{Mark, Marks};
use crate::outcome::Work;
use crate::queue_service::{Handed, QueueService};
use crate::service::Service;
use crate::sources::Sources;
use crate::store::Store;
use crate::trace::Trace;
use onceproof_model::commit::{Content, Scan, Subject};
use onceproof_model::decision::Decision;
use onceproof_model::effect::{Dropped, Env, FilterSaid, Member, Message, Pull, Read};
use onceproof_model::key::Key;
use onceproof_model::name::{Name, Vocabulary};
use onceproof_model::pipeline::{Pipeline, ShardIndex, StepIndex};
use onceproof_model::record::{Record, RecordId};
use onceproof_model::rest::Rest;
use onceproof_model::time::{Nanos, Time};

/// Everything but the workers, the network and the clock.
#[derive(Debug)]
pub(crate) struct Outside<'a> {
    pub pipeline: &'a Pipeline,
    pub words: Vocabulary,
    pub store: Lasting<Store>,
    pub service: Lasting<Service>,
    pub sources: Sources,
    pub answers: Answers,
    pub ledger: Lasting<Ledger>,
    pub work: Work,
    pub marks: Marks,
    pub trace: Trace,
    pub now: Time,
    /// What one read of the store costs, and what the reads of this input have cost so far.
    pub read_cost: Nanos,
    pub cost: Nanos,
    /// What befell the worker at a question of this input. If it dies, whatever it does after that is lost
    /// with it; else its questions are answered before, and its effects are performed after it.
    pub doom: BeforeVerdict,
    /// The queue of each step that reads one.
    queues: Lasting<Vec<Option<QueueService>>>,
    /// What was pulled in this input, and the shards that may pull because of it, each with when.
    pub pulled: Vec<Pulled>,
    pub wakes: Vec<(ShardIndex, Time)>,
    /// How often each map was executed on each record, and how often each queue has handed it out.
    executions: Lasting<Vec<Vec<u32>>>,
    reading: Lasting<Reading>,
    has_just_read_all: bool,
}

/// How far the input was read.
#[derive(Debug, Default)]
struct Reading {
    /// How far each source shard was ever read, and how many rows no one has read yet.
    until: Vec<u64>,
    unread: u64,
}

/// A message that a shard was handed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pulled {
    pub shard: ShardIndex,
    pub name: Name,
    pub delivery: u32,
}

impl<'a> Outside<'a> {
    pub fn new(pipeline: &'a Pipeline, answers: Answers, read_cost: Nanos) -> Outside<'a> {
        Outside {
            pipeline,
            words: Vocabulary::default(),
            store: Lasting::default(),
            service: Lasting::default(),
            sources: Sources::default(),
            answers,
            ledger: Lasting::default(),
            work: Work::default(),
            marks: Marks::default(),
            trace: Trace::default(),
            now: Time(0),
            read_cost,
            cost: 0,
            doom: BeforeVerdict::Pass,
            queues: Lasting::new(
                pipeline.steps().iter().map(|step| queues::queue(step, pipeline.defect)).collect(),
            ),
            pulled: Vec::new(),
            wakes: Vec::new(),
            executions: Lasting::default(),
            reading: Lasting::default(),
            has_just_read_all: false,
        }
    }

    /// Begins a run over the input that is loaded.
    pub fn reset(&mut self, seed: Option<u64>, in_detail: bool) {
        self.store.reset(self.pipeline);
        self.service.reset(self.pipeline);
        self.answers.reset(seed, in_detail);
        self.ledger.reset(self.pipeline, in_detail);
        self.work = Work::default();
        self.marks = Marks::default();
        self.now = self.sources.start;
        self.cost = 0;
        self.doom = BeforeVerdict::Pass;
        self.executions.resize_with(self.pipeline.steps().len(), Vec::new);
        for executions in self.executions.iter_mut() {
            executions.clear();
        }
        for (step, queue) in self.queues.iter_mut().enumerate() {
            if let Some(queue) = queue {
                queue.reset(self.sources.messages(StepIndex(step as u16)));
            }
        }
        self.pulled.clear();
        self.wakes.clear();
        self.reading.until.clear();
        self.reading.until.resize(self.pipeline.shards(), 0);
        self.reading.unread = self.sources.rows() as u64;
        self.has_just_read_all = self.reading.unread == 0;
    }

    /// How often anything was changed that outlives a worker.
    fn changes(&self) -> u64 {
        let Outside { store, service, ledger, queues, executions, reading, .. } = self;
        [
            store.changes(),
            service.changes(),
            ledger.changes(),
            queues.changes(),
            executions.changes(),
            reading.changes(),
        ]
        .into_iter()
        .sum()
    }

    /// What befalls a worker before a step of the protocol.
    pub fn before(&mut self, step: &StepTaken) -> BeforeVerdict {
        if self.answers.is_explored() {
            let changes = self.changes();
            self.answers.note_changes(changes);
        }
        self.answers.before(step, self.pipeline, &self.words)
    }

    /// Adds what is outside the workers. Input that comes from queues leaves no rest.
    pub fn rest(&self, rest: &mut Rest) {
        let Outside {
            pipeline: _,
            words,
            store,
            service,
            // What is left of the input follows from how far it was read.
            sources: _,
            answers,
            ledger,
            work: _,
            marks: _,
            trace: _,
            // The time of the last event; the next one comes with its own.
            now: _,
            read_cost: _,
            cost: _,
            doom: _,
            queues,
            pulled: _,
            wakes: _,
            executions,
            reading,
            has_just_read_all,
        } = self;
        rest.requires(answers.are_given() && queues.iter().all(Option::is_none));
        let Reading { until, unread } = &**reading;
        rest.add((until, unread, has_just_read_all));
        for executions in executions.iter() {
            // How far the list has grown says nothing.
            rest.add_set(executions.iter().enumerate().filter(|&(_, &count)| count != 0));
        }
        words.rest(rest);
        store.rest(rest);
        service.rest(rest);
        ledger.rest(rest);
    }

    /// Whether the last record was read since this was last asked.
    pub fn has_just_read_all(&mut self) -> bool {
        std::mem::take(&mut self.has_just_read_all)
    }

    /// Whether something befalls the worker before this step. If it dies, it is answered nothing of meaning
    /// any more.
    fn strike(&mut self, shard: ShardIndex, step: StepIndex, before: Before, name: Name) {
        if self.doom == BeforeVerdict::Pass && self.answers.asks_before() {
            let subject = Subject::Record(name);
            let step = StepTaken::new(self.pipeline, shard, step, before, subject, &self.words);
            self.doom = self.before(&step);
            if self.trace.is_on() {
                self.tell_doom(shard, step.before, subject);
            }
        }
    }

    fn is_dead(&self) -> bool {
        matches!(self.doom, BeforeVerdict::Dies(_))
    }

    /// How often this happened at a step to this record, with now.
    fn count(&mut self, step: StepIndex, name: Name) -> u32 {
        let executions = &mut self.executions[step.at()];
        let at = name.0 as usize;
        if at >= executions.len() {
            executions.resize((at + 1).max(self.words.names.len()), 0);
        }
        executions[at] += 1;
        executions[at]
    }

    fn charge(&mut self) {
        self.cost += self.read_cost;
    }
}

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
        let scan = self.store.scan(shard, &self.words.keys);
        if self.trace.is_on() {
            self.tell_start(shard, &scan);
        }
        scan
    }

    fn admit(&mut self, shard: ShardIndex, name: Name) {
        if self.trace.is_on() {
            self.tell_admit(name);
        }
        self.strike(shard, self.pipeline.step_of(shard), Before::Admit, name);
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
        self.marks.reach(match dropped {
            Dropped::Duplicate => Mark::DuplicateDropped,
            Dropped::Remnant => Mark::RemnantDropped,
            Dropped::Old => Mark::OldDropped,
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
        match said {
            FilterSaid::New => {
                self.marks.reach(Mark::FilterSavedRead);
                // In a sweep only what is committed twice is noticed, when it is.
                if self.ledger.is_detailed() {
                    self.store.check_new(shard, token, record, self.now);
                }
            }
            FilterSaid::MayBeKnown => {
                let is_known = self.store.catalog(shard).knows(record.key, record.id, self.now);
                self.work.bloom_false_positives += u64::from(!is_known);
            }
            FilterSaid::NotReady => {}
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
        self.strike(shard, step, Before::Apply, name);
    }

    fn content(&mut self, shard: ShardIndex, key: Key, start: Time) -> Content {
        self.charge();
        self.store.content(shard, key, start, &mut self.ledger)
    }

    fn combine(&mut self, members: &[Member]) -> u32 {
        self.ledger.combine(members)
    }

    fn read(&mut self, shard: ShardIndex, offset: u64) -> Read {
        let (step, number) = (self.pipeline.step_of(shard), self.pipeline.number_of(shard));
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
        let (step, at) = (self.pipeline.step_of(shard), self.pipeline.number_of(shard));
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
        let handed = Attempt::new(Act::Deliver, self.pipeline, step, name, attempt, &self.words);
        let is_doubled = self.answers.redelivers(&handed, self.pipeline, &self.words);
        let again = match is_doubled {
            true => Some(self.queue_of(shard).hand_out_again(number, now)),
            false => again,
        };
        self.wakes.extend(again.map(|(next, at)| (self.pipeline.shard(step, next), at)));
        self.pulled.push(Pulled { shard, name, delivery });
        if self.trace.is_on() {
            self.tell_pull(&row, delivery, is_doubled);
        }
        Pull::Message(Message { row, number, delivery })
    }

    fn queue_watermark(&mut self, shard: ShardIndex, token: u64) -> Time {
        if token != self.store.token(shard) {
            return Time::MIN;
        }
        let now = self.now;
        self.queue_of(shard).watermark(now)
    }

    fn oldest_unacked(&mut self, shard: ShardIndex, token: u64) -> Time {
        if token != self.store.token(shard) {
            return Time::MIN;
        }
        self.queue_of(shard).oldest_unacked()
    }

    fn source_watermark(&mut self, shard: ShardIndex, offset: u64) -> Time {
        let (step, number) = (self.pipeline.step_of(shard), self.pipeline.number_of(shard));
        self.sources.watermark(step, number, offset)
    }

    fn execute(&mut self, step: StepIndex, name: Name, key: Key, answers: u32) -> Option<u32> {
        if self.is_dead() {
            return None;
        }
        self.work.user_calls += 1;
        let attempt = self.count(step, name);
        if attempt > 1 {
            self.marks.reach(Mark::FunctionRanAgain);
        }
        let words = &self.words;
        let poison = &self.pipeline.step(step).failing.poison;
        let answer = match poison {
            Some(poison) if words.keys.text(key) == poison => None,
            _ => {
                let (act, pipeline) = (Act::Execute, self.pipeline);
                let execution = Attempt::new(act, pipeline, step, name, attempt, words);
                self.answers.execute(&execution, answers, pipeline, words)
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
        let first = self.answers.first_value(self.pipeline, step, key_hash, values);
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
