//! What is said of runs: as text for people, and as JSON for programs. Everything here is a pure
//! function from what was found to a text or a document; nothing is printed.

pub mod style;
pub mod heading;
pub mod shell;
pub mod words;
pub mod table;
#[cfg(feature = "cli")]
mod markdown;
#[cfg(feature = "cli")]
pub mod times;
pub mod damage;
pub mod damage_line;
#[cfg(feature = "cli")]
pub mod failures;
#[cfg(feature = "cli")]
pub mod damage_json;
#[cfg(feature = "cli")]
pub mod extremes;
#[cfg(feature = "cli")]
pub mod results;
#[cfg(feature = "cli")]
pub mod run_text;
#[cfg(feature = "cli")]
pub mod run_json;
pub mod trace_text;
#[cfg(feature = "cli")]
pub mod trace_json;
#[cfg(feature = "cli")]
pub mod perfetto;
#[cfg(feature = "cli")]
pub mod reached;
#[cfg(feature = "cli")]
pub mod regressions;
#[cfg(feature = "cli")]
pub mod sweep_text;
#[cfg(feature = "cli")]
pub mod sweep_json;
pub mod exhaust_text;
#[cfg(feature = "cli")]
pub mod exhaust_json;
pub mod left_out;
mod untried;
#[cfg(feature = "cli")]
mod untried_json;
#[cfg(feature = "cli")]
pub mod necessity_text;
#[cfg(feature = "cli")]
pub mod necessity_json;
#[cfg(feature = "cli")]
pub mod matrix_text;
#[cfg(feature = "cli")]
pub mod matrix_json;
#[cfg(feature = "cli")]
pub mod compare;
#[cfg(feature = "cli")]
pub mod tune;
#[cfg(feature = "cli")]
pub mod tune_text;
#[cfg(feature = "cli")]
pub mod tune_json;
#[cfg(feature = "cli")]
pub mod tune_csv;
#[cfg(feature = "cli")]
pub(crate) mod parts_json;
#[cfg(feature = "cli")]
mod share_json;
#[cfg(feature = "cli")]
pub mod served;
#[cfg(feature = "cli")]
pub mod served_json;
#[cfg(feature = "cli")]
pub mod compare_text;
#[cfg(feature = "cli")]
mod measured_json;
#[cfg(feature = "cli")]
pub mod compare_json;
pub mod shrink_text;
#[cfg(feature = "cli")]
pub mod shrink_report;
#[cfg(feature = "cli")]
pub mod shrink_sets;
#[cfg(feature = "cli")]
pub mod shrink_json;
pub mod stated;
pub mod not_shown;
pub mod expectation;
#[cfg(feature = "cli")]
pub mod test_json;
#[cfg(feature = "cli")]
pub mod cases;
pub mod worth;
#[cfg(feature = "cli")]
pub mod graph;

pub use crate::printable::printable;

use crate::scenario::Scenario;
#[cfg(feature = "cli")]
use crate::scenario::{LeftOut, Strategy};
#[cfg(feature = "cli")]
use crate::search::blame::Blame;
use crate::search::certificate::Exhaustion;
#[cfg(feature = "cli")]
use crate::search::matrix::Matrix;
#[cfg(feature = "cli")]
use crate::search::necessity::Necessity;
#[cfg(feature = "cli")]
use crate::search::regressions::Replayed;
#[cfg(feature = "cli")]
use crate::search::served::ServedTotals;
#[cfg(feature = "cli")]
use crate::search::strategies::Comparison;
#[cfg(feature = "cli")]
use crate::search::tally::Sweep;
#[cfg(feature = "cli")]
use failures::FailedRun;
use not_shown::NotShown;
use onceproof_sim::fault::Fault;
use onceproof_sim::outcome::{Class, Classes, Outcome};
use onceproof_systems::Trial;

#[cfg(feature = "cli")]
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What reports say of a scenario itself.
#[derive(Clone, Copy, Debug)]
pub struct Reported<'a> {
    /// The path of its file, as it was given.
    pub path: &'a Path,
    /// Its name.
    pub name: &'a str,
    /// The sentence that it proves.
    pub claim: &'a str,
    /// All that it runs by but for a seed.
    pub trial: &'a Trial,
    /// How many rows of its data could not be used.
    pub rows_skipped: u64,
    /// Whether the file allows that an exact fault does not fire.
    pub unfired_is_allowed: bool,
    /// The folders that a command which reads it must allow.
    pub folders: &'a [PathBuf],
}

