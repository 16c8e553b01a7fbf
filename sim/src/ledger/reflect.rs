//! Which records a pane or a row contains. Every record that is taken into a window becomes a member on
//! that window's list; a pane is a span of the list, from what was newest when the content was read to
//! where the last pane ended. What travels on from a pane carries the number of that span, so a result
//! further down is walked to its source records.

use super::seen::Which;
use super::standing::Cell;
use super::{Ledger, StepLedger};
use hashbrown::HashMap;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{Results, StepIndex};
use onceproof_kernel::name::{Name, Names, Vocabulary};
use onceproof_kernel::right::{place, reflection};
use onceproof_kernel::tell;
use onceproof_kernel::tell::{Pane, Tag};
use onceproof_kernel::time::Time;
use rustc_hash::FxBuildHasher;

/// One record in a window.
#[derive(Clone, Copy, Hash, Debug)]
pub(super) struct Node {
    pub name: Name,
    pub lineage: u32,
    pub weight: i64,
    pub value: i64,
    pub next: u32,
}

impl Node {
    pub const NONE: Node = Node { name: Name(u32::MAX), lineage: 0, weight: 0, value: 0, next: 0 };
}

/// A span of a window's list: from `head` down to, and without, `floor`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Stretch {
    head: u32,
    floor: u32,
    /// Whether these are the members of a partial aggregate, which stands for them and is nothing itself.
    pub is_partial: bool,
}

/// What stands in a sink's rows.
pub(super) type WrittenRows = HashMap<u64, StandingRow, FxBuildHasher>;

/// What stands in one row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct StandingRow {
    pub key: Key,
    pub name: Name,
    pub lineage: u32,
    pub value: i64,
}

/// Whether members belong to a result itself, or to a pane in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Depth {
    Here,
    Below,
}

/// What members add up to, in full. A sum in the system under test has 64 bits and may wrap where something is
/// counted twice: it then differs from this, and is phantom.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Sums {
    weight: i128,
    value: i128,
}

impl Sums {
    /// Adds those of more members.
    pub fn add(&mut self, more: Sums) {
        self.weight += more.weight;
        self.value += more.value;
    }

    /// Whether a result says so of its members. Where values are added up for nothing, as in counts, they may be any,
    /// and what the system under test keeps of their sum are its lower 64 bits. In a sum these are not enough.
    pub fn are(self, weight: i64, value: i64, kind: Option<Results>) -> bool {
        let is_value = match kind {
            Some(Results::Summed) => self.value == i128::from(value),
            Some(Results::Counted | Results::Written) | None => self.value as i64 == value,
        };
        is_value && self.weight == i128::from(weight)
    }
}

/// Whether a reflection comes or goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sign {
    Comes,
    Goes,
}

impl Ledger {
    /// A record was taken into the window whose newest member is `head`; returns the new one.
    pub fn member(&mut self, name: Name, lineage: u32, weight: i64, value: i64, head: u32) -> u32 {
        self.members.push(Node { name, lineage, weight, value, next: head });
        (self.members.len() - 1) as u32
    }

    /// The content of a window was read; returns the lineage of what is made of it.
    pub fn read(&mut self, head: u32, floor: u32) -> u32 {
        self.reads.push(Stretch { head, floor, is_partial: false });
        (self.reads.len() - 1) as u32
    }

    /// Outputs were added up; returns the lineage of what stands for them.
    pub fn combine(&mut self, members: &[tell::Member]) -> u32 {
        let mut head = 0;
        for &tell::Member { name, lineage, weight, value } in members {
            head = self.member(name, lineage, weight, value, head);
        }
        self.reads.push(Stretch { head, floor: 0, is_partial: true });
        (self.reads.len() - 1) as u32
    }

