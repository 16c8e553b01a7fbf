//! What an attempt makes of what it reads.

use super::super::Context;
use super::super::service::version_of;
use super::task::MadeByTask;
use super::{DriverDesk, FileOfTask};
use crate::micro_batch::MicroBatch;
use crate::micro_batch::kept::{BatchState, KeptBatchState, KeptFile, KeptOrder, TaskOrder};
use crate::micro_batch::message::{ResultRow, StateVersion, TaskName, TaskReport};
use crate::micro_batch::settings::{GapRule, Settings, StateCache, StateRule};
use crate::micro_batch::told::Story;
use crate::pipeline::StepKind;
use crate::stream::{Leaving, Record, Runner, WindowOfKey};
use crate::window::Windowing;
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::mix::words;
use onceproof_kernel::sorted::SortedMap;
use onceproof_kernel::source::Read;
use onceproof_kernel::tell::Pile;
use onceproof_kernel::time::Time;

/// What leaves a task, and what it shows.
#[derive(Clone, Debug, Default)]
struct Made {
    leaving: Leaving,
    rows: Vec<ResultRow>,
}

/// Whose functions are run, with the number of the next one.
struct Functions {
    shard: ShardIndex,
    now: Time,
    executed: i64,
}

impl Functions {
    fn runner(&mut self) -> Runner<'_> {
        Runner { shard: self.shard, now: self.now, executed: &mut self.executed }
    }
}

impl DriverDesk {
    /// Works on all that an attempt reads.
    ///
    /// # Errors
    /// What is reported instead of a success.
    pub(super) fn works<E: Env<MicroBatch>>(
        &mut self,
        task: TaskName,
        order: KeptOrder,
        input: &[KeptFile],
        m: &mut Context<'_, E>,
    ) -> Result<MadeByTask, TaskReport> {
        let order = m.env.shared().get(order).clone();
        let stage = &m.design.stages()[m.design.stage_of(task.shard)];
        let head = stage.head;
        let kind = &m.design.pipeline.step(head).kind;
        let now = if m.design.settings.logs_time { order.time } else { m.now };
        let mut functions = Functions { shard: task.shard, now, executed: 0 };
        let mut made = Made::default();
        let mut state = None;
        if let StepKind::Source { .. } = kind {
            read(task, head, order.range, &mut functions, &mut made, m)?;
        } else {
            let shared = m.env.shared();
            let records: Vec<Record> =
                input.iter().flat_map(|&file| shared.get(file)).copied().collect();
            if let Some(&windowing) = kind.windowing() {
                let begun = self.begins_with(task, &order, m);
                let of = Counting { step: head, windowing, delay: stage.delay, order: &order };
                let counted = of.counts(begun, &records, &mut functions, &mut made, m)?;
                state = Some(self.remembers(task, counted, m));
            } else if let StepKind::Sink(_) = kind {
                let row = |record| ResultRow { table: head, record, pane: None };
                made.rows.extend(records.into_iter().map(row));
            } else {
                for record in &records {
                    let flow = m.design.flow();
                    let mut by = functions.runner();
                    flow.run(head, record, &mut by, m.env, &mut made.leaving)
                        .map_err(|_| TaskReport::Failed)?;
                }
            }
        }
        Ok(keep(made, task, state, m))
    }

    /// The state that an attempt begins with.
    fn begins_with<E: Env<MicroBatch>>(
        &self,
        TaskName { batch, shard, .. }: TaskName,
        order: &TaskOrder,
        m: &mut Context<'_, E>,
    ) -> BatchState {
        let Settings { state, state_cache, .. } = m.design.settings;
        let by_number = StateVersion { version: batch, by: None };
        let remembered = self.states.get(&(shard, by_number)).copied();
        m.ask().charge();
        let stored = m.env.rows(shard).states();
        let found: Option<KeptBatchState> = match state {
            StateRule::Memory => remembered,
            _ if state_cache == StateCache::ByVersion && remembered.is_some() => remembered,
            StateRule::Accepted => {
                order.base.and_then(|base| stored.get(version_of(&m.design.settings, batch, base)))
            }
            StateRule::ByVersion => stored.get(by_number),
            StateRule::Newest => stored.newest(),
        };
        found.map(|state| m.env.shared().get(state).clone()).unwrap_or_default()
    }

    /// It keeps the state that an attempt has made.
    fn remembers<E: Env<MicroBatch>>(
        &mut self,
        task: TaskName,
        state: BatchState,
        m: &mut Context<'_, E>,
    ) -> KeptBatchState {
        let hash = state.windows.hash();
        let kept = m.env.shared_mut().keep(state, hash);
        let by_number = StateVersion { version: task.batch + 1, by: None };
        self.states.insert((task.shard, by_number), kept);
        kept
    }
}

