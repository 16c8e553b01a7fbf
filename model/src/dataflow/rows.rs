//! The durable rows of one shard, and what each change does to them.

use super::catalog::Catalog;
use super::defect::Defect;
use super::design::Design;
use super::mechanism::{Ack, Fencing};
use super::record::Record;
use super::{Dataflow, told};
use crate::dataflow::change::{Content, Delta, Held, HeldRow, Owed, Scan, Watermark};
use hashbrown::HashMap;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::key::{Key, Keys};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::prefix::Prefix;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{self, Garbage, ToldWorld};
use onceproof_kernel::tell::{Pane, Pile, Tag, Tell, WrittenRow};
use onceproof_kernel::time::Time;
use onceproof_kernel::told::{Aged, Told};
use rustc_hash::FxBuildHasher;
use std::collections::BTreeMap;

/// The rows of one shard.
#[derive(Debug, Default)]
pub struct Rows {
    defect: Option<Defect>,
    offsets: Prefix,
    last_stamp: Option<Time>,
    held: HashMap<HeldRow, Held, FxBuildHasher>,
    /// The ids that its keys have seen.
    pub catalog: Catalog,
    /// Whether the owner has filters that may never take a known id for new.
    has_sound_filter: bool,
    windows: HashMap<(Key, Time), Window, FxBuildHasher>,
    watermarks: Vec<Watermark>,
    owed: BTreeMap<u64, Owed>,
}

copied_by_field!(Rows {
    defect,
    offsets,
    last_stamp,
    held,
    catalog,
    has_sound_filter,
    windows,
    watermarks,
    owed,
});

/// What a window holds that is in no pane yet, and who that is.
#[derive(Clone, Copy, Hash, Debug, Default)]
struct Window {
    content: Content,
    pile: Pile,
}

impl Rows {
    /// Asserts that the filter of an owner took no id for new that is known under the same stamp. That is looked
    /// at in a run in detail only, since it costs a look; in any run it is asserted that no commit of an owner
    /// brings an id that is there. One that lost its shard may take a known id for new: it does not know what the
    /// new owner committed, and its commits are refused.
    pub fn check_new(&self, is_owner: bool, record: &Record, now: Time) {
        let is_known = self.catalog.stamp(record.key, record.id, now) == Some(record.stamp);
        assert!(
            !(self.has_sound_filter && is_owner && is_known),
            "a filter took a known id for new"
        );
    }

    /// The content of a window, and what was added to it.
    pub fn content(&self, key: Key, start: Time) -> Option<(Content, Pile)> {
        self.windows.get(&(key, start)).map(|window| (window.content, window.pile))
    }

    /// All rows that a boot reads.
    pub fn scan(&self, keys: &Keys) -> Scan {
        let mut held: Vec<Held> = self.held.values().copied().collect();
        held.sort_unstable_by_key(Held::row);
        let mut windows: Vec<(Key, Time)> = self
            .windows
            .iter()
            .filter(|(_, window)| window.content.records > 0)
            .map(|(&window, _)| window)
            .collect();
        windows.sort_unstable_by_key(|&(key, start)| (start, keys.hash(key)));
        Scan {
            offsets: self.offsets.clone(),
            last_stamp: self.last_stamp,
            held,
            windows,
            watermarks: self.watermarks.clone(),
            owed: self.owed.values().copied().collect(),
        }
    }
}

impl system::Rows<Dataflow> for Rows {
    fn reset(&mut self, design: &Design, shard: ShardIndex) {
        let step = design.layout.step_of(shard);
        let (mechanism, senders) = (design.mechanism(step), design.senders(step).len());
        self.defect = design.defect();
        self.offsets.clear();
        self.last_stamp = None;
        self.held.clear();
        self.catalog.reset(senders);
        // What is acked on receipt pins no watermark: its range may be forgotten while it waits.
        self.has_sound_filter = mechanism.dedup.has_sound_filter()
            && mechanism.fencing == Fencing::Token
            && mechanism.ack == Ack::AfterCommit
            && design.defect().is_none();
        self.windows.clear();
        self.watermarks.clear();
        self.owed.clear();
        self.watermarks.resize(senders, Watermark::NONE);
    }

