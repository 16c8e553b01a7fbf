//! Results as text: totals by key, and by window where a step has more than one.

use super::printable;
use super::table::{Align, JOINT, table};
use super::times::time;
use crate::figures::{counted, grouped};
use crate::printable::item;
use onceproof_kernel::time::Time;
use onceproof_sim::outcome::StepResult;
use onceproof_systems::Trial;

use std::collections::BTreeMap;

/// The most windows of a step that are told.
const MOST_WINDOWS: usize = 3;
/// The most results of a window that are told.
const MOST_RESULTS: usize = 5;

/// A table of the results of each window; empty where each step has but one.
pub fn windows(steps: &[StepResult], trial: &Trial) -> String {
    let mut rows = vec![["step", "window", "results"].map(str::to_owned).to_vec()];
    for result in steps {
        let mut windows: BTreeMap<Time, Vec<(&str, i128)>> = BTreeMap::new();
        for ((key, start), total) in &result.windows {
            if let Some(start) = start {
                windows.entry(*start).or_default().push((key, *total));
            }
        }
        if windows.len() < 2 {
            continue;
        }
        let step = printable(trial.layout().name(result.step));
        for (start, results) in windows.iter().take(MOST_WINDOWS) {
            rows.push(vec![
                step.clone(),
                time(*start),
                totals(results.iter().copied(), MOST_RESULTS),
            ]);
        }
        if let Some(more) = windows.len().checked_sub(MOST_WINDOWS).filter(|&more| more > 0) {
            rows.push(vec![step, "later".to_owned(), counted(more as u64, "more window")]);
        }
    }
    if rows.len() == 1 { String::new() } else { format!("{}\n", table(&[Align::Left; 3], &rows)) }
}

/// "ann 2, bob 1", and how many more there are.
pub fn totals<'a>(results: impl ExactSizeIterator<Item = (&'a str, i128)>, most: usize) -> String {
    let more = results.len().saturating_sub(most);
    let shown = results.take(most);
    let mut parts: Vec<String> =
        shown.map(|(key, total)| format!("{}{JOINT}{total}", item(key))).collect();
    if more > 0 {
        parts.push(format!("and{JOINT}{}{JOINT}more", grouped(more as u64)));
    }
    parts.join(", ")
}
