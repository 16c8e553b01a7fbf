//! What every process does alike: it numbers its requests and commits, and sends a request again until it is answered.

use super::Context;
use crate::transactions::Transactions;
use crate::transactions::message::{Change, Request, Timer};
use crate::transactions::told::Story;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::effect::{self, Commit, Effect};
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Pending, System, ToldWorld};
use onceproof_kernel::time::Nanos;
use onceproof_kernel::told::Told;
use std::hash::Hash;

/// Who a process is, and what it has sent in this life.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub shard: ShardIndex,
    /// The process beside the steps, or the source.
    pub step: StepIndex,
    pub token: u64,
    /// How many functions were executed in this life.
    pub executed: i64,
    requests: u32,
    commits: u64,
    calls: SortedMap<u32, Call>,
}

/// A request that is not answered.
#[derive(Clone, Copy, Debug)]
struct Call {
    to: ShardIndex,
    body: Request,
    /// How often it was waited for.
    waits: u32,
}

impl Caller {
    pub fn new(shard: ShardIndex, step: StepIndex) -> Caller {
        Caller {
            shard,
            step,
            token: 0,
            executed: 0,
            requests: 0,
            commits: 0,
            calls: SortedMap::new(),
        }
    }

    pub fn reset(&mut self) {
        *self = Caller::new(self.shard, self.step);
    }

    /// How many requests were numbered.
    pub fn requests(&self) -> u64 {
        self.requests.into()
    }

    /// Adds its state. Members, coordinators and what a client writes are named by the token.
    pub fn tell_state(&self, of: ToldWorld<'_, Transactions>, state: &mut WorldState) {
        let Caller { shard, step: _, token, executed, requests: _, commits, calls } = self;
        state.add((token, executed, calls.len()));
        state.add_commit(*shard, *commits);
        for (&number, call) in calls {
            let Call { to, body, waits } = call;
            state.add_number(*shard, number.into());
            state.add((to, waits));
            Transactions::add_pending(Pending::Request(body), of, state);
        }
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
        let number = self.send(to, body, m);
        self.calls.insert(number, Call { to, body, waits: 0 });
        self.wait(number, m.design.settings.request_timeout, m);
        number
    }

    /// Sends a request once; its number.
    pub fn send<E>(&mut self, to: ShardIndex, body: Request, m: &mut Context<'_, E>) -> u32 {
        self.requests += 1;
        self.request(self.requests, to, body, m);
        self.requests
    }

    /// The request with this number that is not answered, and how often it was waited for.
    pub fn unanswered(&self, number: u32) -> Option<(Request, u32)> {
        self.calls.get(&number).map(|call| (call.body, call.waits))
    }

    /// A request is answered, or given up.
    pub fn close(&mut self, number: u32) {
        self.calls.remove(&number);
    }

    /// All requests are given up: their answers mean nothing any more.
    pub fn close_all(&mut self) {
        self.calls.clear();
    }

    /// A request is answered with `again`: it is sent again soon.
    pub fn put_off<E>(&mut self, number: u32, m: &mut Context<'_, E>) {
        self.wait(number, m.design.settings.retry_backoff, m);
    }

    /// A request has been waited for: it is sent again.
    pub fn repeat<E>(&mut self, number: u32, m: &mut Context<'_, E>) {
        let Some(&Call { to, body, .. }) = self.calls.get(&number) else { return };
        self.request(number, to, body, m);
        self.wait(number, m.design.settings.request_timeout, m);
    }

    /// Whether a wait is the last one for its request.
    pub fn awaits(&self, number: u32, waits: u32) -> bool {
        self.calls.get(&number).is_some_and(|call| call.waits == waits)
    }

    /// Whether a request is not answered.
    pub fn awaits_reply(&self, rpc: Rpc) -> bool {
        rpc.serial.token() == self.token && self.calls.contains_key(&rpc.slot)
    }

    fn request<E>(&self, number: u32, to: ShardIndex, body: Request, m: &mut Context<'_, E>) {
        let serial = Serial::new(self.token, number.into());
        let rpc = Rpc { slot: number, attempt: 0, serial };
        m.effects.list.push(Effect::Send(effect::Request { from: self.shard, to, rpc, body }));
    }

    /// Waits for a request anew: an earlier wait for it means nothing.
    fn wait<E>(&mut self, number: u32, length: Nanos, m: &mut Context<'_, E>) {
        let Some(call) = self.calls.get_mut(&number) else { return };
        call.waits += 1;
        let word = match Transactions::subject(&call.body) {
            Subject::Record(_) => None,
            Subject::Control { word, .. } => Some(word),
        };
        let timer = Timer::Retry { call: number, waits: call.waits, word };
        m.effects.list.push(Effect::Wake { at: m.now.plus(length), timer });
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
        let (shard, token) = (self.shard, self.token);
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
