//! What a worker asks and decides while it works on an input, as events of the trace. All of it runs only if
//! somebody reads the trace.

use super::Outside;
use crate::trace::{Stroke, What};
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::env::{Decision, Env};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::source::SourceRow;
use onceproof_kernel::system::System;

impl<S: System> Outside<'_, S> {
    /// Whoever is at work does something, unless it is dead already: then it is not done.
    fn tell(&mut self, what: What, fault: Option<usize>) {
        if !self.is_dead()
            && let Some(recorder) = self.trace.recorder()
        {
            recorder.tell(what, fault);
        }
    }

    /// The fault that fired last, if it was not told.
    fn fault(&mut self) -> Option<usize> {
        let last = self.answers.last_fired();
        self.trace.recorder()?.take_fault(last)
    }

    /// Something may have befallen a worker before a step. It is told when the world acts on it.
    #[cold]
    pub(crate) fn tell_doom(&mut self, shard: ShardIndex, before: Point, subject: Subject) {
        let fault = self.fault();
        if let (Some(_), Some(recorder)) = (fault, self.trace.recorder()) {
            recorder.struck = Some((Stroke { shard, before, subject }, fault));
        }
    }

    #[cold]
    pub(super) fn tell_announcement(&mut self, token: u64) {
        self.tell(What::Announces { token }, None);
    }

    #[cold]
    pub(super) fn tell_pull(&mut self, row: &SourceRow, delivery: u32, again: bool) {
        let fault = self.fault();
        let (record, key) = (row.name, row.key);
        self.tell(What::Pulls { record, key, delivery, again }, fault);
    }

    /// A function was executed. If it has not failed, what it makes is told when the worker knows.
    #[cold]
    pub(super) fn tell_execution(
        &mut self,
        step: StepIndex,
        record: Name,
        execution: u32,
        fails: bool,
    ) {
        let fault = self.fault();
        if fails {
            self.tell(What::Fails { step, record, execution }, fault);
        } else if let Some(recorder) = self.trace.recorder() {
            recorder.execution = (execution, fault);
        }
    }

    #[cold]
    pub(super) fn tell_decision(&mut self, decision: Decision<'_>) {
        let what = match decision {
            Decision::Reads { name: record, key } => What::Reads { record, key },
            Decision::Waits { name: record, key } => {
                if let Some(recorder) = self.trace.recorder() {
                    recorder.waits(record);
                }
                What::Waits { record, key }
            }
            Decision::Takes(record) => {
                if let Some(recorder) = self.trace.recorder() {
                    recorder.takes(record);
                }
                return;
            }
            Decision::Executed { step, name: record, input, outputs } => {
                if self.is_dead() {
                    return;
                }
                let Some(recorder) = self.trace.recorder() else { return };
                let (execution, fault) = recorder.execution;
                let outputs = outputs.to_vec();
                let before = recorder.outputs.insert((step, record), outputs.clone());
                let before = before.filter(|before| *before != outputs);
                let what = What::Executes { step, record, execution, input, outputs, before };
                recorder.tell(what, fault);
                return;
            }
            Decision::GivesUp { name: record, failures } => What::GivesUp { record, failures },
            Decision::Own(told) => {
                let told = told();
                debug_assert!(
                    self.layout.alphabet.has_told(told.tale()),
                    "{told:?} is in no table"
                );
                What::Own(told)
            }
        };
        self.tell(what, None);
    }
}
