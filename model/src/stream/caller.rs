//! What processes do alike that send requests until these are answered: they number them, and send each again after a
//! while. A request belongs to something, its owner, and is given up with it.

use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::effect::{self, Context, Effect};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Pending, System, ToldWorld};
use onceproof_kernel::time::Nanos;

/// A system whose processes send a request until it is answered.
pub trait Repeats: System {
    /// After how long a request without an answer is sent again.
    fn request_timeout(design: &Self::Design) -> Nanos;
    /// With what a process is woken that has waited for a request: its number, how often it had been waited for, and its
    /// control in the alphabet, if it is about one.
    fn retry(call: u32, waits: u32, word: Option<u8>) -> Self::Timer;
}

/// The requests of a life.
#[derive(Clone, Debug)]
pub struct OpenCalls<S: System> {
    /// Whose.
    shard: ShardIndex,
    /// The token of this life.
    token: u64,
    requests: u32,
    open: SortedMap<u32, OpenCall<S>>,
}

/// A request that is not answered.
#[derive(Clone, Copy, Debug)]
pub struct OpenCall<S: System> {
    /// To whom it goes.
    pub to: ShardIndex,
    /// What it says.
    pub body: S::Request,
    /// To what it belongs.
    pub owner: u32,
    /// How often it was waited for.
    pub waits: u32,
}

impl<S: Repeats> OpenCalls<S> {
    /// Those of a life that begins.
    pub fn new(shard: ShardIndex, token: u64) -> OpenCalls<S> {
        OpenCalls { shard, token, requests: 0, open: SortedMap::new() }
    }

    /// How many requests were numbered.
    pub fn requests(&self) -> u64 {
        self.requests.into()
    }

    /// Adds its state. Requests that are open are known by how long ago they were numbered.
    pub fn tell_state(&self, of: ToldWorld<'_, S>, state: &mut WorldState) {
        let OpenCalls { shard, token, requests: _, open } = self;
        state.add((token, open.len()));
        for (&number, call) in open {
            let OpenCall { to, body, owner, waits } = call;
            state.add_number(*shard, number.into());
            state.add((to, owner, waits));
            S::add_pending(Pending::Request(body), of, state);
        }
    }

    /// The token of this life.
    pub fn token(&self) -> u64 {
        self.token
    }

    /// Sends a request until it is answered; its number.
    pub fn call<E>(
        &mut self,
        to: ShardIndex,
        body: S::Request,
        owner: u32,
        m: &mut Context<'_, S, E>,
    ) -> u32 {
        let number = self.send(to, body, m);
        self.open.insert(number, OpenCall { to, body, owner, waits: 0 });
        self.wait(number, S::request_timeout(m.design), m);
        number
    }

    /// Sends a request once; its number.
    pub fn send<E>(&mut self, to: ShardIndex, body: S::Request, m: &mut Context<'_, S, E>) -> u32 {
        self.requests += 1;
        self.request(self.requests, to, body, m);
        self.requests
    }

    /// The request with this number that is not answered.
    pub fn unanswered(&self, number: u32) -> Option<OpenCall<S>> {
        self.open.get(&number).copied()
    }

    /// A request is answered.
    pub fn close(&mut self, number: u32) -> Option<OpenCall<S>> {
        self.open.remove(&number)
    }

    /// All requests of an owner are given up.
    pub fn close_all_of(&mut self, owner: u32) {
        self.open.retain(|_, call| call.owner != owner);
    }

    /// A request has been waited for: it is sent again.
    pub fn repeat<E>(&mut self, number: u32, m: &mut Context<'_, S, E>) {
        let Some(&OpenCall { to, body, .. }) = self.open.get(&number) else { return };
        self.request(number, to, body, m);
        self.wait(number, S::request_timeout(m.design), m);
    }

    /// A request is not answered yet, and is sent again after this long.
    pub fn put_off<E>(&mut self, number: u32, length: Nanos, m: &mut Context<'_, S, E>) {
        self.wait(number, length, m);
    }

    /// Whether a wait is the last one for its request.
    pub fn awaits(&self, number: u32, waits: u32) -> bool {
        self.open.get(&number).is_some_and(|call| call.waits == waits)
    }

    /// Whether a request of this life is not answered.
    pub fn awaits_reply(&self, rpc: Rpc) -> bool {
        rpc.serial.token() == self.token && self.open.contains_key(&rpc.slot)
    }

    fn request<E>(&self, number: u32, to: ShardIndex, body: S::Request, m: &mut Context<'_, S, E>) {
        let serial = Serial::new(self.token, number.into());
        let rpc = Rpc { slot: number, attempt: 0, serial };
        m.effects.list.push(Effect::Send(effect::Request { from: self.shard, to, rpc, body }));
    }

    /// Waits for a request anew: an earlier wait for it means nothing.
    fn wait<E>(&mut self, number: u32, length: Nanos, m: &mut Context<'_, S, E>) {
        let Some(call) = self.open.get_mut(&number) else { return };
        call.waits += 1;
        let word = match S::subject(&call.body) {
            Subject::Record(_) => None,
            Subject::Control { word, .. } => Some(word),
        };
        let timer = S::retry(number, call.waits, word);
        m.effects.list.push(Effect::Wake { at: m.now.plus(length), timer });
    }
}
