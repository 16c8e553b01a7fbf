//! A violation that a file expects and that a report has not met: a green of such a file speaks of these seeds alone.

use super::class_list;
use super::shell::{own_sweep_command, run_command, with_folders};
use super::style::WARNING;
use super::table::JOINT;
use crate::scenario::{Expect, Scenario};
use crate::search::certificate::Exhaustion;
use crate::search::tally::{Seeds, Sweep};
use onceproof_sim::outcome::{Class, Classes};

/// What a file expects and was not met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotShown {
    /// The classes.
    pub classes: Vec<Class>,
    /// That what was run does not show, in words.
    words: String,
    /// The command that looks for them, if there is more to look at.
    pub command: Option<String>,
}

/// What a file expects and a run under this seed does not show. Of the run that the file is about, its differences
/// say so.
pub fn not_shown_by_run(
    scenario: &Scenario,
    seed: Option<u64>,
    found: Classes,
) -> Option<NotShown> {
    if !scenario.is_swept() && seed == scenario.seed {
        return None;
    }
    let run = seed.map_or("this run".to_owned(), |seed| format!("seed {seed}"));
    let classes = missed(scenario, found)?;
    let (words, command) = (format!("{run} does not show"), Some(own_command(scenario)));
    Some(NotShown { classes, words, command })
}

/// What a file expects and no run of a sweep shows.
pub fn not_shown_by_sweep(scenario: &Scenario, sweep: &Sweep) -> Option<NotShown> {
    let classes = missed(scenario, sweep.found())?;
    let Seeds::Range(seeds) = &sweep.seeds else { return None };
    let (own, end) = (&scenario.sweep, seeds.start + sweep.runs);
    let is_all = scenario.is_swept() && seeds.start <= own.start && own.end <= end;
    let words = if is_all { "none of its seeds shows" } else { "these seeds do not show" };
    let command = (!is_all).then(|| own_command(scenario));
    Some(NotShown { classes, words: words.to_owned(), command })
}

/// What a file expects and no schedule of a search shows, which has left out the file's own faults.
pub fn not_shown_by_search(scenario: &Scenario, found: &Exhaustion) -> Option<NotShown> {
    let mut classes = Classes::default();
    found
        .causes
        .iter()
        .flat_map(|cause| cause.classes.iter())
        .for_each(|class| classes.insert(class));
    let (classes, command) = (missed(scenario, classes)?, Some(own_command(scenario)));
    Some(NotShown { classes, words: "these schedules do not show".to_owned(), command })
}

/// The classes that a file expects and that are not among these; nothing if there is none.
fn missed(scenario: &Scenario, found: Classes) -> Option<Vec<Class>> {
    let Expect::Violates(classes) = &scenario.expect else { return None };
    let missed = classes.iter().copied().filter(|&class| !found.contains(class));
    Some(missed.collect()).filter(|missed: &Vec<Class>| !missed.is_empty())
}

/// The command that makes the runs of which the file speaks.
fn own_command(scenario: &Scenario) -> String {
    let command = match scenario.is_swept() {
        true => own_sweep_command(&scenario.path),
        false => run_command(&scenario.path, None),
    };
    with_folders(command, scenario.own_folders())
}

/// The sentence, and the command below it; nothing if all was met.
pub fn not_shown_text(of: Option<&NotShown>) -> String {
    let Some(NotShown { classes, words, command }) = of else { return String::new() };
    let it = if classes.len() == 1 { "it" } else { "them" };
    let classes = class_list(classes.iter().copied());
    let sentence = format!("{WARNING}the file expects {classes}{WARNING:#}, and {words} {it}");
    match command {
        Some(command) => format!("{sentence}; to{JOINT}look{JOINT}for{JOINT}{it}:\n  {command}\n"),
        None => format!("{sentence}\n"),
    }
}
