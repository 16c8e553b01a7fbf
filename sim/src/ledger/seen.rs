//! For a run that is measured: when readers first see a source record in a result, and when what it is in changes for
//! the last time. It is looked at the results at the ends of a pipeline. A pane stands as it was committed; a row, or a
//! cell of a view, may be written again, and then all that it is made of is seen anew.

use super::Ledger;
use hashbrown::HashMap;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::time::Time;
use rustc_hash::FxBuildHasher;

/// When what was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sightings {
    /// Of each step, whether it is looked at its results.
    is_end: Vec<bool>,
    /// The names that came into results, and the results that changed, since it was last asked.
    came: Vec<Name>,
    changed: Vec<(StepIndex, Which)>,
    /// The keys under which somebody else than their shard wrote a result, since it was last asked.
    shown: Vec<(StepIndex, Key)>,
    /// When a source record first came into a result, by the numbers of their names.
    first: Vec<Option<Time>>,
    /// When each result changed last.
    last: HashMap<(StepIndex, Which), Time, FxBuildHasher>,
}

/// One result of a step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Which {
    /// A pane, by what was read to make it.
    Pane(u32),
    /// A row.
    Row(u64),
    /// A cell.
    Cell(Key, Time),
}

/// When one source record was first seen, and when what it is in changed for the last time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SeenAt {
    pub name: Name,
    pub first: Time,
    /// None if it is in no result any more.
    pub last: Option<Time>,
}

impl Sightings {
    /// Looks at the results of these steps.
    pub fn at(ends: &[StepIndex], steps: usize) -> Sightings {
        let is_end = (0..steps).map(|at| ends.iter().any(|end| end.at() == at)).collect();
        Sightings { is_end, ..Sightings::default() }
    }

    /// A name came into a result.
    #[cold]
    pub(super) fn comes(&mut self, step: StepIndex, name: Name) {
        if self.is_end[step.at()] {
            self.came.push(name);
        }
    }

    /// A result changed.
    pub(super) fn changes(&mut self, step: StepIndex, which: Which) {
        if self.is_end[step.at()] {
            self.changed.push((step, which));
        }
    }

    /// A result under this key was written.
    pub(super) fn shows(&mut self, step: StepIndex, key: Key) {
        self.shown.push((step, key));
    }

    /// All that was seen since this was last asked was seen now. Hands what was shown to `each`.
    pub fn look(&mut self, now: Time, words: &Vocabulary, each: impl FnMut((StepIndex, Key))) {
        for name in self.came.drain(..) {
            let Some(source) = words.names.source_of(name) else { continue };
            let at = source.0 as usize;
            if at >= self.first.len() {
                self.first.resize(at + 1, None);
            }
            self.first[at].get_or_insert(now);
        }
        self.last.extend(self.changed.drain(..).map(|changed| (changed, now)));
        self.shown.drain(..).for_each(each);
    }
}

impl Ledger {
    /// Measures the run that begins.
    pub(crate) fn measure(&mut self, seen: Sightings) {
        self.seen = Some(Box::new(seen));
    }

    /// What is seen of a run that is measured.
    pub(crate) fn seen(&mut self) -> Option<&mut Sightings> {
        self.seen.as_deref_mut()
    }

    /// The run is over: every source record that was ever seen, in order.
    pub(crate) fn take_seen(&mut self, words: &Vocabulary) -> Vec<SeenAt> {
        let Some(seen) = self.seen.take() else { return Vec::new() };
        let mut last: Vec<Option<Time>> = vec![None; seen.first.len()];
        for (&(step, which), &at) in &seen.last {
            self.names_in(step, which, &mut |name| {
                let source = words.names.source_of(name);
                if let Some(last) = source.and_then(|source| last.get_mut(source.0 as usize)) {
                    *last = (*last).max(Some(at));
                }
            });
        }
        let all = seen.first.iter().zip(last).zip(0..);
        let known =
            |((&first, last), number)| Some(SeenAt { name: Name(number), first: first?, last });
        all.filter_map(known).collect()
    }

    /// Hands the names that a result has now to `each`: source records, and what maps made of them.
    fn names_in(&self, step: StepIndex, which: Which, each: &mut impl FnMut(Name)) {
        let ledger = &self.steps[step.at()];
        match which {
            Which::Pane(lineage) => self.leaves(lineage, each),
            Which::Cell(key, start) => {
                if let Some(cell) = ledger.cells.get(&(key, start)) {
                    self.leaves(cell.lineage, each);
                }
            }
            Which::Row(row) => match ledger.rows.get(&row).map(|written| written.made_of()) {
                Some((name, 0)) => each(name),
                Some((_, lineage)) => self.leaves(lineage, each),
                None => {}
            },
        }
    }
}
