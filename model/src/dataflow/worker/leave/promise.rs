//! The watermarks that go out: what a shard promises to those downstream. Only committed incoming ones are
//! passed on, held back by what is not done with: outputs that are not acked, from the moment they are stamped;
//! content that is in no pane; and, where an output has the stamp of its input, inputs that are not settled,
//! from the moment they are read.
//!
//! A promise rides on every record. It travels alone when its sender is idle, and only if something could come
//! of it. Any other would cost a request, a commit and an ack for nothing. Something comes of it in three
//! cases:
//!
//! 1. It crosses a window end that someone downstream still waits for, shifted by the lateness of the
//!    aggregates in between.
//! 2. It lets ids go that the receiver may hold.
//! 3. The receiver has no system watermark of its own and passes this one on.
//!
//! Alone it is a request like any other, but never given up. Only what a receiver says it has committed counts
//! as confirmed.

use crate::dataflow::change::Watermark;
use crate::dataflow::defect::Defect;
use crate::dataflow::effect::{Context, Env};
use crate::dataflow::mechanism::{Outputs, Stamps};
use crate::dataflow::worker::Worker;
use crate::dataflow::{Design, SystemUse, point};
use crate::pipeline::{StepKind, WindowEnd};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::{Rpc, Serial};
use onceproof_kernel::copied_by_field;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Time;
use std::collections::BTreeMap;

/// What a shard has promised, and to whom.
#[derive(Debug)]
pub(in crate::dataflow::worker) struct Promises {
    outgoing: Watermark,
    pub(super) targets: Vec<Downstream>,
    /// The targets are blocks of shards that follow one another: the first shard, how many, and the number of the first.
    blocks: Vec<(ShardIndex, u32, u32)>,
    /// What no target awaits less than, but for those of which something has changed since; none if nobody has looked.
    pub(super) awaited: Option<Awaited>,
    pub(super) changed: Vec<u32>,
    pub inputs: Inputs,
}

copied_by_field!(Promises { outgoing, targets, blocks, awaited, changed, inputs });

/// A shard downstream.
#[derive(Clone, Debug)]
pub(super) struct Downstream {
    pub shard: ShardIndex,
    pub to: StepIndex,
    /// What this shard's system watermark is of use for there.
    system_use: SystemUse,
    /// What it says it has committed.
    pub confirmed: Watermark,
    /// The greatest stamp that it may hold an id of, or none.
    greatest: Option<Time>,
    /// The watermark on its way to it alone.
    pub sent: Option<Sent>,
}

impl Downstream {
    /// What it has a use for next: a watermark that crosses one of these window ends; a system watermark by which it
    /// forgets ids that no confirmed one let go, or that it passes on.
    pub fn awaited(&self, ends: &[WindowEnd]) -> Awaited {
        let SystemUse { forgets, passes_on } = self.system_use;
        let confirmed = self.confirmed;
        let mut above = Awaited::NOTHING;
        for at in ends.iter().filter_map(|end| end.crossed_at(confirmed.event)) {
            above.event = above.event.min(Time(at.0 - 1));
        }
        if let Some(stamp) = self.greatest
            && forgets
            && stamp >= confirmed.system
        {
            above.system = stamp;
        }
        if passes_on {
            above.system = above.system.min(confirmed.system);
        }
        above
    }
}

/// What is of use downstream: a watermark whose event time or whose system time is above these.
#[derive(Clone, Copy, Debug)]
pub(super) struct Awaited {
    event: Time,
    system: Time,
}

impl Awaited {
    /// No watermark ever is.
    pub const NOTHING: Awaited = Awaited { event: Time::MAX, system: Time::MAX };

    /// Whether this watermark is of use.
    pub fn is_reached(&self, by: Watermark) -> bool {
        by.event > self.event || by.system > self.system
    }

    /// What is of use to either.
    pub fn or(self, other: Awaited) -> Awaited {
        Awaited { event: self.event.min(other.event), system: self.system.min(other.system) }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub value: Watermark,
    pub serial: Serial,
    pub sends: u32,
}

/// The stamps of inputs that are read and not settled, where outputs have the stamps of their inputs.
#[derive(Clone, Debug, Default)]
pub(in crate::dataflow::worker) struct Inputs {
    stamps: BTreeMap<Time, u32>,
}

impl Inputs {
    pub fn pin(&mut self, stamp: Time) {
        *self.stamps.entry(stamp).or_default() += 1;
    }

    pub fn release(&mut self, stamp: Time) {
        if let Some(inputs) = self.stamps.get_mut(&stamp) {
            *inputs -= 1;
            if *inputs == 0 {
                self.stamps.remove(&stamp);
            }
        }
    }

