//! Functions that may differ between two executions: by their context, which the simulator controls, and behind its back,
//! which is named.

use super::*;
use onceproof_sim::fault::KindName::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

/// Two orders, of which a function says to whom they go.
fn sides(
    side: impl Fn(&mut Execution<'_>) -> u64 + Send + Sync + 'static,
) -> Pipeline<onceproof::pipeline::Written> {
    Pipeline::source("orders", orders(2))
        .map("side", move |order: Order, cx| Order { user: side(cx) as u32, ..order })
        .count("per-side", |order| order.user)
        .window(minutes(1))
        .shards(4)
        .sink("table", upsert())
}

#[test]
fn what_may_differ_does_no_harm_where_outputs_are_durable_before_they_are_sent() {
    let check = |side: fn(&mut Execution<'_>) -> u64| {
        assert_eq!(smallest(&sides(side).trial(), &[Crash, UserDiffers, DropAck], 2), []);
    };
    check(|cx| cx.choose(4));
    check(|cx| cx.random() % 4);
    check(|cx| cx.now().step_of(milliseconds(20)) as u64 % 4);
    check(|cx| cx.lookup("sides", "all", |side| side % 4));
}

#[test]
fn an_answer_of_chance_that_is_computed_again_takes_a_crash_and_another_answer_to_break() {
    for side in [(|cx| cx.choose(4)) as fn(&mut Execution<'_>) -> u64, |cx| cx.random() % 4] {
        let trial = sides(side).mechanism("outputs", "recompute").trial();
        let kinds = [Crash, UserDiffers];
        assert_eq!(smallest(&trial, &kinds, 1), []);
        let found = smallest(&trial, &kinds, 2);
        assert!(!found.is_empty());
        for (kinds, classes) in found {
            assert_eq!(kinds, [Crash, UserDiffers]);
            assert!(classes.contains(&Class::Duplicated), "{classes:?}");
        }
    }
}

#[test]
fn results_that_mix_the_outputs_of_two_executions_are_wrong() {
    let halves = |outputs: &str| {
        Pipeline::source("orders", orders(1))
            .flat_map("halves", |order: Order, cx| {
                let side = cx.choose(4) as i64;
                [0, 1].map(|half| Order { user: half, cents: 10 + side, ..order })
            })
            .sum("per-half", |order| order.user, |order| order.cents)
            .window(minutes(1))
            .mechanism("outputs", outputs)
            .trial()
    };
    let kinds = [Crash, UserDiffers];
    assert_eq!(smallest(&halves("checkpoint"), &kinds, 2), []);
    // The first half of one execution is sent, the worker dies, and the other half is that of another execution. Both
    // are there once, and each is what an execution made.
    assert_eq!(
        smallest(&halves("recompute"), &kinds, 2),
        [(vec![Crash, UserDiffers], vec![Class::Phantom])]
    );
}

#[test]
fn what_a_wrong_design_loses_or_doubles_is_found_below_functions_that_may_differ() {
    let check = |mechanism: &str, value: &str, kind: KindName, class: Class| {
        let kept = Pipeline::source("orders", orders(3))
            .filter("kept", |_, cx| cx.choose(4) < 2)
            .map("priced", |order: Order, cx| cx.lookup("rates", &order.currency, price(order)))
            .count("per-user", |priced| priced.user)
            .window(minutes(1));
        assert_eq!(smallest(&kept.trial(), &[kind], 1), []);
        let found = smallest(&kept.mechanism(mechanism, value).trial(), &[kind], 1);
        assert!(found.iter().any(|(_, classes)| classes.contains(&class)), "{found:?}");
    };
    check("dedup", "off", Duplicate, Class::Duplicated);
    check("dedup", "off", DropAck, Class::Duplicated);
    check("ack", "on-receipt", Crash, Class::Lost);
    check("retry", "{ give-up = 1 }", DropRequest, Class::Lost);
}

#[test]
fn an_answer_that_changes_with_time_takes_one_crash_to_break() {
    let clock: fn(&mut Execution<'_>) -> u64 = |cx| cx.now().step_of(milliseconds(20)) as u64 % 4;
    for side in [clock, |cx| cx.lookup("sides", "all", |side| side % 4)] {
        let trial = sides(side).mechanism("outputs", "recompute").trial();
        let found = smallest(&trial, &[Crash], 1);
        assert!(!found.is_empty());
        assert!(found.iter().all(|(_, classes)| classes.contains(&Class::Duplicated)), "{found:?}");
    }
}

#[test]
fn another_answer_can_be_placed_only_where_a_function_asks_for_chance() {
    let places = |side: fn(&mut Execution<'_>) -> u64| {
        let trial = sides(side).trial();
        let (_, found) = trial.simulator().explore(None, &[UserDiffers.with_defaults()]);
        assert_eq!(found, []);
        let function = &trial.design.pipeline().steps()[1].kind;
        function.may_differ()
    };
    assert!(places(|cx| cx.choose(4)));
    assert!(places(|cx| cx.lookup("sides", "all", |side| side)));
    assert!(!places(|_| 1));
}

/// What a test fails with that does this.
fn failure(does: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(does)).expect_err("it fails");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast::<&str>().map(|text| text.to_string()).expect("a text"),
    }
}

/// The function of `words` in a pipeline whose test fails, with what it says.
fn named(function: impl Fn(Order) -> String + Send + Sync + 'static) -> String {
    failure(|| {
        let trial = Pipeline::source("orders", orders(40))
            .map("words", move |order: Order, _| function(order))
            .count("per-word", |word| word.clone())
            .window(minutes(1))
            .trial();
        let mut simulator = trial.simulator();
        for seed in 0..20 {
            simulator.brief(Some(seed));
        }
    })
}

const NAMED: &str = "the function of `words` is not deterministic: executed twice on one record";

#[test]
#[expect(clippy::disallowed_types, reason = "its order is what is caught")]
fn the_order_of_a_hash_map_is_named() {
    use std::collections::HashMap;
    let told = named(|order| {
        let parts: HashMap<u32, i64> = (0..9).map(|part| (part, order.cents)).collect();
        let keys = parts.keys().map(u32::to_string);
        keys.collect::<Vec<String>>().join("-")
    });
    assert!(told.starts_with(NAMED), "{told}");
    assert!(
        told.contains("\n  record   0: {\"user\":0,\"currency\":\"Euro\",\"cents\":100}\n"),
        "{told}"
    );
    assert!(told.contains("\n  first    ") && told.contains("\n  then     "), "{told}");
}

#[test]
fn a_static_counter_is_named() {
    static SEEN: AtomicU64 = AtomicU64::new(0);
    let told = named(|_| SEEN.fetch_add(1, Ordering::Relaxed).to_string());
    assert!(told.starts_with(NAMED), "{told}");
    // One that is seen only now and then differs from what was made in an earlier run.
    static RARELY: AtomicU64 = AtomicU64::new(0);
    let told = named(|_| (RARELY.fetch_add(1, Ordering::Relaxed) / 1_000).to_string());
    assert!(told.starts_with(NAMED), "{told}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the wall clock is what is caught")]
fn the_wall_clock_is_named() {
    let told = named(|_| format!("{:?}", std::time::Instant::now()));
    assert!(told.starts_with(NAMED), "{told}");
}

#[test]
fn a_function_that_asks_for_more_than_on_the_input_says_what_to_say() {
    let pipeline = || {
        Pipeline::source("orders", orders(4)).map("deep", |order: Order, cx: &mut Execution<'_>| {
            // The answers of the input are tried with small numbers only.
            match cx.choose(1_000) > 100 {
                true => Order { cents: cx.now().0, ..order },
                false => order,
            }
        })
    };
    let run = |pipeline: Pipeline<Order>| {
        let trial = pipeline.sum("all", |_| "all", |order| order.cents).window(hours(1)).trial();
        let mut simulator = trial.simulator();
        for seed in 0..20 {
            simulator.brief(Some(seed));
        }
    };
    let told = failure(|| run(pipeline()));
    assert!(told.contains("the function of `deep` asks its context for something"), "{told}");
    assert!(told.contains("`.may_differ()`"), "{told}");
    run(pipeline().may_differ());
}