    /// Hands what a record stands for to `each`: the members of a partial aggregate, else itself.
    pub(super) fn stands_for(&self, record: Node, each: &mut impl FnMut(Node)) {
        let Stretch { head, is_partial, .. } = self.reads[record.lineage as usize];
        if !is_partial {
            return each(record);
        }
        let mut at = head;
        while at != 0 {
            each(self.members[at as usize]);
            at = self.members[at as usize].next;
        }
    }

    /// The members that were read under a lineage: from the first down to, and without, the second.
    pub(super) fn span_of(&self, lineage: u32) -> (u32, u32) {
        let Stretch { head, floor, .. } = self.reads[lineage as usize];
        (head, floor)
    }

    /// The newest member that was there when this was read.
    pub fn head_of(&self, lineage: u32) -> u32 {
        self.reads[lineage as usize].head
    }

    /// A pane was committed at a step.
    pub(super) fn reflect_pane(
        &mut self,
        step: StepIndex,
        pane: &Pane,
        total: i64,
        words: &Vocabulary,
    ) {
        let &Pane { tag: Tag { lineage, .. }, key, start, weight, value } = pane;
        let place = place(words.keys.hash(key), start);
        let sums = self.walk(step, lineage, Depth::Here, place, Sign::Comes, &words.names);
        if !sums.are(weight, value, self.steps[step.at()].kind) {
            self.phantom.push(step);
        }
        if let Some(seen) = &mut self.seen {
            seen.changes(step, Which::Pane(lineage));
        }
        if self.is_detailed() {
            *self.steps[step.at()].totals.entry((key, start)).or_default() += i128::from(total);
        }
    }

    /// A row was committed at a step, over what stood there.
    pub(super) fn reflect_row(
        &mut self,
        step: StepIndex,
        row: u64,
        written: StandingRow,
        words: &Vocabulary,
    ) {
        let old = self.steps[step.at()].rows.insert(row, written);
        if old == Some(written) {
            return;
        }
        if let Some(seen) = &mut self.seen {
            seen.changes(step, Which::Row(row));
        }
        for (written, sign) in
            old.map(|old| (old, Sign::Goes)).into_iter().chain([(written, Sign::Comes)])
        {
            let place = place(words.keys.hash(written.key), Time(0));
            let member = Node { weight: 0, next: 0, ..written.member() };
            self.reflect(step, member, Depth::Here, place, sign, &words.names);
        }
    }

    /// A row that a step had written is there no more.
    pub(super) fn erase_row(&mut self, step: StepIndex, row: u64, words: &Vocabulary) {
        let Some(old) = self.steps[step.at()].rows.remove(&row) else { return };
        let place = place(words.keys.hash(old.key), Time(0));
        let member = Node { weight: 0, next: 0, ..old.member() };
        self.reflect(step, member, Depth::Here, place, Sign::Goes, &words.names);
    }

