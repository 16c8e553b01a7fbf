//! `dedup`: a receiver asks the catalog of the record's key whether it has seen the record's id. A Bloom
//! filter in front of it, one per range of the *sender's* timestamps, saves the read where it says that the
//! id is new (*Streaming Systems*, ch. 5, "Bloom Filters").

use onceproof_kernel::time::{Nanos, SECOND};

/// How a duplicate is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Dedup {
    /// By the exact catalog of its key.
    #[default]
    Catalog,
    /// By a filter that says that an id is new, or else by the catalog.
    Bloom(Bloom),
    /// By a filter alone. Wrong: a new record that the filter takes for a known one is dropped.
    BloomOnly(Shape),
    /// By a catalog that forgets after a while, as queues and brokers sell it. Wrong once a retry comes
    /// later.
    Window(DedupWindow),
    /// Not at all. Wrong: every retry of an applied record is applied again.
    Off,
}

/// Filters in front of the catalog.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bloom {
    /// How large they are.
    pub shape: Shape,
    /// What decides which filter a record is looked up in.
    pub bucket_by: BucketBy,
    /// How they come back after a restart.
    pub rebuild: Rebuild,
}

/// How long and how large a filter is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// The range of timestamps of one filter; at least 1.
    pub bucket: Nanos,
    /// How many bits it has for each id that is expected; at least 1.
    pub bits_per_id: u32,
    /// How many bits an id sets; at least 1.
    pub hashes: u32,
    /// How many ids are expected in one range; at least 1.
    pub expect: u32,
}

impl Shape {
    /// How many bits a filter has.
    pub fn bits(&self) -> u64 {
        u64::from(self.bits_per_id) * u64::from(self.expect)
    }
}

impl Default for Shape {
    fn default() -> Shape {
        Shape { bucket: 600 * SECOND, bits_per_id: 10, hashes: 7, expect: 1000 }
    }
}

/// What decides which filter a record is looked up in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum BucketBy {
    /// The timestamp that its sender gave it, which is the same whenever it comes.
    #[default]
    Stamp,
    /// When it arrives. Wrong: a retry that comes in the next range is looked up where it is not.
    Arrival,
}

/// How filters come back after a restart, since they are volatile and the catalog is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Rebuild {
    /// The boot reads all ids.
    #[default]
    Scan,
    /// A range answers "maybe" until so many records of it have come, at least 1; then its ids are read.
    Lazy {
        /// The record that makes the ids be read.
        threshold: u32,
    },
    /// Not at all: an empty filter is taken for a complete one. Wrong: what was known before is new.
    Nothing,
}

/// A finite dedup window: the whole of forgetting, without any watermark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DedupWindow {
    /// How long an id is remembered.
    pub length: Nanos,
    /// Whether a duplicate makes its id young again.
    pub refresh_on_hit: bool,
    /// What becomes of an unknown record whose stamp is older than the window.
    pub unknown_old: UnknownOld,
    /// When an id is written.
    pub updated_at: UpdatedAt,
}

/// What becomes of a record that is not in the catalog and older than the catalog remembers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum UnknownOld {
    /// It is taken. Wrong for a late retry: it counts twice.
    #[default]
    Accept,
    /// It is dropped and acked. Wrong for a late first delivery: it is lost.
    Drop,
}

/// When an id is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum UpdatedAt {
    /// In the commit of the record's effects.
    #[default]
    Commit,
    /// When the record is received, in a commit of its own that goes ahead of its effects, as the dedup store
    /// of a broker has it. Wrong: a crash between the two loses the record.
    Receive,
}

impl Dedup {
    /// Whether there is a filter that never takes a known id for new, as long as its shard has one owner.
    pub fn has_sound_filter(&self) -> bool {
        match self {
            Dedup::Catalog | Dedup::Window(_) | Dedup::Off => false,
            Dedup::BloomOnly(_) => true,
            Dedup::Bloom(Bloom { bucket_by, rebuild, .. }) => match (bucket_by, rebuild) {
                (BucketBy::Stamp, Rebuild::Scan | Rebuild::Lazy { .. }) => true,
                (BucketBy::Arrival, _) | (BucketBy::Stamp, Rebuild::Nothing) => false,
            },
        }
    }

    /// Whether ids are written before the effects of their records.
    pub fn writes_ids_first(&self) -> bool {
        matches!(self, Dedup::Window(DedupWindow { updated_at: UpdatedAt::Receive, .. }))
    }
}
