//! A process that runs a task. An attempt that could not be ended may still run beside the next one: both are here, each with
//! its own memory, and a message says for which of them it is.

use super::task::JobTask;
use super::{Context, Hands};
use crate::snapshot::Snapshot;
use crate::snapshot::alphabet::{CHANNEL_BROKEN, FOREIGN_ITEM, ORPHANED};
use crate::snapshot::message::{BlobId, ChannelItem, Reply, Request, Timer};
use crate::snapshot::settings::Channels;
use crate::snapshot::state::TaskState;
use crate::stream::OpenCall;
use crate::stream::answer;
use onceproof_kernel::effect::{self, Input, Replied, Written};
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;

/// What a request of the process itself belongs to; those of a task belong to its attempt.
const REGISTRATION: u32 = 0;
/// That a task has failed is said whatever becomes of its attempt. It was given up once with a registration, and the job
/// waited for a task that was no more.
const FAILURE: u32 = u32::MAX;

/// A process with a task.
#[derive(Clone, Debug)]
pub struct TaskHost {
    pub(super) hands: Hands,
    shard: ShardIndex,
    /// The attempts that run here, the newest last.
    tasks: Vec<JobTask>,
    /// The newest attempt that is known to be or to have been, and how often its task had begun before.
    newest: u32,
    before: u32,
}

impl TaskHost {
    pub(super) fn new(shard: ShardIndex) -> TaskHost {
        TaskHost { hands: Hands::new(shard, 0), shard, tasks: Vec::new(), newest: 0, before: 0 }
    }

    pub(super) fn reset(&mut self) {
        *self = TaskHost::new(self.shard);
    }

    pub(super) fn is_ready(&self) -> bool {
        self.tasks.iter().any(JobTask::is_ready)
    }

    pub(super) fn awaits(&self, timer: Timer) -> bool {
        let has = |attempt: u32| self.tasks.iter().find(|task| task.attempt == attempt);
        match timer {
            Timer::Input => !self.tasks.is_empty(),
            Timer::Retry { call, waits, .. } => self.hands.calls.awaits(call, waits),
            Timer::Step { attempt } => has(attempt).is_some_and(JobTask::is_at_it),
            Timer::Trigger { attempt, .. } => has(attempt).is_some(),
            Timer::Orphaned { attempt } => self.tasks.iter().any(|task| task.attempt <= attempt),
            Timer::Deposed { .. }
            | Timer::Restart { .. }
            | Timer::Unregistered { .. }
            | Timer::Tick { .. }
            | Timer::TimedOut { .. }
            | Timer::Unassigned { .. } => false,
        }
    }

    /// A task that begins can wait for what was set for an earlier one of its attempt.
    pub(super) fn may_await(&self, timer: Timer) -> bool {
        match timer {
            Timer::Retry { .. } => self.awaits(timer),
            _ => true,
        }
    }

    pub(super) fn tell_state(&self, of: ToldWorld<'_, Snapshot>, state: &mut WorldState) {
        let TaskHost { hands, shard: _, tasks, newest, before } = self;
        hands.tell_state(of, state);
        state.add((tasks.len(), newest, before));
        tasks.iter().for_each(|task| task.tell_state(of, state));
    }

    pub(super) fn handle<E: Env<Snapshot>>(
        &mut self,
        input: &Input<Snapshot>,
        m: &mut Context<'_, E>,
    ) {
        match *input {
            Input::Boot => {
                self.reset();
                let life = m.ask().take_token(self.shard);
                self.hands = Hands::new(self.shard, life);
                self.registers(m);
            }
            Input::Request(request) => self.is_asked(&request, m),
            Input::Replied(Replied { from, rpc, body }) => {
                if rpc.serial.token() == self.hands.calls.token() {
                    match body {
                        Some(reply) => self.is_answered(rpc.slot, reply, m),
                        None => self.hears_of_error(from, rpc.slot, m),
                    }
                }
            }
            Input::Committed { number, written, .. } => self.has_written(number, written, m),
            Input::Wake(timer) => self.wakes(timer, m),
            Input::Resume => {
                let TaskHost { hands, tasks, .. } = self;
                if let Some(task) = tasks.iter_mut().find(|task| task.is_ready()) {
                    task.steps(hands, m);
                }
            }
            Input::Called { .. } => {}
        }
        self.ends_what_has_failed(m);
        let TaskHost { hands, tasks, .. } = self;
        tasks.iter_mut().for_each(|task| task.sets_to_work(hands, m));
    }

