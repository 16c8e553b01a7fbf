//! Owe and pay: a sink that shows rows only after its commit writes into the commit what it owes, and then
//! calls the table, again and again until they are there; a last commit says that it is paid. A boot finds what
//! is owed. Without the debt in the commit, a worker that dies before the call would leave rows that nobody
//! ever shows.
//!
//! At offsets, the offset of a row is the same after a crash, and an answer that says there is a row already
//! means this one. By renaming and in two phases, the rows of a bundle are prepared before the commit where
//! nobody sees them, each by a call, in one file or transaction. One call after the commit shows them all at
//! once; what a dead worker has prepared and not committed is garbage.
//!
//! The wrong designs are kinds of sinks of their own: an offset that is only in memory, a new stream for each
//! life, and a file that is written in place, which needs no second phase and whose rows readers see one by
//! one.

use crate::dataflow::change::{CommitKind, Delta, Owed};
use crate::dataflow::effect::{Context, Env};
use crate::dataflow::worker::decide::apply::{Application, row};
use crate::dataflow::worker::{Arrived, Worker};
use crate::pipeline::{OffsetGiven, Sink, StepKind};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::{Operation, Part};
use onceproof_kernel::name::Name;

/// The stream that all lives of a shard share.
const SHARED: u64 = 0;

impl Worker {
    /// The next number that no row has.
    fn give_number(&mut self) -> u64 {
        let mut number = self.given.next();
        while !self.given.insert(number) {
            number += 1;
        }
        number
    }

    /// Gives a record its offset and adds both to its unit; the call follows the commit.
    pub(in crate::dataflow::worker) fn write_after_commit<E: Env>(
        &mut self,
        arrived: &Arrived,
        m: &mut Context<'_, E>,
    ) {
        let offset = self.give_number();
        let operation = Operation::AppendAt { row: row(&arrived.record), stream: SHARED, offset };
        let unit = self.unit_for(CommitKind::Emit, arrived);
        self.add_owing(unit, Owed { number: offset, name: arrived.record.name, operation });
        self.add(unit, arrived, None, m);
    }

    /// Adds a record to its unit, with the row that is written before the unit may commit.
    pub(in crate::dataflow::worker) fn write_with_unit<E: Env>(
        &mut self,
        arrived: &Arrived,
        m: &mut Context<'_, E>,
    ) {
        let unit = self.unit_for(CommitKind::Emit, arrived);
        self.units.get(unit).rows.push((arrived.record.name, row(&arrived.record)));
        self.add(unit, arrived, None, m);
    }

    /// Writes the rows of a unit that takes no more, each by a call.
    pub(in crate::dataflow::worker) fn write_unit<E: Env>(
        &mut self,
        unit: u32,
        m: &mut Context<'_, E>,
    ) {
        let mut rows = std::mem::take(&mut self.units.get(unit).rows);
        let (number, of) = (self.next_serial().bits(), rows.len() as u32);
        let shows = match m.design.pipeline.step(self.step).kind {
            StepKind::Sink(Sink::InPlace) => None,
            _ => Some(Operation::Finish { unit: number }),
        };
        for (at, (name, row)) in (0..).zip(rows.drain(..)) {
            let part = Part { unit: number, at, of };
            let write = match shows {
                None => Operation::WriteInPlace { row, part },
                Some(_) => Operation::Prepare { row, part },
            };
            self.call_for_unit(unit, name, write, m);
        }
        let waiting = self.units.get(unit);
        waiting.unwritten = of;
        waiting.rows = rows;
        if let Some(operation) = shows {
            let Subject::Record(name) = waiting.subject else {
                unreachable!("a watermark is no row")
            };
            let number = self.give_number();
            self.add_owing(unit, Owed { number, name, operation });
        }
    }

    /// A row of a unit is written. After the last the unit commits, and with it what it owes.
    pub(in crate::dataflow::worker) fn row_written<E: Env>(
        &mut self,
        unit: u32,
        m: &mut Context<'_, E>,
    ) {
        let waiting = self.units.get(unit);
        waiting.unwritten -= 1;
        if waiting.unwritten == 0 {
            self.hold(unit, m);
        }
    }

    fn add_owing(&mut self, unit: u32, owed: Owed) {
        let call = self.owe(owed);
        let unit = self.units.get(unit);
        unit.deltas.push(Delta::Owe(owed));
        unit.owed.push(call);
    }

    /// The wrong orders: the table is called under an offset that is nowhere durable yet, or never will be.
    pub(in crate::dataflow::worker) fn write_at_offset<E: Env>(
        &mut self,
        arrived: &Arrived,
        given: OffsetGiven,
        m: &mut Context<'_, E>,
    ) -> Application {
        let name = arrived.record.name;
        let offset = match self.calls.offset(self.step, name) {
            Some(offset) => offset,
            None => self.give_number(),
        };
        let is_new = given == OffsetGiven::InNewStream;
        let stream = if is_new { self.token } else { SHARED };
        let append = Operation::AppendAt { row: row(&arrived.record), stream, offset };
        if self.call(arrived, append, m).is_none() {
            return Application::Waiting;
        }
        self.calls.forget(self.step, name);
        let unit = self.unit_for(CommitKind::Emit, arrived);
        if !is_new {
            self.units.get(unit).deltas.push(Delta::Offset(offset));
        }
        self.add(unit, arrived, None, m);
        Application::Done
    }

    /// The table has what was owed: nothing is owed any more.
    pub(in crate::dataflow::worker) fn pay<E: Env>(
        &mut self,
        number: u64,
        name: Name,
        m: &mut Context<'_, E>,
    ) {
        let unit = self.units.open(CommitKind::Settle, Subject::Record(name));
        self.units.get(unit).deltas.push(Delta::Paid(number));
        self.commit(unit, m);
    }
}
