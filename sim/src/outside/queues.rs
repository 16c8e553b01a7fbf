//! The queues that sources read: whose messages are acked, and whose come again.

use super::Outside;
use crate::queue_service::QueueService;
use onceproof_kernel::layout::ShardIndex;
use onceproof_model::dataflow::defect::Defect;
use onceproof_model::effect::MessageAck;
use onceproof_model::pipeline::{Step, StepKind};

impl Outside<'_> {
    /// A message is acked; true if that moves the watermark of its queue.
    pub fn ack_message(&mut self, ack: &MessageAck) -> bool {
        let now = self.now;
        let queue = self.queue_of(ack.shard);
        let before = queue.watermark(now);
        queue.ack(ack.number);
        queue.watermark(now) > before
    }

    /// A shard died, and with it whoever held the messages that it was handed.
    pub fn lapse(&mut self, shard: ShardIndex) {
        let (step, number) = (self.layout.step_of(shard), self.layout.number_of(shard));
        let Outside { queues, wakes, design, now, .. } = self;
        if queues[step.at()].is_some()
            && let Some(queue) = &mut queues[step.at()]
        {
            queue.lapse(number, *now, |next, at| wakes.push((design.layout.shard(step, next), at)));
        }
    }

    pub(super) fn queue_of(&mut self, shard: ShardIndex) -> &mut QueueService {
        self.queues[self.layout.step_of(shard).at()].as_mut().expect("a source with a queue")
    }
}

/// The queue of a step, if it reads one.
pub(super) fn queue(step: &Step, defect: Option<Defect>) -> Option<QueueService> {
    let StepKind::Source { watermark, queue: Some(queue) } = step.kind else {
        return None;
    };
    let forgets = defect == Some(Defect::UnackedMessageDoesNotPin);
    Some(QueueService::new(queue, step.shards, watermark, forgets))
}
