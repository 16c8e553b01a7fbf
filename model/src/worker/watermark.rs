//! The event-time watermark of a shard: what its senders have promised, what it has committed of that,
//! and what it promises itself. Only a committed incoming watermark is passed on, held back by outputs
//! that are not acked and by content that is in no pane. A watermark rides on every record. It travels
//! alone when its sender is idle and someone downstream waits for a window end that it crosses; then it
//! is a request like any other, but never given up, and acked after it and what it fired are committed.
//! Only what a receiver says it has committed counts as confirmed.

use super::unit::Taken;
use super::{Worker, wake_at};
use crate::commit::{CommitKind, Delta, Subject};
use crate::defect::Defect;
use crate::effect::{Effect, Env, Moment, Request, Rpc, Timer};
use crate::pipeline::{Mark, Pipeline, ShardIndex, StepIndex};
use crate::time::Time;

/// The serials of requests that carry a watermark alone have this bit.
const ALONE: u64 = 1 << 63;

/// What a shard knows of watermarks.
#[derive(Debug)]
pub(super) struct Watermarks {
    /// Per sender: the highest seen, committed or not, and the highest committed.
    seen: Vec<Time>,
    committed: Vec<Time>,
    /// The least of each, kept up to date.
    incoming_seen: Time,
    incoming_committed: Time,
    /// What this shard has promised.
    outgoing: Time,
    targets: Vec<Target>,
    /// Watermarks that arrived alone and wait for what they fired.
    arrived: Vec<(ShardIndex, Rpc, Time)>,
}

/// A shard downstream.
#[derive(Debug)]
struct Target {
    shard: ShardIndex,
    to: StepIndex,
    /// What it says it has committed.
    confirmed: Time,
    /// The watermark on its way to it alone.
    sent: Option<Sent>,
}

#[derive(Clone, Copy, Debug)]
struct Sent {
    value: Time,
    serial: u64,
    sends: u32,
}

impl Watermarks {
    pub fn new(pipeline: &Pipeline, step: StepIndex) -> Watermarks {
        let senders = pipeline.senders(step).len();
        let mut targets = Vec::new();
        for edge in pipeline.edges(step) {
            // Nobody downstream waits for a watermark where no window end can be crossed.
            if pipeline.marks(edge.to).is_empty() {
                continue;
            }
            for number in 0..pipeline.step(edge.to).shards {
                let shard = pipeline.shard(edge.to, number);
                targets.push(Target { shard, to: edge.to, confirmed: Time::MIN, sent: None });
            }
        }
        Watermarks {
            seen: vec![Time::MIN; senders],
            committed: vec![Time::MIN; senders],
            incoming_seen: Time::MIN,
            incoming_committed: Time::MIN,
            outgoing: Time::MIN,
            targets,
            arrived: Vec::new(),
        }
    }

    /// What all senders together have promised, committed or not: it fires windows.
    pub fn incoming_seen(&self) -> Time {
        self.incoming_seen
    }

    /// What was committed of a sender's watermark.
    pub fn committed(&self, sender: usize) -> Time {
        self.committed[sender]
    }

    /// Sees a sender's watermark; true if that moves the watermark of all.
    fn see(&mut self, sender: usize, watermark: Time) -> bool {
        if watermark <= self.seen[sender] {
            return false;
        }
        let was_least = self.seen[sender] == self.incoming_seen;
        self.seen[sender] = watermark;
        if !was_least {
            return false;
        }
        let least = self.seen.iter().copied().min().unwrap_or(Time::MIN);
        std::mem::replace(&mut self.incoming_seen, least) < least
    }

    /// A sender's watermark is durable.
    pub fn commit(&mut self, sender: usize, watermark: Time) {
        if watermark > self.committed[sender] {
            let was_least = self.committed[sender] == self.incoming_committed;
            self.committed[sender] = watermark;
            if was_least {
                self.incoming_committed = self.committed.iter().copied().min().unwrap_or(Time::MIN);
            }
        }
    }

