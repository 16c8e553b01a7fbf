//! Filters in front of the catalog, one per range of the senders' timestamps, so that a range can be forgotten
//! whole and a boot need not wait for all of them. A filter says that an id is new, and the read is saved; or
//! that it may be known, and the catalog decides. What it must never do is take a known id for new; the store,
//! which knows all ids, asserts that. Three rules see to it:
//!
//! 1. An id is added when it joins its commit, before the commit is sent. If the commit never lands the filter
//!    has one id too many, which costs a read.
//! 2. It is added and looked up by its sender's timestamp, which is the same whenever it comes.
//! 3. Filters are volatile. A boot reads all ids, and its filters are complete at once: the scan costs one read
//!    and takes no time of its own. The first owner of a shard reads none, since there can be none. Or a range
//!    answers "maybe" until its ids are read. It is told of new ids from the boot on, since a commit that is on
//!    the wire while they are read is in no scan (`Defect::UnreadFilterNotAdded`).

use crate::dataflow::bloom::BloomFilter;
use crate::dataflow::defect::Defect;
use crate::dataflow::effect::{Context, Env, FilterSaid};
use crate::dataflow::mechanism::dedup::{Bloom, BucketBy, Dedup, Rebuild, Shape};
use crate::dataflow::record::Record;
use crate::dataflow::worker::{Arrived, Worker};
use onceproof_kernel::copied_by_field;
use onceproof_kernel::key::Key;
use onceproof_kernel::mix::fold;
use onceproof_kernel::record::RecordId;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::Fill;
use onceproof_kernel::time::Time;

/// The filters of a shard.
#[derive(Debug, Default)]
pub(in crate::dataflow::worker) struct Filters {
    /// In order of their ranges, which do not overlap.
    buckets: Vec<Bucket>,
    /// How full those were that are forgotten, for whoever watches from outside.
    forgotten: Vec<Fill>,
    /// Where the bucket of the last record is: the next one is mostly of the same.
    latest: usize,
    /// Whether a range without a bucket may have ids in the catalog.
    absent_are_unread: bool,
    /// Filters whose memory is used again, and the list of ids that a scan fills.
    spare: Vec<BloomFilter>,
    found: Vec<(Key, RecordId, Time)>,
}

copied_by_field!(Filters { buckets, forgotten, latest, absent_are_unread, spare, found });

/// The filter of one range.
#[derive(Clone, Hash, Debug)]
struct Bucket {
    /// The first and the last timestamp of the range.
    first: Time,
    last: Time,
    filter: BloomFilter,
    state: State,
}

impl Bucket {
    fn fill(&self) -> Fill {
        let Bucket { first, filter, state, .. } = self;
        let is_complete = *state == State::Complete;
        Fill { first: *first, bits_set: filter.bits_set(), bits: filter.bits(), is_complete }
    }
}

/// What a bucket has of the ids in the catalog.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum State {
    /// All of them.
    Complete,
    /// Those that came since the boot; so many of its records were looked up since.
    Unread { records: u32 },
}

impl Filters {
    /// What they have of the ids in the catalog.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Filters { buckets, forgotten: _, latest: _, absent_are_unread, spare: _, found: _ } =
            self;
        state.add_list(buckets);
        state.add(absent_are_unread);
    }

    /// Forgets the ranges that end at or below a time: all their ids are forgotten.
    pub fn forget_before(&mut self, time: Time) {
        if self.buckets.first().is_none_or(|first| first.last >= time) {
            return;
        }
        let ended = self.buckets.partition_point(|bucket| bucket.last < time);
        for bucket in self.buckets.drain(..ended) {
            self.forgotten.push(bucket.fill());
            self.spare.push(bucket.filter);
        }
        self.latest = self.latest.saturating_sub(ended);
    }

    /// How full those are that are not forgotten.
    pub fn kept(&self) -> impl Iterator<Item = Fill> {
        self.buckets.iter().map(Bucket::fill)
    }

    fn clear(&mut self) {
        self.spare.extend(self.buckets.drain(..).map(|bucket| bucket.filter));
        self.latest = 0;
        self.forgotten.clear();
        self.absent_are_unread = false;
    }

    /// The bucket of a time, which is begun where there is none.
    fn bucket(&mut self, time: Time, shape: &Shape) -> &mut Bucket {
        let is_latest = |bucket: &Bucket| bucket.first <= time && time <= bucket.last;
        if !self.buckets.get(self.latest).is_some_and(is_latest) {
            self.latest = self.find(time, shape);
        }
        &mut self.buckets[self.latest]
    }

    fn find(&mut self, time: Time, shape: &Shape) -> usize {
        let (first, last) = range(time, shape);
        match self.buckets.binary_search_by_key(&first, |bucket| bucket.first) {
            Ok(at) => at,
            Err(at) => {
                let mut filter = self.spare.pop().unwrap_or_default();
                filter.reset(shape.bits(), shape.hashes);
                let state = match self.absent_are_unread {
                    true => State::Unread { records: 0 },
                    false => State::Complete,
                };
                self.buckets.insert(at, Bucket { first, last, filter, state });
                at
            }
        }
    }
}

