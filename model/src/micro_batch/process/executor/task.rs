//! An attempt of a task: it fetches what it reads, works on it, stores its state, writes its file, writes its results if it
//! does that itself, and reports.

use super::super::Context;
use super::super::service::version_of;
use super::{DriverDesk, ExecutorHost, FileOfTask};
use crate::micro_batch::MicroBatch;
use crate::micro_batch::alphabet::{APPLY, SPILL};
use crate::micro_batch::kept::{KeptBatchState, KeptFile, KeptOrder, KeptRows, of_task};
use crate::micro_batch::message::{ExecutorLife, Request, TaskName, TaskReport};
use crate::micro_batch::pending::add_all;
use crate::micro_batch::settings::StateRule;
use onceproof_kernel::alphabet::Point;
use onceproof_kernel::effect::Effect;
use onceproof_kernel::env::Env;
use onceproof_kernel::layout::ShardIndex;
use onceproof_kernel::mix::words;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::state::WorldState;
use onceproof_kernel::system::ToldWorld;

/// How far an attempt is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum TaskStage {
    /// It waits for so many files.
    Fetching(usize),
    /// It has all that it reads.
    Fetched,
    /// Its state is being stored.
    Storing,
    /// Its file is to be written.
    Spilling,
    /// It waits for leave to write, for so many answers to what it has written, or for that to its report.
    Asking,
    /// See `Asking`.
    Writing(usize),
    /// See `Asking`.
    Reporting,
}

/// An attempt of a task that runs.
#[derive(Clone, Debug)]
pub(super) struct RunningTask {
    name: TaskName,
    order: KeptOrder,
    stage: TaskStage,
    /// What it has fetched, in the order in which it came.
    input: Vec<KeptFile>,
    /// What it has made.
    made: Option<MadeByTask>,
}

/// What an attempt has made.
#[derive(Clone, Debug)]
pub(super) struct MadeByTask {
    pub rows: KeptRows,
    pub file: FileOfTask,
    pub sum: u64,
    pub state: Option<KeptBatchState>,
}

impl RunningTask {
    pub(super) fn tell_state(&self, of: ToldWorld<'_, MicroBatch>, state: &mut WorldState) {
        let RunningTask { name, order, stage, input, made } = self;
        state.add((name, of.shared.get(*order), stage, made.is_some()));
        add_all(input.iter().copied(), of.shared, state);
        if let Some(MadeByTask { rows, file, sum, state: kept }) = made {
            state.add((of.shared.get(*rows), sum, kept.map(|kept| of.shared.get(kept))));
            super::add_file(file, of.shared, state);
        }
    }

    /// Whether there is something to do for it right now.
    pub(super) fn is_ready(&self) -> bool {
        matches!(self.stage, TaskStage::Fetched | TaskStage::Spilling)
    }
}

impl ExecutorHost {
    /// An attempt begins, unless it has before.
    pub(super) fn begins<E: Env<MicroBatch>>(
        &mut self,
        at: usize,
        task: TaskName,
        order: KeptOrder,
        m: &mut Context<'_, E>,
    ) {
        let ExecutorHost { shard, calls, desks, .. } = self;
        let desk = &mut desks[at];
        // What comes late of an earlier batch was asked for, or is wanted no more.
        if task.batch < desk.newest || !desk.asked.insert(task) {
            return;
        }
        desk.forgets_before(task.batch);
        let mut input = Vec::new();
        let mut remote: SortedMap<(ShardIndex, ExecutorLife), Vec<TaskName>> = SortedMap::new();
        for &(executor, life, file) in &m.env.shared().get(order).files {
            let own = desk.files.get(&file).and_then(|parts| parts.get(&task.shard));
            match own.filter(|_| executor == *shard) {
                Some(&rows) => input.push(rows),
                None => remote.or_default((executor, life)).push(file),
            }
        }
        let stage = TaskStage::Fetching(remote.len());
        let running = RunningTask { name: task, order, stage, input, made: None };
        desk.tasks.insert(task, running);
        let (driver, owner) = (desk.driver, desk.owner);
        let is_all = remote.is_empty();
        for ((to, life), files) in remote {
            let hash = files.iter().fold(0, |hash, file| words([hash, of_task(file)]));
            let files = m.env.shared_mut().keep(files, hash);
            calls.call(to, Request::Fetch { driver, life, files, task }, owner, m);
        }
        if is_all {
            self.has_all(at, task, m);
        }
    }

    /// What was asked of another executor is there, or a file of it is lost.
    pub(super) fn has_fetched<E: Env<MicroBatch>>(
        &mut self,
        driver: u64,
        task: TaskName,
        rows: Result<KeptFile, TaskName>,
        m: &mut Context<'_, E>,
    ) {
        let Some(at) = self.desk_of(driver, task) else { return };
        let Some(running) = self.desks[at].tasks.get_mut(&task) else { return };
        let TaskStage::Fetching(left) = running.stage else { return };
        match rows {
            Ok(rows) => running.input.push(rows),
            Err(file) => return self.reports(at, task, TaskReport::FileLost(file), m),
        }
        running.stage = TaskStage::Fetching(left - 1);
        if left == 1 {
            self.has_all(at, task, m);
        }
    }

