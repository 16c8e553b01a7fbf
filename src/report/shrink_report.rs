//! The report of a shrunk failure, and the files that hold it and what was met on the way.

use super::shrink_text::{claim, sentences};
use super::style::{BAD, HEAD};
use super::table::{WIDTH, fitted, fitted_to};
use super::words::fault_in_words;
use super::{class_list, printable};
use crate::scenario::{Remains, Scenario};
use crate::search::shrink::Shrunk;
use crate::search::shrink::all::{All, Set};
use crate::search::shrink::case::{Case, Subject};
use onceproof_sim::outcome::{Classes, Outcome};
use std::path::Path;

/// What is known of each smallest set of faults.
pub const NO_PART: &str = "No part of it breaks the scenario.";

/// A shrunk failure, and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct ShrinkReport<'a> {
    /// The scenario that failed.
    pub scenario: &'a Scenario,
    /// Under which seed.
    pub seed: Option<u64>,
    /// What is left of it.
    pub shrunk: &'a Shrunk,
    /// All smallest sets of faults that do it, if they were asked for.
    pub all: Option<&'a All>,
}

impl ShrinkReport<'_> {
    /// The text of the file that holds what is left, with more at its head than what is known of it.
    pub fn file(&self, more: Vec<String>, destination: &Path) -> String {
        let Shrunk { case, outcome, .. } = self.shrunk;
        let claim = self.claim(outcome, case.faults.len());
        let head = [in_a_comment(self.sentences()), more].concat();
        file(case, outcome.brief.classes, &claim, &head, destination)
    }

    /// The text of the file that holds another of the smallest sets of faults.
    pub fn set_file(&self, set: &Set, destination: &Path) -> String {
        let Set { faults, outcome } = set;
        let case = Case { faults: faults.clone(), ..self.shrunk.case.clone() };
        let claim = self.claim(outcome, faults.len());
        let head = in_a_comment(vec![
            format!("Another smallest set of faults for what {} was shrunk to.", self.origin()),
            NO_PART.to_owned(),
        ]);
        file(&case, outcome.brief.classes, &claim, &head, destination)
    }

    /// The text of the file that holds a failure of another class that was met on the way.
    pub fn other_file(&self, case: &Case, classes: Classes, destination: &Path) -> String {
        let claim = format!("What is found here is {}.", class_list(classes.iter()));
        let met = format!("Met while {} was shrunk, and not shrunk itself.", self.origin());
        let head = in_a_comment(vec![met]);
        file(case, classes, &claim, &head, destination)
    }

    /// The sentence that the file proves.
    fn claim(&self, outcome: &Outcome, faults: usize) -> String {
        claim(self.shrunk, outcome, faults)
    }

    fn origin(&self) -> String {
        let path = printable(&self.scenario.path.to_string_lossy());
        match self.seed {
            Some(seed) => format!("{path}, seed {seed},"),
            None => path,
        }
    }

    /// What was done, and what is known of the result.
    pub fn sentences(&self) -> Vec<String> {
        sentences(self.shrunk, &self.origin())
    }

    /// Which other classes were met on the way, if any.
    pub fn also_met(&self) -> Option<String> {
        let others = &self.shrunk.others;
        let classes = class_list(others.iter().map(|(class, _)| *class));
        (!others.is_empty()).then(|| format!("Also met, and not followed: {classes}."))
    }

    /// The report: what is left, and how it was found.
    pub fn text(&self) -> String {
        let Shrunk { case, outcome, .. } = self.shrunk;
        let mut text = format!("{HEAD}{}{HEAD:#}\n", printable(&self.scenario.name));
        text.push_str(&format!("{}\n\n", printable(&self.claim(outcome, case.faults.len()))));
        let classes = class_list(outcome.brief.classes.iter());
        text.push_str(&format!("{BAD}violated{BAD:#}: {classes}\n"));
        for fault in &case.faults {
            let words = fault_in_words(fault, case.subject.trial());
            text.push_str(&format!("  {}\n", printable(&words)));
        }
        text.push('\n');
        for sentence in self.sentences().into_iter().chain(self.also_met()) {
            text.push_str(&format!("{sentence}\n"));
        }
        fitted(&text)
    }
}

/// Sentences on lines that fit behind the sign of a comment.
pub(super) fn in_a_comment(sentences: Vec<String>) -> Vec<String> {
    let lines = |sentence: &String| fitted_to(WIDTH - 2, sentence);
    sentences
        .iter()
        .map(lines)
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

fn file(case: &Case, classes: Classes, claim: &str, head: &[String], destination: &Path) -> String {
    let Case { subject, rows, faults, seed } = case;
    let remains = Remains { rows, faults, seed: *seed, classes, claim, head };
    match subject {
        Subject::Scenario(scenario) => scenario.shrunk(&remains, destination),
        // A report is made of a scenario, and what a scenario is shrunk to is one.
        Subject::Trial(_) => unreachable!("what has no text is no file"),
    }
}
