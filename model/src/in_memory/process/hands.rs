//! What every process does alike: it numbers its messages and commits.

use super::Context;
use crate::in_memory::InMemory;
use crate::in_memory::message::{Change, Dispatch};
use crate::in_memory::told::Story;
use crate::stream::Runner;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::effect::{Commit, Effect, Request};
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Time;
use onceproof_kernel::told::Told;

/// Who a process is, and how many messages and commits it has sent in this life.
#[derive(Clone, Debug)]
pub(super) struct Hands {
    pub shard: ShardIndex,
    /// The step that runs here, or the process beside the steps.
    pub step: StepIndex,
    pub token: u64,
    /// How many functions were executed in this life.
    executed: i64,
    messages: u64,
    commits: u64,
}

impl Hands {
    pub fn new(shard: ShardIndex, step: StepIndex) -> Hands {
        Hands { shard, step, token: 0, executed: 0, messages: 0, commits: 0 }
    }

    pub fn reset(&mut self) {
        *self = Hands::new(self.shard, self.step);
    }

    /// How many messages it has sent.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// Adds its state. Trees and what is shown are named by the token.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Hands { shard, step: _, token, executed, messages: _, commits } = self;
        state.add((token, executed));
        state.add_commit(*shard, *commits);
    }

    /// Who runs functions here.
    pub fn runner(&mut self, now: Time) -> Runner<'_> {
        Runner { shard: self.shard, now, executed: &mut self.executed }
    }

    /// Sends a message, once.
    pub fn send<E>(&mut self, to: ShardIndex, body: Dispatch, m: &mut Context<'_, E>) {
        self.messages += 1;
        let serial = Serial::new(self.token, self.messages);
        let rpc = Rpc { slot: 0, attempt: 0, serial };
        m.effects.list.push(Effect::Send(Request { from: self.shard, to, rpc, body }));
    }

    /// Sends a change to the store; returns the number of the commit.
    pub fn commit<E>(
        &mut self,
        point: Point,
        name: Name,
        change: Change,
        m: &mut Context<'_, E>,
    ) -> u64 {
        self.commit_all(point, name, &mut vec![change], m)
    }

    /// Sends changes to the store, to be made all at once, and takes them from the list; returns the number of the
    /// commit.
    pub fn commit_all<E>(
        &mut self,
        point: Point,
        name: Name,
        changes: &mut Vec<Change>,
        m: &mut Context<'_, E>,
    ) -> u64 {
        let number = self.commits;
        self.commits += 1;
        let (shard, token, subject) = (self.shard, self.token, Subject::Record(name));
        let ends_stay = true;
        m.effects.commit(
            Commit { shard, token, number, sender_slot: 0, point, ends_stay, subject },
            changes,
        );
        number
    }

    /// Tells something, if anybody reads the trace.
    pub fn tell<E: Env<InMemory>>(&self, story: Story, m: &mut Context<'_, E>) {
        if m.env.is_traced() {
            m.env.decides(Decision::Own(&|| Told::new(story)));
        }
    }
}