    /// All that it reads is there: it works on that next.
    fn has_all<E>(&mut self, at: usize, task: TaskName, m: &mut Context<'_, E>) {
        self.is_next(at, task, TaskStage::Fetched, APPLY, m);
    }

    fn is_next<E>(
        &mut self,
        at: usize,
        task: TaskName,
        stage: TaskStage,
        point: Point,
        m: &mut Context<'_, E>,
    ) {
        if let Some(running) = self.desks[at].tasks.get_mut(&task) {
            running.stage = stage;
            let errand =
                crate::micro_batch::about_batch(task.shard, task.batch, Some(task.attempt));
            m.effects.list.push(Effect::Step { point, errand });
        }
    }

    /// Does what is next for the first attempt for which something is.
    pub(super) fn goes_on<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        let found = self.desks.iter().enumerate().find_map(|(at, desk)| {
            let running = desk.tasks.values().find(|running| running.is_ready())?;
            Some((at, running.name, running.stage, running.order))
        });
        let Some((at, task, stage, order)) = found else { return };
        if stage == TaskStage::Spilling {
            let desk = &mut self.desks[at];
            let file = desk.tasks.get(&task).and_then(|running| running.made.as_ref());
            if let Some(file) = file.map(|made| made.file.clone()) {
                desk.files.insert(task, file);
            }
            return self.has_spilled(at, task, m);
        }
        let input = self.desks[at].tasks.get(&task).map(|running| running.input.clone());
        match self.desks[at].works(task, order, &input.unwrap_or_default(), m) {
            Err(report) => self.reports(at, task, report, m),
            Ok(made) => {
                if m.env.is_dead() {
                    return;
                }
                self.has_made(at, task, made, m);
            }
        }
    }

    fn has_made<E: Env<MicroBatch>>(
        &mut self,
        at: usize,
        task: TaskName,
        made: MadeByTask,
        m: &mut Context<'_, E>,
    ) {
        let ExecutorHost { calls, desks, .. } = self;
        let desk = &mut desks[at];
        let Some(running) = desk.tasks.get_mut(&task) else { return };
        let state = made.state;
        running.made = Some(made);
        let settings = &m.design.settings;
        match state.filter(|_| settings.state != StateRule::Memory) {
            Some(state) => {
                running.stage = TaskStage::Storing;
                let version = version_of(settings, task.batch + 1, task);
                let put = Request::PutState { task, version, state };
                calls.call(task.shard, put, desk.owner, m);
            }
            None => self.spills(at, task, m),
        }
    }

    /// Its state stands.
    pub(super) fn has_stored<E: Env<MicroBatch>>(
        &mut self,
        task: TaskName,
        m: &mut Context<'_, E>,
    ) {
        let is_at = |desk: &DriverDesk| {
            desk.tasks.get(&task).is_some_and(|running| running.stage == TaskStage::Storing)
        };
        if let Some(at) = self.desks.iter().position(is_at) {
            self.spills(at, task, m);
        }
    }

    /// It writes its file, if anybody reads it.
    fn spills<E: Env<MicroBatch>>(&mut self, at: usize, task: TaskName, m: &mut Context<'_, E>) {
        let stage = &m.design.stages()[m.design.stage_of(task.shard)];
        match stage.children.is_empty() {
            true => self.has_spilled(at, task, m),
            false => self.is_next(at, task, TaskStage::Spilling, SPILL, m),
        }
    }

    /// Its file is there: it writes its results, if it does that itself, or reports them.
    fn has_spilled<E: Env<MicroBatch>>(
        &mut self,
        at: usize,
        task: TaskName,
        m: &mut Context<'_, E>,
    ) {
        let settings = &m.design.settings;
        let stage = &m.design.stages()[m.design.stage_of(task.shard)];
        let desk = &mut self.desks[at];
        let Some(running) = desk.tasks.get_mut(&task) else { return };
        if stage.tables.is_empty() || !settings.sink.is_by_task() {
            return self.reports_success(at, task, m);
        }
        let driver = desk.driver;
        if !settings.has_coordinator {
            return self.writes(driver, task, m);
        }
        running.stage = TaskStage::Asking;
        let to = m.design.driver();
        self.calls.call(to, Request::May { driver, task }, desk.owner, m);
    }

    /// It writes its results.
    pub(super) fn writes<E: Env<MicroBatch>>(
        &mut self,
        driver: u64,
        task: TaskName,
        m: &mut Context<'_, E>,
    ) {
        let Some(at) = self.desk_of(driver, task) else { return };
        let ExecutorHost { calls, desks, .. } = self;
        let desk = &mut desks[at];
        let Some(running) = desk.tasks.get_mut(&task) else { return };
        let Some(rows) = running.made.as_ref().map(|made| made.rows) else { return };
        let tables = &m.design.stages()[m.design.stage_of(task.shard)].tables;
        running.stage = TaskStage::Writing(tables.len());
        for &table in tables {
            calls.call(m.design.table(table), Request::Write { task, rows }, desk.owner, m);
        }
    }

    /// Part of what it has written stands.
    pub(super) fn has_written<E: Env<MicroBatch>>(
        &mut self,
        task: TaskName,
        m: &mut Context<'_, E>,
    ) {
        let at = self.desks.iter().position(|desk| desk.tasks.contains_key(&task));
        let Some(at) = at else { return };
        let Some(running) = self.desks[at].tasks.get_mut(&task) else { return };
        let TaskStage::Writing(left) = running.stage else { return };
        running.stage = TaskStage::Writing(left - 1);
        if left == 1 {
            self.reports_success(at, task, m);
        }
    }

    /// It may not write.
    pub(super) fn is_denied<E: Env<MicroBatch>>(
        &mut self,
        driver: u64,
        task: TaskName,
        m: &mut Context<'_, E>,
    ) {
        if let Some(at) = self.desk_of(driver, task) {
            self.reports(at, task, TaskReport::MayNot, m);
        }
    }

    fn reports_success<E: Env<MicroBatch>>(
        &mut self,
        at: usize,
        task: TaskName,
        m: &mut Context<'_, E>,
    ) {
        let made = self.desks[at].tasks.get(&task).and_then(|running| running.made.as_ref());
        if let Some(&MadeByTask { rows, sum, .. }) = made {
            self.reports(at, task, TaskReport::Succeeded { rows, sum }, m);
        }
    }

    fn reports<E: Env<MicroBatch>>(
        &mut self,
        at: usize,
        task: TaskName,
        report: TaskReport,
        m: &mut Context<'_, E>,
    ) {
        let ExecutorHost { calls, desks, token, .. } = self;
        let desk = &mut desks[at];
        let Some(running) = desk.tasks.get_mut(&task) else { return };
        running.stage = TaskStage::Reporting;
        let life = ExecutorLife { token: *token, turn: desk.turn };
        let done = Request::Done { driver: desk.driver, life, task, report };
        calls.call(m.design.driver(), done, desk.owner, m);
    }
}

