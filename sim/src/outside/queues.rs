//! The queues that sources read: whose messages are acked, and whose come again.

use super::Outside;
use crate::queue_service::QueueService;
use onceproof_kernel::effect::MessageAck;
use onceproof_kernel::layout::{LaidStep, ShardIndex};
use onceproof_kernel::source::Source;
use onceproof_kernel::system::System;

impl<S: System> Outside<'_, S> {
    /// A message is acked; true if that moves what its queue promises.
    pub fn ack_message(&mut self, ack: &MessageAck) -> bool {
        let now = self.now;
        let queue = self.queue_of(ack.shard);
        let before = queue.promise(now);
        queue.ack(ack.number);
        queue.promise(now) > before
    }

    /// A shard died, and with it whoever held the messages that it was handed.
    pub fn lapse(&mut self, shard: ShardIndex) {
        let (step, number) = (self.layout.step_of(shard), self.layout.number_of(shard));
        let Outside { queues, wakes, layout, now, .. } = self;
        if queues[step.at()].is_some()
            && let Some(queue) = &mut queues[step.at()]
        {
            queue.lapse(number, *now, |next, at| wakes.push((layout.shard(step, next), at)));
        }
    }

    pub(super) fn queue_of(&mut self, shard: ShardIndex) -> &mut QueueService {
        self.queues[self.layout.step_of(shard).at()].as_mut().expect("a source with a queue")
    }
}

/// The queue of a step, if it reads one.
pub(super) fn queue(step: &LaidStep) -> Option<QueueService> {
    let Source { progress, queue } = step.source?;
    Some(QueueService::new(queue?, step.shards, progress))
}
