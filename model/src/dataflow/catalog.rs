//! The catalog of a shard: the ids that its keys have seen, and when each may be forgotten: by the system
//! watermark of its sender, after a while, or never.

use crate::dataflow::change::{Lifetime, Watermark};
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use onceproof_kernel::copied_by_field;
use onceproof_kernel::key::Key;
use onceproof_kernel::record::RecordId;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::tell::{Gone, Tell};
use onceproof_kernel::time::Time;
use onceproof_kernel::told::Aged;
use rustc_hash::FxBuildHasher;
use std::collections::{BTreeMap, VecDeque};

/// Ids that wait to be forgotten, in order of the time that decides it.
type Expiring = VecDeque<(Time, Key, RecordId)>;

/// The ids of one shard.
#[derive(Debug, Default)]
pub struct Catalog {
    ids: HashMap<(Key, RecordId), Known, FxBuildHasher>,
    /// Per sender: ids that wait for its system watermark, in order of their stamps.
    by_stamp: Vec<Expiring>,
    /// The same for senders that may send one another's records: the first of them, and how many.
    shared: BTreeMap<(usize, usize), Expiring>,
    /// Ids that are forgotten by age, in order of their ends.
    by_age: Expiring,
}

copied_by_field!(Catalog { ids, by_stamp, shared, by_age });

/// What is known of one id.
#[derive(Clone, Copy, Hash, Debug)]
struct Known {
    stamp: Time,
    /// When it is forgotten, if by age, and whether a duplicate puts that off.
    end: Time,
    refreshed_by: Option<i64>,
}

impl Catalog {
    /// Adds all ids, and when each may be forgotten.
    pub fn tell_state(&self, state: &mut WorldState) {
        let Catalog { ids, by_stamp, shared, by_age } = self;
        state.add_set(ids);
        state.add((by_stamp, shared, by_age));
    }

    /// Forgets everything, for a step with so many senders.
    pub fn reset(&mut self, senders: usize) {
        self.ids.clear();
        self.by_age.clear();
        self.by_stamp.resize_with(senders, VecDeque::new);
        self.shared.clear();
        for ids in &mut self.by_stamp {
            ids.clear();
        }
    }

    /// How many ids there are.
    pub fn ids(&self) -> u64 {
        self.ids.len() as u64
    }

    /// Whether all ids that are left will be forgotten by age alone.
    pub fn only_ages(&self) -> bool {
        self.ids.len() <= self.by_age.len()
    }

    /// How many ids no age will end.
    pub fn ageless(&self) -> u64 {
        self.ids.len().saturating_sub(self.by_age.len()) as u64
    }

    /// Learns an id; true if it was here under the same stamp.
    pub fn insert(
        &mut self,
        key: Key,
        id: RecordId,
        stamp: Time,
        lifetime: Lifetime,
        now: Time,
    ) -> bool {
        let row = match lifetime {
            Lifetime::Unlimited => Known { stamp, end: Time::MAX, refreshed_by: None },
            Lifetime::UntilWatermark { .. } | Lifetime::UntilAllWatermarks { .. } => {
                let ids = match lifetime {
                    Lifetime::UntilAllWatermarks { first, count } => {
                        let group = (first as usize, count as usize);
                        self.shared.entry(group).or_default()
                    }
                    Lifetime::UntilWatermark { sender } => &mut self.by_stamp[sender as usize],
                    Lifetime::For { .. } | Lifetime::Unlimited => unreachable!("matched above"),
                };
                // Nearly always the last.
                match ids.back() {
                    Some(&(last, ..)) if last > stamp => {
                        let at = ids.partition_point(|id| id.0 <= stamp);
                        ids.insert(at, (stamp, key, id));
                    }
                    Some(_) | None => ids.push_back((stamp, key, id)),
                }
                Known { stamp, end: Time::MAX, refreshed_by: None }
            }
            Lifetime::For { length, refresh_on_hit } => {
                let end = now.plus(length);
                self.by_age.push_back((end, key, id));
                let length = i64::try_from(length).unwrap_or(i64::MAX);
                Known { stamp, end, refreshed_by: refresh_on_hit.then_some(length) }
            }
        };
        self.ids.insert((key, id), row).is_some_and(|old| old.stamp == stamp)
    }