impl DriverDesk {
    /// What is of batches before this one is needed no more.
    fn forgets_before(&mut self, batch: u32) {
        self.newest = batch;
        self.files.retain(|task, _| task.batch >= batch);
        self.asked.retain(|task| task.batch >= batch);
        self.states.retain(|(_, version), _| version.version >= batch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::each_told::{SHARD, assert_each_is_told, steps};
    use crate::micro_batch::design::Design;
    use crate::micro_batch::kept::{BatchState, Kept, TaskOrder};
    use crate::micro_batch::settings::Settings;
    use onceproof_kernel::time::Time;

    #[test]
    fn each_part_of_an_attempt_is_told() {
        let steps = steps().map(|step| (step, true, None)).to_vec();
        let design = Design::new(steps, Settings::FIRST).expect("a chain");
        let mut shared = Kept::default();
        let orders = [0, 1].map(|from| {
            let (files, base) = (Vec::new(), None);
            let (watermark, before, time) = (Time(0), Time(0), Time(0));
            let range = (from, 1);
            shared.keep(TaskOrder { range, files, base, watermark, before, time }, 0)
        });
        let (rows, file) = (shared.keep(Vec::new(), 0), shared.keep(Vec::new(), 0));
        let state = shared.keep(BatchState::default(), 0);
        let of = ToldWorld { design: &design, shared: &shared };
        let name = TaskName { batch: 1, shard: SHARD, attempt: 1 };
        let made = MadeByTask { rows, file: FileOfTask::new(), sum: 0, state: None };
        let [order, other] = orders;
        let task =
            RunningTask { name, order, stage: TaskStage::Fetched, input: vec![], made: None };
        assert_each_is_told(
            &task,
            |task, state| task.tell_state(of, state),
            &[
                &|task| task.name.attempt = 2,
                &|task| task.order = other,
                &|task| task.stage = TaskStage::Fetching(1),
                &|task| task.stage = TaskStage::Fetching(2),
                &|task| task.stage = TaskStage::Reporting,
                &|task| task.input.push(file),
                &|task| task.made = Some(made.clone()),
                &|task| task.made = Some(MadeByTask { sum: 1, ..made.clone() }),
                &|task| task.made = Some(MadeByTask { state: Some(state), ..made.clone() }),
                &|task| {
                    let file = [(SHARD, file)].into_iter().collect();
                    task.made = Some(MadeByTask { file, ..made.clone() });
                },
            ],
        );
    }
}
