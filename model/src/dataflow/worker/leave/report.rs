//! When a promise travels alone: after each input, to those downstream that wait for it, if this shard is idle.

use super::promise::{Awaited, Downstream, Sent};
use crate::dataflow::change::Watermark;
use crate::dataflow::defect::Defect;
use crate::dataflow::effect::{Context, Effect, Env, Input, Payload, Request, Timer};
use crate::dataflow::worker::{Worker, wake_at};

impl Worker {
    /// After each input: commits watermarks that may be committed now; if this shard is idle, settles what nothing
    /// else will, and sends its own watermark to each shard downstream that waits for it.
    pub(in crate::dataflow::worker) fn end_input<E: Env>(
        &mut self,
        input: &Input,
        m: &mut Context<'_, E>,
    ) {
        if self.watermarks.are_waiting() {
            self.commit_watermarks(m);
        }
        if !self.unsettled.is_empty() {
            self.settle_if_idle(input, m);
        }
        if !self.promises.targets.is_empty() && self.is_idle() {
            self.report(m);
        }
    }

    /// Sends its own to each shard downstream that waits for it. A busy shard never comes here, and is not to pay for it.
    #[inline(never)]
    fn report<E: Env>(&mut self, m: &mut Context<'_, E>) {
        let outgoing = self.outgoing(m);
        let mut changed = std::mem::take(&mut self.promises.changed);
        let mut awaited = match self.promises.awaited {
            Some(awaited) if !awaited.is_reached(outgoing) => {
                if changed.len() > 1 {
                    changed.sort_unstable();
                    changed.dedup();
                }
                awaited
            }
            _ => {
                changed.clear();
                changed.extend(0..self.promises.targets.len() as u32);
                Awaited::NOTHING
            }
        };
        for &number in &changed {
            awaited = awaited.or(self.report_to(number as usize, outgoing, m));
        }
        self.promises.awaited = Some(awaited);
        changed.clear();
        self.promises.changed = changed;
    }

    /// Sends this shard's watermark to one downstream, if that waits for it. What it waits for otherwise is returned, and
    /// nothing while a watermark is on its way to it: it is looked at again when that is acked.
    fn report_to<E: Env>(
        &mut self,
        number: usize,
        outgoing: Watermark,
        m: &mut Context<'_, E>,
    ) -> Awaited {
        let target = &self.promises.targets[number];
        if target.sent.is_some() {
            return Awaited::NOTHING;
        }
        let awaited = target.awaited(m.design.pipeline.window_ends(target.to));
        if !awaited.is_reached(outgoing) {
            return awaited;
        }
        let serial = self.next_serial().marked();
        let sent = Sent { value: outgoing, serial, sends: 0 };
        self.promises.targets[number].sent = Some(sent);
        self.send_watermark(number, m);
        Awaited::NOTHING
    }

    /// Sends a watermark alone, and waits.
    pub(in crate::dataflow::worker) fn send_watermark<E: Env>(
        &mut self,
        target: usize,
        m: &mut Context<'_, E>,
    ) {
        let Some(Downstream { shard, sent: Some(sent), .. }) =
            self.promises.targets.get_mut(target)
        else {
            return;
        };
        sent.sends += 1;
        let Sent { value, serial, sends } = *sent;
        m.effects.list.push(Effect::Send(Request {
            from: self.shard,
            to: *shard,
            rpc: Worker::rpc(target as u32, serial),
            body: Payload { watermark: value, record: None },
        }));
        if self.has(Defect::LoneWatermarkNotRetried) {
            return;
        }
        let at = m.now.plus(self.mechanism.retry.wait(sends));
        wake_at(m.effects, at, Timer::RetryWatermark { target: target as u32, sends, serial });
    }

    /// Nothing unacked, committing or queued. Deleting an acked output does not count: it pins nothing.
    #[inline(always)]
    pub(in crate::dataflow::worker) fn is_idle(&self) -> bool {
        self.outbox.pending() == 0
            && self.gate.is_idle()
            && self.units.busy() == 0
            && !self.watermarks.are_waiting()
            && !self.can_read()
    }
}
