//! Results that may change: a row of a view stands over the one before it, and what is right or wrong of it is known
//! when the run is over. While it runs nothing is final: a record that is counted twice now may be gone with the crash
//! of whoever counted it.

use super::reflect::{Depth, Node, Sign, StandingRow, Sums};
use super::seen::Which;
use super::{Ledger, StepLedger};
use hashbrown::HashMap;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::Results;
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::right::place;
use onceproof_kernel::tell::{Member, Pile, Standing};
use onceproof_kernel::time::Time;
use rustc_hash::FxBuildHasher;

/// The results of one step that may change, by key and start of the window.
pub(super) type Cells = HashMap<(Key, Time), Cell, FxBuildHasher>;

/// What stands in one of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Cell {
    pub lineage: u32,
    sums: Sums,
    pub total: i64,
}

/// The key of each record that was added to a sum in memory, by its number among members.
pub(super) type KeysInMemory = HashMap<u32, Key, FxBuildHasher>;

impl Ledger {
    /// A record was added to a sum that a process has in memory.
    pub(crate) fn add_in_memory(&mut self, pile: &mut Pile, key: Key, member: &Member) {
        let &Member { name, lineage, weight, value } = member;
        pile.head = self.member(name, lineage, weight, value, pile.head);
        self.keys_in_memory.insert(pile.head, key);
    }

    /// A result stands over what stood in its place. Where it goes on from that, only what was added is looked at: a
    /// window of 10,000 records that is shown at each of them would else be walked 10,000 times. What was added is
    /// handed to `each`.
    pub(super) fn stand(
        &mut self,
        standing: &Standing,
        words: &Vocabulary,
        each: &mut dyn FnMut(Name, u32),
    ) {
        let &Standing { step, pane, total } = standing;
        let ledger = &mut self.steps[step.at()];
        let kind = ledger.kind;
        // A row of a sink has no window, and what it stands for are the records of its pane.
        let (start, depth) = match kind {
            Some(Results::Written) => (Time(0), Depth::Below),
            Some(Results::Counted | Results::Summed) | None => (pane.start, Depth::Here),
        };
        let lineage = pane.tag.lineage;
        let of = (pane.key, pane.start);
        let cell = Cell { lineage, sums: Sums::default(), total };
        let old = ledger.cells.insert(of, cell);
        let place = place(words.keys.hash(pane.key), start);
        let mut sums = Sums::default();
        let floor = match old {
            Some(old) if self.goes_on_from(lineage, old.lineage) => {
                sums = old.sums;
                self.head_of(old.lineage)
            }
            Some(old) => {
                let head = self.head_of(old.lineage);
                self.walk_list((head, 0), (step, depth, place, Sign::Goes), &words.names);
                0
            }
            None => 0,
        };
        if let Some(seen) = &mut self.seen {
            seen.changes(step, Which::Cell(pane.key, pane.start));
        }
        let head = self.head_of(lineage);
        let added = (head, floor);
        let more = self.walk_list(added, (step, depth, place, Sign::Comes), &words.names);
        sums.add(more);
        if !sums.are(pane.weight, pane.value, kind) {
            self.phantom.push(step);
        }
        if let Some(cell) = self.steps[step.at()].cells.get_mut(&of) {
            cell.sums = sums;
        }
        let mut at = head;
        while at != floor && at != 0 {
            let Node { name, lineage, next, .. } = self.members[at as usize];
            each(name, lineage);
            at = next;
        }
    }

    /// Whether all that was read under one lineage is part of what was read under another one.
    pub(super) fn goes_on_from(&self, lineage: u32, old: u32) -> bool {
        let (mut at, old) = (self.head_of(lineage), self.head_of(old));
        while at != 0 && at != old {
            at = self.members[at as usize].next;
        }
        at == old
    }

    /// The run is over, and what stands now is what is there for good: which answer won is known from it, and what
    /// disagrees with that, and which pane is contained twice.
    pub(crate) fn settle(&mut self, words: &Vocabulary) {
        for step in 0..self.steps.len() {
            self.mention_rows(step, words);
            let StepLedger { kind, cells, .. } = &self.steps[step];
            if cells.is_empty() || *kind == Some(Results::Written) {
                continue;
            }
            let mut cells: Vec<((Key, Time), u32)> =
                cells.iter().map(|(&of, cell)| (of, cell.lineage)).collect();
            cells.sort_unstable_by_key(|&((key, start), _)| (key.0, start));
            let mut contained: HashMap<Name, u32, FxBuildHasher> = HashMap::default();
            for (_, lineage) in cells {
                let mut at = self.head_of(lineage);
                while at != 0 {
                    let Node { name, lineage, next, .. } = self.members[at as usize];
                    self.mention_member(at, words);
                    let times = contained.entry(name).or_default();
                    *times += 1;
                    if *times == 2 && lineage != 0 {
                        self.doubled.push((super::step_index(step), lineage));
                    }
                    at = next;
                }
            }
        }
    }

    /// Says what a member that stands somewhere says of its record, and of the records that it was made of: two steps
    /// may have the answers of two executions. Without, a sum of sums that had the second answer beside the first was
    /// green: its own members bear other names.
    fn mention_member(&mut self, at: u32, words: &Vocabulary) {
        let Node { name, lineage, weight, value, .. } = self.members[at as usize];
        if let Some(&key) = self.keys_in_memory.get(&at) {
            self.mentions.see(name, lineage, key, weight, value);
            let mut made_of = words.names.parent(name);
            while let (Some(parent), 0) = (made_of, lineage) {
                self.mentions.hint(parent, key, value);
                made_of = words.names.parent(parent);
            }
        }
        self.mention_members(lineage, words);
    }

    /// Says what those say that were read under a lineage.
    pub(super) fn mention_members(&mut self, lineage: u32, words: &Vocabulary) {
        if lineage != 0 {
            let (mut at, floor) = self.span_of(lineage);
            while at != floor && at != 0 {
                self.mention_member(at, words);
                at = self.members[at as usize].next;
            }
        }
    }

    /// Says what the rows of a step say that might have been others until now. A row that was written over says nothing.
    fn mention_rows(&mut self, step: usize, words: &Vocabulary) {
        let StepLedger { rows, may_change, .. } = &self.steps[step];
        if !may_change {
            return;
        }
        let mut rows: Vec<(u64, StandingRow)> =
            rows.iter().map(|(&row, &stands)| (row, stands)).collect();
        rows.sort_unstable_by_key(|&(row, _)| row);
        for (_, StandingRow { key, name, lineage, value }) in rows {
            self.mentions.see(name, lineage, key, 1, value);
            self.mention_members(lineage, words);
        }
    }
}
