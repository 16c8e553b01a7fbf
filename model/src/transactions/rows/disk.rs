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
