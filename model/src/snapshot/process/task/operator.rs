//! A task with functions, or with the windows of an aggregate. A window fires when the watermark of all channels reaches its
//! end, and again for each record that comes within its lateness after that.

use super::super::{Context, Hands};
use super::JobTask;
use crate::snapshot::Snapshot;
use crate::snapshot::message::{FlowingRow, ReadPane};
use crate::snapshot::told::Story;
use crate::stream::{Failed, FiredWindow, Leaving, Record, Runner, WindowOfKey};
use crate::window::Windowing;
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::time::Time;
use onceproof_kernel::told::Told;

/// Rows that are ready to be sent, each with its task.
type Rows = Vec<(ShardIndex, FlowingRow)>;

impl JobTask {
    /// A record is counted, or functions are run on it.
    pub(super) fn takes_record<E: Env<Snapshot>>(
        &mut self,
        step: StepIndex,
        record: Record,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let process = m.design.layout.alphabet.moments.apply;
        m.ask().before(self.shard, step, process, record.tag.name);
        if m.env.is_dead() {
            return;
        }
        m.env.works(step, record.tag.name);
        let mut rows = Rows::new();
        let made = match m.design.pipeline.step(step).kind.windowing() {
            Some(&windowing) => self.counts(step, &windowing, &record, &mut rows, m),
            None => self.runs(step, &record, &mut rows, m),
        };
        self.passes_on(made, rows, hands, m);
    }

    fn passes_on<E: Env<Snapshot>>(
        &mut self,
        made: Result<(), Failed>,
        rows: Rows,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        if m.env.is_dead() {
            return;
        }
        match made {
            Ok(()) => self.sends_rows(rows, hands, m),
            Err(Failed) => self.has_failed = true,
        }
    }

    fn runs<E: Env<Snapshot>>(
        &mut self,
        step: StepIndex,
        record: &Record,
        rows: &mut Rows,
        m: &mut Context<'_, E>,
    ) -> Result<(), Failed> {
        let mut leaving = Leaving::new();
        let mut by = Runner { shard: self.shard, now: m.now, executed: &mut self.executed };
        m.design.flow().run(step, record, &mut by, m.env, &mut leaving)?;
        route(leaving, rows, m);
        Ok(())
    }

    fn counts<E: Env<Snapshot>>(
        &mut self,
        step: StepIndex,
        windowing: &Windowing,
        record: &Record,
        rows: &mut Rows,
        m: &mut Context<'_, E>,
    ) -> Result<(), Failed> {
        let start = windowing.start(record.event_time);
        let watermark = self.watermark();
        if windowing.is_late(start, watermark) {
            return Ok(());
        }
        let flow = m.design.flow();
        let window = flow.counts(step, windowing, record, &mut self.state.windows, m.env);
        let counts = Story::Counts { record: record.tag.name, window: (window.2, start) };
        m.env.decides(Decision::Own(&|| Told::new(counts)));
        match window.0 <= watermark {
            true => self.fires(step, window, rows, m),
            false => Ok(()),
        }
    }

    /// The watermark of a channel has moved.
    pub(super) fn promises_move<E: Env<Snapshot>>(
        &mut self,
        step: StepIndex,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        let watermark = self.watermark();
        let Some(&windowing) = m.design.pipeline.step(step).kind.windowing() else {
            return self.promises(watermark, hands, m);
        };
        let due = self.state.windows.due(watermark);
        let mut rows = Rows::new();
        let made = due.into_iter().try_for_each(|window| self.fires(step, window, &mut rows, m));
        self.state.windows.forget(&windowing, watermark);
        self.passes_on(made, rows, hands, m);
        if !self.has_failed && !m.env.is_dead() {
            self.promises(watermark.minus(windowing.lateness), hands, m);
        }
    }

    /// What all channels promise.
    fn watermark(&self) -> Time {
        self.inputs.iter().map(|input| input.watermark).min().unwrap_or(Time::MIN)
    }

    /// What a window has leaves it as a pane.
    fn fires<E: Env<Snapshot>>(
        &mut self,
        step: StepIndex,
        window: WindowOfKey,
        rows: &mut Rows,
        m: &mut Context<'_, E>,
    ) -> Result<(), Failed> {
        let flow = m.design.flow();
        let Some(fired) = flow.fires(step, window, &mut self.state.windows, m.env) else {
            return Ok(());
        };
        let FiredWindow { record, start, value } = fired;
        let (pane, key) = (record.tag.name, record.key);
        let records = record.weight.unsigned_abs();
        let fires = Story::Fires { pane, window: (key, start), records };
        m.env.decides(Decision::Own(&|| Told::new(fires)));
        if let Some(writer) = m.design.writer(step, key, &m.env.words().keys) {
            let pane = Some(ReadPane { start, value });
            rows.push((writer, FlowingRow { record, pane }));
        }
        let mut leaving = Leaving::new();
        let mut by = Runner { shard: self.shard, now: m.now, executed: &mut self.executed };
        m.design.flow().follow(step, &record, &mut by, m.env, &mut leaving)?;
        route(leaving, rows, m);
        Ok(())
    }
}

/// Finds the task for each record.
fn route<E: Env<Snapshot>>(leaving: Leaving, rows: &mut Rows, m: &Context<'_, E>) {
    rows.extend(leaving.into_iter().map(|(to, record)| {
        let task = m.design.route(to, record.key, &m.env.words().keys);
        (task, FlowingRow { record, pane: None })
    }));
}
