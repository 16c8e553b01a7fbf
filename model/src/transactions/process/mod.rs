//! The processes: clients, the leaders of partitions, the coordinator of transactions, that of the group. A crash empties
//! all of them; what is durable is in the rows.

mod client;
mod coordinator;
mod desk;
mod group;
mod caller;
mod partition;
mod verify;

#[cfg(test)]
mod tests;

use super::Transactions;
use super::design::{Design, Role};
use super::message::Timer;
use caller::Caller;
use client::Client;
use coordinator::Coordinator;
use desk::{Asker, Desk, DeskWork};
use group::Group;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::Rpc;
use onceproof_kernel::effect::{self, Input};
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Process, System, ToldWorld};
use partition::Partition;

/// What a process has at hand.
type Context<'a, E> = effect::Context<'a, Transactions, E>;

/// One process.
#[derive(Clone, Debug)]
pub struct Participant {
    caller: Caller,
    place: Place,
}

/// What a process is.
#[derive(Clone, Debug)]
enum Place {
    /// The input: nothing is to be done.
    Input,
    Partition(Partition),
    Coordinator(Coordinator),
    Group(Group),
    Client(Client),
}

impl Place {
    fn new(role: Role) -> Place {
        match role {
            Role::Input => Place::Input,
            Role::Coordinator => Place::Coordinator(Coordinator::default()),
            Role::Group => Place::Group(Group::default()),
            Role::Client => Place::Client(Client::default()),
            Role::Partition(_) => Place::Partition(Partition::default()),
        }
    }
}

/// A process that works on one thing at a time, at its desk.
trait Broker {
    /// Its desk.
    fn desk(&mut self) -> &mut Desk;
    /// A life begins.
    fn boot<E: Env<Transactions>>(&mut self, caller: &mut Caller, m: &mut Context<'_, E>);
    /// It works on something: it writes at most once.
    fn works<E: Env<Transactions>>(
        &mut self,
        work: DeskWork,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    );
    /// What it has written under this number stands.
    fn stands<E: Env<Transactions>>(
        &mut self,
        number: u64,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    );
}

/// Hands an input to a broker, and lets it work until it writes.
fn serve<E: Env<Transactions>>(
    broker: &mut impl Broker,
    input: &Input<Transactions>,
    caller: &mut Caller,
    m: &mut Context<'_, E>,
) {
    match input {
        Input::Boot => broker.boot(caller, m),
        Input::Committed { number, .. } => broker.stands(*number, caller, m),
        _ => {}
    }
    if let Some(work) = work(input) {
        broker.desk().take(work);
    }
    while let Some(work) = broker.desk().next() {
        broker.works(work, caller, m);
    }
}

impl Process<Transactions> for Participant {
    fn new(design: &Design, shard: ShardIndex) -> Participant {
        let caller = Caller::new(shard, design.layout.step_of(shard));
        Participant { caller, place: Place::new(design.role(shard)) }
    }

    fn reset(&mut self) {
        self.caller.reset();
        self.place = match self.place {
            Place::Input => Place::Input,
            Place::Partition(_) => Place::Partition(Partition::default()),
            Place::Coordinator(_) => Place::Coordinator(Coordinator::default()),
            Place::Group(_) => Place::Group(Group::default()),
            Place::Client(_) => Place::Client(Client::default()),
        };
    }

    fn handle<E: Env<Transactions>>(
        &mut self,
        input: &Input<Transactions>,
        m: &mut Context<'_, E>,
    ) {
        if *input == Input::Boot {
            self.reset();
            let token = m.ask().take_token(self.caller.shard);
            self.caller.begin(token);
        }
        let Participant { caller, place } = self;
        if let Input::Replied(replied) = input
            && replied.rpc.serial.token() != caller.token()
        {
            return;
        }
        match place {
            Place::Input => {}
            Place::Client(client) => client.handle(input, caller, m),
            Place::Partition(partition) => serve(partition, input, caller, m),
            Place::Coordinator(coordinator) => serve(coordinator, input, caller, m),
            Place::Group(group) => serve(group, input, caller, m),
        }
    }

    fn is_ready(&self) -> bool {
        matches!(&self.place, Place::Client(client) if client.is_ready())
    }

    fn awaits(&self, timer: Timer) -> bool {
        match (&self.place, timer) {
            (Place::Client(_), Timer::Input | Timer::Heartbeat) => true,
            (_, Timer::Retry { call, waits, .. }) => self.caller.awaits(call, waits),
            (Place::Coordinator(coordinator), Timer::TimedOut { id, start }) => {
                coordinator.is_open_since(id, start)
            }
            (Place::Group(group), Timer::Rebalance { round }) => group.waits_for(round),
            (Place::Group(_), Timer::Apply { .. } | Timer::SessionEnds { .. }) => true,
            _ => false,
        }
    }

    /// Something comes of an answer by what is committed after it alone: `again` can be the answer for ever.
    fn awaits_reply(&self, _: Rpc) -> bool {
        false
    }

    fn awaits_any_reply(&self, rpc: Rpc) -> bool {
        match &self.place {
            Place::Partition(partition) => partition.verifier.awaits(rpc.slot),
            Place::Group(group) => group.verifier.awaits(rpc.slot),
            Place::Input | Place::Coordinator(_) | Place::Client(_) => {
                self.caller.awaits_reply(rpc)
            }
        }
    }

    /// What the coordinator and the group wait for may begin anew.
    fn may_await(&self, timer: Timer) -> bool {
        match (&self.place, timer) {
            (Place::Coordinator(_), Timer::TimedOut { .. }) => true,
            (Place::Group(_), Timer::Rebalance { .. }) => true,
            _ => self.awaits(timer),
        }
    }

    fn serials(&self) -> u64 {
        self.caller.requests()
    }

    fn token(&self) -> Option<u64> {
        Some(self.caller.token())
    }

    fn tell_state(&self, of: ToldWorld<'_, Transactions>, state: &mut WorldState) {
        let Participant { caller, place } = self;
        caller.tell_state(of, state);
        match place {
            Place::Input => {}
            Place::Partition(partition) => partition.tell_state(caller, of, state),
            Place::Coordinator(coordinator) => coordinator.tell_state(caller, of, state),
            Place::Group(group) => group.tell_state(caller, of, state),
            Place::Client(client) => client.tell_state(caller, state),
        }
    }

    fn awaited_with(&self, timer: Timer) -> Option<Subject> {
        match timer {
            Timer::Retry { call, .. } => {
                let (body, _) = self.caller.unanswered(call)?;
                Some(Transactions::subject(&body))
            }
            Timer::Input
            | Timer::TimedOut { .. }
            | Timer::Rebalance { .. }
            | Timer::Apply { .. }
            | Timer::SessionEnds { .. }
            | Timer::Heartbeat => None,
        }
    }
}

/// What an input is for a broker.
fn work(input: &Input<Transactions>) -> Option<DeskWork> {
    match *input {
        Input::Request(effect::Request { from, rpc, body, .. }) => {
            Some(DeskWork::Asked(Asker { from, rpc, body }))
        }
        Input::Replied(effect::Replied { from, rpc, body }) => {
            let reply = body?;
            Some(DeskWork::Answered { number: rpc.slot, from, reply })
        }
        Input::Wake(timer) => Some(DeskWork::Woken(timer)),
        Input::Boot | Input::Committed { .. } | Input::Called { .. } | Input::Resume => None,
    }
}
