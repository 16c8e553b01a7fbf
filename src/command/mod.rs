//! The commands, one file each: what they do with their arguments, and how they end.

pub mod run;
pub mod sweep;
pub mod exhaust;
pub mod necessity;
pub mod interrupt;
mod keep;
pub mod save;
pub mod determinism;
pub mod progress;
pub mod replay;
pub mod shrink;
pub mod test;
mod write;
pub mod check;
pub mod graph;
pub mod schema;

use crate::cli::Redesign;
use crate::ending::{Ending, Error};
use crate::paths;
use onceproof::report::shell::with_changes;
use onceproof::scenario::Scenario;
use onceproof_sim::outcome::{Outcome, Verdict};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Reads all of these scenarios.
///
/// # Errors
/// What is wrong with each that cannot be used.
fn load_all(paths: &[PathBuf]) -> Result<Vec<Scenario>, Error> {
    let (mut scenarios, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        match Scenario::load(path) {
            Ok(scenario) => scenarios.push(scenario),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(scenarios) } else { Err(Error::Scenarios(errors)) }
}

/// A scenario built as was asked for.
///
/// # Errors
/// It cannot be built so.
fn redesigned(scenario: Scenario, asked: &Redesign) -> Result<Scenario, Error> {
    let changes = asked.changes();
    if changes.is_none() { Ok(scenario) } else { Ok(scenario.redesigned(&changes)?) }
}

/// The command, with what was asked for.
fn redesigned_command(command: String, asked: &Redesign) -> String {
    with_changes(command, &asked.changes())
}

/// Reads the failures that were saved in a folder.
///
/// # Errors
/// What is wrong with each that cannot be used.
fn load_regressions(folder: &Path) -> Result<Vec<Scenario>, Error> {
    load_all(&paths::saved(folder)?)
}

/// So many threads, or one per core.
///
/// # Errors
/// The system has no more threads.
fn threads(jobs: Option<NonZeroUsize>) -> Result<ThreadPool, Error> {
    let jobs = jobs.map_or(0, NonZeroUsize::get);
    let pool = ThreadPoolBuilder::new().num_threads(jobs).build();
    pool.map_err(|error| Error::System(format!("cannot start threads: {error}")))
}

/// How a command ends that is about one run, of which something is missing strictly or not.
fn ending_of_run(outcome: &Outcome, shortfalls: &[String], strict: bool) -> Ending {
    let ending = match outcome.brief.verdict {
        Verdict::ExactlyOnce => Ending::AsExpected,
        Verdict::Violated => Ending::Violated,
        Verdict::Inconclusive => Ending::Inconclusive,
    };
    let fails_strictly = (strict && !outcome.unfired.is_empty()) || !shortfalls.is_empty();
    if fails_strictly { ending.and(Ending::Violated) } else { ending }
}
