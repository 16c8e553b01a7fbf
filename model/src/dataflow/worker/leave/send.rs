//! Ack, send: outputs leave, are sent again until a success, and are settled once they are acked. Only
//! a success can be trusted; an error or silence may hide a request that was applied.
//!
//! An error is answered by sending again at once, silence by sending again after the time-out. An error is a
//! reply, so there is nothing left to wait for. Both count as attempts: else a sender that may give up would
//! never give up on a receiver that refuses each time.

use crate::dataflow::defect::Defect;
use crate::dataflow::effect::{Context, Effect, Env, Payload, Replied, Request, Timer};
use crate::dataflow::mechanism::Outputs;
use crate::dataflow::told::Story;
use crate::dataflow::worker::{Worker, wake_at};
use onceproof_kernel::env::Decision;
use onceproof_kernel::told::Told;

impl Worker {
    /// Sends what may be sent.
    pub(in crate::dataflow::worker) fn pump<E: Env>(&mut self, m: &mut Context<'_, E>) {
        while let Some(slot) = self.outbox.next(self.mechanism.in_flight.requests) {
            let serial = self.next_serial();
            self.outbox.get(slot).serial = serial;
            self.send(slot, m);
        }
    }

    /// Sends an output once, and waits.
    fn send<E: Env>(&mut self, slot: u32, m: &mut Context<'_, E>) {
        let watermark = self.outgoing(m);
        let entry = self.outbox.get(slot);
        self.promises.record_goes(entry.to, entry.record.stamp);
        entry.sends += 1;
        let (sends, serial) = (entry.sends, entry.serial);
        let request = Request {
            from: self.shard,
            to: entry.to,
            rpc: Worker::rpc(slot, serial),
            body: Payload { watermark, record: Some(entry.record) },
        };
        m.effects.list.push(Effect::Send(request));
        let at = m.now.plus(self.mechanism.retry.wait(sends));
        wake_at(m.effects, at, Timer::Retry { slot, sends, serial });
        if self.has(Defect::SettlesWhenSent) {
            self.settle_unacked(slot, sends);
        }
    }

    /// No reply came in time.
    pub(in crate::dataflow::worker) fn retry<E: Env>(&mut self, slot: u32, m: &mut Context<'_, E>) {
        let entry = self.outbox.get(slot);
        if self.mechanism.give_up.is_due(entry.sends) {
            let (name, sends) = (entry.record.name, entry.sends);
            let stops = Story::StopsSending { record: name, sends };
            m.env.decides(Decision::Own(&|| Told::new(stops)));
            self.done(slot, m);
        } else {
            self.send(slot, m);
        }
    }

    /// The reply to a request arrived.
    pub(in crate::dataflow::worker) fn reply<E: Env>(
        &mut self,
        reply: Replied,
        m: &mut Context<'_, E>,
    ) {
        let Replied { from, rpc, body: watermark } = reply;
        let Some(watermark) = watermark else {
            // An error: nothing is known, so it is sent again at once.
            if self.promises.is_own(rpc) {
                self.send_watermark(rpc.slot as usize, m);
            } else if self.outbox.find(rpc.slot, rpc.serial).is_some() {
                self.retry(rpc.slot, m);
            }
            return;
        };
        if self.promises.is_own(rpc) {
            self.promises.confirm(from, watermark);
            self.promises.acked(rpc);
            return;
        }
        self.confirm_by_data(from, watermark);
        if self.outbox.find(rpc.slot, rpc.serial).is_some() {
            self.done(rpc.slot, m);
        }
    }

    /// An output is acked, or given up: it is settled.
    fn done<E: Env>(&mut self, slot: u32, m: &mut Context<'_, E>) {
        self.outbox.acked(slot);
        match self.mechanism.outputs {
            Outputs::Checkpoint => self.settle(slot, m),
            Outputs::Recompute => {
                let made_by = self.outbox.get(slot).unit;
                let unit = self.units.get(made_by);
                unit.unacked -= 1;
                if unit.unacked == 0 {
                    self.commit(made_by, m);
                }
            }
        }
        self.pump(m);
    }
}
