//! Laws: what holds for every pipeline, every input and every schedule of faults, checked on random small
//! ones. Each law runs the same cases every time. A failing case is shrunk and prints the scenario file
//! that shows it.

mod batches;
mod cases;
mod faults;
mod naive;
mod exactly_once;
mod designs;
mod found;
mod waits;
mod replay;
mod independence;
mod files;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// Checks a law on so many random cases.
fn check<S: Strategy>(
    cases: u32,
    strategy: S,
    law: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    match runner(cases).run(&strategy, law) {
        Ok(()) => {}
        Err(TestError::Fail(reason, case)) => panic!("{reason}\nthe least case: {case:#?}"),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

/// What draws the cases: always the same ones, kept in no file.
fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        max_local_rejects: 10_000_000,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}
