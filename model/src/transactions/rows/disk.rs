//! The disk of a client, which outlives it: a store for each task that counts, written in line. What stands there is
//! trusted up to a checkpoint alone, since a transaction may have been aborted that wrote the rest.

use crate::stream::{CountedCell, Sum};
use hashbrown::HashMap;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use rustc_hash::FxBuildHasher;

/// The disk of a client.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    stores: SortedMap<u32, TaskStore>,
}

/// The store of a task.
#[derive(Clone, Debug, Default)]
pub struct TaskStore {
    /// What is counted.
    pub sums: HashMap<CountedCell, Sum, FxBuildHasher>,
    /// Up to where of the changelog it has come.
    pub at: u64,
    /// Up to where it may be trusted by whoever opens it.
    pub checkpoint: Option<u64>,
}

impl Disk {
    pub(super) fn tell_state(&self, state: &mut WorldState) {
        let Disk { stores } = self;
        state.add(stores.len());
        for (task, TaskStore { sums, at, checkpoint }) in stores {
            state.add((task, at, checkpoint));
            state.add_set(sums);
        }
    }

    /// The store of a task; an empty one, if there is none.
    pub fn store(&mut self, task: u32) -> &mut TaskStore {
        self.stores.or_default(task)
    }

    /// The same, to look at.
    pub fn found(&self, task: u32) -> Option<&TaskStore> {
        self.stores.get(&task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::{assert_each_is_told, ignore};
    use onceproof_kernel::key::Key;
    use onceproof_kernel::time::Time;

    #[test]
    fn each_part_of_a_store_is_told() {
        let count = |disk: &mut Disk, task, weight| {
            let sum = Sum { weight, ..Sum::default() };
            disk.store(task).sums.insert((Key(0), Time(0)), sum);
        };
        assert_each_is_told(
            &Disk::default(),
            Disk::tell_state,
            &[
                &|disk| ignore(disk.store(0)),
                &|disk| ignore(disk.store(1)),
                &|disk| count(disk, 0, 1),
                &|disk| count(disk, 0, 2),
                &|disk| disk.store(0).at = 1,
                &|disk| disk.store(0).checkpoint = Some(0),
            ],
        );
    }
}
