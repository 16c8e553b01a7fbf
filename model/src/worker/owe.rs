//! Owe and pay: a sink that shows a row only after its commit writes into the commit what it owes, and then
//! calls the table, again and again until the row is there; a last commit writes down that it is. At offsets,
//! the offset of a row is the same after a crash, and an answer that says there is a row already means this
//! one. In two phases, the row is prepared before the commit where nobody sees it, and shown after it; what a
//! dead worker has prepared and not committed is garbage.

use super::apply::{Application, row};
use super::{Arrived, Worker};
use crate::call::Operation;
use crate::commit::{CommitKind, Delta, Owed, Subject};
use crate::effect::{Env, Moment};
use crate::name::Name;

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
    pub(super) fn write_after_commit<E: Env>(&mut self, arrived: &Arrived, m: &mut Moment<'_, E>) {
        let number = self.give_number();
        let operation = Operation::AppendAt { row: row(&arrived.record), offset: number };
        self.add_owing(Owed { number, name: arrived.record.name, operation }, arrived, m);
    }

    /// Prepares a record's row, and once that is answered adds it to its unit with the call that shows it.
    pub(super) fn write_in_two_phases<E: Env>(
        &mut self,
        arrived: &Arrived,
        m: &mut Moment<'_, E>,
    ) -> Application {
        let name = arrived.record.name;
        let transaction = match self.calls.number(self.step, name) {
            Some(transaction) => transaction,
            None => self.next_serial(),
        };
        let prepare = Operation::Prepare { row: row(&arrived.record), transaction };
        if self.call(arrived, prepare, m).is_none() {
            return Application::Waiting;
        }
        self.calls.forget(self.step, name);
        let operation = Operation::Finish { transaction };
        let number = self.give_number();
        self.add_owing(Owed { number, name, operation }, arrived, m);
        Application::Done
    }

    fn add_owing<E: Env>(&mut self, owed: Owed, arrived: &Arrived, m: &mut Moment<'_, E>) {
        let call = self.owe(owed);
        let unit = self.unit_for(CommitKind::Emit, arrived);
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
        let name = arrived.record.name;
        let offset = match self.calls.number(self.step, name) {
            Some(offset) => offset,
            None => self.give_number(),
        };
        let append = Operation::AppendAt { row: row(&arrived.record), offset };
        if self.call(arrived, append, m).is_none() {
            return Application::Waiting;
        }
        self.calls.forget(self.step, name);
        let unit = self.unit_for(CommitKind::Emit, arrived);
        self.units.get(unit).deltas.push(Delta::Offset(offset));
        self.add(unit, arrived, None, m);
        Application::Done
    }

    /// The table has the row: nothing is owed any more.
    pub(super) fn pay<E: Env>(&mut self, number: u64, name: Name, m: &mut Moment<'_, E>) {
        let unit = self.units.open(CommitKind::Settle, Subject::Record(name));
        self.units.get(unit).deltas.push(Delta::Paid(number));
        self.commit(unit, m);
    }
}
