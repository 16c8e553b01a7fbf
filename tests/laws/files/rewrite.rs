//! What is written of a file says what the file says: a saved failure, the input written out, a design that
//! changes nothing, the file of today with the shape of a failure, and the weathers of a swarm.

use super::draw::{Drawn, files};
use super::evaluate::{Run, evaluate};
use super::file::File;
use super::judge::judge;
use super::{cases, read, within_limits};
use crate::laws::check;
use onceproof::scenario::{Changes, Scenario, ScenarioError};
use onceproof::search::space::bare;
use onceproof::search::swarm::Swarm;
use onceproof_sim::outcome::{Outcome, Verdict};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

type Written = Result<Scenario, ScenarioError>;

fn run(scenario: &Scenario, seed: Option<u64>) -> Outcome {
    within_limits(scenario.trial.clone()).simulator().detail(seed)
}

/// What is written is a scenario.
fn reread(what: &str, written: Written) -> Result<Scenario, TestCaseError> {
    written.map_err(|error| TestCaseError::fail(format!("{what}: {error}")))
}

/// It runs as the file does.
fn is_the_same(
    what: &str,
    written: &Scenario,
    seed: Option<u64>,
    first: &Outcome,
) -> Result<(), TestCaseError> {
    let again = run(written, seed);
    prop_assert!(
        again.unfired.is_empty(),
        "{what}: {:?} did not fire\n{}",
        again.unfired,
        written.text()
    );
    prop_assert_eq!(first.brief.ledger, again.brief.ledger, "{}:\n{}", what, written.text());
    prop_assert_eq!(&first.steps, &again.steps, "{}:\n{}", what, written.text());
    prop_assert_eq!(
        first.brief.fingerprint,
        again.brief.fingerprint,
        "{}:\n{}",
        what,
        written.text()
    );
    Ok(())
}

#[test]
fn what_is_written_of_a_file_runs_as_the_file_does() {
    check(cases() * 2, files(), |drawn: Drawn| {
        let scenario = read(&drawn.file(), "rewritten")?;
        let seed = Some(scenario.seed.unwrap_or(1));
        let first = run(&scenario, seed);
        let path = scenario.path.with_file_name("saved.toml");
        let text = scenario.saved_failure(seed, &first.schedule, first.brief.classes, &path);
        let saved = reread("saved", Scenario::parse(&text, &path))?;
        is_the_same("saved", &saved, saved.seed, &first)?;
        let today = reread("as it is now", saved.as_of(&scenario))?;
        is_the_same("as it is now", &today, saved.seed, &first)?;
        let redesigned = reread("redesigned", scenario.redesigned(&Changes::of_mechanism("")))?;
        is_the_same("redesigned", &redesigned, seed, &first)
    });
}

#[test]
fn an_input_that_is_written_out_is_the_same_input() {
    check(cases() * 2, files(), |drawn: Drawn| {
        let file = drawn.file();
        let scenario = read(&file, "written-out")?;
        for seed in [None, Some(3)] {
            let written = reread("written out", scenario.written_out(seed))?;
            let trial = within_limits(bare(&written.trial));
            let found = evaluate(&file, Run { seed, may_fail: false, has_faults: false });
            let outcome = trial.simulator().detail(seed);
            judge(&file, &found, &outcome)
                .map_err(|error| TestCaseError::fail(format!("{error}\n{}", written.text())))?;
        }
        Ok(())
    });
}

/// A storm may have no end; then nothing is said of it.
#[test]
fn in_any_weather_every_record_is_accounted_for() {
    check(cases() / 2, files(), |drawn: Drawn| {
        let file: File = drawn.file();
        let scenario = read(&file, "weather")?;
        let swarm = Swarm::new(&scenario);
        for seed in 0..2 {
            let weather = reread("weather", swarm.of(seed))?;
            let outcome = run(&weather, Some(seed));
            if outcome.brief.verdict != Verdict::Violated {
                continue;
            }
            let text = weather.text();
            let Outcome { damage, reason, .. } = outcome;
            prop_assert!(false, "{:?} {reason:?} {damage:?}\n{text}", outcome.brief);
        }
        Ok(())
    });
}
