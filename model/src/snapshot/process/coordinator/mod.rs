//! The coordinator: it leads, by a token of its records; it deploys attempts, begins checkpoints, and writes their records.
//! Another process may lead while it stands still. What it writes then is refused, and it stops.

mod checkpoint;
mod deployment;
mod tell;

use super::{Context, Hands};
use crate::snapshot::Snapshot;
use crate::snapshot::alphabet::LEADER_REFUSED;
use crate::snapshot::message::{Reply, Request, Timer};
use crate::snapshot::rows::RecordRows;
use crate::snapshot::state::KeptRecord;
use crate::snapshot::told::Story;
use crate::stream::OpenCall;
use crate::stream::answer;
use checkpoint::PendingCheckpoint;
use onceproof_kernel::effect::{self, Input, Replied, Written};
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::{SortedMap, SortedSet};

/// What a coordinator is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
enum LeaderStage {
    /// It waits until it begins an attempt.
    #[default]
    Waiting,
    /// It takes its token.
    Leading,
    /// Tasks are being started.
    Deploying,
    /// All tasks run.
    Running,
    /// Another one leads.
    Stopped,
    /// The job is over.
    Finished,
}

/// What a coordinator writes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum LeaderWrite {
    /// Its token.
    Lead,
    /// The record of this checkpoint.
    Record(u32),
    /// That the job is over.
    Finish,
    /// What it can go on without.
    Other,
}

/// A checkpoint that is restored, with what it has; none, if the job begins from nothing.
type Restorable = Option<(u32, KeptRecord)>;

/// A process that is to run a task.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct TaskRunner {
    /// Its life.
    life: u64,
    /// Whether the task is known to have begun.
    has_begun: bool,
}

/// The coordinator.
#[derive(Clone, Debug)]
pub struct JobCoordinator {
    pub(super) hands: Hands,
    shard: ShardIndex,
    stage: LeaderStage,
    /// Which turn of the job it is in this life: a timer of an earlier one means nothing.
    turn: u32,
    token: u32,
    attempt: u32,
    /// What it writes, by the numbers of the commits.
    writing: SortedMap<u64, LeaderWrite>,
    /// What it read before it took its token, and what it remembers of the newest record.
    read_first: Option<Restorable>,
    remembered: Option<Restorable>,
    /// The processes in which the tasks of the attempt run, and how often each had begun in it before.
    runners: SortedMap<ShardIndex, TaskRunner>,
    /// The newest life of each process that is known of.
    newest: SortedMap<ShardIndex, u64>,
    before: SortedMap<ShardIndex, u32>,
    /// From what they begin.
    from: Restorable,
    /// Which splits are still its own, and which answers it waits for: of a split, or that there are no more.
    unassigned: SortedSet<ShardIndex>,
    awaited: SortedSet<(ShardIndex, bool)>,
    /// Whether a checkpoint is due.
    is_due: bool,
    pending: Option<PendingCheckpoint>,
    aborted: Vec<PendingCheckpoint>,
    /// How many checkpoints were aborted in a row.
    failed: u32,
    /// The number of the last checkpoint, where these follow the one that was restored.
    last: u32,
    /// The committers that have come to their end by themselves.
    finished: SortedSet<ShardIndex>,
}

impl JobCoordinator {
    pub(super) fn new(shard: ShardIndex) -> JobCoordinator {
        JobCoordinator {
            hands: Hands::new(shard, 0),
            shard,
            stage: LeaderStage::Waiting,
            turn: 0,
            token: 0,
            attempt: 0,
            writing: SortedMap::new(),
            read_first: None,
            remembered: None,
            runners: SortedMap::new(),
            newest: SortedMap::new(),
            before: SortedMap::new(),
            from: None,
            unassigned: SortedSet::new(),
            awaited: SortedSet::new(),
            is_due: false,
            pending: None,
            aborted: Vec::new(),
            failed: 0,
            last: 0,
            finished: SortedSet::new(),
        }
    }

    pub(super) fn reset(&mut self) {
        *self = JobCoordinator::new(self.shard);
    }

    fn records<'m, E: Env<Snapshot>>(&self, m: &'m Context<'_, E>) -> &'m RecordRows {
        m.env.rows(self.shard).records()
    }

