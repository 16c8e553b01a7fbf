//! Apply: the user function runs, or the aggregate takes the record. Everything that changes is a delta
//! of the unit's commit; every output gets its id and its stamp here. A function that fails is tried
//! again later, its key busy meanwhile.

use super::chain::Chained;
use crate::dataflow::change::{CommitKind, Delta, Lifetime};
use crate::dataflow::defect::Defect;
use crate::dataflow::effect::{Context, Env, Timer};
use crate::dataflow::mechanism::{Dedup, DedupWindow, Gc, Outputs, Stamps};
use crate::dataflow::record::Record;
use crate::dataflow::told::Story;
use crate::dataflow::worker::held::unit::Taken;
use crate::dataflow::worker::{Arrived, Parent, Worker, wake_at};
use crate::function::Function;
use crate::pipeline::{IdFrom, InsertId, OffsetGiven, Sink, StepKind};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::{Operation, Row};
use onceproof_kernel::env::Decision;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::mix;
use onceproof_kernel::record::{Output, RecordId};
use onceproof_kernel::time::Time;
use onceproof_kernel::told::Told;

/// What came of applying a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::dataflow::worker) enum Application {
    /// It is in a unit.
    Done,
    /// Its function failed: it is tried again when its key has its next turn.
    Failed,
    /// A call for it is not answered: its key has its next turn when it is.
    Waiting,
}

impl Worker {
    /// Applies an admitted record and adds it to the open unit; or says that its function failed or that a
    /// call for it is not answered, and that it waits at the front of its key.
    pub(in crate::dataflow::worker) fn apply<E: Env>(
        &mut self,
        arrived: &Arrived,
        m: &mut Context<'_, E>,
    ) -> Application {
        m.ask().apply(self.shard, self.step, arrived.record.name);
        let design = m.design;
        match &design.pipeline.step(self.step).kind {
            StepKind::Source { .. } => unreachable!("nobody sends to a source"),
            StepKind::Map(_) | StepKind::Reshuffle | StepKind::Sink(Sink::Upsert) => {
                return self.apply_chain(arrived, m);
            }
            StepKind::Count(windows)
            | StepKind::Sum(windows)
            | StepKind::CountGlobally(windows) => {
                let record = &arrived.record;
                let start = windows.start(record.event_time);
                if windows.is_late(start, self.watermarks.incoming_seen()) {
                    // Too late: it leaves its id and nothing else.
                    let (name, key, end) = (record.name, record.key, windows.end(start));
                    let late = Story::Late { record: name, key, end };
                    m.env.decides(Decision::Own(&|| Told::new(late)));
                    let unit = self.unit_for(CommitKind::Commit, arrived);
                    self.add(unit, arrived, None, m);
                    return Application::Done;
                }
                let start = match self.has(Defect::WrongWindow) {
                    true => windows.end(start),
                    false => start,
                };
                let take = Delta::Take {
                    key: record.key,
                    start,
                    name: record.name,
                    lineage: record.lineage,
                    weight: record.weight,
                    value: record.value.integer(),
                };
                let unit = self.unit_for(CommitKind::Commit, arrived);
                self.units.get(unit).deltas.push(take);
                self.add(unit, arrived, Some(start), m);
            }
            StepKind::Sink(Sink::Append) => {
                return self.write_by_call(arrived, Operation::Append(row(&arrived.record)), m);
            }
            StepKind::Sink(Sink::InsertId(InsertId { from, .. })) => {
                let id = match from {
                    IdFrom::Record => arrived.record.id,
                    IdFrom::Execution => self.random_id(m),
                };
                let insert = Operation::Insert { row: row(&arrived.record), id };
                return self.write_by_call(arrived, insert, m);
            }
            StepKind::Sink(Sink::Offset(OffsetGiven::BeforeCall)) => {
                self.write_after_commit(arrived, m);
            }
            StepKind::Sink(Sink::Rename | Sink::InPlace | Sink::TwoPhase { .. }) => {
                self.write_with_unit(arrived, m);
            }
            StepKind::Sink(Sink::Offset(
                given @ (OffsetGiven::AfterCall | OffsetGiven::InNewStream),
            )) => {
                return self.write_at_offset(arrived, *given, m);
            }
        }
        Application::Done
    }

