//! An executor. For each life of a driver it is another one: it runs that driver's attempts, keeps their files and what it
//! remembers of states, and all of it is gone when it is told to begin afresh, or dies.

mod apply;
mod task;

#[cfg(test)]
mod tests;

use super::{Context, wake};
use crate::micro_batch::MicroBatch;
use crate::micro_batch::alphabet::DRIVER_GONE;
use crate::micro_batch::kept::{Kept, KeptBatchState, KeptFile, KeptFiles};
use crate::micro_batch::message::{ExecutorLife, Reply, Request, StateVersion, TaskName, Timer};
use crate::micro_batch::pending::add_all;
use crate::micro_batch::told::Story;
use crate::stream::{OpenCalls, answer};
use onceproof_kernel::effect::{self, Input, Replied};
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::mix::fold;
use onceproof_kernel::sorted::{SortedMap, SortedSet};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;
use task::RunningTask;

impl DriverDesk {
    fn tell_state(&self, of: ToldWorld<'_, MicroBatch>, state: &mut WorldState) {
        let DriverDesk { driver, owner, turn, newest, tasks, asked, files, states } = self;
        state.add((driver, owner, turn, newest, tasks.len(), asked, files.len(), states.len()));
        tasks.values().for_each(|task| task.tell_state(of, state));
        for (task, file) in files {
            state.add(task);
            add_file(file, of.shared, state);
        }
        for (name, &made) in states {
            state.add((name, of.shared.get(made)));
        }
    }
}

fn add_file(file: &FileOfTask, kept: &Kept, state: &mut WorldState) {
    state.add_list(file.keys());
    add_all(file.values().copied(), kept, state);
}

/// After so many sends the file of another executor counts as lost.
const FETCHES: u32 = 3;

/// The partitions of a file, by the tasks that read them.
type FileOfTask = SortedMap<ShardIndex, KeptFile>;

/// An executor.
#[derive(Clone, Debug)]
pub struct ExecutorHost {
    shard: ShardIndex,
    token: u64,
    pub(super) calls: OpenCalls<MicroBatch>,
    desks: Vec<DriverDesk>,
    /// How many drivers it has worked for.
    drivers: u32,
}

/// What an executor is for one life of a driver.
#[derive(Clone, Debug)]
struct DriverDesk {
    driver: u64,
    /// To whom its calls belong.
    owner: u32,
    /// How often it was told to begin afresh.
    turn: u32,
    /// The newest batch of which it has run anything.
    newest: u32,
    tasks: SortedMap<TaskName, RunningTask>,
    /// The attempts that it has been asked for.
    asked: SortedSet<TaskName>,
    files: SortedMap<TaskName, FileOfTask>,
    states: SortedMap<(ShardIndex, StateVersion), KeptBatchState>,
}

impl ExecutorHost {
    pub(super) fn new(shard: ShardIndex) -> ExecutorHost {
        ExecutorHost {
            shard,
            token: 0,
            calls: OpenCalls::new(shard, 0),
            desks: Vec::new(),
            drivers: 0,
        }
    }

    pub(super) fn reset(&mut self) {
        *self = ExecutorHost::new(self.shard);
    }

    pub(super) fn is_ready(&self) -> bool {
        self.desks.iter().any(|desk| desk.tasks.values().any(RunningTask::is_ready))
    }

    pub(super) fn awaits(&self, timer: Timer) -> bool {
        match timer {
            Timer::Retry { call, waits, .. } => self.calls.awaits(call, waits),
            Timer::Orphaned { life } => self.desks.iter().any(|desk| desk.driver < life),
            Timer::Input
            | Timer::Trigger { .. }
            | Timer::Restart { .. }
            | Timer::Slow { .. }
            | Timer::Overdue { .. } => false,
        }
    }

    pub(super) fn may_await(&self, timer: Timer) -> bool {
        match timer {
            Timer::Orphaned { .. } => true,
            _ => self.awaits(timer),
        }
    }

    pub(super) fn tell_state(&self, of: ToldWorld<'_, MicroBatch>, state: &mut WorldState) {
        let ExecutorHost { shard: _, token, calls, desks, drivers } = self;
        calls.tell_state(of, state);
        state.add((token, desks.len(), drivers));
        desks.iter().for_each(|desk| desk.tell_state(of, state));
    }

    pub(super) fn handle<E: Env<MicroBatch>>(
        &mut self,
        input: &Input<MicroBatch>,
        m: &mut Context<'_, E>,
    ) {
        match *input {
            Input::Boot => {
                self.reset();
                self.token = m.ask().take_token(self.shard);
                self.calls = OpenCalls::new(self.shard, self.token);
            }
            Input::Request(request) => self.is_asked(&request, m),
            Input::Replied(Replied { rpc, body: Some(reply), .. }) => {
                if self.calls.awaits_reply(rpc)
                    && let Some(call) = self.calls.close(rpc.slot)
                {
                    self.is_answered(&call.body, reply, m);
                }
            }
            Input::Wake(Timer::Retry { call, .. }) => self.has_waited(call, m),
            Input::Wake(Timer::Orphaned { life }) => self.gives_up_before(life, m),
            Input::Resume => self.goes_on(m),
            Input::Replied(_) | Input::Committed { .. } | Input::Called { .. } | Input::Wake(_) => {
            }
        }
    }

