//! `onceproof test`: every scenario against what it expects, one line each.
//!
//! A scenario with odds and without a seed is swept over the seeds of its `[sweep]`, any other is run
//! once. A sweep goes on until it knows: the first run that is not exactly-once, or the last class that
//! was expected, ends it. Where the file states figures, they are compared in every run that is made, and
//! a class that was found does not end it.

use super::cases::{cases_of_saved, write};
use super::{check_names, load_regressions, threads};
use crate::cli::{Common, Format, TestArgs};
use crate::ending::{Ending, Error, scenario_ending};
use crate::output::{Printer, complain};
use crate::paths;
use onceproof::report::cases::{ExpectLine, TestCase};
use onceproof::report::expectation::{Comparison, compared, comparison_text, unusable_text};
use onceproof::report::failures::FailedRun;
use onceproof::report::regressions::regression_in_words;
use onceproof::report::test_json::test_json;
use onceproof::scenario::{Demand, Expect, Readable, Scenario, ScenarioError, Unmet};
use onceproof::search::as_stated::tested as as_stated;
use onceproof::search::regressions::{Replay, replay};
use onceproof::search::threads::Threads;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Tests every scenario that the paths select, several at a time. Lines come in the order of the paths.
///
/// # Errors
/// The paths cannot be read or select nothing, or the summary of a step cannot be written.
pub fn test(args: &TestArgs, common: Common, output: &mut Printer) -> Result<Ending, Error> {
    let paths = paths::select(&args.paths)?;
    let readable = args.files.readable()?;
    let threads = threads(args.jobs);
    let files_at_once = threads.at_most(paths.len() as u64);
    // Where a thread would be idle, the seeds of a file are run on several.
    let threads = if files_at_once == threads { Threads::ONE } else { threads };
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
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..files_at_once.count() {
            let (sender, next, cancel) = (sender.clone(), &next, &cancel);
            let (paths, readable, regressions) = (&paths, &readable, &regressions);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = paths.get(number) else { break };
                    let tested = tested(threads, path, readable, regressions, common, cancel);
                    // The receiver outlives the senders, so there is always someone to take it.
                    let _ = sender.send((number, tested));
                }
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
    tally.close(output)?;
    Ok(tally.ending())
}

/// What came of a scenario: with its saved failures as one line, and as cases if they are asked for.
struct Tested {
    comparison: Comparison,
    cases: Vec<TestCase>,
}

/// What comes in as it is done, in the order of the paths.
fn in_order(
    paths: &[PathBuf],
    receiver: mpsc::Receiver<(usize, Result<Tested, ScenarioError>)>,
) -> impl Iterator<Item = (&Path, Result<Tested, ScenarioError>)> {
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
    threads: Threads,
    path: &Path,
    readable: &Readable,
    saved: &[Scenario],
    common: Common,
    cancel: &AtomicBool,
) -> Result<Tested, ScenarioError> {
    let scenario = Scenario::load_with(path, readable)?;
    let replayed = replay(&scenario, saved);
    let sweep = as_stated(threads, &scenario, cancel);
    let mut comparison = compared(&scenario, &sweep, common.strict);
    // A scenario that expects a violation keeps the failures that showed it.
    let expects_it = matches!(scenario.expect, Expect::Violates(_));
    let mut cases = Vec::new();
    if common.cases.is_some() {
        let is_bad = !comparison.failures.is_empty() && sweep.violated > 0;
        let again = comparison.replay.clone();
        let seed = comparison.seed.filter(|_| is_bad);
        let failed = seed.map(|seed| FailedRun::of(&scenario.trial, seed, again, cancel));
        cases.push(TestCase::of_test(&scenario, &sweep, &comparison, failed.as_ref()));
        let expect_line = ExpectLine::of(&scenario);
        cases.extend(cases_of_saved(&expect_line, &scenario, saved, &replayed, expects_it, cancel));
    }
    for replayed in &replayed {
        let is_expected = expects_it && matches!(replayed.result, Replay::Fails(_));
        if let Some(words) = regression_in_words(replayed).filter(|_| !is_expected) {
            comparison.failures.push(Unmet::new(Demand::Found, words));
        }
    }
    Ok(Tested { comparison, cases })
}

/// What was found so far.
struct Tally {
    common: Common,
    /// How the command ends because of a scenario that cannot be used, or of one that is not
    /// deterministic.
    worse: Option<Ending>,
    all: Vec<(PathBuf, Result<Tested, ScenarioError>)>,
}

impl Tally {
    fn new(common: Common) -> Tally {
        Tally { common, worse: None, all: Vec::new() }
    }

    fn add(&mut self, path: &Path, tested: Result<Tested, ScenarioError>, output: &mut Printer) {
        match &tested {
            Ok(Tested { comparison, .. }) if !comparison.deterministic => {
                self.worse = Some(Ending::NotDeterministic)
            }
            Ok(_) => {}
            Err(error) => {
                self.worse.get_or_insert(scenario_ending(error));
            }
        }
        if let (None, Format::Text) = (self.common.cases, self.common.format) {
            say(path, &tested, output);
        }
        self.all.push((path.to_owned(), tested));
    }

    /// How many passed, and how many failed.
    fn counts(&self) -> (usize, usize) {
        let is_passed = |tested: &Result<Tested, ScenarioError>| matches!(tested, Ok(Tested { comparison, .. }) if comparison.failures.is_empty());
        let passed = self.all.iter().filter(|(_, tested)| is_passed(tested)).count();
        (passed, self.all.len() - passed)
    }

    fn close(&mut self, output: &mut Printer) -> Result<(), Error> {
        match (self.common.cases, self.common.format) {
            (Some(format), _) => {
                let cases = self.all.iter_mut().flat_map(|(path, tested)| match tested {
                    Ok(Tested { cases, .. }) => std::mem::take(cases),
                    Err(error) => vec![TestCase::unusable(path, error)],
                });
                write("test", cases.collect(), format, output)?;
            }
            (None, Format::Text) => {
                let (passed, failed) = self.counts();
                output.line(&format!("{passed} passed, {failed} failed"));
            }
            (None, Format::Json) => {
                let tested = self.all.iter().map(|(path, tested)| {
                    (path.as_path(), tested.as_ref().map(|Tested { comparison, .. }| comparison))
                });
                output.document(&test_json(tested));
            }
        }
        Ok(())
    }

    fn ending(&self) -> Ending {
        match self.worse {
            Some(ending) => ending,
            None if self.counts().1 > 0 => Ending::Violated,
            None => Ending::AsExpected,
        }
    }
}

/// The lines of a scenario.
fn say(path: &Path, tested: &Result<Tested, ScenarioError>, output: &mut Printer) {
    match tested {
        Ok(Tested { comparison, .. }) => {
            output.text(&comparison_text(comparison));
            output.flush();
        }
        Err(error) => {
            let why = match error {
                ScenarioError::Bad(..) => "bad scenario",
                ScenarioError::Io { .. } => "cannot be read",
            };
            output.text(&unusable_text(path, why));
            output.flush();
            complain(error.to_string().trim_end());
        }
    }
}
