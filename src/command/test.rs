//! `onceproof test`: every scenario against what it expects, one line each.
//!
//! A scenario with odds and without a seed is swept over the seeds of its `[sweep]`, any other is run
//! once. A sweep goes on until it knows: the first run that is not exactly-once, or the last class that
//! was expected, ends it. Where the file states figures, they are compared in every run that is made, and
//! a class that was found does not end it.

use super::{check_names, cores, load_regressions, threads};
use crate::cli::{Common, Format, TestArgs};
use crate::ending::{Ending, Error, scenario_ending};
use crate::output::{Printer, complain};
use crate::paths;
use onceproof::report::expectation::{
    Comparison, compared, comparison_json, comparison_text, unusable_text,
};
use onceproof::report::regressions::regression_in_words;
use onceproof::scenario::{Expect, Readable, Scenario, ScenarioError};
use onceproof::search::as_stated::{seeds_of, tested as as_stated};
use onceproof::search::regressions::{Replay, replay};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

/// Tests every scenario that the paths select, several at a time. Lines come in the order of the paths.
///
/// # Errors
/// The paths cannot be read or select nothing.
pub fn test(args: &TestArgs, common: Common, output: &mut Printer) -> Result<Ending, Error> {
    let paths = paths::select(&args.paths)?;
    let readable = args.files.readable()?;
    let mut most = paths.len() as u64;
    if most < cores(args.jobs) as u64 {
        // Each scenario may keep as many threads busy as it has seeds.
        let scenarios = paths.iter().filter_map(|path| Scenario::load_with(path, &readable).ok());
        most =
            scenarios.map(|scenario| seeds_of(&scenario).count()).fold(most, u64::saturating_add);
    }
    let threads = threads(args.jobs, most)?;
    let of = paths.iter().map(PathBuf::as_path);
    let regressions = load_regressions(&args.regressions, &args.files, of)?;
    if !regressions.is_empty() {
        let scenarios = paths.iter().filter_map(|path| Scenario::load_with(path, &readable).ok());
        let scenarios: Vec<Scenario> = scenarios.collect();
        let names = scenarios.iter().map(|scenario| (scenario.name.as_str(), &*scenario.path));
        check_names(&regressions, names)?;
    }
    let cancel = AtomicBool::new(false);
    let mut tally = Tally::new(common);
    // First in, first out, so that the first lines come first.
    threads.in_place_scope_fifo(|scope| {
        let (sender, receiver) = mpsc::channel();
        for (number, path) in paths.iter().enumerate() {
            let (sender, cancel, regressions) = (sender.clone(), &cancel, &regressions);
            let readable = &readable;
            scope.spawn_fifo(move |_| {
                // The receiver outlives the senders, so there is always someone to take it.
                let tested = tested(path, readable, regressions, common.strict, cancel);
                let _ = sender.send((number, tested));
            });
        }
        drop(sender);
        for (path, tested) in in_order(&paths, receiver) {
            tally.add(path, tested, output);
            if !output.is_open() {
                cancel.store(true, Ordering::Relaxed);
            }
        }
    });
    tally.close(output);
    Ok(tally.ending())
}

type Tested = Result<Comparison, ScenarioError>;

/// What comes in as it is done, in the order of the paths.
fn in_order(
    paths: &[PathBuf],
    receiver: mpsc::Receiver<(usize, Tested)>,
) -> impl Iterator<Item = (&Path, Tested)> {
    let mut early = BTreeMap::new();
    paths.iter().enumerate().map_while(move |(number, path)| {
        while !early.contains_key(&number) {
            let (done, tested) = receiver.recv().ok()?;
            early.insert(done, tested);
        }
        early.remove(&number).map(|tested| (path.as_path(), tested))
    })
}

/// Runs a scenario as often as it takes, and compares what was found with what it expects.
fn tested(
    path: &Path,
    readable: &Readable,
    saved: &[Scenario],
    strict: bool,
    cancel: &AtomicBool,
) -> Tested {
    let scenario = Scenario::load_with(path, readable)?;
    let replayed = replay(&scenario, saved);
    let sweep = as_stated(&scenario, cancel);
    let mut comparison = compared(&scenario, &sweep, strict);
    for replayed in &replayed {
        // A scenario that expects a violation keeps the failures that showed it.
        let is_expected = matches!(replayed.result, Replay::Fails(_))
            && matches!(scenario.expect, Expect::Violates(_));
        if let Some(words) = regression_in_words(replayed).filter(|_| !is_expected) {
            comparison.failures.push(words);
        }
    }
    Ok(comparison)
}

/// What was found so far.
struct Tally {
    common: Common,
    passed: u64,
    failed: u64,
    /// How the command ends because of a scenario that cannot be used, or of one that is not
    /// deterministic.
    worse: Option<Ending>,
    documents: Vec<Value>,
}

impl Tally {
    fn new(common: Common) -> Tally {
        Tally { common, passed: 0, failed: 0, worse: None, documents: Vec::new() }
    }

    fn add(&mut self, path: &Path, tested: Tested, output: &mut Printer) {
        let passed = matches!(&tested, Ok(comparison) if comparison.failures.is_empty());
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
        match &tested {
            Ok(comparison) if !comparison.deterministic => {
                self.worse = Some(Ending::NotDeterministic)
            }
            Ok(_) => {}
            Err(error) => {
                self.worse.get_or_insert(scenario_ending(error));
            }
        }
        match (self.common.format, tested) {
            (Format::Text, Ok(comparison)) => {
                output.text(&comparison_text(&comparison));
                output.flush();
            }
            (Format::Text, Err(error)) => {
                let why = match &error {
                    ScenarioError::Bad(..) => "bad scenario",
                    ScenarioError::Io { .. } => "cannot be read",
                };
                output.text(&unusable_text(path, why));
                output.flush();
                complain(error.to_string().trim_end());
            }
            (Format::Json, Ok(comparison)) => self.documents.push(comparison_json(&comparison)),
            (Format::Json, Err(error)) => self.documents.push(json!({
                "path": path.to_string_lossy(),
                "passed": false,
                "error": error.to_string(),
            })),
        }
    }

    fn close(&mut self, output: &mut Printer) {
        let Tally { passed, failed, .. } = *self;
        match self.common.format {
            Format::Text => output.line(&format!("{passed} passed, {failed} failed")),
            Format::Json => output.document(&json!({
                "schema": "onceproof.test/1",
                "passed": passed,
                "failed": failed,
                "scenarios": std::mem::take(&mut self.documents),
            })),
        }
    }

    fn ending(&self) -> Ending {
        match self.worse {
            Some(ending) => ending,
            None if self.failed > 0 => Ending::Violated,
            None => Ending::AsExpected,
        }
    }
}
