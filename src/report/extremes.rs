//! What users come to ask of a run: how long ids must be known, how long a request may be on its way, how late an event
//! may be, and how many ids are held.

use super::printable;
use super::table::JOINT;
use crate::figures::{grouped, measured};
use onceproof_sim::outcome::{Extreme, Outcome};
use onceproof_systems::Trial;

use serde_json::{Value, json};

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

/// The same in JSON, by step.
pub fn extremes_json(outcome: &Outcome, trial: &Trial) -> Value {
    let by_step = |extremes: &[Extreme]| -> Value {
        let entry = |of: &Extreme| {
            let value = json!({ "ns": of.nanos, "record": of.record });
            (trial.layout().name(of.step).to_owned(), value)
        };
        Value::Object(extremes.iter().map(entry).collect())
    };
    json!({
        "oldest_copy": by_step(&outcome.oldest_copies),
        "longest_retry": by_step(&outcome.longest_retries),
        "greatest_lag": by_step(&outcome.greatest_lags),
        "ids_held_max": outcome.brief.work.ids_held_max,
        "ids_held_max_bytes": outcome.brief.work.ids_held_max.saturating_mul(ID_BYTES),
        "ids_held_end": outcome.brief.work.ids_held_end,
    })
}
