//! Names: who a record is, seen from outside the system. A source record is `events/0#2`, the outputs of
//! a map on it are `events/0#2.0` and `.1`, a pane is `per-user/ann@60s#0`. A name is stable over
//! retries, crashes and re-executions; faults are placed by it, answers are drawn by it, and the ledger
//! counts by it. The protocol carries it and decides nothing by it, except that derived ids are made the
//! same way.

use crate::key::{Key, Keys};
use crate::mix::{fold, scatter};
use crate::state::WorldState;
use crate::time::Time;
use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

/// The handle of a name in its [`Names`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Name(pub u32);

/// What a name is made of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Origin {
    /// The record that shard `shard` of source step `step` reads at `offset`.
    Source {
        /// The source step.
        step: u16,
        /// The shard.
        shard: u32,
        /// The offset.
        offset: u64,
    },
    /// Output number `index` of map step `step` on the record `parent`.
    Output {
        /// What the map was applied to.
        parent: Name,
        /// The map step.
        step: u16,
        /// The number of the output, from 0.
        index: u32,
    },
    /// Pane number `pane` of the window of `key` that starts at `start` at step `step`.
    Pane {
        /// The aggregate.
        step: u16,
        /// The key of the window.
        key: Key,
        /// The start of the window.
        start: Time,
        /// The number of the pane, from 0.
        pane: u32,
    },
    /// A partial aggregate of `size` records, the first of which is `first`.
    Partial {
        /// The first.
        first: Name,
        /// How many, at least 2.
        size: u32,
        /// The hash of all of them: a bundle may be cut otherwise after a crash.
        all: u64,
    },
}

/// The rows of one source step, which have names without an entry each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Block {
    step: u16,
    step_hash: u64,
    shards: u32,
    first: u32,
    rows: u32,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    origin: Origin,
    hash: u64,
    root: u64,
}

/// The keys and names of a run.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// The keys.
    pub keys: Keys,
    /// The names.
    pub names: Names,
}

crate::copied_by_field!(Vocabulary { keys, names });

/// All names of a run.
#[derive(Debug, Default)]
pub struct Names {
    blocks: Vec<Block>,
    implicit: u32,
    /// The hashes of the names of source rows, and for which sources they were worked out. They are kept from run to
    /// run, since each takes two divisions and a run asks for each several times.
    source_hashes: Vec<u64>,
    hashed: Vec<Block>,
    entries: Vec<Entry>,
    index: HashMap<Origin, Name, FxBuildHasher>,
    /// The partial aggregates and what they stand for.
    partials: Vec<(Name, Vec<Name>)>,
}

crate::copied_by_field!(Names {
    blocks,
    implicit,
    source_hashes,
    hashed,
    entries,
    index,
    partials,
});

impl Vocabulary {
    /// Adds what each handle means.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Vocabulary { keys, names } = self;
        let Names { blocks: _, implicit, source_hashes: _, hashed: _, entries, index: _, partials } =
            names;
        state.add(keys.hashes());
        state.add(implicit);
        state.add_list(entries.iter().map(|entry| entry.hash));
        state.add(partials);
    }
}

