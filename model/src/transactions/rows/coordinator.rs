//! The rows of the coordinator: one for each transactional id, and the partitions of its transaction.

use crate::transactions::design::Design;
use crate::transactions::message::{Change, Transaction, TransactionState};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::SortedSet;
use onceproof_kernel::state::WorldState;

/// The rows of the coordinator.
#[derive(Clone, Debug, Default)]
pub struct CoordinatorRows(Vec<(Transaction, SortedSet<ShardIndex>)>);

impl CoordinatorRows {
    pub(super) fn new(design: &Design) -> CoordinatorRows {
        let ids = design.settings.clients as usize;
        CoordinatorRows(vec![Default::default(); ids])
    }

    pub(super) fn tell_state(&self, state: &mut WorldState) {
        let CoordinatorRows(all) = self;
        for (transaction, partitions) in all {
            let Transaction { is_known, epoch, state: stage, commits, start } = *transaction;
            // When it began decides when it is aborted, while it is open.
            let start = (stage == TransactionState::Ongoing).then_some(start);
            state.add((is_known, epoch, stage, commits, start, partitions));
        }
    }

    /// What is known of a transactional id.
    pub fn of(&self, id: u32) -> Transaction {
        self.0[id as usize].0
    }

    /// The partitions of its transaction.
    pub fn partitions(&self, id: u32) -> &SortedSet<ShardIndex> {
        &self.0[id as usize].1
    }

    /// All of them, with their numbers.
    pub fn all(&self) -> impl Iterator<Item = (u32, Transaction)> {
        (0..).zip(&self.0).map(|(id, &(transaction, _))| (id, transaction))
    }

    pub(super) fn apply(&mut self, change: &Change) {
        match *change {
            Change::Transaction { id, is } => {
                let (transaction, partitions) = &mut self.0[id as usize];
                let begins = is.state == TransactionState::Ongoing
                    && transaction.state != TransactionState::Ongoing;
                if begins || is.state == TransactionState::Complete {
                    partitions.clear();
                }
                *transaction = is;
            }
            Change::Add { id, partition } => {
                self.0[id as usize].1.insert(partition);
            }
            other => unreachable!("{other:?} is no change of the coordinator"),
        }
    }
}
