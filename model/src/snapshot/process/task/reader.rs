//! A task that reads a split, record by record, and says what its source promises.

use super::super::{Context, Hands};
use super::JobTask;
use crate::snapshot::Snapshot;
use crate::snapshot::message::{ChannelItem, FlowingRow, Timer};
use crate::stream::{Leaving, Record, Runner};
use onceproof_kernel::effect::Effect;
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::source::Read;
use onceproof_kernel::time::Time;

/// What a reader knows beside its state.
#[derive(Clone, Hash, Debug, Default)]
pub(super) struct ReaderState {
    /// Whether it has heard that there are no more splits.
    pub has_no_more: bool,
    /// Whether there may be something to read.
    pub is_ready: bool,
}

impl JobTask {
    pub(super) fn reader_begins<E: Env<Snapshot>>(&mut self, m: &mut Context<'_, E>) {
        let is_silent = self.state.is_ended && !m.design.settings.repeats_end;
        if !is_silent {
            self.state.is_ended = false;
            self.reading.is_ready = true;
        }
    }

    /// It gets its split.
    pub fn is_assigned(&mut self) {
        self.state.offset.get_or_insert(0);
        self.may_run = true;
        self.reading.is_ready |= !self.state.is_ended;
    }

    /// It gets no more.
    pub fn gets_no_more(&mut self) {
        self.reading.has_no_more = true;
        self.may_run = true;
        self.reading.is_ready |= !self.state.is_ended;
    }

    /// There may be new input.
    pub fn may_read(&mut self) {
        self.reading.is_ready |= !self.state.is_ended;
    }

    /// Reads one record, or finds that there is none.
    pub(super) fn reads<E: Env<Snapshot>>(
        &mut self,
        step: StepIndex,
        hands: &mut Hands,
        m: &mut Context<'_, E>,
    ) {
        self.reading.is_ready = false;
        let has_no_more = self.reading.has_no_more;
        let Some(offset) = self.state.offset else {
            // Without a split there is nothing to read, and nothing to wait for once there are no more.
            if has_no_more {
                self.reader_ends(hands, m);
            }
            return;
        };
        match m.ask().read(self.shard, offset) {
            Read::Row(row) => {
                m.env.decides(Decision::Reads { name: row.name, key: row.key });
                let source = m.design.layout.hash(step);
                let record = Record::of(&row, source, row.event_time, &m.env.words().names);
                let mut leaving = Leaving::new();
                let (shard, now) = (self.shard, m.now);
                let mut by = Runner { shard, now, executed: &mut self.executed };
                let flow = m.design.flow();
                if flow.follow(step, &record, &mut by, m.env, &mut leaving).is_err() {
                    self.has_failed = true;
                    return;
                }
                if m.env.is_dead() {
                    return;
                }
                self.state.offset = Some(offset + 1);
                let promise = m.env.source_progress(self.shard, offset + 1);
                let rows = leaving.into_iter().map(|(to, record)| {
                    let task = m.design.route(to, record.key, &m.env.words().keys);
                    (task, FlowingRow { record, pane: None })
                });
                let rows = rows.collect();
                self.sends_rows(rows, hands, m);
                self.promises(promise, hands, m);
                self.reading.is_ready = true;
            }
            Read::NotYet { arrival } => {
                m.effects.list.push(Effect::Wake { at: arrival, timer: Timer::Input });
            }
            Read::End if has_no_more => self.reader_ends(hands, m),
            Read::End => {}
        }
    }

    fn reader_ends<E: Env<Snapshot>>(&mut self, hands: &mut Hands, m: &mut Context<'_, E>) {
        self.state.is_ended = true;
        self.promises(Time::MAX, hands, m);
        self.sends_to_all(ChannelItem::End, hands, m);
    }
}
