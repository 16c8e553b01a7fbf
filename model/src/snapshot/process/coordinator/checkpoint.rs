//! A checkpoint: it begins at the sources, is complete once all tasks have acked it and its record is durable, and is aborted
//! if that takes too long.

use super::super::{Context, tell};
use super::{JobCoordinator, LeaderStage, LeaderWrite};
use crate::snapshot::Snapshot;
use crate::snapshot::alphabet::{
    self, ABORTED, ACK_LATE, CHECKPOINT_ABORTED, CHECKPOINT_TIMED_OUT, COMPLETED,
    COMPLETED_AFTER_RESTART, control,
};
use crate::snapshot::message::{BlobId, Change, ChannelItem, Request, Timer, TransactionHandle};
use crate::snapshot::settings::{
    AcksOf, Assign, CheckpointIds, Delete, EndOfJob, LateAcks, Notify, Savepoint, SharedState,
    UnknownRecord,
};
use crate::snapshot::state::{CheckpointRecord, KeptRecord};
use crate::snapshot::told::Story;
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::effect::Written;
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::sorted::{SortedMap, SortedSet};
use onceproof_kernel::tell::WholeUnit;

/// What a task says of its state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct TaskAck {
    /// Whether it had ended.
    pub is_ended: bool,
    /// How many handles it has that are not known to be committed.
    pub handles: u32,
}

/// A checkpoint that is not complete.
#[derive(Clone, Debug)]
pub(super) struct PendingCheckpoint {
    pub(super) number: u32,
    pub(super) record: CheckpointRecord,
    pub(super) acks: SortedMap<ShardIndex, TaskAck>,
    /// Its record, once that is being written.
    pub(super) recording: Option<KeptRecord>,
}

impl PendingCheckpoint {
    /// Whether it is this one, and waits for acks.
    fn takes_acks_for(&self, checkpoint: u32) -> bool {
        self.number == checkpoint && self.recording.is_none()
    }

    /// Whether all tasks had ended, with nothing left to commit.
    fn is_last(&self) -> bool {
        self.acks.values().all(|ack| ack.is_ended && ack.handles == 0)
    }
}