    /// A shard downstream says what it has committed.
    pub fn confirm(&mut self, from: ShardIndex, watermark: Time) {
        if let Some(target) = self.targets.iter_mut().find(|target| target.shard == from) {
            target.confirmed = target.confirmed.max(watermark);
        }
    }

    /// By a planted defect: takes all that was promised to a shard downstream for confirmed.
    fn presume(&mut self, from: ShardIndex) {
        let outgoing = self.outgoing;
        if let Some(target) = self.targets.iter_mut().find(|target| target.shard == from) {
            target.confirmed = target.confirmed.max(outgoing);
            target.sent = None;
        }
    }

    /// Whether a reply is for a watermark that travelled alone.
    pub fn is_own(&self, rpc: Rpc) -> bool {
        rpc.serial & ALONE != 0
    }

    /// The reply to a watermark that travelled alone arrived.
    pub fn replied(&mut self, rpc: Rpc) {
        if let Some(target) = self.targets.get_mut(rpc.slot as usize)
            && target.sent.is_some_and(|sent| sent.serial == rpc.serial)
        {
            target.sent = None;
        }
    }

    /// Whether a timer waits for the last send of a watermark alone.
    pub fn awaits(&self, target: u32, sends: u32, serial: u64) -> bool {
        let sent = self.targets.get(target as usize).and_then(|target| target.sent);
        sent.is_some_and(|sent| sent.serial == serial && sent.sends == sends)
    }

    /// Forgets everything, and starts from what the store has.
    pub fn restart(&mut self, committed: &[Time]) {
        self.committed.copy_from_slice(committed);
        self.seen.copy_from_slice(committed);
        self.incoming_committed = committed.iter().copied().min().unwrap_or(Time::MIN);
        self.incoming_seen = self.incoming_committed;
        self.outgoing = Time::MIN;
        self.arrived.clear();
        for target in &mut self.targets {
            target.confirmed = Time::MIN;
            target.sent = None;
        }
    }
}

impl Worker {
    /// A watermark arrives, alone or on a record.
    pub(super) fn see_watermark<E: Env>(
        &mut self,
        from: ShardIndex,
        watermark: Time,
        m: &mut Moment<'_, E>,
    ) {
        let sender = m.pipeline.sender_number(self.step, from);
        if self.watermarks.see(sender, watermark)
            && m.pipeline.step(self.step).kind.windowing().is_some()
        {
            self.advance_windows(m.pipeline);
        }
    }

    /// A watermark that travelled alone is acked once it is durable.
    pub(super) fn receive_watermark<E: Env>(
        &mut self,
        from: ShardIndex,
        rpc: Rpc,
        value: Time,
        m: &mut Moment<'_, E>,
    ) {
        let sender = m.pipeline.sender_number(self.step, from);
        if value <= self.watermarks.committed[sender] {
            self.ack(from, rpc, Subject::Watermark(value), m);
            return;
        }
        self.watermarks.arrived.push((from, rpc, value));
        self.commit_watermarks(m);
    }

    /// Commits the watermarks that travelled alone, once all that they fired is committed.
    fn commit_watermarks<E: Env>(&mut self, m: &mut Moment<'_, E>) {
        let overtakes =
            self.has(Defect::LoneWatermarkOvertakes) || self.has(Defect::DueWindowForgotten);
        if self.watermarks.arrived.is_empty() || (self.windows.is_firing() && !overtakes) {
            return;
        }
        let mut arrived = std::mem::take(&mut self.watermarks.arrived);
        let buffer = m.effects.buffer();
        let subject = Subject::Watermark(arrived[0].2);
        let slot = self.units.open(CommitKind::Watermark, subject, buffer);
        let unit = self.units.get(slot);
        for (from, rpc, value) in arrived.drain(..) {
            let sender = m.pipeline.sender_number(self.step, from) as u32;
            unit.deltas.push(Delta::Watermark { sender, value });
            unit.taken.push(Taken::Watermark { from, rpc, value });
        }
        self.watermarks.arrived = arrived;
        self.commit(slot, m);
    }

