//! The tasks of a batch: which are run next, on which executor, which of their attempts count, and what is thrown away when
//! something is lost.

use super::super::Context;
use super::run::{Attempted, BatchRun, TaskOutput};
use super::{BatchDriver, DriverStage};
use crate::micro_batch::MicroBatch;
use crate::micro_batch::alphabet::{
    CHECKSUM_DIFFERED, DENIED, ERA_RAISED, EXECUTOR_LOST, FILE_COMPUTED_AGAIN, GRANT_TAKEN_BACK,
    JOB_FAILED, RANGE_GONE, REPORT_UNWANTED, SPECULATED, TASKS,
};
use crate::micro_batch::design::{Design, OutputLevel};
use crate::micro_batch::kept::{KeptRows, TaskOrder, of_task};
use crate::micro_batch::message::{ExecutorLife, Request, TaskName, TaskReport};
use crate::micro_batch::settings::{AcceptedRule, GrantRule, RollbackRule, StaleRule, WinnerRule};
use crate::micro_batch::told::Story;
use crate::pipeline::StepKind;
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::mix::words;

/// After so many failures of a function on one partition the job is begun anew.
const FAILURES: u32 = 4;

impl BatchDriver {
    /// Runs what can be run: of each stage that has something missing, once nothing is missing above it. A file is needed only
    /// as long as something is missing that reads it.
    pub(super) fn schedules<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        if self.stage != DriverStage::Running {
            return;
        }
        let stages = m.design.stages();
        let ends = (0..stages.len()).filter(|&stage| stages[stage].children.is_empty());
        let mut missing: Vec<usize> =
            ends.filter(|&stage| !self.run.is_complete(m.design, stage)).collect();
        if missing.is_empty() {
            return self.collects(m);
        }
        let mut ready: Vec<usize> = Vec::new();
        while let Some(stage) = missing.pop() {
            let parents = stages[stage].parents.iter().copied();
            let lacking: Vec<usize> =
                parents.filter(|&parent| !self.run.is_complete(m.design, parent)).collect();
            if lacking.is_empty() && !ready.contains(&stage) {
                ready.push(stage);
            }
            missing.extend(lacking);
        }
        ready.sort_unstable();
        for stage in ready {
            // What a stage reads may have been thrown away with what another one lacks. A sink with tasks of its own was run
            // on nothing once, when a file of the source was lost that another sink had still to read.
            let mut parents = m.design.stages()[stage].parents.iter();
            if parents.all(|&parent| self.run.is_complete(m.design, parent)) {
                self.runs_stage(stage, m);
            }
        }
    }

    fn runs_stage<E: Env<MicroBatch>>(&mut self, stage: usize, m: &mut Context<'_, E>) {
        if self.run.served[stage] {
            return;
        }
        let of = &m.design.stages()[stage];
        let shards: Vec<ShardIndex> = m.design.partitions(stage).collect();
        let lacks_again =
            |run: &BatchRun, shard| !run.is_done(shard) && run.partitions[&shard].was_done;
        let again: Vec<ShardIndex> =
            shards.iter().copied().filter(|&shard| lacks_again(&self.run, shard)).collect();
        let is_indeterminate = of.level == OutputLevel::Indeterminate;
        if !again.is_empty() && !of.children.is_empty() && is_indeterminate {
            match m.design.settings.rollback {
                RollbackRule::Full => self.throws_away(stage, true, m),
                RollbackRule::Consumers => self.throws_away(stage, false, m),
                RollbackRule::Missing => {}
            }
            for shard in again {
                self.run.partitions.or_default(shard).was_done = false;
            }
        }
        // Without an executor nothing is launched.
        self.run.served[stage] = !self.executors.is_empty();
        for shard in shards {
            let era = self.run.eras[stage];
            if !self.run.is_done(shard) && !self.run.has_live(self.batch, shard, era) {
                self.launches(stage, shard, None, m);
            }
        }
    }

    /// All that was made below a stage is thrown away, and of the stage itself if that is said.
    fn throws_away<E: Env<MicroBatch>>(
        &mut self,
        stage: usize,
        is_itself: bool,
        m: &mut Context<'_, E>,
    ) {
        m.env.reach(ERA_RAISED);
        super::super::tell(Story::ThrowsAway(m.design.stages()[stage].head), m);
        self.run.looks_again();
        let below = m.design.stages()[stage].below.iter().copied();
        for stage in below.chain(is_itself.then_some(stage)) {
            self.run.eras[stage] += 1;
            let shards: Vec<ShardIndex> = m.design.partitions(stage).collect();
            for shard in &shards {
                self.run.put_output(stage, *shard, None);
                let partition = self.run.partitions.or_default(*shard);
                (partition.rows, partition.was_done) = (None, false);
                self.run.states.remove(shard);
                if m.design.settings.grant != GrantRule::Sticky {
                    self.run.grants.remove(shard);
                }
            }
            for (task, attempt) in self.run.attempts.iter_mut() {
                attempt.is_live &= !shards.contains(&task.shard);
            }
        }
    }

    /// Has an executor run an attempt of a task; another one than `beside`, if that is given.
    fn launches<E: Env<MicroBatch>>(
        &mut self,
        stage: usize,
        shard: ShardIndex,
        beside: Option<ShardIndex>,
        m: &mut Context<'_, E>,
    ) {
        let executors = self.executors.iter().map(|(&executor, &life)| (executor, life));
        let free: Vec<_> = executors.filter(|&(executor, _)| Some(executor) != beside).collect();
        if free.is_empty() {
            return;
        }
        let attempt = m.env.shared_mut().next_attempt(self.batch, shard);
        let number = m.design.layout.number_of(shard);
        let (executor, life) = free[(number + attempt - 1) as usize % free.len()];
        let task = TaskName { batch: self.batch, shard, attempt };
        let order = self.order(stage, shard, m.design);
        let hash = order.files.iter().fold(0, |hash, (_, _, file)| words([hash, of_task(file)]));
        let hash = words([hash, order.range.0, order.range.1, order.watermark.0 as u64]);
        let order = m.env.shared_mut().keep(order, hash);
        let era = self.run.eras[stage];
        self.run.attempts.insert(task, Attempted { executor, life, era, is_live: true });
        m.env.count(TASKS);
        if self.run.partitions.get(&shard).is_some_and(|of| of.sum.is_some()) && beside.is_none() {
            m.env.reach(FILE_COMPUTED_AGAIN);
        }
        let run = Request::Run { driver: self.life, life, task, order };
        self.calls.call(executor, run, of_executor(executor), m);
        self.waits_for(task, m);
    }

    fn order(&self, stage: usize, shard: ShardIndex, design: &Design) -> TaskOrder {
        let of = &design.stages()[stage];
        let parents = of.parents.iter().flat_map(|&parent| design.partitions(parent));
        let outputs = parents.filter_map(|parent| self.run.partitions[&parent].output);
        let at = design.sources().iter().position(|&source| source == shard);
        let is_source = matches!(design.pipeline.step(of.head).kind, StepKind::Source { .. });
        TaskOrder {
            range: match at.filter(|_| is_source) {
                Some(at) => (self.row.starts[at], self.row.ends[at]),
                None => (0, 0),
            },
            files: outputs.map(|output| (output.executor, output.life, output.task)).collect(),
            base: self.base.get(&shard).copied(),
            watermark: self.row.watermark,
            before: self.row.before,
            time: self.row.time,
        }
    }

    /// An attempt is slow: if it is the only one, another is begun beside it.
    pub(super) fn speculates<E: Env<MicroBatch>>(
        &mut self,
        task: TaskName,
        m: &mut Context<'_, E>,
    ) {
        let stage = m.design.stage_of(task.shard);
        let Some(&Attempted { executor, era, .. }) = self.run.attempts.get(&task) else { return };
        let attempts = self.run.attempts_of(task.batch, task.shard);
        let is_only =
            attempts.filter(|(_, attempt)| attempt.is_live && attempt.era == era).count() == 1;
        let mut parents = m.design.stages()[stage].parents.iter();
        let has_input = parents.all(|&parent| self.run.is_complete(m.design, parent));
        if is_only && has_input && era == self.run.eras[stage] {
            m.env.reach(SPECULATED);
            self.launches(stage, task.shard, Some(executor), m);
        }
    }

    /// An attempt takes too long: its executor is taken for lost.
    pub(super) fn is_overdue<E: Env<MicroBatch>>(
        &mut self,
        task: TaskName,
        m: &mut Context<'_, E>,
    ) {
        if let Some(&Attempted { executor, life, .. }) = self.run.attempts.get(&task)
            && self.executors.get(&executor) == Some(&life)
        {
            self.loses(executor, m);
        }
    }

    /// An executor is taken for lost: its attempts have failed and its files are gone.
    pub(super) fn loses<E: Env<MicroBatch>>(
        &mut self,
        executor: ShardIndex,
        m: &mut Context<'_, E>,
    ) {
        if self.executors.remove(&executor).is_none() {
            return;
        }
        m.env.reach(EXECUTOR_LOST);
        super::super::tell(Story::LosesExecutor(executor), m);
        self.calls.close_all_of(of_executor(executor));
        let is_of = |attempt: &Attempted| attempt.executor == executor && attempt.is_live;
        let attempts = self.run.attempts.iter().filter(|(_, attempt)| is_of(attempt));
        let failed: Vec<TaskName> = attempts.map(|(&task, _)| task).collect();
        for task in failed {
            self.run.fails(task);
            self.takes_back(task, m);
        }
        let stages = m.design.stages().iter().enumerate();
        let with_files = stages.filter(|(_, stage)| !stage.children.is_empty());
        let shards: Vec<ShardIndex> =
            with_files.flat_map(|(stage, _)| m.design.partitions(stage)).collect();
        for shard in shards {
            let output = self.run.partitions.get(&shard).and_then(|of| of.output);
            if output.is_some_and(|output| output.executor == executor) {
                self.loses_output(shard, m);
            }
        }
        self.has_begin_afresh(executor, m);
        self.schedules(m);
    }

    /// The file of a partition is gone. Which state came with it is not forgotten: another stage may have read that file, and
    /// then the partition is not computed again. The batch was committed without its state once.
    fn loses_output<E: Env<MicroBatch>>(&mut self, shard: ShardIndex, m: &mut Context<'_, E>) {
        self.run.looks_again();
        let lost = self.run.put_output(m.design.stage_of(shard), shard, None);
        lost.into_iter().for_each(|output| self.takes_back(output.task, m));
        if m.design.settings.accepted == AcceptedRule::File {
            self.run.states.remove(&shard);
        }
    }

    fn takes_back<E: Env<MicroBatch>>(&mut self, task: TaskName, m: &mut Context<'_, E>) {
        let has_grant = self.run.grants.get(&task.shard) == Some(&task);
        if has_grant && m.design.settings.grant != GrantRule::Sticky {
            m.env.reach(GRANT_TAKEN_BACK);
            self.run.grants.remove(&task.shard);
        }
    }

    /// Something has become of an attempt.
    pub(super) fn is_done<E: Env<MicroBatch>>(
        &mut self,
        by: (ShardIndex, ExecutorLife),
        task: TaskName,
        report: TaskReport,
        m: &mut Context<'_, E>,
    ) {
        let Some(&attempt) = self.run.attempts.get(&task) else { return };
        if self.stage != DriverStage::Running || (attempt.executor, attempt.life) != by {
            return m.env.reach(REPORT_UNWANTED);
        }
        match report {
            TaskReport::Succeeded { rows, sum } => {
                let (executor, life) = by;
                self.succeeds(TaskOutput { task, executor, life }, attempt, (rows, sum), m);
            }
            TaskReport::FileLost(file) => {
                self.run.fails(task);
                let output = self.run.partitions.get(&file.shard).and_then(|of| of.output);
                if output.is_some_and(|output| output.task == file) {
                    self.loses_output(file.shard, m);
                }
            }
            TaskReport::MayNot => self.run.fails(task),
            TaskReport::RangeGone if attempt.is_live => {
                m.env.reach(RANGE_GONE);
                return self.ends(m);
            }
            TaskReport::RangeGone => {}
            TaskReport::Failed => {
                self.run.fails(task);
                self.takes_back(task, m);
                let partition = self.run.partitions.or_default(task.shard);
                partition.failures += 1;
                if partition.failures >= FAILURES {
                    m.env.reach(JOB_FAILED);
                    return self.ends(m);
                }
            }
        }
        self.schedules(m);
    }

    fn succeeds<E: Env<MicroBatch>>(
        &mut self,
        output: TaskOutput,
        attempt: Attempted,
        (rows, sum): (KeptRows, u64),
        m: &mut Context<'_, E>,
    ) {
        let (task, settings) = (output.task, &m.design.settings);
        let stage = m.design.stage_of(task.shard);
        let is_stale = attempt.era != self.run.eras[stage] || !attempt.is_live;
        let is_first = settings.winner == WinnerRule::First;
        let is_unwanted = is_stale && settings.stale == StaleRule::Ignored
            || is_first && self.run.is_done(task.shard);
        if is_unwanted {
            return m.env.reach(REPORT_UNWANTED);
        }
        let others = self.run.attempts_of(task.batch, task.shard).map(|(&other, _)| other);
        let over: Vec<TaskName> = others.filter(|&other| is_first || other == task).collect();
        over.into_iter().for_each(|attempt| self.run.ends(attempt));
        self.run.put_output(stage, task.shard, Some(output));
        let partition = self.run.partitions.or_default(task.shard);
        let differs = partition.sum.is_some_and(|before| before != sum);
        (partition.sum, partition.rows, partition.was_done) = (Some(sum), Some(rows), true);
        let of = &m.design.stages()[stage];
        if of.is_stateful {
            self.run.states.insert(task.shard, task);
        }
        if differs && settings.has_checksum && !of.children.is_empty() {
            m.env.reach(CHECKSUM_DIFFERED);
            self.throws_away(stage, false, m);
        }
    }

    /// Whether an attempt may write: the first that asks, as long as it may still count.
    pub(super) fn may<E: Env<MicroBatch>>(
        &mut self,
        task: TaskName,
        m: &mut Context<'_, E>,
    ) -> bool {
        let stage = m.design.stage_of(task.shard);
        let attempt = self.run.attempts.get(&task);
        let is_live = attempt.is_some_and(|of| of.is_live && of.era == self.run.eras[stage]);
        let is_its = match self.run.grants.get(&task.shard) {
            _ if !is_live => false,
            None => {
                self.run.grants.insert(task.shard, task);
                true
            }
            Some(holder) => *holder == task && m.design.settings.grant != GrantRule::Once,
        };
        if !is_its {
            m.env.reach(DENIED);
            let holder = self.run.grants.get(&task.shard).copied().filter(|_| is_live);
            super::super::tell(Story::Denies { task, holder }, m);
        }
        is_its
    }
}

/// What the calls to an executor belong to.
fn of_executor(executor: ShardIndex) -> u32 {
    executor.0 + 1
}
