//! What the ledger hears of the commits of one shard, change by change.

use super::Ledger;
use super::reflect::{Node, StandingRow};
use super::units::WrongUnit;
use crate::sources::Sources;
use onceproof_kernel::key::Key;
use onceproof_kernel::layout::{Results, ShardIndex, StepIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use onceproof_kernel::record::RecordId;
use onceproof_kernel::tell::{
    Gone, Pane, Pile, Served, Standing, Tag, Tell, WholeUnit, WrittenRow,
};
use onceproof_kernel::time::Time;

/// A commit of a shard that is applied now, as the ledger hears of it.
#[derive(Debug)]
pub(crate) struct Telling<'a> {
    pub ledger: &'a mut Ledger,
    pub shard: ShardIndex,
    pub now: Time,
    pub words: &'a Vocabulary,
    pub sources: &'a Sources,
    /// What becomes of ids, in order, for whoever reads the trace.
    pub ids: Option<&'a mut Vec<IdTold>>,
}

/// What becomes of an id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum IdTold {
    /// It is known from now on, as that of a record.
    Learned { key: Key, id: RecordId, name: Name },
    /// It is known no more.
    Gone(Gone),
}

impl Telling<'_> {
    fn step(&self) -> StepIndex {
        self.ledger.shard_steps[self.shard.at()]
    }

    /// For a run that is measured: a result is written. If it is that of another shard, such as one in a view, whoever
    /// shows it does it by this.
    fn shows(&mut self, step: StepIndex, key: Key) {
        if self.step() != step
            && let Some(seen) = self.ledger.seen()
        {
            seen.shows(step, key);
        }
    }

    /// For a run in detail: something of a record is committed, and reaches its first aggregate or is written.
    #[cold]
    fn arrives(&mut self, Tag { name, lineage }: Tag) {
        let Telling { ledger, shard, now, words, sources, .. } = self;
        ledger.committed(*shard, name, *now);
        for source in ledger.sources_of(name, lineage, words) {
            ledger.taken(source, now.0.abs_diff(sources.arrival(source).0));
        }
    }
}

