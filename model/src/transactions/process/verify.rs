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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::{SHARD, assert_each_is_told, ignore, steps};
    use crate::transactions::design::Design;
    use crate::transactions::message::KeptBatches;
    use crate::transactions::settings::Settings;
    use onceproof_kernel::call::{Rpc, Serial};
    use onceproof_kernel::layout::{ShardIndex, StepIndex};

    #[test]
    fn each_part_of_a_verification_is_told_and_a_guard_by_how_long_ago_it_was_given() {
        let design = Design::new(steps().map(|step| (step, true)).to_vec(), Settings::FIRST);
        let (design, shared) = (design.expect("a chain"), KeptBatches::default());
        let of = ToldWorld { design: &design, shared: &shared };
        let caller = Caller::new(SHARD, StepIndex(0));
        let asker = |number| {
            let rpc = Rpc { slot: 0, attempt: 0, serial: Serial::new(1, number) };
            Asker { from: ShardIndex(1), rpc, body: Request::Fetch { task: 0 } }
        };
        let producer = |epoch| Producer { id: 0, epoch };
        let tell = |verifier: &Verifier, state: &mut WorldState| {
            verifier.tell_state(&caller, of, state);
        };
        assert_each_is_told(
            &Verifier { guards: 2, ..Verifier::default() },
            tell,
            &[
                &|verifier| ignore(verifier.held.insert(0, (1, 0))),
                &|verifier| ignore(verifier.held.insert(0, (2, 0))),
                &|verifier| ignore(verifier.held.insert(0, (1, 1))),
                &|verifier| verifier.waiting.push(asker(1)),
                &|verifier| verifier.waiting.push(asker(2)),
                &|verifier| ignore(verifier.asked.insert(8, (producer(0), 1))),
                &|verifier| ignore(verifier.asked.insert(9, (producer(0), 1))),
                &|verifier| ignore(verifier.asked.insert(8, (producer(1), 1))),
                &|verifier| ignore(verifier.asked.insert(8, (producer(0), 2))),
            ],
        );
        let held = |guards, guard| {
            let held = [(0, (guard, 0))].into_iter().collect();
            let mut state = WorldState::default();
            tell(&Verifier { guards, held, ..Verifier::default() }, &mut state);
            state.state()
        };
        assert_eq!(held(3, 2), held(5, 4));
    }
}
