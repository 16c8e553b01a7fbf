//! What a test that fails says: the schedule in words, what it damaged, where it is saved, and how to run it again.

use crate::printable::printable;
use crate::report::class_list;
use crate::report::damage::{candidates, damage_text};
use crate::report::shell::replay_test_command;
use crate::report::shrink_text::{claim, sentences};
use crate::report::style::plain;
use crate::report::table::{WIDTH, fitted};
use crate::report::words::fault_in_words;
use crate::scenario::row_in_words;
use crate::search::blame::blame;
use crate::search::shrink::Shrunk;
use crate::search::shrink::bench::Watch;
use onceproof_sim::input::SourceInput;
use onceproof_sim::outcome::{Class, Outcome};
use onceproof_sim::property::Broken;
use onceproof_systems::Trial;
use std::path::Path;

/// The most rows of an input that are told.
const MOST_ROWS: usize = 5;

/// A run that failed.
pub(super) struct Failed<'a> {
    /// The name of the check.
    pub name: &'a str,
    /// What was run, with the faults of its schedule.
    pub trial: &'a Trial,
    /// Under which seed.
    pub seed: Option<u64>,
    /// What was found.
    pub outcome: &'a Outcome,
    /// What is known of it, one sentence each: the first stands at the head.
    pub sentences: Vec<String>,
}

/// What is known of a failure that was shrunk: what it proves, and how it was found.
pub(super) fn of_shrunk(shrunk: &Shrunk, origin: &str) -> Vec<String> {
    let claim = claim(shrunk, &shrunk.outcome, shrunk.case.faults.len());
    let is_claimed = shrunk.goal.class == Class::Broken;
    let broken = broken(&shrunk.outcome).filter(|_| !is_claimed);
    std::iter::once(claim).chain(broken).chain(sentences(shrunk, origin)).collect()
}

/// That a property does not hold, if one does not.
pub(super) fn broken(outcome: &Outcome) -> Option<String> {
    let Broken { name, why } = outcome.broken.as_ref()?;
    Some(format!("The property `{name}` does not hold: {why}."))
}

impl Failed<'_> {
    /// The whole message but for where it was saved.
    pub fn text(&self) -> String {
        let Failed { name, trial, seed, outcome, ref sentences } = *self;
        let classes = class_list(outcome.brief.classes.iter());
        let mut text = format!("{}: violated, {classes}\n", printable(name));
        let mut sentences = sentences.iter().map(|sentence| printable(sentence));
        if let Some(first) = sentences.next() {
            text.push_str(&format!("{first}\n"));
        }
        if let Some(reason) = &outcome.reason {
            text.push_str(&format!("{}\n", printable(reason)));
        }
        text.push_str(&format!("\n{}{}", faults(trial), rows(trial)));
        let blame = blame(trial, seed, outcome, &candidates(outcome, trial), Watch::none());
        text.push_str(&format!("\n{}\n", damage_text(outcome, &blame, trial)));
        sentences.for_each(|sentence| text.push_str(&format!("{sentence}\n")));
        plain(&fitted(&text))
    }
}

fn faults(trial: &Trial) -> String {
    let faults = &trial.plan.faults;
    let lines = faults.iter().map(|fault| format!("  {}\n", fault_in_words(fault, trial)));
    match faults.is_empty() {
        true => "no fault\n".to_owned(),
        false => format!("faults\n{}", lines.collect::<String>()),
    }
}

/// The rows that are left.
fn rows(trial: &Trial) -> String {
    let mut text = "input\n".to_owned();
    for (step, input) in &trial.plan.inputs {
        let SourceInput::Rows(rows) = input else { continue };
        let step = trial.layout().name(*step);
        for row in rows.iter().take(MOST_ROWS) {
            text.push_str(&format!("  {}: {}\n", printable(step), printable(&row_in_words(row))));
        }
        if let Some(more) = rows.len().checked_sub(MOST_ROWS).filter(|&more| more > 0) {
            text.push_str(&format!("  {}: and {more} more\n", printable(step)));
        }
    }
    text
}

/// Where a failure was saved, and the line that replays it. A line that is too long goes on behind a backslash, so that
/// a shell takes it for one.
pub(super) fn saved(path: &Path, test: &str) -> String {
    let command = replay_test_command(path, test);
    let command = match (command.len() + 2 > WIDTH, command.split_once(" cargo ")) {
        (true, Some((variable, rest))) => format!("{variable} \\\n    cargo {rest}"),
        _ => command,
    };
    format!("saved as {}\nto run it alone, with its trace:\n  {command}\n", path.display())
}
