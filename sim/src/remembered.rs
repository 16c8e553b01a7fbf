//! What is remembered for a time only: ids, insert ids at a table, transactions that are open. A search whose faults keep
//! nothing back for as long says nothing of whether that time is long enough. A dedup window of ten minutes was certified
//! so, by faults of a second, and was too short for a worker that is down for twenty.

use crate::fault::Kind;
use crate::patience::{lasts, waits};
use crate::plan::{Cluster, Plan};
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
///
/// What is sent again until its ack is heard is so for as long as a record takes, however short the time-outs are: with
/// waits of 10 ms and one crash of 10 a copy was said to come after 30 ms at most, and came after 35. Where a sender keeps
/// what is acked until something else is done, that is one way of a record more before each fault: it came after 64.
pub fn kept_back(plan: &Plan, layout: &Layout, kinds: &[Kind], faults: u32) -> Nanos {
    let way = way(plan);
    let wait = waits(plan, layout).into_iter().fold(way, Nanos::max);
    let fault = kinds.iter().copied().map(lasts).max().unwrap_or(0);
    let kept = if layout.all().any(|(_, step)| step.keeps_acked) { way } else { 0 };
    let faults = Nanos::from(faults);
    let waits = wait.saturating_mul(faults.saturating_add(1));
    waits.saturating_add(fault.saturating_add(kept).saturating_mul(faults))
}

/// How long a record takes by itself, from the commit of whoever sends it until its ack is heard: that commit and that of
/// its receiver, each with its answer, the message and the ack, and what the receiver reads and calls.
fn way(plan: &Plan) -> Nanos {
    let Cluster { commit, read, call, .. } = plan.cluster;
    let there_and_back = [commit, commit, plan.network.latency_max, call];
    let all = there_and_back.into_iter().map(|way| way.saturating_mul(2));
    all.fold(read, Nanos::saturating_add)
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
