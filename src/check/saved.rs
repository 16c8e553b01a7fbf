//! The failures that checks save, in a folder of the crate whose tests they are. A check runs its own again before
//! anything else.

use super::message::{Failed, broken, of_shrunk, saved};
use super::search::Failing;
use crate::explain::{Explanation, explanation_text};
use crate::report::style::plain;
use crate::report::table::{WIDTH, fitted_to};
use crate::report::trace_text::traced;
use crate::report::words::fault_in_words;
use crate::scenario::{FailureText, SavedFailure, failure_text};
use crate::search::chance::Chance;
use crate::search::shrink::bench::Watch;
use crate::search::shrink::{Refusal, Shrunk, shrink_trial};
use crate::write::write_numbered;
use onceproof_sim::outcome::{Class, Outcome, Verdict};
use onceproof_systems::Trial;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The folder beside `Cargo.toml`.
pub(super) const FOLDER: &str = "onceproof-regressions";

/// Whose failures these are, and where.
pub(super) struct Shelf {
    /// The folder.
    pub folder: PathBuf,
    /// The folder as it is told: seen from the crate.
    pub shown: PathBuf,
    /// The test; empty if its name is not known.
    pub test: String,
    /// The name of the check.
    pub check: String,
}

impl Shelf {
    /// The failures of this check that were saved, in the order of their names.
    ///
    /// # Errors
    /// The folder or one of its files cannot be read.
    pub fn own(&self) -> Result<Vec<SavedFailure>, String> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(format!("{}: {error}", self.folder.display())),
        };
        let mut paths = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| format!("{}: {error}", self.folder.display()))?;
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                paths.push(path);
            }
        }
        paths.sort_unstable();
        let mut own = Vec::new();
        for path in paths {
            let read = SavedFailure::read(&path).map_err(|error| error.to_string())?;
            own.extend(read.filter(|failure| self.is_own(failure)));
        }
        Ok(own)
    }

    /// The failure in this file, if it is one of this check.
    ///
    /// # Errors
    /// It cannot be read, or it is no saved failure.
    pub fn asked_for(&self, path: &Path) -> Result<Option<SavedFailure>, String> {
        let read = SavedFailure::read(path).map_err(|error| error.to_string())?;
        let none = || format!("ONCEPROOF_REPLAY: {} is no failure of a test", path.display());
        let failure = read.ok_or_else(none)?;
        Ok(Some(failure).filter(|failure| self.is_own(failure)))
    }

    /// A test whose name is not known on either side is told by its check.
    fn is_own(&self, failure: &SavedFailure) -> bool {
        let is_same_test =
            failure.test == self.test || failure.test.is_empty() || self.test.is_empty();
        is_same_test && failure.check == self.check
    }

    /// Runs a saved failure again, and prints its trace if that is asked for.
    ///
    /// # Errors
    /// It fails again, or it is not known whether it does.
    pub fn replay(
        &self,
        failure: &SavedFailure,
        trial: &Trial,
        with_trace: bool,
    ) -> Result<(), String> {
        let shown = self.shown.join(failure.path.file_name().unwrap_or_default());
        let stale = |why: &str| {
            let help = "If that is as it should be, delete the file.";
            let head = format!("the saved failure {} is stale:", shown.display());
            format!("{}: {head}\n{}\n{help}", self.check, why.trim_end())
        };
        let (trial, seed) = failure.of(trial).map_err(|error| stale(&error.to_string()))?;
        let outcome = match with_trace {
            false => trial.simulator().detail(seed),
            true => {
                let (outcome, lines) = traced(&mut trial.simulator(), seed);
                lines.iter().for_each(|line| println!("{line}"));
                outcome
            }
        };
        match outcome.brief.verdict {
            Verdict::Violated => {
                let why = with_trace.then(|| explained(&trial, seed)).flatten();
                let again = self.fails_again(&shown, &trial, seed, &outcome);
                Err(again + &why.unwrap_or_default())
            }
            Verdict::Inconclusive => Err(stale("its run hits a limit")),
            Verdict::ExactlyOnce => match outcome.unfired.first() {
                Some(&fault) => Err(stale(&format!(
                    "its fault number {} finds no place any more: {}",
                    fault + 1,
                    fault_in_words(&trial.plan.faults[fault], &trial)
                ))),
                None => Ok(()),
            },
        }
    }

    fn fails_again(
        &self,
        shown: &Path,
        trial: &Trial,
        seed: Option<u64>,
        outcome: &Outcome,
    ) -> String {
        let mut sentences = vec!["It was saved by an earlier run, and fails again.".to_owned()];
        sentences.extend(broken(outcome));
        let failed = Failed { name: &self.check, trial, seed, outcome, sentences };
        format!("{}{}", failed.text(), saved(shown, &self.test))
    }

    /// Shrinks a failure and saves it; what there is to say of it.
    pub fn keep(&self, failing: &Failing) -> String {
        let shrunk = match shrunk(failing, &[]) {
            Ok(shrunk) => shrunk,
            Err(why) => return format!("{}: {why}", self.check),
        };
        let text = told(&self.check, &shrunk, &failing.origin);
        match self.save(&shrunk, failing) {
            Ok(path) => {
                let shown = self.shown.join(path.file_name().unwrap_or_default());
                format!("{text}{}", saved(&shown, &self.test))
            }
            Err(why) => format!("{text}not saved: {why}\n"),
        }
    }

    fn save(&self, shrunk: &Shrunk, failing: &Failing) -> Result<PathBuf, String> {
        let case = &shrunk.case;
        let has_generated = Chance::of(&failing.trial).input;
        let class = shrunk.goal.class;
        let mut sentences = of_shrunk(shrunk, &failing.origin);
        let kept = "The test runs it again before anything else, as long as this file is here.";
        sentences.push(kept.to_owned());
        let lines = sentences.iter().flat_map(|sentence| {
            let fitted = fitted_to(WIDTH - 2, sentence);
            fitted.lines().map(str::to_owned).collect::<Vec<_>>()
        });
        let head: Vec<String> = lines.collect();
        let text = FailureText {
            head: &head,
            test: &self.test,
            check: &self.check,
            class,
            seed: case.seed,
            input_seed: failing.seed.filter(|_| has_generated),
            rows: &case.rows,
            faults: &case.faults,
        };
        let text = failure_text(&text, case.subject.trial());
        fs::create_dir_all(&self.folder)
            .map_err(|error| format!("{}: {error}", self.folder.display()))?;
        let written = write_numbered(&self.folder, &self.stem(class.word()), &text);
        written.map_err(|(path, error)| format!("{}: {error}", path.display()))
    }

    /// `outbox-orders_are_paid_once-duplicated`, by the test or else by the check; whose it is stands in the file.
    fn stem(&self, class: &str) -> String {
        let name = if self.test.is_empty() { &self.check } else { &self.test };
        let mut stem = String::new();
        for part in [name, class] {
            if !stem.is_empty() {
                stem.push('-');
            }
            for character in part.chars() {
                match character {
                    _ if character.is_alphanumeric() || character == '_' => stem.push(character),
                    _ if stem.ends_with('-') => {}
                    _ => stem.push('-'),
                }
            }
        }
        stem
    }
}

