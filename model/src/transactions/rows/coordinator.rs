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
            transaction.tell_state(state);
            state.add(partitions);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::{SHARD, assert_each_is_told, ignore};
    use onceproof_kernel::time::Time;

    #[test]
    fn each_row_of_the_coordinator_is_told_and_when_a_transaction_began_while_it_is_open() {
        let rows = CoordinatorRows(vec![Default::default()]);
        let open = |start| Transaction {
            state: TransactionState::Ongoing,
            start: Time(start),
            ..Transaction::default()
        };
        assert_each_is_told(
            &rows,
            CoordinatorRows::tell_state,
            &[
                &|rows| rows.0[0].0.is_known = true,
                &|rows| rows.0[0].0.epoch = 1,
                &|rows| rows.0[0].0.state = TransactionState::Prepared,
                &|rows| rows.0[0].0.commits = true,
                &|rows| rows.0[0].0 = open(1),
                &|rows| rows.0[0].0 = open(2),
                &|rows| ignore(rows.0[0].1.insert(SHARD)),
            ],
        );
        let state = |start| {
            let mut state = WorldState::default();
            Transaction { state: TransactionState::Complete, ..open(start) }.tell_state(&mut state);
            state.state()
        };
        assert_eq!(state(1), state(2));
    }
}
