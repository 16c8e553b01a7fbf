//! A queue outside the system, which hands its messages to the shards of a source in turn, the first time to
//! the shard that the name of the message says. A message that is not acked within its deadline is handed out
//! again, to the next shard, behind those that wait there: another shard, in another order. A worker that lives
//! may extend the deadlines of what it holds; then they run only from its death on. An ack of any delivery is
//! an ack of the message. Asking and telling a queue takes no time; an ack is lost only by a crash before it.
//!
//! Any shard may get a message again, so a queue makes one promise for all of them: no message that is not
//! acked has an earlier event time. An ack that moves it wakes them. If a message that is handed out held
//! nothing back, one whose worker died would come again too late for its window
//! (`Defect::UnackedMessageDoesNotPin`).

use onceproof_kernel::source::{Progress, Queue};
use onceproof_kernel::time::Time;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A queue and what it knows of its messages.
#[derive(Clone, Debug)]
pub(crate) struct QueueService {
    queue: Queue,
    shards: u32,
    progress: Progress,
    messages: Vec<QueuedMessage>,
    /// Per shard, when which message may be handed to it. An entry that is no longer so is dropped when it
    /// comes up.
    waiting: Vec<BinaryHeap<Reverse<(Time, u32)>>>,
    /// The event times of messages that are not acked, as far as the source knows of them.
    pins: BinaryHeap<Reverse<(Time, u32)>>,
    /// How many are published, and the greatest event time of these.
    published: u32,
    greatest: Time,
    /// How many are not acked, and a message below which all are.
    unacked: u32,
    oldest: u32,
}

#[derive(Clone, Copy, Debug)]
struct QueuedMessage {
    arrival: Time,
    event_time: Time,
    deliveries: u32,
    /// From when on it may be handed out; never while a worker extends its deadline.
    available: Time,
    holder: Option<u32>,
    is_acked: bool,
}

/// What a pull gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Handed {
    /// A message, its delivery, from 1, and who may have it again and when.
    Message { number: u32, delivery: u32, again: Option<(u32, Time)> },
    /// Nothing before this time.
    NotYet(Time),
    /// Nothing.
    Nothing,
}

impl QueueService {
    pub fn new(queue: Queue, shards: u32, progress: Progress) -> QueueService {
        QueueService {
            queue,
            shards,
            progress,
            messages: Vec::new(),
            waiting: (0..shards).map(|_| BinaryHeap::new()).collect(),
            pins: BinaryHeap::new(),
            published: 0,
            greatest: Time::MIN,
            unacked: 0,
            oldest: 0,
        }
    }

    /// Begins a run with messages of these arrivals, in order, and event times.
    pub fn reset(&mut self, messages: impl Iterator<Item = (Time, Time)>) {
        self.messages.clear();
        self.messages.extend(messages.map(|(arrival, event_time)| QueuedMessage {
            arrival,
            event_time,
            deliveries: 0,
            available: arrival,
            holder: None,
            is_acked: false,
        }));
        self.waiting.iter_mut().for_each(BinaryHeap::clear);
        self.pins.clear();
        self.published = 0;
        self.greatest = Time::MIN;
        self.unacked = self.messages.len() as u32;
        self.oldest = 0;
        for number in 0..self.messages.len() as u32 {
            self.waits(number);
            if self.progress == Progress::Perfect {
                self.pins.push(Reverse((self.messages[number as usize].event_time, number)));
            }
        }
    }

    /// The shard that a message is handed to next: those of its source in turn.
    fn next_shard(&self, number: u32) -> u32 {
        (number + self.messages[number as usize].deliveries) % self.shards
    }

    fn waits(&mut self, number: u32) -> (u32, Time) {
        let (shard, at) = (self.next_shard(number), self.messages[number as usize].available);
        self.waiting[shard as usize].push(Reverse((at, number)));
        (shard, at)
    }

    /// A shard asks for a message.
    pub fn pull(&mut self, shard: u32, now: Time) -> Handed {
        while let Some(&Reverse((at, number))) = self.waiting[shard as usize].peek() {
            let message = self.messages[number as usize];
            if message.is_acked || message.available != at || self.next_shard(number) != shard {
                self.waiting[shard as usize].pop();
                continue;
            }
            if at > now {
                return Handed::NotYet(at);
            }
            self.waiting[shard as usize].pop();
            let message = &mut self.messages[number as usize];
            message.deliveries += 1;
            message.holder = Some(shard);
            let delivery = message.deliveries;
            if self.queue.extend {
                message.available = Time::MAX;
                return Handed::Message { number, delivery, again: None };
            }
            message.available = now.plus(self.queue.deadline);
            let again = Some(self.waits(number));
            return Handed::Message { number, delivery, again };
        }
        Handed::Nothing
    }

    /// Hands a message out again, though it is held: who may have it now.
    pub fn hand_out_again(&mut self, number: u32, now: Time) -> (u32, Time) {
        self.messages[number as usize].available = now;
        self.waits(number)
    }

    /// A message is acked.
    pub fn ack(&mut self, number: u32) {
        let message = &mut self.messages[number as usize];
        self.unacked -= u32::from(!std::mem::replace(&mut message.is_acked, true));
    }

