//! The durable store: rows per shard, and the token of each shard's owner. A commit is applied whole or
//! not at all, once per number, and only under the owner's token, which is checked here and now and not
//! when it was sent. Only what stands here survives a crash.

use crate::catalog::{Aged, Catalog, Gone};
use crate::ledger::Ledger;
use hashbrown::HashMap;
use onceproof_kernel::key::{Key, Keys};
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::prefix::Prefix;
use onceproof_kernel::rest::Rest;
use onceproof_kernel::time::Time;
use onceproof_model::commit::{Commit, Content, Delta, Held, HeldRow, Owed, Scan, Watermark};
use onceproof_model::defect::Defect;
use onceproof_model::mechanism::{Ack, Fencing};
use onceproof_model::pipeline::{Pipeline, ShardIndex};
use onceproof_model::record::{Record, RecordId};
use rustc_hash::FxBuildHasher;
use std::collections::BTreeMap;

/// What became of a commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applied {
    /// It changed the rows.
    Now,
    /// It had changed them before.
    Before,
    /// Its token is not the owner's.
    Refused,
}

/// The rows of all shards.
#[derive(Debug, Default)]
pub struct Store {
    shards: Vec<Rows>,
    defect: Option<Defect>,
    /// Whether any step forgets ids by age.
    ages: bool,
    ids_held: u64,
    ids_held_max: u64,
}

/// The rows of one shard.
#[derive(Debug, Default)]
struct Rows {
    token: u64,
    applied: Prefix,
    /// The numbers that were applied under each older token, where commits under those are applied too.
    earlier: Vec<(u64, Prefix)>,
    fencing: Fencing,
    offsets: Prefix,
    last_stamp: Option<Time>,
    held: HashMap<HeldRow, Held, FxBuildHasher>,
    catalog: Catalog,
    /// Whether the owner has filters that may never call a known id new.
    has_sound_filter: bool,
    windows: HashMap<(Key, Time), Window, FxBuildHasher>,
    watermarks: Vec<Watermark>,
    owed: BTreeMap<u64, Owed>,
}

/// What a window holds that is in no pane yet, and who that is.
#[derive(Clone, Copy, Hash, Debug, Default)]
struct Window {
    content: Content,
    /// The ledger's list of its members: the newest, and where the last pane ended.
    head: u32,
    floor: u32,
}

impl Store {
    /// Empties all rows and keeps their memory.
    pub fn reset(&mut self, pipeline: &Pipeline) {
        self.defect = pipeline.defect;
        self.ages = pipeline.steps().iter().any(|s| s.mechanism.forgets_after().is_some());
        self.ids_held_max = 0;
        self.ids_held = 0;
        self.shards.resize_with(pipeline.shards(), Rows::default);
        for (shard, rows) in self.shards.iter_mut().enumerate() {
            let step = pipeline.step_of(ShardIndex(shard as u32));
            rows.token = 0;
            rows.applied.clear();
            rows.earlier.clear();
            rows.fencing = pipeline.step(step).mechanism.fencing;
            rows.offsets.clear();
            rows.last_stamp = None;
            rows.held.clear();
            rows.catalog.reset(pipeline.senders(step).len());
            let mechanism = &pipeline.step(step).mechanism;
            // What is acked on receipt pins no watermark: its range may be forgotten while it waits.
            rows.has_sound_filter = mechanism.dedup.has_sound_filter()
                && mechanism.fencing == Fencing::Token
                && mechanism.ack == Ack::AfterCommit
                && pipeline.defect.is_none();
            rows.windows.clear();
            rows.watermarks.clear();
            rows.owed.clear();
            rows.watermarks.resize(pipeline.senders(step).len(), Watermark::NONE);
        }
    }