    /// Whether an id is here, and not too old.
    pub fn knows(&self, key: Key, id: RecordId, now: Time) -> bool {
        self.stamp(key, id, now).is_some()
    }

    /// Whether a duplicate makes an id young again.
    pub fn is_refreshed(&self, key: Key, id: RecordId) -> bool {
        self.ids.get(&(key, id)).is_some_and(|row| row.refreshed_by.is_some())
    }

    /// Makes an id young again, if it is here and a duplicate does so.
    pub fn refresh(&mut self, key: Key, id: RecordId, now: Time) {
        if let Some(row) = self.ids.get_mut(&(key, id))
            && let Some(length) = row.refreshed_by
        {
            row.end = now.plus(length.unsigned_abs());
            self.by_age.push_back((row.end, key, id));
        }
    }

    /// The stamp under which an id is here, and not too old.
    pub fn stamp(&self, key: Key, id: RecordId, now: Time) -> Option<Time> {
        self.ids.get(&(key, id)).filter(|row| row.end > now).map(|row| row.stamp)
    }

    /// The ids with stamps from `first` to `last` that are not too old, in no order.
    pub fn scan(&self, first: Time, last: Time, now: Time, found: &mut Vec<(Key, RecordId, Time)>) {
        let within = |row: &Known| first <= row.stamp && row.stamp <= last && row.end > now;
        let ids = self.ids.iter().filter(|(_, row)| within(row));
        found.extend(ids.map(|(&(key, id), row)| (key, id, row.stamp)));
    }

    /// Forgets the ids of a sender with stamps below its system watermark, and says which.
    pub fn forget(&mut self, sender: u32, below: Time, tell: &mut impl Tell) {
        let Catalog { ids, by_stamp, .. } = self;
        forget_waiting(ids, &mut by_stamp[sender as usize], below, tell);
    }

    /// Forgets the ids that any of several senders may send, with stamps below all their system watermarks.
    pub fn forget_shared(&mut self, watermarks: &[Watermark], tell: &mut impl Tell) {
        let Catalog { ids, shared, .. } = self;
        for (&(first, count), waiting) in shared {
            let least = watermarks[first..first + count].iter().map(|row| row.system).min();
            forget_waiting(ids, waiting, least.unwrap_or(Time::MIN), tell);
        }
    }

    /// What has grown too old after one time and until another, for whoever watches.
    pub fn aged(&self, after: Time, until: Time) -> impl Iterator<Item = Aged> {
        let is_due = move |&&(end, ..): &&(Time, Key, RecordId)| end <= until;
        let ended = self.by_age.iter().take_while(is_due).filter(move |&&(end, ..)| end > after);
        // A duplicate may have put it off.
        let lasted = |end, key, id| self.ids.get(&(key, id)).is_some_and(|row| row.end == end);
        ended.filter(move |&&(end, key, id)| lasted(end, key, id)).map(|&(end, key, id)| Aged {
            end,
            key,
            id,
        })
    }

    /// When the next id may have grown too old.
    pub fn ages_at(&self) -> Time {
        self.by_age.front().map_or(Time::MAX, |&(end, ..)| end)
    }

    /// Forgets what is too old now.
    pub fn age(&mut self, now: Time) {
        while let Some(&(end, key, id)) = self.by_age.front()
            && end <= now
        {
            self.by_age.pop_front();
            if let Entry::Occupied(row) = self.ids.entry((key, id))
                && row.get().end <= now
            {
                row.remove();
            }
        }
    }
}

