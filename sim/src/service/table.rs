//! The tables that sinks write to by calls: streams with offsets, insert ids that are forgotten, and units,
//! which are files or transactions. All rows of a unit belong together.
//!
//! A unit is torn if a reader may have met some of its rows without the others: if virtual time went on in
//! between, or if the others never came. Within one instant nobody reads. Each row says which of how many it
//! is, so nothing hangs on what the dead would have written.

use hashbrown::HashMap;
use onceproof_kernel::call::{Answer, Part, Row, Target};
use onceproof_kernel::layout::{Layout, ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::record::RecordId;
use onceproof_kernel::time::Time;
use rustc_hash::FxBuildHasher;
use std::cmp::Ordering;

/// What the tables of all sinks keep beside their rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    /// When each insert id was last let in.
    inserted: HashMap<(StepIndex, RecordId), Time, FxBuildHasher>,
    /// Where each stream of each shard ends.
    streams: HashMap<(ShardIndex, u64), u64, FxBuildHasher>,
    /// Files and transactions.
    units: HashMap<(ShardIndex, u64), AtomicUnit, FxBuildHasher>,
}

/// Rows that belong together.
#[derive(Clone, Debug)]
pub(super) struct AtomicUnit {
    step: StepIndex,
    /// Its rows by their places, each with its record; none where it has not come.
    rows: Vec<Option<(Name, Row)>>,
    /// When the first came.
    begun: Time,
    seen: FirstSight,
}

/// What readers saw first of a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct FirstSight {
    since: Option<Time>,
    /// How many rows, before time went on.
    at_first: u32,
}

/// A unit of which a part was seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Torn {
    pub step: StepIndex,
    /// The record of the first row that is seen.
    pub name: Name,
    /// How many rows were seen without the others, and how many it has.
    pub seen: u32,
    pub of: u32,
}

impl Tables {
    pub fn clear(&mut self) {
        self.inserted.clear();
        self.streams.clear();
        self.units.clear();
    }

    /// Moves the end of a stream on, if this offset is there.
    pub fn append_at(&mut self, stream: (ShardIndex, u64), offset: u64) -> Answer {
        let end = self.streams.entry(stream).or_default();
        match offset.cmp(end) {
            Ordering::Less => Answer::AlreadyExists,
            Ordering::Greater => Answer::OutOfRange,
            Ordering::Equal => {
                *end += 1;
                Answer::Done
            }
        }
    }

    /// Whether an insert id is let in: the table has not seen it, or so long ago that it has forgotten it.
    pub fn lets_in(&mut self, step: StepIndex, id: RecordId, layout: &Layout, now: Time) -> bool {
        let Some(Target::InsertIds { window }) = layout.step(step).calls else {
            unreachable!("only a sink with insert ids gives one");
        };
        let last = self.inserted.get(&(step, id));
        let is_new = last.is_none_or(|last| last.plus(window) < now);
        if is_new {
            self.inserted.insert((step, id), now);
        }
        is_new
    }

    /// A row takes its place in a unit, where nobody sees it yet; false if it was there.
    pub fn prepare(
        &mut self,
        shard: ShardIndex,
        step: StepIndex,
        part: Part,
        row: (Name, Row),
        now: Time,
    ) -> bool {
        let new = || AtomicUnit { step, rows: Vec::new(), begun: now, seen: FirstSight::default() };
        let unit = self.units.entry((shard, part.unit)).or_insert_with(new);
        unit.rows.resize(part.of as usize, None);
        let place = &mut unit.rows[part.at as usize];
        let is_new = place.is_none();
        place.get_or_insert(row);
        is_new
    }

    /// The same where readers see it at once.
    pub fn write_in_place(
        &mut self,
        shard: ShardIndex,
        step: StepIndex,
        part: Part,
        row: (Name, Row),
        now: Time,
    ) -> bool {
        let is_new = self.prepare(shard, step, part, row, now);
        if is_new && let Some(unit) = self.units.get_mut(&(shard, part.unit)) {
            unit.seen.add(1, now);
        }
        is_new
    }

