//! What a source reads: rows that are given, or rows that a seed generates.

use crate::fault::Odds;
use onceproof_kernel::time::{Nanos, Time};
use std::sync::Arc;

/// What a source reads. Row i goes to source shard i mod shards, at offset i / shards.
#[derive(Clone, Debug)]
pub enum SourceInput {
    /// These rows, the same for every seed, in order of arrival.
    Rows(Arc<Vec<InputRow>>),
    /// Rows that the seed draws.
    Generate(Generate),
}

impl SourceInput {
    /// Whether it gives records ids of its own.
    pub fn gives_ids(&self) -> bool {
        match self {
            SourceInput::Rows(rows) => rows.iter().any(|row| row.id.is_some()),
            SourceInput::Generate(_) => false,
        }
    }

    /// The first arrival and the last, or a time after it; none where nothing arrives.
    pub fn arrivals(&self) -> Option<(Time, Time)> {
        match self {
            SourceInput::Rows(rows) => {
                let (first, last) = (rows.first()?, rows.last()?);
                Some((first.arrival, last.arrival))
            }
            SourceInput::Generate(all) => {
                let late = all.late.map_or(0, |late| late.by);
                let last = all.every.saturating_mul(all.records.into()).saturating_add(late);
                Some((Time(0), Time(0).plus(last)))
            }
        }
    }
}

/// One row of the input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InputRow {
    /// Its key.
    pub key: Arc<str>,
    /// When it happened.
    pub event_time: Time,
    /// When the source can read it.
    pub arrival: Time,
    /// What it carries.
    pub value: RowValue,
    /// Its id, where the input gives one instead of shard and offset.
    pub id: Option<u64>,
}

/// What a row carries, before a run has laid it out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RowValue {
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(Arc<str>),
}

/// Rows drawn from the seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Generate {
    /// How many rows.
    pub records: u32,
    /// How many different keys, `user-0` and so on; at least 1.
    pub users: u32,
    /// How uneven the keys are: user number r, from 1, is drawn in proportion to 1 / r^skew, with skew in
    /// thousandths; 0 is even, at most 10,000.
    pub skew_thousandths: u32,
    /// The time between two arrivals.
    pub every: Nanos,
    /// How far before its arrival a record may have happened.
    pub out_of_order: Nanos,
    /// Records that arrive later than `every` says.
    pub late: Option<Late>,
    /// Values are drawn from 1 to this; at least 1.
    pub values: u32,
}

/// Records that are late: how often one is, and how much later it arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Late {
    /// How often.
    pub odds: Odds,
    /// How much at most; at least 1. It is drawn from 1 ns to this.
    pub by: Nanos,
}
