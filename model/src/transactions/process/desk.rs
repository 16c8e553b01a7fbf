//! The desk of a broker: what comes is worked on one at a time, and while something is being written the rest waits. So
//! whatever a broker decides it decides by what is durable, and two decisions are in its log in the order in which they
//! were made.

use super::Context;
use super::caller::Caller;
use crate::transactions::Transactions;
use crate::transactions::message::{Change, Reply, Request, Timer};
use crate::transactions::pending::add_timer;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::call::Rpc;
use onceproof_kernel::effect::{self, Effect};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Pending, System, ToldWorld};
use std::collections::VecDeque;

/// Who asks for something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Asker {
    pub from: ShardIndex,
    pub rpc: Rpc,
    pub body: Request,
}

/// What comes to a broker.
#[derive(Clone, Copy, Debug)]
pub(super) enum DeskWork {
    /// A request.
    Asked(Asker),
    /// The answer to one of its own, by the number of that, and who gave it.
    Answered { number: u32, from: ShardIndex, reply: Reply },
    /// A request has waited for the coordinator, which says this.
    Released { asker: Asker, reply: Reply },
    /// A timer.
    Woken(Timer),
}

/// What a broker has on its desk.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk {
    writing: Option<u64>,
    waiting: VecDeque<DeskWork>,
    answers: Vec<(Asker, Reply)>,
}

impl Asker {
    /// Adds it to the state. Its slot follows from its serial.
    pub fn tell_state(&self, of: ToldWorld<'_, Transactions>, state: &mut WorldState) {
        let Asker { from, rpc: Rpc { slot: _, attempt: _, serial }, body } = self;
        state.add(from);
        state.add_serial(*from, *serial);
        Transactions::add_pending(Pending::Request(body), of, state);
    }
}

impl DeskWork {
    fn tell_state(&self, caller: &Caller, of: ToldWorld<'_, Transactions>, state: &mut WorldState) {
        state.add(std::mem::discriminant(self));
        match self {
            DeskWork::Asked(asker) => asker.tell_state(of, state),
            DeskWork::Answered { number, from, reply } => {
                state.add_number(caller.shard, u64::from(*number));
                state.add(from);
                Transactions::add_pending(Pending::Reply(reply), of, state);
            }
            DeskWork::Released { asker, reply } => {
                asker.tell_state(of, state);
                Transactions::add_pending(Pending::Reply(reply), of, state);
            }
            DeskWork::Woken(timer) => add_timer(caller.shard, *timer, state),
        }
    }
}

impl Desk {
    /// Adds its state.
    pub fn tell_state(
        &self,
        caller: &Caller,
        of: ToldWorld<'_, Transactions>,
        state: &mut WorldState,
    ) {
        let Desk { writing, waiting, answers } = self;
        state.add((writing.is_some(), waiting.len(), answers.len()));
        writing.iter().for_each(|&number| state.add_commit(caller.shard, number));
        waiting.iter().for_each(|work| work.tell_state(caller, of, state));
        for (asker, reply) in answers {
            asker.tell_state(of, state);
            Transactions::add_pending(Pending::Reply(reply), of, state);
        }
    }

    /// Something comes.
    pub fn take(&mut self, work: DeskWork) {
        self.waiting.push_back(work);
    }

    /// What has waited for the coordinator is worked on before all that came meanwhile.
    pub fn release(&mut self, askers: Vec<Asker>, reply: Reply) {
        for asker in askers.into_iter().rev() {
            self.waiting.push_front(DeskWork::Released { asker, reply });
        }
    }

    /// What is to be worked on now.
    pub fn next(&mut self) -> Option<DeskWork> {
        match self.writing {
            Some(_) => None,
            None => self.waiting.pop_front(),
        }
    }

    /// Writes rows. What `answers` says is answered once they stand.
    pub fn write<E>(
        &mut self,
        at: (Point, Subject),
        changes: Vec<Change>,
        answers: impl IntoIterator<Item = (Asker, Reply)>,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        debug_assert!(self.writing.is_none(), "a broker writes one thing at a time");
        self.answers.extend(answers);
        self.writing = Some(caller.commit(at, changes, m));
    }

    /// What was written stands: it is answered. Whether it was the last that was written.
    pub fn stands<E>(&mut self, number: u64, caller: &Caller, m: &mut Context<'_, E>) -> bool {
        if self.writing != Some(number) {
            return false;
        }
        self.writing = None;
        for (asker, reply) in std::mem::take(&mut self.answers) {
            answer(&asker, reply, caller, m);
        }
        true
    }
}

/// Answers a request.
pub(super) fn answer<E>(asker: &Asker, body: Reply, caller: &Caller, m: &mut Context<'_, E>) {
    let Asker { from: to, rpc, body: request } = *asker;
    let subject = Transactions::subject(&request);
    let from = caller.shard;
    m.effects.list.push(Effect::Reply(effect::Reply { from, to, rpc, subject, body }));
}
