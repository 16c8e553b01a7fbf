//! The durable store: rows per shard, and the token of each shard's owner. A commit is applied whole or
//! not at all, once per number, and only under the owner's token, which is checked here and now and not
//! when it was sent. Only what stands here survives a crash.

use crate::ledger::Ledger;
use hashbrown::{HashMap, HashSet};
use onceproof_model::commit::{Commit, Content, Delta, Held, Owed, Scan};
use onceproof_model::defect::Defect;
use onceproof_model::key::{Key, Keys};
use onceproof_model::name::Vocabulary;
use onceproof_model::pipeline::{Pipeline, ShardIndex};
use onceproof_model::prefix::Prefix;
use onceproof_model::record::RecordId;
use onceproof_model::time::Time;
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
    ids_held: u64,
    ids_held_max: u64,
}

/// The rows of one shard.
#[derive(Debug, Default)]
struct Rows {
    token: u64,
    applied: Prefix,
    offsets: Prefix,
    last_stamp: Option<Time>,
    held: HashMap<Time, Held, FxBuildHasher>,
    ids: HashSet<(Key, RecordId), FxBuildHasher>,
    windows: HashMap<(Key, Time), Window, FxBuildHasher>,
    watermarks: Vec<Time>,
    owed: BTreeMap<u64, Owed>,
}

/// What a window holds that is in no pane yet, and who that is.
#[derive(Clone, Copy, Debug, Default)]
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
        self.ids_held = 0;
        self.ids_held_max = 0;
        self.shards.resize_with(pipeline.shards(), Rows::default);
        for (shard, rows) in self.shards.iter_mut().enumerate() {
            let step = pipeline.step_of(ShardIndex(shard as u32));
            rows.token = 0;
            rows.applied.clear();
            rows.offsets.clear();
            rows.last_stamp = None;
            rows.held.clear();
            rows.ids.clear();
            rows.windows.clear();
            rows.watermarks.clear();
            rows.owed.clear();
            rows.watermarks.resize(pipeline.senders(step).len(), Time::MIN);
        }
    }

    /// A new token for a shard: whoever held an older one owns it no more.
    pub fn grant(&mut self, shard: ShardIndex) -> u64 {
        let rows = &mut self.shards[shard.at()];
        rows.token += 1;
        rows.applied.clear();
        rows.token
    }

    /// Applies a commit, and lets the ledger see each change.
    pub fn apply(&mut self, commit: &Commit, ledger: &mut Ledger, words: &Vocabulary) -> Applied {
        let rows = &mut self.shards[commit.shard.at()];
        if commit.token != rows.token {
            return Applied::Refused;
        }
        if !rows.applied.insert(commit.number) && self.defect != Some(Defect::CommitsUnnumbered) {
            return Applied::Before;
        }
        for delta in &commit.deltas {
            let ids = match (delta, self.defect) {
                (&Delta::Offset(offset), Some(Defect::OffsetsAreOneNumber)) => {
                    rows.offsets.insert_all_to(offset);
                    0
                }
                _ => rows.change(delta, ledger),
            };
            self.ids_held += ids;
            ledger.see(commit.shard, delta, words);
        }
        self.ids_held_max = self.ids_held_max.max(self.ids_held);
        Applied::Now
    }

    /// Whether a catalog has an id.
    pub fn is_known(&self, shard: ShardIndex, key: Key, id: RecordId) -> bool {
        self.shards[shard.at()].ids.contains(&(key, id))
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
        let mut held: Vec<Held> = rows.held.values().cloned().collect();
        held.sort_unstable_by_key(|held| held.record.stamp);
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

    /// The ids in all catalogs, now and at most.
    pub fn ids_held(&self) -> (u64, u64) {
        (self.ids_held, self.ids_held_max)
    }
}

impl Rows {
    /// Makes one change; returns how many ids it added.
    fn change(&mut self, delta: &Delta, ledger: &mut Ledger) -> u64 {
        match *delta {
            Delta::Offset(offset) => {
                self.offsets.insert(offset);
            }
            Delta::Id { key, id, .. } => return u64::from(self.ids.insert((key, id))),
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
                now.records = now.records.saturating_sub(content.records);
                now.weight -= content.weight;
                now.value = now.value.wrapping_sub(content.value);
                now.pane = now.pane.max(content.pane + 1);
                window.floor = ledger.head_of(content.lineage);
            }
            Delta::Hold(ref held) => {
                self.last_stamp = self.last_stamp.max(Some(held.record.stamp));
                self.held.insert(held.record.stamp, held.clone());
            }
            Delta::Settle(stamp) => {
                self.held.remove(&stamp);
            }
            Delta::Watermark { sender, value } => {
                let row = &mut self.watermarks[sender as usize];
                *row = (*row).max(value);
            }
            Delta::Owe(owed) => {
                self.offsets.insert(owed.number);
                self.owed.insert(owed.number, owed);
            }
            Delta::Paid(number) => {
                self.owed.remove(&number);
            }
            // What a sink's rows hold, the ledger knows.
            Delta::Row { .. } => {}
        }
        0
    }
}
