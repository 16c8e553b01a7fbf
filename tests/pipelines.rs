//! Pipelines with record types and functions of a user's own: they are what a scenario file says with functions of its
//! own, what may differ between two executions does, and what differs behind the simulator's back is named.

mod checked;
mod functions;
mod own_records;
#[cfg(feature = "proptest")]
mod strategies;

use super::common::library::search;
use onceproof::prelude::*;
use onceproof::scenario::Scenario;
use onceproof::search::sweep::{Stop, sweep};
use onceproof::search::tally::Seeds;
use onceproof::search::threads::Threads;
use onceproof_kernel::layout::StepIndex;
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::Class;
use onceproof_systems::Trial;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
enum Currency {
    Euro,
    Yen,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
struct Order {
    user: u32,
    currency: Currency,
    cents: i64,
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Eq, Debug)]
struct Priced {
    user: u32,
    cents: i64,
    is_dear: bool,
}

fn orders(number: u32) -> impl Iterator<Item = Order> {
    (0..number).map(|number| Order {
        user: number % 3,
        currency: if number % 2 == 0 { Currency::Euro } else { Currency::Yen },
        cents: 100 + i64::from(number),
    })
}

fn price(order: Order) -> impl Fn(u64) -> Priced {
    move |rate| {
        let cents = order.cents * (1 + rate as i64 % 7);
        Priced { user: order.user, cents, is_dear: cents > 300 }
    }
}

/// The results of the last step of a run without faults and without a seed, which has to be right.
fn results(trial: &Trial) -> BTreeMap<String, i128> {
    let outcome = trial.simulator().detail(None);
    assert_eq!(outcome.brief.classes.iter().collect::<Vec<_>>(), []);
    let last = StepIndex(trial.design.pipeline().steps().len() as u16 - 1);
    let of_last = outcome.steps.into_iter().find(|step| step.step == last);
    of_last.expect("a step with results").results
}

/// The classes of violations that so many seeds find.
fn found(trial: &Trial, seeds: std::ops::Range<u64>) -> Vec<Class> {
    let (seeds, cancel) = (Seeds::Range(seeds), AtomicBool::new(false));
    let found = sweep(Threads::per_core(), trial, seeds, Stop::Never, &cancel, &|_| {});
    assert_eq!(found.never_fired, []);
    Class::ALL.into_iter().filter(|&class| found.classes[class as usize] > 0).collect()
}

/// The smallest schedules that break a trial, of at most so many faults of these kinds: each as its kinds.
fn smallest(trial: &Trial, kinds: &[KindName], most: u32) -> Vec<(Vec<KindName>, Vec<Class>)> {
    let found = search(trial, kinds, most);
    assert_eq!(found.first_inconclusive, None);
    let words = found.causes.iter().map(|cause| {
        let kinds = cause.faults.iter().map(|fault| fault.kind.name()).collect();
        (kinds, cause.classes.iter().collect())
    });
    let mut words: Vec<(Vec<KindName>, Vec<Class>)> = words.collect();
    words.dedup();
    words
}

fn revenue() -> Pipeline<onceproof::pipeline::Written> {
    Pipeline::source("orders", orders(6))
        .map("price", |order: Order, cx| cx.lookup("rates", &order.currency, price(order)))
        .sum("per-user", |o: &Priced| o.user, |o| o.cents)
        .window(minutes(1))
        .sink("table", upsert())
}

#[test]
fn the_revenue_per_user_holds_under_all_faults() {
    let mut stormy = revenue().mechanism("retry", "{ timeout = \"30ms\" }");
    for (kind, odds) in [
        ("drop-request", "1/10"),
        ("drop-ack", "1/10"),
        ("duplicate", "1/10"),
        ("crash", "1/40"),
        ("pause", "1/40"),
        ("commit-lost", "1/20"),
        ("commit-unknown", "1/20"),
        ("user-fails", "1/20"),
    ] {
        stormy = stormy.setting(&format!("faults.{kind}"), odds);
    }
    assert_eq!(found(&stormy.trial(), 0..300), []);
    assert_eq!(smallest(&revenue().trial(), &KindName::ALL, 1), []);
}