    /// Shows a unit, if it is still there: a file that was renamed is not, nor a transaction that was
    /// aborted.
    pub fn finish(
        &mut self,
        unit: (ShardIndex, u64),
        layout: &Layout,
        now: Time,
        show: impl FnMut((Name, Row)),
    ) -> Answer {
        let Some(unit) = self.units.get_mut(&unit) else { return Answer::Missing };
        let is_shown = unit.seen.since.is_some();
        let (is_file, is_aborted) = match layout.step(unit.step).calls {
            Some(Target::Transactions { timeout }) => (false, unit.begun.plus(timeout) < now),
            Some(Target::Plain | Target::InsertIds { .. } | Target::Files) | None => (true, false),
        };
        match (is_shown, is_file, is_aborted) {
            (true, true, _) | (false, _, true) => Answer::Missing,
            (true, false, _) => Answer::AlreadyExists,
            (false, _, false) => {
                let rows = unit.rows.iter().flatten();
                unit.seen.add(rows.clone().count() as u32, now);
                rows.copied().for_each(show);
                Answer::Done
            }
        }
    }

    /// How many units of a step nobody sees.
    pub fn garbage(&self, step: StepIndex) -> u64 {
        let is_left = |unit: &&AtomicUnit| unit.step == step && unit.seen.since.is_none();
        self.units.values().filter(is_left).count() as u64
    }

    /// The units of which a part was seen, in no order.
    pub fn torn(&self) -> impl Iterator<Item = Torn> {
        self.units.values().filter_map(AtomicUnit::torn)
    }
}

impl AtomicUnit {
    fn torn(&self) -> Option<Torn> {
        let FirstSight { at_first, .. } = self.seen;
        let of = self.rows.len() as u32;
        let (name, _) = self.rows.iter().flatten().next()?;
        let is_torn = at_first > 0 && at_first < of;
        is_torn.then_some(Torn { step: self.step, name: *name, seen: at_first, of })
    }
}

impl FirstSight {
    fn add(&mut self, rows: u32, now: Time) {
        if *self.since.get_or_insert(now) == now {
            self.at_first += rows;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::key::Key;

    const SHARD: ShardIndex = ShardIndex(1);
    const STEP: StepIndex = StepIndex(1);
    const ROW: Row = Row { key: Key(0), lineage: 0, weight: 1, value: 1 };

    /// Writes rows in place, as of a file of three, at these times, and says how many were seen alone.
    fn seen_alone(rows: &[(u32, i64)]) -> Option<u32> {
        let mut tables = Tables::default();
        for &(at, now) in rows {
            let part = Part { unit: 7, at, of: 3 };
            tables.write_in_place(SHARD, STEP, part, (Name(at), ROW), Time(now));
        }
        let torn = tables.torn().next()?;
        assert_eq!((torn.step, torn.of), (STEP, 3));
        Some(torn.seen)
    }

    #[test]
    fn a_unit_is_torn_if_time_goes_on_while_a_part_of_it_is_seen() {
        assert_eq!(seen_alone(&[]), None);
        assert_eq!(seen_alone(&[(0, 4), (1, 4), (2, 4)]), None);
        assert_eq!(seen_alone(&[(0, 4), (1, 4), (1, 4), (2, 5)]), Some(2));
        assert_eq!(seen_alone(&[(0, 4), (0, 9)]), Some(1));
    }

    #[test]
    fn what_is_prepared_is_not_seen_and_a_place_is_taken_once() {
        let mut tables = Tables::default();
        let part = Part { unit: 7, at: 0, of: 3 };
        assert!(tables.prepare(SHARD, STEP, part, (Name(0), ROW), Time(4)));
        assert!(!tables.prepare(SHARD, STEP, part, (Name(0), ROW), Time(5)));
        assert_eq!((tables.torn().count(), tables.garbage(STEP)), (0, 1));
    }
}
