//! The commands, one file each: what they do with their arguments, and how they end.

pub mod new;
pub mod run;
mod trace;
pub mod sweep;
pub mod exhaust;
pub mod necessity;
pub mod compare;
pub mod tune;
mod merge;
pub mod interrupt;
mod blame;
mod budget;
mod work;
mod made;
mod cases;
pub mod save;
pub mod determinism;
pub mod progress;
pub mod replay;
pub mod explain;
pub mod shrink;
pub mod test;
pub mod check;
pub mod graph;
pub mod schema;
mod tour;
pub mod manual;

use crate::cli::{Asked, Cli, Command, Files, Redesign, Written, load};
use crate::ending::{Ending, Error};
use crate::output::Printer;
use crate::paths;
use onceproof::report::shell::{with_changes, with_folders};
use onceproof::scenario::{Readable, SavedFailure, Scenario};
use onceproof::search::part::Parts;
use onceproof::search::threads::Threads;
use onceproof_sim::outcome::{Outcome, Verdict};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Does what a command line asks for.
///
/// # Errors
/// Those of the command.
pub fn dispatch(cli: &Cli, output: &mut Printer) -> Result<Ending, Error> {
    of_parts(cli, None, output)
}

/// The same, put together from parts if there are some.
fn of_parts(
    Cli { asked, command }: &Cli,
    parts: Option<Parts>,
    output: &mut Printer,
) -> Result<Ending, Error> {
    let ended = carry_out(*asked, command, parts, output);
    let cases = command.name_of_cases().zip(asked.format.cases());
    if let (Err(Error::Scenarios(errors)), Some((command, format))) = (&ended, cases) {
        // Whoever reads the cases learns of it from them, too.
        cases::write_unusable(command, errors, format, output)?;
    }
    ended
}

fn carry_out(
    asked: Asked,
    command: &Command,
    parts: Option<Parts>,
    output: &mut Printer,
) -> Result<Ending, Error> {
    let common = asked.common();
    match command {
        Command::Run(args) => run::run(args, common, output),
        Command::Sweep(args) => sweep::sweep(args, common, parts, output),
        Command::Replay(args) => replay::replay(args, common, output),
        Command::Explain(args) => explain::explain(args, common, output),
        Command::Exhaust(args) => exhaust::exhaust(args, common, parts, output),
        Command::Necessity(args) => {
            let is_markdown = args.markdown || asked.format == Written::Markdown;
            necessity::necessity(args, is_markdown, common, parts, output)
        }
        Command::Compare(args) => {
            compare::compare(args, asked.format == Written::Markdown, common, parts, output)
        }
        Command::Tune(args) => {
            tune::tune(args, asked.format == Written::Markdown, common, parts, output)
        }
        Command::Merge(args) => merge::merge(args, asked, output),
        Command::Shrink(args) => shrink::shrink(args, common, output),
        Command::Test(args) => test::test(args, common, output),
        Command::Check(args) => check::check(args, common, output),
        Command::Graph(args) => graph::graph(args, common, output),
        Command::Checkpoints(args) => determinism::checkpoints(args, output),
        Command::New(args) => new::new(args, output),
        Command::Tour => tour::tour(output),
        Command::Completions(args) => manual::completions(args, output),
        Command::Man(args) => manual::man(args, output),
        Command::Schema(args) => schema::schema(args, asked.format == Written::Markdown, output),
    }
}

/// Reads all of these scenarios.
///
/// # Errors
/// What is wrong with each that cannot be used.
fn load_all(paths: &[PathBuf], readable: &Readable) -> Result<Vec<Scenario>, Error> {
    let (mut scenarios, mut errors) = (Vec::new(), Vec::new());
    for path in paths {
        match load(path, readable) {
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

/// Reads the failures that were saved in a folder. Each may be one of any of these scenarios, so it may read what they
/// may.
///
/// # Errors
/// What is wrong with each that cannot be used.
fn load_regressions<'a>(
    folder: &Path,
    files: &Files,
    of: impl Iterator<Item = &'a Path>,
) -> Result<Vec<Scenario>, Error> {
    let readable = of.fold(files.readable()?, Readable::and_around);
    // Those that tests saved are run again by their tests.
    let mut saved = paths::saved(folder)?;
    saved.retain(|path| !matches!(SavedFailure::read(path), Ok(Some(_))));
    load_all(&saved, &readable)
}

/// That of these scenarios no two have the name of a saved failure, which tells by it whose it is.
///
/// # Errors
/// Two have one name.
fn check_names<'a>(
    regressions: &[Scenario],
    scenarios: impl Iterator<Item = (&'a str, &'a Path)>,
) -> Result<(), Error> {
    let mut first: BTreeMap<&str, &Path> = BTreeMap::new();
    for (name, path) in scenarios {
        let Some(other) = first.insert(name, path) else { continue };
        if let Some(failure) = regressions.iter().find(|failure| failure.name == name) {
            let name = onceproof::report::printable(name);
            let [other, path, failure] = [other, path, &failure.path].map(Path::display);
            return Err(Error::Usage(format!(
                "{other} and {path} are both called \"{name}\", and so is the saved failure {failure}: give \
                 each a name of its own"
            )));
        }
    }
    Ok(())
}

/// The command, with leave to read what the scenario reads where it stands in this file.
fn allowing(command: String, scenario: &Scenario, file: &Path) -> String {
    with_folders(command, &scenario.folders_to_allow(file))
}

/// So many threads, or one per core.
fn threads(jobs: Option<NonZeroUsize>) -> Threads {
    jobs.map_or_else(Threads::per_core, Threads::new)
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