/// Forgets the ids with stamps below a watermark that they wait for, and says which.
fn forget_waiting(
    ids: &mut HashMap<(Key, RecordId), Known, FxBuildHasher>,
    waiting: &mut Expiring,
    below: Time,
    tell: &mut impl Tell,
) {
    while let Some(&(stamp, key, id)) = waiting.front()
        && stamp < below
    {
        waiting.pop_front();
        // An id that came again with a later stamp stays until that is passed.
        if let Entry::Occupied(row) = ids.entry((key, id))
            && row.get().stamp <= stamp
        {
            row.remove();
            tell.forget(Gone { key, id, of: stamp, below });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataflow::rows::tests::Heard;

    const KEY: Key = Key(1);

    /// Which of some ids are known when each of them comes.
    fn known(catalog: &mut Catalog, now: i64) -> Vec<u64> {
        let meets = |id: &u64| {
            let (id, now) = (RecordId(*id), Time(now));
            let is_known = catalog.knows(KEY, id, now);
            if is_known && catalog.is_refreshed(KEY, id) {
                catalog.refresh(KEY, id, now);
            }
            is_known
        };
        (0..10).filter(meets).collect()
    }

    #[test]
    fn a_watermark_forgets_only_ids_of_its_sender_that_are_older() {
        let mut catalog = Catalog::default();
        catalog.reset(2);
        for (id, sender, stamp) in [(0, 0, 5), (1, 1, 4), (2, 0, 3), (3, 0, 7)] {
            let lifetime = Lifetime::UntilWatermark { sender };
            catalog.insert(KEY, RecordId(id), Time(stamp), lifetime, Time(0));
        }
        catalog.forget(0, Time(5), &mut Heard::default());
        assert_eq!(known(&mut catalog, 0), [0, 1, 3]);
        catalog.forget(0, Time(8), &mut Heard::default());
        assert_eq!(known(&mut catalog, 0), [1]);
    }

    #[test]
    fn an_id_that_several_may_send_waits_for_the_last_of_them() {
        let mut catalog = Catalog::default();
        catalog.reset(3);
        let lifetime = Lifetime::UntilAllWatermarks { first: 1, count: 2 };
        catalog.insert(KEY, RecordId(0), Time(5), lifetime, Time(0));
        let promise = |system| Watermark { event: Time(0), system: Time(system) };
        // The first sender reads another queue.
        catalog.forget_shared(&[promise(9), promise(9), promise(5)], &mut Heard::default());
        assert_eq!(catalog.ids(), 1);
        catalog.forget_shared(&[promise(0), promise(9), promise(6)], &mut Heard::default());
        assert_eq!(catalog.ids(), 0);
    }

    #[test]
    fn an_id_that_came_again_with_a_later_stamp_stays_until_that_is_passed() {
        let mut catalog = Catalog::default();
        catalog.reset(1);
        for stamp in [5, 9] {
            let lifetime = Lifetime::UntilWatermark { sender: 0 };
            catalog.insert(KEY, RecordId(0), Time(stamp), lifetime, Time(0));
        }
        let mut heard = Heard::default();
        catalog.forget(0, Time(6), &mut heard);
        assert_eq!((catalog.ids(), heard.gone.len()), (1, 0));
        catalog.forget(0, Time(10), &mut heard);
        assert_eq!(catalog.ids(), 0);
        let (of, below) = (Time(9), Time(10));
        assert_eq!(heard.gone, [Gone { key: KEY, id: RecordId(0), of, below }]);
    }

    #[test]
    fn an_age_is_counted_from_the_commit_or_from_the_last_duplicate() {
        let mut catalog = Catalog::default();
        catalog.reset(1);
        for (id, refresh_on_hit) in [(0, false), (1, true)] {
            let lifetime = Lifetime::For { length: 10, refresh_on_hit };
            catalog.insert(KEY, RecordId(id), Time(0), lifetime, Time(100));
        }
        assert_eq!(known(&mut catalog, 109), [0, 1]);
        assert_eq!(known(&mut catalog, 110), [1]);
        assert_eq!(known(&mut catalog, 119), [1]);
        // Both have grown too old, each once: id 1 was asked for at 109 and at 110.
        let aged = |after, until| {
            let aged = catalog.aged(Time(after), Time(until));
            aged.map(|aged| (aged.id.0, aged.end.0)).collect::<Vec<_>>()
        };
        assert_eq!(aged(0, 109), []);
        assert_eq!(aged(109, 128), [(0, 110)]);
        assert_eq!(aged(110, 200), [(1, 129)]);
        assert_eq!(catalog.ages_at(), Time(110));
        catalog.age(Time(110));
        assert_eq!((catalog.ids(), catalog.ages_at()), (1, Time(119)));
        catalog.age(Time(129));
        assert_eq!((catalog.ids(), catalog.ages_at()), (0, Time::MAX));
    }
}
