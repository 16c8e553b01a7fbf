//! A source shard that reads a queue. It pulls while it has few records in work; what it pulls is committed
//! as an output, or under recompute sent, and the message is acked when that is durable. Until then the
//! queue may hand it out again, to this shard or another: the same record, under the same id, which the
//! next step knows. The order of ack and commit is visible here, as it is for requests in `admit`.
//!
//! An id of a message is forgotten when the system watermarks of all shards that read its queue have passed its
//! publication, since any of them may send it. By the watermark of the one that sent it first, a message that
//! comes again by another shard would be new.
//!
//! What is read from a queue is neither fused nor added up before it has met a catalog. A message that comes
//! again is known there by its own id, which it would no longer have in a stage or in a partial aggregate.

use crate::dataflow::change::CommitKind;
use crate::dataflow::effect::{Context, Effect, Env};
use crate::dataflow::worker::Worker;
use crate::dataflow::worker::held::unit::Taken;
use crate::pipeline::{Ack, QueueRules, StepKind};
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::effect::MessageAck;
use onceproof_kernel::mix::fold;
use onceproof_kernel::record::Output;
use onceproof_kernel::source::{Message, Pull};

impl Worker {
    /// The queue that this shard reads, if it reads one.
    pub(in crate::dataflow::worker) fn queue<E: Env>(
        &self,
        m: &Context<'_, E>,
    ) -> Option<QueueRules> {
        if !self.reads_queue {
            return None;
        }
        match m.design.pipeline.step(self.step).kind {
            StepKind::Source { queue, .. } => queue,
            StepKind::Map(_)
            | StepKind::Reshuffle
            | StepKind::Count(_)
            | StepKind::Sum(_)
            | StepKind::CountGlobally(_)
            | StepKind::Sink(_) => None,
        }
    }

    /// Pulls up to a bundle of messages.
    pub(in crate::dataflow::worker) fn pull<E: Env>(
        &mut self,
        queue: QueueRules,
        m: &mut Context<'_, E>,
    ) {
        let mut unit = None;
        let mut records = 0;
        while records < self.mechanism.bundle.records && self.can_read() {
            match m.ask().pull(self.shard) {
                Pull::Message(message) => {
                    records += 1;
                    let unit = *unit.get_or_insert_with(|| {
                        let subject = Subject::Record(message.row.name);
                        self.units.open(CommitKind::Commit, subject)
                    });
                    self.take_message(unit, message, queue, m);
                }
                Pull::NotYet { at } => self.wait_for_message(Some(at), m),
                Pull::Nothing => self.wait_for_message(None, m),
            }
        }
        let Some(unit) = unit else { return };
        match queue.ack {
            Ack::AfterCommit => {}
            Ack::OnReceipt => {
                for &taken in &self.units.get(unit).taken {
                    if let Taken::Message(ack) = taken {
                        m.effects.list.push(Effect::AckMessage(ack));
                    }
                }
            }
        }
        self.hold(unit, m);
    }

    fn take_message<E: Env>(
        &mut self,
        unit: u32,
        message: Message,
        queue: QueueRules,
        m: &mut Context<'_, E>,
    ) {
        let Message { row, number, delivery } = message;
        let ack = MessageAck { shard: self.shard, number, name: row.name };
        self.units.get(unit).taken.push(Taken::Message(ack));
        let keys = &m.env.vocabulary().keys;
        let content = fold(keys.hash(row.key), row.value.hash(keys));
        let source = m.design.layout.hash(self.step);
        let derived = queue.ids.of(source, number, row.id, content, delivery);
        let made = self.made_of_input(&row, derived);
        self.make(unit, self.step, made, Output { key: row.key, value: row.value }, m);
    }

    /// What a message became is durable.
    pub(in crate::dataflow::worker) fn message_done<E: Env>(
        &mut self,
        ack: MessageAck,
        m: &mut Context<'_, E>,
    ) {
        match self.queue(m).map(|queue| queue.ack) {
            Some(Ack::AfterCommit) => m.effects.list.push(Effect::AckMessage(ack)),
            Some(Ack::OnReceipt) | None => {}
        }
    }
}
