//! The faults that fired in a run, written down, are that run: with the same seed, no odds and these faults
//! alone, everything happens again at the same times. Also after a detour through a scenario file.

use super::cases::{Case, MOVING, cases};
use super::check;
use super::faults::{Climate, Strike, climates, on, strikes};
use onceproof::scenario::{Scenario, faults_as_toml};
use onceproof_sim::fault::Climate as Odds;
use onceproof_sim::outcome::Outcome;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;
use std::path::Path;

/// Designs that hold, and designs that fail: their runs are what is saved.
const DESIGNS: [&str; 5] =
    ["", "dedup = \"off\"", "outputs = \"recompute\"", "ack = \"on-receipt\"", "re-ack = false"];

fn runs() -> impl Strategy<Value = (Case, Climate, Vec<Strike>)> {
    (cases(MOVING), climates(), vec(strikes(), 0..=3), select(&DESIGNS[..])).prop_map(
        |(mut case, climate, strikes, design)| {
            case.mechanism = design;
            // Without dedup, retries of retries may grow without end.
            case.events = 4_000;
            case.climate = climate.lines(&case.steps(), case.workers);
            (case, climate, strikes)
        },
    )
}

fn run(case: &Case, strikes: &[Strike]) -> (Scenario, Outcome) {
    let scenario = case.scenario();
    let run = |faults| {
        let trial = scenario.trial.with(|plan| plan.faults = faults);
        trial.simulator().detail(scenario.seed)
    };
    let mut faults = on(strikes, &scenario.trial);
    let mut outcome = run(faults.clone());
    // As long as a fault may still come, a run is not known to be stuck; those that never do are left out.
    while let Some(unfired) = outcome.unfired.pop() {
        faults.remove(unfired);
        if outcome.unfired.is_empty() {
            outcome = run(faults.clone());
        }
    }
    (scenario, outcome)
}

/// The faults of the first run, as they are written, and what happened when they were replayed.
fn is_same(scenario: &Scenario, first: &Outcome, again: &Outcome) -> Result<(), TestCaseError> {
    let schedule = || faults_as_toml(&first.schedule, scenario.trial.layout());
    prop_assert!(again.unfired.is_empty(), "{:?} did not fire of\n{}", again.unfired, schedule());
    prop_assert_eq!(first.brief.ledger, again.brief.ledger, "{}", schedule());
    prop_assert_eq!(first.brief.fingerprint, again.brief.fingerprint, "{}", schedule());
    prop_assert_eq!(&first.steps, &again.steps, "{}", schedule());
    Ok(())
}

/// The same through a file, which is written once more from itself without a change.
fn is_same_when_saved(scenario: &Scenario, first: &Outcome) -> Result<(), TestCaseError> {
    let path = Path::new("saved.toml");
    let classes = first.brief.classes;
    let text = scenario.saved_failure(scenario.seed, &first.schedule, classes, path);
    let saved = match Scenario::parse(&text, path) {
        Ok(saved) => saved,
        Err(error) => return Err(TestCaseError::fail(format!("{error}"))),
    };
    prop_assert_eq!(saved.seed, scenario.seed);
    let again = saved.trial.simulator().detail(saved.seed);
    is_same(scenario, first, &again)?;
    let once_more = saved.saved_failure(saved.seed, &saved.trial.plan.faults, classes, path);
    prop_assert_eq!(once_more, text);
    Ok(())
}

#[test]
fn the_schedule_of_a_run_replays_it_and_so_does_the_failure_that_is_saved_from_it() {
    // One case in four goes through a file, which takes longer: also the least one, to which one that fails is shrunk. That
    // whatever is written is read as it was, `files::rewrite` checks, too.
    check(2000, (runs(), 0..4_u32), |((case, _, strikes), way)| {
        let (scenario, first) = run(&case, &strikes);
        let trial = scenario.trial.with(|plan| {
            plan.faults = first.schedule.clone();
            plan.climate = Odds::default();
        });
        let again = trial.simulator().detail(scenario.seed);
        is_same(&scenario, &first, &again)?;
        if way == 0 { is_same_when_saved(&scenario, &first) } else { Ok(()) }
    });
}
