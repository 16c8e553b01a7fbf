//! Which record was taken for which: its id was known, and another record had left it. Only a run in detail asks.

use super::Ledger;
use hashbrown::{HashMap, HashSet};
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::name::{Name, Names};
use onceproof_kernel::record::RecordId;
use rustc_hash::FxBuildHasher;

/// What a run in detail keeps for this.
#[derive(Clone, Debug, Default)]
pub(super) struct Mistaken {
    /// Whose id each id in a catalog is.
    owners: HashMap<(ShardIndex, Key, RecordId), Name, FxBuildHasher>,
    /// The record that is looked at, and by which shard.
    admitted: Option<(ShardIndex, Name)>,
    /// By source record: the first that it was taken for.
    taken_for: HashMap<Name, Name, FxBuildHasher>,
    /// The record of which a filter last said that its id may be known, though it is in no catalog.
    may_be_known: Option<Name>,
    /// The source records that were dropped, since a filter took their ids for known ones.
    filtered: HashSet<Name, FxBuildHasher>,
}

impl Ledger {
    /// A catalog has learned the id of a record. It stays the id of the first that left it.
    #[inline]
    pub fn learned(&mut self, shard: ShardIndex, key: Key, id: RecordId, name: Name) {
        if let Some(detail) = &mut self.detail {
            detail.mistaken.owners.entry((shard, key, id)).or_insert(name);
        }
    }

    /// A shard is about to look whether it knows a record.
    #[inline]
    pub fn looks_at(&mut self, shard: ShardIndex, name: Name) {
        if let Some(detail) = &mut self.detail {
            detail.mistaken.admitted = Some((shard, name));
        }
    }

    /// The id of the record that a shard looks at is known.
    #[inline]
    pub fn knows(&mut self, shard: ShardIndex, key: Key, id: RecordId, names: &Names) {
        let Some(detail) = &mut self.detail else { return };
        let Mistaken { owners, admitted, taken_for, .. } = &mut detail.mistaken;
        let (Some(&owner), Some((by, name))) = (owners.get(&(shard, key, id)), *admitted) else {
            return;
        };
        if by == shard
            && owner != name
            && let Some(source) = names.source_of(name)
        {
            taken_for.entry(source).or_insert(owner);
        }
    }

    /// A filter said something of the record that a shard looks at: whether it took its id for one that is known, though
    /// it is in no catalog. Only what it said last counts: a record that was taken in spite of it may have copies, and
    /// these are dropped since they are known.
    pub fn filter_said(&mut self, name: Name, is_mistaken: bool) {
        if let Some(detail) = &mut self.detail {
            detail.mistaken.may_be_known = is_mistaken.then_some(name);
        }
    }

    /// A record is dropped as one that is known.
    pub fn dropped_as_known(&mut self, name: Name, names: &Names) {
        let Some(detail) = &mut self.detail else { return };
        if let (true, Some(source)) =
            (detail.mistaken.may_be_known == Some(name), names.source_of(name))
        {
            detail.mistaken.filtered.insert(source);
        }
    }

    /// Whether a source record, or what was made of it, was dropped by what a filter said alone.
    pub(super) fn was_filtered(&self, source: Name) -> bool {
        self.detail.as_ref().is_some_and(|detail| detail.mistaken.filtered.contains(&source))
    }

    /// The record that a source record, or what was made of it, was taken for, if it was.
    pub(super) fn taken_for(&self, source: Name) -> Option<Name> {
        self.detail.as_ref()?.mistaken.taken_for.get(&source).copied()
    }
}
