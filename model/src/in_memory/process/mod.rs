//! The processes: spouts, bolts, an acker, a view, a batch leg. A crash empties all of them; what is durable is in the rows.

mod acker;
mod batch;
mod bolt;
mod hands;
mod spout;
mod view;

use super::InMemory;
use super::design::{ACKER, BATCH, Design, VIEW};
use super::message::Timer;
use crate::pipeline::StepKind;
use acker::Acker;
use batch::BatchLeg;
use bolt::Bolt;
use hands::Hands;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::Rpc;
use onceproof_kernel::effect::{self, Input};
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Process, ToldWorld};
use spout::Spout;
use view::ViewProcess;

/// What a process has at hand.
type Context<'a, E> = effect::Context<'a, InMemory, E>;

/// One process: a task, as Storm calls it.
#[derive(Clone, Debug)]
pub struct Task {
    hands: Hands,
    role: Role,
}

/// What a process is.
#[derive(Clone, Debug)]
enum Role {
    Spout(Spout),
    Bolt(Bolt),
    Acker(Acker),
    View(ViewProcess),
    Batch(BatchLeg),
}

impl Process<InMemory> for Task {
    fn new(design: &Design, shard: ShardIndex) -> Task {
        let step = design.layout.step_of(shard);
        let role = match (design.pipeline.steps().get(step.at()), design.layout.name(step)) {
            (Some(step), _) if matches!(step.kind, StepKind::Source { .. }) => {
                Role::Spout(Spout::default())
            }
            (Some(_), _) => Role::Bolt(Bolt::default()),
            (None, ACKER) => Role::Acker(Acker::default()),
            (None, VIEW) => Role::View(ViewProcess::default()),
            (None, BATCH) => Role::Batch(BatchLeg::default()),
            (None, other) => unreachable!("{other:?} is no process of this system"),
        };
        Task { hands: Hands::new(shard, step), role }
    }

    fn reset(&mut self) {
        self.hands.reset();
        match &mut self.role {
            Role::Spout(spout) => *spout = Spout::default(),
            Role::Bolt(bolt) => *bolt = Bolt::default(),
            Role::Acker(acker) => *acker = Acker::default(),
            Role::View(view) => *view = ViewProcess::default(),
            Role::Batch(batch) => *batch = BatchLeg::default(),
        }
    }

    fn handle<E: Env<InMemory>>(&mut self, input: &Input<InMemory>, m: &mut Context<'_, E>) {
        if *input == Input::Boot {
            self.reset();
            self.hands.token = m.ask().take_token(self.hands.shard);
        }
        let Task { hands, role } = self;
        match (role, input) {
            (Role::Spout(spout), Input::Boot) => spout.boot(hands, m),
            (Role::Spout(spout), Input::Wake(Timer::Input)) => spout.read(hands, m),
            (Role::Spout(spout), Input::Wake(Timer::Tree(number))) => {
                spout.replay(*number, hands, m);
            }
            (Role::Spout(spout), Input::Request(request)) => {
                spout.hears(&request.body, hands, m);
            }
            (Role::Spout(spout), Input::Committed { number, .. }) => {
                spout.committed(*number, hands, m)
            }
            (Role::Bolt(bolt), Input::Request(request)) => bolt.takes(&request.body, hands, m),
            (Role::Bolt(bolt), Input::Committed { number, .. }) => bolt.counted(*number, hands, m),
            (Role::Acker(acker), Input::Request(request)) => acker.hears(&request.body, hands, m),
            (Role::View(view), Input::Request(request)) => view.takes(&request.body, hands, m),
            (Role::View(view), Input::Committed { number, .. }) => view.stands(*number, hands, m),
            (Role::Batch(batch), Input::Boot) => batch.boot(hands, m),
            (Role::Batch(batch), Input::Wake(Timer::Input)) => batch.follow(hands, m),
            (Role::Batch(batch), Input::Wake(Timer::Batch(end, stage))) => {
                batch.is_due(*end, *stage, hands, m);
            }
            (Role::Batch(batch), Input::Committed { number, .. }) => {
                batch.landed(*number, hands, m)
            }
            (Role::Bolt(_) | Role::Acker(_) | Role::View(_), _)
            | (Role::Spout(_) | Role::Batch(_), _) => {}
        }
    }

    fn awaits(&self, timer: Timer) -> bool {
        match (&self.role, timer) {
            (Role::Spout(_), Timer::Input) => true,
            (Role::Spout(spout), Timer::Tree(number)) => spout.awaits(number),
            (Role::Batch(_), Timer::Input) => true,
            (Role::Batch(batch), Timer::Batch(end, stage)) => batch.awaits(end, stage),
            (Role::Spout(_) | Role::Batch(_), _) => false,
            (Role::Bolt(_) | Role::Acker(_) | Role::View(_), _) => false,
        }
    }

    /// A batch that runs again waits for what was set for the run before.
    fn may_await(&self, timer: Timer) -> bool {
        matches!(timer, Timer::Batch(..)) || self.awaits(timer)
    }

    fn serials(&self) -> u64 {
        self.hands.messages()
    }

    fn token(&self) -> Option<u64> {
        Some(self.hands.token)
    }

    fn tell_state(&self, _: ToldWorld<'_, InMemory>, state: &mut WorldState) {
        let Task { hands, role } = self;
        hands.tell_state(state);
        let shard = hands.shard;
        match role {
            Role::Spout(spout) => spout.tell_state(shard, state),
            Role::Bolt(bolt) => bolt.tell_state(shard, state),
            Role::Acker(acker) => acker.tell_state(state),
            Role::View(view) => view.tell_state(shard, state),
            Role::Batch(batch) => batch.tell_state(shard, state),
        }
    }

    fn awaits_reply(&self, _: Rpc) -> bool {
        false
    }

    fn awaited_with(&self, timer: Timer) -> Option<Subject> {
        match (&self.role, timer) {
            (Role::Spout(spout), Timer::Tree(number)) => spout.name_of(number).map(Subject::Record),
            _ => None,
        }
    }
}