    /// What this shard promises: no output of an earlier event time comes any more, but for late ones.
    pub(super) fn outgoing<E: Env>(&mut self, m: &mut Moment<'_, E>) -> Time {
        let incoming = if self.has(Defect::UncommittedWatermarkPassedOn) {
            self.watermarks.incoming_seen
        } else {
            self.watermarks.incoming_committed
        };
        let windows = m.pipeline.step(self.step).kind.windowing();
        let mut promise = match (&self.reader, windows) {
            (Some(_), _) if self.queue(m).is_some() => m.env.queue_watermark(self.shard),
            (Some(reader), _) => reader.watermark(),
            (None, Some(_)) if self.has(Defect::LatenessNotHeldBack) => incoming,
            (None, Some(windows)) => incoming.minus(windows.lateness),
            (None, None) => incoming,
        };
        if let Some(windows) = windows
            && !self.has(Defect::ContentDoesNotPin)
        {
            promise = promise.min(self.windows.pin(windows.length));
        }
        if !self.has(Defect::OutputsDoNotPin) && promise > self.watermarks.outgoing {
            promise = promise.min(self.outbox.pin());
        }
        self.watermarks.outgoing = self.watermarks.outgoing.max(promise);
        self.watermarks.outgoing
    }

    /// An ack of a record carries what its receiver has committed, and only that counts.
    pub(super) fn confirm_by_data(&mut self, from: ShardIndex, watermark: Time) {
        self.watermarks.confirm(from, watermark);
        if self.has(Defect::DataAckConfirms) {
            self.watermarks.presume(from);
        }
    }

    /// After each input: commits watermarks that may be committed now, and, if this shard is idle, sends
    /// its own to each shard downstream that waits for it.
    pub(super) fn report_watermark<E: Env>(&mut self, m: &mut Moment<'_, E>) {
        if !self.watermarks.arrived.is_empty() {
            self.commit_watermarks(m);
        }
        if self.watermarks.targets.is_empty() || !self.is_idle() {
            return;
        }
        let outgoing = self.outgoing(m);
        for target in 0..self.watermarks.targets.len() {
            let Target { to, confirmed, sent, .. } = self.watermarks.targets[target];
            let is_awaited = |mark: &Mark| mark.is_crossed(confirmed, outgoing);
            if sent.is_none() && m.pipeline.marks(to).iter().any(is_awaited) {
                let serial = self.next_serial() | ALONE;
                let sent = Sent { value: outgoing, serial, sends: 0 };
                self.watermarks.targets[target].sent = Some(sent);
                self.send_watermark(target, m);
            }
        }
    }

    /// Sends a watermark alone, and waits.
    pub(super) fn send_watermark<E: Env>(&mut self, target: usize, m: &mut Moment<'_, E>) {
        let Some(Target { shard, sent: Some(sent), .. }) = self.watermarks.targets.get_mut(target)
        else {
            return;
        };
        sent.sends += 1;
        let Sent { value, serial, sends } = *sent;
        m.effects.list.push(Effect::Send(Request {
            from: self.shard,
            to: *shard,
            rpc: Worker::rpc(target as u32, serial),
            watermark: value,
            record: None,
        }));
        if self.has(Defect::LoneWatermarkNotRetried) {
            return;
        }
        let at = m.now.plus(self.mechanism.retry.wait(sends));
        wake_at(m.effects, at, Timer::RetryWatermark { target: target as u32, sends, serial });
    }

    /// Nothing unacked, committing or queued. Deleting an acked output does not count: it pins nothing.
    fn is_idle(&self) -> bool {
        self.outbox.pending() == 0
            && self.gate.is_idle()
            && self.units.busy() == 0
            && self.watermarks.arrived.is_empty()
            && !self.can_read()
    }
}
