//! The processes: the coordinator, tasks, and the parts of topics. A crash empties all of them; what is durable is in the
//! rows.

mod coordinator;
mod host;
mod task;
mod topic;

use super::Snapshot;
use super::design::{Design, JobRole};
use super::message::{Change, Request, Timer};
use super::told::Story;
use crate::stream::OpenCalls;
use coordinator::JobCoordinator;
use host::TaskHost;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::call::Rpc;
use onceproof_kernel::effect::{self, Commit, Effect, Input};
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Process, System, ToldWorld};
use onceproof_kernel::time::Nanos;
use onceproof_kernel::told::Told;
use topic::TopicPart;

/// What a process has at hand.
type Context<'a, E> = effect::Context<'a, Snapshot, E>;

/// One process.
#[derive(Clone, Debug)]
pub enum JobProcess {
    /// The coordinator.
    Coordinator(Box<JobCoordinator>),
    /// A process with a task, or with several attempts of it.
    Host(Box<TaskHost>),
    /// A part of a topic.
    Topic(Box<TopicPart>),
}

/// What a process has sent in this life.
#[derive(Clone, Debug)]
struct Hands {
    shard: ShardIndex,
    calls: OpenCalls<Snapshot>,
    commits: u64,
}

impl Hands {
    fn new(shard: ShardIndex, token: u64) -> Hands {
        Hands { shard, calls: OpenCalls::new(shard, token), commits: 0 }
    }

    fn tell_state(&self, of: ToldWorld<'_, Snapshot>, state: &mut WorldState) {
        let Hands { shard, calls, commits } = self;
        calls.tell_state(of, state);
        state.add_commit(*shard, *commits);
    }

    /// Sends changes to the store; the number of the commit.
    fn commit<E>(
        &mut self,
        (point, subject): (Point, Subject),
        mut changes: Vec<Change>,
        m: &mut Context<'_, E>,
    ) -> u64 {
        let number = self.commits;
        self.commits += 1;
        let (shard, token) = (self.shard, self.calls.token());
        let commit =
            Commit { shard, token, number, sender_slot: 0, point, ends_stay: true, subject };
        m.effects.commit(commit, &mut changes);
        number
    }

    /// Sends a message once.
    fn send<E>(&mut self, to: ShardIndex, body: Request, m: &mut Context<'_, E>) {
        self.calls.send(to, body, m);
    }

    /// Wakes this process after a while.
    fn wake<E>(&self, after: Nanos, timer: Timer, m: &mut Context<'_, E>) {
        m.effects.list.push(Effect::Wake { at: m.now.plus(after), timer });
    }
}

/// Tells something, if anybody reads the trace.
fn tell<E: Env<Snapshot>>(story: Story, m: &mut Context<'_, E>) {
    if m.env.is_traced() {
        m.env.decides(Decision::Own(&|| Told::new(story)));
    }
}

impl Process<Snapshot> for JobProcess {
    fn new(design: &Design, shard: ShardIndex) -> JobProcess {
        match design.role(shard) {
            JobRole::Coordinator => JobProcess::Coordinator(Box::new(JobCoordinator::new(shard))),
            JobRole::Topic(_) => JobProcess::Topic(Box::new(TopicPart::new(shard))),
            JobRole::Reader(_)
            | JobRole::Operator(_)
            | JobRole::Writer(_)
            | JobRole::Committer(_) => JobProcess::Host(Box::new(TaskHost::new(shard))),
        }
    }

    fn reset(&mut self) {
        match self {
            JobProcess::Coordinator(coordinator) => coordinator.reset(),
            JobProcess::Host(host) => host.reset(),
            JobProcess::Topic(topic) => topic.boots(0),
        }
    }

    fn handle<E: Env<Snapshot>>(&mut self, input: &Input<Snapshot>, m: &mut Context<'_, E>) {
        match self {
            JobProcess::Coordinator(coordinator) => coordinator.handle(input, m),
            JobProcess::Host(host) => host.handle(input, m),
            JobProcess::Topic(topic) => match *input {
                Input::Boot => {
                    let token = m.ask().take_token(topic.shard());
                    topic.boots(token);
                }
                Input::Request(request) => topic.is_asked(request, m),
                Input::Committed { .. } => topic.stands(m),
                Input::Replied(_) | Input::Called { .. } | Input::Wake(_) | Input::Resume => {}
            },
        }
    }

    fn is_ready(&self) -> bool {
        matches!(self, JobProcess::Host(host) if host.is_ready())
    }

    fn awaits(&self, timer: Timer) -> bool {
        match self {
            JobProcess::Coordinator(coordinator) => coordinator.awaits(timer),
            JobProcess::Host(host) => host.awaits(timer),
            JobProcess::Topic(_) => false,
        }
    }

    /// Something comes of an answer by what is committed after it alone: a job can begin anew for ever.
    fn awaits_reply(&self, _: Rpc) -> bool {
        false
    }

    fn awaits_any_reply(&self, rpc: Rpc) -> bool {
        match self {
            JobProcess::Coordinator(coordinator) => coordinator.hands.calls.awaits_reply(rpc),
            JobProcess::Host(host) => host.hands.calls.awaits_reply(rpc),
            JobProcess::Topic(_) => false,
        }
    }

    fn may_await(&self, timer: Timer) -> bool {
        match self {
            JobProcess::Coordinator(coordinator) => coordinator.may_await(timer),
            JobProcess::Host(host) => host.may_await(timer),
            JobProcess::Topic(_) => false,
        }
    }

    fn serials(&self) -> u64 {
        match self {
            JobProcess::Coordinator(coordinator) => coordinator.hands.calls.requests(),
            JobProcess::Host(host) => host.hands.calls.requests(),
            JobProcess::Topic(_) => 0,
        }
    }

    fn token(&self) -> Option<u64> {
        match self {
            JobProcess::Coordinator(coordinator) => Some(coordinator.hands.calls.token()),
            JobProcess::Host(host) => Some(host.hands.calls.token()),
            JobProcess::Topic(_) => None,
        }
    }

    fn tell_state(&self, of: ToldWorld<'_, Snapshot>, state: &mut WorldState) {
        match self {
            JobProcess::Coordinator(coordinator) => coordinator.tell_state(of, state),
            JobProcess::Host(host) => host.tell_state(of, state),
            JobProcess::Topic(topic) => topic.tell_state(of, state),
        }
    }

    fn awaited_with(&self, timer: Timer) -> Option<Subject> {
        let Timer::Retry { call, .. } = timer else { return None };
        let calls = match self {
            JobProcess::Coordinator(coordinator) => &coordinator.hands.calls,
            JobProcess::Host(host) => &host.hands.calls,
            JobProcess::Topic(_) => return None,
        };
        Some(Snapshot::subject(&calls.unanswered(call)?.body))
    }
}