    fn least(&self) -> Time {
        self.stamps.first_key_value().map_or(Time::MAX, |(&stamp, _)| stamp)
    }
}

impl Promises {
    /// What this shard has promised, and what of it is confirmed and on its way alone.
    pub fn tell_state(&self, of: ShardIndex, state: &mut WorldState) {
        // Which targets are looked at changes nothing of what is found.
        let Promises { outgoing, targets, blocks: _, awaited: _, changed: _, inputs } = self;
        let Inputs { stamps } = inputs;
        state.add((outgoing, stamps));
        for Downstream { shard: _, to: _, system_use: _, confirmed, greatest, sent } in targets {
            state.add((confirmed, greatest, sent.is_some()));
            if let Some(Sent { value, serial, sends }) = *sent {
                state.add((value, sends));
                state.add_serial(of, serial);
            }
        }
    }

    pub fn new(design: &Design, step: StepIndex) -> Promises {
        let (mut targets, mut blocks) = (Vec::new(), Vec::new());
        let reads_queue =
            matches!(design.pipeline.step(step).kind, StepKind::Source { queue: Some(_), .. });
        for &to in design.stages().receivers(step) {
            let mut system_use = design.system_use(to);
            // An id of a message waits for all shards that may have read it.
            system_use.passes_on |= reads_queue && system_use.forgets;
            // Nobody downstream waits for a watermark where no window end can be crossed, and no id
            // forgotten.
            if design.pipeline.window_ends(to).is_empty() && system_use == SystemUse::default() {
                continue;
            }
            let shards = design.layout.shards_of(to);
            blocks.push((design.layout.shard(to, 0), shards, targets.len() as u32));
            for number in 0..shards {
                let shard = design.layout.shard(to, number);
                let (confirmed, greatest) = (Watermark::NONE, None);
                targets.push(Downstream { shard, to, system_use, confirmed, greatest, sent: None });
            }
        }
        Promises {
            outgoing: Watermark::NONE,
            targets,
            blocks,
            awaited: None,
            changed: Vec::new(),
            inputs: Inputs::default(),
        }
    }

    /// A record of this stamp goes to a shard downstream.
    pub fn record_goes(&mut self, to: ShardIndex, stamp: Time) {
        if let Some(target) = self.target(to) {
            target.greatest = target.greatest.max(Some(stamp));
        }
    }

    /// A shard downstream says what it has committed of event time.
    pub fn confirm(&mut self, from: ShardIndex, event: Time) {
        if let Some(target) = self.target(from) {
            target.confirmed.event = target.confirmed.event.max(event);
        }
    }

    /// A shard downstream, of which something changes now.
    fn target(&mut self, shard: ShardIndex) -> Option<&mut Downstream> {
        let number = self.blocks.iter().find_map(|&(first, shards, at)| {
            let number = shard.0.checked_sub(first.0).filter(|&number| number < shards)?;
            Some(at + number)
        })?;
        self.touch(number);
        Some(&mut self.targets[number as usize])
    }

    /// Something changes of a target, so it is looked at again. An ack of every one of a thousand targets once made all of
    /// the thousand be looked at, and so did each record of a source that is idle after it.
    fn touch(&mut self, number: u32) {
        if self.awaited.is_some() {
            self.changed.push(number);
            if self.changed.len() > self.targets.len() {
                self.forget_look();
            }
        }
    }

    /// All targets are looked at next.
    fn forget_look(&mut self) {
        self.awaited = None;
        self.changed.clear();
    }

    /// By a planted defect: takes all that was promised to a shard downstream for confirmed.
    fn presume(&mut self, from: ShardIndex) {
        let outgoing = self.outgoing;
        if let Some(target) = self.target(from) {
            target.confirmed = target.confirmed.max(outgoing);
            target.sent = None;
        }
    }

    /// Whether a reply is for a watermark that travelled alone.
    pub fn is_own(&self, rpc: Rpc) -> bool {
        rpc.serial.is_marked()
    }

    /// A watermark that travelled alone is acked, and so it is committed.
    pub fn acked(&mut self, rpc: Rpc) {
        if let Some(target) = self.targets.get_mut(rpc.slot as usize)
            && let Some(Sent { value, serial, .. }) = target.sent
            && serial == rpc.serial
        {
            target.confirmed = target.confirmed.max(value);
            target.sent = None;
            self.touch(rpc.slot);
        }
    }

    /// Whether the ack of this watermark is still waited for.
    pub fn awaits_reply(&self, rpc: Rpc) -> bool {
        let sent = self.targets.get(rpc.slot as usize).and_then(|target| target.sent);
        sent.is_some_and(|sent| sent.serial == rpc.serial)
    }

