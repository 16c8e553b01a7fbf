//! How an attempt begins: the leader takes a token, reads the newest record, starts all tasks from it, and gives sources their
//! splits. And how it ends: all tasks are cancelled, and after a while the next begins.

use super::super::{Context, tell};
use super::{JobCoordinator, LeaderStage, LeaderWrite, Restorable, TaskRunner};
use crate::snapshot::Snapshot;
use crate::snapshot::alphabet::{self, ATTEMPTS, RESTORED, UNASSIGNED, control};
use crate::snapshot::message::{Change, Reply, Request, Timer};
use crate::snapshot::settings::{Assign, Failover, RestoreFrom};
use crate::snapshot::told::Story;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::effect::Written;
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;

impl JobCoordinator {
    /// A life begins: attempts of an earlier one are over. Whoever led before hears of it when its own heartbeat ends.
    pub(super) fn boots<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        let life = self.hands.calls.token();
        m.env.recall(self.shard, m.design.settings.heartbeat, Timer::Deposed { life });
        let records = self.records(m);
        if records.is_finished {
            self.stage = LeaderStage::Finished;
            return;
        }
        let (attempt, newest) = (records.attempt, records.newest());
        if m.design.settings.restore == RestoreFrom::ReadFirst {
            self.read_first = Some(newest);
        }
        if attempt == 0 {
            return self.leads(m);
        }
        self.cancels(attempt, m);
        self.hands.wake(m.design.settings.restart, Timer::Restart { turn: self.turn }, m);
    }

    /// It takes a token, and the number of an attempt. If a process leads that was chosen later, it stops: one that had
    /// stood still once took the token from its successor, to which all messages went.
    pub(super) fn leads<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        self.stage = LeaderStage::Leading;
        let restore = m.design.settings.restore;
        let records = self.records(m);
        let (token, attempt, leader) = (records.token, records.attempt, records.leader);
        if leader > self.hands.calls.token() && restore != RestoreFrom::ReadFirst {
            return self.stops(m);
        }
        let from = match restore {
            RestoreFrom::ReadFirst => None,
            RestoreFrom::OldToken if self.token > 0 => Some(self.token),
            RestoreFrom::OldToken | RestoreFrom::TokenFirst | RestoreFrom::Memory => Some(token),
        };
        let keeps_token = restore == RestoreFrom::OldToken && self.token > 0;
        let lead = Change::Lead { from, keeps_token, life: self.hands.calls.token() };
        let value = i64::from(attempt) + 1;
        let subject = Subject::Control { word: control::DEPLOY, value };
        let number = self.hands.commit((alphabet::DEPLOY, subject), vec![lead], m);
        self.writing.insert(number, LeaderWrite::Lead);
    }

    /// What has become of that. If nobody knows, the rows do: whose the token is stands there.
    pub(super) fn has_led<E: Env<Snapshot>>(&mut self, written: Written, m: &mut Context<'_, E>) {
        if self.stage != LeaderStage::Leading {
            return;
        }
        let (life, attempt) = (self.hands.calls.token(), self.attempt);
        let records = self.records(m);
        let leads = records.leader == life;
        if leads && records.attempt > attempt && written != Written::Refused {
            (self.token, self.attempt) = (records.token, records.attempt);
            return self.deploys(m);
        }
        match written {
            // Another one was quicker, or an earlier try of its own has come late. Whoever was chosen last leads.
            Written::Unknown | Written::Refused => self.leads(m),
            Written::Applied => self.stops(m),
        }
    }

    /// All tasks are started from a record.
    fn deploys<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        let newest = self.records(m).newest();
        let remembered =
            self.remembered.filter(|_| m.design.settings.restore == RestoreFrom::Memory);
        let from = self.read_first.take().or(remembered).unwrap_or(newest);
        self.remembered = Some(from);
        m.env.count(ATTEMPTS);
        if from.is_some() {
            m.env.reach(RESTORED);
        }
        let checkpoint = from.map_or(0, |(checkpoint, _)| checkpoint);
        tell(Story::Deploys { attempt: self.attempt, checkpoint }, m);
        self.stage = LeaderStage::Deploying;
        (self.from, self.last) = (from, checkpoint);
        self.unassigned = match from {
            Some((_, record)) => m.env.shared().record(record).unassigned.clone(),
            None => m.design.readers().collect(),
        };
        self.runners.clear();
        self.before.clear();
        for &task in m.design.tasks() {
            self.starts(task, from, m);
        }
        let unregistered = Timer::Unregistered { turn: self.turn };
        self.hands.wake(m.design.settings.request_timeout, unregistered, m);
    }

    /// Processes that it has not heard of are asked to say that they are there: they may have said so to a leader before it.
    pub(super) fn asks_for_processes<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        let unknown: Vec<ShardIndex> = m
            .design
            .tasks()
            .iter()
            .copied()
            .filter(|task| !self.runners.contains_key(task))
            .collect();
        if unknown.is_empty() {
            return;
        }
        let attempt = self.attempt - 1;
        for task in unknown {
            self.hands.send(task, Request::Cancel { attempt }, m);
        }
        let unregistered = Timer::Unregistered { turn: self.turn };
        self.hands.wake(m.design.settings.request_timeout, unregistered, m);
    }

    /// A task is started in the process of its shard, if one is known. It says which life of it is meant: a process that had
    /// stood still once began, when it went on, what had been sent to it and then to its successor, and both wrote into one
    /// transaction.
    fn starts<E: Env<Snapshot>>(
        &mut self,
        task: ShardIndex,
        from: Restorable,
        m: &mut Context<'_, E>,
    ) {
        let Some(&life) = self.newest.get(&task) else { return };
        self.runners.insert(task, TaskRunner { life, has_begun: false });
        let blob = from.and_then(|(_, record)| m.env.shared().record(record).blobs.get(&task));
        let start = Request::Start {
            attempt: self.attempt,
            before: self.before.get(&task).copied().unwrap_or(0),
            life,
            checkpoint: from.map_or(0, |(checkpoint, _)| checkpoint),
            blob: blob.copied(),
        };
        self.hands.calls.call(task, start, self.attempt, m);
    }

    /// A process has said that it is there. If the task of its shard was to run in an earlier one, that is gone.
    pub(super) fn hears_of_process<E: Env<Snapshot>>(
        &mut self,
        task: ShardIndex,
        m: &mut Context<'_, E>,
    ) {
        let newest = self.newest.get(&task).copied().unwrap_or(0);
        match self.runners.get(&task) {
            Some(runner) if newest > runner.life => self.task_fails(task, m),
            None if self.stage == LeaderStage::Deploying => self.starts(task, self.from, m),
            Some(_) | None => {}
        }
    }

    /// A task has begun, or could not.
    pub(super) fn is_answered<E: Env<Snapshot>>(
        &mut self,
        task: ShardIndex,
        reply: Reply,
        m: &mut Context<'_, E>,
    ) {
        match (reply, self.stage) {
            (Reply::Started(life), stage @ (LeaderStage::Deploying | LeaderStage::Running)) => {
                let Some(runner) = self.runners.get_mut(&task).filter(|it| it.life == life) else {
                    return;
                };
                runner.has_begun = true;
                if stage == LeaderStage::Running {
                    return self.reader_runs_again(task, m);
                }
                let begun = self.runners.values().filter(|runner| runner.has_begun).count();
                if begun == m.design.tasks().len() {
                    self.runs(m);
                }
            }
            (Reply::Missing, LeaderStage::Deploying | LeaderStage::Running) => {
                tell(Story::StateMissing(task), m);
                self.fails_over(m);
            }
            _ => {}
        }
    }

    /// All tasks have begun: sources get their splits.
    fn runs<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        self.stage = LeaderStage::Running;
        let (attempt, settings) = (self.attempt, &m.design.settings);
        self.awaited.clear();
        for reader in m.design.readers() {
            let has_split = !self.unassigned.contains(&reader);
            if !has_split {
                self.hands.send(reader, Request::Assign { attempt }, m);
                self.awaited.insert((reader, true));
            }
            self.awaited.insert((reader, false));
            if has_split || settings.assign == Assign::Sent {
                self.hands.send(reader, Request::NoMore { attempt }, m);
            }
        }
        self.unassigned.clear();
        let turn = self.turn;
        self.hands.wake(settings.interval, Timer::Tick { turn }, m);
        if settings.assign == Assign::Acked {
            self.hands.wake(settings.timeout, Timer::Unassigned { turn }, m);
        }
    }

    /// A task has begun again alone: a source gets its split again, if no checkpoint has it.
    fn reader_runs_again<E: Env<Snapshot>>(&mut self, task: ShardIndex, m: &mut Context<'_, E>) {
        let attempt = self.attempt;
        if m.design.readers().any(|reader| reader == task) {
            if self.records(m).newest().is_none() {
                self.hands.send(task, Request::Assign { attempt }, m);
            }
            self.hands.send(task, Request::NoMore { attempt }, m);
        }
    }

    /// A source has its split, or has heard that there is no more.
    pub(super) fn is_assigned<E: Env<Snapshot>>(
        &mut self,
        reader: ShardIndex,
        is_split: bool,
        m: &mut Context<'_, E>,
    ) {
        let is_awaited = self.awaited.remove(&(reader, is_split));
        if is_awaited && is_split && m.design.settings.assign == Assign::Acked {
            let attempt = self.attempt;
            self.hands.send(reader, Request::NoMore { attempt }, m);
        }
        if self.is_due && self.awaited.is_empty() {
            self.is_to_begin(m);
        }
    }

    /// A source has not answered: nobody knows whether it has its split.
    pub(super) fn finds_unassigned<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        m.env.reach(UNASSIGNED);
        self.fails_over(m);
    }

    /// A task has failed, or its process has.
    pub(super) fn task_fails<E: Env<Snapshot>>(
        &mut self,
        task: ShardIndex,
        m: &mut Context<'_, E>,
    ) {
        if m.design.settings.failover == Failover::All || self.stage != LeaderStage::Running {
            return self.fails_over(m);
        }
        *self.before.or_default(task) += 1;
        self.pending = None;
        let newest = self.records(m).newest();
        self.starts(task, newest, m);
        self.hands.wake(m.design.settings.interval, Timer::Tick { turn: self.turn }, m);
    }

    /// The attempt is over: all tasks end, and after a while the next begins.
    pub(super) fn fails_over<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        if !matches!(self.stage, LeaderStage::Deploying | LeaderStage::Running) {
            return;
        }
        self.stage = LeaderStage::Waiting;
        self.turn += 1;
        self.hands.calls.close_all_of(self.attempt);
        self.runners.clear();
        self.awaited.clear();
        self.finished.clear();
        (self.pending, self.aborted) = (None, Vec::new());
        (self.failed, self.is_due) = (0, false);
        tell(Story::FailsOver(self.attempt), m);
        self.cancels(self.attempt, m);
        self.hands.wake(m.design.settings.restart, Timer::Restart { turn: self.turn }, m);
    }

    /// Tasks of attempts up to this one end. Who cannot be told ends when its heartbeat does.
    pub(super) fn cancels<E: Env<Snapshot>>(&mut self, attempt: u32, m: &mut Context<'_, E>) {
        for &task in m.design.tasks() {
            self.hands.send(task, Request::Cancel { attempt }, m);
            m.env.recall(task, m.design.settings.heartbeat, Timer::Orphaned { attempt });
        }
    }

    /// The job is over.
    pub(super) fn finishes<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        self.stage = LeaderStage::Finished;
        tell(Story::Finishes, m);
        self.cancels(self.attempt, m);
        self.writes_end(m);
    }

    pub(super) fn writes_end<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        let value = i64::from(self.last);
        let subject = Subject::Control { word: control::CHECKPOINT, value };
        let finish = Change::Finish { token: self.token };
        let number = self.hands.commit((alphabet::RECORD, subject), vec![finish], m);
        self.writing.insert(number, LeaderWrite::Finish);
    }
}