    // A function of its own: what all changes need would be made ready for each commit, which has one or two.
    #[inline(never)]
    fn apply(&mut self, delta: &Delta, now: Time, tell: &mut impl Tell) {
        match *delta {
            Delta::Offset(offset) if self.defect == Some(Defect::OffsetsAreOneNumber) => {
                self.offsets.insert_all_to(offset);
            }
            Delta::Offset(offset) => {
                self.offsets.insert(offset);
            }
            Delta::Id { key, id, name, value, stamp, lifetime } => {
                let was_known = self.catalog.insert(key, id, stamp, lifetime, now);
                // Only an owner comes here, and nothing else than its filter can have taken it for new.
                let is_sound = !was_known || !self.has_sound_filter;
                assert!(is_sound, "a filter took a known id for new");
                tell.hint(name, key, value);
                tell.learn(key, id, name);
            }
            Delta::Take { key, start, name, lineage, weight, value } => {
                let window = self.windows.entry((key, start)).or_default();
                window.content.records += 1;
                window.content.weight += weight;
                window.content.value = window.content.value.wrapping_add(value);
                tell.add(&mut window.pile, Tag { name, lineage }, key, weight, value);
            }
            Delta::Fire { key, start, content, pane } => {
                let window = self.windows.entry((key, start)).or_default();
                let now = &mut window.content;
                // Two unfenced owners can fire the same content. What is left then goes negative, in weight and
                // in value.
                now.records = now.records.saturating_sub(content.records);
                now.weight -= content.weight;
                now.value = now.value.wrapping_sub(content.value);
                now.pane = now.pane.max(content.pane + 1);
                let Content { lineage, weight, value, .. } = content;
                tell.take(&mut window.pile, lineage);
                tell.pane(&Pane { tag: Tag { name: pane, lineage }, key, start, weight, value });
            }
            Delta::Hold(held) => {
                self.last_stamp = self.last_stamp.max(Some(held.record.stamp));
                self.held.insert(held.row(), held);
                let Record { key, weight, value, .. } = held.record;
                tell.mention(held.record.tag(), key, weight, value.integer());
            }
            Delta::Stamped(stamp) => self.last_stamp = self.last_stamp.max(Some(stamp)),
            Delta::Settle(row) => {
                // What was there is read for those who ask alone: it is large.
                if tell.asks_who_has()
                    && let Some(held) = self.held.get(&row)
                {
                    tell.let_go(held.record.name);
                }
                self.held.remove(&row);
            }
            Delta::Watermark { sender, value } => {
                let row = &mut self.watermarks[sender as usize];
                *row = row.max(value);
                self.catalog.forget(sender, value.system, tell);
                self.catalog.forget_shared(&self.watermarks, tell);
            }
            // What is owed is seen when it is in the table.
            Delta::Owe(owed) => {
                self.offsets.insert(owed.number);
                self.owed.insert(owed.number, owed);
            }
            Delta::Paid(number) => {
                self.owed.remove(&number);
            }
            Delta::Row { step, row, key, name, lineage, weight, value } => {
                let tag = Tag { name, lineage };
                tell.write(&WrittenRow { step, row, tag, key, weight, value });
            }
            Delta::Decided { name, key, value } => tell.hint(name, key, value),
            Delta::DeadLetter { key, name, lineage, value } => {
                tell.hint(name, key, value);
                tell.give_up(Tag { name, lineage }, key);
            }
            Delta::Put { key, name } => tell.put(key, name),
        }
    }

    fn told(&self, delta: &Delta, design: &Design, shard: ShardIndex, (): &()) -> Told {
        let step = design.layout.step_of(shard);
        let settled = match delta {
            Delta::Settle(row) => self.held.get(row).map(|held| held.record.name),
            _ => None,
        };
        told::change(delta, step, settled, design.senders(step))
    }

