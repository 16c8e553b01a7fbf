//! What a command found as test cases, for whoever shows it elsewhere: as a file of JUnit, as annotations of GitHub, as a
//! table of Markdown. Each scenario is a case, and each saved failure that was run again. A case fails exactly where it
//! makes the command end with another exit code than 0.
//!
//! Nothing here tells how long something took, so that the same files give the same bytes.

mod found;
mod github;
mod junit;
mod markdown;

pub use found::ExpectLine;
pub use github::{Workspace, github};
pub use junit::junit;
pub use markdown::{cases_markdown, cases_summary};

use crate::figures::counted;
use std::path::{Path, PathBuf};

/// What a command found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestCases {
    /// The command: `test`.
    pub command: &'static str,
    /// Its cases, in the order of its report.
    pub cases: Vec<TestCase>,
}

/// Something that passes or fails.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestCase {
    /// The file of the scenario.
    pub scenario: PathBuf,
    /// The saved failure that was run again; none where the case is the scenario itself.
    pub saved: Option<PathBuf>,
    /// The name of the scenario, or its path where it cannot be read.
    pub name: String,
    /// What is expected, in words; none where nothing could be read.
    pub expected: Option<String>,
    /// What was found, in words.
    pub found: String,
    /// The seeds under which it was run, as a scenario writes them; none where it was run under none.
    pub seeds: Option<String>,
    /// How many runs were made; none where it is not run.
    pub runs: Option<u64>,
    /// The first seed that goes wrong, whether that was expected or not.
    pub failing_seed: Option<u64>,
    /// The smallest set of faults that is known to make the failure, in words.
    pub faults: Vec<String>,
    /// The command that shows it again.
    pub replay: Option<String>,
    /// What is wrong, and what is to be looked at.
    pub problems: Vec<Problem>,
}

/// Something to be told of a case, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// How grave it is.
    pub gravity: Gravity,
    /// The file that it is shown in.
    pub file: PathBuf,
    /// The line of it, from 1, where it is known.
    pub line: Option<usize>,
    /// The column in characters, from 1, where it is known.
    pub column: Option<usize>,
    /// What it is, in words.
    pub words: String,
}

/// How grave a problem is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Gravity {
    /// It is to be looked at, and the case passes.
    Warning,
    /// What was run is not as it should be.
    Failure,
    /// It could not be found out: a file cannot be used, a limit was hit, a run came out differently.
    Error,
}

impl TestCase {
    /// The gravest of its problems, if that makes it fail.
    pub fn failing(&self) -> Option<Gravity> {
        let gravest = self.problems.iter().map(|problem| problem.gravity).max();
        gravest.filter(|&gravity| gravity > Gravity::Warning)
    }

    /// What it is called where no file stands beside it.
    fn title(&self) -> String {
        match &self.saved {
            Some(saved) => format!("{}: saved failure {}", self.name, shown(saved)),
            None => self.name.clone(),
        }
    }

    /// What is wrong, in a sentence each.
    fn wrong(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.gravity > Gravity::Warning)
    }

    /// What a failing case is known by, on lines: the seed, the smallest set of faults, the command that shows it again.
    fn details(&self) -> Vec<String> {
        let mut lines = Vec::new();
        lines.extend(self.failing_seed.map(|seed| format!("first failing seed: {seed}")));
        if !self.faults.is_empty() {
            lines.push(format!("{} that it takes:", counted(self.faults.len() as u64, "fault")));
            lines.extend(self.faults.iter().map(|fault| format!("  {fault}")));
        }
        lines.extend(self.replay.iter().cloned());
        lines
    }
}

impl TestCases {
    /// How many cases pass, how many fail, and of how many it could not be found out.
    fn counts(&self) -> (u64, u64, u64) {
        let of =
            |gravity| self.cases.iter().filter(|case| case.failing() == gravity).count() as u64;
        (of(None), of(Some(Gravity::Failure)), of(Some(Gravity::Error)))
    }

    /// `2 passed, 1 failed`.
    fn in_words(&self) -> String {
        let (passed, failures, errors) = self.counts();
        format!("{passed} passed, {} failed", failures + errors)
    }
}

/// A path as a reader knows it.
fn shown(path: &Path) -> String {
    match path == Path::new("-") {
        true => "standard input".to_owned(),
        false => path.to_string_lossy().into_owned(),
    }
}

#[cfg(test)]
mod samples;
