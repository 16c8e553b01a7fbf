//! Dead letters: records on which a function failed so often that the pipeline gave them up, and said so in a
//! commit. They are neither exact nor lost: they are counted apart. But only a record on which the function did
//! fail so often may be given up; any other is missing like any other, and so lost. A worker counts the
//! failures of one life; here they are counted from outside, over all lives, so that a pipeline which gives up
//! too early is found (`Defect::DeadLetterAtOnce`). A record that is counted and given up is divergent.

use super::Ledger;
use hashbrown::HashMap;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_kernel::name::{Name, Names, Vocabulary};
use onceproof_kernel::right::{GivenUp, Way};
use onceproof_kernel::state::WorldState;
use rustc_hash::FxBuildHasher;
use std::collections::BTreeSet;

/// What is known of failures and of records that were given up.
#[derive(Debug, Default)]
pub(super) struct Dead {
    /// After how many failures each step may give a record up.
    after: Vec<Option<u32>>,
    failures: HashMap<(StepIndex, Name), u32, FxBuildHasher>,
    /// By which dead letters each was given up, and how often it is in each. One that is written twice is one.
    given_up: HashMap<GivenUp, Vec<(Name, u32)>, FxBuildHasher>,
    /// The dead letters themselves, and what was read to make them, in the order of their commits.
    pub letters: Vec<(StepIndex, Name, u32)>,
}

copied_by_field!(Dead { after, failures, given_up, letters });

impl Dead {
    /// Adds what failed and what was given up.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Dead { after: _, failures, given_up, letters } = self;
        state.add_set(failures);
        state.add_set(given_up);
        state.add_list(letters);
    }

    pub fn reset(&mut self, layout: &Layout) {
        self.after.clear();
        self.after.extend(layout.all().map(|(_, step)| step.failing.dead_letter_after));
        self.failures.clear();
        self.given_up.clear();
        self.letters.clear();
    }

    /// How often a record was given up.
    pub fn times(&self, record: &GivenUp) -> u32 {
        match self.given_up.is_empty() {
            true => 0,
            false => self.given_up.get(record).map_or(0, |by| by.iter().map(|(_, n)| n).sum()),
        }
    }
}

impl Ledger {
    /// A function failed on a record.
    pub fn failed(&mut self, step: StepIndex, name: Name) {
        if self.dead.after[step.at()].is_some() {
            *self.dead.failures.entry((step, name)).or_default() += 1;
        }
    }

    /// A commit gives a record up.
    pub(super) fn see_dead_letter(
        &mut self,
        step: StepIndex,
        name: Name,
        lineage: u32,
        key: Key,
        names: &Names,
    ) {
        let failures = self.dead.failures.get(&(step, name)).copied().unwrap_or(0);
        if self.dead.after[step.at()].is_none_or(|after| failures < after) {
            return;
        }
        let mut leaves = Vec::new();
        match lineage {
            0 => leaves.push(name),
            lineage => self.leaves(lineage, &mut |leaf| leaves.push(leaf)),
        }
        leaves.sort_unstable();
        let way = Way::of(name, names);
        for same in leaves.chunk_by(|one, other| one == other) {
            let record = GivenUp { step, leaf: same[0], key, way };
            let times = same.len() as u32;
            let by = self.dead.given_up.entry(record).or_default();
            match by.iter_mut().find(|(letter, _)| *letter == name) {
                Some((_, most)) => *most = times.max(*most),
                None => by.push((name, times)),
            }
        }
        self.dead.letters.push((step, name, lineage));
    }

    /// The dead letters, in the order of their commits: at which step, which record, and how many source records it
    /// stands for.
    pub fn dead_letters<'a>(
        &'a self,
        words: &'a Vocabulary,
    ) -> impl Iterator<Item = (StepIndex, Name, u64)> + 'a {
        self.dead.letters.iter().map(|&(step, name, lineage)| {
            (step, name, self.sources_in(name, lineage, words).len() as u64)
        })
    }

    /// The step at which a source record, or what it went into, was given up first.
    pub(super) fn given_up_at(&self, source: Name, words: &Vocabulary) -> Option<StepIndex> {
        let letters = self.dead.letters.iter();
        let mut of = letters
            .filter(|&&(_, name, lineage)| self.sources_in(name, lineage, words).contains(&source));
        of.next().map(|&(step, ..)| step)
    }

    fn sources_in(&self, name: Name, lineage: u32, words: &Vocabulary) -> BTreeSet<Name> {
        let mut sources = BTreeSet::new();
        let mut add = |leaf| sources.extend(words.names.source_of(leaf));
        match lineage {
            0 => add(name),
            lineage => self.leaves(lineage, &mut add),
        }
        sources
    }
}
