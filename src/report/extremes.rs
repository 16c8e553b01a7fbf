//! What users come to ask of a run: how long ids must be known, how long a request may be on its way, how late an event
//! may be, and how many ids are held.

use super::parts_json::Named;
use super::printable;
use super::table::JOINT;
use crate::figures::{grouped, measured};
use onceproof_sim::outcome::{Extreme, Outcome};
use onceproof_systems::Trial;
use schemars::JsonSchema;
use serde::Serialize;

/// The bytes of one id in a catalog: the id, the hash of its key and a time, eight bytes each.
const ID_BYTES: u64 = 24;
/// The most steps that are named in one line.
const MOST_STEPS: usize = 3;

/// Lines with their names; what is nothing is left out.
pub fn extremes_lines(outcome: &Outcome, trial: &Trial) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    let mut add = |name, extremes: &[Extreme]| {
        if !extremes.is_empty() {
            lines.push((name, in_words(extremes, trial)));
        }
    };
    add("oldest copy", &outcome.oldest_copies);
    add("longest retry", &outcome.longest_retries);
    add("greatest lag", &outcome.greatest_lags);
    let (most, end) = (outcome.brief.work.ids_held_max, outcome.brief.work.ids_held_end);
    if most > 0 {
        let bytes = grouped(most.saturating_mul(ID_BYTES));
        let ids = format!("{} at most, {bytes} bytes; {} at the end", grouped(most), grouped(end));
        lines.push(("ids held", ids));
    }
    lines
}

/// "209 ms at per-user (events/0#3)", the greatest first.
fn in_words(extremes: &[Extreme], trial: &Trial) -> String {
    let mut greatest: Vec<&Extreme> = extremes.iter().collect();
    greatest.sort_by_key(|of| std::cmp::Reverse(of.nanos));
    let word = |of: &&Extreme| {
        let step = trial.layout().name(of.step);
        let length = measured(of.nanos).replace(' ', &JOINT.to_string());
        format!("{length}{JOINT}at {} ({})", printable(step), printable(&of.record))
    };
    let mut words: Vec<String> = greatest.iter().take(MOST_STEPS).map(word).collect();
    if let Some(more) = greatest.len().checked_sub(MOST_STEPS).filter(|&more| more > 0) {
        words.push(match more {
            1 => "and less at one other step".to_owned(),
            more => format!("and less at {more} other steps"),
        });
    }
    words.join(", ")
}

/// What a design must be built for, in a document.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ExtremesPart<'a> {
    /// How old the oldest copy was that each step met. A window of ids that is shorter does not know it again.
    oldest_copy: Named<ExtremePart<'a>>,
    /// For how long each step repeated a request, from the first time it was sent to the last.
    longest_retry: Named<ExtremePart<'a>>,
    /// How far the latest record of each source was behind what the source had promised.
    greatest_lag: Named<ExtremePart<'a>>,
    /// How many ids were held at most at a time.
    ids_held_max: u64,
    /// Their bytes.
    ids_held_max_bytes: u64,
    /// How many ids are held at the end.
    ids_held_end: u64,
}

/// The greatest of some length of time at a step.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ExtremePart<'a> {
    /// How long it was, in nanoseconds.
    ns: u64,
    /// The record of which it was.
    record: &'a str,
}

impl<'a> ExtremesPart<'a> {
    /// Those of a run.
    pub fn of(outcome: &'a Outcome, trial: &Trial) -> ExtremesPart<'a> {
        let by_step = |extremes: &'a [Extreme]| {
            let part = |of: &'a Extreme| ExtremePart { ns: of.nanos, record: &of.record };
            let named = |of: &'a Extreme| (trial.layout().name(of.step).to_owned(), part(of));
            extremes.iter().map(named).collect()
        };
        let most = outcome.brief.work.ids_held_max;
        ExtremesPart {
            oldest_copy: by_step(&outcome.oldest_copies),
            longest_retry: by_step(&outcome.longest_retries),
            greatest_lag: by_step(&outcome.greatest_lags),
            ids_held_max: most,
            ids_held_max_bytes: most.saturating_mul(ID_BYTES),
            ids_held_end: outcome.brief.work.ids_held_end,
        }
    }
}
