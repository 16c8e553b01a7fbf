//! What is durable: the logs of partitions with what is known of their producers, the rows of the coordinator, those of
//! the group, and the disks of clients.

mod coordinator;
mod disk;
mod group;
mod partition;
mod producer;

pub use coordinator::CoordinatorRows;
pub use disk::{Disk, TaskStore};
pub use group::GroupRows;
pub use partition::{EntryFate, PartitionRows};
pub use producer::Known;

use super::Transactions;
use super::design::{Design, Role};
use super::message::{Change, KeptBatches};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{self, Garbage, ToldWorld};
use onceproof_kernel::tell::Tell;
use onceproof_kernel::time::Time;
use onceproof_kernel::told::Told;

/// The rows of one shard, by what it is.
#[derive(Clone, Debug, Default)]
pub enum Rows {
    /// Those of a process that has none.
    #[default]
    None,
    /// A partition of a topic.
    Partition(PartitionRows),
    /// The transaction coordinator.
    Coordinator(CoordinatorRows),
    /// The group, which is also the partition of its offsets.
    Group(GroupRows),
    /// The disk of a client.
    Client(Disk),
}

impl Rows {
    /// Those of a partition.
    ///
    /// # Panics
    /// If it is none, as with the others.
    pub fn partition(&self) -> &PartitionRows {
        match self {
            Rows::Partition(rows) => rows,
            other => unreachable!("{other:?} is no partition"),
        }
    }

    /// Those of the coordinator.
    ///
    /// # Panics
    /// If these are others.
    pub fn coordinator(&self) -> &CoordinatorRows {
        match self {
            Rows::Coordinator(rows) => rows,
            other => unreachable!("{other:?} is no coordinator"),
        }
    }

    /// Those of the group.
    ///
    /// # Panics
    /// If these are others.
    pub fn group(&self) -> &GroupRows {
        match self {
            Rows::Group(rows) => rows,
            other => unreachable!("{other:?} is no group"),
        }
    }

    /// The disk of a client.
    ///
    /// # Panics
    /// If these are others.
    pub fn disk(&self) -> &Disk {
        match self {
            Rows::Client(disk) => disk,
            other => unreachable!("{other:?} is no disk"),
        }
    }

    /// The same, to write to.
    ///
    /// # Panics
    /// If these are others.
    pub fn disk_mut(&mut self) -> &mut Disk {
        match self {
            Rows::Client(disk) => disk,
            other => unreachable!("{other:?} is no disk"),
        }
    }
}

impl system::Rows<Transactions> for Rows {
    fn reset(&mut self, design: &Design, shard: ShardIndex) {
        *self = match design.role(shard) {
            Role::Input => Rows::None,
            Role::Coordinator => Rows::Coordinator(CoordinatorRows::new(design)),
            Role::Group => Rows::Group(GroupRows::new(design)),
            Role::Client => Rows::Client(Disk::default()),
            Role::Partition(_) => Rows::Partition(PartitionRows::new(design, shard)),
        };
    }

    /// Only what is committed leads anywhere. Two clients with one transactional id fence each other for ever, and each time
    /// an epoch is raised; a transaction that takes longer than its time-out is aborted and written again for ever.
    fn changes_anything(&self, change: &Change) -> bool {
        match (self, change) {
            (Rows::Group(rows), Change::Position { task, at }) => rows.position(*task) != *at,
            (Rows::Coordinator(rows), Change::Transaction { id, is }) => {
                is.commits && rows.of(*id).state != is.state
            }
            (_, Change::Marker { commits, .. } | Change::Apply { commits, .. }) => *commits,
            _ => false,
        }
    }

    fn apply(&mut self, change: &Change, now: Time, tell: &mut impl Tell) {
        match self {
            Rows::Partition(rows) => rows.apply(change, now, tell),
            Rows::Coordinator(rows) => rows.apply(change),
            Rows::Group(rows) => rows.apply(change, now, tell),
            Rows::None | Rows::Client(_) => unreachable!("{change:?} of rows that nothing changes"),
        }
    }

    fn tell_state(&self, _: ToldWorld<'_, Transactions>, state: &mut WorldState) {
        match self {
            Rows::None => {}
            Rows::Partition(rows) => rows.tell_state(state),
            Rows::Coordinator(rows) => rows.tell_state(state),
            Rows::Group(rows) => rows.tell_state(state),
            Rows::Client(disk) => disk.tell_state(state),
        }
    }

    fn told(&self, change: &Change, _: &Design, _: ShardIndex, _: &KeptBatches) -> Told {
        Told::new(*change)
    }

    fn garbage(&self) -> Garbage {
        let outputs = match self {
            Rows::Partition(rows) => rows.open_entries(),
            Rows::Group(rows) => rows.open(),
            Rows::None | Rows::Coordinator(_) | Rows::Client(_) => 0,
        };
        Garbage { ids: 0, outputs }
    }
}
