//! What is said of all smallest sets of faults that make a shrunk failure: how many there are of which kinds,
//! whether all of them were looked for, and each in words.

use super::printable;
use super::shrink_report::{ShrinkReport, in_a_comment};
use super::words::fault_in_words;
use crate::figures::{counted, grouped};
use crate::scenario::faults_as_toml;
use crate::search::shrink::all::{All, SearchEnd, Set};
use onceproof_sim::fault::KindName;

impl ShrinkReport<'_> {
    /// How many sets there are, and what is known of others.
    pub fn sentences_of_sets(&self, all: &All) -> Vec<String> {
        let All { sets, has_failure, searched, others, runs, end, .. } = all;
        let mut names: Vec<KindName> = all.kinds.iter().map(|kind| kind.name()).collect();
        names.dedup();
        let kinds = names.iter().map(|name| name.word()).collect::<Vec<_>>().join(", ");
        let mut sentences = vec![match names.is_empty() {
            true => "All: no fault is needed, so there is no other smallest set.".to_owned(),
            false => format!(
                "{}: {} of at most {} of the kinds {kinds}, in {}; no part of one breaks it.",
                if *end == SearchEnd::Complete { "All" } else { "Not all" },
                counted(sets.len() as u64, "smallest set"),
                counted((*searched).into(), "fault"),
                counted(*runs, "run"),
            ),
        }];
        sentences.extend(match end {
            SearchEnd::Complete => None,
            SearchEnd::Inconclusive(runs) => {
                Some(format!("{} of these runs hit the limit of events.", grouped(*runs)))
            }
            SearchEnd::GaveUp => Some(format!(
                "Gave up at the sets of {}: they take more runs than --runs allows.",
                counted(u64::from(searched + 1), "fault")
            )),
            SearchEnd::Interrupted => Some(format!(
                "Interrupted among the sets of {}.",
                counted(u64::from(searched + 1), "fault")
            )),
        });
        if *others > 0 {
            let others = counted(*others, "smallest set");
            sentences.push(format!("Left out, for what they break is something else: {others}."));
        }
        if !has_failure {
            let why = "a part of it breaks the scenario in another way";
            sentences.push(format!("The failure itself is none of them: {why}."));
        }
        sentences
    }

    /// The faults of a set in words, one on a line.
    pub fn set_in_words(&self, number: usize, set: &Set) -> Vec<String> {
        let trial = self.shrunk.case.subject.trial();
        let line = |(at, fault)| {
            let words = printable(&fault_in_words(fault, trial));
            match at {
                0 => format!("{number:>3}. {words}"),
                _ => format!("     {words}"),
            }
        };
        let lines: Vec<String> = set.faults.iter().enumerate().map(line).collect();
        if lines.is_empty() { vec![format!("{number:>3}. without any fault")] } else { lines }
    }

    /// All sets as they stand at the head of a file: in words, and but for the one that the file has, as they
    /// stand in a file.
    pub fn sets_at_head(&self, all: &All) -> Vec<String> {
        let mut lines = in_a_comment(self.sentences_of_sets(all));
        for (number, set) in (1..).zip(&all.sets) {
            lines.push(String::new());
            lines.extend(in_a_comment(self.set_in_words(number, set)));
            if number == 1 && all.has_failure {
                continue;
            }
            let faults = faults_as_toml(&set.faults, self.shrunk.case.subject.trial().layout());
            let faults = faults.lines().filter(|line| !line.is_empty());
            lines.extend(faults.map(|line| format!("     {line}")));
        }
        lines
    }
}
