//! `onceproof check`: whether scenarios are well formed, without running them.

use super::cases::write;
use crate::cli::{CheckArgs, Common, Format, load};
use crate::ending::{Ending, Error, scenario_ending};
use crate::output::{Printer, complain};
use crate::paths;
use onceproof::printable::printable;
use onceproof::report::cases::TestCase;
use onceproof::scenario::Diagnostic;
use serde_json::{Value, json};

/// Reads every scenario and says what is wrong with each.
///
/// # Errors
/// The paths cannot be read or select nothing.
pub fn check(args: &CheckArgs, common: Common, output: &mut Printer) -> Result<Ending, Error> {
    let mut ending = Ending::AsExpected;
    let (mut files, mut cases) = (Vec::new(), Vec::new());
    let readable = args.files.readable()?;
    for path in paths::select(&args.paths)? {
        let read = load(&path, &readable);
        if let Err(error) = &read {
            ending = ending.and(scenario_ending(error));
        }
        if common.cases.is_some() {
            cases.push(match &read {
                Ok(scenario) => TestCase::of_check(scenario),
                Err(error) => TestCase::unusable(&path, error),
            });
            continue;
        }
        let (warnings, error) = match read {
            Ok(scenario) => (scenario.warnings, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        if common.format == Format::Text && !warnings.is_empty() {
            output.flush();
            warnings.iter().for_each(|warning| complain(warning.to_string().trim_end()));
        }
        match (common.format, &error) {
            (Format::Text, None) => {
                output.line(&format!("ok   {}", printable(&path.to_string_lossy())))
            }
            (Format::Text, Some(error)) => {
                // The lines of the two streams stay in order where both go to one terminal.
                output.flush();
                complain(error.to_string().trim_end());
            }
            (Format::Json, _) => files.push(json!({
                "path": path.to_string_lossy(),
                "ok": error.is_none(),
                "error": error.map(|error| error.to_string()),
                "warnings": warnings.iter().map(Diagnostic::to_string).collect::<Vec<String>>(),
            })),
        }
    }
    match (common.cases, common.format) {
        (Some(format), _) => write("check", cases, format, output)?,
        (None, Format::Text) => {}
        (None, Format::Json) => output.document(&json!({
            "schema": "onceproof.check/1",
            "files": Value::Array(files),
        })),
    }
    Ok(ending)
}
