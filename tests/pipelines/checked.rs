//! Pipelines as a test of a user checks them, from the first line to what a failure says.

use super::*;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// A folder of its own, which is removed at the end of a test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let name = format!("onceproof-pipelines-{name}-{}", std::process::id());
        Folder(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn revenue_per_user_survives_lost_acks_and_crashes() {
    let folder = Folder::new("right");
    Pipeline::source("orders", orders(6))
        .map("price", |order: Order, cx| cx.lookup("rates", &order.currency, price(order)))
        .sum("per-user", |o: &Priced| o.user, |o| o.cents)
        .window(minutes(1))
        .sink("table", upsert())
        .check()
        .saved_in(&folder.0)
        .faults(Faults::all())
        .seeds(0..1_000)
        .exactly_once();
}

/// Revenue per price class, which another rate decides: the key, and with it who knows the record.
fn per_class() -> Pipeline<onceproof::pipeline::Totals> {
    Pipeline::source("orders", orders(60))
        .map("price", |order: Order, cx| {
            let is_dear = cx.choose(2) == 1;
            Priced { user: order.user, cents: order.cents, is_dear }
        })
        .sum("per-class", |o: &Priced| o.is_dear, |o| o.cents)
        .window(minutes(1))
        .shards(2)
}

#[test]
fn a_function_that_may_differ_over_outputs_that_are_computed_again_fails_with_two_faults() {
    let folder = Folder::new("wrong");
    let check = || {
        per_class()
            .mechanism("outputs", "recompute")
            .check()
            .saved_in(&folder.0)
            .faults(Faults::all())
            .seeds(0..1_000)
            .exactly_once();
    };
    let failed = catch_unwind(AssertUnwindSafe(check)).expect_err("it fails");
    let told = failed.downcast_ref::<String>().expect("a text");
    assert!(told.starts_with("orders to per-class: violated, duplicated"), "{told}");
    let faults: Vec<&str> = told
        .lines()
        .skip_while(|line| *line != "faults")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .collect();
    let [_, differs] = faults[..] else { panic!("{told}") };
    assert!(differs.contains("price"), "{told}");
    // What is saved is run again first, by a check of the same name.
    let again = catch_unwind(AssertUnwindSafe(|| {
        let wrong = per_class().mechanism("outputs", "recompute").check().seeds(0..0);
        wrong.saved_in(&folder.0).exactly_once();
    }));
    let again = again.expect_err("it fails again");
    let told = again.downcast_ref::<String>().expect("a text");
    assert!(told.contains("fails again"), "{told}");
}

#[test]
fn a_pipeline_is_certified_beside_a_design_that_must_be_found_wrong() {
    let folder = Folder::new("certified");
    let orders = || {
        Pipeline::source("orders", orders(2))
            .filter("kept", |_, cx| cx.choose(2) == 0)
            .count_globally("all")
            .window(minutes(1))
    };
    let certificate = orders()
        .check()
        .wrong("nobody knows an id", orders().mechanism("dedup", "off").trial())
        .saved_in(&folder.0)
        .faults(Faults::only([KindName::Crash, KindName::DropAck, KindName::UserDiffers]))
        .seeds(0..100)
        .exhaust(2);
    assert!(certificate.to_string().contains("nobody knows an id"), "{certificate}");
}