impl Tell for Telling<'_> {
    fn part(&mut self, unit: WholeUnit, name: Option<Name>) {
        let step = self.step();
        self.ledger.units.part(unit, step, name);
    }

    fn belongs_together(&mut self, unit: WholeUnit, parts: u32, first: Option<(StepIndex, Name)>) {
        self.ledger.units.intends(unit, parts, first);
    }

    #[inline]
    fn mention(&mut self, Tag { name, lineage }: Tag, key: Key, weight: i64, value: i64) {
        self.ledger.mention(key, Node { name, lineage, weight, value, next: 0 });
        if self.ledger.is_detailed() {
            let names = &self.words.names;
            let mut made_of = names.parent(name);
            while let Some(name) = made_of {
                self.ledger.committed(self.shard, name, self.now);
                made_of = names.parent(name);
            }
        }
    }

    fn mention_members(&mut self, lineage: u32) {
        let Telling { ledger, words, .. } = self;
        ledger.mention_members(lineage, words);
    }

    fn seen_alone(&mut self, first: Name, parts: u32, of: u32) {
        let step = self.step();
        self.ledger.units.seen_alone(WrongUnit { step, name: first, seen: parts, of });
    }

    fn erase(&mut self, step: StepIndex, row: u64) {
        self.ledger.erase_row(step, row, self.words);
    }

    #[inline]
    fn hint(&mut self, name: Name, key: Key, value: i64) {
        self.ledger.mentions.hint(name, key, value);
    }

    #[inline]
    fn learn(&mut self, key: Key, id: RecordId, name: Name) {
        if let Some(ids) = &mut self.ids {
            ids.push(IdTold::Learned { key, id, name });
        }
        if self.ledger.is_detailed() {
            self.ledger.learned(self.shard, key, id, name);
            self.ledger.committed(self.shard, name, self.now);
        }
    }

    #[inline]
    fn forget(&mut self, gone: Gone) {
        if let Some(ids) = &mut self.ids {
            ids.push(IdTold::Gone(gone));
        }
    }

    #[inline]
    fn add(&mut self, pile: &mut Pile, tag: Tag, key: Key, weight: i64, value: i64) {
        let Tag { name, lineage } = tag;
        pile.head = self.ledger.member(name, lineage, weight, value, pile.head);
        self.ledger.mention(key, Node { name, lineage, weight, value, next: 0 });
        if self.ledger.is_detailed() {
            self.arrives(tag);
        }
    }

    fn take(&mut self, pile: &mut Pile, lineage: u32) {
        pile.floor = pile.floor.max(self.ledger.head_of(lineage));
    }

    fn pane(&mut self, pane: &Pane) {
        self.pane_of(self.step(), pane);
    }

    #[inline(never)]
    fn pane_of(&mut self, step: StepIndex, pane: &Pane) {
        let is_of_another = self.step() != step;
        let Telling { ledger, words, .. } = self;
        let &Pane { tag: Tag { name, lineage }, key, weight, value, .. } = pane;
        // Panes of counts take weights, panes of sums values.
        let total = match ledger.steps[step.at()].kind {
            Some(Results::Summed) => value,
            Some(Results::Counted | Results::Written) | None => weight,
        };
        ledger.mentions.see(name, lineage, key, weight, total);
        // What another shard has counted in memory is known from here on alone.
        if is_of_another {
            ledger.mention_members(lineage, words);
        }
        if let Some(detail) = &mut ledger.detail {
            let root = words.names.hash(name);
            detail.touch.panes.entry(root).or_default().push(lineage);
        }
        ledger.reflect_pane(step, pane, total, words);
    }

    fn stand(&mut self, standing: &Standing) {
        self.shows(standing.step, standing.pane.key);
        let Telling { ledger, words, now, .. } = self;
        if let Some(served) = &mut ledger.served {
            served.stands(standing, *now);
        }
        let mut added = Vec::new();
        let is_detailed = ledger.is_detailed();
        ledger.stand(standing, words, &mut |name, lineage| {
            if is_detailed {
                added.push(Tag { name, lineage });
            }
        });
        if let Some(detail) = &mut ledger.detail {
            let Tag { name, lineage } = standing.pane.tag;
            let root = words.names.hash(name);
            detail.touch.panes.entry(root).or_default().push(lineage);
        }
        added.into_iter().for_each(|tag| self.arrives(tag));
    }

    fn serve(&mut self, served: &Served) {
        self.shows(served.standing.step, served.standing.pane.key);
        self.ledger.serve(served, self.now);
    }

    fn certain(&mut self, end: Time, since: Time) {
        if let Some(served) = &mut self.ledger.served {
            served.certain(end, since);
        }
    }

    fn replace(&mut self, row: &WrittenRow) {
        let &WrittenRow { step, row, tag, key, weight: _, value } = row;
        let Tag { name, lineage } = tag;
        self.ledger.steps[step.at()].may_change = true;
        self.ledger.reflect_row(step, row, StandingRow::new(key, name, lineage, value), self.words);
        if self.ledger.is_detailed() {
            self.arrives(tag);
        }
    }

    fn write(&mut self, row: &WrittenRow) {
        let &WrittenRow { step, row, tag, key, weight, value } = row;
        let Tag { name, lineage } = tag;
        self.shows(step, key);
        self.ledger.mentions.see(name, lineage, key, weight, value);
        self.ledger.reflect_row(step, row, StandingRow::new(key, name, lineage, value), self.words);
        if self.ledger.is_detailed() {
            self.arrives(tag);
        }
    }

    fn give_up(&mut self, Tag { name, lineage }: Tag, key: Key) {
        let step = self.step();
        self.ledger.see_dead_letter(step, name, lineage, key, &self.words.names);
    }

    #[inline]
    fn asks_who_has(&self) -> bool {
        self.ledger.is_detailed()
    }

    #[inline]
    fn let_go(&mut self, name: Name) {
        self.ledger.let_go(self.shard, name);
    }

    fn put(&mut self, key: Key, name: Name) {
        let step = self.step();
        self.ledger.newest.insert((step, key), name);
    }
}
