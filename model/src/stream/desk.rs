//! A service that no fault befalls: it works on one request at a time, by what is durable, and answers when what it has
//! written stands.

use onceproof_kernel::alphabet::Point;
use onceproof_kernel::effect::{self, Commit, Context, Effect};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Pending, System, ToldWorld};
use std::collections::VecDeque;

/// The desk of such a service.
#[derive(Clone, Debug)]
pub struct ServiceDesk<S: System> {
    /// Whose.
    pub shard: ShardIndex,
    token: u64,
    commits: u64,
    /// What is being written, who asked for it, and what is answered then.
    writing: Option<(effect::Request<S>, S::Reply)>,
    waiting: VecDeque<effect::Request<S>>,
}

impl<S: System> ServiceDesk<S> {
    /// That of a life with this token.
    pub fn new(shard: ShardIndex, token: u64) -> ServiceDesk<S> {
        ServiceDesk { shard, token, commits: 0, writing: None, waiting: VecDeque::new() }
    }

    /// Adds its state.
    pub fn tell_state(&self, of: ToldWorld<'_, S>, state: &mut WorldState) {
        // The token goes on nothing but commits.
        let ServiceDesk { shard, token: _, commits, writing, waiting } = self;
        state.add_commit(*shard, *commits);
        state.add(writing.is_some());
        if let Some((request, reply)) = writing {
            request.tell_state(of, state);
            S::add_pending(Pending::Reply(reply), of, state);
        }
        state.add(waiting.len());
        waiting.iter().for_each(|request| request.tell_state(of, state));
    }

    /// Somebody asks for something.
    pub fn is_asked(&mut self, request: effect::Request<S>) {
        self.waiting.push_back(request);
    }

    /// What was written stands.
    pub fn stands<E>(&mut self, m: &mut Context<'_, S, E>) {
        if let Some((request, reply)) = self.writing.take() {
            answer(self.shard, &request, reply, m);
        }
    }

    /// Works on what waits, until something is to be written. `decide` says what a request changes and is answered.
    pub fn works<E>(
        &mut self,
        point: Point,
        m: &mut Context<'_, S, E>,
        decide: impl Fn(&effect::Request<S>, &mut Vec<S::Change>, &mut Context<'_, S, E>) -> S::Reply,
    ) {
        while self.writing.is_none() {
            let Some(request) = self.waiting.pop_front() else { return };
            let mut changes = Vec::new();
            let reply = decide(&request, &mut changes, m);
            if changes.is_empty() {
                answer(self.shard, &request, reply, m);
                continue;
            }
            let (shard, token, number) = (self.shard, self.token, self.commits);
            let subject = request.subject();
            let commit =
                Commit { shard, token, number, sender_slot: 0, point, ends_stay: true, subject };
            m.effects.commit(commit, &mut changes);
            self.commits += 1;
            self.writing = Some((request, reply));
        }
    }
}

/// Answers a request.
pub fn answer<S: System, E>(
    from: ShardIndex,
    request: &effect::Request<S>,
    body: S::Reply,
    m: &mut Context<'_, S, E>,
) {
    let effect::Request { from: to, rpc, .. } = *request;
    let subject = request.subject();
    m.effects.list.push(Effect::Reply(effect::Reply { from, to, rpc, subject, body }));
}
