//! Settle: an acked output is deleted from the rows. With `settle = "alone"` that takes a commit of its own, which a
//! bundle of them may share. With `with-next` the deletion waits, and goes with whatever this shard commits next: a
//! record, a pane, a watermark.
//!
//! **The wait ends at the latest when this shard has nothing else in work**: nothing unacked, committing, queued or to be
//! read. Then all that waits is deleted by one commit. That is known at the shard itself, at once and without a clock, and
//! what is in work either commits or ends. A fixed time would be one more number to be wrong about, and an event for
//! each wait; a busy shard does not need it, and an idle one has no reason to wait. Three schedules forced the rule:
//!
//! - No end at all: the last output of a run is acked, nobody commits after it, and its row is held for good
//!   (`Defect::SettlesNeverAlone`).
//! - To ask only when an ack comes whether anything else is in work: the ack of the last output comes while a watermark
//!   is being committed. That commit is on its way already, and nothing comes after its answer
//!   (`Defect::SettlesAloneAtAckOnly`). So it is asked after every input.
//! - To delete with the next commit what is sent, and not what is acked: the request is lost, the worker dies, and no
//!   row is left from which a boot would send it again (`Defect::SettlesWhenSent`).
//!
//! What waits pins no watermark, like anything that is acked. A boot may send it again below what was promised; its
//! receiver then knows its id, or drops it as a remnant.

use crate::dataflow::change::{CommitKind, Delta};
use crate::dataflow::defect::Defect;
use crate::dataflow::effect::{Context, Env, Input, Timer};
use crate::dataflow::mechanism::{Mechanism, Outputs, Settle};
use crate::dataflow::worker::{Worker, wake_at};
use onceproof_kernel::alphabet::Subject;

impl Worker {
    /// Deletes an acked output, or makes its deletion wait.
    pub(in crate::dataflow::worker) fn settle<E: Env>(
        &mut self,
        slot: u32,
        m: &mut Context<'_, E>,
    ) {
        match self.mechanism.settle {
            Settle::Alone => self.settle_alone(slot, m),
            Settle::WithNext if self.has(Defect::SettlesWhenSent) => {}
            Settle::WithNext => self.unsettled.push(slot),
        }
    }

    /// Deletes an acked output, by a commit of its own or by that of a bundle.
    fn settle_alone<E: Env>(&mut self, slot: u32, m: &mut Context<'_, E>) {
        let settle = match self.open_settle {
            Some(settle) => settle,
            None => {
                let settle = self.open_settling(slot);
                self.open_settle = Some(settle);
                settle
            }
        };
        let row = self.outbox.row(slot);
        let unit = self.units.get(settle);
        unit.deltas.push(Delta::Settle(row));
        unit.outputs.push(slot);
        let size = unit.outputs.len() as u32;
        if size >= self.mechanism.bundle.records {
            self.open_settle = None;
            self.commit(settle, m);
        } else if size == 1 {
            wake_at(m.effects, m.now, Timer::Close);
        }
    }

    /// A unit that deletes outputs, of which this is the first.
    fn open_settling(&mut self, first: u32) -> u32 {
        let name = self.outbox.name(first);
        self.units.open(CommitKind::Settle, Subject::Record(name))
    }

    /// By a planted defect: makes the deletion of an output wait when it is first sent.
    #[cold]
    pub(in crate::dataflow::worker) fn settle_unacked(&mut self, slot: u32, sends: u32) {
        let Mechanism { settle, outputs, .. } = self.mechanism;
        if (settle, outputs, sends) == (Settle::WithNext, Outputs::Checkpoint, 1) {
            self.unsettled.push(slot);
        }
    }

    /// Takes all deletions that wait into a commit that is about to leave. An output needs no place in memory any more:
    /// it is acked, and if its row outlives this worker a boot finds it there.
    #[cold]
    pub(in crate::dataflow::worker) fn settle_with(&mut self, unit: u32) {
        let is_acked = !self.has(Defect::SettlesWhenSent);
        let Worker { units, outbox, unsettled, .. } = self;
        let deltas = &mut units.get(unit).deltas;
        deltas.extend(unsettled.iter().map(|&slot| Delta::Settle(outbox.row(slot))));
        if is_acked {
            outbox.forget(unsettled);
        }
        unsettled.clear();
    }

    /// After an input, while deletions wait: makes them, if nothing else is in work here that could take them along.
    #[cold]
    pub(in crate::dataflow::worker) fn settle_if_idle<E: Env>(
        &mut self,
        input: &Input,
        m: &mut Context<'_, E>,
    ) {
        let is_left_out = match self.defect {
            Some(Defect::SettlesNeverAlone) => true,
            Some(Defect::SettlesAloneAtAckOnly) => match input {
                Input::Replied(reply) => self.promises.is_own(reply.rpc),
                _ => true,
            },
            _ => false,
        };
        if self.is_idle() && !is_left_out {
            let unit = self.open_settling(self.unsettled[0]);
            self.commit(unit, m);
        }
    }
}
