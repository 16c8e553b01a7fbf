//! Laws: what holds for every pipeline, every input and every schedule of faults, checked on random small
//! ones. Each law runs the same cases every time. A failing case is shrunk and prints the scenario file
//! that shows it.

#[path = "laws/cases.rs"]
mod cases;
#[path = "laws/faults.rs"]
mod faults;
#[path = "laws/naive.rs"]
mod naive;
#[path = "laws/exactly_once.rs"]
mod exactly_once;
#[path = "laws/designs.rs"]
mod designs;
#[path = "laws/found.rs"]
mod found;
#[path = "laws/waits.rs"]
mod waits;
#[path = "laws/replay.rs"]
mod replay;
#[path = "laws/independence.rs"]
mod independence;
#[path = "laws/files/mod.rs"]
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
