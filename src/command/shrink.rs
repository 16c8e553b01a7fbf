//! `onceproof shrink`: from a failure to the smallest one of its class, as a scenario file. Before it is
//! shown or written it is read back and run, and must fail as was found.

use super::redesigned;
use crate::cli::{Common, Format, ShrinkArgs};
use crate::ending::{Ending, Error};
use crate::output::{Output, complain};
use onceproof::report::printable;
use onceproof::report::shell::replay_command;
use onceproof::report::shrink_json::shrink_json;
use onceproof::report::shrink_text::ShrinkReport;
use onceproof::scenario::Scenario;
use onceproof::search::shrink::case::Case;
use onceproof::search::shrink::{Refusal, shrink as smallest};
use onceproof_sim::outcome::{Class, Classes, Outcome};
use onceproof_sim::simulator::Simulator;
use std::fs;
use std::path::{Path, PathBuf};

/// Shrinks the failure of a scenario, with the seed that is given, else with its own if it has one.
///
/// # Errors
/// The scenario cannot be used, it holds, or a file cannot be written.
pub fn shrink(args: &ShrinkArgs, common: Common, output: &mut Output) -> Result<Ending, Error> {
    let scenario = redesigned(Scenario::load(&args.file)?, &args.redesign)?;
    let seed = args.seed.or(scenario.seed);
    let path = args.file.display();
    let shrunk = match smallest(&scenario, seed) {
        Ok(shrunk) => shrunk,
        Err(Refusal::Holds) => {
            let help = "onceproof sweep looks for a seed under which it does not";
            return Err(Error::NothingSelected(format!("{path} holds in this run; {help}")));
        }
        Err(Refusal::Inconclusive) => {
            complain(&format!("error: {path}: the limit of events was hit, and nothing was found"));
            return Ok(Ending::Inconclusive);
        }
        Err(Refusal::DoesNotReplay) => {
            let why = "the faults that fired, written out, do not fail in the same way";
            return Err(Error::NotDeterministic(format!("{path}: {why}")));
        }
        Err(Refusal::Scenario(error)) => return Err(error.into()),
    };
    let report = ShrinkReport { scenario: &scenario, seed, shrunk: &shrunk };
    let destination = args.out.as_deref().unwrap_or(&args.file);
    let text = report.file(destination);
    fails_as_found(&text, destination, &shrunk.outcome)?;
    if let Some(out) = &args.out {
        fs::write(out, &text).map_err(Error::io(out))?;
    }
    let mut saved = Vec::new();
    if let Some(out) = &args.out {
        for (class, case) in &shrunk.others {
            saved.push(save_other(&report, *class, case, out)?);
        }
    }
    match (common.format, &args.out) {
        (Format::Json, out) => output.document(&shrink_json(&report, &text, out.as_deref())),
        (Format::Text, None) => {
            output.text(&text);
            output.flush();
            // The file is the result; what is said of it goes to people.
            for line in report.sentences() {
                complain(&printable(&line));
            }
        }
        (Format::Text, Some(out)) => {
            output.text(&report.text());
            for other in &saved {
                output.line(&format!("saved beside it: {}", printable(&other.to_string_lossy())));
            }
            output.line(&format!("\n{}", replay_command(out)));
        }
    }
    Ok(Ending::AsExpected)
}

/// Whether the text that is to be shown says the run that was found.
fn fails_as_found(text: &str, path: &Path, found: &Outcome) -> Result<(), Error> {
    let again = run(text, path)?;
    let is_same = again.brief.classes == found.brief.classes
        && again.brief.fingerprint == found.brief.fingerprint
        && again.unfired.is_empty();
    match is_same {
        true => Ok(()),
        false => Err(Error::NotDeterministic(format!(
            "what {} was shrunk to does not fail again when it is read back",
            path.display()
        ))),
    }
}

fn run(text: &str, path: &Path) -> Result<Outcome, Error> {
    let scenario = Scenario::parse(text, path)?;
    Ok(Simulator::new(&scenario.plan).detail(scenario.seed))
}

/// Saves a failure of another class beside the smallest one: `small.toml`, `small-lost.toml`.
fn save_other(
    report: &ShrinkReport<'_>,
    class: Class,
    case: &Case,
    out: &Path,
) -> Result<PathBuf, Error> {
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let path = out.with_file_name(format!("{stem}-{}.toml", class.word()));
    let mut classes = Classes::default();
    classes.insert(class);
    let text = report.other_file(case, classes, &path);
    // It was found within a limit of events; what it is worth is seen when it is run without.
    if !run(&text, &path)?.brief.classes.contains(class) {
        let why = format!("{} does not fail again when it is read back", path.display());
        return Err(Error::NotDeterministic(why));
    }
    fs::write(&path, text).map_err(Error::io(&path))?;
    Ok(path)
}
