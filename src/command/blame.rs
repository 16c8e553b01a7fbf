//! Which faults did what went wrong in a run: for all commands that report one.

use super::progress::RunsProgress;
use crate::cli::Format;
use onceproof::report::Reported;
use onceproof::report::damage::candidates;
use onceproof::search::blame::{Blame, blame};
use onceproof::search::shrink::bench::Watch;
use onceproof_sim::outcome::{Outcome, Verdict};
use std::sync::atomic::AtomicBool;

/// The faults that did what is told of a run: in text a few records, in JSON all that are
/// listed, as far as a second or two goes.
pub fn blamed(
    subject: &Reported<'_>,
    seed: Option<u64>,
    outcome: &Outcome,
    format: Format,
    cancel: &AtomicBool,
) -> Blame {
    if outcome.brief.verdict != Verdict::Violated {
        return Blame::default();
    }
    let mut which = candidates(outcome, subject.trial);
    if let Format::Json = format {
        let others = (0..outcome.damage.len()).filter(|at| !which.contains(at));
        which.extend(others.collect::<Vec<usize>>());
    }
    let progress = RunsProgress::new(subject.name, "looking for the faults that did it");
    let watch = Watch { cancel, tell: &|runs| progress.tell(runs) };
    let blame = blame(subject.trial, seed, outcome, &which, watch);
    progress.clear();
    blame
}
