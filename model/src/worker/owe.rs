//! Owe and pay: a sink that appends at offsets gives a row its offset in its own commit, and only then calls
//! the table, again and again until the row is there; a last commit writes down that it is. So the offset
//! of a row is the same after a crash, and an answer that says there is a row already means this one.

use super::apply::{Application, row};
use super::{Arrived, Worker};
use crate::call::Operation;
use crate::commit::{CommitKind, Delta, Owed, Subject};
use crate::effect::{Env, Moment};
use crate::name::Name;

impl Worker {
    /// The next offset that no row has.
    fn give_offset(&mut self) -> u64 {
        let mut offset = self.given.next();
        while !self.given.insert(offset) {
            offset += 1;
        }
        offset
    }

    /// Gives a record its offset and adds both to its unit; the call follows the commit.
    pub(super) fn write_after_commit<E: Env>(&mut self, arrived: &Arrived, m: &mut Moment<'_, E>) {
        let offset = self.give_offset();
        let owed = Owed { offset, name: arrived.record.name, row: row(&arrived.record) };
        let call = self.owe(owed);
        let unit = self.unit_for(CommitKind::Emit, arrived, m);
        let taking = self.units.get(unit);
        taking.deltas.push(Delta::Owe(owed));
        taking.owed.push(call);
        self.add(unit, arrived, None, m);
    }

    /// The wrong order: the table is called under an offset that is nowhere durable yet.
    pub(super) fn write_at_offset<E: Env>(
        &mut self,
        arrived: &Arrived,
        m: &mut Moment<'_, E>,
    ) -> Application {
        let offset = match self.calls.offset(self.step, arrived.record.name) {
            Some(offset) => offset,
            None => self.give_offset(),
        };
        let operation = Operation::AppendAt { row: row(&arrived.record), offset };
        if self.call(arrived, operation, m).is_none() {
            return Application::Waiting;
        }
        self.calls.forget(self.step, arrived.record.name);
        let unit = self.unit_for(CommitKind::Emit, arrived, m);
        self.units.get(unit).deltas.push(Delta::Offset(offset));
        self.add(unit, arrived, None, m);
        Application::Done
    }

    /// The table has the row: nothing is owed any more.
    pub(super) fn pay<E: Env>(&mut self, offset: u64, name: Name, m: &mut Moment<'_, E>) {
        let buffer = m.effects.buffer();
        let unit = self.units.open(CommitKind::Settle, Subject::Record(name), buffer);
        self.units.get(unit).deltas.push(Delta::Paid(offset));
        self.commit(unit, m);
    }
}
