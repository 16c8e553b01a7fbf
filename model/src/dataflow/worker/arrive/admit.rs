//! Admit: is the id in the catalog of this key? A duplicate is dropped *and acked*, since its sender is
//! still waiting (*Streaming Systems*, ch. 5; MillWheel, VLDB 2013, 6.1.1). A key is busy from admit
//! until its commit is answered; others for it queue and meet the catalog when their turn comes. While a
//! commit is out, the catalog cannot know its id yet, so two copies side by side would both be taken.
//!
//! Whether a record is a remnant is asked when its turn comes. A copy that waits for its key may have become
//! one meanwhile: the commit that it waits for lets its sender go on, and its id be forgotten. A record that is
//! acked on receipt is asked about when it arrives. Nothing pins it while it waits, so the watermark may have
//! passed it when its turn comes, and it would be dropped though it is new.

use crate::dataflow::defect::Defect;
use crate::dataflow::effect::{Context, Dropped, Effect, Env, FilterSaid, Payload, Reply, Request};
use crate::dataflow::mechanism::dedup::Bloom;
use crate::dataflow::mechanism::{Dedup, ReAck, UnknownOld};
use crate::dataflow::worker::arrive::gate::NextOfKey;
use crate::dataflow::worker::decide::apply::Application;
use crate::dataflow::worker::held::unit::Taken;
use crate::dataflow::worker::{Arrived, Worker};
use crate::pipeline::Ack;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::call::Rpc;
use onceproof_kernel::env::Decision;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::time::Time;

impl Worker {
    /// A request arrives.
    pub(in crate::dataflow::worker) fn receive<E: Env>(
        &mut self,
        request: &Request,
        m: &mut Context<'_, E>,
    ) {
        let &Request { from, rpc, body: Payload { watermark, ref record }, .. } = request;
        self.see_watermark(from, watermark, m);
        let Some(record) = record else {
            self.receive_watermark(from, rpc, watermark, m);
            return;
        };
        let (key, stamp) = (record.key, record.stamp);
        let arrived = Arrived { record: *record, from, rpc, watermark, failures: 0 };
        self.pin_input(stamp, m);
        match self.mechanism.ack {
            Ack::AfterCommit => {
                if self.gate.claim(key) || self.has(Defect::KeysNeverBusy) {
                    self.admit(&arrived, m);
                } else if self.may_join(&arrived) && !self.gate.is_waited_for(key) {
                    let _ = self.join(&arrived, m);
                } else {
                    self.queue_record(arrived, m);
                }
            }
            // Once it is acked nothing pins it any more, so this is the last time to tell.
            Ack::OnReceipt if self.is_remnant(from, stamp, m.design) => {
                self.ack(from, rpc, Subject::Record(arrived.record.name), m);
                self.drop_duplicate(&arrived, Dropped::Remnant, m);
            }
            Ack::OnReceipt => {
                self.ack(from, rpc, Subject::Record(arrived.record.name), m);
                self.queue_record(arrived, m);
            }
        }
    }

    /// Makes a record wait for its key.
    fn queue_record<E: Env>(&mut self, arrived: Arrived, m: &mut Context<'_, E>) {
        let (name, key) = (arrived.record.name, arrived.record.key);
        if !self.gate.queue_record(arrived) {
            m.env.decides(Decision::Waits { name, key });
        }
    }

    /// Whether outputs have the stamps of inputs, so that an input which is not settled pins the system
    /// watermark. A pane has the stamp of its window, and a sink has no outputs.
    pub(in crate::dataflow::worker) fn pins_inputs<E: Env>(&self, m: &Context<'_, E>) -> bool {
        self.stamps_are_inherited() && !m.design.pipeline.step(self.step).kind.has_results()
    }

    /// An input is read: until it is settled it pins the system watermark.
    pub(in crate::dataflow::worker) fn pin_input<E: Env>(
        &mut self,
        stamp: Time,
        m: &Context<'_, E>,
    ) {
        if self.pins_inputs(m) {
            self.promises.inputs.pin(stamp);
        }
    }

    /// Goes on with what waits for a key: due windows first, then records. Those that follow the first
    /// may share its bundle.
    pub(in crate::dataflow::worker) fn next_of_key<E: Env>(
        &mut self,
        key: Key,
        m: &mut Context<'_, E>,
    ) {
        match self.gate.next(key) {
            NextOfKey::Window(start) => return self.fire(key, start, m),
            NextOfKey::Record(arrived) if self.has(Defect::QueuedSkipsCatalog) => {
                let _ = self.apply(&arrived, m);
            }
            NextOfKey::Record(arrived) => self.admit(&arrived, m),
            NextOfKey::Nothing => return self.gate.release(key),
        }
        // Questions come before effects: once one is listed, the rest waits.
        while self.open.is_some() && m.effects.is_quiet() {
            match self.gate.next(key) {
                // What waits behind a record whose function failed, or calls, waits with it.
                NextOfKey::Record(arrived) if self.may_join(&arrived) => {
                    match self.join(&arrived, m) {
                        Application::Done => {}
                        Application::Failed | Application::Waiting => return,
                    }
                }
                NextOfKey::Record(arrived) => return self.gate.put_back(arrived),
                NextOfKey::Window(start) => return self.gate.put_window_back(key, start),
                NextOfKey::Nothing => return,
            }
        }
    }

