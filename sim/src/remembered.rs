//! What is remembered for a time only: ids, insert ids at a table, transactions that are open. A search whose faults keep
//! nothing back for as long says nothing of whether that time is long enough. A dedup window of ten minutes was certified
//! so, by faults of a second, and was too short for a worker that is down for twenty.

use crate::fault::Kind;
use crate::patience::{lasts, waits};
use crate::plan::Plan;
use onceproof_kernel::call::Target;
use onceproof_kernel::layout::{Layout, StepIndex};
use onceproof_kernel::time::Nanos;

/// What is remembered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Memory {
    /// The ids of records.
    Ids,
    /// The insert ids of rows, at the table.
    InsertIds,
    /// Transactions that are prepared, at the table.
    Transactions,
}

/// What steps remember, and for how long.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remembered {
    /// What it is.
    pub memory: Memory,
    /// For how long.
    pub length: Nanos,
    /// The steps that do so.
    pub steps: Vec<StepIndex>,
}

/// How long so many faults of these kinds keep anything back, at most: each for as long as it lasts, with the longest wait
/// of the plan before and after it.
pub fn kept_back(plan: &Plan, layout: &Layout, kinds: &[Kind], faults: u32) -> Nanos {
    let wait = waits(plan, layout).into_iter().max().unwrap_or(0);
    let fault = kinds.iter().copied().map(lasts).max().unwrap_or(0);
    let faults = Nanos::from(faults);
    let waits = wait.saturating_mul(faults.saturating_add(1));
    waits.saturating_add(fault.saturating_mul(faults))
}

/// What is remembered for longer than anything is kept back, so that nothing comes of its being forgotten. Ids are not
/// among it where the input itself gives them: it may repeat them after any time.
pub fn outlasting(plan: &Plan, layout: &Layout, kept_back: Nanos) -> Vec<Remembered> {
    let gives_ids = plan.inputs.iter().any(|(_, input)| input.gives_ids());
    let mut all: Vec<Remembered> = Vec::new();
    for (step, laid) in layout.all() {
        let ids = laid.forgets_after.filter(|_| laid.source.is_none() && !gives_ids);
        let table = match laid.calls {
            Some(Target::InsertIds { window }) => Some((Memory::InsertIds, window)),
            Some(Target::Transactions { timeout }) => Some((Memory::Transactions, timeout)),
            Some(Target::Plain | Target::Files) | None => None,
        };
        let ids = ids.map(|length| (Memory::Ids, length));
        for (memory, length) in ids.into_iter().chain(table) {
            if length <= kept_back {
                continue;
            }
            match all.iter_mut().find(|other| (other.memory, other.length) == (memory, length)) {
                Some(other) => other.steps.push(step),
                None => all.push(Remembered { memory, length, steps: vec![step] }),
            }
        }
    }
    all
}
