//! Apply: the user function runs, or the aggregate takes the record. Everything that changes is a delta
//! of the unit's commit; every output gets its id and its stamp here. A function that fails is tried
//! again later, its key busy meanwhile.

use super::unit::Taken;
use super::{Arrived, Parent, Worker, wake_at};
use crate::call::{Answer, Operation, Row};
use crate::commit::{CommitKind, Delta, Subject};
use crate::defect::Defect;
use crate::effect::{Env, Moment, Timer};
use crate::function::{Function, Output};
use crate::mechanism::{Dedup, Outputs};
use crate::mix;
use crate::name::output_hash;
use crate::pipeline::{IdFrom, InsertId, OffsetGiven, Sink, StepKind};
use crate::record::{Record, RecordId};
use crate::time::Time;

/// What came of applying a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Application {
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
    pub(super) fn apply<E: Env>(
        &mut self,
        arrived: &Arrived,
        m: &mut Moment<'_, E>,
    ) -> Application {
        m.env.apply(self.shard, arrived.record.name);
        let pipeline = m.pipeline;
        match &pipeline.step(self.step).kind {
            StepKind::Source { .. } => unreachable!("nobody sends to a source"),
            StepKind::Map(function) => {
                let name = arrived.record.name;
                if let Function::Call(action) = *function {
                    let Some(found) = self.call(arrived, Operation::Act(action), m) else {
                        return Application::Waiting;
                    };
                    let answer = m.env.execute(self.step, name, function.answers());
                    self.calls.forget(self.step, name);
                    if found == Answer::Missing && answer.is_some() {
                        return self.apply_to_nothing(arrived, m);
                    }
                    return self.apply_function(function, answer, arrived, m);
                }
                let answer = m.env.execute(self.step, name, function.answers());
                return self.apply_function(function, answer, arrived, m);
            }
            // No user function runs here, so nothing can differ or fail.
            StepKind::Reshuffle => {
                return self.apply_function(&Function::Identity, Some(0), arrived, m);
            }
            StepKind::Count(windows)
            | StepKind::Sum(windows)
            | StepKind::CountGlobally(windows) => {
                let record = &arrived.record;
                let start = windows.start(record.event_time);
                if windows.is_late(start, self.watermarks.incoming_seen()) {
                    // Too late: it leaves its id and nothing else.
                    let unit = self.unit_for(CommitKind::Commit, arrived, m);
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
                let unit = self.unit_for(CommitKind::Commit, arrived, m);
                self.units.get(unit).deltas.push(take);
                self.add(unit, arrived, Some(start), m);
            }
            StepKind::Sink(Sink::Upsert) => {
                let record = &arrived.record;
                let row = Delta::Row {
                    row: row_of(record, m),
                    key: record.key,
                    name: record.name,
                    lineage: record.lineage,
                    weight: record.weight,
                    value: record.value.integer(),
                };
                let unit = self.unit_for(CommitKind::Emit, arrived, m);
                self.units.get(unit).deltas.push(row);
                self.add(unit, arrived, None, m);
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
            StepKind::Sink(Sink::Rename | Sink::TwoPhase { .. }) => {
                return self.write_in_two_phases(arrived, m);
            }
            StepKind::Sink(Sink::Offset(OffsetGiven::AfterCall)) => {
                return self.write_at_offset(arrived, m);
            }
        }
        Application::Done
    }

    /// A sink whose row is in an external table before its commit, which leaves nothing but the id.
    fn write_by_call<E: Env>(
        &mut self,
        arrived: &Arrived,
        operation: Operation,
        m: &mut Moment<'_, E>,
    ) -> Application {
        if self.call(arrived, operation, m).is_none() {
            return Application::Waiting;
        }
        self.calls.forget(self.step, arrived.record.name);
        let unit = self.unit_for(CommitKind::Emit, arrived, m);
        self.add(unit, arrived, None, m);
        Application::Done
    }

    /// An id that no other execution of any worker draws.
    fn random_id<E: Env>(&mut self, m: &Moment<'_, E>) -> RecordId {
        self.executions += 1;
        let shard = mix::fold(m.pipeline.hash_of(self.shard), self.shard.0.into());
        RecordId(mix::fold(shard, mix::scatter(mix::fold(self.token, self.executions))))
    }

    /// A function that found nothing has no outputs: the record leaves its id and nothing else.
    fn apply_to_nothing<E: Env>(
        &mut self,
        arrived: &Arrived,
        m: &mut Moment<'_, E>,
    ) -> Application {
        let unit = self.unit_for(CommitKind::Commit, arrived, m);
        self.add(unit, arrived, None, m);
        Application::Done
    }

    fn apply_function<E: Env>(
        &mut self,
        function: &Function,
        answer: Option<u32>,
        arrived: &Arrived,
        m: &mut Moment<'_, E>,
    ) -> Application {
        let record = &arrived.record;
        let Some(answer) = answer else {
            // A key that the open bundle holds has its turn again when that is committed.
            if !self.is_in_open_bundle(record.key) {
                let at = m.now.plus(self.mechanism.retry.timeout);
                wake_at(m.effects, at, Timer::Reapply(record.key));
            }
            self.gate.put_back(arrived.clone());
            return Application::Failed;
        };
        let unit = self.unit_for(CommitKind::Commit, arrived, m);
        let parent = Parent {
            name: record.name,
            id: record.id,
            event_time: record.event_time,
            stamp: record.stamp,
            weight: record.weight,
            lineage: record.lineage,
        };
        let step_hash = m.pipeline.hash(self.step);
        let mut outputs = std::mem::take(&mut self.scratch);
        function.apply(record.key, &record.value, answer, &mut m.env.vocabulary().keys, |output| {
            outputs.push(output)
        });
        self.executions += 1;
        for (index, output) in outputs.drain(..).enumerate() {
            let index = index as u32;
            let names = &mut m.env.vocabulary().names;
            let name = names.output(parent.name, self.step.0, step_hash, index);
            let derived = RecordId(output_hash(parent.id.0, step_hash, index));
            let id = self.mechanism.ids.of(
                derived,
                self.token,
                self.executions ^ (u64::from(index) << 48),
            );
            self.make(unit, Parent { name, id, ..parent }, output, m);
        }
        self.scratch = outputs;
        self.add(unit, arrived, None, m);
        Application::Done
    }

    /// Makes an output of a unit: one per way out of this step, each with its stamp. From here on it pins
    /// the watermark.
    pub(super) fn make<E: Env>(
        &mut self,
        unit: u32,
        made: Parent,
        output: Output,
        m: &mut Moment<'_, E>,
    ) {
        for edge in m.pipeline.edges(self.step) {
            let key = m.pipeline.key_at(edge.to, output.key);
            let to = m.pipeline.route(edge.to, m.env.vocabulary().keys.hash(key));
            let stamp = self.stamp(made.stamp, m.now);
            let record = Record {
                name: made.name,
                key,
                id: made.id,
                stamp,
                event_time: made.event_time,
                weight: made.weight,
                value: output.value.clone(),
                lineage: made.lineage,
            };
            let slot = self.outbox.make(record, to, unit);
            self.units.get(unit).outputs.push(slot);
        }
    }

    /// Under checkpoint a sender's stamps strictly increase, also across its restarts; under recompute an
    /// output has the stamp of what it is made from, the same in every execution.
    fn stamp(&mut self, of_input: Time, now: Time) -> Time {
        match self.mechanism.outputs {
            Outputs::Checkpoint if self.has(Defect::StampsRestart) => {
                self.last_stamp = self.last_stamp.plus(1);
                self.last_stamp
            }
            Outputs::Checkpoint => {
                self.last_stamp = now.max(self.last_stamp.plus(1));
                self.last_stamp
            }
            Outputs::Recompute => of_input,
        }
    }

    pub(super) fn unit_for<E: Env>(
        &mut self,
        kind: CommitKind,
        arrived: &Arrived,
        m: &mut Moment<'_, E>,
    ) -> u32 {
        match self.open {
            Some(unit) => unit,
            None => {
                let subject = Subject::Record(arrived.record.name);
                let buffer = m.effects.buffer();
                let unit = self.units.open(kind, subject, buffer);
                self.open = Some(unit);
                unit
            }
        }
    }

    /// Adds an applied record to its unit, with its id and its sender's watermark, and closes the unit
    /// when it is full.
    pub(super) fn add<E: Env>(
        &mut self,
        unit: u32,
        arrived: &Arrived,
        start: Option<Time>,
        m: &mut Moment<'_, E>,
    ) {
        let Arrived { ref record, from, rpc, watermark } = *arrived;
        let (key, id) = (record.key, record.id);
        let subject = Subject::Record(record.name);
        let sender = m.pipeline.sender_number(self.step, from);
        let committed = self.watermarks.committed(sender);
        let unit = self.units.get(unit);
        match self.mechanism.dedup {
            Dedup::Catalog => unit.deltas.push(Delta::Id {
                key,
                id,
                name: record.name,
                value: record.value.integer(),
            }),
            Dedup::Off => {}
        }
        if watermark > committed {
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
pub(super) fn row(record: &Record) -> Row {
    let Record { key, lineage, weight, .. } = *record;
    Row { key, lineage, weight, value: record.value.integer() }
}

/// The row that a record is written to: a pane has the row of its key, window and number, any other
/// record the row of its id.
fn row_of<E: Env>(record: &Record, m: &mut Moment<'_, E>) -> u64 {
    let names = &m.env.vocabulary().names;
    match names.source_of(record.name) {
        None => names.hash(record.name),
        Some(_) => record.id.0,
    }
}
