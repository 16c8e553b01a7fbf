//! The durable store: rows per shard, and the token of each shard's owner. A commit is applied whole or
//! not at all, once per number, and only under the owner's token, which is checked here and now and not
//! when it was sent. Only what stands here survives a crash.

use onceproof_kernel::copied_by_field;
use onceproof_kernel::effect::Commit;
use onceproof_kernel::layout::{ShardIndex, StoreRules};
use onceproof_kernel::prefix::Prefix;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{Garbage, Rows, System, ToldWorld};
use onceproof_kernel::tell::Tell;
use onceproof_kernel::time::Time;
use onceproof_kernel::told::{Aged, Told};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What became of a commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applied {
    /// It changed the rows.
    Now,
    /// It had changed them before.
    Before,
    /// Its token is not the owner's.
    Refused,
    /// The rows did not admit it.
    NotAdmitted,
}

/// The rows of all shards.
#[derive(Debug)]
pub struct Store<S: System> {
    shards: Vec<Slot<S>>,
    rules: StoreRules,
    /// Whose rows the commits of each shard change, where shards share rows.
    homes: Vec<ShardIndex>,
    /// Whether any step forgets ids by age.
    ages: bool,
    /// When the next id of each shard grows too old that has any such, so that no commit looks at all shards.
    aging: BinaryHeap<Reverse<(Time, ShardIndex)>>,
    ids_held: u64,
    ids_held_max: u64,
    /// Whether the commit that was applied last made anything other than it was.
    pub has_changed: bool,
}

/// The rows of one shard, and what was applied to them.
#[derive(Debug)]
struct Slot<S: System> {
    token: u64,
    applied: Prefix,
    /// The numbers that were applied under each older token, where commits under those are applied too.
    earlier: Vec<(u64, Prefix)>,
    is_fenced: bool,
    /// Whether it is among those whose ids age.
    is_aging: bool,
    rows: S::Rows,
}

copied_by_field!([S: System<Rows: Clone>] Slot<S> {
    token,
    applied,
    earlier,
    is_fenced,
    is_aging,
    rows,
});

impl<S: System> Default for Slot<S> {
    fn default() -> Slot<S> {
        Slot {
            token: 0,
            applied: Prefix::default(),
            earlier: Vec::new(),
            is_fenced: false,
            is_aging: false,
            rows: S::Rows::default(),
        }
    }
}

impl<S: System> Default for Store<S> {
    fn default() -> Store<S> {
        let rules = StoreRules::default();
        Store {
            shards: Vec::new(),
            rules,
            homes: Vec::new(),
            ages: false,
            aging: BinaryHeap::new(),
            ids_held: 0,
            ids_held_max: 0,
            has_changed: false,
        }
    }
}

impl<S: System<Rows: Clone>> Store<S> {
    /// Makes it the same as another one of the same layout.
    pub fn copy(&mut self, from: &Store<S>) {
        // The rest follows from the layout.
        let Store {
            shards,
            rules: _,
            homes: _,
            ages: _,
            aging,
            ids_held,
            ids_held_max,
            has_changed,
        } = from;
        self.shards.clone_from(shards);
        self.aging.clone_from(aging);
        self.ids_held = *ids_held;
        self.ids_held_max = *ids_held_max;
        self.has_changed = *has_changed;
    }
}

impl<S: System> Store<S> {
    /// Empties all rows and keeps their memory.
    pub fn reset(&mut self, design: &S::Design) {
        let layout = S::layout(design);
        self.rules = layout.store;
        self.ages = layout.all().any(|(_, step)| step.forgets_after.is_some());
        self.aging.clear();
        self.ids_held_max = 0;
        self.ids_held = 0;
        self.shards.resize_with(layout.shards(), Slot::default);
        let shards = (0..layout.shards() as u32).map(ShardIndex);
        self.homes.clear();
        self.homes.extend(shards.map(|shard| {
            let step = layout.step_of(shard);
            if layout.step(step).shares_rows { layout.shard(step, 0) } else { shard }
        }));
        for (shard, slot) in (0..).map(ShardIndex).zip(&mut self.shards) {
            slot.token = 0;
            slot.applied.clear();
            slot.earlier.clear();
            slot.is_aging = false;
            slot.is_fenced = layout.step(layout.step_of(shard)).is_fenced;
            slot.rows.reset(design, shard);
        }
    }

    /// A new token for a shard: whoever held an older one owns it no more.
    pub fn grant(&mut self, shard: ShardIndex) -> u64 {
        let slot = &mut self.shards[shard.at()];
        match slot.is_fenced {
            true => slot.applied.clear(),
            false => {
                let applied = std::mem::take(&mut slot.applied);
                slot.earlier.push((slot.token, applied));
            }
        }
        slot.token += 1;
        slot.token
    }

    /// The least number that no commit of a shard's owner has which was applied.
    pub fn least_unapplied(&self, shard: ShardIndex) -> u64 {
        self.shards[shard.at()].applied.next()
    }

    /// Whether the commit of a shard's owner with this number was applied.
    pub fn has_applied(&self, shard: ShardIndex, number: u64) -> bool {
        self.shards[shard.at()].applied.contains(number)
    }

    /// The token of a shard's owner.
    pub fn token(&self, shard: ShardIndex) -> u64 {
        self.shards[shard.at()].token
    }