impl JobCoordinator {
    /// Whether a checkpoint waits for acks.
    pub(super) fn is_open(&self, checkpoint: u32) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.takes_acks_for(checkpoint))
    }

    /// A checkpoint is due; no split may be on its way.
    pub(super) fn is_to_begin<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        if self.stage != LeaderStage::Running || self.pending.is_some() {
            return;
        }
        let settings = &m.design.settings;
        self.is_due = settings.assign == Assign::Acked && !self.awaited.is_empty();
        if self.is_due {
            return;
        }
        let number = match settings.ids {
            CheckpointIds::Counter => {
                let rows = m.env.rows_that_change(self.shard).records_mut();
                rows.counter += 1;
                rows.counter
            }
            CheckpointIds::Restart => self.last + 1,
        };
        self.last = number;
        let attempt = self.attempt;
        let record = CheckpointRecord {
            attempt,
            blobs: SortedMap::new(),
            unassigned: self.unassigned.clone(),
            is_savepoint: settings.savepoint == Some(number),
        };
        let pending = PendingCheckpoint { number, record, acks: SortedMap::new(), recording: None };
        self.pending = Some(pending);
        for reader in m.design.readers() {
            self.hands.send(reader, Request::Trigger { attempt, checkpoint: number }, m);
        }
        let timed_out = Timer::TimedOut { turn: self.turn, checkpoint: number };
        self.hands.wake(settings.timeout, timed_out, m);
    }

    /// A task has stored its state.
    pub(super) fn is_acked<E: Env<Snapshot>>(
        &mut self,
        (task, attempt): (ShardIndex, u32),
        checkpoint: u32,
        (blob, ack): (BlobId, TaskAck),
        m: &mut Context<'_, E>,
    ) {
        let settings = &m.design.settings;
        if settings.acks == AcksOf::Attempt && attempt != self.attempt {
            m.env.reach(ACK_LATE);
            return;
        }
        let is_late = !self.is_open(checkpoint);
        if is_late {
            m.env.reach(ACK_LATE);
            if settings.late_acks == LateAcks::Drop {
                return;
            }
        }
        let late = self.aborted.iter_mut().find(|aborted| aborted.takes_acks_for(checkpoint));
        let pending = self.pending.as_mut().filter(|_| !is_late);
        let Some(pending) = pending.or(late) else { return };
        // Of two acks of one task the first counts.
        pending.record.blobs.or_insert_with(task, || blob);
        pending.acks.or_insert_with(task, || ack);
        if pending.acks.len() < m.design.tasks().len() {
            return;
        }
        let kept = m.env.shared_mut().keep_record(pending.record.clone());
        pending.recording = Some(kept);
        let pending = pending.clone();
        if settings.notify == Notify::BeforeRecord {
            self.notifies(&pending, m);
        }
        if settings.delete == Delete::BeforeAdd {
            self.deletes(&pending, m);
        }
        self.records_it(&pending, kept, m);
    }

    /// The record of a checkpoint is written, with what belongs together by it.
    fn records_it<E: Env<Snapshot>>(
        &mut self,
        pending: &PendingCheckpoint,
        record: KeptRecord,
        m: &mut Context<'_, E>,
    ) {
        let is_savepoint = pending.record.is_savepoint;
        let mut changes = units(pending, m);
        changes.push(Change::Complete {
            token: self.token,
            checkpoint: pending.number,
            record,
            is_savepoint,
            progress: progress(pending, m),
        });
        let number = self.writes(alphabet::RECORD, pending.number, changes, m);
        self.writing.insert(number, LeaderWrite::Record(pending.number));
    }

    fn writes<E>(
        &mut self,
        point: Point,
        checkpoint: u32,
        changes: Vec<Change>,
        m: &mut Context<'_, E>,
    ) -> u64 {
        let subject = Subject::Control { word: control::CHECKPOINT, value: checkpoint.into() };
        self.hands.commit((point, subject), changes, m)
    }

    /// What has become of a record.
    pub(super) fn has_recorded<E: Env<Snapshot>>(
        &mut self,
        checkpoint: u32,
        written: Written,
        m: &mut Context<'_, E>,
    ) {
        let is_it = |pending: &PendingCheckpoint| {
            pending.number == checkpoint && pending.recording.is_some()
        };
        let aborted = self.aborted.iter().position(is_it);
        let Some(pending) =
            self.pending.clone().filter(is_it).or(aborted.map(|at| self.aborted[at].clone()))
        else {
            return;
        };
        let is_present = self.pending.as_ref().is_some_and(is_it);
        if written == Written::Applied {
            match (is_present, aborted) {
                (true, _) => self.pending = None,
                (false, Some(at)) => drop(self.aborted.remove(at)),
                (false, None) => {}
            }
            return self.is_complete(&pending, m);
        }
        match (m.design.settings.unknown_record, pending.recording) {
            (UnknownRecord::Repeat, Some(record)) => self.records_it(&pending, record, m),
            _ if is_present => self.aborts(m),
            _ => {}
        }
    }

    /// The record of a checkpoint stands.
    fn is_complete<E: Env<Snapshot>>(
        &mut self,
        pending: &PendingCheckpoint,
        m: &mut Context<'_, E>,
    ) {
        let settings = &m.design.settings;
        m.env.count(COMPLETED);
        if self.attempt > 1 {
            m.env.reach(COMPLETED_AFTER_RESTART);
        }
        tell(Story::Completes(pending.number), m);
        self.failed = 0;
        if let (Some(record), false) = (pending.recording, pending.record.is_savepoint) {
            self.remembered = Some(Some((pending.number, record)));
        }
        if settings.notify == Notify::AfterRecord {
            self.notifies(pending, m);
        }
        if settings.delete == Delete::AfterAdd {
            self.deletes(pending, m);
        }
        if settings.end == EndOfJob::FinalCheckpoint && pending.is_last() {
            return self.finishes(m);
        }
        self.hands.wake(settings.interval, Timer::Tick { turn: self.turn }, m);
    }

    fn notifies<E: Env<Snapshot>>(&mut self, pending: &PendingCheckpoint, m: &mut Context<'_, E>) {
        let settings = &m.design.settings;
        if pending.record.is_savepoint && settings.savepoint_is == Savepoint::Quiet {
            return;
        }
        let (attempt, checkpoint) = (self.attempt, pending.number);
        let committers: SortedSet<ShardIndex> = m.design.committers().collect();
        for &task in m.design.tasks() {
            if settings.is_incremental || committers.contains(&task) {
                self.hands.send(task, Request::Notify { attempt, checkpoint }, m);
            }
        }
    }

    /// Records before this one go, and what they alone have.
    fn deletes<E: Env<Snapshot>>(&mut self, pending: &PendingCheckpoint, m: &mut Context<'_, E>) {
        if pending.record.is_savepoint {
            return;
        }
        let token = self.token;
        let all: Vec<(u32, KeptRecord)> = self.records(m).all().collect();
        let is_older = |checkpoint: u32| checkpoint < pending.number;
        let stays = |blob: &BlobId| {
            let newer = all.iter().filter(|(checkpoint, _)| !is_older(*checkpoint));
            let mut newer = newer.map(|&(_, record)| m.env.shared().record(record));
            let is_in =
                |record: &CheckpointRecord| record.blobs.values().any(|other| other == blob);
            is_in(&pending.record) || newer.any(is_in)
        };
        let is_counted = m.design.settings.shared == SharedState::Counted;
        let mut changes = Vec::new();
        for &(checkpoint, record) in all.iter().filter(|&&(checkpoint, _)| is_older(checkpoint)) {
            changes.push(Change::Delete { token, checkpoint });
            let blobs = m.env.shared().record(record).blobs.values();
            let gone = blobs.filter(|blob| !is_counted || !stays(blob));
            changes.extend(gone.map(|&blob| Change::DropBlob(blob)));
        }
        if !changes.is_empty() {
            let number = self.writes(alphabet::DELETE, pending.number, changes, m);
            self.writing.insert(number, LeaderWrite::Other);
        }
    }

    /// A checkpoint has taken too long.
    pub(super) fn times_out<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        m.env.reach(CHECKPOINT_TIMED_OUT);
        self.aborts(m);
    }

    /// The present checkpoint will never be complete.
    pub(super) fn aborts<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        let Some(mut pending) = self.pending.take() else { return };
        m.env.count(ABORTED);
        m.env.reach(CHECKPOINT_ABORTED);
        let (attempt, checkpoint) = (self.attempt, pending.number);
        tell(Story::AbortsCheckpoint(checkpoint), m);
        pending.recording = None;
        self.aborted.push(pending);
        for task in m.design.committers() {
            self.hands.send(task, Request::Abort { attempt, checkpoint }, m);
        }
        let discard = Change::Discard { token: self.token, attempt, checkpoint };
        let number = self.writes(alphabet::DISCARD, checkpoint, vec![discard], m);
        self.writing.insert(number, LeaderWrite::Other);
        self.failed += 1;
        if m.design.settings.tolerable_failed.is_some_and(|most| self.failed > most) {
            return self.fails_over(m);
        }
        self.hands.wake(m.design.settings.interval, Timer::Tick { turn: self.turn }, m);
    }
}

