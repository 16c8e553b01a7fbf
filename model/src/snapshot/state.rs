//! What a task is restored from, and what a checkpoint consists of. Messages and changes own nothing: they refer to what the
//! run keeps.

use super::message::{BlobId, ChannelItem, TransactionHandle};
use crate::stream::CountedWindows;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::mix::words;
use onceproof_kernel::sorted::{SortedMap, SortedSet};

/// The state of a task.
#[derive(Clone, PartialEq, Hash, Debug, Default)]
pub struct TaskState {
    /// Of a source: the next offset, if it has its split.
    pub offset: Option<u64>,
    /// Whether it has come to its end.
    pub is_ended: bool,
    /// What is counted.
    pub windows: CountedWindows,
    /// The handles that are not known to be committed.
    pub handles: Vec<TransactionHandle>,
    /// What a barrier has overtaken, each item with the number of its channel.
    pub overtaken: Vec<(usize, ChannelItem)>,
}

impl TaskState {
    /// The same as a number.
    fn hash(&self) -> u64 {
        let TaskState { offset, is_ended, windows, handles, overtaken } = self;
        let offset = offset.map_or(u64::MAX, |at| at);
        let mut hash = words([offset, (*is_ended).into(), windows.hash()]);
        for handle in handles {
            hash = words([hash, handle.checkpoint.into(), handle.attempt.into()]);
        }
        words([hash, handles.len() as u64, overtaken.len() as u64])
    }

    /// How many handles may be in it that are not known to be committed.
    pub fn handles_on_the_way(&self) -> u32 {
        let is_handle = |(_, item): &&(usize, ChannelItem)| matches!(item, ChannelItem::Handle(_));
        self.overtaken.iter().filter(is_handle).count() as u32
    }
}

/// What a complete checkpoint has.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct CheckpointRecord {
    /// The attempt in which it was made.
    pub attempt: u32,
    /// The state of each task.
    pub blobs: SortedMap<ShardIndex, BlobId>,
    /// The sources whose splits are not assigned.
    pub unassigned: SortedSet<ShardIndex>,
    /// Whether nobody restores it.
    pub is_savepoint: bool,
}

/// A state that the run keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeptState {
    at: u32,
    /// The same for equal states.
    pub hash: u64,
}

/// A record of a checkpoint that the run keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeptRecord {
    at: u32,
    /// The same for equal records.
    pub hash: u64,
}

/// The states and records of a run.
#[derive(Clone, Debug, Default)]
pub struct KeptStates {
    states: Vec<TaskState>,
    records: Vec<CheckpointRecord>,
}

impl KeptStates {
    /// Keeps a state.
    pub fn keep(&mut self, state: TaskState) -> KeptState {
        let hash = state.hash();
        self.states.push(state);
        KeptState { at: self.states.len() as u32 - 1, hash }
    }

    /// A state is stored otherwise than it was when its upload began.
    pub fn store_instead(&mut self, kept: KeptState, state: TaskState) {
        self.states[kept.at as usize] = state;
    }

    /// What a state was.
    pub fn state(&self, kept: KeptState) -> &TaskState {
        &self.states[kept.at as usize]
    }

    /// Keeps a record.
    pub fn keep_record(&mut self, record: CheckpointRecord) -> KeptRecord {
        let blobs = record.blobs.values();
        let hash =
            blobs.fold(words([record.attempt.into(), record.blobs.len() as u64]), |all, blob| {
                let BlobId { task, attempt, checkpoint, upload } = *blob;
                words([all, task.0.into(), attempt.into(), checkpoint.into(), upload.into()])
            });
        self.records.push(record);
        KeptRecord { at: self.records.len() as u32 - 1, hash }
    }

    /// What a record has.
    pub fn record(&self, kept: KeptRecord) -> &CheckpointRecord {
        &self.records[kept.at as usize]
    }
}
