//! Where in a design anything of the protocol happens: who sends to whom, and at which steps of the pipeline each step of
//! the protocol is taken. A fault that is placed elsewhere would never come.

use super::mechanism::Outputs;
use super::{Design, point};
use crate::pipeline::{Edge, StepKind};
use onceproof_kernel::alphabet::Point;
use onceproof_kernel::layout::StepIndex;

/// Where each of them is ever taken, [`Design::takes`] says: a new one is decided there.
const _: () = assert!(point::ALPHABET.points.len() == 9, "a new step of the protocol");

impl Design {
    /// All ways that requests go, by the step that makes what they carry.
    pub fn ways(&self) -> Vec<Edge> {
        let order = self.pipeline.order().iter();
        order.flat_map(|&step| self.stages().shuffles(step)).copied().collect()
    }

    /// Whether a step of the protocol is ever taken at a step of the pipeline, for a record or for a watermark that
    /// travels alone.
    ///
    /// # Errors
    /// Why not.
    pub fn takes(
        &self,
        point: Point,
        step: StepIndex,
        is_watermark: bool,
    ) -> Result<(), &'static str> {
        let stages = self.stages();
        let head = stages.head(step);
        let kind = |step: StepIndex| &self.pipeline.step(step).kind;
        let is_source = |step: StepIndex| matches!(kind(step), StepKind::Source { .. });
        let reads_queue = matches!(kind(head), StepKind::Source { queue: Some(_), .. });
        let fires = kind(head).windowing().is_some();
        let emits = stages.writes_rows(head);
        let sends = !stages.receivers(head).is_empty();
        let recomputes = self.mechanism(head).outputs == Outputs::Recompute;
        let owes = matches!(kind(head), StepKind::Sink(sink) if sink.owes());
        Err(match point {
            point::ADMIT if is_source(head) => "a source takes nothing in",
            point::ACK if is_source(head) && !reads_queue => "a source takes nothing in",
            point::APPLY if is_source(step) => "a source takes nothing in",
            point::SEND if !sends => "nobody takes its outputs",
            point::EMIT if !fires && !emits => "it fires no windows and writes no rows",
            point::COMMIT if recomputes && !is_watermark && (fires || !emits) => {
                "under `recompute` its only commit is `settle`"
            }
            point::CALL if !kind(step).calls() => "it calls no external service",
            point::CALL if is_watermark => "no call is made for a watermark",
            point::SETTLE if owes => return Ok(()),
            point::SETTLE if emits && !sends && !fires => "a sink has no outputs to settle",
            point::SETTLE if recomputes && emits && !fires => {
                "under `recompute` its only commit is `emit`"
            }
            point::SETTLE if !recomputes && !sends => "it has no outputs to settle",
            _ => return Ok(()),
        })
    }
}