    /// A new token for a shard: whoever held an older one owns it no more.
    pub fn grant(&mut self, shard: ShardIndex) -> u64 {
        let rows = &mut self.shards[shard.at()];
        match rows.fencing {
            Fencing::Token => rows.applied.clear(),
            Fencing::Off => {
                let applied = std::mem::take(&mut rows.applied);
                rows.earlier.push((rows.token, applied));
            }
        }
        rows.token += 1;
        rows.token
    }

    /// The token of a shard's owner.
    pub fn token(&self, shard: ShardIndex) -> u64 {
        self.shards[shard.at()].token
    }

    /// Applies a commit, lets the ledger see each change, and says which ids are gone by it.
    pub fn apply(
        &mut self,
        commit: &Commit,
        deltas: &[Delta],
        now: Time,
        ledger: &mut Ledger,
        words: &Vocabulary,
        gone: &mut impl FnMut(Gone),
    ) -> Applied {
        if self.ages {
            self.age(now);
        }
        let rows = &mut self.shards[commit.shard.at()];
        let applied = match (rows.fencing, commit.token == rows.token) {
            (_, true) => &mut rows.applied,
            (Fencing::Token, false) => return Applied::Refused,
            (Fencing::Off, false) => {
                let earlier = rows.earlier.iter_mut().rfind(|(token, _)| *token == commit.token);
                &mut earlier.expect("every token was granted").1
            }
        };
        if !applied.insert(commit.number) && self.defect != Some(Defect::CommitsUnnumbered) {
            return Applied::Before;
        }
        self.ids_held -= rows.catalog.len();
        // Each change is made out of line: they have little in common.
        for delta in deltas {
            match (delta, self.defect) {
                (&Delta::Offset(offset), Some(Defect::OffsetsAreOneNumber)) => {
                    rows.offsets.insert_all_to(offset);
                }
                _ => rows.change(delta, now, ledger, gone),
            }
            ledger.see(commit.shard, delta, words);
        }
        self.ids_held += rows.catalog.len();
        self.ids_held_max = self.ids_held_max.max(self.ids_held);
        Applied::Now
    }

    /// Whether a duplicate makes an id young again.
    pub fn is_refreshed(&self, shard: ShardIndex, key: Key, id: RecordId) -> bool {
        self.ages && self.catalog(shard).is_refreshed(key, id)
    }

    /// Makes an id young again.
    pub fn refresh(&mut self, shard: ShardIndex, key: Key, id: RecordId, now: Time) {
        self.shards[shard.at()].catalog.refresh(key, id, now);
    }

    /// The catalog of a shard.
    pub fn catalog(&self, shard: ShardIndex) -> &Catalog {
        &self.shards[shard.at()].catalog
    }

    /// Asserts that the filter of an owner called no id new that is known under the same stamp. One that lost
    /// its shard may do so: it does not know what the new owner committed, and its commits are refused.
    pub fn check_new(&self, shard: ShardIndex, token: u64, record: &Record, now: Time) {
        let rows = &self.shards[shard.at()];
        let is_owner = token == rows.token;
        let is_known = rows.catalog.stamp(record.key, record.id, now) == Some(record.stamp);
        assert!(!(rows.has_sound_filter && is_owner && is_known), "a filter called a known id new");
    }

    /// The ids that have grown too old after one time and until another, each with its shard, in order.
    pub fn aged(&self, after: Time, until: Time) -> Vec<(ShardIndex, Aged)> {
        let mut aged: Vec<(ShardIndex, Aged)> = Vec::new();
        for (shard, rows) in (0..).map(ShardIndex).zip(&self.shards).filter(|_| self.ages) {
            aged.extend(rows.catalog.aged(after, until).map(|aged| (shard, aged)));
        }
        aged.sort_by_key(|(_, aged)| aged.end);
        aged
    }

    /// Forgets all ids that are too old now.
    pub fn age(&mut self, now: Time) {
        for rows in &mut self.shards {
            self.ids_held -= rows.catalog.len();
            rows.catalog.age(now);
            self.ids_held += rows.catalog.len();
        }
    }