    /// A sink whose row is in an external table before its commit, which leaves nothing but the id.
    fn write_by_call<E: Env>(
        &mut self,
        arrived: &Arrived,
        operation: Operation,
        m: &mut Context<'_, E>,
    ) -> Application {
        if self.call(arrived, operation, m).is_none() {
            return Application::Waiting;
        }
        self.calls.forget(self.step, arrived.record.name);
        let unit = self.unit_for(CommitKind::Emit, arrived);
        self.add(unit, arrived, None, m);
        Application::Done
    }

    /// An id that no other execution of any worker draws.
    fn random_id<E: Env>(&mut self, m: &Context<'_, E>) -> RecordId {
        self.executions += 1;
        let shard = mix::fold(m.design.layout.hash_of(self.shard), self.shard.0.into());
        RecordId(mix::fold(shard, mix::scatter(mix::fold(self.token, self.executions))))
    }

    /// Applies the steps of a stage without windows of its own. If its head calls, its function is executed
    /// once the call is answered.
    fn apply_chain<E: Env>(&mut self, arrived: &Arrived, m: &mut Context<'_, E>) -> Application {
        let record = &arrived.record;
        if let StepKind::Map(Function::Call(action)) = m.design.pipeline.step(self.step).kind {
            let act = Operation::Act { action, key: record.key, token: self.token };
            if self.call(arrived, act, m).is_none() {
                return Application::Waiting;
            }
        }
        match self.evaluate(record, m) {
            Chained::Whole => {
                let unit = self.unit_for(self.commit_kind(m.design), arrived);
                self.make_chain(unit, m);
                self.add(unit, arrived, None, m);
                Application::Done
            }
            Chained::Failed => self.fail(arrived, m),
        }
    }

    /// A function failed on a record. It is tried again when its key has its next turn; or, where that is
    /// enough, it goes to the dead letters: done with like any other, with its id, and no output.
    fn fail<E: Env>(&mut self, arrived: &Arrived, m: &mut Context<'_, E>) -> Application {
        let record = &arrived.record;
        let failures = arrived.failures + 1;
        let after = m.design.pipeline.step(self.step).failing.dead_letter_after;
        let is_enough = after.is_some_and(|after| failures >= after);
        if is_enough || (after.is_some() && self.has(Defect::DeadLetterAtOnce)) {
            m.env.decides(Decision::GivesUp { name: record.name, failures });
            let dead = Delta::DeadLetter {
                key: record.key,
                name: record.name,
                lineage: record.lineage,
                value: record.value.integer(),
            };
            let unit = self.unit_for(self.commit_kind(m.design), arrived);
            self.units.get(unit).deltas.push(dead);
            self.add(unit, arrived, None, m);
            return Application::Done;
        }
        // A key that the open bundle holds has its turn again when that is committed.
        if !self.is_in_open_bundle(record.key) {
            let at = m.now.plus(self.mechanism.retry.timeout);
            wake_at(m.effects, at, Timer::Reapply(record.key));
        }
        self.gate.put_back(Arrived { failures, ..arrived.clone() });
        Application::Failed
    }

    /// Makes an output of a unit: one per way out of the stage from its step, each with its stamp, or adds it
    /// to a partial aggregate. From here on it pins the watermark.
    pub(in crate::dataflow::worker) fn make<E: Env>(
        &mut self,
        unit: u32,
        step: StepIndex,
        made: Parent,
        output: Output,
        m: &mut Context<'_, E>,
    ) {
        for edge in m.design.stages().shuffles(step) {
            let key = m.design.pipeline.key_at(edge.to, output.key);
            if self.lift(unit, (edge.to, key), &made, &output, m) {
                continue;
            }
            let to = m.design.layout.route(edge.to, m.env.vocabulary().keys.hash(key));
            let stamp = self.stamp(made.stamp, m.now);
            let record = Record {
                name: made.name,
                key,
                id: made.id,
                stamp,
                event_time: made.event_time,
                weight: made.weight,
                value: output.value,
                lineage: made.lineage,
            };
            let slot = self.outbox.make(record, to, unit);
            self.units.get(unit).outputs.push(slot);
        }
    }

    /// Under checkpoint a sender's stamps strictly increase, also across its restarts; under recompute an
    /// output has the stamp of what it is made from, the same in every execution.
    pub(in crate::dataflow::worker) fn stamp(&mut self, of_input: Time, now: Time) -> Time {
        let stamp = match self.mechanism.stamps {
            // A message has the stamp of its publication, whoever reads it.
            _ if self.reads_queue => of_input,
            Stamps::Stable if self.mechanism.outputs == Outputs::Recompute => of_input,
            Stamps::WallClock => now,
            Stamps::Stable | Stamps::Fresh if self.has(Defect::StampsRestart) => {
                self.last_stamp.plus(1)
            }
            Stamps::Stable | Stamps::Fresh => now.max(self.last_stamp.plus(1)),
        };
        self.last_stamp = self.last_stamp.max(stamp);
        stamp
    }