    /// Takes a record whose key is its own now. It either ends in a unit, or frees the key.
    fn admit<E: Env>(&mut self, arrived: &Arrived, m: &mut Context<'_, E>) {
        let key = arrived.record.key;
        if let Some(why) = self.is_duplicate(arrived, m) {
            self.calls.forget(self.step, arrived.record.name);
            self.drop_duplicate(arrived, why, m);
            self.gate.release(key);
            return;
        }
        let _ = self.apply(arrived, m);
    }

    /// Why a record must not be taken, if it must not.
    fn is_duplicate<E: Env>(
        &mut self,
        arrived: &Arrived,
        m: &mut Context<'_, E>,
    ) -> Option<Dropped> {
        let Arrived { ref record, from, .. } = *arrived;
        m.ask().admit(self.shard, self.step, record.name);
        // What was acked when it arrived was looked at then.
        if self.mechanism.ack == Ack::AfterCommit && self.is_remnant(from, record.stamp, m.design) {
            return Some(Dropped::Remnant);
        }
        let is_known = match self.mechanism.dedup {
            Dedup::Catalog | Dedup::Window(_) => m.ask().is_known(self.shard, record, None),
            Dedup::Bloom(bloom) => match self.ask_filter(&bloom, arrived, m) {
                FilterSaid::New => false,
                said @ (FilterSaid::MayBeKnown | FilterSaid::NotReady) => {
                    m.ask().is_known(self.shard, record, Some(said))
                }
            },
            Dedup::BloomOnly(shape) => {
                let bloom = Bloom { shape, ..Bloom::default() };
                self.ask_filter(&bloom, arrived, m) != FilterSaid::New
            }
            Dedup::Off => return None,
        };
        if is_known {
            return Some(Dropped::Duplicate);
        }
        match self.mechanism.forgets_after() {
            Some((length, UnknownOld::Drop)) if record.stamp.plus(length) < m.now => {
                Some(Dropped::Old)
            }
            Some((_, UnknownOld::Drop | UnknownOld::Accept)) | None => None,
        }
    }

    fn drop_duplicate<E: Env>(&mut self, arrived: &Arrived, why: Dropped, m: &mut Context<'_, E>) {
        m.env.drops(self.shard, arrived.record.name, why);
        if self.pins_inputs(m) {
            self.promises.inputs.release(arrived.record.stamp);
        }
        match (self.mechanism.re_ack, self.mechanism.ack) {
            (ReAck::Always, Ack::AfterCommit) => {
                self.ack(arrived.from, arrived.rpc, Subject::Record(arrived.record.name), m);
            }
            // It was acked when it arrived.
            (_, Ack::OnReceipt) | (ReAck::Never, Ack::AfterCommit) => {}
        }
    }

    /// Whether a record's key is busy with the bundle that is still open, so that it may share it. If its
    /// duplicate is in that bundle, where the catalog cannot see it, it waits like any other.
    fn may_join(&mut self, arrived: &Arrived) -> bool {
        let Some(open) = self.open else { return false };
        let record = &arrived.record;
        let mut holds_key = false;
        for taken in &self.units.get(open).taken {
            if let Taken::Request { key, id, .. } | Taken::IntoWindow { key, id, .. } = *taken
                && key == record.key
            {
                holds_key = true;
                if id == record.id {
                    return false;
                }
            }
        }
        holds_key
    }

    /// Whether the bundle that is still open holds a key.
    pub(in crate::dataflow::worker) fn is_in_open_bundle(&mut self, key: Key) -> bool {
        let Some(open) = self.open else { return false };
        self.units.get(open).taken.iter().any(|taken| match *taken {
            Taken::Request { key: held, .. } | Taken::IntoWindow { key: held, .. } => held == key,
            Taken::Offset | Taken::Message(_) | Taken::Window { .. } | Taken::Watermark { .. } => {
                false
            }
        })
    }

    /// Takes a record into the bundle that is still open.
    fn join<E: Env>(&mut self, arrived: &Arrived, m: &mut Context<'_, E>) -> Application {
        if let Some(why) = self.is_duplicate(arrived, m) {
            self.drop_duplicate(arrived, why, m);
            return Application::Done;
        }
        self.apply(arrived, m)
    }

    /// Tells the sender of a request that it is done, and how far this shard has committed its event-time
    /// watermark. It says nothing of the system watermark, so that acks stay small: the ack of the request that
    /// carried one alone confirms it, and comes after it is committed. The ack of a record proves nothing of a
    /// watermark. Two acks of one record may arrive, and between them the watermark may be sent and lost
    /// (`Defect::DataAckConfirms`).
    pub(in crate::dataflow::worker) fn ack<E: Env>(
        &mut self,
        to: ShardIndex,
        rpc: Rpc,
        subject: Subject,
        m: &mut Context<'_, E>,
    ) {
        let sender = m.design.sender_number(self.step, to);
        let watermark = self.watermarks.committed(sender).event;
        let ack = Reply { from: self.shard, to, rpc, subject, body: watermark };
        m.effects.list.push(Effect::Reply(ack));
    }
}