    /// For a run in detail: the committed total of each pane, or the value of each row that stands, with its
    /// key and the start of its window, in no order. A row has the window of the pane that it was made of. A
    /// total has 128 bits, since nothing bounds what the rows of a sink come to.
    pub fn totals<'a>(
        &'a self,
        step: StepIndex,
        names: &'a Names,
    ) -> impl Iterator<Item = (Key, Option<Time>, i128)> + 'a {
        let StepLedger { totals, rows, cells, .. } = &self.steps[step.at()];
        let panes = totals.iter().map(|(&(key, start), &total)| (key, Some(start), total));
        let of_row = |row: &StandingRow| (row.key, names.window_of(row.name), row.value.into());
        let of_cell = |(&(key, start), cell): (&(Key, Time), &Cell)| {
            (key, Some(start), i128::from(cell.total))
        };
        panes.chain(rows.values().map(of_row)).chain(cells.iter().map(of_cell))
    }

    /// Reflects all that was read under a lineage; returns what its members add up to.
    fn walk(
        &mut self,
        step: StepIndex,
        lineage: u32,
        depth: Depth,
        place: u64,
        sign: Sign,
        names: &Names,
    ) -> Sums {
        let Stretch { head, floor, .. } = self.reads[lineage as usize];
        self.walk_list((head, floor), (step, depth, place, sign), names)
    }

    /// Reflects the members of a list from `head` down to, and without, `floor`.
    #[inline(always)]
    pub(super) fn walk_list(
        &mut self,
        (head, floor): (u32, u32),
        (step, depth, place, sign): (StepIndex, Depth, u64, Sign),
        names: &Names,
    ) -> Sums {
        let (mut at, mut sums) = (head, Sums::default());
        while at != floor && at != 0 {
            let member = self.members[at as usize];
            sums.weight += i128::from(member.weight);
            sums.value += i128::from(member.value);
            self.reflect(step, member, depth, place, sign, names);
            at = member.next;
        }
        sums
    }

    /// Reflects one member. Its value is part of the digest only where it is a member itself, and not part of a
    /// pane that is. Only as a direct member must a pane be unique. Deeper, one pane may be contained several
    /// times: in what a map made of it, or by a shorter and a longer way.
    fn reflect(
        &mut self,
        step: StepIndex,
        member: Node,
        depth: Depth,
        place: u64,
        sign: Sign,
        names: &Names,
    ) {
        if self.reads[member.lineage as usize].is_partial {
            let sums = self.walk(step, member.lineage, depth, place, sign, names);
            let kind = self.steps[step.at()].kind;
            if depth == Depth::Here && !sums.are(member.weight, member.value, kind) {
                self.phantom.push(step);
            }
            return;
        }
        let is_leaf = member.lineage == 0;
        if is_leaf || depth == Depth::Here {
            let ledger = &mut self.steps[step.at()];
            let at = member.name.0 as usize;
            if at >= ledger.counts.len() {
                ledger.counts.resize(names.len().max(at + 1), 0);
            }
            let count = &mut ledger.counts[at];
            *count = match sign {
                Sign::Comes => count.saturating_add(1),
                Sign::Goes => count.saturating_sub(1),
            };
            // What stands in a cell may go again: how often it is there is asked when the run is over.
            if *count > 1 && !is_leaf && sign == Sign::Comes && ledger.cells.is_empty() {
                self.doubled.push((step, member.lineage));
            }
        }
        if !is_leaf {
            self.walk(step, member.lineage, Depth::Below, place, sign, names);
            return;
        }
        let ledger = &mut self.steps[step.at()];
        let value = if depth == Depth::Here { member.value } else { 0 };
        let here = reflection(member.name, value, place);
        match sign {
            Sign::Comes => {
                ledger.applied += 1;
                ledger.digest = ledger.digest.wrapping_add(here);
                if let Some(seen) = &mut self.seen {
                    seen.comes(step, member.name);
                }
            }
            Sign::Goes => {
                ledger.applied -= 1;
                ledger.digest = ledger.digest.wrapping_sub(here);
            }
        }
    }

    /// Hands each source record, or what maps made of it, that was read under a lineage to `each`.
    pub(super) fn leaves(&self, lineage: u32, each: &mut impl FnMut(Name)) {
        let Stretch { head, floor, .. } = self.reads[lineage as usize];
        let mut at = head;
        while at != floor && at != 0 {
            let member = self.members[at as usize];
            match member.lineage {
                0 => each(member.name),
                lineage => self.leaves(lineage, each),
            }
            at = member.next;
        }
    }
}

impl StandingRow {
    pub fn new(key: Key, name: Name, lineage: u32, value: i64) -> StandingRow {
        StandingRow { key, name, lineage, value }
    }

    /// What stands there, and what was read to make it.
    pub fn made_of(&self) -> (Name, u32) {
        (self.name, self.lineage)
    }

    fn member(&self) -> Node {
        let StandingRow { name, lineage, value, .. } = *self;
        Node { name, lineage, weight: 0, value, next: 0 }
    }
}
