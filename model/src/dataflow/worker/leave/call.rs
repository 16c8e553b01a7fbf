//! Call: what a record does at an external service before it can be committed. A call is an effect, and its
//! answer an input. While the call is out, the record waits at the front of its key, which stays busy; the
//! answer gives the key its turn, and the record is admitted and applied again with the answer at hand. A
//! record whose key is in the open bundle calls once that is committed. Unanswered, the call is made again:
//! only an answer can be trusted, and a service that had done it may do it twice.
//!
//! A function is executed, as far as faults are concerned, when its call is answered. So a function that fails
//! begins again with the call. Answers are memory: a crash forgets them.
//!
//! In the same way a unit waits for the calls that write its rows, and a debt for the call that pays it
//! (`owe`).

use crate::dataflow::change::Owed;
use crate::dataflow::effect::{Context, Effect, Env, Timer};
use crate::dataflow::worker::{Arrived, Worker, wake_at};
use hashbrown::HashMap;
use onceproof_kernel::call::{Answer, Call, Operation, Rpc, Serial};
use onceproof_kernel::copied_by_field;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::Name;
use onceproof_kernel::state::WorldState;
use rustc_hash::FxBuildHasher;
use slab::Slab;

/// The calls for records in work: those that are out, and those whose answers are at hand.
#[derive(Debug, Default)]
pub(in crate::dataflow::worker) struct Calls {
    made: Slab<Made>,
    of: HashMap<(StepIndex, Name), u32, FxBuildHasher>,
}

copied_by_field!(Calls { made, of });

/// One call.
#[derive(Clone, Debug)]
struct Made {
    step: StepIndex,
    name: Name,
    waiter: Waiter,
    operation: Operation,
    serial: Serial,
    sends: u32,
    answer: Option<Answer>,
}

/// What waits for an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Waiter {
    /// A record, whose key is busy until then.
    Key(Key),
    /// What is owed, under this number.
    Debt(u64),
    /// A unit, whose rows are written before it commits.
    Unit(u32),
}

impl Calls {
    /// While a call is out, or an answer waits to be used, it cannot be told.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Calls { made, of } = self;
        state.requires(made.is_empty() && of.is_empty());
    }

    /// Whether send number `sends` is the last one and not answered.
    pub fn awaits(&self, slot: u32, sends: u32, serial: Serial) -> bool {
        self.made.get(slot as usize).is_some_and(|made| {
            made.serial == serial && made.sends == sends && made.answer.is_none()
        })
    }

    /// The record that a call is made for, if there is such a call.
    pub fn name(&self, slot: u32) -> Option<Name> {
        self.made.get(slot as usize).map(|made| made.name)
    }

    /// The offset in the call of a step for a record, if there is such a call.
    pub fn offset(&self, step: StepIndex, name: Name) -> Option<u64> {
        match self.made[*self.of.get(&(step, name))? as usize].operation {
            Operation::AppendAt { offset, .. } => Some(offset),
            Operation::Act { .. }
            | Operation::Append(_)
            | Operation::Prepare { .. }
            | Operation::Finish { .. }
            | Operation::WriteInPlace { .. }
            | Operation::Insert { .. } => None,
        }
    }

    /// Forgets the call of a step for a record, if there is one.
    pub fn forget(&mut self, step: StepIndex, name: Name) {
        let _ = self.take(step, name);
    }

    /// The same, and what was answered.
    pub fn take(&mut self, step: StepIndex, name: Name) -> Option<Answer> {
        self.made.remove(self.of.remove(&(step, name))? as usize).answer
    }

    pub fn clear(&mut self) {
        self.made.clear();
        self.of.clear();
    }
}

impl Worker {
    /// The answer to the call that this step makes for a record; or none while it is out, and the record
    /// waits at the front of its key.
    pub(in crate::dataflow::worker) fn call<E: Env>(
        &mut self,
        arrived: &Arrived,
        operation: Operation,
        m: &mut Context<'_, E>,
    ) -> Option<Answer> {
        let (step, name, key) = (self.step, arrived.record.name, arrived.record.key);
        match self.calls.of.get(&(step, name)).copied() {
            Some(slot) => {
                let answer = self.calls.made[slot as usize].answer;
                if answer.is_some() {
                    return answer;
                }
            }
            // A key that the open bundle holds has its turn again when that is committed.
            None if self.is_in_open_bundle(key) => {}
            None => {
                let slot = self.make_call(name, Waiter::Key(key), operation);
                self.calls.of.insert((step, name), slot);
                self.send_call(slot, m);
            }
        }
        self.gate.put_back(arrived.clone());
        None
    }

    /// Makes a call once, and waits.
    pub(in crate::dataflow::worker) fn send_call<E: Env>(
        &mut self,
        slot: u32,
        m: &mut Context<'_, E>,
    ) {
        let made = &mut self.calls.made[slot as usize];
        made.sends += 1;
        let Made { step, name, serial, sends, .. } = *made;
        let (rpc, operation) = (Worker::rpc(slot, serial), made.operation);
        m.effects.list.push(Effect::Call(Call { shard: self.shard, step, rpc, name, operation }));
        let at = m.now.plus(self.mechanism.retry.wait(sends));
        wake_at(m.effects, at, Timer::Recall { slot, sends, serial });
    }

    /// What is owed: the call that pays it, to be made once this is durable.
    pub(in crate::dataflow::worker) fn owe(&mut self, owed: Owed) -> u32 {
        let Owed { number, name, operation } = owed;
        self.make_call(name, Waiter::Debt(number), operation)
    }

    /// Calls for a row that its unit waits for.
    pub(in crate::dataflow::worker) fn call_for_unit<E: Env>(
        &mut self,
        unit: u32,
        name: Name,
        operation: Operation,
        m: &mut Context<'_, E>,
    ) {
        let slot = self.make_call(name, Waiter::Unit(unit), operation);
        self.send_call(slot, m);
    }

    fn make_call(&mut self, name: Name, waiter: Waiter, operation: Operation) -> u32 {
        let (step, serial) = (self.step, self.next_serial());
        let made = Made { step, name, waiter, operation, serial, sends: 0, answer: None };
        self.calls.made.insert(made) as u32
    }

    /// A call is answered, perhaps not for the first time: its record or unit goes on, its row is paid.
    pub(in crate::dataflow::worker) fn called<E: Env>(
        &mut self,
        rpc: Rpc,
        answer: Answer,
        m: &mut Context<'_, E>,
    ) {
        let slot = rpc.slot as usize;
        let Some(made) = self.calls.made.get_mut(slot) else { return };
        if made.serial != rpc.serial || made.answer.is_some() {
            return;
        }
        match answer {
            // What comes before it is on its way: it is called for again in its time.
            Answer::OutOfRange => return,
            Answer::Fenced => unreachable!("who is refused has ended, and hears nothing"),
            Answer::Done | Answer::Missing | Answer::AlreadyExists => made.answer = Some(answer),
        }
        match made.waiter {
            Waiter::Key(key) => self.gate.give_turn(key),
            Waiter::Debt(number) => {
                let name = made.name;
                self.calls.made.remove(slot);
                self.pay(number, name, m);
            }
            Waiter::Unit(unit) => {
                self.calls.made.remove(slot);
                self.row_written(unit, m);
            }
        }
    }
}
