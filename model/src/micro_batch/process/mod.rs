//! The processes: the driver, executors, and the services outside. A crash empties the first two; what is durable is in the
//! rows of the services.

mod driver;
mod executor;
mod service;

use super::MicroBatch;
use super::design::{BatchRole, Design};
use super::message::{Request, Timer};
use super::told::Story;
use crate::stream::OpenCalls;
use driver::BatchDriver;
use executor::ExecutorHost;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::Rpc;
use onceproof_kernel::effect::{self, Input};
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Process, System, ToldWorld};
use onceproof_kernel::time::Nanos;
use onceproof_kernel::told::Told;
use service::BatchService;

/// What a process has at hand.
type Context<'a, E> = effect::Context<'a, MicroBatch, E>;

/// One process.
#[derive(Clone, Debug)]
pub enum BatchProcess {
    /// The driver.
    Driver(Box<BatchDriver>),
    /// An executor.
    Executor(Box<ExecutorHost>),
    /// A service outside.
    Service(Box<BatchService>),
}

/// Wakes this process after a while.
fn wake<E>(after: Nanos, timer: Timer, m: &mut Context<'_, E>) {
    m.effects.list.push(effect::Effect::Wake { at: m.now.plus(after), timer });
}

/// Tells something, if anybody reads the trace.
fn tell<E: Env<MicroBatch>>(story: Story, m: &mut Context<'_, E>) {
    if m.env.is_traced() {
        m.env.decides(Decision::Own(&|| Told::new(story)));
    }
}

impl BatchProcess {
    fn calls(&self) -> Option<&OpenCalls<MicroBatch>> {
        match self {
            BatchProcess::Driver(driver) => Some(&driver.calls),
            BatchProcess::Executor(executor) => Some(&executor.calls),
            BatchProcess::Service(_) => None,
        }
    }
}

impl Process<MicroBatch> for BatchProcess {
    fn new(design: &Design, shard: ShardIndex) -> BatchProcess {
        match design.role(shard) {
            BatchRole::Driver => BatchProcess::Driver(Box::new(BatchDriver::new(shard))),
            BatchRole::Executor => BatchProcess::Executor(Box::new(ExecutorHost::new(shard))),
            BatchRole::Log(_) | BatchRole::State(_) | BatchRole::Table(_) | BatchRole::Store => {
                BatchProcess::Service(Box::new(BatchService::new(shard)))
            }
        }
    }

    fn reset(&mut self) {
        match self {
            BatchProcess::Driver(driver) => driver.reset(),
            BatchProcess::Executor(executor) => executor.reset(),
            BatchProcess::Service(service) => service.boots(0),
        }
    }

    fn handle<E: Env<MicroBatch>>(&mut self, input: &Input<MicroBatch>, m: &mut Context<'_, E>) {
        match self {
            BatchProcess::Driver(driver) => driver.handle(input, m),
            BatchProcess::Executor(executor) => executor.handle(input, m),
            BatchProcess::Service(service) => service.handle(input, m),
        }
    }

    fn is_ready(&self) -> bool {
        matches!(self, BatchProcess::Executor(executor) if executor.is_ready())
    }

    fn awaits(&self, timer: Timer) -> bool {
        match self {
            BatchProcess::Driver(driver) => driver.awaits(timer),
            BatchProcess::Executor(executor) => executor.awaits(timer),
            BatchProcess::Service(_) => false,
        }
    }

    /// Something comes of an answer by what is put after it alone: a task can be run anew for ever.
    fn awaits_reply(&self, _: Rpc) -> bool {
        false
    }

    fn awaits_any_reply(&self, rpc: Rpc) -> bool {
        self.calls().is_some_and(|calls| calls.awaits_reply(rpc))
    }

    fn may_await(&self, timer: Timer) -> bool {
        match self {
            BatchProcess::Driver(driver) => driver.may_await(timer),
            BatchProcess::Executor(executor) => executor.may_await(timer),
            BatchProcess::Service(_) => false,
        }
    }

    fn serials(&self) -> u64 {
        self.calls().map_or(0, OpenCalls::requests)
    }

    fn token(&self) -> Option<u64> {
        self.calls().map(OpenCalls::token)
    }

    fn tell_state(&self, of: ToldWorld<'_, MicroBatch>, state: &mut WorldState) {
        match self {
            BatchProcess::Driver(driver) => driver.tell_state(of, state),
            BatchProcess::Executor(executor) => executor.tell_state(of, state),
            BatchProcess::Service(service) => service.tell_state(of, state),
        }
    }

    fn awaited_with(&self, timer: Timer) -> Option<Subject> {
        let Timer::Retry { call, .. } = timer else { return None };
        let body: Request = self.calls()?.unanswered(call)?.body;
        Some(MicroBatch::subject(&body))
    }
}