impl Reported<'_> {
    /// The command that runs it again.
    pub fn run_again(&self, seed: Option<u64>) -> String {
        shell::with_folders(shell::run_command(self.path, seed), self.folders)
    }
}

impl<'a> From<&'a Scenario> for Reported<'a> {
    fn from(scenario: &'a Scenario) -> Reported<'a> {
        Reported {
            path: &scenario.path,
            name: &scenario.name,
            claim: &scenario.claim,
            trial: &scenario.trial,
            rows_skipped: scenario.rows_skipped,
            unfired_is_allowed: scenario.unfired_is_allowed,
            folders: scenario.own_folders(),
        }
    }
}

/// One run, and all that is said of it.
#[cfg(feature = "cli")]
#[derive(Clone, Copy, Debug)]
pub struct RunReport<'a> {
    /// What was run.
    pub subject: Reported<'a>,
    /// Under which seed.
    pub seed: Option<u64>,
    /// Whether nobody has stated that seed.
    pub seed_is_assumed: bool,
    /// What it found.
    pub outcome: &'a Outcome,
    /// What it served before that was certain, if its strategy does that.
    pub served: Option<&'a ServedTotals>,
    /// Which faults did what went wrong.
    pub blame: &'a Blame,
    /// Where it differs from what the file expects of it.
    pub differences: &'a [String],
    /// What the file expects and this run does not show, where the file speaks of others.
    pub not_shown: Option<&'a NotShown>,
    /// The command that runs it again.
    pub replay: &'a str,
    /// The command that makes a failure small, if there is one.
    pub smaller: Option<&'a str>,
    /// What it says nothing of and should, if it is asked for strictly.
    pub shortfalls: &'a [String],
    /// Whether a fault that did not fire is a failure.
    pub strict: bool,
}

/// One sweep, and all that is said of it.
#[cfg(feature = "cli")]
#[derive(Clone, Copy, Debug)]
pub struct SweepReport<'a> {
    /// What was swept.
    pub subject: Reported<'a>,
    /// The saved failures of the scenario that were run again.
    pub regressions: &'a [Replayed],
    /// What it found.
    pub sweep: &'a Sweep,
    /// What the file expects and no run shows.
    pub not_shown: Option<&'a NotShown>,
    /// Which faults did what went wrong in the first failing run.
    pub blame: &'a Blame,
    /// What did the first failing runs; none if nobody asked for it.
    pub failures: Option<&'a [FailedRun]>,
    /// What the first failing seed drew, if each has a weather of its own: a scenario file.
    pub weather: Option<&'a str>,
    /// Where the first failure was saved.
    pub saved: Option<&'a Path>,
    /// The command that shows the first failure, or else the first inconclusive run, again.
    pub replay: Option<&'a str>,
    /// How long it took.
    pub timing: Timing,
    /// Whether what was reached is shown as tables.
    pub matrix: bool,
    /// What it says nothing of and should, if it is asked for strictly.
    pub shortfalls: &'a [String],
    /// Whether a fault that did not fire is a failure.
    pub strict: bool,
}

/// One exhaustive search, and all that is said of it.
#[derive(Clone, Copy, Debug)]
pub struct ExhaustReport<'a> {
    /// What was searched.
    pub subject: Reported<'a>,
    /// Under which seed.
    pub seed: Option<u64>,
    /// What it found.
    pub found: &'a Exhaustion,
    /// What the file expects and no schedule shows.
    pub not_shown: Option<&'a NotShown>,
    /// How many faults of the file were left out, drawn and exact ones.
    pub left_out: usize,
    /// The budget that ended it, in words, if one did.
    pub spent: Option<&'a str>,
    /// Where the smallest cause was saved.
    pub saved: Option<&'a Path>,
    /// The command that replays it.
    pub replay: Option<&'a str>,
    /// How many of the runs were made by an earlier search that this one went on with.
    pub runs_before: u64,
    /// Its run without a fault.
    pub base: &'a Outcome,
    /// How long it took, if anyone looked at a clock.
    pub timing: Option<Timing>,
}