    /// Applies a commit, and lets whoever watches hear each change.
    pub fn apply(
        &mut self,
        commit: &Commit,
        changes: &[S::Change],
        shared: &S::Shared,
        now: Time,
        tell: &mut impl Tell,
    ) -> Applied {
        if self.ages {
            self.age(now);
        }
        let slot = &mut self.shards[commit.shard.at()];
        let applied = match (slot.is_fenced, commit.token == slot.token) {
            (_, true) => &mut slot.applied,
            (true, false) => return Applied::Refused,
            (false, false) => {
                let earlier = slot.earlier.iter_mut().rfind(|(token, _)| *token == commit.token);
                &mut earlier.expect("every token was granted").1
            }
        };
        if !applied.insert(commit.number) && self.rules.are_commits_numbered {
            return Applied::Before;
        }
        let home = self.home(commit.shard);
        let rows = &mut self.shards[home.at()].rows;
        if !rows.admits(changes, shared) {
            return Applied::NotAdmitted;
        }
        self.ids_held -= rows.ids();
        self.has_changed = false;
        for change in changes {
            self.has_changed |= rows.changes_anything(change);
            rows.apply(change, now, tell);
        }
        self.ids_held += rows.ids();
        self.ids_held_max = self.ids_held_max.max(self.ids_held);
        if self.ages {
            self.watch_ages(home);
        }
        Applied::Now
    }

    /// Notes when the next id of a shard grows too old, if that is not noted yet.
    #[inline(never)]
    fn watch_ages(&mut self, home: ShardIndex) {
        let Slot { rows, is_aging, .. } = &mut self.shards[home.at()];
        let at = rows.ages_at();
        if !*is_aging && at < Time::MAX {
            *is_aging = true;
            self.aging.push(Reverse((at, home)));
        }
    }

    /// The shard whose rows those of a shard are.
    #[inline(always)]
    fn home(&self, shard: ShardIndex) -> ShardIndex {
        if S::SHARES_ROWS { self.homes[shard.at()] } else { shard }
    }

    /// The rows of a shard.
    pub fn rows(&self, shard: ShardIndex) -> &S::Rows {
        &self.shards[self.home(shard).at()].rows
    }

    /// The same, to be changed by no commit.
    pub fn rows_that_change(&mut self, shard: ShardIndex) -> &mut S::Rows {
        let home = self.home(shard);
        &mut self.shards[home.at()].rows
    }

    /// How the changes of a commit are told that is applied next.
    #[cold]
    pub fn told(
        &self,
        commit: &Commit,
        changes: &[S::Change],
        design: &S::Design,
        shared: &S::Shared,
    ) -> Vec<Told> {
        let shard = commit.shard;
        let rows = self.rows(shard);
        let told = changes.iter().map(|change| rows.told(change, design, shard, shared));
        let told: Vec<Told> = told.collect();
        let alphabet = S::layout(design).alphabet;
        debug_assert!(told.iter().all(|told| alphabet.has_change(told.tale())), "{told:?}");
        told
    }

    /// The ids that have grown too old after one time and until another, each with its shard, in order.
    pub fn aged(&self, after: Time, until: Time) -> Vec<(ShardIndex, Aged)> {
        let mut aged: Vec<(ShardIndex, Aged)> = Vec::new();
        for (shard, slot) in (0..).map(ShardIndex).zip(&self.shards).filter(|_| self.ages) {
            let of_shard = slot.rows.aged(after, until).into_iter();
            aged.extend(of_shard.map(|aged| (shard, aged)));
        }
        aged.sort_by_key(|(_, aged)| aged.end);
        aged
    }

    /// Forgets all ids that are too old now.
    pub fn age(&mut self, now: Time) {
        while let Some(&Reverse((at, shard))) = self.aging.peek()
            && at <= now
        {
            self.aging.pop();
            let Slot { rows, is_aging, .. } = &mut self.shards[shard.at()];
            *is_aging = false;
            self.ids_held -= rows.ids();
            rows.age(now);
            self.ids_held += rows.ids();
            self.watch_ages(shard);
        }
    }

    /// The ids that are held, at the end and at most.
    pub fn ids_held(&mut self, now: Time) -> (u64, u64) {
        self.age(now);
        (self.ids_held, self.ids_held_max)
    }

    /// Whether ids are held that no age will end. An id that ages goes without an event, so one that is left at
    /// the end is not held by the letter of `unbounded`.
    pub fn holds_ids(&self) -> bool {
        self.shards.iter().any(|slot| slot.rows.garbage().ids > 0)
    }

    /// Which shards hold something that no age will end, and what.
    pub fn held(&self) -> impl Iterator<Item = (ShardIndex, Garbage)> {
        let all = (0..).map(ShardIndex).zip(&self.shards);
        all.map(|(shard, slot)| (shard, slot.rows.garbage()))
            .filter(|(_, garbage)| *garbage != Garbage::default())
    }

    /// Whether outputs are held.
    pub fn holds_outputs(&self) -> bool {
        self.shards.iter().any(|slot| slot.rows.garbage().outputs > 0)
    }

    /// Adds which commits were applied of lives before the present one, where those of such lives still are.
    pub fn tell_earlier_commits(&self, of: ShardIndex, state: &mut WorldState) {
        let Slot { token, earlier, is_fenced, .. } = &self.shards[of.at()];
        if !is_fenced {
            state.add_list(earlier.iter().map(|(under, applied)| (token - under, applied)));
        }
    }

    /// Adds all rows to the state. With no commit on its way, only the next ones are looked up, and they have numbers
    /// of their own.
    pub fn tell_state(&self, of: ToldWorld<'_, S>, state: &mut WorldState) {
        let Store {
            shards,
            rules: _,
            homes: _,
            ages: _,
            aging: _,
            ids_held: _,
            ids_held_max: _,
            has_changed: _,
        } = self;
        for slot in shards {
            let Slot { token: _, applied: _, earlier: _, is_fenced: _, is_aging: _, rows } = slot;
            rows.tell_state(of, state);
        }
    }
}
