//! Test cases, written as is asked for. For GitHub a summary of the step is appended, too, where the runner says where.

use crate::cli::CaseFormat;
use crate::ending::Error;
use crate::output::Printer;
use onceproof::report::cases::{
    ExpectLine, TestCase, TestCases, Workspace, cases_markdown, cases_summary, github, junit,
};
use onceproof::report::failures::FailedRun;
use onceproof::report::shell::replay_command;
use onceproof::scenario::{Scenario, ScenarioError};
use onceproof::search::regressions::{Replay, Replayed};
use std::env;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// The most bytes of the summary of a step. GitHub shows nothing of a longer one.
const MOST_BYTES: usize = 1024 * 1024;

/// The variable that names the file to which the summary of a step is appended.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// Writes what a command found.
///
/// # Errors
/// The summary cannot be appended, or there is no current folder.
pub fn write(
    command: &'static str,
    cases: Vec<TestCase>,
    format: CaseFormat,
    output: &mut Printer,
) -> Result<(), Error> {
    let found = TestCases { command, cases };
    match format {
        CaseFormat::Markdown => output.text(&cases_markdown(&found)),
        CaseFormat::Junit => output.text(&junit(&found)),
        CaseFormat::Github => {
            output.text(&github(&found, &workspace()?));
            output.flush();
            if let Some(file) = env::var_os(STEP_SUMMARY).filter(|file| !file.is_empty()) {
                let file = PathBuf::from(file);
                append(&file, &found).map_err(|error| {
                    let what = format!("the summary that ${STEP_SUMMARY} asks for: {error}");
                    Error::io(&file)(io::Error::new(error.kind(), what))
                })?;
            }
        }
    }
    Ok(())
}

/// The cases of scenarios that cannot be used, where a command needs all that it was given.
///
/// # Errors
/// Those of [`write`].
pub fn write_unusable(
    command: &'static str,
    errors: &[ScenarioError],
    format: CaseFormat,
    output: &mut Printer,
) -> Result<(), Error> {
    let cases = errors.iter().map(|error| TestCase::unusable(&error.file(), error));
    write(command, cases.collect(), format, output)
}

/// The saved failures of a scenario that were run again. Whether it is expected that they fail says `is_expected`; of one
/// that does and should not it is found out what did it.
pub fn cases_of_saved(
    expect_line: &ExpectLine,
    scenario: &Scenario,
    regressions: &[Scenario],
    replayed: &[Replayed],
    is_expected: bool,
    cancel: &AtomicBool,
) -> Vec<TestCase> {
    let case = |replayed: &Replayed| {
        let saved = regressions.iter().find(|saved| saved.path == replayed.path)?;
        let failed = match &replayed.result {
            Replay::Fails(_) if !is_expected => saved.as_of(scenario).ok(),
            Replay::Fails(_) | Replay::Holds | Replay::Inconclusive | Replay::Stale(_) => None,
        };
        let failed = failed
            .map(|now| FailedRun::of(&now.trial, now.seed, replay_command(&saved.path), cancel));
        let run = (saved, replayed);
        Some(TestCase::of_saved(scenario, expect_line, run, failed.as_ref(), is_expected))
    };
    replayed.iter().filter_map(case).collect()
}

/// Where the repository is, for annotations.
fn workspace() -> Result<Workspace, Error> {
    let here = env::current_dir().map_err(Error::io(Path::new(".")))?;
    let root = env::var_os("GITHUB_WORKSPACE").filter(|root| !root.is_empty());
    Ok(Workspace { here, root: root.map(PathBuf::from) })
}

/// Appends the summary to what other commands of the step have written.
fn append(path: &Path, found: &TestCases) -> io::Result<()> {
    let mut file = File::options().append(true).create(true).open(path)?;
    let metadata = file.metadata()?;
    let there = usize::try_from(metadata.len()).unwrap_or(MOST_BYTES);
    let mut summary = cases_summary(found, MOST_BYTES.saturating_sub(there));
    if there > 0 {
        summary.insert(0, '\n');
    }
    file.write_all(summary.as_bytes())?;
    // Only a file tells later that it finds no room.
    if metadata.is_file() { file.sync_all() } else { Ok(()) }
}
