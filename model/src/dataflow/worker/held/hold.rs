//! Hold and commit: a unit's effects wait in memory until the store has answered that they are durable.
//! Under checkpoint the commit carries state, ids and outputs, and only its answer lets acks and outputs
//! go. Under recompute the outputs go first, and the commit follows their acks. `atomic` is visible here:
//! the right order is one commit, the wrong ones are two.

use super::unit::Taken;
use crate::dataflow::change::{CommitKind, Delta};
use crate::dataflow::effect::{Context, Env};
use crate::dataflow::mechanism::{Atomic, Outputs};
use crate::dataflow::point;
use crate::dataflow::worker::Worker;
use crate::pipeline::Ack;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::effect::Commit;
use onceproof_kernel::layout::ShardIndex;

impl Worker {
    /// Closes the bundles that are still open, since nothing more is ready at this instant.
    pub(in crate::dataflow::worker) fn close_all<E: Env>(&mut self, m: &mut Context<'_, E>) {
        self.close_open(m);
        if let Some(settle) = self.open_settle.take() {
            self.commit(settle, m);
        }
    }

    /// Closes the unit that takes records: under checkpoint it commits, under recompute it sends first.
    pub(in crate::dataflow::worker) fn close_open<E: Env>(&mut self, m: &mut Context<'_, E>) {
        if let Some(unit) = self.open.take() {
            self.hold(unit, m);
        }
    }

    /// A unit has all it takes.
    pub(in crate::dataflow::worker) fn hold<E: Env>(&mut self, unit: u32, m: &mut Context<'_, E>) {
        self.close_partials(unit, m);
        if !self.units.get(unit).rows.is_empty() {
            return self.write_unit(unit, m);
        }
        match self.mechanism.outputs {
            Outputs::Checkpoint => {
                let Worker { units, outbox, .. } = self;
                let held = units.get(unit);
                held.deltas.extend(held.outputs.iter().map(|&slot| Delta::Hold(outbox.held(slot))));
                self.commit(unit, m);
            }
            Outputs::Recompute => {
                let Worker { units, outbox, .. } = self;
                let held = units.get(unit);
                if held.kind == CommitKind::Commit {
                    held.kind = CommitKind::Settle;
                }
                let greatest = held.outputs.iter().map(|&slot| outbox.stamp(slot)).max();
                held.deltas.extend(greatest.map(Delta::Stamped));
                held.unacked = held.outputs.len() as u32;
                if held.unacked == 0 {
                    self.commit(unit, m);
                } else {
                    self.outbox.release(&self.units.get(unit).outputs);
                    self.pump(m);
                }
            }
        }
    }

    /// Sends a unit's deltas to the store, in one commit or, where id and state are torn apart, in two.
    #[inline(always)]
    pub(in crate::dataflow::worker) fn commit<E: Env>(
        &mut self,
        unit: u32,
        m: &mut Context<'_, E>,
    ) {
        match self.atomic {
            Atomic::Together => self.send_commit(unit, m),
            Atomic::StateFirst | Atomic::IdFirst => self.commit_apart(unit, m),
        }
    }

    /// Sends the ids of a unit's deltas before or after all else.
    #[inline(never)]
    fn commit_apart<E: Env>(&mut self, unit: u32, m: &mut Context<'_, E>) {
        let is_id = |delta: &Delta| matches!(delta, Delta::Id { .. });
        let deltas = &mut self.units.get(unit).deltas;
        if !deltas.iter().any(is_id) {
            return self.send_commit(unit, m);
        }
        let (ids, state) = deltas.drain(..).partition(is_id);
        let parts = match self.atomic {
            Atomic::StateFirst | Atomic::Together => [state, ids],
            Atomic::IdFirst => [ids, state],
        };
        for deltas in parts {
            self.units.get(unit).deltas = deltas;
            self.send_commit(unit, m);
        }
    }

    /// Sends the deltas that a unit has.
    #[inline(never)]
    fn send_commit<E: Env>(&mut self, sender_slot: u32, m: &mut Context<'_, E>) {
        if !self.unsettled.is_empty() {
            self.settle_with(sender_slot);
        }
        let unit = self.units.get(sender_slot);
        unit.unanswered += 1;
        let commit = Commit {
            shard: self.shard,
            token: self.token,
            number: self.commits,
            sender_slot,
            point: self.points[unit.kind as usize],
            ends_stay: unit.kind == CommitKind::Settle,
            subject: unit.subject,
        };
        m.effects.commit(commit, &mut unit.deltas);
        self.commits += 1;
    }

    /// The store has answered a commit of a unit: what waited for it goes on.
    pub(in crate::dataflow::worker) fn answered<E: Env>(
        &mut self,
        slot: u32,
        m: &mut Context<'_, E>,
    ) {
        let unit = self.units.get(slot);
        unit.unanswered -= 1;
        if unit.unanswered > 0 {
            return;
        }
        if !unit.taken.is_empty() {
            let taken = std::mem::take(&mut unit.taken);
            for input in &taken {
                self.finish(input, m);
            }
            self.units.get(slot).taken = taken;
        }
        let Worker { units, outbox, promises, mechanism, .. } = self;
        let unit = units.get(slot);
        for &stamp in &unit.pins {
            promises.inputs.release(stamp);
        }
        match (unit.kind, mechanism.outputs) {
            (CommitKind::Commit | CommitKind::Emit, Outputs::Checkpoint) => {
                outbox.release(&unit.outputs);
            }
            (CommitKind::Settle, _)
            | (CommitKind::Commit | CommitKind::Emit, Outputs::Recompute) => {
                outbox.forget(&unit.outputs);
            }
            (CommitKind::Watermark, _) => {}
        }
        if !unit.owed.is_empty() {
            self.pay_all(slot, m);
        }
        self.units.close(slot);
        self.pump(m);
    }

    /// Makes the calls that a unit owes.
    #[cold]
    fn pay_all<E: Env>(&mut self, slot: u32, m: &mut Context<'_, E>) {
        for call in std::mem::take(&mut self.units.get(slot).owed) {
            self.send_call(call, m);
        }
    }

    /// One input of a unit is durable: its sender is told, its window is known, its key is free.
    fn finish<E: Env>(&mut self, input: &Taken, m: &mut Context<'_, E>) {
        match *input {
            Taken::Request { from, rpc, subject, key, watermark, .. } => {
                self.finish_request(from, rpc, subject, watermark, m);
                self.gate.release(key);
            }
            Taken::IntoWindow { from, rpc, subject, key, watermark, start, .. } => {
                self.finish_request(from, rpc, subject, watermark, m);
                self.window_taken(key, start, m);
                self.gate.release(key);
            }
            Taken::Offset => {}
            Taken::Message(ack) => self.message_done(ack, m),
            Taken::Window { key, start } => {
                self.windows.fired(key, start);
                self.gate.release(key);
            }
            Taken::Watermark { from, rpc, value } => {
                let sender = m.design.sender_number(self.step, from);
                self.watermarks.commit(sender, value);
                self.forget_filters();
                self.ack(from, rpc, point::watermark(value.event), m);
            }
        }
    }

    fn finish_request<E: Env>(
        &mut self,
        from: ShardIndex,
        rpc: onceproof_kernel::call::Rpc,
        subject: Subject,
        watermark: crate::dataflow::change::Watermark,
        m: &mut Context<'_, E>,
    ) {
        let sender = m.design.sender_number(self.step, from);
        self.watermarks.commit(sender, watermark);
        self.forget_filters();
        match self.mechanism.ack {
            Ack::AfterCommit => self.ack(from, rpc, subject, m),
            Ack::OnReceipt => {}
        }
    }
}
