//! What of a task is part of the state of a world: all of it, as it is.

use super::JobTask;
use super::barrier::{Checkpoints, Uploading};
use crate::snapshot::Snapshot;
use crate::snapshot::settings::StateAt;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;

impl JobTask {
    /// Adds its state.
    pub fn tell_state(&self, of: ToldWorld<'_, Snapshot>, state: &mut WorldState) {
        let JobTask {
            attempt,
            shard,
            // It follows from the shard.
            role: _,
            restored,
            state: task_state,
            inputs,
            outputs,
            filled,
            turn,
            work,
            may_run,
            has_failed,
            executed,
            checkpoints,
            reading,
            writing,
            committing,
        } = self;
        state.add((attempt, restored, task_state, inputs, outputs, filled));
        state.add((turn, work, may_run, has_failed, executed));
        checkpoints.tell_state(*shard, of, state);
        state.add((reading, writing, committing));
    }
}

impl Checkpoints {
    fn tell_state(&self, shard: ShardIndex, of: ToldWorld<'_, Snapshot>, state: &mut WorldState) {
        let Checkpoints { current, last, recorded, uploads, uploading, stored, base } = self;
        state.add((current, last, recorded, uploads, stored, base));
        // What is stored then is put in place of what stands under the handle, wherever else that is named.
        let may_change = of.design.settings.state == StateAt::Upload;
        state.requires(uploading.is_empty() || !may_change);
        state.add(uploading.len());
        for (&number, upload) in uploading {
            let Uploading { checkpoint, blob, state: kept, is_ended, handles } = *upload;
            state.add_commit(shard, number);
            state.add((checkpoint, blob, of.shared.state(kept), is_ended, handles));
        }
    }
}