impl Names {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.blocks.clear();
        self.implicit = 0;
        self.entries.clear();
        self.index.clear();
        self.partials.clear();
    }

    /// Gives names to the `rows` rows of source step `step`, dealt over its shards in turn, and returns
    /// the first: row i has the i-th name after it. All sources come before any other name.
    pub fn add_source(&mut self, step: u16, step_hash: u64, shards: u32, rows: u32) -> Name {
        assert!(self.entries.is_empty(), "sources are named first");
        let first = self.implicit;
        let block = Block { step, step_hash, shards, first, rows };
        self.work_out_hashes(block);
        self.blocks.push(block);
        self.implicit = first.checked_add(rows).expect("fewer than 2^32 source records");
        Name(first)
    }

    /// Works out the hashes of the rows of the next source, unless it has the same rows as in the last run.
    fn work_out_hashes(&mut self, block: Block) {
        let number = self.blocks.len();
        if self.hashed.get(number) == Some(&block) {
            return;
        }
        self.hashed.truncate(number);
        self.hashed.push(block);
        self.source_hashes.truncate(block.first as usize);
        let hash = |row: u32| {
            let (shard, offset) = (row % block.shards, u64::from(row / block.shards));
            source_hash(block.step_hash, shard, offset)
        };
        self.source_hashes.extend((0..block.rows).map(hash));
    }

    /// How many source records there are; their names are the first so many.
    pub fn sources(&self) -> u32 {
        self.implicit
    }

    /// The name of the row at `offset` of a source shard.
    pub fn source(&self, step: u16, shard: u32, offset: u64) -> Name {
        let block = self.blocks.iter().find(|b| b.step == step).expect("a source with rows");
        Name(block.first + offset as u32 * block.shards + shard)
    }

    /// The name of output `index` of map step `step` on `parent`.
    pub fn output(&mut self, parent: Name, step: u16, step_hash: u64, index: u32) -> Name {
        let origin = Origin::Output { parent, step, index };
        if let Some(&name) = self.index.get(&origin) {
            return name;
        }
        let hash = output_hash(self.hash(parent), step_hash, index);
        let root = self.root(parent);
        self.add(Entry { origin, hash, root })
    }

    /// The name of a pane.
    pub fn pane(
        &mut self,
        step: u16,
        step_hash: u64,
        key: Key,
        start: Time,
        pane: u32,
        keys: &Keys,
    ) -> Name {
        let origin = Origin::Pane { step, key, start, pane };
        if let Some(&name) = self.index.get(&origin) {
            return name;
        }
        let hash = pane_hash(step_hash, keys.hash(key), start, pane);
        self.add(Entry { origin, hash, root: hash })
    }

    /// The name of a partial aggregate of these records, at least two.
    pub fn partial(&mut self, members: impl ExactSizeIterator<Item = Name> + Clone) -> Name {
        let size = members.len() as u32;
        let first = members.clone().next().expect("a partial aggregate of something");
        let all = members.clone().fold(0, |all, member| fold(all, self.hash(member)));
        let origin = Origin::Partial { first, size, all };
        if let Some(&name) = self.index.get(&origin) {
            return name;
        }
        let name = self.add(Entry { origin, hash: scatter(all), root: self.root(first) });
        self.partials.push((name, members.collect()));
        name
    }

    /// The records that a partial aggregate of this name stands for; none if it is none.
    pub fn members(&self, name: Name) -> &[Name] {
        match self.partials.binary_search_by_key(&name, |&(name, _)| name) {
            Ok(at) => &self.partials[at].1,
            Err(_) => &[],
        }
    }

    /// The partial aggregates and the records that they stand for.
    pub fn partials(&self) -> &[(Name, Vec<Name>)] {
        &self.partials
    }

    /// The roots of a name, each once: of a partial aggregate, those of all that it stands for.
    pub fn roots(&self, name: Name) -> Vec<u64> {
        let mut roots: Vec<u64> = Vec::new();
        match self.members(name) {
            [] => roots.push(self.root(name)),
            members => {
                let mut met = hashbrown::HashSet::<u64, FxBuildHasher>::default();
                roots
                    .extend(members.iter().map(|&m| self.root(m)).filter(|&root| met.insert(root)));
            }
        }
        roots
    }

    fn add(&mut self, entry: Entry) -> Name {
        let handle = (self.implicit as usize + self.entries.len()).try_into();
        let name = Name(handle.expect("fewer than 2^32 names"));
        self.entries.push(entry);
        self.index.insert(entry.origin, name);
        name
    }

    /// What the name is made of.
    pub fn origin(&self, name: Name) -> Origin {
        match name.0.checked_sub(self.implicit) {
            Some(entry) => self.entries[entry as usize].origin,
            None => {
                let block = self.block(name);
                let row = name.0 - block.first;
                Origin::Source {
                    step: block.step,
                    shard: row % block.shards,
                    offset: u64::from(row / block.shards),
                }
            }
        }
    }

    /// The hash of a name, the same in every run: what its answers are drawn by.
    #[inline]
    pub fn hash(&self, name: Name) -> u64 {
        match name.0.checked_sub(self.implicit) {
            Some(entry) => self.entries[entry as usize].hash,
            None => self.source_hashes[name.0 as usize],
        }
    }

    /// The hash of the source record or pane that a name descends from through maps; of a partial aggregate,
    /// of its first record.
    pub fn root(&self, name: Name) -> u64 {
        match name.0.checked_sub(self.implicit) {
            Some(entry) => self.entries[entry as usize].root,
            None => self.hash(name),
        }
    }

    /// The name that `name` is an output of, if it is one of a map.
    pub fn parent(&self, name: Name) -> Option<Name> {
        match self.origin(name) {
            Origin::Output { parent, .. } => Some(parent),
            Origin::Source { .. } | Origin::Pane { .. } | Origin::Partial { .. } => None,
        }
    }

    /// The source record that a name descends from through maps alone, or none if it comes from a pane.
    pub fn source_of(&self, mut name: Name) -> Option<Name> {
        while let Some(parent) = self.parent(name) {
            name = parent;
        }
        (name.0 < self.implicit).then_some(name)
    }

    /// The start of the window of the pane that a name descends from through maps, or none if it comes from
    /// a source record.
    pub fn window_of(&self, mut name: Name) -> Option<Time> {
        while let Some(parent) = self.parent(name) {
            name = parent;
        }
        match self.origin(name) {
            Origin::Pane { start, .. } => Some(start),
            // Only aggregates take partial aggregates, and they have windows of their own.
            Origin::Source { .. } | Origin::Output { .. } | Origin::Partial { .. } => None,
        }
    }

    /// How many names there are, source records included.
    pub fn len(&self) -> usize {
        self.implicit as usize + self.entries.len()
    }

    /// Whether there are no names.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name as text. `step` gives the name of a step.
    pub fn text<'a>(
        &self,
        name: Name,
        keys: &Keys,
        step: impl Fn(u16) -> &'a str + Copy,
    ) -> String {
        match self.origin(name) {
            Origin::Source { step: s, shard, offset } => format!("{}/{shard}#{offset}", step(s)),
            Origin::Output { parent, index, .. } => {
                format!("{}.{index}", self.text(parent, keys, step))
            }
            Origin::Pane { step: s, key, start, pane } => {
                format!("{}/{}@{start}#{pane}", step(s), keys.text(key))
            }
            Origin::Partial { first, size, .. } => {
                format!("{} and {} more", self.text(first, keys, step), size - 1)
            }
        }
    }

    fn block(&self, name: Name) -> &Block {
        match &self.blocks[..] {
            [only] => only,
            blocks => {
                let block = blocks.iter().find(|b| name.0 - b.first < b.rows);
                block.expect("a name of this run")
            }
        }
    }
}

/// The hash of the name of a source record.
pub fn source_hash(step_hash: u64, shard: u32, offset: u64) -> u64 {
    scatter(step_hash ^ (u64::from(shard) << 40) ^ offset)
}

/// The hash of the name of an output of a map.
pub fn output_hash(parent: u64, step_hash: u64, index: u32) -> u64 {
    fold(fold(parent, step_hash), scatter(u64::from(index)))
}

/// The hash of the name of a pane.
pub fn pane_hash(step_hash: u64, key_hash: u64, start: Time, pane: u32) -> u64 {
    let first = fold(fold(step_hash, key_hash), scatter(start.0 as u64));
    match pane {
        0 => first,
        later => fold(first, scatter(later.into())),
    }
}

#[cfg(test)]
mod tests;
