//! What `test` and `check` found as JSON. What is written has the types of the schema.

use super::expectation::{Comparison, words};
use super::parts_json::{path_text, schema_of, seed_text, value};
use crate::scenario::{Diagnostic, ScenarioError};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::path::Path;

/// Scenarios beside what they expect.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "onceproof.test/1", deny_unknown_fields)]
struct TestDocument<'a> {
    /// `onceproof.test/1`.
    schema: &'static str,
    /// How many passed.
    passed: usize,
    /// How many failed, those included that cannot be used.
    failed: usize,
    /// Each of them.
    scenarios: Vec<TestedPart<'a>>,
}

/// A scenario that was tested, or one that cannot be used.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum TestedPart<'a> {
    Compared(ComparedPart<'a>),
    Unusable(UnusablePart<'a>),
}

/// A scenario beside what it expects.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ComparedPart<'a> {
    /// Its file.
    path: Cow<'a, str>,
    /// Its name.
    scenario: &'a str,
    /// Whether it passed.
    passed: bool,
    /// What it expects, in words.
    expected: &'a str,
    /// What was found, in words.
    found: &'a str,
    /// How often it was run.
    runs: u64,
    /// Why it failed; empty if it did not.
    failures: Vec<&'a str>,
    /// Whether every run that was run again was the same.
    deterministic: bool,
    /// The first seed that shows what was found, as a text.
    seed: Option<String>,
    /// The command that shows it again.
    replay: &'a str,
}

/// A scenario that cannot be used.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct UnusablePart<'a> {
    /// Its file.
    path: Cow<'a, str>,
    /// It did not pass.
    passed: bool,
    /// Why it cannot be used.
    error: String,
}

/// The document of `test`: each file, with what came of it.
pub fn test_json<'a>(
    tested: impl Iterator<Item = (&'a Path, Result<&'a Comparison, &'a ScenarioError>)>,
) -> Value {
    let part = |(path, tested): (&'a Path, Result<&'a Comparison, &ScenarioError>)| match tested {
        Ok(comparison) => TestedPart::Compared(ComparedPart {
            path: path_text(&comparison.path),
            scenario: &comparison.name,
            passed: comparison.failures.is_empty(),
            expected: &comparison.expected,
            found: &comparison.found,
            runs: comparison.runs,
            failures: words(&comparison.failures),
            deterministic: comparison.deterministic,
            seed: comparison.seed.and_then(seed_text),
            replay: &comparison.replay,
        }),
        Err(error) => TestedPart::Unusable(UnusablePart {
            path: path_text(path),
            passed: false,
            error: error.to_string(),
        }),
    };
    let scenarios: Vec<TestedPart<'a>> = tested.map(part).collect();
    let passed = scenarios.iter().filter(|part| part.passed()).count();
    let failed = scenarios.len() - passed;
    value(&TestDocument { schema: "onceproof.test/1", passed, failed, scenarios })
}

impl TestedPart<'_> {
    fn passed(&self) -> bool {
        match self {
            TestedPart::Compared(part) => part.passed,
            TestedPart::Unusable(part) => part.passed,
        }
    }
}

/// The JSON Schema of the document of `test`.
pub fn test_schema() -> Value {
    schema_of::<TestDocument>()
}

/// Whether scenarios are well formed.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "onceproof.check/1", deny_unknown_fields)]
struct CheckDocument<'a> {
    /// `onceproof.check/1`.
    schema: &'static str,
    /// Each file.
    files: Vec<CheckedPart<'a>>,
}

/// A file that was read.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct CheckedPart<'a> {
    /// Its path.
    path: Cow<'a, str>,
    /// Whether it can be used.
    ok: bool,
    /// Why it cannot be used, if so.
    error: Option<String>,
    /// What is probably not meant, though it can be used.
    warnings: Vec<String>,
}

/// A file that was read: its warnings, or why it cannot be used.
pub type Checked<'a> = (&'a Path, Result<&'a [Diagnostic], &'a ScenarioError>);

/// The document of `check`.
pub fn check_json<'a>(files: impl Iterator<Item = Checked<'a>>) -> Value {
    let part = |(path, read): Checked<'a>| CheckedPart {
        path: path_text(path),
        ok: read.is_ok(),
        error: read.err().map(ScenarioError::to_string),
        warnings: read.unwrap_or_default().iter().map(Diagnostic::to_string).collect(),
    };
    value(&CheckDocument { schema: "onceproof.check/1", files: files.map(part).collect() })
}

/// The JSON Schema of the document of `check`.
pub fn check_schema() -> Value {
    schema_of::<CheckDocument>()
}
