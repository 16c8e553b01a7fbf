//! The door between a worker and the world. A worker takes one [`Input`], may ask the few questions of
//! [`Env`] while it works on it, and returns an ordered list of [`Effect`]s. It performs nothing itself,
//! so a crash can fall before any effect, and the wrong order of a protocol differs from the right one in
//! the order of a list.
//!
//! Questions come before effects: an input is worked on by first asking all it has to ask, and only then
//! listing effects. So a crash before a question and one before an effect happen in the order of the
//! protocol. What is left to do with further questions waits for [`Input::Resume`].

use crate::call::{Answer, Call};
use crate::commit::{Batch, Commit, Content, Delta, Scan, Watermark};
use crate::dataflow::Design;
use crate::dataflow::decision::Decision;
use crate::dataflow::point;
use crate::dataflow::record::Record;
use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::record::{RecordId, Value};
use onceproof_kernel::time::{Nanos, Time};

/// What happens to a worker's shard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    /// It starts, knowing nothing but what it reads.
    Boot,
    /// A request arrives.
    Request(Request),
    /// The reply to one of its requests arrives.
    Reply(Reply),
    /// The store answers that a commit is applied.
    Committed {
        /// The number of the commit.
        number: u64,
    },
    /// An external service answers a call.
    Called {
        /// Which call.
        rpc: Rpc,
        /// What it answers; never a refusal, which ends who hears it.
        answer: Answer,
    },
    /// A timer is due.
    Wake(Timer),
    /// It may go on with what is ready.
    Resume,
}

/// What a worker's shard wants done, in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Change rows.
    Commit(Commit),
    /// Tell a sender that its request is done.
    Ack(Ack),
    /// Tell a queue that a message is done.
    AckMessage(MessageAck),
    /// Send a request.
    Send(Request),
    /// Call an external service.
    Call(Call),
    /// Call back.
    Wake {
        /// When.
        at: Time,
        /// With what.
        timer: Timer,
    },
}

/// A request to another shard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request {
    /// The sender.
    pub from: ShardIndex,
    /// The receiver.
    pub to: ShardIndex,
    /// What the reply carries back.
    pub rpc: Rpc,
    /// What the sender promises.
    pub watermark: Watermark,
    /// The record, or none if the watermark travels alone.
    pub record: Option<Record>,
}

impl Request {
    /// What the request is about.
    pub fn subject(&self) -> Subject {
        match &self.record {
            Some(record) => Subject::Record(record.name),
            None => point::watermark(self.watermark.event),
        }
    }
}

/// What identifies a request to its sender.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rpc {
    /// Where the sender keeps it.
    pub slot: u32,
    /// Which send of the record this is, counted by the world from outside; the worker leaves it 0 and
    /// carries it back.
    pub attempt: u32,
    /// Never used twice by a shard, in any of its lives.
    pub serial: u64,
}

/// Tells a sender that its request is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ack {
    /// The receiver of the request.
    pub from: ShardIndex,
    /// The sender of the request.
    pub to: ShardIndex,
    /// Which request.
    pub rpc: Rpc,
    /// What the request was about.
    pub subject: Subject,
    /// The receiver's committed event-time watermark for that sender.
    pub watermark: Time,
}

/// Tells a queue that a message is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageAck {
    /// The source shard that it was handed to.
    pub shard: ShardIndex,
    /// Which message.
    pub number: u32,
    /// What it carries.
    pub name: Name,
}

/// The reply to a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reply {
    /// The receiver of the request.
    pub from: ShardIndex,
    /// Which request.
    pub rpc: Rpc,
    /// The receiver's committed event-time watermark for this sender, or none if the reply is an error, which tells
    /// nothing of whether the request was applied.
    pub watermark: Option<Time>,
}

/// What a worker's shard waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timer {
    /// The reply to send number `sends` of the output in `slot`.
    Retry {
        /// The slot.
        slot: u32,
        /// Which send.
        sends: u32,
        /// The serial of the request.
        serial: u64,
    },
    /// The reply to send number `sends` of a watermark to downstream shard number `target`.
    RetryWatermark {
        /// The place of the shard among those downstream.
        target: u32,
        /// Which send.
        sends: u32,
        /// The serial of the request.
        serial: u64,
    },
    /// The answer to send number `sends` of the call in `slot`.
    Recall {
        /// The slot.
        slot: u32,
        /// Which send.
        sends: u32,
        /// The serial of the call.
        serial: u64,
    },
    /// The arrival of the next source record.
    Arrival,
    /// The end of this instant, when open bundles close.
    Close,
    /// Another try of a function that failed on a record of this key.
    Reapply(Key),
    /// Another try of a function that failed on a source record.
    Reread,
}