/// Why a run fails: its story, beside the nearest run that holds.
fn explained(trial: &Trial, seed: Option<u64>) -> Option<String> {
    let explanation = Explanation::of(trial, None, seed, None, Watch::none()).ok()?;
    Some(format!("\n{}", plain(&explanation_text(&explanation))))
}

/// The smallest failure.
///
/// # Errors
/// It does not fail again.
pub(super) fn shrunk(failing: &Failing, asked: &[Class]) -> Result<Shrunk, String> {
    let outcome = failing.trial.simulator().detail(failing.seed);
    let trial = failing.trial.with(|plan| {
        // Of several properties the one that is broken is followed.
        if let Some(broken) = &outcome.broken {
            plan.properties = plan.properties.only(&broken.name);
        }
    });
    shrink_trial(&trial, asked, failing.seed, Watch::none()).map_err(|refusal| {
        let why = match refusal {
            Refusal::Holds => "it holds when it is run again",
            Refusal::Inconclusive => "it hits a limit when it is run again",
            Refusal::DoesNotReplay => "its faults, written out, do not fail in the same way",
            #[cfg(feature = "cli")]
            Refusal::Scenario(error) => return error.to_string(),
        };
        format!("not deterministic: {} failed, and {why}", failing.origin)
    })
}

/// What there is to say of a smallest failure.
pub(super) fn told(name: &str, shrunk: &Shrunk, origin: &str) -> String {
    let case = &shrunk.case;
    let trial = case.trial(u64::MAX).with(|plan| plan.faults = case.faults.clone());
    let sentences = of_shrunk(shrunk, origin);
    let (seed, outcome) = (case.seed, &shrunk.outcome);
    Failed { name, trial: &trial, seed, outcome, sentences }.text()
}