    pub(super) fn awaits(&self, timer: Timer) -> bool {
        let is_running = self.stage == LeaderStage::Running;
        match timer {
            Timer::Retry { call, waits, .. } => self.hands.calls.awaits(call, waits),
            Timer::Deposed { life } => {
                let leads = !matches!(self.stage, LeaderStage::Stopped | LeaderStage::Finished);
                leads && life > self.hands.calls.token()
            }
            Timer::Restart { turn } => turn == self.turn && self.stage == LeaderStage::Waiting,
            Timer::Unregistered { turn } => {
                turn == self.turn && self.stage == LeaderStage::Deploying
            }
            Timer::Tick { turn } => turn == self.turn && is_running && self.pending.is_none(),
            Timer::TimedOut { turn, checkpoint } => {
                turn == self.turn && is_running && self.is_open(checkpoint)
            }
            Timer::Unassigned { turn } => {
                turn == self.turn && is_running && !self.awaited.is_empty()
            }
            Timer::Input | Timer::Step { .. } | Timer::Trigger { .. } | Timer::Orphaned { .. } => {
                false
            }
        }
    }

    /// What was set for a checkpoint means something again when that is over. What belongs to another turn never does.
    pub(super) fn may_await(&self, timer: Timer) -> bool {
        match timer {
            Timer::Tick { turn } | Timer::TimedOut { turn, .. } | Timer::Unassigned { turn } => {
                turn == self.turn
            }
            _ => self.awaits(timer),
        }
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
                self.boots(m);
            }
            Input::Request(request) => self.is_asked(&request, m),
            Input::Replied(Replied { from, rpc, body: Some(reply) }) => {
                if rpc.serial.token() == self.hands.calls.token()
                    && let Some(OpenCall { owner, .. }) = self.hands.calls.close(rpc.slot)
                    && owner == self.attempt
                {
                    self.is_answered(from, reply, m);
                }
            }
            Input::Committed { number, written, .. } => self.has_written(number, written, m),
            Input::Wake(timer) if self.awaits(timer) => match timer {
                Timer::Retry { call, .. } => self.hands.calls.repeat(call, m),
                Timer::Deposed { .. } => self.stops(m),
                Timer::Restart { .. } => self.leads(m),
                Timer::Unregistered { .. } => self.asks_for_processes(m),
                Timer::Tick { .. } => self.is_to_begin(m),
                Timer::TimedOut { .. } => self.times_out(m),
                Timer::Unassigned { .. } => self.finds_unassigned(m),
                _ => {}
            },
            Input::Wake(_) | Input::Replied(_) | Input::Called { .. } | Input::Resume => {}
        }
    }

    fn is_asked<E: Env<Snapshot>>(
        &mut self,
        request: &effect::Request<Snapshot>,
        m: &mut Context<'_, E>,
    ) {
        let from = request.from;
        match request.body {
            Request::Register { life } => {
                answer(self.shard, request, Reply::Done, m);
                let newest = self.newest.or_default(from);
                *newest = life.max(*newest);
                self.hears_of_process(from, m);
            }
            Request::Fail { attempt } => {
                answer(self.shard, request, Reply::Done, m);
                if attempt == self.attempt {
                    self.task_fails(from, m);
                }
            }
            Request::Assigned { attempt, is_split } => {
                if attempt == self.attempt {
                    self.is_assigned(from, is_split, m);
                }
            }
            Request::Ack { attempt, checkpoint, blob, is_ended, handles } => {
                let ack = checkpoint::TaskAck { is_ended, handles };
                self.is_acked((from, attempt), checkpoint, (blob, ack), m);
            }
            Request::Decline { attempt, checkpoint } => {
                if attempt == self.attempt && self.is_open(checkpoint) {
                    self.aborts(m);
                }
            }
            Request::Finish { attempt } => {
                answer(self.shard, request, Reply::Done, m);
                if attempt == self.attempt && self.stage == LeaderStage::Running {
                    self.finished.insert(from);
                    if self.finished.len() == m.design.committers().count() {
                        self.finishes(m);
                    }
                }
            }
            _ => answer(self.shard, request, Reply::Refused, m),
        }
    }

    /// What was written stands, or is refused, or is not known to be either.
    fn has_written<E: Env<Snapshot>>(
        &mut self,
        number: u64,
        written: Written,
        m: &mut Context<'_, E>,
    ) {
        let Some(write) = self.writing.remove(&number) else { return };
        if self.stage == LeaderStage::Stopped {
            return;
        }
        match (write, written) {
            (LeaderWrite::Lead, written) => self.has_led(written, m),
            (_, Written::Refused) => self.stops(m),
            (LeaderWrite::Record(checkpoint), written) => {
                self.has_recorded(checkpoint, written, m);
            }
            (LeaderWrite::Finish, Written::Unknown) => self.writes_end(m),
            (LeaderWrite::Finish | LeaderWrite::Other, _) => {}
        }
    }

    /// Another one leads.
    fn stops<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        m.env.reach(LEADER_REFUSED);
        super::tell(Story::LeaderStops, m);
        self.stage = LeaderStage::Stopped;
        self.hands.calls.close_all_of(self.attempt);
        (self.pending, self.aborted) = (None, Vec::new());
    }
}