/// The handles that a checkpoint has, each with the step whose topic has its transaction.
fn handles<E: Env<Snapshot>>(
    pending: &PendingCheckpoint,
    m: &Context<'_, E>,
) -> Vec<(StepIndex, TransactionHandle)> {
    let mut all = Vec::new();
    for committer in m.design.committers() {
        let blob = pending.record.blobs.get(&committer);
        let state = blob.and_then(|blob| m.env.rows(blob.task).state(blob));
        let Some(state) = state.map(|state| m.env.shared().state(state)) else { continue };
        let topic = m.design.layout.step_of(m.design.topic(committer));
        let overtaken = state.overtaken.iter().filter_map(|(_, item)| match item {
            ChannelItem::Handle(handle) => Some(*handle),
            _ => None,
        });
        all.extend(state.handles.iter().copied().chain(overtaken).map(|handle| (topic, handle)));
    }
    all
}

/// What writers have handed on at one barrier is to be seen together.
fn units<E: Env<Snapshot>>(pending: &PendingCheckpoint, m: &Context<'_, E>) -> Vec<Change> {
    let mut units: SortedMap<WholeUnit, (u32, (StepIndex, Name))> = SortedMap::new();
    for (topic, handle) in handles(pending, m) {
        units.or_insert_with(handle.unit(), || (0, (topic, handle.first))).0 += 1;
    }
    let units = units.into_iter();
    units.map(|(unit, (parts, first))| Change::Unit { unit, parts, first }).collect()
}

/// How far a job has come: what it has read, how many tasks have ended, and all that is committed since.
fn progress<E: Env<Snapshot>>(pending: &PendingCheckpoint, m: &Context<'_, E>) -> u64 {
    let offset = |blob: &BlobId| {
        let state = m.env.rows(blob.task).state(blob)?;
        m.env.shared().state(state).offset
    };
    let read: u64 = pending.record.blobs.values().filter_map(offset).sum();
    read + pending.acks.values().filter(|ack| ack.is_ended).count() as u64
}
