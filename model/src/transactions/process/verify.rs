//! The first batch of a transaction waits until the coordinator's row durably holds this partition: else a late one would
//! open a transaction that nobody ends. A verification releases only the requests that asked for it, by a guard: it belongs
//! to one epoch, and an append, a marker or a restart removes it. A late answer from the last transaction once released a
//! batch of the next one before its row was durable.

use super::Context;
use super::caller::Caller;
use super::desk::Asker;
use crate::transactions::Transactions;
use crate::transactions::alphabet::VERIFICATION_STALE;
use crate::transactions::message::{Producer, Request};
use crate::transactions::settings::Verify;
use onceproof_kernel::env::Env;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;

/// What waits for the coordinator at a partition.
#[derive(Clone, Debug, Default)]
pub(super) struct Verifier {
    guards: u32,
    /// Per transactional id, the guard that holds, and its epoch.
    held: SortedMap<u32, (u32, u32)>,
    waiting: Vec<Asker>,
    /// What was asked, by the number of the request.
    asked: SortedMap<u32, (Producer, u32)>,
}

impl Verifier {
    /// Adds its state. Guards only tell verifications apart.
    pub fn tell_state(
        &self,
        caller: &Caller,
        of: ToldWorld<'_, Transactions>,
        state: &mut WorldState,
    ) {
        let Verifier { guards, held, waiting, asked } = self;
        let ago = |guard: &u32| guards - guard;
        state.add_list(held.iter().map(|(id, (guard, epoch))| (id, ago(guard), epoch)));
        state.add(waiting.len());
        waiting.iter().for_each(|asker| asker.tell_state(of, state));
        state.add(asked.len());
        for (&number, (producer, guard)) in asked {
            state.add_number(caller.shard, number.into());
            state.add((producer, ago(guard)));
        }
    }

    /// A request waits, and the coordinator is asked for its transaction.
    pub fn ask<E>(
        &mut self,
        asker: Asker,
        producer: Producer,
        caller: &mut Caller,
        m: &mut Context<'_, E>,
    ) {
        let any_epoch = m.design.settings.verify == Verify::AnyEpoch;
        let guard = match self.held.get(&producer.id) {
            Some(&(guard, epoch)) if epoch >= producer.epoch || any_epoch => guard,
            _ => {
                self.guards += 1;
                self.held.insert(producer.id, (self.guards, producer.epoch));
                self.guards
            }
        };
        // The client repeats it where nothing is heard: then it waits once.
        self.waiting
            .retain(|other| (other.from, other.rpc.serial) != (asker.from, asker.rpc.serial));
        self.waiting.push(asker);
        let number = caller.send(m.design.coordinator(), Request::Verify { producer, guard }, m);
        self.asked.insert(number, (producer, guard));
    }

    /// The requests that an answer is for, in the order of their numbers.
    pub fn release<E: Env<Transactions>>(
        &mut self,
        number: u32,
        m: &mut Context<'_, E>,
    ) -> Vec<Asker> {
        let Some((producer, guard)) = self.asked.remove(&number) else { return Vec::new() };
        let held = self.held.get(&producer.id).copied();
        let verify = m.design.settings.verify;
        if verify != Verify::Unguarded && held.is_none_or(|(held, _)| held != guard) {
            m.env.reach(VERIFICATION_STALE);
            return Vec::new();
        }
        let is_of = |asker: &Asker| writer(&asker.body).is_some_and(|(of, _)| of.id == producer.id);
        let (mut released, waiting): (Vec<Asker>, Vec<Asker>) =
            std::mem::take(&mut self.waiting).into_iter().partition(is_of);
        self.waiting = waiting;
        if let (Some((_, epoch)), false) = (held, verify == Verify::AnyEpoch) {
            released.retain(|asker| writer(&asker.body).is_some_and(|(of, _)| of.epoch == epoch));
        }
        released.sort_by_key(|asker| writer(&asker.body).map_or(0, |(_, sequence)| sequence));
        released
    }

    /// Something is written of a producer: what was asked for before holds no more.
    pub fn forget(&mut self, id: u32) {
        self.held.remove(&id);
    }

    /// Whether the answer to a request is still for anything.
    pub fn awaits(&self, number: u32) -> bool {
        self.asked.contains_key(&number)
    }
}

/// Who writes with a request, and with which number.
pub(super) fn writer(request: &Request) -> Option<(Producer, u32)> {
    match *request {
        Request::Produce { producer, sequence, .. } => Some((producer, sequence)),
        Request::Offsets { producer, .. } => Some((producer, 0)),
        Request::Init { .. }
        | Request::Add { .. }
        | Request::End { .. }
        | Request::Join { .. }
        | Request::Fetch { .. }
        | Request::Verify { .. }
        | Request::Marker { .. } => None,
    }
}