    fn is_asked<E: Env<MicroBatch>>(
        &mut self,
        request: &effect::Request<MicroBatch>,
        m: &mut Context<'_, E>,
    ) {
        let reply = match request.body {
            Request::Fresh { driver, number, batch: _ } => {
                let life = self.begins_afresh(driver, number);
                // Whoever keeps the executors knows when there is another driver by now.
                let newest = m.env.token(m.design.driver());
                if driver < newest {
                    wake(m.design.settings.orphaned, Timer::Orphaned { life: newest }, m);
                }
                Reply::Life(life)
            }
            Request::Run { driver, life, task, order } => {
                let Some(at) = self.desk(driver, life) else {
                    return answer(self.shard, request, Reply::NotMeant, m);
                };
                answer(self.shard, request, Reply::Done, m);
                return self.begins(at, task, order, m);
            }
            Request::Fetch { driver, life, files, task } => {
                let at = self.desk(driver, life);
                self.hands_out(at, files, task, m)
            }
            _ => Reply::NotMeant,
        };
        answer(self.shard, request, reply, m);
    }

    /// What a task reads of files that are here: all of them, or it is said which is not.
    fn hands_out<E: Env<MicroBatch>>(
        &self,
        at: Option<usize>,
        files: KeptFiles,
        task: TaskName,
        m: &mut Context<'_, E>,
    ) -> Reply {
        let (mut records, mut hash) = (Vec::new(), 0);
        for &file in m.env.shared().get(files) {
            let desk = at.map(|at| &self.desks[at]);
            let found = desk.and_then(|desk| desk.files.get(&file)?.get(&task.shard));
            let Some(&found) = found else { return Reply::NoFile(file) };
            records.extend(m.env.shared().get(found).iter().copied());
            hash = fold(hash, found.hash);
        }
        Reply::File(m.env.shared_mut().keep(records, hash))
    }

    /// It knows nothing of what it was for a driver. The same is asked for once, however often it comes.
    fn begins_afresh(&mut self, driver: u64, number: u32) -> ExecutorLife {
        let at = self.desks.iter().position(|desk| desk.driver == driver);
        let is_new = at.is_none_or(|at| self.desks[at].turn < number);
        if is_new {
            if let Some(at) = at {
                let desk = self.desks.remove(at);
                self.calls.close_all_of(desk.owner);
            }
            self.drivers += 1;
            self.desks.push(DriverDesk {
                driver,
                owner: self.drivers,
                turn: number,
                newest: 0,
                tasks: SortedMap::new(),
                asked: SortedSet::new(),
                files: SortedMap::new(),
                states: SortedMap::new(),
            });
        }
        let desk = self.desks.iter().find(|desk| desk.driver == driver);
        ExecutorLife { token: self.token, turn: desk.map_or(number, |desk| desk.turn) }
    }

    /// What it is for a driver, if this is the one that is meant.
    fn desk(&self, driver: u64, life: ExecutorLife) -> Option<usize> {
        let is_meant = |desk: &DriverDesk| {
            desk.driver == driver && life == ExecutorLife { token: self.token, turn: desk.turn }
        };
        self.desks.iter().position(is_meant)
    }

    /// The desk at which an attempt is.
    fn desk_of(&mut self, driver: u64, task: TaskName) -> Option<usize> {
        let is_at = |desk: &DriverDesk| desk.driver == driver && desk.tasks.contains_key(&task);
        self.desks.iter().position(is_at)
    }

    /// A request is not answered: it is sent again, until nothing is to be hoped for.
    fn has_waited<E: Env<MicroBatch>>(&mut self, number: u32, m: &mut Context<'_, E>) {
        let Some(call) = self.calls.unanswered(number) else { return };
        match call.body {
            Request::Fetch { driver, task, files, .. } if call.waits >= FETCHES => {
                self.calls.close(number);
                if let Some(&file) = m.env.shared().get(files).first() {
                    self.has_fetched(driver, task, Err(file), m);
                }
            }
            _ => self.calls.repeat(number, m),
        }
    }

    /// Whoever keeps the executors ends those of drivers before this one. An executor that has lost its shard hears of no
    /// other driver: it reported for ever to one that was no more.
    fn gives_up_before<E: Env<MicroBatch>>(&mut self, driver: u64, m: &mut Context<'_, E>) {
        let before = self.desks.iter().map(|desk| desk.driver).filter(|&other| other < driver);
        let before: Vec<u64> = before.collect();
        before.into_iter().for_each(|driver| self.gives_up(driver, m));
    }

    /// A driver is no more, and with it what was done for it.
    fn gives_up<E: Env<MicroBatch>>(&mut self, driver: u64, m: &mut Context<'_, E>) {
        m.env.reach(DRIVER_GONE);
        super::tell(Story::DriverGone, m);
        if let Some(at) = self.desks.iter().position(|desk| desk.driver == driver) {
            let desk = self.desks.remove(at);
            self.calls.close_all_of(desk.owner);
        }
    }

    fn is_answered<E: Env<MicroBatch>>(
        &mut self,
        asked: &Request,
        reply: Reply,
        m: &mut Context<'_, E>,
    ) {
        match (*asked, reply) {
            (Request::Done { driver, .. } | Request::May { driver, .. }, Reply::NotMeant) => {
                self.gives_up(driver, m);
            }
            (Request::Done { driver, task, .. }, _) => {
                if let Some(at) = self.desk_of(driver, task) {
                    self.desks[at].tasks.remove(&task);
                }
            }
            (Request::May { driver, task }, Reply::Granted) => self.writes(driver, task, m),
            (Request::May { driver, task }, _) => self.is_denied(driver, task, m),
            (Request::Fetch { driver, task, .. }, Reply::File(rows)) => {
                self.has_fetched(driver, task, Ok(rows), m);
            }
            (Request::Fetch { driver, task, .. }, Reply::NoFile(file)) => {
                self.has_fetched(driver, task, Err(file), m);
            }
            (Request::PutState { task, .. }, _) => self.has_stored(task, m),
            (Request::Write { task, .. }, _) => self.has_written(task, m),
            _ => {}
        }
    }
}