    /// The content of a window, with a lineage under which the ledger will know what was read.
    pub fn content(
        &self,
        shard: ShardIndex,
        key: Key,
        start: Time,
        ledger: &mut Ledger,
    ) -> Content {
        match self.shards[shard.at()].windows.get(&(key, start)) {
            None => Content::default(),
            Some(window) => {
                let lineage = ledger.read(window.head, window.floor);
                Content { lineage, ..window.content }
            }
        }
    }

    /// All rows of a shard that a boot reads.
    pub fn scan(&self, shard: ShardIndex, keys: &Keys) -> Scan {
        let rows = &self.shards[shard.at()];
        let mut held: Vec<Held> = rows.held.values().copied().collect();
        held.sort_unstable_by_key(Held::row);
        let mut windows: Vec<(Key, Time)> = rows
            .windows
            .iter()
            .filter(|(_, window)| window.content.records > 0)
            .map(|(&window, _)| window)
            .collect();
        windows.sort_unstable_by_key(|&(key, start)| (start, keys.hash(key)));
        Scan {
            offsets: rows.offsets.clone(),
            last_stamp: rows.last_stamp,
            held,
            windows,
            watermarks: rows.watermarks.clone(),
            owed: rows.owed.values().copied().collect(),
        }
    }

    /// The ids in all catalogs, at the end and at most.
    pub fn ids_held(&mut self, now: Time) -> (u64, u64) {
        self.age(now);
        (self.ids_held, self.ids_held_max)
    }

    /// Whether ids are held that no age will end.
    pub fn holds_ids(&self) -> bool {
        self.shards.iter().any(|rows| !rows.catalog.only_ages())
    }

    /// Which shards hold something that no age will end, and how many ids and how many outputs.
    pub fn held(&self) -> impl Iterator<Item = (ShardIndex, u64, u64)> {
        let all = self.shards.iter().enumerate().map(|(at, rows)| {
            (ShardIndex(at as u32), rows.catalog.ageless(), rows.held.len() as u64)
        });
        all.filter(|&(_, ids, outputs)| ids + outputs > 0)
    }

    /// Adds all rows to the state. At rest no output is held, and no row owed.
    pub fn rest(&self, rest: &mut Rest) {
        let Store { shards, defect: _, ages: _, ids_held: _, ids_held_max: _ } = self;
        shards.iter().for_each(|rows| rows.rest(rest));
    }

    /// Whether outputs are held.
    pub fn holds_outputs(&self) -> bool {
        self.shards.iter().any(|rows| !rows.held.is_empty())
    }
}

impl Rows {
    fn rest(&self, rest: &mut Rest) {
        let Rows {
            // With no commit on its way, only the next ones are looked up, and they have numbers of their own.
            token: _,
            applied: _,
            earlier: _,
            fencing: _,
            offsets,
            last_stamp,
            held,
            catalog,
            has_sound_filter: _,
            windows,
            watermarks,
            owed,
        } = self;
        rest.requires(held.is_empty() && owed.is_empty());
        rest.add((offsets, last_stamp, watermarks));
        catalog.rest(rest);
        rest.add_set(windows);
    }

