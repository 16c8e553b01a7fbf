//! The ledger: which source records every committed result contains, known from outside the system under
//! test. It sees each change of a row as the store makes it, and what was read to make a pane; it asks no
//! worker anything. At the end it is compared with what is right, the same pipeline evaluated directly.
//!
//! Per step with results it counts how often each source record, or what maps made of it, is reflected in
//! panes and rows. Totals are not enough: one record lost and another doubled leaves the total right.

mod dead;
mod differ;
mod expectations;
mod extremes;
mod mistaken;
mod reflect;
mod seen;
mod served;
mod standing;
mod telling;
mod touch;
mod executions;
mod mentions;
mod units;
mod verdict;

#[cfg(test)]
mod tests;

use crate::outcome::Latency;
use crate::times::Times;
use dead::Dead;
use executions::Executions;
use extremes::Extremes;
use hashbrown::HashMap;
use mentions::Mentions;
use mistaken::Mistaken;
use onceproof_kernel::call::Row;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{Layout, Results, ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::right::Came;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::time::Time;
use reflect::{Node, StandingRow, Stretch, WrittenRows};
use rustc_hash::FxBuildHasher;
use standing::{Cells, KeysInMemory};
use touch::Touch;
use units::WholeUnits;

pub(crate) use expectations::Expectations;
pub(crate) use extremes::greatest_lags;
pub(crate) use seen::Sightings;
pub(crate) use served::ServedResults;
pub(crate) use telling::{IdTold, Telling};
pub(crate) use units::WrongUnit;
pub use verdict::Judgement;

/// What is known of the committed results of a run.
#[derive(Debug, Default)]
pub struct Ledger {
    shard_steps: Vec<StepIndex>,
    steps: Vec<StepLedger>,
    members: Vec<Node>,
    /// The keys of those that are in the memory of a process, where nothing durable says them.
    keys_in_memory: KeysInMemory,
    /// What was read to make a pane; lineage 0 is nothing.
    reads: Vec<Stretch>,
    mentions: Mentions,
    executions: Executions,
    dead: Dead,
    /// Panes, or what maps made of them, that are reflected more than once at a step.
    doubled: Vec<(StepIndex, u32)>,
    /// The record of each key that was committed last at a step which puts entries.
    newest: HashMap<(StepIndex, Key), Name, FxBuildHasher>,
    /// Steps with a result that its content does not add up to.
    phantom: Vec<StepIndex>,
    /// What belongs together, and how much of it is seen.
    pub units: WholeUnits,
    detail: Option<InDetail>,
    /// For a run that is measured.
    seen: Option<Box<Sightings>>,
    /// For a run that is looked at, of a system that serves results before they are certain.
    served: Option<Box<ServedResults>>,
}

copied_by_field!(Ledger {
    shard_steps,
    steps,
    members,
    keys_in_memory,
    reads,
    mentions,
    executions,
    dead,
    doubled,
    newest,
    phantom,
    units,
    detail,
    seen,
    served,
});

/// What is known of one step.
#[derive(Debug, Default)]
struct StepLedger {
    kind: Option<Results>,
    /// How often each name is reflected.
    counts: Vec<u32>,
    /// How many reflections of source records there are.
    applied: u64,
    /// A sum over reflections of who, in which window, with which value.
    digest: u64,
    rows: WrittenRows,
    /// Whether its rows may yet be others.
    may_change: bool,
    /// Results that may change.
    cells: Cells,
    /// For a run in detail: the totals of its panes, by key and start of the window.
    totals: HashMap<(Key, Time), i128, FxBuildHasher>,
}

copied_by_field!(StepLedger { kind, counts, applied, digest, rows, may_change, cells, totals });

/// What only a run in detail knows.
#[derive(Clone, Debug)]
struct InDetail {
    latency: Times,
    /// What was added to external tables and not asked for yet, each with its lineage.
    shown: Vec<(Name, u32)>,
    is_taken: Vec<bool>,
    touch: Touch,
    mistaken: Mistaken,
    extremes: Extremes,
}

impl Ledger {
    /// Empties the ledger for a run in this layout and keeps its memory.
    pub fn reset(&mut self, layout: &Layout, in_detail: bool) {
        self.shard_steps.clear();
        let shards = (0..layout.shards() as u32).map(|s| layout.step_of(ShardIndex(s)));
        self.shard_steps.extend(shards);
        self.steps.resize_with(layout.steps(), StepLedger::default);
        for (ledger, (_, step)) in self.steps.iter_mut().zip(layout.all()) {
            ledger.kind = step.results;
            ledger.counts.clear();
            ledger.applied = 0;
            ledger.digest = 0;
            ledger.rows.clear();
            ledger.may_change = false;
            ledger.cells.clear();
            ledger.totals.clear();
        }
        self.members.clear();
        self.members.push(Node::NONE);
        self.keys_in_memory.clear();
        self.reads.clear();
        self.reads.push(Stretch::default());
        self.mentions.clear();
        self.executions.clear();
        self.dead.reset(layout);
        self.doubled.clear();
        self.phantom.clear();
        self.newest.clear();
        self.units.clear();
        self.seen = None;
        self.served = None;
        self.detail = in_detail.then(|| InDetail {
            latency: Times::default(),
            shown: Vec::new(),
            is_taken: Vec::new(),
            touch: Touch::default(),
            mistaken: Mistaken::default(),
            extremes: Extremes::default(),
        });
    }

    /// Adds all that a verdict depends on.
    pub(crate) fn tell_state(&self, state: &mut WorldState) {
        let Ledger {
            shard_steps: _,
            steps,
            members,
            keys_in_memory,
            reads,
            mentions,
            executions,
            dead,
            doubled,
            phantom,
            newest,
            units,
            detail: _,
            seen: _,
            served: _,
        } = self;
        state.add_set(keys_in_memory);
        for StepLedger { kind: _, counts, applied, digest, rows, may_change: _, cells, totals } in
            steps
        {
            // How far the list has grown says nothing.
            state.add_set(counts.iter().enumerate().filter(|&(_, &count)| count != 0));
            state.add((applied, digest));
            state.add_set(rows);
            state.add_set(cells);
            state.add_set(totals);
        }
        state.add((members, reads, doubled, phantom));
        state.add_set(newest);
        state.add(units);
        mentions.tell_state(state);
        executions.tell_state(state);
        dead.tell_state(state);
    }

    /// A row was added to the external table of a sink, beside all that stand there, and readers see it.
    pub(crate) fn append(&mut self, step: StepIndex, name: Name, row: Row, words: &Vocabulary) {
        let Row { key, lineage, weight, value } = row;
        self.mentions.see(name, lineage, key, weight, value);
        if let Some(detail) = &mut self.detail {
            detail.shown.push((name, lineage));
        }
        let number = self.steps[step.at()].rows.len() as u64;
        self.reflect_row(step, number, StandingRow::new(key, name, lineage, value), words);
    }

    /// For a run in detail: what was added to external tables since this was last asked.
    pub(crate) fn take_shown(&mut self) -> Vec<(Name, u32)> {
        self.detail.as_mut().map(|detail| std::mem::take(&mut detail.shown)).unwrap_or_default()
    }

    /// A commit says this of a record, and of all that it stands for.
    fn mention(&mut self, key: Key, record: Node) {
        let Node { name, lineage, weight, value, .. } = record;
        self.mentions.see(name, lineage, key, weight, value);
        if self.reads[lineage as usize].is_partial {
            self.mention_parts(key, record);
        }
    }

    /// The same is said of what a partial aggregate stands for.
    #[cold]
    fn mention_parts(&mut self, key: Key, record: Node) {
        let mut mentions = std::mem::take(&mut self.mentions);
        self.stands_for(record, &mut |record| {
            mentions.see(record.name, record.lineage, key, record.weight, record.value);
        });
        self.mentions = mentions;
    }

    /// For a run in detail: the source records that were taken or written with a record.
    pub fn sources_of(&self, name: Name, lineage: u32, words: &Vocabulary) -> Vec<Name> {
        let mut sources = Vec::new();
        let record = Node { name, lineage, weight: 0, value: 0, next: 0 };
        self.stands_for(record, &mut |member| sources.extend(words.names.source_of(member.name)));
        sources
    }

    /// For a run in detail: a source record, arrived so long ago, was taken into its first aggregate, or
    /// written.
    pub fn taken(&mut self, source: Name, since_arrival: u64) {
        if let Some(detail) = &mut self.detail {
            let at = source.0 as usize;
            if at >= detail.is_taken.len() {
                detail.is_taken.resize(at + 1, false);
            }
            if !std::mem::replace(&mut detail.is_taken[at], true) {
                detail.latency.add(since_arrival);
            }
        }
    }

    /// Whether this is a run in detail.
    pub fn is_detailed(&self) -> bool {
        self.detail.is_some()
    }

    /// The percentiles of what [`Ledger::taken`] saw.
    pub fn latency(&self) -> Option<Latency> {
        self.detail.as_ref()?.latency.percentiles()
    }

    /// How many reflections of source records the results of each step have.
    pub fn applied_at_each_step(&self) -> impl Iterator<Item = u64> {
        self.steps.iter().map(|step| step.applied)
    }

    /// All results in two words, in which nearly all that differ do: how many reflections they have, and of what.
    pub(crate) fn in_short(&self) -> (u64, u64) {
        let each = self.steps.iter().map(|step| (step.applied, step.digest));
        each.fold((0, 0), |(applied, digests), (more, digest)| {
            (applied.wrapping_add(more), digests.wrapping_mul(31).wrapping_add(digest))
        })
    }

    /// How many reflections of source records a step's results have, with multiplicity.
    pub fn applied(&self, step: StepIndex) -> u64 {
        self.steps[step.at()].applied
    }

    /// The record that was committed last for a key at a step which puts entries, if any was.
    pub(crate) fn newest(&self, step: StepIndex, key: Key) -> Option<Name> {
        self.newest.get(&(step, key)).copied()
    }

    /// What an execution of a function of the user's own came to, that asked for something.
    pub(crate) fn executed(&mut self, step: StepIndex, name: Name, came: Came) {
        self.executions.add(step, name, came);
    }

    /// How often a name is reflected at a step.
    fn count(&self, step: StepIndex, name: Name) -> u64 {
        self.steps[step.at()].counts.get(name.0 as usize).copied().unwrap_or(0).into()
    }
}

/// The step with this number.
fn step_index(number: usize) -> StepIndex {
    StepIndex(number as u16)
}
