//! The rows of the coordinator: the token of its leader, the records of complete checkpoints, and which states are gone. What
//! is written under another token than the present one is refused as a whole.

use crate::snapshot::Snapshot;
use crate::snapshot::design::Design;
use crate::snapshot::message::{BlobId, Change};
use crate::snapshot::state::KeptRecord;
use onceproof_kernel::sorted::{SortedMap, SortedSet};
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;
use onceproof_kernel::tell::{Tell, WholeUnit};

/// The rows of the coordinator.
#[derive(Clone, Debug)]
pub struct RecordRows {
    is_fenced: bool,
    /// The token of the leader, and its life.
    pub token: u32,
    /// The life of the process that has it.
    pub leader: u64,
    /// How many attempts were begun.
    pub attempt: u32,
    /// The number of the last checkpoint that was begun.
    pub counter: u32,
    /// Whether the job is over.
    pub is_finished: bool,
    records: SortedMap<u32, KeptRecord>,
    /// States that are gone, and checkpoints of attempts all of whose states are.
    dropped: SortedSet<BlobId>,
    discarded: SortedSet<(u32, u32)>,
    /// What is known to belong together.
    units: SortedSet<WholeUnit>,
    progress: u64,
}

impl RecordRows {
    pub(super) fn new(design: &Design) -> RecordRows {
        RecordRows {
            is_fenced: design.settings.is_fenced,
            token: 0,
            leader: 0,
            attempt: 0,
            counter: 0,
            is_finished: false,
            records: SortedMap::new(),
            dropped: SortedSet::new(),
            discarded: SortedSet::new(),
            units: SortedSet::new(),
            progress: 0,
        }
    }

    pub(super) fn tell_state(&self, of: ToldWorld<'_, Snapshot>, state: &mut WorldState) {
        let RecordRows {
            is_fenced: _,
            token,
            leader,
            attempt,
            counter,
            is_finished,
            records,
            dropped,
            discarded,
            units,
            progress,
        } = self;
        state.add((token, leader, attempt, counter, is_finished));
        let content = |(checkpoint, &kept)| (checkpoint, of.shared.record(kept));
        state.add_list(records.iter().map(content));
        state.add((dropped, discarded, units, progress));
    }

    /// The newest record, with the number of its checkpoint.
    pub fn newest(&self) -> Option<(u32, KeptRecord)> {
        self.records.last_key_value().map(|(&checkpoint, &record)| (checkpoint, record))
    }

    /// All records, with the numbers of their checkpoints.
    pub fn all(&self) -> impl Iterator<Item = (u32, KeptRecord)> {
        self.records.iter().map(|(&checkpoint, &record)| (checkpoint, record))
    }

    /// Whether what was stored under this name is deleted or discarded.
    pub fn is_gone(&self, blob: &BlobId) -> bool {
        let BlobId { attempt, checkpoint, .. } = *blob;
        self.dropped.contains(blob) || self.discarded.contains(&(attempt, checkpoint))
    }

    /// How far the job had come with the checkpoint with which it had come furthest.
    pub(super) fn progress(&self) -> u64 {
        self.progress
    }

    /// Whether all changes are written under the present token.
    pub(super) fn admits(&self, changes: &[Change]) -> bool {
        changes.iter().all(|change| match *change {
            Change::Lead { from, .. } => from.is_none_or(|from| from == self.token),
            Change::Complete { token, .. }
            | Change::Delete { token, .. }
            | Change::Discard { token, .. }
            | Change::Finish { token } => token == self.token || !self.is_fenced,
            _ => true,
        })
    }

    pub(super) fn apply(&mut self, change: &Change, tell: &mut impl Tell) {
        match *change {
            Change::Lead { from: _, keeps_token, life } => {
                self.token += u32::from(!keeps_token);
                self.leader = life;
                self.attempt += 1;
            }
            Change::Complete { checkpoint, record, is_savepoint, progress, token: _ } => {
                if !is_savepoint {
                    self.records.insert(checkpoint, record);
                }
                self.progress = self.progress.max(progress);
            }
            Change::Unit { unit, parts, first } => {
                if self.units.insert(unit) {
                    tell.belongs_together(unit, parts, Some(first));
                }
            }
            Change::Delete { checkpoint, token: _ } => {
                self.records.remove(&checkpoint);
            }
            Change::DropBlob(blob) => {
                self.dropped.insert(blob);
            }
            Change::Discard { attempt, checkpoint, token: _ } => {
                self.discarded.insert((attempt, checkpoint));
            }
            Change::Finish { token: _ } => self.is_finished = true,
            other => unreachable!("{other:?} is no change of the coordinator"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::{SHARD, assert_each_is_told, ignore, steps};
    use crate::snapshot::settings::Settings;
    use crate::snapshot::state::{CheckpointRecord, KeptStates};

    #[test]
    fn each_row_of_the_coordinator_is_told() {
        let design = Design::new(steps().map(|step| (step, true)).to_vec(), Settings::FIRST);
        let (design, mut shared) = (design.expect("a chain"), KeptStates::default());
        let [first, second] = [1, 2].map(|attempt| {
            shared.keep_record(CheckpointRecord { attempt, ..CheckpointRecord::default() })
        });
        let of = ToldWorld { design: &design, shared: &shared };
        assert_each_is_told(
            &RecordRows::new(&design),
            |rows, state| rows.tell_state(of, state),
            &[
                &|rows| rows.token = 1,
                &|rows| rows.leader = 1,
                &|rows| rows.attempt = 1,
                &|rows| rows.counter = 1,
                &|rows| rows.is_finished = true,
                &|rows| ignore(rows.records.insert(1, first)),
                &|rows| ignore(rows.records.insert(2, first)),
                &|rows| ignore(rows.records.insert(1, second)),
                &|rows| {
                    let blob = BlobId { task: SHARD, attempt: 1, checkpoint: 1, upload: 1 };
                    rows.dropped.insert(blob);
                },
                &|rows| ignore(rows.discarded.insert((1, 1))),
                &|rows| ignore(rows.units.insert(WholeUnit(1))),
                &|rows| rows.progress = 1,
            ],
        );
    }
}
