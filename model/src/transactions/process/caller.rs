//! What every process does alike: it numbers its commits, and sends a request again until it is answered or given up.

use super::Context;
use crate::stream::OpenCalls;
use crate::transactions::Transactions;
use crate::transactions::message::{Change, Request};
use crate::transactions::told::Story;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::call::Rpc;
use onceproof_kernel::effect::Commit;
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;
use onceproof_kernel::told::Told;
use std::hash::Hash;

/// Who a process is, and what it has sent in this life.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub shard: ShardIndex,
    /// The process beside the steps, or the source.
    pub step: StepIndex,
    /// How many functions were executed in this life.
    pub executed: i64,
    commits: u64,
    calls: OpenCalls<Transactions>,
}

/// To whom all requests belong: what a process gives up, it gives up wholly.
const OWNER: u32 = 0;

impl Caller {
    pub fn new(shard: ShardIndex, step: StepIndex) -> Caller {
        Caller { shard, step, executed: 0, commits: 0, calls: OpenCalls::new(shard, 0) }
    }

    pub fn reset(&mut self) {
        *self = Caller::new(self.shard, self.step);
    }

    /// A life begins under this token.
    pub fn begin(&mut self, token: u64) {
        self.calls = OpenCalls::new(self.shard, token);
    }

    /// The token of this life.
    pub fn token(&self) -> u64 {
        self.calls.token()
    }

    /// How many requests were numbered.
    pub fn requests(&self) -> u64 {
        self.calls.requests()
    }

    /// Adds its state. Members, coordinators and what a client writes are named by the token.
    pub fn tell_state(&self, of: ToldWorld<'_, Transactions>, state: &mut WorldState) {
        let Caller { shard, step: _, executed, commits, calls } = self;
        state.add(executed);
        state.add_commit(*shard, *commits);
        calls.tell_state(of, state);
    }

    /// Adds what is had by the numbers of requests.
    pub fn add_requests(&self, parts: &SortedMap<u32, impl Hash>, state: &mut WorldState) {
        for (&number, part) in parts {
            state.add_number(self.shard, number.into());
            state.add(part);
        }
        state.add(parts.len());
    }

    /// Sends a request until it is answered; its number.
    pub fn call<E>(&mut self, to: ShardIndex, body: Request, m: &mut Context<'_, E>) -> u32 {
        self.calls.call(to, body, OWNER, m)
    }

    /// Sends a request once; its number.
    pub fn send<E>(&mut self, to: ShardIndex, body: Request, m: &mut Context<'_, E>) -> u32 {
        self.calls.send(to, body, m)
    }

    /// The request with this number that is not answered, and how often it was waited for.
    pub fn unanswered(&self, number: u32) -> Option<(Request, u32)> {
        self.calls.unanswered(number).map(|call| (call.body, call.waits))
    }

    /// A request is answered, or given up.
    pub fn close(&mut self, number: u32) {
        self.calls.close(number);
    }

    /// All requests are given up: their answers mean nothing any more.
    pub fn close_all(&mut self) {
        self.calls.close_all_of(OWNER);
    }

    /// A request is answered with `again`: it is sent again soon.
    pub fn put_off<E>(&mut self, number: u32, m: &mut Context<'_, E>) {
        self.calls.put_off(number, m.design.settings.retry_backoff, m);
    }

    /// A request has been waited for: it is sent again.
    pub fn repeat<E>(&mut self, number: u32, m: &mut Context<'_, E>) {
        self.calls.repeat(number, m);
    }

    /// Whether a wait is the last one for its request.
    pub fn awaits(&self, number: u32, waits: u32) -> bool {
        self.calls.awaits(number, waits)
    }

    /// Whether a request is not answered.
    pub fn awaits_reply(&self, rpc: Rpc) -> bool {
        self.calls.awaits_reply(rpc)
    }

    /// Sends changes to the store; the number of the commit.
    pub fn commit<E>(
        &mut self,
        (point, subject): (Point, Subject),
        mut changes: Vec<Change>,
        m: &mut Context<'_, E>,
    ) -> u64 {
        let number = self.commits;
        self.commits += 1;
        let (shard, token) = (self.shard, self.token());
        let ends_stay = true;
        let commit = Commit { shard, token, number, sender_slot: 0, point, ends_stay, subject };
        m.effects.commit(commit, &mut changes);
        number
    }

    /// Tells something, if anybody reads the trace.
    pub fn tell<E: Env<Transactions>>(&self, story: Story, m: &mut Context<'_, E>) {
        if m.env.is_traced() {
            m.env.decides(Decision::Own(&|| Told::new(story)));
        }
    }
}
