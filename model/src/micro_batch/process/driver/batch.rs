//! A batch from its plan to the next one: its offsets are logged before a task reads them, its results before they are shown,
//! and that it is done with after that.

use super::super::{Context, wake};
use super::run::BatchRun;
use super::{BatchDriver, DriverStage, OF_DRIVER, tables};
use crate::micro_batch::MicroBatch;
use crate::micro_batch::alphabet::{BATCHES, ROW_FOUND};
use crate::micro_batch::kept::{KeptLogRow, LogRow};
use crate::micro_batch::message::{LogOf, Request, Timer};
use crate::micro_batch::settings::{
    BatchWatermark, CommitRow, LoserRule, OffsetLog, ReleaseRule, ResultsLog,
};
use crate::micro_batch::told::Story;
use onceproof_kernel::effect::Effect;
use onceproof_kernel::env::Env;
use onceproof_kernel::source::Read;
use onceproof_kernel::time::Time;

impl BatchDriver {
    /// The next batch is all that has come; without any, it waits. At the end of the input an empty one follows, at which
    /// all windows are over.
    pub(super) fn plans<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        self.stage = DriverStage::Planning;
        let next = self.begun.map(|begun| begun.plus(m.design.settings.trigger));
        if let Some(next) = next.filter(|&next| next > m.now) {
            let timer = Timer::Trigger { life: self.life };
            return m.effects.list.push(Effect::Wake { at: next, timer });
        }
        m.env.charge();
        let (mut ends, mut arrivals, mut has_ended) = (Vec::new(), Vec::new(), true);
        for (&shard, &start) in m.design.sources().iter().zip(&self.row.starts) {
            let mut offset = start;
            let last = loop {
                match m.env.peek(shard, offset) {
                    Read::Row(_) => offset += 1,
                    last => break last,
                }
            };
            if let Read::NotYet { arrival } = last {
                arrivals.push(arrival);
                has_ended = false;
            }
            ends.push(offset);
        }
        let before = self.row.watermark;
        if ends == self.row.starts && !has_ended {
            let at = arrivals.into_iter().min().unwrap_or(m.now);
            return m.effects.list.push(Effect::Wake { at, timer: Timer::Input });
        }
        if ends == self.row.starts && before == Time::MAX {
            self.stage = DriverStage::Finished;
            return super::super::tell(Story::Finishes, m);
        }
        let watermark = match ends == self.row.starts {
            true => Time::MAX,
            false => self.watermark(m).max(before),
        };
        let records: u64 = ends.iter().zip(&self.row.starts).map(|(end, start)| end - start).sum();
        self.row = LogRow {
            by: self.life,
            starts: std::mem::take(&mut self.row.starts),
            ends,
            watermark,
            before,
            time: m.now,
            ..LogRow::default()
        };
        self.begun = Some(m.now);
        super::super::tell(Story::Plans { batch: self.batch, records }, m);
        match m.design.settings.offsets {
            OffsetLog::Before => {
                self.stage = DriverStage::Logging;
                self.puts(LogOf::Offsets, self.row.clone(), m);
            }
            OffsetLog::After => self.begins_batch(m),
        }
    }

    fn watermark<E: Env<MicroBatch>>(&self, m: &mut Context<'_, E>) -> Time {
        let rule = m.design.settings.watermark;
        let sources = m.design.sources().iter().zip(&self.row.starts);
        let promises = sources.map(|(&shard, &start)| m.env.source_progress(shard, start));
        match rule {
            BatchWatermark::Shards => promises.min(),
            BatchWatermark::MaxSeen => promises.max(),
            BatchWatermark::Memory => Some(self.remembered),
        }
        .unwrap_or(Time::MIN)
    }

    fn puts<E: Env<MicroBatch>>(&mut self, log: LogOf, row: LogRow, m: &mut Context<'_, E>) {
        let hash = row.hash();
        let row = m.env.shared_mut().keep(row, hash);
        let put = Request::PutRow { log, batch: self.batch, row };
        self.calls.call(m.design.store(), put, OF_DRIVER, m);
    }

    /// A row stands: this one, or one that was there before.
    pub(super) fn has_put<E: Env<MicroBatch>>(
        &mut self,
        log: LogOf,
        stands: Option<KeptLogRow>,
        m: &mut Context<'_, E>,
    ) {
        let found = stands.map(|row| m.env.shared().get(row).clone());
        let found = found.filter(|row| row.by != self.life);
        if found.is_some() {
            m.env.reach(ROW_FOUND);
        }
        match (log, self.stage) {
            (LogOf::Results, DriverStage::Preparing) => {
                if let Some(found) = found {
                    self.result = found;
                }
                self.publishes(m);
            }
            (LogOf::Offsets, DriverStage::Logging) | (LogOf::Commits, DriverStage::Committing)
                if found.is_some() && m.design.settings.loser == LoserRule::Ends =>
            {
                self.ends(m);
            }
            (LogOf::Offsets, DriverStage::Logging) => self.begins_batch(m),
            (LogOf::Commits, DriverStage::Committing) => match m.design.settings.commit_row {
                CommitRow::AfterSink => self.is_over(m),
                CommitRow::BeforeSink => self.shows(m),
            },
            _ => {}
        }
    }

    /// The tasks of the batch are run.
    pub(super) fn begins_batch<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        self.stage = DriverStage::Running;
        self.run = BatchRun::new(m.design);
        self.schedules(m);
    }

    /// All tasks are done.
    pub(super) fn collects<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        let handles = self.run.results();
        let kept = m.env.shared();
        let rows: Vec<_> = handles.iter().flat_map(|&rows| kept.get(rows)).copied().collect();
        let hash =
            handles.iter().fold(0, |hash, rows| onceproof_kernel::mix::fold(hash, rows.hash));
        let rows = m.env.shared_mut().keep(rows, hash);
        self.result = LogRow {
            by: self.life,
            states: self.run.states.clone(),
            rows: Some(rows),
            ..self.row.clone()
        };
        if m.design.settings.release == ReleaseRule::BeforeCommit {
            self.releases(m);
        }
        match m.design.settings.results {
            ResultsLog::Prepared => {
                self.stage = DriverStage::Preparing;
                self.puts(LogOf::Results, self.result.clone(), m);
            }
            ResultsLog::Recompute => self.publishes(m),
        }
    }

    /// The batch is shown and then done with, or the other way about.
    pub(super) fn publishes<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        match m.design.settings.commit_row {
            CommitRow::AfterSink => self.shows(m),
            CommitRow::BeforeSink => self.commits(m),
        }
    }

    fn shows<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        self.stage = DriverStage::Publishing;
        let tables = tables(m.design);
        let rows = self.result.rows.filter(|_| !m.design.settings.sink.is_by_task());
        let Some(rows) = rows.filter(|_| !tables.is_empty()) else { return self.has_shown(m) };
        self.unpublished = tables.len();
        for table in tables {
            self.calls.call(table, Request::Publish { batch: self.batch, rows }, OF_DRIVER, m);
        }
    }

    /// A table has the batch.
    pub(super) fn has_published<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        if self.stage == DriverStage::Publishing {
            self.unpublished -= 1;
            if self.unpublished == 0 {
                self.has_shown(m);
            }
        }
    }

    fn has_shown<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        match m.design.settings.commit_row {
            CommitRow::AfterSink => self.commits(m),
            CommitRow::BeforeSink => self.is_over(m),
        }
    }

    fn commits<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        self.stage = DriverStage::Committing;
        let row = LogRow { by: self.life, rows: None, ..self.result.clone() };
        if m.design.settings.offsets == OffsetLog::After {
            self.puts(LogOf::Offsets, row.clone(), m);
        }
        self.puts(LogOf::Commits, row, m);
    }

    /// The batch is done with; the next one may begin.
    fn is_over<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        m.env.count(BATCHES);
        self.base = std::mem::take(&mut self.result.states);
        if m.design.settings.release == ReleaseRule::AfterCommit {
            self.releases(m);
        }
        let (watermark, ends) = (self.row.watermark, std::mem::take(&mut self.row.ends));
        self.batch += 1;
        self.row = LogRow { starts: ends, before: watermark, watermark, ..LogRow::default() };
        let sources = m.design.sources().iter().zip(&self.row.starts);
        let promises = sources.map(|(&shard, &start)| m.env.source_progress(shard, start));
        self.remembered = promises.min().unwrap_or(Time::MIN);
        self.plans(m);
    }

    /// Sources need not keep what the batch has read.
    fn releases<E: Env<MicroBatch>>(&mut self, m: &mut Context<'_, E>) {
        let read: Vec<_> = m.design.sources().iter().copied().zip(self.row.ends.clone()).collect();
        for (source, to) in read {
            let release = Request::Release { batch: self.batch, to };
            self.calls.call(source, release, OF_DRIVER, m);
        }
    }

    /// The wait for an attempt begins.
    pub(super) fn waits_for<E>(
        &self,
        task: crate::micro_batch::message::TaskName,
        m: &mut Context<'_, E>,
    ) {
        let settings = &m.design.settings;
        let life = self.life;
        if let Some(after) = settings.speculation {
            wake(after, Timer::Slow { life, task }, m);
        }
        wake(settings.executor_timeout, Timer::Overdue { life, task }, m);
    }
}
