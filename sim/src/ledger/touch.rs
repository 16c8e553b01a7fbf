//! Which faults touched which damaged records: those placed on the record, on what maps made of it or on
//! a pane that contains it, and those of a worker or shard that had it in hand. Only a run in detail asks.

use super::Ledger;
use crate::fault::Fault;
use crate::fault::place::{About, Pattern};
use crate::outcome::Damage;
use hashbrown::{HashMap, HashSet};
use onceproof_kernel::layout::{Layout, ShardIndex};
use onceproof_kernel::name::{Name, Vocabulary};
use rustc_hash::FxBuildHasher;

/// What a run in detail keeps for this.
#[derive(Clone, Debug, Default)]
pub(super) struct Touch {
    /// Per shard: records that it received and has not acked, or sent and has not settled.
    in_hand: Vec<HashSet<Name, FxBuildHasher>>,
    /// Crashes, pauses, moves and clock steps, as numbers in the schedule, and what their shards had in
    /// hand.
    struck: Vec<(usize, Name)>,
    /// What was read to make each pane, by the hash of its name.
    pub panes: HashMap<u64, Vec<u32>, FxBuildHasher>,
}

impl Touch {
    #[cold]
    fn hold(&mut self, shard: ShardIndex, name: Name) {
        if shard.at() >= self.in_hand.len() {
            self.in_hand.resize_with(shard.at() + 1, HashSet::default);
        }
        self.in_hand[shard.at()].insert(name);
    }

    #[cold]
    fn let_go(&mut self, shard: ShardIndex, name: Name) {
        if let Some(in_hand) = self.in_hand.get_mut(shard.at()) {
            in_hand.remove(&name);
        }
    }
}

impl Ledger {
    /// A shard has a record in hand.
    #[inline(always)]
    pub fn hold(&mut self, shard: ShardIndex, name: Name) {
        if let Some(detail) = &mut self.detail {
            detail.touch.hold(shard, name);
        }
    }

    /// A shard is done with a record.
    #[inline(always)]
    pub fn let_go(&mut self, shard: ShardIndex, name: Name) {
        if let Some(detail) = &mut self.detail {
            detail.touch.let_go(shard, name);
        }
    }

    /// A shard was struck by the fault of this number in the schedule.
    pub fn struck(&mut self, shard: ShardIndex, fault: Option<usize>) {
        if let (Some(detail), Some(fault)) = (&mut self.detail, fault) {
            let Touch { in_hand, struck, .. } = &mut detail.touch;
            if let Some(in_hand) = in_hand.get(shard.at()) {
                struck.extend(in_hand.iter().map(|&name| (fault, name)));
            }
        }
    }

    /// A shard's worker died with all that it had in hand.
    pub fn dropped(&mut self, shard: ShardIndex) {
        if let Some(detail) = &mut self.detail
            && let Some(in_hand) = detail.touch.in_hand.get_mut(shard.at())
        {
            in_hand.clear();
        }
    }

    /// Writes down beside each damaged record the faults that touched it.
    pub fn touched(
        &self,
        damage: &mut [Damage],
        names: &[Name],
        schedule: &[Fault],
        layout: &Layout,
        words: &Vocabulary,
    ) {
        let Some(detail) = &self.detail else { return };
        let mut by_root: HashMap<u64, Vec<usize>, FxBuildHasher> = HashMap::default();
        for (number, &name) in names.iter().enumerate() {
            by_root.entry(words.names.root(name)).or_default().push(number);
        }
        let mut touch = |fault: usize, root: u64| {
            let mut mark = |root: u64| {
                for &number in by_root.get(&root).map_or(&[][..], |numbers| numbers) {
                    damage[number].touched.push(fault);
                }
            };
            match detail.touch.panes.get(&root) {
                None => mark(root),
                Some(lineages) => {
                    for &lineage in lineages {
                        self.leaves(lineage, &mut |leaf| mark(words.names.root(leaf)));
                    }
                }
            }
        };
        for (number, fault) in schedule.iter().enumerate() {
            if let Some(About::Record(pattern)) = &fault.at.record {
                let pattern: &Pattern = pattern;
                let root = pattern.root(layout);
                touch(number, root);
                // What was added up with it goes where it goes.
                for (_, members) in words.names.partials() {
                    if members.iter().any(|&member| words.names.root(member) == root) {
                        for &member in members {
                            touch(number, words.names.root(member));
                        }
                    }
                }
            }
        }
        for &(number, name) in &detail.touch.struck {
            for root in words.names.roots(name) {
                touch(number, root);
            }
        }
        for damage in damage {
            damage.touched.sort_unstable();
            damage.touched.dedup();
        }
    }
}
