//! The driver: it says what a batch is, has its tasks run, and shows what comes out. Each life of it begins with what the logs
//! say, and has executors of its own. One that was only away goes on beside its successor, until it finds a row of that.

mod batch;
mod run;
mod tasks;

#[cfg(test)]
mod tests;

use super::{Context, wake};
use crate::micro_batch::MicroBatch;
use crate::micro_batch::alphabet::{BATCH_RUN_AGAIN, RESULTS_FOUND};
use crate::micro_batch::design::Design;
use crate::micro_batch::kept::{AcceptedStates, LogRow};
use crate::micro_batch::message::{ExecutorLife, LogOf, Reply, Request, Timer};
use crate::micro_batch::settings::BatchWatermark;
use crate::micro_batch::told::Story;
use crate::stream::{OpenCall, OpenCalls, answer};
use onceproof_kernel::effect::{self, Input, Replied};
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;
use onceproof_kernel::time::Time;
use run::BatchRun;

/// What the calls of a driver belong to that are no tasks; those belong to their executor.
const OF_DRIVER: u32 = 0;

/// What a driver is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum DriverStage {
    /// It waits for input, or for the time of the next batch.
    Planning,
    /// It logs what belongs to the batch.
    Logging,
    /// Tasks run.
    Running,
    /// It logs what came out.
    Preparing,
    /// It shows what came out.
    Publishing,
    /// It logs that the batch is done with.
    Committing,
    /// It has ended itself.
    Ended,
    /// All is done.
    Finished,
}

/// The driver.
#[derive(Clone, Debug)]
pub struct BatchDriver {
    shard: ShardIndex,
    /// The token of its life.
    life: u64,
    pub(super) calls: OpenCalls<MicroBatch>,
    stage: DriverStage,
    /// The executors that it may have something run by.
    executors: SortedMap<ShardIndex, ExecutorLife>,
    /// How often it has told executors to begin afresh.
    fresh: u32,
    /// The batch that it is at, and what that is.
    batch: u32,
    row: LogRow,
    /// The states that the batch before has left.
    base: AcceptedStates,
    /// When the last batch began, and the watermark that the driver remembers.
    begun: Option<Time>,
    remembered: Time,
    run: BatchRun,
    /// What came out of the batch, with the states that it leaves.
    result: LogRow,
    /// How many tables have not answered.
    unpublished: usize,
}

impl BatchDriver {
    pub(super) fn new(shard: ShardIndex) -> BatchDriver {
        BatchDriver {
            shard,
            life: 0,
            calls: OpenCalls::new(shard, 0),
            stage: DriverStage::Planning,
            executors: SortedMap::new(),
            fresh: 0,
            batch: 0,
            row: LogRow::default(),
            base: AcceptedStates::new(),
            begun: None,
            remembered: Time::MIN,
            run: BatchRun::default(),
            result: LogRow::default(),
            unpublished: 0,
        }
    }

    pub(super) fn reset(&mut self) {
        *self = BatchDriver::new(self.shard);
    }

    pub(super) fn awaits(&self, timer: Timer) -> bool {
        match timer {
            Timer::Input => self.stage == DriverStage::Planning,
            Timer::Retry { call, waits, .. } => self.calls.awaits(call, waits),
            Timer::Trigger { life } => life == self.life && self.stage == DriverStage::Planning,
            Timer::Restart { life } => life == self.life && self.stage == DriverStage::Ended,
            Timer::Orphaned { .. } => false,
            Timer::Slow { life, task } | Timer::Overdue { life, task } => {
                life == self.life && self.stage == DriverStage::Running && self.run.is_live(task)
            }
        }
    }

    /// What was set for a life of a driver means nothing after that, and may mean something until then. A driver that begins
    /// anew numbers its requests anew: what was set for an earlier one of a number is taken for a wait of that.
    pub(super) fn may_await(&self, timer: Timer) -> bool {
        match timer {
            Timer::Input | Timer::Retry { .. } => true,
            Timer::Orphaned { .. } => false,
            Timer::Trigger { life }
            | Timer::Restart { life }
            | Timer::Slow { life, .. }
            | Timer::Overdue { life, .. } => life == self.life,
        }
    }

