//! The local exhaust: every smaller set of the kinds of faults that hit the damaged record, placed on that
//! record, on panes, and on watermarks where one of the faults is; what strikes a whole worker may also come
//! before a step of any other record. Leaving out one fault after the other
//! ends where none can be left out, but luck with orders may have led to a larger set than is needed; the
//! smallest is found by going through all.

use super::bench::{Bench, is_on};
use super::case::Case;
use super::next::Next;
use onceproof_sim::fault::kind::Asked;
use onceproof_sim::fault::{About, Fault, Kind};
use onceproof_sim::simulator::default_kinds;

/// The most runs of one search.
pub const MOST_RUNS: u64 = 20_000;

/// What a search came to.
#[derive(Debug)]
pub enum LocalResult {
    /// The first set that hits the goal, of the smallest size.
    Smaller(Vec<Fault>),
    /// There is none.
    None,
    /// None was found when the runs were used up.
    GaveUp,
}

/// Tries every set of fewer than `below` faults of these kinds, smaller sets first.
pub fn smaller(
    bench: &mut Bench<'_>,
    case: &Case,
    kinds: &[Kind],
    record: Option<&str>,
    below: usize,
) -> LocalResult {
    let trial = case.trial(bench.most_events);
    let mut simulator = trial.simulator();
    let on_watermarks =
        case.faults.iter().any(|fault| matches!(fault.at.record, Some(About::Control { .. })));
    let is_near = |fault: &Fault| match (&fault.at.record, record) {
        (Some(About::Control { .. }), _) => on_watermarks,
        (_, Some(record)) => fault.kind.asked_at() == Asked::Before || is_on(fault, record, &trial),
        (_, None) => true,
    };
    let candidates = |possible: Vec<Fault>, last: Option<&Fault>| -> Vec<Fault> {
        // Up to its last fault a run is that without it, so what comes before has had its turn.
        let after = last.and_then(|last| {
            possible
                .iter()
                .rposition(|fault| fault.at == last.at && is_alike(&fault.kind, &last.kind))
        });
        let possible = possible.into_iter().skip(after.map_or(0, |at| at + 1));
        possible.filter(is_near).filter_map(|fault| with_parameter(fault, kinds)).collect()
    };
    // Likely ones first: of kinds that the failure has, and on the record that was damaged. Crashes
    // elsewhere are many.
    let is_elsewhere = |fault: &&Fault| record.is_some_and(|r| !is_on(fault, r, &trial));
    let unlikeliness = |set: &Vec<Fault>| {
        let elsewhere = set.iter().filter(is_elsewhere).count();
        (!has_kinds_of(&case.faults, set), elsewhere)
    };
    let asked = likes(kinds);
    let end = bench.runs.saturating_add(MOST_RUNS);
    let mut sets: Vec<Vec<Fault>> = vec![Vec::new()];
    for size in 0..below {
        // A set takes a run at least. One more than there are runs for, and the search gives up.
        let runs_left = (end - bench.runs.min(end)) as usize;
        let mut larger = Next::new(runs_left + 1, &unlikeliness);
        // Where the runs will not do for these sets, nothing is asked of what comes after them.
        let is_last = size + 1 == below || sets.len() > runs_left;
        for set in &sets {
            if bench.runs >= end || bench.watch.is_cancelled() {
                return LocalResult::GaveUp;
            }
            if is_last {
                if let Some(hit) = bench.hits_with(&mut simulator, case, set) {
                    return LocalResult::Smaller(hit.fired);
                }
                continue;
            }
            simulator.place(set);
            bench.count();
            let (brief, possible) = simulator.explore(case.seed, &asked);
            bench.note(&brief, case, set);
            if brief.classes.contains(bench.goal.class)
                && let Some(hit) = bench.confirm(&mut simulator, case, set)
            {
                return LocalResult::Smaller(hit.fired);
            }
            for fault in candidates(possible, set.last()) {
                larger.push([set.as_slice(), &[fault]].concat());
            }
        }
        sets = larger.in_order();
    }
    LocalResult::None
}

/// This fault with the parameter that its kind has in the failure; none if the failure has no such kind.
fn with_parameter(fault: Fault, kinds: &[Kind]) -> Option<Fault> {
    let same = |kind: &&Kind| is_alike(kind, &fault.kind);
    kinds.iter().find(same).map(|&kind| Fault { at: fault.at.clone(), kind })
}

/// Whether a failure has the kinds of a set of faults, each as often.
fn has_kinds_of(failure: &[Fault], set: &[Fault]) -> bool {
    let count = |faults: &[Fault], kind: &Kind| {
        faults.iter().filter(|fault| is_alike(&fault.kind, kind)).count()
    };
    set.iter().all(|fault| count(set, &fault.kind) <= count(failure, &fault.kind))
}

/// These kinds with their default parameters, in the order in which every kind is asked.
pub(super) fn likes(kinds: &[Kind]) -> Vec<Kind> {
    let is_asked = |like: &Kind| kinds.iter().any(|kind| is_alike(kind, like));
    default_kinds().into_iter().filter(is_asked).collect()
}

/// Whether two kinds are one but for their parameters.
fn is_alike(a: &Kind, b: &Kind) -> bool {
    a.name() == b.name() && a.asked_at() == b.asked_at()
}
