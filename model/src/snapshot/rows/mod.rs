//! What is durable: the states of tasks, the records of checkpoints with the token of the leader, and the topics.

mod records;
mod topic;

pub use records::RecordRows;
pub use topic::{TopicRows, TransactionFate};

use super::Snapshot;
use super::design::{Design, JobRole};
use super::message::{BlobId, Change};
use super::state::{KeptState, KeptStates};
use super::told::ShownRow;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::{self, Garbage, ToldWorld};
use onceproof_kernel::tell::Tell;
use onceproof_kernel::time::Time;
use onceproof_kernel::told::Told;

/// The rows of one shard, by what it is.
#[derive(Clone, Debug)]
pub enum Rows {
    /// The states that a task has stored.
    Task(SortedMap<BlobId, KeptState>),
    /// The records of checkpoints.
    Coordinator(RecordRows),
    /// A part of a topic.
    Topic(TopicRows),
}

impl Default for Rows {
    fn default() -> Rows {
        Rows::Task(SortedMap::new())
    }
}

impl Rows {
    /// What a task has stored under this name.
    ///
    /// # Panics
    /// If these are the rows of no task, as with the others.
    pub fn state(&self, blob: &BlobId) -> Option<KeptState> {
        match self {
            Rows::Task(states) => states.get(blob).copied(),
            other => unreachable!("{other:?} are no states"),
        }
    }

    /// Those of the coordinator.
    ///
    /// # Panics
    /// If these are others.
    pub fn records(&self) -> &RecordRows {
        match self {
            Rows::Coordinator(rows) => rows,
            other => unreachable!("{other:?} are no records"),
        }
    }

    /// The same, to write to.
    ///
    /// # Panics
    /// If these are others.
    pub fn records_mut(&mut self) -> &mut RecordRows {
        match self {
            Rows::Coordinator(rows) => rows,
            other => unreachable!("{other:?} are no records"),
        }
    }

    /// Those of a topic.
    ///
    /// # Panics
    /// If these are others.
    pub fn topic(&self) -> &TopicRows {
        match self {
            Rows::Topic(rows) => rows,
            other => unreachable!("{other:?} is no topic"),
        }
    }
}

impl system::Rows<Snapshot> for Rows {
    fn reset(&mut self, design: &Design, shard: ShardIndex) {
        *self = match design.role(shard) {
            JobRole::Coordinator => Rows::Coordinator(RecordRows::new(design)),
            JobRole::Topic(step) => Rows::Topic(TopicRows::new(design, shard, step)),
            JobRole::Reader(_)
            | JobRole::Operator(_)
            | JobRole::Writer(_)
            | JobRole::Committer(_) => Rows::Task(SortedMap::new()),
        };
    }

    /// Only what is committed leads anywhere, and a checkpoint with which the job has come further than before. A job that
    /// fails again and again uploads, records and begins anew for ever.
    fn changes_anything(&self, change: &Change) -> bool {
        match (self, change) {
            (Rows::Coordinator(rows), Change::Complete { progress, .. }) => {
                *progress > rows.progress()
            }
            (Rows::Coordinator(rows), Change::Finish { .. }) => !rows.is_finished,
            (Rows::Topic(rows), Change::Commit(handle)) => rows.would_commit(handle),
            _ => false,
        }
    }

    fn admits(&self, changes: &[Change], _: &KeptStates) -> bool {
        match self {
            Rows::Coordinator(rows) => rows.admits(changes),
            Rows::Task(_) | Rows::Topic(_) => true,
        }
    }

    fn apply(&mut self, change: &Change, now: Time, tell: &mut impl Tell) {
        match (self, change) {
            (Rows::Coordinator(rows), change) => rows.apply(change, tell),
            (Rows::Topic(rows), change) => rows.apply(change, now, tell),
            (Rows::Task(states), Change::Upload { blob, state }) => {
                states.insert(*blob, *state);
            }
            (Rows::Task(_), other) => unreachable!("{other:?} is no change of a task"),
        }
    }

    fn told(&self, change: &Change, _: &Design, _: ShardIndex, _: &KeptStates) -> Told {
        match (self, change) {
            (Rows::Topic(rows), Change::Write { row, .. }) if rows.shows_at_once() => {
                Told::new(ShownRow(row.record.tag.name))
            }
            _ => Told::new(*change),
        }
    }

    fn tell_state(&self, of: ToldWorld<'_, Snapshot>, state: &mut WorldState) {
        match self {
            Rows::Task(states) => {
                let content = |(blob, &kept)| (blob, of.shared.state(kept));
                state.add_list(states.iter().map(content));
            }
            Rows::Coordinator(rows) => rows.tell_state(of, state),
            Rows::Topic(rows) => rows.tell_state(state),
        }
    }

    fn garbage(&self) -> Garbage {
        let outputs = match self {
            Rows::Topic(rows) => rows.open(),
            Rows::Task(_) | Rows::Coordinator(_) => 0,
        };
        Garbage { ids: 0, outputs }
    }
}
