//! What each command found, as cases.

use super::{Gravity, Problem, TestCase};
use crate::figures::grouped;
use crate::report::exhaust_text;
use crate::report::expectation::{Comparison, expected_in_words};
use crate::report::failures::FailedRun;
use crate::report::heading::difference_in_words;
use crate::report::not_shown::{NotShown, not_shown_text};
use crate::report::regressions::regression_in_words;
use crate::report::shell::{check_command, replay_command, with_folders};
use crate::report::style::plain;
use crate::report::sweep_text::{unfired_in_words, verdict};
use crate::report::table::JOINT;
use crate::report::words::fault_in_words;
use crate::report::{ExhaustReport, SweepReport, class_list};
use crate::scenario::{Demand, Diagnostic, Expect, Scenario, ScenarioError, Unmet};
use crate::search::regressions::{Replay, Replayed};
use crate::search::tally::{Seeds, Sweep};
use std::path::Path;

/// The most problems of a case that are told one by one.
const MOST_PROBLEMS: usize = 20;

/// What a file expects, and the line of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpectLine {
    /// What that is.
    expect: Expect,
    /// The line of it.
    line: usize,
}

impl ExpectLine {
    /// Of a scenario as its file says.
    pub fn of(scenario: &Scenario) -> ExpectLine {
        let Scenario { expect, .. } = scenario;
        ExpectLine { expect: expect.clone(), line: scenario.line_of(Demand::Found) }
    }
}

impl TestCase {
    /// A scenario that was tested, with the run that fails, if one does.
    pub fn of_test(
        scenario: &Scenario,
        sweep: &Sweep,
        found: &Comparison,
        failed: Option<&FailedRun>,
    ) -> TestCase {
        let gravity = if found.deterministic { Gravity::Failure } else { Gravity::Error };
        let problem = |unmet: &Unmet| {
            at(scenario.line_of(unmet.demand), gravity, &scenario.path, &unmet.words)
        };
        TestCase {
            expected: Some(found.expected.clone()),
            found: found.found.clone(),
            runs: Some(found.runs),
            failing_seed: found.seed.flatten(),
            faults: failed.map(|failed| failed.faults().to_vec()).unwrap_or_default(),
            replay: Some(found.replay.clone()),
            problems: first_told(&found.failures, problem),
            ..swept(&scenario.path, &scenario.name, sweep)
        }
    }

    /// A saved failure that was run again, with what did it, if that was looked for. One that fails may be what its
    /// scenario expects.
    pub fn of_saved(
        scenario: &Scenario,
        expect_line: &ExpectLine,
        (saved, replayed): (&Scenario, &Replayed),
        failed: Option<&FailedRun>,
        is_expected: bool,
    ) -> TestCase {
        let (line, file) = (expect_line.line, &scenario.path);
        let words = regression_in_words(replayed).unwrap_or_default();
        let (found, problem) = match &replayed.result {
            Replay::Holds => ("exactly-once".to_owned(), None),
            Replay::Fails(classes) => {
                let problem = at(line, Gravity::Failure, file, &words);
                (class_list(classes.iter()), (!is_expected).then_some(problem))
            }
            Replay::Inconclusive => {
                ("inconclusive".to_owned(), Some(at(line, Gravity::Error, file, &words)))
            }
            Replay::Stale(_) => {
                let problem = at(1, Gravity::Error, &replayed.path, &words);
                ("stale".to_owned(), Some(Problem { line: replayed.line, ..problem }))
            }
        };
        let replay = replay_command(&replayed.path);
        TestCase {
            scenario: file.clone(),
            saved: Some(replayed.path.clone()),
            name: scenario.name.clone(),
            expected: Some(expected_in_words(&expect_line.expect)),
            found,
            seeds: saved.seed.map(|seed| seed.to_string()),
            runs: Some(1),
            failing_seed: None,
            faults: failed.map(|failed| failed.faults().to_vec()).unwrap_or_default(),
            replay: Some(with_folders(replay, &saved.folders_to_allow(&replayed.path))),
            problems: problem.into_iter().collect(),
        }
    }

    /// A scenario that was checked and found well formed.
    pub fn of_check(scenario: &Scenario) -> TestCase {
        let warning = |warning| told(&scenario.path, warning, Gravity::Warning);
        TestCase {
            expected: Some(expected_in_words(&scenario.expect)),
            found: "well formed".to_owned(),
            problems: scenario.warnings.iter().map(warning).collect(),
            ..not_run(&scenario.path, &scenario.name)
        }
    }

    /// A file that cannot be used.
    pub fn unusable(path: &Path, error: &ScenarioError) -> TestCase {
        let (found, problems) = match error {
            ScenarioError::Bad(wrong) => {
                let problem = |wrong: &Diagnostic| told(path, wrong, Gravity::Error);
                ("bad scenario", first_told(wrong, problem))
            }
            ScenarioError::Io { .. } => {
                let problem = at(1, Gravity::Error, path, &error.to_string());
                ("cannot be read", vec![Problem { line: None, ..problem }])
            }
        };
        TestCase {
            found: found.to_owned(),
            replay: Some(check_command(path)),
            problems,
            ..not_run(path, &super::shown(path))
        }
    }

