//! What the shuffle's messages carry, and what its workers may ask.

use crate::dataflow::Dataflow;
use crate::dataflow::change::{Content, Scan, Watermark};
use crate::dataflow::record::Record;
use onceproof_kernel::call::Serial;
use onceproof_kernel::effect;
use onceproof_kernel::env::Ask;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::record::RecordId;
use onceproof_kernel::time::Time;

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

/// What a worker may ask while it works on an input, beside what any process may ask.
pub trait Env: Ask {
    /// The rows of this shard.
    fn scan(&mut self, shard: ShardIndex) -> Scan;
    /// A record is about to be admitted at a step: nothing is asked, but the world may strike here.
    fn admit(&mut self, shard: ShardIndex, step: StepIndex, name: Name);
    /// A record is dropped: nothing is asked, but the world may count.
    fn drops(&mut self, shard: ShardIndex, name: Name, dropped: Dropped);
    /// Whether the catalog of a record's key has its id, after what its filter said, if it has one.
    fn is_known(&mut self, shard: ShardIndex, record: &Record, filter: Option<FilterSaid>) -> bool;
    /// What a filter said of a record before its catalog is asked, under this token, and whether it is the last to
    /// be asked: nothing is asked, but the world may watch.
    fn filter_said(
        &mut self,
        shard: ShardIndex,
        token: u64,
        record: &Record,
        said: FilterSaid,
        is_last: bool,
    );
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
pub type Reply = effect::Reply<Dataflow>;
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
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Payload {
    /// What the sender promises.
    pub watermark: Watermark,
    /// The record, or none if the watermark travels alone.
    pub record: Option<Record>,
}
