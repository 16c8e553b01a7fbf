//! A client: one thread with one transactional id. It asks for its epoch, joins the group, opens the stores of its tasks
//! and asks where they go on; then it takes records, writes what comes of them and its positions in a transaction, and ends
//! that before it takes more.

mod membership;
mod restore;
mod transaction;
mod work;

#[cfg(test)]
mod tests;

use super::Context;
use super::caller::Caller;
use crate::transactions::Transactions;
use crate::transactions::message::{LogEntry, Producer, Reply, Request, Timer};
use onceproof_kernel::effect::{Effect, Input, Replied};
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::sorted::{SortedMap, SortedSet};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Time;
use std::collections::VecDeque;

/// What a client is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
enum Stage {
    /// It asks for its epoch.
    #[default]
    Starting,
    /// It has asked to be a member.
    Joining,
    /// It opens the stores of its tasks and asks for their positions.
    Opening,
    /// It takes records, or waits for some.
    Running,
    /// It has asked to add partitions.
    Adding,
    /// It has sent its positions.
    Committing,
    /// It has ended its transaction.
    Ending,
    /// It has aborted its transaction.
    Aborting,
}

/// The memory of a client.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    stage: Stage,
    producer: Producer,
    generation: u32,
    tasks: Vec<u32>,
    /// The next offset of each task; where they were when the transaction began; and those that are kept over an abort.
    positions: SortedMap<u32, u64>,
    began_at: SortedMap<u32, u64>,
    kept: SortedMap<u32, u64>,
    /// The tasks whose positions are known.
    fetched: SortedSet<u32>,
    /// The tasks whose stores are open; up to where those are restored that are not done.
    stores: SortedSet<u32>,
    restoring: SortedMap<u32, u64>,
    /// The number of the next batch of each partition.
    sequences: SortedMap<ShardIndex, u32>,
    /// Whether a transaction is open, and how often records were taken in it.
    is_open: bool,
    polls: u32,
    /// How many transactions this life has had, and how many batches were sent in this one.
    transactions: u32,
    parts: u32,
    /// Where its first batch went, and which record that was about, for whoever watches.
    first: Option<(StepIndex, Name)>,
    /// The partitions that were added to it, by a client of an older version.
    added: SortedSet<ShardIndex>,
    adding: SortedSet<ShardIndex>,
    /// What is to be written, in order, and what is on its way, by the numbers of the requests.
    queue: VecDeque<(ShardIndex, LogEntry)>,
    flying: SortedMap<u32, ShardIndex>,
    /// Whether it is to join anew.
    is_to_join: bool,
    /// Whether it is to look for records.
    is_to_poll: bool,
    /// When it is woken for input that is still to come.
    woken_at: Option<Time>,
}

impl Client {
    /// Adds its state.
    pub fn tell_state(&self, caller: &Caller, state: &mut WorldState) {
        let Client {
            stage,
            producer,
            generation,
            tasks,
            positions,
            began_at,
            kept,
            fetched,
            stores,
            restoring,
            sequences,
            is_open,
            polls,
            transactions,
            parts,
            first,
            added,
            adding,
            queue,
            flying,
            is_to_join,
            is_to_poll,
            woken_at,
        } = self;
        state.add((stage, producer, generation, tasks, positions, began_at, kept, fetched));
        state.add((stores, restoring, sequences, is_open, polls, transactions, parts, first));
        state.add((added, adding, queue, is_to_join, is_to_poll, woken_at));
        caller.add_requests(flying, state);
    }

    /// Whether it is to look for records.
    pub fn is_ready(&self) -> bool {
        self.is_to_poll
    }

    pub fn handle<E: Env<Transactions>>(
        &mut self,
        input: &Input<Transactions>,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        match *input {
            Input::Boot => self.starts(caller, m),
            Input::Resume => {
                self.is_to_poll = false;
                self.polls(caller, m);
            }
            Input::Wake(Timer::Input) => {
                if self.woken_at.is_some_and(|at| at <= m.env.now()) {
                    self.woken_at = None;
                }
                self.is_to_poll = true;
            }
            Input::Wake(Timer::Heartbeat) => self.hears_of_group(caller, m),
            Input::Wake(Timer::Retry { call, waits, .. }) => {
                if caller.awaits(call, waits) {
                    self.waited(call, waits, caller, m);
                }
            }
            Input::Replied(Replied { from, rpc, body: Some(reply) }) => {
                self.answered(rpc.slot, from, reply, caller, m);
            }
            Input::Replied(Replied { body: None, .. })
            | Input::Wake(_)
            | Input::Request(_)
            | Input::Committed { .. }
            | Input::Called { .. } => {}
        }
    }

    /// A request is answered. One that is not waited for any more is of an earlier life, or was given up.
    fn answered<E: Env<Transactions>>(
        &mut self,
        number: u32,
        from: ShardIndex,
        reply: Reply,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let Some((request, _)) = caller.unanswered(number) else { return };
        if reply == Reply::Again {
            return caller.put_off(number, m);
        }
        caller.close(number);
        match (request, reply) {
            (_, Reply::Abort) => self.fails(false, caller, m),
            (_, Reply::Fenced) => self.fails(true, caller, m),
            (Request::Init { id, .. }, Reply::Epoch(epoch)) => {
                self.begins_as(Producer { id, epoch });
                self.joins(caller, m);
            }
            (Request::Join { .. }, Reply::Assigned { generation, tasks }) => {
                self.is_given(generation, tasks, caller, m);
            }
            (Request::Fetch { task }, Reply::At(at)) => self.is_at(task, at),
            (Request::Add { .. }, Reply::Done) => self.has_added(caller, m),
            (Request::Produce { .. }, Reply::At(offset)) => {
                self.has_written(number, from, offset, caller, m);
            }
            (Request::Offsets { .. }, Reply::Done) => self.has_sent_offsets(caller, m),
            (Request::End { commits, .. }, Reply::Epoch(epoch)) => {
                if epoch != self.producer.epoch {
                    self.begins_as(Producer { epoch, ..self.producer });
                }
                match commits {
                    true => self.has_ended(caller, m),
                    false => {
                        self.is_open = false;
                        self.joins(caller, m);
                    }
                }
            }
            (request, reply) => unreachable!("{request:?} is never answered with {reply:?}"),
        }
    }

    /// A request is not answered in time.
    fn waited<E: Env<Transactions>>(
        &mut self,
        number: u32,
        waits: u32,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let Some((request, _)) = caller.unanswered(number) else { return };
        match request {
            Request::Produce { .. }
                if m.design.settings.give_up.is_some_and(|sends| waits >= sends) =>
            {
                caller.close(number);
                self.gives_up(number);
            }
            Request::End { commits: true, .. } => self.knows_no_end(number, caller, m),
            _ => caller.repeat(number, m),
        }
    }

    /// It writes under this epoch from now on, and the numbers of its batches begin anew.
    fn begins_as(&mut self, producer: Producer) {
        self.producer = producer;
        self.sequences.clear();
    }

    /// Wakes it when input comes that is still to come.
    fn wake_for_input<E>(&mut self, at: Time, m: &mut Context<'_, E>) {
        if self.woken_at.is_none_or(|woken_at| at < woken_at) {
            self.woken_at = Some(at);
            m.effects.list.push(Effect::Wake { at, timer: Timer::Input });
        }
    }
}
