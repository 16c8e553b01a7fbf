//! What a driver knows of the tasks of a batch: which attempts of them there are, what came out of them, and which may
//! write.

use crate::micro_batch::design::Design;
use crate::micro_batch::kept::{AcceptedStates, Kept, KeptRows};
use crate::micro_batch::message::{ExecutorLife, TaskName};
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;

/// What came out of a task.
#[derive(Clone, Copy, Hash, Debug)]
pub(super) struct TaskOutput {
    pub task: TaskName,
    pub executor: ShardIndex,
    pub life: ExecutorLife,
}

/// A partition of a stage.
#[derive(Clone, Debug, Default)]
pub(super) struct StagePartition {
    pub output: Option<TaskOutput>,
    /// The results that came with its last output. They are not lost with the file: a stage that writes and is read was once
    /// shown without them, when its file had been read and its executor was lost.
    pub rows: Option<KeptRows>,
    /// Whether there was an output since all of the stage was thrown away.
    pub was_done: bool,
    /// The checksum of its last output.
    pub sum: Option<u64>,
    pub failures: u32,
}

/// An attempt of a task.
#[derive(Clone, Copy, Hash, Debug)]
pub(super) struct Attempted {
    pub executor: ShardIndex,
    pub life: ExecutorLife,
    /// How often its stage had been thrown away before.
    pub era: u32,
    /// Whether it may still count.
    pub is_live: bool,
}

/// What a driver knows of the tasks of a batch.
#[derive(Clone, Debug, Default)]
pub(super) struct BatchRun {
    pub partitions: SortedMap<ShardIndex, StagePartition>,
    /// How often each stage was thrown away.
    pub eras: Vec<u32>,
    /// How many partitions of each stage have an output.
    outputs: Vec<u32>,
    /// Of which stages each partition that has no output has an attempt that may still count: until something is lost, a
    /// stage is not looked through again for each of its tasks that succeeds.
    pub served: Vec<bool>,
    pub attempts: SortedMap<TaskName, Attempted>,
    /// The accepted states.
    pub states: AcceptedStates,
    /// Which attempt of each task may write.
    pub grants: SortedMap<ShardIndex, TaskName>,
}

impl BatchRun {
    pub fn new(design: &Design) -> BatchRun {
        let stages = 0..design.stages().len();
        let all = stages.clone().flat_map(|stage| design.partitions(stage));
        BatchRun {
            partitions: all.map(|shard| (shard, StagePartition::default())).collect(),
            eras: vec![0; stages.len()],
            outputs: vec![0; stages.len()],
            served: vec![false; stages.len()],
            ..BatchRun::default()
        }
    }

    /// Adds its state.
    pub fn tell_state(&self, kept: &Kept, state: &mut WorldState) {
        let BatchRun { partitions, eras, outputs, served, attempts, states, grants } = self;
        for (shard, partition) in partitions {
            let StagePartition { output, rows, was_done, sum, failures } = partition;
            state.add((shard, output, rows.map(|rows| kept.get(rows)), was_done, sum, failures));
        }
        state.add((partitions.len(), eras, outputs, served, attempts, states, grants));
    }

    /// Whether an attempt may still count.
    pub fn is_live(&self, task: TaskName) -> bool {
        self.attempts.get(&task).is_some_and(|attempt| attempt.is_live)
    }

    /// All results, in the order of partitions.
    pub fn results(&self) -> Vec<KeptRows> {
        self.partitions.values().filter_map(|of| of.rows).collect()
    }

    pub fn is_done(&self, shard: ShardIndex) -> bool {
        self.partitions.get(&shard).is_some_and(|of| of.output.is_some())
    }

    pub fn is_complete(&self, design: &Design, stage: usize) -> bool {
        self.outputs[stage] == design.layout.shards_of(design.stages()[stage].head)
    }

    /// Gives a partition of a stage another output, or none; the one before.
    pub fn put_output(
        &mut self,
        stage: usize,
        shard: ShardIndex,
        output: Option<TaskOutput>,
    ) -> Option<TaskOutput> {
        let before = std::mem::replace(&mut self.partitions.or_default(shard).output, output);
        self.outputs[stage] += u32::from(output.is_some());
        self.outputs[stage] -= u32::from(before.is_some());
        before
    }

    /// Something is lost: all stages are looked through again.
    pub fn looks_again(&mut self) {
        self.served.fill(false);
    }

    /// The attempts of a partition, in order.
    pub fn attempts_of(
        &self,
        batch: u32,
        shard: ShardIndex,
    ) -> impl Iterator<Item = (&TaskName, &Attempted)> {
        let [first, last] = [0, u32::MAX].map(|attempt| TaskName { batch, shard, attempt });
        self.attempts.range(first..=last)
    }

    /// Whether an attempt of a partition may still count, of those since its stage was thrown away last.
    pub fn has_live(&self, batch: u32, shard: ShardIndex, era: u32) -> bool {
        self.attempts_of(batch, shard).any(|(_, attempt)| attempt.is_live && attempt.era == era)
    }

    /// An attempt may count no more, and its partition needs another one.
    pub fn fails(&mut self, task: TaskName) {
        self.looks_again();
        self.ends(task);
    }

    /// An attempt may count no more.
    pub fn ends(&mut self, task: TaskName) {
        if let Some(attempt) = self.attempts.get_mut(&task) {
            attempt.is_live = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::{SHARD, assert_each_is_told, ignore};

    #[test]
    fn each_part_of_a_run_is_told() {
        let mut kept = Kept::default();
        let rows = kept.keep(Vec::new(), 0);
        let task = |attempt| TaskName { batch: 0, shard: SHARD, attempt };
        let life = ExecutorLife { token: 1, turn: 1 };
        let output = TaskOutput { task: task(1), executor: SHARD, life };
        let attempted = Attempted { executor: SHARD, life, era: 0, is_live: true };
        let with = |run: &mut BatchRun, change: &dyn Fn(&mut StagePartition)| {
            change(run.partitions.or_default(SHARD));
        };
        assert_each_is_told(
            &BatchRun {
                eras: vec![0],
                outputs: vec![0],
                served: vec![false],
                ..BatchRun::default()
            },
            |run, state| run.tell_state(&kept, state),
            &[
                &|run| with(run, &|_| {}),
                &|run| with(run, &|of| of.output = Some(output)),
                &|run| with(run, &|of| of.output = Some(TaskOutput { task: task(2), ..output })),
                &|run| with(run, &|of| of.rows = Some(rows)),
                &|run| with(run, &|of| of.was_done = true),
                &|run| with(run, &|of| of.sum = Some(1)),
                &|run| with(run, &|of| of.failures = 1),
                &|run| run.eras[0] = 1,
                &|run| run.outputs[0] = 1,
                &|run| run.served[0] = true,
                &|run| ignore(run.attempts.insert(task(1), attempted)),
                &|run| {
                    let attempted = Attempted { is_live: false, ..attempted };
                    run.attempts.insert(task(1), attempted);
                },
                &|run| ignore(run.attempts.insert(task(1), Attempted { era: 1, ..attempted })),
                &|run| ignore(run.states.insert(SHARD, task(1))),
                &|run| ignore(run.grants.insert(SHARD, task(1))),
            ],
        );
    }
}