    /// A shard died: nobody extends any more what it holds. Hands who may have it again, and when, to `each`.
    pub fn lapse(&mut self, shard: u32, now: Time, mut each: impl FnMut(u32, Time)) {
        for number in 0..self.messages.len() as u32 {
            let message = &mut self.messages[number as usize];
            let is_held = message.holder == Some(shard) && message.available == Time::MAX;
            if is_held && !message.is_acked {
                message.available = now.plus(self.queue.deadline);
                let (shard, at) = self.waits(number);
                each(shard, at);
            }
        }
    }

    /// No message that is not acked, and none to come as far as the source knows, has an earlier event time.
    /// Any shard may get any of them, so this is the same for all.
    pub fn promise(&mut self, now: Time) -> Time {
        if self.unacked == 0 {
            return Time::MAX;
        }
        while let Some(message) = self.messages.get(self.published as usize)
            && message.arrival <= now
        {
            self.greatest = self.greatest.max(message.event_time);
            if self.progress != Progress::Perfect {
                self.pins.push(Reverse((message.event_time, self.published)));
            }
            self.published += 1;
        }
        let mut least = Time::MAX;
        while let Some(&Reverse((event_time, number))) = self.pins.peek() {
            let message = &self.messages[number as usize];
            let is_out = message.deliveries > 0;
            let is_done = message.is_acked || (!self.queue.holds_back && is_out);
            if !is_done {
                least = event_time;
                break;
            }
            self.pins.pop();
        }
        match self.progress {
            Progress::Perfect => least,
            Progress::Bound(bound) => least.min(self.greatest.minus(bound)),
        }
    }

    /// When the oldest message that is not acked was, or will be, published; the end of time if all are.
    pub fn oldest_unacked(&mut self) -> Time {
        while let Some(message) = self.messages.get(self.oldest as usize)
            && message.is_acked
        {
            self.oldest += 1;
        }
        self.messages.get(self.oldest as usize).map_or(Time::MAX, |message| message.arrival)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages at 0, 1 and 2, in a queue of a deadline of 10 that two shards read.
    fn service(extend: bool, progress: Progress) -> QueueService {
        let queue = Queue { deadline: 10, extend, holds_back: true };
        let mut service = QueueService::new(queue, 2, progress);
        service.reset([0, 1, 2].into_iter().map(|at| (Time(at), Time(at))));
        service
    }

    fn message(number: u32, delivery: u32) -> Handed {
        Handed::Message { number, delivery, again: None }
    }

    #[test]
    fn what_its_worker_holds_is_handed_to_the_next_shard_a_deadline_after_its_death() {
        let mut service = service(true, Progress::Perfect);
        assert_eq!(service.pull(0, Time(0)), message(0, 1));
        assert_eq!(service.pull(0, Time(1)), Handed::NotYet(Time(2)));
        assert_eq!(service.pull(1, Time(100)), message(1, 1));
        assert_eq!(service.pull(1, Time(100)), Handed::Nothing);
        let mut lapsed = Vec::new();
        service.lapse(0, Time(100), |shard, at| lapsed.push((shard, at)));
        assert_eq!(lapsed, [(1, Time(110))]);
        assert_eq!(service.pull(1, Time(109)), Handed::NotYet(Time(110)));
        assert_eq!(service.pull(1, Time(110)), message(0, 2));
    }

    #[test]
    fn without_extension_a_message_comes_again_though_it_is_held_unless_it_is_acked() {
        let mut service = service(false, Progress::Perfect);
        let again = Some((1, Time(10)));
        assert_eq!(service.pull(0, Time(0)), Handed::Message { number: 0, delivery: 1, again });
        let again = Some((1, Time(12)));
        assert_eq!(service.pull(0, Time(2)), Handed::Message { number: 2, delivery: 1, again });
        service.ack(2);
        let again = Some((0, Time(20)));
        assert_eq!(service.pull(1, Time(10)), Handed::Message { number: 1, delivery: 1, again });
        assert_eq!(service.pull(1, Time(10)), Handed::Message { number: 0, delivery: 2, again });
        assert_eq!(service.pull(1, Time(12)), Handed::Nothing);
    }

    #[test]
    fn what_is_promised_waits_for_acks() {
        let mut perfect = service(true, Progress::Perfect);
        assert_eq!((perfect.promise(Time(0)), perfect.oldest_unacked()), (Time(0), Time(0)));
        perfect.ack(1);
        assert_eq!((perfect.promise(Time(0)), perfect.oldest_unacked()), (Time(0), Time(0)));
        perfect.ack(0);
        assert_eq!((perfect.promise(Time(0)), perfect.oldest_unacked()), (Time(2), Time(2)));
        perfect.ack(2);
        assert_eq!((perfect.promise(Time(0)), perfect.oldest_unacked()), (Time::MAX, Time::MAX));

        // Under a bound it is so far behind the greatest that is published, and waits for acks, too.
        let mut bound = service(true, Progress::Bound(1));
        assert_eq!(bound.promise(Time(1)), Time(0));
        bound.ack(0);
        assert_eq!(bound.promise(Time(1)), Time(0));
        assert_eq!(bound.promise(Time(2)), Time(1));
        bound.ack(1);
        assert_eq!(bound.promise(Time(2)), Time(1));
        bound.ack(2);
        assert_eq!(bound.promise(Time(2)), Time::MAX);
    }
}
