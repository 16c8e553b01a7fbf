//! The input: the rows that sources read and the messages that queues hand out, how far all of it was read, whose
//! messages are acked and whose come again, and what of times to come is promised.

use super::Outside;
use crate::answers::{Act, Attempt};
use crate::queue_service::{Handed, QueueService};
use onceproof_kernel::effect::MessageAck;
use onceproof_kernel::layout::{LaidStep, ShardIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::source::{Message, Pull, Read, Source};
use onceproof_kernel::system::System;
use onceproof_kernel::time::Time;

/// How far the input was read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    /// How far each source shard was ever read, and how many rows no one has read yet.
    pub until: Vec<u64>,
    pub unread: u64,
}

/// A message that a shard was handed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pulled {
    pub shard: ShardIndex,
    pub name: Name,
    pub delivery: u32,
}

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

    /// The source record at an offset.
    pub(super) fn row_at(&mut self, shard: ShardIndex, offset: u64) -> Read {
        let (step, number) = (self.layout.step_of(shard), self.layout.number_of(shard));
        let read = self.sources.read(step, number, offset, self.now);
        if let Read::Row(_) = read
            && offset == self.reading.until[shard.at()]
        {
            let reading = &mut *self.reading;
            reading.until[shard.at()] += 1;
            reading.unread -= 1;
            self.has_just_read_all = reading.unread == 0;
        }
        read
    }

    /// The next message of a queue, which chance may hand out twice.
    pub(super) fn next_message(&mut self, shard: ShardIndex) -> Pull {
        let (step, at) = (self.layout.step_of(shard), self.layout.number_of(shard));
        let now = self.now;
        let (number, delivery, again) = match self.queue_of(shard).pull(at, now) {
            Handed::Message { number, delivery, again } => (number, delivery, again),
            Handed::NotYet(at) => return Pull::NotYet { at },
            Handed::Nothing => return Pull::Nothing,
        };
        if delivery == 1 {
            self.reading.unread -= 1;
            self.has_just_read_all = self.reading.unread == 0;
        }
        let row = self.sources.message(step, number);
        let name = row.name;
        let attempt = self.count_at(step, name);
        let handed = Attempt::new(Act::Deliver, self.layout, step, name, attempt, &self.words);
        let is_doubled = self.answers.redelivers(&handed, self.layout, &self.words);
        let again = match is_doubled {
            true => Some(self.queue_of(shard).hand_out_again(number, now)),
            false => again,
        };
        self.wakes.extend(again.map(|(next, at)| (self.layout.shard(step, next), at)));
        self.pulled.push(Pulled { shard, name, delivery });
        if self.trace.is_on() {
            self.tell_pull(&row, delivery, is_doubled);
        }
        Pull::Message(Message { row, number, delivery })
    }

    /// What a queue promises to the owner of a shard.
    pub(super) fn promise_of_queue(&mut self, shard: ShardIndex, token: u64) -> Time {
        if token != self.store.token(shard) {
            return Time::MIN;
        }
        let now = self.now;
        self.queue_of(shard).promise(now)
    }

    /// When the oldest message of a queue was published that is not acked, for the owner of a shard.
    pub(super) fn oldest_of_queue(&mut self, shard: ShardIndex, token: u64) -> Time {
        if token != self.store.token(shard) {
            return Time::MIN;
        }
        self.queue_of(shard).oldest_unacked()
    }

    /// What a source promises that was read so far.
    pub(super) fn promise_of_source(&mut self, shard: ShardIndex, offset: u64) -> Time {
        let (step, number) = (self.layout.step_of(shard), self.layout.number_of(shard));
        self.sources.promise(step, number, offset)
    }

    /// Whether the last record was read since this was last asked.
    pub fn has_just_read_all(&mut self) -> bool {
        std::mem::take(&mut self.has_just_read_all)
    }

    fn queue_of(&mut self, shard: ShardIndex) -> &mut QueueService {
        self.queues[self.layout.step_of(shard).at()].as_mut().expect("a source with a queue")
    }
}

/// The queue of a step, if it reads one.
pub(super) fn queue(step: &LaidStep) -> Option<QueueService> {
    let Source { progress, queue } = step.source?;
    Some(QueueService::new(queue?, step.shards, progress))
}