/// Reads a range of a source.
fn read<E: Env<MicroBatch>>(
    task: TaskName,
    step: StepIndex,
    (start, end): (u64, u64),
    functions: &mut Functions,
    made: &mut Made,
    m: &mut Context<'_, E>,
) -> Result<(), TaskReport> {
    m.ask().charge();
    let released = m.env.rows(task.shard).released();
    if start < released && start < end && m.design.settings.gap == GapRule::Fail {
        return Err(TaskReport::RangeGone);
    }
    for offset in start.max(released)..end {
        let Read::Row(row) = m.ask().read(task.shard, offset) else { break };
        m.env.decides(Decision::Reads { name: row.name, key: row.key });
        let source = m.design.layout.hash(step);
        let record = Record::of(&row, source, row.event_time, &m.env.words().names);
        let flow = m.design.flow();
        flow.follow(step, &record, &mut functions.runner(), m.env, &mut made.leaving)
            .map_err(|_| TaskReport::Failed)?;
    }
    Ok(())
}

/// How an aggregate counts.
struct Counting<'o> {
    step: StepIndex,
    windowing: Windowing,
    delay: u64,
    order: &'o TaskOrder,
}

impl Counting<'_> {
    /// Counts records, and fires what is due. What was due with the batch before is late.
    fn counts<E: Env<MicroBatch>>(
        &self,
        mut state: BatchState,
        records: &[Record],
        functions: &mut Functions,
        made: &mut Made,
        m: &mut Context<'_, E>,
    ) -> Result<BatchState, TaskReport> {
        let Counting { step, windowing, delay, order } = self;
        let watermark = order.watermark.minus(*delay);
        let before = order.before.minus(*delay);
        let flow = m.design.flow();
        let old = state.windows.clone();
        let mut touched: SortedMap<WindowOfKey, u32> = SortedMap::new();
        for record in records {
            let start = windowing.start(record.event_time);
            if windowing.is_late(start, before) {
                continue;
            }
            let window = flow.counts(*step, windowing, record, &mut state.windows, m.env);
            let floor = old.content(&window).map_or(0, |content| content.sum.pile.head);
            touched.insert(window, floor);
            let counts =
                Story::Counts { step: *step, record: record.tag.name, window: (window.2, start) };
            super::super::tell(counts, m);
        }
        let is_read = m.design.pipeline.edges(*step).is_empty();
        for window in state.windows.due(watermark) {
            let Some(fired) = flow.fires(*step, window, &mut state.windows, m.env) else {
                continue;
            };
            let record = fired.record;
            let fires = Story::Fires {
                step: *step,
                pane: record.tag.name,
                window: (record.key, fired.start),
                records: record.weight.unsigned_abs(),
            };
            super::super::tell(fires, m);
            if is_read {
                let pane = Some((fired.start, fired.value));
                made.rows.push(ResultRow { table: *step, record, pane });
            }
            let mut by = functions.runner();
            flow.follow(*step, &record, &mut by, m.env, &mut made.leaving)
                .map_err(|_| TaskReport::Failed)?;
        }
        state.windows.forget(windowing, watermark);
        let left = touched.into_iter().filter_map(|(window, floor)| {
            let content = state.windows.content(&window)?;
            let head = content.sum.pile.head;
            (content.sum.weight != 0 && head != floor).then_some(Pile { head, floor })
        });
        state.added = left.collect();
        Ok(state)
    }
}

/// Keeps what an attempt has made: its results, and a file with a partition for each task that reads it.
fn keep<E: Env<MicroBatch>>(
    Made { leaving, mut rows }: Made,
    task: TaskName,
    state: Option<KeptBatchState>,
    m: &mut Context<'_, E>,
) -> MadeByTask {
    let stage = &m.design.stages()[m.design.stage_of(task.shard)];
    let readers = stage.children.iter().flat_map(|&child| m.design.partitions(child));
    let mut parts: SortedMap<ShardIndex, Vec<Record>> =
        readers.map(|reader| (reader, Vec::new())).collect();
    for (to, record) in leaving {
        match m.design.route(to, record.key, &m.env.words().keys) {
            None => rows.push(ResultRow { table: to, record, pane: None }),
            Some(reader) => parts.or_default(reader).push(record),
        }
    }
    // In whatever order: what a task fetches comes in any.
    let digest = |records: &[Record], m: &Context<'_, E>| {
        let each = records.iter().map(|record| record.digest(m.env.words()));
        each.fold(records.len() as u64, u64::wrapping_add)
    };
    let mut sum = 0;
    let mut file = FileOfTask::new();
    for (reader, records) in parts {
        let hash = digest(&records, m);
        sum = words([sum, reader.0.into(), hash]);
        file.insert(reader, m.env.shared_mut().keep(records, hash));
    }
    let results: Vec<Record> = rows.iter().map(|row| row.record).collect();
    let hash = digest(&results, m);
    let rows = m.env.shared_mut().keep(rows, hash);
    MadeByTask { rows, file, sum, state }
}
