//! `onceproof check`: whether scenarios are well formed, without running them.

use super::cases::write;
use crate::cli::{CheckArgs, Common, Format, load};
use crate::ending::{Ending, Error, scenario_ending};
use crate::output::{Printer, complain};
use crate::paths;
use onceproof::printable::printable;
use onceproof::report::cases::TestCase;
use onceproof::report::test_json::check_json;
use onceproof::scenario::{Scenario, ScenarioError};
use std::path::{Path, PathBuf};

/// Reads every scenario and says what is wrong with each.
///
/// # Errors
/// The paths cannot be read or select nothing, or the summary of a step cannot be written.
pub fn check(args: &CheckArgs, common: Common, output: &mut Printer) -> Result<Ending, Error> {
    let readable = args.files.readable()?;
    let mut all: Vec<(PathBuf, Result<Scenario, ScenarioError>)> = Vec::new();
    for path in paths::select(&args.paths)? {
        let read = load(&path, &readable);
        if let (None, Format::Text) = (common.cases, common.format) {
            say(&path, &read, output);
        }
        all.push((path, read));
    }
    match (common.cases, common.format) {
        (Some(format), _) => {
            let case = |(path, read): &(PathBuf, Result<Scenario, ScenarioError>)| match read {
                Ok(scenario) => TestCase::of_check(scenario),
                Err(error) => TestCase::unusable(path, error),
            };
            write("check", all.iter().map(case).collect(), format, output)?;
        }
        (None, Format::Text) => {}
        (None, Format::Json) => {
            let files = all.iter().map(|(path, read)| {
                (path.as_path(), read.as_ref().map(|scenario| scenario.warnings.as_slice()))
            });
            output.document(&check_json(files));
        }
    }
    let errors = all.iter().filter_map(|(_, read)| read.as_ref().err());
    Ok(errors.map(scenario_ending).fold(Ending::AsExpected, Ending::and))
}

/// Says whether a file is well formed. The lines of the two streams stay in order where both go to one terminal.
fn say(path: &Path, read: &Result<Scenario, ScenarioError>, output: &mut Printer) {
    match read {
        Ok(scenario) => {
            if !scenario.warnings.is_empty() {
                output.flush();
            }
            for warning in &scenario.warnings {
                complain(warning.to_string().trim_end());
            }
            output.line(&format!("ok   {}", printable(&path.to_string_lossy())));
        }
        Err(error) => {
            output.flush();
            complain(error.to_string().trim_end());
        }
    }
}