    /// Makes one change.
    #[inline(never)]
    fn change(
        &mut self,
        delta: &Delta,
        now: Time,
        ledger: &mut Ledger,
        gone: &mut impl FnMut(Gone),
    ) {
        match *delta {
            Delta::Offset(offset) => {
                self.offsets.insert(offset);
            }
            Delta::Id { key, id, stamp, lifetime, .. } => {
                let was_known = self.catalog.insert(key, id, stamp, lifetime, now);
                // Only an owner comes here, and nothing else than its filter can have called it new.
                let is_sound = !was_known || !self.has_sound_filter;
                assert!(is_sound, "a filter called a known id new");
            }
            Delta::Take { key, start, name, lineage, weight, value } => {
                let window = self.windows.entry((key, start)).or_default();
                window.content.records += 1;
                window.content.weight += weight;
                window.content.value = window.content.value.wrapping_add(value);
                window.head = ledger.member(name, lineage, weight, value, window.head);
            }
            Delta::Fire { key, start, content, .. } => {
                let window = self.windows.entry((key, start)).or_default();
                let now = &mut window.content;
                // Two owners that are not fenced may fire what they both read: then less than nothing is
                // left, which weight and value remember.
                now.records = now.records.saturating_sub(content.records);
                now.weight -= content.weight;
                now.value = now.value.wrapping_sub(content.value);
                now.pane = now.pane.max(content.pane + 1);
                window.floor = window.floor.max(ledger.head_of(content.lineage));
            }
            Delta::Hold(held) => {
                self.last_stamp = self.last_stamp.max(Some(held.record.stamp));
                self.held.insert(held.row(), held);
            }
            Delta::Stamped(stamp) => self.last_stamp = self.last_stamp.max(Some(stamp)),
            Delta::Settle(row) => {
                self.held.remove(&row);
            }
            Delta::Watermark { sender, value } => {
                let row = &mut self.watermarks[sender as usize];
                *row = row.max(value);
                self.catalog.forget(sender, value.system, gone);
                self.catalog.forget_shared(&self.watermarks, gone);
            }
            Delta::Owe(owed) => {
                self.offsets.insert(owed.number);
                self.owed.insert(owed.number, owed);
            }
            Delta::Paid(number) => {
                self.owed.remove(&number);
            }
            // What a sink's rows hold, what was decided, which records are dead letters and which have put an
            // entry, the ledger knows.
            Delta::Row { .. }
            | Delta::Decided { .. }
            | Delta::DeadLetter { .. }
            | Delta::Put { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onceproof_kernel::name::Name;
    use onceproof_model::commit::Lifetime;
    use onceproof_model::record::Value;

    const ANN: (Key, RecordId) = (Key(0), RecordId(7));

    fn id_of_ann() -> Delta {
        let lifetime = Lifetime::Unlimited;
        Delta::Id { key: ANN.0, id: ANN.1, name: Name(0), value: 0, stamp: Time(0), lifetime }
    }

    fn record_of_ann() -> Record {
        Record {
            name: Name(0),
            key: ANN.0,
            id: ANN.1,
            stamp: Time(0),
            event_time: Time(0),
            weight: 1,
            value: Value::Integer(0),
            lineage: 0,
        }
    }

    /// A shard that has the id of ann, under the token 2.
    fn shard_with_ann(has_sound_filter: bool) -> Store {
        let mut rows = Rows { token: 2, has_sound_filter, ..Rows::default() };
        rows.catalog.reset(1);
        rows.change(&id_of_ann(), Time(0), &mut Ledger::default(), &mut |_| {});
        Store { shards: vec![rows], ..Store::default() }
    }

    #[test]
    fn without_a_filter_that_should_know_better_an_id_may_come_twice() {
        let mut store = shard_with_ann(false);
        store.check_new(ShardIndex(0), 2, &record_of_ann(), Time(0));
        store.shards[0].change(&id_of_ann(), Time(0), &mut Ledger::default(), &mut |_| {});
        assert_eq!(store.shards[0].catalog.len(), 1);
    }

    #[test]
    fn a_filter_that_lost_its_shard_may_call_a_known_id_new() {
        shard_with_ann(true).check_new(ShardIndex(0), 1, &record_of_ann(), Time(0));
    }

    #[test]
    #[should_panic(expected = "a filter called a known id new")]
    fn the_filter_of_an_owner_may_not() {
        shard_with_ann(true).check_new(ShardIndex(0), 2, &record_of_ann(), Time(0));
    }

    #[test]
    #[should_panic(expected = "a filter called a known id new")]
    fn nor_may_it_let_an_id_be_committed_twice() {
        let mut store = shard_with_ann(true);
        store.shards[0].change(&id_of_ann(), Time(0), &mut Ledger::default(), &mut |_| {});
    }
}