    /// It says that it is there, to whoever leads now.
    fn registers<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        let register = Request::Register { life: self.hands.calls.token() };
        self.hands.calls.close_all_of(REGISTRATION);
        self.hands.calls.call(m.design.coordinator(), register, REGISTRATION, m);
    }

    fn is_asked<E: Env<Snapshot>>(
        &mut self,
        request: &effect::Request<Snapshot>,
        m: &mut Context<'_, E>,
    ) {
        match request.body {
            Request::Item { attempt, connection, number, item } => {
                self.takes(request.from, attempt, ((connection, number), item), m);
            }
            // It is meant for another process of this shard. A later one gets it when it is sent again; of an earlier one the
            // leader has to hear that it is gone.
            Request::Start { life, .. } if life > self.hands.calls.token() => {}
            Request::Start { life, .. } if life < self.hands.calls.token() => self.registers(m),
            Request::Start { attempt, before, checkpoint, blob, life: _ } => {
                self.starts(request, (attempt, before), (checkpoint, blob), m);
            }
            // All tasks of that attempt have begun, and none of them here: the one of this shard runs in a process that has
            // lost the shard. The leader has to hear of this one. A reader once said that it was there to a leader that
            // had been replaced. The next leader knew the process before it alone, which had not heard that it was
            // replaced, too, and began the task there: every later trigger came to a process without a task.
            Request::Trigger { attempt, .. }
            | Request::Notify { attempt, .. }
            | Request::Abort { attempt, .. }
            | Request::Assign { attempt }
            | Request::NoMore { attempt }
                if attempt > self.newest =>
            {
                self.registers(m);
            }
            Request::Trigger { attempt, checkpoint } => {
                let number = m.design.layout.number_of(self.shard);
                let later = m.design.settings.skew.saturating_mul(number.into());
                match later {
                    0 => self.with(attempt, m, |task, hands, m| {
                        task.is_triggered(checkpoint, hands, m);
                    }),
                    later => self.hands.wake(later, Timer::Trigger { attempt, checkpoint }, m),
                }
            }
            Request::Notify { attempt, checkpoint } => {
                self.with(attempt, m, |task, hands, m| task.hears_of(checkpoint, hands, m));
            }
            Request::Abort { attempt, checkpoint } => {
                self.with(attempt, m, |task, hands, m| task.hears_of_abort(checkpoint, hands, m));
            }
            Request::Cancel { attempt } => {
                self.ends_up_to(attempt);
                self.registers(m);
            }
            Request::Assign { attempt } => self.with(attempt, m, |task, hands, m| {
                task.is_assigned();
                let assigned = Request::Assigned { attempt, is_split: true };
                hands.send(m.design.coordinator(), assigned, m);
            }),
            Request::NoMore { attempt } => self.with(attempt, m, |task, hands, m| {
                task.gets_no_more();
                let assigned = Request::Assigned { attempt, is_split: false };
                hands.send(m.design.coordinator(), assigned, m);
            }),
            _ => answer(self.shard, request, Reply::Refused, m),
        }
    }

    /// Does something with the task of an attempt, if it is here.
    fn with<E: Env<Snapshot>>(
        &mut self,
        attempt: u32,
        m: &mut Context<'_, E>,
        does: impl FnOnce(&mut JobTask, &mut Hands, &mut Context<'_, E>),
    ) {
        let TaskHost { hands, tasks, .. } = self;
        if let Some(task) = tasks.iter_mut().find(|task| task.attempt == attempt) {
            does(task, hands, m);
        }
    }

    /// An item comes. One of an attempt that is not here is dropped: nobody sends any before all tasks have begun. If that is
    /// newer than all that were here, its task runs in a process that has lost the shard: the leader has to hear of this one.
    fn takes<E: Env<Snapshot>>(
        &mut self,
        from: ShardIndex,
        attempt: u32,
        (place, item): ((u32, u32), ChannelItem),
        m: &mut Context<'_, E>,
    ) {
        let is_here = self.tasks.iter().any(|task| task.attempt == attempt);
        if is_here {
            return self.with(attempt, m, |task, hands, m| {
                task.arrives(from, (Some(place), item), hands, m);
            });
        }
        m.env.reach(FOREIGN_ITEM);
        if attempt > self.newest {
            return self.registers(m);
        }
        if m.design.settings.channels == Channels::Name {
            let newest = self.newest;
            self.with(newest, m, |task, hands, m| task.arrives(from, (None, item), hands, m));
        }
    }

    /// A task begins, or has begun before.
    fn starts<E: Env<Snapshot>>(
        &mut self,
        request: &effect::Request<Snapshot>,
        (attempt, before): (u32, u32),
        (checkpoint, blob): (u32, Option<BlobId>),
        m: &mut Context<'_, E>,
    ) {
        let started = Reply::Started(self.hands.calls.token());
        if (attempt, before) <= (self.newest, self.before) {
            return answer(self.shard, request, started, m);
        }
        let state = match blob {
            None => TaskState::default(),
            Some(blob) => {
                let is_gone = m.env.rows(m.design.coordinator()).records().is_gone(&blob);
                match m.env.rows(self.shard).state(&blob).filter(|_| !is_gone) {
                    Some(state) => m.env.shared().state(state).clone(),
                    None => return answer(self.shard, request, Reply::Missing, m),
                }
            }
        };
        answer(self.shard, request, started, m);
        (self.newest, self.before) = (attempt, before);
        let mut task = JobTask::new(m.design, self.shard, (attempt, before), checkpoint, state);
        task.begins(&mut self.hands, m);
        self.tasks.push(task);
    }

    /// Attempts up to this one are over.
    fn ends_up_to(&mut self, attempt: u32) {
        if attempt >= self.newest {
            (self.newest, self.before) = (attempt, u32::MAX);
        }
        let TaskHost { hands, tasks, .. } = self;
        tasks.retain(|task| {
            let stays = task.attempt > attempt;
            if !stays {
                hands.calls.close_all_of(task.attempt);
            }
            stays
        });
    }

    fn is_answered<E: Env<Snapshot>>(&mut self, slot: u32, reply: Reply, m: &mut Context<'_, E>) {
        let Some(OpenCall { body, owner, .. }) = self.hands.calls.close(slot) else { return };
        self.with(owner, m, |task, hands, m| task.is_answered(&body, reply, hands, m));
    }

    /// A message did not come through. One of a channel breaks that, of the newest attempt, since an error does not say whose
    /// it is; a request is sent again in its time.
    fn hears_of_error<E: Env<Snapshot>>(
        &mut self,
        from: ShardIndex,
        slot: u32,
        m: &mut Context<'_, E>,
    ) {
        if self.hands.calls.unanswered(slot).is_some() {
            return;
        }
        m.env.reach(CHANNEL_BROKEN);
        if let Some(task) = self.tasks.last_mut() {
            task.breaks(from, m.design);
        }
    }

    fn has_written<E: Env<Snapshot>>(
        &mut self,
        number: u64,
        written: Written,
        m: &mut Context<'_, E>,
    ) {
        let TaskHost { hands, tasks, .. } = self;
        for task in tasks {
            if let Some(uploading) = task.uploading(number) {
                return task.is_uploaded(uploading, written, hands, m);
            }
        }
    }

    fn wakes<E: Env<Snapshot>>(&mut self, timer: Timer, m: &mut Context<'_, E>) {
        if !self.awaits(timer) {
            return;
        }
        match timer {
            Timer::Input => self.tasks.iter_mut().for_each(JobTask::may_read),
            Timer::Retry { call, .. } => self.hands.calls.repeat(call, m),
            Timer::Step { attempt } => self.with(attempt, m, |task, _, _| task.is_done()),
            Timer::Trigger { attempt, checkpoint } => {
                self.with(attempt, m, |task, hands, m| task.is_triggered(checkpoint, hands, m));
            }
            Timer::Orphaned { attempt } => {
                m.env.reach(ORPHANED);
                self.ends_up_to(attempt);
                self.registers(m);
            }
            Timer::Deposed { .. }
            | Timer::Restart { .. }
            | Timer::Unregistered { .. }
            | Timer::Tick { .. }
            | Timer::TimedOut { .. }
            | Timer::Unassigned { .. } => {}
        }
    }

    /// A task that can go on no more is over, and the coordinator hears of it.
    fn ends_what_has_failed<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        let Some(at) = self.tasks.iter().position(|task| task.has_failed) else { return };
        let attempt = self.tasks.remove(at).attempt;
        self.hands.calls.close_all_of(attempt);
        let fail = Request::Fail { attempt };
        self.hands.calls.call(m.design.coordinator(), fail, FAILURE, m);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::{SHARD, assert_each_is_told, steps};
    use crate::snapshot::design::Design;
    use crate::snapshot::settings::Settings;
    use crate::snapshot::state::KeptStates;

    #[test]
    fn each_part_of_a_host_is_told_and_what_its_next_task_may_wait_for() {
        let design = Design::new(steps().map(|step| (step, true)).to_vec(), Settings::FIRST);
        let (design, shared) = (design.expect("a chain"), KeptStates::default());
        let of = ToldWorld { design: &design, shared: &shared };
        let task = |attempt| JobTask::new(&design, SHARD, (attempt, 0), 0, TaskState::default());
        let host = TaskHost::new(SHARD);
        assert_each_is_told(
            &host,
            |host, state| host.tell_state(of, state),
            &[
                &|host| host.hands.commits = 1,
                &|host| host.hands = Hands::new(SHARD, 1),
                &|host| host.tasks.push(task(1)),
                &|host| host.tasks.push(task(2)),
                &|host| host.tasks.extend([task(1), task(2)]),
                &|host| host.newest = 1,
                &|host| host.before = 1,
            ],
        );
        for timer in [Timer::Input, Timer::Step { attempt: 1 }, Timer::Orphaned { attempt: 1 }] {
            assert!(!host.awaits(timer) && host.may_await(timer), "{timer:?}");
        }
    }
}