    pub(super) fn tell_state(&self, of: ToldWorld<'_, MicroBatch>, state: &mut WorldState) {
        let BatchDriver {
            shard: _,
            life,
            calls,
            stage,
            executors,
            fresh,
            batch,
            row,
            base,
            begun,
            remembered,
            run,
            result,
            unpublished,
        } = self;
        calls.tell_state(of, state);
        state.add((life, stage, executors, fresh, batch, base, begun, remembered, unpublished));
        row.tell_state(of.shared, state);
        run.tell_state(of.shared, state);
        result.tell_state(of.shared, state);
    }

    pub(super) fn handle<E: Env<MicroBatch>>(
        &mut self,
        input: &Input<MicroBatch>,
        m: &mut Context<'_, E>,
    ) {
        match *input {
            Input::Boot => self.boots(m),
            Input::Request(request) => self.is_asked(&request, m),
            Input::Replied(Replied { from, rpc, body: Some(reply) }) => {
                if self.calls.awaits_reply(rpc)
                    && let Some(OpenCall { body, .. }) = self.calls.close(rpc.slot)
                {
                    self.is_answered(from, &body, reply, m);
                }
            }
            Input::Wake(timer) if self.awaits(timer) => match timer {
                Timer::Retry { call, .. } => self.has_waited(call, m),
                Timer::Input | Timer::Trigger { .. } => self.plans(m),
                Timer::Restart { .. } => self.begins_anew(m),
                Timer::Slow { task, .. } => self.speculates(task, m),
                Timer::Overdue { task, .. } => self.is_overdue(task, m),
                Timer::Orphaned { .. } => {}
            },
            Input::Wake(_)
            | Input::Replied(_)
            | Input::Committed { .. }
            | Input::Called { .. }
            | Input::Resume => {}
        }
    }

