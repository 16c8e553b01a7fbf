//! `dedup`: a receiver asks the catalog of the record's key whether it has seen the record's id.

use crate::time::Nanos;

/// How a duplicate is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Dedup {
    /// By the exact catalog of its key.
    #[default]
    Catalog,
    /// By a catalog that forgets after a while, as queues and brokers sell it. Wrong once a retry comes
    /// later.
    Window(DedupWindow),
    /// Not at all. Wrong: every retry of an applied record is applied again.
    Off,
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
    /// When the record is received, in a write of its own that comes before its effects. Wrong: a crash
    /// between the two loses the record.
    Receive,
}

impl Dedup {
    /// Whether ids are written before the effects of their records.
    pub fn writes_ids_first(&self) -> bool {
        matches!(self, Dedup::Window(DedupWindow { updated_at: UpdatedAt::Receive, .. }))
    }
}
