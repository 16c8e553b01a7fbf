//! Strategies of proptest, as a law of a user has them: what holds holds for each of their cases, and what does not is
//! found and shrunk.

use super::*;
use onceproof::strategies::{inputs, schedules, surroundings, weathers};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// The least case of so many that breaks a law, if one does.
fn least<S: Strategy>(
    cases: u32,
    strategy: S,
    law: impl Fn(S::Value) -> Result<(), TestCaseError>,
) -> Option<S::Value> {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    match TestRunner::new_with_rng(config, rng).run(&strategy, law) {
        Ok(()) => None,
        Err(TestError::Fail(_, case)) => Some(case),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

fn an_order() -> impl Strategy<Value = Order> + Clone {
    (0..3_u32, any::<bool>(), 1..1_000_i64).prop_map(|(user, is_euro, cents)| {
        let currency = if is_euro { Currency::Euro } else { Currency::Yen };
        Order { user, currency, cents }
    })
}

#[test]
fn a_law_of_a_user_holds_for_all_inputs_and_surroundings() {
    let law = |(orders, around)| {
        let revenue = Pipeline::source_of("orders", orders)
            .map("price", |order: Order, cx| cx.lookup("rates", &order.currency, price(order)))
            .filter("kept", |priced, cx| priced.is_dear || cx.choose(2) == 0)
            .sum("per-user", |priced| priced.user, |priced| priced.cents)
            .window(seconds(20))
            .sink("table", upsert())
            .within(&around);
        revenue.check().seeds(0..3).holds().map_err(TestCaseError::fail)
    };
    assert_eq!(least(60, (inputs(an_order(), 1..12), surroundings()), law), None);
}

#[test]
fn what_a_wrong_design_does_is_found_under_weathers_and_told() {
    let wrong = || per_user(4).mechanism("dedup", "off");
    let law =
        |faults| wrong().check().faults(faults).seeds(0..3).holds().map_err(TestCaseError::fail);
    assert!(least(100, weathers(&wrong().trial()), law).is_some());
    let told = wrong().check().seeds(0..100).holds().expect_err("it fails");
    assert!(told.starts_with("orders to per-user: violated, duplicated"), "{told}");
    assert!(told.contains("One fault is enough"), "{told}");
    assert!(!told.contains("saved as"), "{told}");
}

#[test]
fn a_schedule_shrinks_to_the_one_fault_that_does_it() {
    let check = |trial: Trial| {
        let law = |faults| {
            let brief = trial.with(|plan| plan.faults = faults).simulator().brief(None);
            prop_assert!(brief.classes.is_empty());
            Ok(())
        };
        least(200, schedules(&trial, 3), law)
    };
    assert_eq!(check(per_user(2).trial()), None);
    let found = check(per_user(2).mechanism("dedup", "off").trial()).expect("it fails");
    assert_eq!(found.len(), 1, "{found:?}");
}

fn per_user(number: u32) -> Pipeline<onceproof::pipeline::Totals> {
    Pipeline::source("orders", orders(number))
        .count("per-user", |order| order.user)
        .window(minutes(1))
}