    /// A sweep. It fails on what its command ends badly on, whatever the file expects.
    pub fn of_sweep(
        report: &SweepReport,
        expect_line: &ExpectLine,
        failed: Option<&FailedRun>,
    ) -> TestCase {
        let SweepReport { subject, sweep, replay, shortfalls, strict, .. } = *report;
        let problem = |gravity, words: &str| at(expect_line.line, gravity, subject.path, words);
        let found = plain(&verdict(sweep));
        let mut problems = Vec::new();
        if let Some(difference) = &sweep.difference {
            let words = format!("not deterministic: {}", difference_in_words(difference));
            problems.push(problem(Gravity::Error, &words));
        }
        if sweep.violated > 0 {
            problems.push(problem(Gravity::Failure, &found));
        } else if sweep.inconclusive > 0 || sweep.runs == 0 {
            problems.push(problem(Gravity::Error, &found));
        }
        if strict {
            let unfired = unfired_in_words(sweep, subject.trial);
            let words = unfired.iter().chain(shortfalls);
            problems.extend(words.map(|words| problem(Gravity::Failure, words)));
        }
        problems.extend(not_shown(report.not_shown, expect_line, subject.path));
        let classes = class_list(sweep.found().iter());
        TestCase {
            expected: Some(expected_in_words(&expect_line.expect)),
            found: if classes.is_empty() { found } else { classes },
            runs: Some(sweep.runs),
            failing_seed: sweep.failing.first().copied().flatten(),
            faults: failed.map(|failed| failed.faults().to_vec()).unwrap_or_default(),
            replay: replay.map(str::to_owned),
            problems,
            ..swept(subject.path, subject.name, sweep)
        }
    }

    /// An exhaustive search. Its first cause is one of the smallest.
    pub fn of_search(report: &ExhaustReport, expect_line: &ExpectLine) -> TestCase {
        let ExhaustReport { subject, seed, found, spent, replay, .. } = *report;
        let words = plain(&exhaust_text::verdict(found, spent));
        let problem = |gravity| at(expect_line.line, gravity, subject.path, &words);
        let first = found.causes.first();
        let problem = match first {
            Some(_) => Some(problem(Gravity::Failure)),
            None => (!found.is_complete()).then(|| problem(Gravity::Error)),
        };
        let not_shown = not_shown(report.not_shown, expect_line, subject.path);
        let in_words = |fault| fault_in_words(fault, subject.trial);
        let faults = first.into_iter().flat_map(|cause| &cause.faults).map(in_words);
        TestCase {
            expected: Some(expected_in_words(&expect_line.expect)),
            found: match first {
                Some(cause) => class_list(cause.classes.iter()),
                None => words.lines().next().unwrap_or_default().to_owned(),
            },
            seeds: seed.map(|seed| seed.to_string()),
            runs: Some(found.total().runs),
            failing_seed: seed.filter(|_| first.is_some()),
            faults: faults.collect(),
            replay: replay.map(str::to_owned),
            problems: problem.into_iter().chain(not_shown).collect(),
            ..not_run(subject.path, subject.name)
        }
    }
}

/// The first of many problems, and at the last of them how many more there are.
fn first_told<T>(all: &[T], problem: impl Fn(&T) -> Problem) -> Vec<Problem> {
    let mut problems: Vec<Problem> = all.iter().take(MOST_PROBLEMS).map(problem).collect();
    let more = all.len() - problems.len();
    if let (Some(last), true) = (problems.last_mut(), more > 0) {
        last.words.push_str(&format!("\nand {} more", grouped(more as u64)));
    }
    problems
}

/// A scenario of which nothing was found yet.
fn not_run(path: &Path, name: &str) -> TestCase {
    TestCase {
        scenario: path.to_owned(),
        saved: None,
        name: name.to_owned(),
        expected: None,
        found: String::new(),
        seeds: None,
        runs: None,
        failing_seed: None,
        faults: Vec::new(),
        replay: None,
        problems: Vec::new(),
    }
}

/// The same, run under these seeds.
fn swept(path: &Path, name: &str, sweep: &Sweep) -> TestCase {
    let seeds = match &sweep.seeds {
        Seeds::Range(seeds) => Some(format!("{}..{}", seeds.start, seeds.end)),
        Seeds::One(seed) => seed.map(|seed| seed.to_string()),
    };
    TestCase { seeds, ..not_run(path, name) }
}

/// That a file expects what was not met.
fn not_shown(of: Option<&NotShown>, expect_line: &ExpectLine, file: &Path) -> Option<Problem> {
    let words = plain(&not_shown_text(of)).replace(JOINT, " ");
    of.map(|_| at(expect_line.line, Gravity::Warning, file, words.trim_end()))
}

fn at(line: usize, gravity: Gravity, file: &Path, words: &str) -> Problem {
    let (file, words) = (file.to_owned(), words.to_owned());
    Problem { gravity, file, line: Some(line), column: None, words }
}

/// Something wrong with a scenario, or with a file that it names.
fn told(scenario: &Path, wrong: &Diagnostic, gravity: Gravity) -> Problem {
    let mut words = wrong.reason();
    words.extend(wrong.help_text().map(|help| format!("\n{help}")));
    let file = wrong.file_of(scenario);
    Problem { column: wrong.column(), ..at(wrong.line(), gravity, &file, &words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_problems_the_first_are_told_and_the_others_counted() {
        let check = |many: usize, told: usize, last: &str| {
            let all: Vec<usize> = (1..=many).collect();
            let problem = |&line: &usize| at(line, Gravity::Failure, Path::new("a"), "wrong");
            let problems = first_told(&all, problem);
            assert_eq!(problems.len(), told);
            assert_eq!(problems.last().map(|problem| problem.words.as_str()), Some(last));
        };
        check(1, 1, "wrong");
        check(20, 20, "wrong");
        check(1_021, 20, "wrong\nand 1,001 more");
    }
}
