//! How long a run may rightly take before anything comes of it: what the plan itself says of waits. A run that
//! waits is not stuck; so whoever says that one is stuck, or that its time is over, asks here first.

use crate::fault::{Fault, Kind};
use crate::input::SourceInput;
use crate::plan::{Plan, Until};
use onceproof_kernel::call::Target;
use onceproof_kernel::layout::{LaidStep, Layout, StepIndex};
use onceproof_kernel::time::Nanos;

/// How many messages and timers may follow one another while something is tried that fails: it is begun, heard of,
/// given up, and begun again.
const HOPS_OF_A_TRY: u64 = 4;

/// What a plan says of waits, with the exact faults that are placed in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// The longest wait that the plan states: time-outs of retries, deadlines, leases, service times, latencies, and
    /// the times that a fault keeps something away.
    pub longest: Nanos,
    /// The longest time that a fault keeps anything away.
    pub absence: Nanos,
    /// How long after calm the run may take: what the scenario says, else enough for every record to go
    /// through all waits, and then for what ages.
    pub drain: Nanos,
    /// How long it takes at most until something is forgotten or given up without an event: an id that ages or is looked up
    /// in another filter, an insert id at its table, a transaction that nobody finishes.
    pub aging: Nanos,
    /// How many messages and timers may follow one another, at most, before a commit comes of them.
    pub hops: u64,
    /// The same without exact faults: the longest wait, the sum of all, and how many go through them.
    unplaced: Unplaced,
}

/// What a plan says of waits without its exact faults.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Unplaced {
    longest: Nanos,
    absence: Nanos,
    sum: Nanos,
    turns: u64,
    /// The time to drain, if the scenario says it.
    drain: Option<Nanos>,
}

impl Patience {
    /// What a plan says.
    pub fn of(plan: &Plan, layout: &Layout) -> Patience {
        let mut waits = waits(plan, layout);
        let absence = plan.climate.kinds().map(lasts).max().unwrap_or(0);
        waits.extend(plan.climate.kinds().map(lasts));
        let unplaced = Unplaced {
            longest: waits.iter().copied().max().unwrap_or(0),
            absence,
            sum: waits.into_iter().chain(tried(layout)).fold(0, Nanos::saturating_add),
            turns: records(plan, layout).saturating_add(layout.steps() as u64),
            drain: plan.until.drain,
        };
        let failures = layout.all().filter_map(|(_, step)| step.failing.dead_letter_after);
        let tries = layout.all().map(|(_, step)| u64::from(step.tries) * HOPS_OF_A_TRY);
        let patience = Patience {
            longest: 0,
            absence: 0,
            drain: 0,
            aging: aging(layout),
            // A message, an answer and a timer for each step that outputs go through uncommitted.
            hops: 6
                + 3 * layout.steps() as u64
                + failures.map(u64::from).sum::<u64>()
                + tries.sum::<u64>(),
            unplaced,
        };
        patience.with(&plan.faults)
    }

    /// The same with other exact faults. A search places faults that the plan says nothing of: with a pause of
    /// 15 m that nobody had reckoned with, every run was over its time, and inconclusive.
    pub fn with(self, faults: &[Fault]) -> Patience {
        let Unplaced { longest, absence, sum, turns, drain } = self.unplaced;
        let absences = faults.iter().map(|fault| lasts(fault.kind));
        let all = absences.clone().fold(sum, Nanos::saturating_add);
        let derived = all.saturating_mul(turns.saturating_add(faults.len() as u64));
        // What ages may be all that is waited for in the end. A quarter of all time, so that nothing overflows that is added
        // to it.
        let derived = derived.saturating_add(Until::DRAIN).saturating_add(self.aging);
        let derived = derived.min(Nanos::MAX / 4);
        Patience {
            longest: absences.clone().fold(longest, Nanos::max),
            absence: absences.fold(absence, Nanos::max),
            drain: drain.unwrap_or(derived),
            ..self
        }
    }
}

pub(crate) fn waits(plan: &Plan, layout: &Layout) -> Vec<Nanos> {
    let cluster = &plan.cluster;
    let mut waits = vec![
        plan.network.latency_max.saturating_mul(2),
        cluster.commit.saturating_mul(2),
        cluster.call.saturating_mul(2),
        cluster.read,
        cluster.lease,
        cluster.routing_lag,
    ];
    for (_, step) in layout.all() {
        let failures = Nanos::from(step.failing.dead_letter_after.unwrap_or(1));
        let retry = step.retry;
        let commit_retry = step.commit_retry.waits(cluster.commit);
        waits.push(commit_retry.wait(u32::MAX));
        waits.extend([retry.timeout, retry.timeout.saturating_mul(failures), retry.wait(u32::MAX)]);
        let queue = step.source.and_then(|source| source.queue);
        waits.extend(queue.map(|queue| queue.deadline));
        waits.push(step.longest_wait);
    }
    waits
}

/// How long each step may try in vain what it tries until it does something else, one time after the other.
fn tried(layout: &Layout) -> impl Iterator<Item = Nanos> {
    let each = |step: &LaidStep| step.longest_wait.saturating_mul(2 * Nanos::from(step.tries));
    layout.all().map(move |(_, step)| each(step))
}

/// How long a fault keeps something away. A clock that jumps keeps nothing away.
pub(crate) fn lasts(kind: Kind) -> Nanos {
    match kind {
        Kind::ClockStep { .. } => 0,
        kind => kind.length().unwrap_or(0),
    }
}

fn aging(layout: &Layout) -> Nanos {
    let of_step = |(_, step): (StepIndex, &LaidStep)| {
        let table = match step.calls {
            Some(Target::InsertIds { window }) => window,
            Some(Target::Transactions { timeout }) => timeout,
            Some(Target::Plain | Target::Files) | None => 0,
        };
        let known = step.forgets_after.max(step.looked_up_for).unwrap_or(0);
        table.max(known).max(step.longest_idle)
    };
    layout.all().map(of_step).max().unwrap_or(0)
}

/// The most records that any step can have: rows of the input, and what maps make of each.
fn records(plan: &Plan, layout: &Layout) -> u64 {
    let mut records: Vec<Option<u64>> = vec![None; layout.steps()];
    let all =
        (0..layout.steps()).map(|at| records_of(StepIndex(at as u16), plan, layout, &mut records));
    all.max().unwrap_or(0)
}

/// Those of one step. What is known already is known for good: no step takes what it makes.
fn records_of(step: StepIndex, plan: &Plan, layout: &Layout, known: &mut Vec<Option<u64>>) -> u64 {
    if let Some(records) = known[step.at()] {
        return records;
    }
    let input = plan.inputs.iter().find(|(source, _)| *source == step).map(|(_, input)| input);
    let mut records: u64 = match input {
        Some(SourceInput::Rows(rows)) => rows.len() as u64,
        Some(SourceInput::Generate(generate)) => generate.records.into(),
        None => 0,
    };
    let LaidStep { from, copies, .. } = layout.step(step);
    for &from in from {
        records = records.saturating_add(records_of(from, plan, layout, known));
    }
    records = records.saturating_mul((*copies).into());
    known[step.at()] = Some(records);
    records
}
