//! The rows of the group: its members and their tasks, the positions of the tasks, and the offsets of open transactions.

use super::producer::{Known, Producers};
use crate::transactions::design::Design;
use crate::transactions::message::Change;
use crate::transactions::settings::{GroupOffsets, Settings};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::tell::{Tell, WholeUnit};
use onceproof_kernel::time::Time;

/// The rows of the group.
#[derive(Clone, Debug)]
pub struct GroupRows {
    settings: Settings,
    tasks: u32,
    /// The members, by the tokens of their lives.
    members: SortedMap<ShardIndex, u64>,
    /// How often tasks were given out.
    pub generation: u32,
    /// Whether the members are to join anew, and which time that is.
    pub is_rebalancing: bool,
    /// How often they were asked to.
    pub round: u32,
    /// Who has which tasks in this generation.
    assigned: SortedMap<ShardIndex, Vec<u64>>,
    positions: SortedMap<u32, u64>,
    /// The offsets of transactions that are not applied.
    pending: SortedMap<u32, (WholeUnit, Vec<(u32, u64)>)>,
    producers: Producers,
}

impl GroupRows {
    pub(super) fn new(design: &Design) -> GroupRows {
        GroupRows {
            settings: design.settings,
            tasks: design.tasks().len() as u32,
            members: SortedMap::new(),
            generation: 0,
            is_rebalancing: false,
            round: 0,
            assigned: SortedMap::new(),
            positions: SortedMap::new(),
            pending: SortedMap::new(),
            producers: Producers::default(),
        }
    }

    pub(super) fn tell_state(&self, state: &mut WorldState) {
        let GroupRows {
            settings,
            tasks: _,
            members,
            generation,
            is_rebalancing,
            round,
            assigned,
            positions,
            pending,
            producers,
        } = self;
        state.add((members, generation, is_rebalancing, round, assigned, positions, pending));
        producers.tell_state(settings, state);
    }

    /// What is known of a producer now.
    pub fn known(&self, id: u32, now: Time) -> Option<Known> {
        self.producers.of(id, now, &self.settings)
    }

    /// The token under which a client is a member, if it is.
    pub fn member(&self, client: ShardIndex) -> Option<u64> {
        self.members.get(&client).copied()
    }

    /// All members with their tokens.
    pub fn members(&self) -> impl Iterator<Item = (ShardIndex, u64)> {
        self.members.iter().map(|(&client, &member)| (client, member))
    }

    /// The tasks of a member in this generation, if it has a place in it.
    pub fn tasks_of(&self, client: ShardIndex) -> Option<&[u64]> {
        self.assigned.get(&client).map(Vec::as_slice)
    }

    /// The first offset of a task that is not done.
    pub fn position(&self, task: u32) -> u64 {
        self.positions.get(&task).copied().unwrap_or(0)
    }

    /// Whether a transaction may still move the position of a task.
    pub fn is_unstable(&self, task: u32) -> bool {
        self.pending.values().flat_map(|(_, all)| all).any(|&(other, _)| other == task)
    }

    /// How many transactions have positions that no marker has ended.
    pub(super) fn open(&self) -> u64 {
        self.producers.open()
    }

    pub(super) fn apply(&mut self, change: &Change, now: Time, tell: &mut impl Tell) {
        match *change {
            Change::Pend { producer, unit } => {
                self.producers.append(producer, None, 0, now, &self.settings);
                self.pending.insert(producer.id, (unit, Vec::new()));
            }
            Change::Pending { id, task, at } => {
                if let Some((_, positions)) = self.pending.get_mut(&id) {
                    positions.push((task, at));
                }
            }
            Change::Position { task, at } => {
                self.positions.insert(task, at);
            }
            Change::Marker { producer, coordinator, commits } => {
                self.producers.end(producer, coordinator, now, &self.settings);
                if self.settings.group_offsets != GroupOffsets::AppliedLater {
                    self.settle(producer.id, commits, tell);
                }
            }
            Change::Apply { id, commits } => self.settle(id, commits, tell),
            Change::ForgetPending => self.pending.clear(),
            Change::Admit { client, member } => {
                self.members.insert(client, member);
            }
            Change::Expel { client } => {
                self.members.remove(&client);
            }
            Change::Rebalance => {
                self.is_rebalancing = true;
                self.round += 1;
            }
            Change::Generation => self.give_out(),
            other => unreachable!("{other:?} is no change of a group"),
        }
    }

    /// The offsets of a transaction are applied, or dropped.
    fn settle(&mut self, id: u32, commits: bool, tell: &mut impl Tell) {
        if let Some((unit, positions)) = self.pending.remove(&id).filter(|_| commits) {
            tell.part(unit, None);
            self.positions.extend(positions);
        }
    }

    /// Task t goes to member (t + generation) mod n.
    fn give_out(&mut self) {
        self.is_rebalancing = false;
        self.generation += 1;
        let members: Vec<ShardIndex> = self.members.keys().copied().collect();
        self.assigned = members.iter().map(|&member| (member, Vec::new())).collect();
        for task in 0..self.tasks {
            let member = members[(task + self.generation) as usize % members.len()];
            self.assigned.or_default(member).push(task.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::{SHARD, assert_each_is_told, ignore};
    use crate::transactions::message::Producer;

    #[test]
    fn each_row_of_the_group_is_told() {
        let rows = GroupRows {
            settings: Settings::FIRST,
            tasks: 1,
            members: SortedMap::new(),
            generation: 0,
            is_rebalancing: false,
            round: 0,
            assigned: SortedMap::new(),
            positions: SortedMap::new(),
            pending: SortedMap::new(),
            producers: Producers::default(),
        };
        let append = |rows: &mut GroupRows, epoch, sequence, at| {
            let batch = Some((sequence, at));
            let settings = rows.settings;
            rows.producers.append(Producer { id: 0, epoch }, batch, at, Time(0), &settings);
        };
        assert_each_is_told(
            &rows,
            GroupRows::tell_state,
            &[
                &|rows| ignore(rows.members.insert(SHARD, 1)),
                &|rows| ignore(rows.members.insert(SHARD, 2)),
                &|rows| rows.generation = 1,
                &|rows| rows.is_rebalancing = true,
                &|rows| rows.round = 1,
                &|rows| ignore(rows.assigned.insert(SHARD, vec![0])),
                &|rows| ignore(rows.positions.insert(0, 1)),
                &|rows| ignore(rows.pending.insert(0, (WholeUnit(1), vec![(0, 1)]))),
                &|rows| ignore(rows.pending.insert(0, (WholeUnit(1), vec![(0, 2)]))),
                &|rows| append(rows, 0, 0, 0),
                &|rows| append(rows, 1, 0, 0),
                &|rows| append(rows, 0, 1, 0),
                &|rows| append(rows, 0, 0, 1),
                &|rows| {
                    let settings = rows.settings;
                    rows.producers.end(Producer { id: 0, epoch: 0 }, 1, Time(0), &settings);
                },
            ],
        );
    }
}