/// What a worker may ask while it works on an input.
pub trait Env {
    /// The keys and names of the run.
    fn vocabulary(&mut self) -> &mut Vocabulary;
    /// A new token for this shard from the store; commits under older ones are refused from now on.
    fn take_token(&mut self, shard: ShardIndex) -> u64;
    /// The service at which this shard puts entries is told of its token, and refuses older ones from now on.
    fn announce(&mut self, shard: ShardIndex, token: u64);
    /// The rows of this shard.
    fn scan(&mut self, shard: ShardIndex) -> Scan;
    /// A record is about to be admitted: nothing is asked, but the world may strike here.
    fn admit(&mut self, shard: ShardIndex, name: Name);
    /// A record is dropped: nothing is asked, but the world may count.
    fn drops(&mut self, shard: ShardIndex, name: Name, dropped: Dropped);
    /// Whether the catalog of a record's key has its id.
    fn is_known(&mut self, shard: ShardIndex, record: &Record) -> bool;
    /// What a filter said of a record before its catalog is asked, under this token: nothing is asked, but
    /// the world may watch.
    fn filter_said(&mut self, shard: ShardIndex, token: u64, record: &Record, said: FilterSaid);
    /// The ids in the catalogs of all keys with timestamps from `first` to `last`, in no order.
    fn scan_ids(
        &mut self,
        shard: ShardIndex,
        first: Time,
        last: Time,
        found: &mut Vec<(Key, RecordId, Time)>,
    );
    /// A step of this shard's stage is about to be applied to a record: nothing is asked, but the world may
    /// strike here.
    fn apply(&mut self, shard: ShardIndex, step: StepIndex, name: Name);
    /// The content of a window.
    fn content(&mut self, shard: ShardIndex, key: Key, start: Time) -> Content;
    /// Outputs are added up into one: what stands for them is made of these. Nothing is asked; the answer is
    /// a lineage, which the partial aggregate carries for whoever watches from outside.
    fn combine(&mut self, members: &[Member]) -> u32;
    /// The source record at an offset.
    fn read(&mut self, shard: ShardIndex, offset: u64) -> Read;
    /// The next message of the queue that a source shard reads.
    fn pull(&mut self, shard: ShardIndex) -> Pull;
    /// The event-time watermark of the queue that a source shard reads: no message that is not acked, and
    /// none to come as far as the source knows, has an earlier event time. Whoever lost the shard, by its
    /// token, is told nothing: it does not hold what the new owner has committed.
    fn queue_watermark(&mut self, shard: ShardIndex, token: u64) -> Time;
    /// When the oldest message that is not acked was published, of the queue that a source shard reads; the
    /// end of time if there is none. It is the system watermark of such a source; nothing for whoever lost
    /// the shard.
    fn oldest_unacked(&mut self, shard: ShardIndex, token: u64) -> Time;
    /// The watermark of a source shard of which all records below `offset` were read.
    fn source_watermark(&mut self, shard: ShardIndex, offset: u64) -> Time;
    /// A user function is executed on a record of this key: what chance decides in it, less than `answers`;
    /// none if it fails.
    fn execute(&mut self, step: StepIndex, name: Name, key: Key, answers: u32) -> Option<u32>;
    /// What a service that a user function asks says of a key now, less than `values`; it says another
    /// value each time `changes_every` has passed.
    fn look_up(&mut self, step: StepIndex, key: Key, changes_every: Nanos, values: u32) -> u32;
    /// What a shard does that only it knows: nothing is asked and nothing hangs on it, but the world may watch.
    #[inline(always)]
    fn decides(&mut self, shard: ShardIndex, decision: Decision<'_>) {
        let _ = (shard, decision);
    }
}

/// Why a record is dropped.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Dropped {
    /// Its catalog has its id.
    Duplicate,
    /// Its stamp is below the system watermark of its sender.
    Remnant,
    /// Its catalog does not have its id and no longer would.
    Old,
}