/// The first and the last time of the range that a time is in.
fn range(time: Time, shape: &Shape) -> (Time, Time) {
    let length = i128::from(shape.bucket);
    let first = i128::from(time.0).div_euclid(length) * length;
    let within = |at: i128| Time(at.clamp(i64::MIN.into(), i64::MAX.into()) as i64);
    (within(first), within(first + length - 1))
}

/// What a filter knows an id by. Catalogs are per key, and a filter stands before all of them.
fn element<E: Env>(key: Key, id: RecordId, m: &mut Context<'_, E>) -> u64 {
    fold(id.0, m.env.vocabulary().keys.hash(key))
}

impl Worker {
    /// What the filter of a record's range says of its id.
    pub(in crate::dataflow::worker) fn ask_filter<E: Env>(
        &mut self,
        bloom: &Bloom,
        arrived: &Arrived,
        m: &mut Context<'_, E>,
    ) -> FilterSaid {
        let Record { key, id, .. } = arrived.record;
        let element = element(key, id, m);
        let time = bucket_time(bloom, &arrived.record, m.now);
        let bucket = self.filters.bucket(time, &bloom.shape);
        if let (State::Unread { records }, Rebuild::Lazy { threshold }) =
            (&mut bucket.state, bloom.rebuild)
        {
            *records += 1;
            if *records >= threshold {
                let (first, last) = (bucket.first, bucket.last);
                self.read_ids(&bloom.shape, first, last, m);
            }
        }
        let bucket = self.filters.bucket(time, &bloom.shape);
        let said = match (bucket.state, bucket.filter.may_contain(element)) {
            (State::Unread { .. }, _) => FilterSaid::NotReady,
            (State::Complete, true) => FilterSaid::MayBeKnown,
            (State::Complete, false) => FilterSaid::New,
        };
        let asks_catalog = !matches!(self.mechanism.dedup, Dedup::BloomOnly(_));
        let is_last = said == FilterSaid::New || !asks_catalog;
        m.env.filter_said(self.shard, self.token, &arrived.record, said, is_last);
        said
    }

    /// The id of a record joins its commit.
    pub(in crate::dataflow::worker) fn add_to_filter<E: Env>(
        &mut self,
        record: &Record,
        m: &mut Context<'_, E>,
    ) {
        let bloom = match self.mechanism.dedup {
            Dedup::Catalog | Dedup::Window(_) | Dedup::Off => return,
            Dedup::Bloom(bloom) => bloom,
            Dedup::BloomOnly(shape) => Bloom { shape, ..Bloom::default() },
        };
        let element = element(record.key, record.id, m);
        let time = bucket_time(&bloom, record, m.now);
        let leaves_out = self.has(Defect::UnreadFilterNotAdded);
        let bucket = self.filters.bucket(time, &bloom.shape);
        if bucket.state == State::Complete || !leaves_out {
            bucket.filter.insert(element);
        }
    }

    /// A boot knows nothing of what filters had. The first owner ever knows that there was nothing.
    pub(in crate::dataflow::worker) fn rebuild_filters<E: Env>(
        &mut self,
        is_first: bool,
        m: &mut Context<'_, E>,
    ) {
        self.filters.clear();
        let (shape, rebuild) = match self.mechanism.dedup {
            Dedup::Catalog | Dedup::Window(_) | Dedup::Off => return,
            Dedup::Bloom(bloom) => (bloom.shape, bloom.rebuild),
            Dedup::BloomOnly(shape) => (shape, Rebuild::Scan),
        };
        match rebuild {
            Rebuild::Scan if is_first => {}
            Rebuild::Scan => self.read_ids(&shape, Time::MIN, Time::MAX, m),
            Rebuild::Lazy { .. } => self.filters.absent_are_unread = !is_first,
            Rebuild::Nothing => {}
        }
    }

    /// Reads the ids with timestamps from `first` to `last` into their filters, which are then complete.
    /// They come in no order, and a filter does not ask for one. Their arrivals are in no row, so whoever
    /// goes by them has the timestamps only.
    fn read_ids<E: Env>(&mut self, shape: &Shape, first: Time, last: Time, m: &mut Context<'_, E>) {
        let mut found = std::mem::take(&mut self.filters.found);
        m.ask().scan_ids(self.shard, first, last, &mut found);
        for (key, id, stamp) in found.drain(..) {
            let element = element(key, id, m);
            self.filters.bucket(stamp, shape).filter.insert(element);
        }
        self.filters.found = found;
        for bucket in &mut self.filters.buckets {
            if first <= bucket.first && bucket.last <= last {
                bucket.state = State::Complete;
            }
        }
    }

    /// The system watermark of all senders has moved: ranges that end before it are forgotten with their ids.
    pub(in crate::dataflow::worker) fn forget_filters(&mut self) {
        if self.mechanism.forgets_by_watermark() {
            self.filters.forget_before(self.watermarks.incoming_committed().system);
        }
    }

    /// How full the filters are, or were when they were forgotten, in order of their ranges.
    pub(in crate::dataflow::worker) fn filter_fills(&self) -> impl Iterator<Item = Fill> {
        self.filters.forgotten.iter().copied().chain(self.filters.kept())
    }
}

/// The time that decides which filter a record is looked up in and added to.
fn bucket_time(bloom: &Bloom, record: &Record, now: Time) -> Time {
    match bloom.bucket_by {
        BucketBy::Stamp => record.stamp,
        BucketBy::Arrival => now,
    }
}
