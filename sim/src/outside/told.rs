//! What a worker asks and decides while it works on an input, as events of the trace. All of it is called only if
//! somebody reads the trace.

use super::Outside;
use crate::trace::{Struck, What};
use onceproof_kernel::alphabet::{Point, Subject};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::name::Name;
use onceproof_kernel::source::SourceRow;
use onceproof_model::dataflow::change::Scan;
use onceproof_model::dataflow::decision::Decision;
use onceproof_model::dataflow::effect::{Dropped, FilterSaid};
use onceproof_model::dataflow::mechanism::Dedup;
use onceproof_model::dataflow::record::Record;

impl Outside<'_> {
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
            recorder.struck = Some((Struck { shard, before, subject }, fault));
        }
    }

    #[cold]
    pub(super) fn tell_start(&mut self, shard: ShardIndex, scan: &Scan) {
        let token = self.store.token(shard);
        let Scan { held, windows, owed, .. } = scan;
        let (outputs, windows, owed) = (held.len(), windows.len(), owed.len());
        self.tell(What::Starts { token, outputs, windows, owed }, None);
    }

    /// A record is taken in hand.
    #[cold]
    pub(super) fn tell_admit(&mut self, name: Name) {
        if let Some(recorder) = self.trace.recorder() {
            recorder.takes(name);
        }
    }

    #[cold]
    pub(super) fn tell_announcement(&mut self, token: u64) {
        self.tell(What::Announces { token }, None);
    }

    #[cold]
    pub(super) fn tell_ids_read(&mut self, ids: usize) {
        self.tell(What::ReadsIds { ids }, None);
    }

    #[cold]
    pub(super) fn tell_drop(&mut self, record: Name, why: Dropped) {
        self.tell(What::Drops { record, why }, None);
    }

    /// A filter said something of a record. If the catalog is asked next, both are told together.
    #[cold]
    pub(super) fn tell_filter(&mut self, shard: ShardIndex, record: &Record, said: FilterSaid) {
        let dedup = self.design.mechanism(self.layout.step_of(shard)).dedup;
        if said == FilterSaid::New || matches!(dedup, Dedup::BloomOnly(_)) {
            let (record, key, filter) = (record.name, record.key, Some(said));
            self.tell(What::LooksUp { record, key, filter, catalog: None }, None);
        } else if let Some(recorder) = self.trace.recorder() {
            recorder.filter = Some(said);
        }
    }

    #[cold]
    pub(super) fn tell_catalog(&mut self, record: &Record, is_known: bool) {
        let filter = self.trace.recorder().and_then(|recorder| recorder.filter.take());
        let (record, key, catalog) = (record.name, record.key, Some(is_known));
        self.tell(What::LooksUp { record, key, filter, catalog }, None);
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
            Decision::DeadLetter { name: record, failures } => What::GivesUp { record, failures },
            Decision::Late { name: record, key, end } => What::Late { record, key, end },
            Decision::Fires { pane, key, start, records } => {
                What::Fires { pane, key, start, records }
            }
            Decision::GivesUp { name: record, sends } => What::StopsSending { record, sends },
        };
        self.tell(what, None);
    }
}
