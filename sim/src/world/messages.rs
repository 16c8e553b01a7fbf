//! Queues and the shards of sources that read them: who is woken by a message, and by an ack, since an ack
//! of one shard may move what all of them may promise.

use super::World;
use super::leases::Instance;
use crate::fingerprint::Code;
use crate::outside::Pulled;
use onceproof_kernel::effect::MessageAck;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::mix::words;
use onceproof_kernel::system::System;

impl<S: System> World<'_, S> {
    /// Takes note of what was pulled, and wakes the shards that may pull.
    pub(super) fn after_pulls(&mut self) {
        for at in 0..self.outside.pulled.len() {
            let Pulled { shard, name, delivery } = self.outside.pulled[at];
            let name = self.outside.words.names.hash(name);
            self.count(Code::Pull, shard, words([delivery.into(), name]));
        }
        self.outside.pulled.clear();
        let mut wakes = std::mem::take(&mut self.outside.wakes);
        for (shard, at) in wakes.drain(..) {
            self.wake(self.owner(shard), self.by_clock(at, 0), S::INPUT);
        }
        self.outside.wakes = wakes;
    }

    /// A message is done. If that moves what its queue promises, every shard of the source reports it.
    #[inline(never)]
    pub(super) fn ack_message(&mut self, who: Instance, ack: &MessageAck) {
        self.count(Code::MessageAck, ack.shard, ack.number.into());
        if self.outside.trace.is_on() {
            self.tell_message_ack(who, ack);
        }
        if self.outside.ack_message(ack) {
            let step: StepIndex = self.layout.step_of(ack.shard);
            for number in 0..self.layout.shards_of(step) {
                let shard = self.layout.shard(step, number);
                self.wake(self.owner(shard), self.now, S::INPUT);
            }
        }
    }
}