    /// A life begins with what the logs say.
    fn boots<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        self.reset();
        self.life = m.ask().take_token(self.shard);
        self.calls = OpenCalls::new(self.shard, self.life);
        (0..3).for_each(|_| m.env.charge());
        let logs = m.env.rows(m.design.store()).logs();
        let (planned, committed) = (logs.last(LogOf::Offsets), logs.last(LogOf::Commits));
        let kept = m.env.shared();
        if let Some((_, row)) = committed {
            self.base = kept.get(row).states.clone();
        }
        let is_open = |batch: u32| committed.is_none_or(|(done, _)| done != batch);
        let after = |row: &LogRow| LogRow {
            starts: row.ends.clone(),
            before: row.watermark,
            watermark: row.watermark,
            ..LogRow::default()
        };
        let mut prepared = None;
        let mut is_again = false;
        match (planned, committed) {
            (Some((batch, row)), _) if is_open(batch) => {
                (self.batch, self.row) = (batch, kept.get(row).clone());
                prepared = logs.row(LogOf::Results, batch).map(|row| kept.get(row).clone());
                is_again = true;
            }
            (Some((batch, row)), _) | (None, Some((batch, row))) => {
                (self.batch, self.row) = (batch + 1, after(kept.get(row)));
            }
            (None, None) => {
                self.row.starts = vec![0; m.design.sources().len()];
                (self.row.before, self.row.watermark) = (Time::MIN, Time::MIN);
            }
        }
        let is_memory = m.design.settings.watermark == BatchWatermark::Memory;
        if is_memory && self.row.watermark != Time::MAX {
            (self.row.before, self.row.watermark) = (Time::MIN, Time::MIN);
        }
        self.has_executors_begin(m);
        match (prepared, is_again) {
            (Some(result), _) => {
                m.env.reach(RESULTS_FOUND);
                super::tell(Story::FindsResults(self.batch), m);
                self.result = result;
                self.publishes(m);
            }
            (None, true) => {
                m.env.reach(BATCH_RUN_AGAIN);
                super::tell(Story::RunsAgain(self.batch), m);
                self.begins_batch(m);
            }
            (None, false) => self.plans(m),
        }
    }

    fn has_executors_begin<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        let executors: Vec<ShardIndex> = m.design.executors().collect();
        for executor in executors {
            self.has_begin_afresh(executor, m);
            m.env.recall(executor, m.design.settings.orphaned, Timer::Orphaned { life: self.life });
        }
    }

    fn has_begin_afresh<E: Env<MicroBatch>>(
        &mut self,
        executor: ShardIndex,
        m: &mut Context<'_, E>,
    ) {
        self.fresh += 1;
        let (driver, number, batch) = (self.life, self.fresh, self.batch);
        self.calls.call(executor, Request::Fresh { driver, number, batch }, OF_DRIVER, m);
    }

    /// A request is not answered: it is sent again. An executor that does not even answer that it will run something is
    /// taken for lost. Without that, one that had moved to another worker and died at the old one was asked for ever: another
    /// attempt had been done meanwhile, so none was overdue.
    fn has_waited<E: Env<MicroBatch>>(&mut self, number: u32, m: &mut Context<'_, E>) {
        let Some(OpenCall { to, body, waits, .. }) = self.calls.unanswered(number) else { return };
        let settings = &m.design.settings;
        let waited = settings.request_timeout.saturating_mul(waits.into());
        if let Request::Run { life, .. } = body
            && waited >= settings.executor_timeout
        {
            self.calls.close(number);
            if self.executors.get(&to) == Some(&life) {
                self.loses(to, m);
            }
            return;
        }
        self.calls.repeat(number, m);
    }

    /// It ends itself, and the job with it. Whoever watches over drivers starts another one.
    fn ends<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        super::tell(Story::DriverEnds(self.batch), m);
        self.stage = DriverStage::Ended;
        self.calls = OpenCalls::new(self.shard, self.life);
        wake(m.design.settings.restart, Timer::Restart { life: self.life }, m);
    }

    /// Another driver is started, unless one was started elsewhere by now: whoever keeps the leases knows.
    fn begins_anew<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        if m.env.token(self.shard) == self.life {
            self.boots(m);
        }
    }

    fn is_asked<E: Env<MicroBatch>>(
        &mut self,
        request: &effect::Request<MicroBatch>,
        m: &mut Context<'_, E>,
    ) {
        let is_meant = |driver: u64| driver == self.life && self.stage != DriverStage::Ended;
        match request.body {
            Request::Done { driver, life, task, report } if is_meant(driver) => {
                let is_wanted = self.run.is_live(task);
                match is_wanted || m.design.settings.answers_unwanted {
                    true => answer(self.shard, request, Reply::Done, m),
                    false => super::tell(Story::LeavesUnanswered(task), m),
                }
                self.is_done((request.from, life), task, report, m);
            }
            Request::May { driver, task } if is_meant(driver) => {
                let reply = match self.may(task, m) {
                    true => Reply::Granted,
                    false => Reply::Denied,
                };
                answer(self.shard, request, reply, m);
            }
            _ => answer(self.shard, request, Reply::NotMeant, m),
        }
    }

    fn is_answered<E: Env<MicroBatch>>(
        &mut self,
        from: ShardIndex,
        asked: &Request,
        reply: Reply,
        m: &mut Context<'_, E>,
    ) {
        match (*asked, reply) {
            (Request::Fresh { .. }, Reply::Life(life)) => {
                self.executors.insert(from, life);
                self.schedules(m);
            }
            (Request::Run { life, .. }, Reply::NotMeant)
                if self.executors.get(&from) == Some(&life) =>
            {
                self.loses(from, m);
            }
            (Request::PutRow { log, batch, .. }, reply) if batch == self.batch => {
                let stands = match reply {
                    Reply::Stands(row) => Some(row),
                    _ => None,
                };
                self.has_put(log, stands, m);
            }
            (Request::Publish { batch, .. }, _) if batch == self.batch => self.has_published(m),
            _ => {}
        }
    }
}

/// The tables into which the driver publishes.
fn tables(design: &Design) -> Vec<ShardIndex> {
    design.tables().into_iter().map(|step| design.table(step)).collect()
}