    /// The watermark that is on its way to a shard downstream alone.
    pub fn awaited(&self, target: u32) -> Option<Subject> {
        let sent = self.targets.get(target as usize)?.sent?;
        Some(point::watermark(sent.value.event))
    }

    /// Whether a timer waits for the last send of a watermark alone.
    pub fn awaits(&self, target: u32, sends: u32, serial: Serial) -> bool {
        let sent = self.targets.get(target as usize).and_then(|target| target.sent);
        sent.is_some_and(|sent| sent.serial == serial && sent.sends == sends)
    }

    /// Forgets everything. Whoever is downstream may hold ids up to the last stamp of an earlier life.
    pub fn restart(&mut self, last_stamp: Option<Time>) {
        self.outgoing = Watermark::NONE;
        self.inputs.stamps.clear();
        self.forget_look();
        for target in &mut self.targets {
            target.confirmed = Watermark::NONE;
            target.greatest = last_stamp;
            target.sent = None;
        }
    }
}

impl Worker {
    /// Whether an output has the stamp of what it is made from, the same in every execution.
    pub(in crate::dataflow::worker) fn stamps_are_inherited(&self) -> bool {
        match (self.mechanism.outputs, self.mechanism.stamps) {
            (Outputs::Recompute, Stamps::Stable) => true,
            (Outputs::Recompute, Stamps::Fresh | Stamps::WallClock) | (Outputs::Checkpoint, _) => {
                false
            }
        }
    }

    /// What this shard promises.
    pub(in crate::dataflow::worker) fn outgoing<E: Env>(
        &mut self,
        m: &mut Context<'_, E>,
    ) -> Watermark {
        let event = self.outgoing_event(m);
        let system = match (self.stamps_are_inherited(), &self.reader) {
            // A message that is not acked may come again by any shard.
            (_, Some(_)) if self.queue(m).is_some() => {
                let outputs = self.outbox.least_stamp(false).unwrap_or(Time::MAX);
                outputs.min(m.env.oldest_unacked(self.shard, self.token))
            }
            (false, _) => {
                let once_sent = self.has(Defect::OutputsPinWhenSent);
                match self.outbox.least_stamp(once_sent) {
                    Some(stamp) => stamp,
                    None if self.is_done() => Time::MAX,
                    None => self.last_stamp.plus(1),
                }
            }
            // A pane has the stamp of its event time.
            (true, _) if m.design.pipeline.step(self.step).kind.windowing().is_some() => event,
            (true, Some(reader)) => self.least_input().min(reader.least_arrival()),
            (true, None) => self.least_input().min(self.watermarks.incoming_committed().system),
        };
        self.promises.outgoing = self.promises.outgoing.max(Watermark { event, system });
        self.promises.outgoing
    }

    /// Whether nothing is in work and nothing will come: the input is at its end, or all senders say so. Such a
    /// shard promises an infinite system watermark, and not its last stamp + 1. By the latter, a step under
    /// `recompute`, which passes on the least watermark of its senders, would be held back for ever by a sender
    /// that sent little, and would never forget its ids.
    fn is_done(&self) -> bool {
        let is_at_end = match &self.reader {
            Some(reader) => reader.is_at_end(),
            None => self.watermarks.incoming_committed() == Watermark::END,
        };
        is_at_end && self.units.busy() == 0 && self.gate.is_idle() && self.windows.is_empty()
    }

    fn least_input(&self) -> Time {
        match self.has(Defect::InputsDoNotPin) {
            true => Time::MAX,
            false => self.promises.inputs.least(),
        }
    }

    /// No output of an earlier event time comes any more, but for late ones. A late output takes back nothing
    /// that was promised: it freezes the promise where it stands until it is acked. If the promise went on
    /// while the output is lost and sent again, it could pass the lateness that is left, and the output would
    /// come too late for its window.
    fn outgoing_event<E: Env>(&mut self, m: &mut Context<'_, E>) -> Time {
        let incoming = if self.has(Defect::UncommittedWatermarkPassedOn) {
            self.watermarks.incoming_seen()
        } else {
            self.watermarks.incoming_committed().event
        };
        let windows = m.design.pipeline.step(self.step).kind.windowing();
        let mut promise = match (&self.reader, windows) {
            (Some(_), _) if self.queue(m).is_some() => m.env.queue_progress(self.shard, self.token),
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
        if !self.has(Defect::OutputsDoNotPin) && promise > self.promises.outgoing.event {
            promise = promise.min(self.outbox.pin());
        }
        promise
    }

    /// An ack of a record carries what its receiver has committed, and only that counts.
    pub(in crate::dataflow::worker) fn confirm_by_data(&mut self, from: ShardIndex, event: Time) {
        self.promises.confirm(from, event);
        if self.has(Defect::DataAckConfirms) {
            self.promises.presume(from);
        }
    }
}