    pub(in crate::dataflow::worker) fn unit_for(
        &mut self,
        kind: CommitKind,
        arrived: &Arrived,
    ) -> u32 {
        match self.open {
            Some(unit) => unit,
            None => {
                let subject = Subject::Record(arrived.record.name);
                let unit = self.units.open(kind, subject);
                self.open = Some(unit);
                unit
            }
        }
    }

    /// The senders that read the queue which a record comes from: the place of the first, and how many.
    fn readers_of_one_queue<E: Env>(
        &self,
        from: ShardIndex,
        m: &Context<'_, E>,
    ) -> Option<(u32, u32)> {
        if !self.is_behind_queue {
            return None;
        }
        let step = m.design.layout.step_of(from);
        let StepKind::Source { queue: Some(_), .. } = m.design.pipeline.step(step).kind else {
            return None;
        };
        let first = m.design.sender_number(self.step, m.design.layout.shard(step, 0));
        Some((first as u32, m.design.pipeline.step(step).shards))
    }

    /// Adds an applied record to its unit, with its id and its sender's watermark, and closes the unit
    /// when it is full.
    pub(in crate::dataflow::worker) fn add<E: Env>(
        &mut self,
        unit: u32,
        arrived: &Arrived,
        start: Option<Time>,
        m: &mut Context<'_, E>,
    ) {
        let Arrived { ref record, from, rpc, watermark, failures: _ } = *arrived;
        let (key, id) = (record.key, record.id);
        let subject = Subject::Record(record.name);
        let sender = m.design.sender_number(self.step, from);
        let committed = self.watermarks.committed(sender);
        let shared_by = self.readers_of_one_queue(from, m);
        let pins = self.pins_inputs(m);
        self.add_to_filter(record, m);
        let unit = self.units.get(unit);
        if let Some(lifetime) =
            lifetime(self.mechanism.dedup, self.mechanism.gc, sender as u32, shared_by)
        {
            unit.deltas.push(Delta::Id {
                key,
                id,
                name: record.name,
                value: record.value.integer(),
                stamp: record.stamp,
                lifetime,
            });
        }
        if m.design.pipeline.step(self.step).kind.puts() {
            unit.deltas.push(Delta::Put { key, name: record.name });
        }
        if pins {
            unit.pins.push(record.stamp);
        }
        if !watermark.is_within(committed) {
            unit.deltas.push(Delta::Watermark { sender: sender as u32, value: watermark });
        }
        unit.taken.push(match start {
            None => Taken::Request { from, rpc, subject, key, id, watermark },
            Some(start) => Taken::IntoWindow { from, rpc, subject, key, id, watermark, start },
        });
        if unit.taken.len() as u32 >= self.mechanism.bundle.records {
            self.close_open(m);
        } else if unit.taken.len() == 1 {
            wake_at(m.effects, m.now, Timer::Close);
        }
    }
}

/// What of a record stands in an external table.
pub(in crate::dataflow::worker) fn row(record: &Record) -> Row {
    let Record { key, lineage, weight, .. } = *record;
    Row { key, lineage, weight, value: record.value.integer() }
}

/// How long an id is remembered, if it is at all.
fn lifetime(dedup: Dedup, gc: Gc, sender: u32, shared_by: Option<(u32, u32)>) -> Option<Lifetime> {
    match (dedup, gc) {
        (Dedup::Off, _) => None,
        (Dedup::Window(DedupWindow { length, refresh_on_hit, .. }), _) => {
            Some(Lifetime::For { length, refresh_on_hit })
        }
        (Dedup::Catalog | Dedup::Bloom(_) | Dedup::BloomOnly(_), gc) => Some(match gc {
            Gc::Watermark => match shared_by {
                Some((first, count)) => Lifetime::UntilAllWatermarks { first, count },
                None => Lifetime::UntilWatermark { sender },
            },
            Gc::Never => Lifetime::Unlimited,
            Gc::Ttl { ttl, .. } => Lifetime::For { length: ttl, refresh_on_hit: false },
        }),
    }
}