/// What a filter says of an id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FilterSaid {
    /// It is not in the catalog.
    New,
    /// It may be in the catalog.
    MayBeKnown,
    /// Nothing: it does not have all ids yet.
    NotReady,
}

/// One of the outputs that a partial aggregate stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Member {
    /// Its name.
    pub name: Name,
    /// What was read to make it.
    pub lineage: u32,
    /// The source records that it stands for.
    pub weight: i64,
    /// Its value.
    pub value: i64,
}

/// What a source finds at an offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Read {
    /// A record.
    Row(SourceRow),
    /// Nothing yet.
    NotYet {
        /// When the record arrives.
        arrival: Time,
    },
    /// The end of the input.
    End,
}

/// What a queue hands out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pull {
    /// A message.
    Message(Message),
    /// Nothing before this time.
    NotYet {
        /// When the next message is published, or handed out again.
        at: Time,
    },
    /// Nothing, unless something happens.
    Nothing,
}

/// A delivery of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Message {
    /// What it carries; its id is the publisher's attribute, if it has one.
    pub row: SourceRow,
    /// Which message of the queue.
    pub number: u32,
    /// Which delivery of it, from 1.
    pub delivery: u32,
}

/// One record of the input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourceRow {
    /// Its name.
    pub name: Name,
    /// Its key.
    pub key: Key,
    /// The id that the input gives, if it does, instead of shard and offset: one of its source.
    pub id: Option<u64>,
    /// When it happened.
    pub event_time: Time,
    /// When the source could read it; in a shard, none comes before one that was read earlier.
    pub arrival: Time,
    /// What it carries.
    pub value: Value,
    /// The source shard's watermark once this record is read.
    pub watermark: Time,
}

/// All that a worker has at hand while it works on one input.
pub struct Moment<'a, E> {
    /// What its clock says.
    pub now: Time,
    /// The design.
    pub design: &'a Design,
    /// Whom it asks.
    pub env: &'a mut E,
    /// Where its effects go.
    pub effects: &'a mut Effects,
}

impl<E: Env> Moment<'_, E> {
    /// The world, to be asked or to strike. No effect is listed yet: a crash before the question would come
    /// too late to take the effect back. What a queue promises is read beside the effects, through `env`: no
    /// fault has a place there, and what is listed can only raise it.
    ///
    /// # Panics
    ///
    /// Where debug assertions are on, if an effect other than a timer is listed.
    #[inline(always)]
    pub fn ask(&mut self) -> &mut E {
        debug_assert!(self.effects.is_quiet(), "a worker lists effects before it asks");
        self.env
    }
}

/// An ordered list of effects, with the deltas of their commits.
#[derive(Debug, Default)]
pub struct Effects {
    /// The effects, first to last.
    pub list: Vec<Effect>,
    /// The deltas of all commits that are listed or on their way. A buffer is used again for another commit.
    batches: Vec<Vec<Delta>>,
    free: Vec<Batch>,
}

impl Effects {
    /// Whether nothing but timers is listed: questions may still be asked.
    pub fn is_quiet(&self) -> bool {
        self.list.iter().all(|effect| matches!(effect, Effect::Wake { .. }))
    }

    /// Takes the deltas of a commit, and leaves an empty buffer in their place.
    pub fn take(&mut self, deltas: &mut Vec<Delta>) -> Batch {
        let batch = self.free.pop().unwrap_or_else(|| {
            self.batches.push(Vec::new());
            Batch(self.batches.len() as u32 - 1)
        });
        std::mem::swap(&mut self.batches[batch.0 as usize], deltas);
        batch
    }

    /// What a commit changes, in order.
    pub fn deltas(&self, batch: Batch) -> &[Delta] {
        &self.batches[batch.0 as usize]
    }

    /// A commit is over: nobody asks for its deltas any more.
    pub fn recycle(&mut self, batch: Batch) {
        self.batches[batch.0 as usize].clear();
        self.free.push(batch);
    }

    /// Forgets all effects and the deltas of all commits, and keeps the memory.
    pub fn clear(&mut self) {
        self.list.clear();
        self.free.clear();
        for (deltas, number) in self.batches.iter_mut().zip(0..) {
            deltas.clear();
            self.free.push(Batch(number));
        }
    }
}