/// What is needed in a scenario, and all that is said of it.
#[cfg(feature = "cli")]
#[derive(Clone, Copy, Debug)]
pub struct NecessityReport<'a> {
    /// What was searched.
    pub subject: Reported<'a>,
    /// Under which seed.
    pub seed: Option<u64>,
    /// What was found.
    pub necessity: &'a Necessity,
    /// How many faults of the file were left out, drawn and exact ones.
    pub left_out: usize,
    /// Its run without a fault.
    pub base: &'a Outcome,
    /// How long it took.
    pub timing: Timing,
}

/// What each value of each mechanism comes to under many seeds, and all that is said of it.
#[cfg(feature = "cli")]
#[derive(Clone, Copy, Debug)]
pub struct MatrixReport<'a> {
    /// What was run.
    pub subject: Reported<'a>,
    /// What was found.
    pub matrix: &'a Matrix,
    /// How long it took.
    pub timing: Timing,
}

/// What the same input and weather come to under several strategies, and all that is said of it.
#[cfg(feature = "cli")]
#[derive(Clone, Copy, Debug)]
pub struct CompareReport<'a> {
    /// What was run.
    pub subject: Reported<'a>,
    /// The strategy that its file states.
    pub own: Strategy,
    /// Under which seeds.
    pub seeds: &'a Range<u64>,
    /// The steps at the ends of its pipeline, where latencies are taken.
    pub ends: &'a [String],
    /// What was found.
    pub compared: &'a [Compared],
    /// The strategies that cannot have the pipeline.
    pub cannot: &'a [Cannot],
    /// How long it took.
    pub timing: Timing,
    /// Whether a fault that did not fire is a failure.
    pub strict: bool,
}

/// A strategy that was run, and what came of it.
#[cfg(feature = "cli")]
#[derive(Clone, Debug)]
pub struct Compared {
    /// Which.
    pub strategy: Strategy,
    /// What was run.
    pub trial: Trial,
    /// How many settings can be such that a result is wrong.
    pub settings_that_break: u64,
    /// What of the file it does not have.
    pub left_out: Vec<LeftOut>,
    /// What was found.
    pub comparison: Comparison,
}

#[cfg(feature = "cli")]
impl Compared {
    /// The first seed under which it goes wrong.
    pub fn first_violated(&self) -> Option<u64> {
        self.comparison.sweep.failing.first().copied().flatten()
    }
}

/// A strategy that cannot have the pipeline.
#[cfg(feature = "cli")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cannot {
    /// Which.
    pub strategy: Strategy,
    /// Why not.
    pub why: String,
    /// Whether it was asked for.
    pub is_asked: bool,
}

/// What is said of a wrong value that breaks nothing. Another setting of the scenario may hide it: a table that knows
/// a row again makes up for a catalog that does not.
#[cfg(feature = "cli")]
const NO_WITNESS: &str = "no witness with these settings";

/// How long something took by the clock on the wall. It is the one thing in a report that differs from
/// run to run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// In nanoseconds.
    pub nanos: u64,
}

impl Timing {
    /// In seconds, with three decimals.
    pub fn seconds(self) -> String {
        crate::figures::milliseconds(self.nanos / 1000)
    }

    /// For people.
    pub fn in_words(self) -> String {
        crate::figures::measured(self.nanos)
    }

    /// How many of these there were in a second.
    pub fn per_second(self, count: u64) -> u64 {
        let rate = u128::from(count) * 1_000_000_000 / u128::from(self.nanos.max(1));
        u64::try_from(rate).unwrap_or(u64::MAX)
    }
}

/// The words of the classes, with commas.
pub fn class_list(classes: impl IntoIterator<Item = Class>) -> String {
    classes.into_iter().map(Class::word).collect::<Vec<_>>().join(", ")
}

/// A set with these classes.
pub fn class_set(classes: &[Class]) -> Classes {
    let mut set = Classes::default();
    classes.iter().for_each(|&class| set.insert(class));
    set
}

/// The exact faults with these indices.
fn exact_faults<'a>(trial: &'a Trial, indices: &'a [usize]) -> impl Iterator<Item = &'a Fault> {
    indices.iter().map(|&index| &trial.plan.faults[index])
}

#[cfg(test)]
pub(crate) mod samples;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_per_second() {
        assert_eq!(Timing { nanos: 500_000_000 }.per_second(1_000), 2_000);
        assert_eq!(Timing { nanos: 0 }.per_second(0), 0);
    }
}