    fn ids(&self) -> u64 {
        self.catalog.ids()
    }

    fn age(&mut self, now: Time) {
        self.catalog.age(now);
    }

    fn ages_at(&self) -> Time {
        self.catalog.ages_at()
    }

    fn aged(&self, after: Time, until: Time) -> Vec<Aged> {
        self.catalog.aged(after, until).collect()
    }

    fn garbage(&self) -> Garbage {
        Garbage { ids: self.catalog.ageless(), outputs: self.held.len() as u64 }
    }

    /// Adds all rows to the state. At rest no output is held, and no row owed.
    fn tell_state(&self, _: ToldWorld<'_, Dataflow>, state: &mut WorldState) {
        let Rows {
            defect: _,
            offsets,
            last_stamp,
            held,
            catalog,
            has_sound_filter: _,
            windows,
            watermarks,
            owed,
        } = self;
        state.requires(owed.is_empty());
        state.add_set(held);
        state.add((offsets, last_stamp, watermarks));
        catalog.tell_state(state);
        state.add_set(windows);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::system::Rows as _;
    use super::*;
    use crate::dataflow::change::Lifetime;
    use onceproof_kernel::name::Name;
    use onceproof_kernel::record::{RecordId, Value};
    use onceproof_kernel::tell::{Gone, Served, Standing, WholeUnit};

    /// Who hears of ids that are gone, and of nothing else.
    #[derive(Default)]
    pub struct Heard {
        pub gone: Vec<Gone>,
    }

    impl Tell for Heard {
        fn part(&mut self, _: WholeUnit, _: Option<Name>) {}
        fn mention(&mut self, _: Tag, _: Key, _: i64, _: i64) {}
        fn hint(&mut self, _: Name, _: Key, _: i64) {}
        fn learn(&mut self, _: Key, _: RecordId, _: Name) {}
        fn forget(&mut self, gone: Gone) {
            self.gone.push(gone);
        }
        fn add(&mut self, _: &mut Pile, _: Tag, _: Key, _: i64, _: i64) {}
        fn take(&mut self, _: &mut Pile, _: u32) {}
        fn pane(&mut self, _: &Pane) {}
        fn stand(&mut self, _: &Standing) {
            unreachable!("its panes stand for good")
        }

        fn serve(&mut self, _: &Served) {
            unreachable!("its panes stand for good")
        }

        fn certain(&mut self, _: Time, _: Time) {}

        fn replace(&mut self, _: &WrittenRow) {}
        fn write(&mut self, _: &WrittenRow) {}
        fn give_up(&mut self, _: Tag, _: Key) {}
        fn put(&mut self, _: Key, _: Name) {}
    }

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

    /// A shard that has the id of ann.
    fn shard_with_ann(has_sound_filter: bool) -> Rows {
        let mut rows = Rows { has_sound_filter, ..Rows::default() };
        rows.catalog.reset(1);
        rows.apply(&id_of_ann(), Time(0), &mut Heard::default());
        rows
    }

    #[test]
    fn without_a_filter_that_should_know_better_an_id_may_come_twice() {
        let mut rows = shard_with_ann(false);
        rows.check_new(true, &record_of_ann(), Time(0));
        rows.apply(&id_of_ann(), Time(0), &mut Heard::default());
        assert_eq!(rows.catalog.ids(), 1);
    }

    #[test]
    fn a_filter_that_lost_its_shard_may_take_a_known_id_for_new() {
        shard_with_ann(true).check_new(false, &record_of_ann(), Time(0));
    }

    #[test]
    #[should_panic(expected = "a filter took a known id for new")]
    fn the_filter_of_an_owner_may_not() {
        shard_with_ann(true).check_new(true, &record_of_ann(), Time(0));
    }

    #[test]
    #[should_panic(expected = "a filter took a known id for new")]
    fn nor_may_it_let_an_id_be_committed_twice() {
        shard_with_ann(true).apply(&id_of_ann(), Time(0), &mut Heard::default());
    }
}
