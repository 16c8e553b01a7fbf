//! What the shuffle's messages carry, and what its workers may ask.

use crate::dataflow::Dataflow;
use crate::dataflow::change::{Content, Scan, Watermark};
use crate::dataflow::decision::Decision;
use crate::dataflow::record::Record;
use onceproof_kernel::call::Serial;
use onceproof_kernel::effect;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::record::RecordId;
use onceproof_kernel::source::{Pull, Read};
use onceproof_kernel::tell::Member;
use onceproof_kernel::time::{Nanos, Time};

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
        serial: Serial,
    },
    /// The reply to send number `sends` of a watermark to downstream shard number `target`.
    RetryWatermark {
        /// The place of the shard among those downstream.
        target: u32,
        /// Which send.
        sends: u32,
        /// The serial of the request.
        serial: Serial,
    },
    /// The answer to send number `sends` of the call in `slot`.
    Recall {
        /// The slot.
        slot: u32,
        /// Which send.
        sends: u32,
        /// The serial of the call.
        serial: Serial,
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
    /// What the queue that a source shard reads promises of event times: no message that is not acked, and
    /// none to come as far as the source knows, has an earlier event time. Whoever lost the shard, by its
    /// token, is told nothing: it does not hold what the new owner has committed.
    fn queue_progress(&mut self, shard: ShardIndex, token: u64) -> Time;
    /// When the oldest message that is not acked was published, of the queue that a source shard reads; the
    /// end of time if there is none. It is the system watermark of such a source; nothing for whoever lost
    /// the shard.
    fn oldest_unacked(&mut self, shard: ShardIndex, token: u64) -> Time;
    /// What a source shard promises of event times once all records below `offset` were read.
    fn source_progress(&mut self, shard: ShardIndex, offset: u64) -> Time;
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

/// A request to another shard.
pub type Request = effect::Request<Dataflow>;
/// Tells a sender that its request is done.
pub type Ack = effect::Reply<Dataflow>;
/// An ack that arrives, or an error in its place.
pub type Replied = effect::Replied<Dataflow>;
/// What happens to a worker's shard.
pub type Input = effect::Input<Dataflow>;
/// What a worker's shard wants done.
pub type Effect = effect::Effect<Dataflow>;
/// What it wants done, in order.
pub type Effects = effect::Effects<Dataflow>;
/// All that a worker has at hand while it works on one input.
pub type Context<'a, E> = effect::Context<'a, Dataflow, E>;

/// What a request carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Carried {
    /// What the sender promises.
    pub watermark: Watermark,
    /// The record, or none if the watermark travels alone.
    pub record: Option<Record>,
}
