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

#[cfg(test)]
mod tests {
    use super::super::channel::Outbound;
    use super::super::writer::WriterWait;
    use super::super::{Work, barrier::RecordedState};
    use super::*;
    use crate::each_told::{assert_each_is_told, ignore, steps};
    use crate::snapshot::design::Design;
    use crate::snapshot::message::{BlobId, ChannelItem, TransactionHandle, TransactionName};
    use crate::snapshot::settings::Settings;
    use crate::snapshot::state::{KeptStates, TaskState};
    use onceproof_kernel::layout::StepIndex;
    use onceproof_kernel::name::Name;
    use onceproof_kernel::time::Time;

    #[test]
    fn each_part_of_a_task_is_told() {
        let design = Design::new(steps().map(|step| (step, true)).to_vec(), Settings::FIRST);
        let design = design.expect("a chain");
        let shard = design.layout.shard(StepIndex(1), 0);
        let mut shared = KeptStates::default();
        let [empty, ended] = [false, true]
            .map(|is_ended| shared.keep(TaskState { is_ended, ..TaskState::default() }));
        let of = ToldWorld { design: &design, shared: &shared };
        let blob = BlobId { task: shard, attempt: 1, checkpoint: 2, upload: 1 };
        let transaction = TransactionName { writer: 0, attempt: 1, checkpoint: 1 };
        let handle =
            TransactionHandle { transaction, epoch: 0, checkpoint: 1, attempt: 1, first: Name(0) };
        let upload =
            |state, handles| Uploading { checkpoint: 2, blob, state, is_ended: false, handles };
        let task = JobTask::new(&design, shard, (1, 0), 1, TaskState::default());
        assert_each_is_told(
            &task,
            |task, state| task.tell_state(of, state),
            &[
                &|task| task.attempt += 1,
                &|task| task.restored += 1,
                &|task| task.state.is_ended = true,
                &|task| task.state.offset = Some(1),
                &|task| task.state.handles.push(handle),
                &|task| task.state.overtaken.push((0, ChannelItem::End)),
                &|task| task.inputs[0].queue.push_back(ChannelItem::End),
                &|task| task.inputs[1].queue.push_back(ChannelItem::End),
                &|task| ignore(task.inputs[0].arrives(0, 0, ChannelItem::End)),
                &|task| ignore(task.inputs[0].arrives(0, 1, ChannelItem::End)),
                &|task| ignore(task.inputs[0].arrives(1, 0, ChannelItem::End)),
                &|task| task.inputs[0].is_blocked = true,
                &|task| task.inputs[0].has_barrier = true,
                &|task| task.inputs[0].watermark = Time(1),
                &|task| task.inputs[0].is_over = true,
                &|task| task.outputs.push(Outbound::new(shard, 0)),
                &|task| task.outputs.push(Outbound::new(shard, 1)),
                &|task| ignore(task.filled.insert(0)),
                &|task| task.turn = 1,
                &|task| task.work = Work::Begun,
                &|task| task.work = Work::Done,
                &|task| task.may_run = true,
                &|task| task.has_failed = true,
                &|task| task.executed = 1,
                &|task| task.checkpoints.current = 2,
                &|task| task.checkpoints.last = 2,
                &|task| task.checkpoints.uploads = 1,
                &|task| ignore(task.checkpoints.uploading.insert(0, upload(empty, 0))),
                &|task| ignore(task.checkpoints.uploading.insert(1, upload(empty, 0))),
                &|task| ignore(task.checkpoints.uploading.insert(0, upload(ended, 0))),
                &|task| ignore(task.checkpoints.uploading.insert(0, upload(empty, 1))),
                &|task| ignore(task.checkpoints.stored.insert(2, (blob, TaskState::default()))),
                &|task| task.checkpoints.base = Some((blob, TaskState::default())),
                &|task| {
                    let state = TaskState::default();
                    let recorded = RecordedState { checkpoint: 2, state, is_flushed: false };
                    task.checkpoints.recorded = Some(recorded);
                },
                &|task| task.reading.has_no_more = true,
                &|task| task.reading.is_ready = true,
                &|task| task.writing.wait = WriterWait::Begin,
                &|task| task.writing.wait = WriterWait::Answers(2),
                &|task| ignore(task.committing.asked.insert(handle)),
            ],
        );
    }
}
