//! Records of a user's own types: what a pipeline with them comes to is what a scenario file with its own functions does,
//! and what cannot be had is refused with the reason.

use super::*;
use onceproof::pipeline::Strategy;
use onceproof_kernel::time::SECOND;
use onceproof_sim::outcome::Brief;
use onceproof_sim::outcome::Class::{Divergent, Duplicated, Lost};

/// What of two runs is compared: a fingerprint has the texts of the input in it.
enum Compared {
    All,
    ButInput,
}

/// The outcome of a scenario file with these steps over rows of three users, and of a pipeline.
#[track_caller]
fn same_as_file(steps: &str, trial: &Trial, compared: Compared) {
    let rows = rows(9);
    let text = format!(
        "format = 1\nname = \"n\"\nclaim = \"c\"\nexpect = \"exactly-once\"\n[input]\nrecords = [{rows}]\n\
         [[step]]\nname = \"orders\"\nkind = \"source\"\n{steps}"
    );
    let file =
        Scenario::parse(&text, Path::new("a.toml")).unwrap_or_else(|error| panic!("{error}"));
    for seed in [None].into_iter().chain((0..20).map(Some)) {
        let (own, said) = (trial.simulator().detail(seed), file.trial.simulator().detail(seed));
        assert_eq!(own.steps, said.steps);
        let without = |brief: Brief| match compared {
            Compared::All => brief,
            Compared::ButInput => Brief { fingerprint: 0, ..brief },
        };
        assert_eq!(without(own.brief), without(said.brief), "{seed:?}");
    }
}

/// The rows of the orders, as a file has them.
fn rows(number: u32) -> String {
    let row = |(at, order): (usize, Order)| {
        let Order { user, cents, .. } = order;
        format!("{{ key = \"{user}\", at = \"{}ms\", value = {cents} }},", at * 10)
    };
    orders(number).enumerate().map(row).collect()
}

const SUM: &str = "[[step]]\nname = \"per-user\"\nkind = \"sum\"\nwindow = \"1m\"\nshards = 2\n\
                   [[step]]\nname = \"table\"\nkind = \"sink\"\n\
                   [faults]\ndrop-ack = \"1/5\"\ncrash = \"1/20\"\n";

#[test]
fn a_pipeline_is_what_a_scenario_file_says() {
    let own = Pipeline::source("orders", orders(9))
        .key_by(|order| order.user)
        .map("same", |order: Order, _| order)
        .sum("per-user", |order| order.user, |order| order.cents)
        .window(minutes(1))
        .shards(2)
        .sink("table", upsert())
        .setting("faults.drop-ack", "1/5")
        .setting("faults.crash", "1/20");
    let map = "[[step]]\nname = \"same\"\nkind = \"map\"\nfn = \"identity\"\n";
    same_as_file(&format!("{map}{SUM}"), &own.trial(), Compared::ButInput);
}

#[test]
fn a_sum_of_a_source_needs_no_step_of_its_own() {
    let own = Pipeline::source("orders", orders(9))
        .sum("per-user", |order| order.user, |order| order.cents)
        .window(minutes(1))
        .shards(2)
        .sink("table", upsert())
        .setting("faults.drop-ack", "1/5")
        .setting("faults.crash", "1/20");
    same_as_file(SUM, &own.trial(), Compared::All);
}

#[test]
fn results_are_what_the_functions_say() {
    // Users 0, 1 and 2 have orders of 100 and 103, 101 and 104, 102 and 105 cents.
    let totals = |expected: [(&str, i128); 3]| {
        expected.into_iter().map(|(key, total)| (key.to_owned(), total)).collect::<BTreeMap<_, _>>()
    };
    let orders = || Pipeline::source("orders", orders(6));
    let per_user = |pipeline: Pipeline<Order>| {
        pipeline.sum("per-user", |order| order.user, |order| order.cents).window(minutes(1)).trial()
    };
    assert_eq!(results(&per_user(orders())), totals([("0", 203), ("1", 205), ("2", 207)]));
    let twice = orders().flat_map("twice", |order: Order, _| [order, order]);
    assert_eq!(results(&per_user(twice)), totals([("0", 406), ("1", 410), ("2", 414)]));
    let doubled = orders().map("double", |o: Order, _| Order { cents: o.cents * 2, ..o });
    assert_eq!(results(&per_user(doubled)), totals([("0", 406), ("1", 410), ("2", 414)]));
    let dear = orders().filter("dear", |order, _| order.cents >= 102);
    assert_eq!(results(&per_user(dear)), totals([("0", 103), ("1", 104), ("2", 207)]));
    let shuffled = orders().reshuffle("shuffle").map("same", |order: Order, _| order);
    assert_eq!(results(&per_user(shuffled)), totals([("0", 203), ("1", 205), ("2", 207)]));
    let called = orders().call("mail", ExternalCall::Append);
    assert_eq!(results(&per_user(called)), totals([("0", 203), ("1", 205), ("2", 207)]));
    let counted = orders().count("per-currency", |order| order.currency).window(minutes(1));
    let expected = [("Euro".to_owned(), 3), ("Yen".to_owned(), 3)].into();
    assert_eq!(results(&counted.trial()), expected);
    let all = counted.then_count_globally("all").window(minutes(1)).trial();
    assert_eq!(results(&all), [("*".to_owned(), 6)].into());
}

#[test]
fn a_row_has_the_time_and_the_id_that_it_says() {
    let orders = || {
        Pipeline::source("orders", orders(6))
            .at(|order| (order.cents - 100) as u64 * SECOND)
            .arrives(|order| (200 - order.cents) as u64 * SECOND)
            .with("watermark", "{ bound = \"1h\" }")
    };
    let trial = orders().count_globally("all").window(seconds(2)).trial();
    let outcome = trial.simulator().detail(None);
    let windows = &outcome.steps.last().expect("a step").windows;
    // Orders 0 and 1, 2 and 3, 4 and 5, though the last arrives first.
    assert_eq!(windows.values().copied().collect::<Vec<_>>(), [2, 2, 2]);
    // With one id for all, the second is taken for the first: it is left out by a batch that keeps distinct ids.
    let ids = |id: fn(&Order) -> u32| {
        let all = Pipeline::source("orders", super::orders(6))
            .id(id)
            .count_globally("all")
            .window(minutes(1));
        let all = all.strategy(Strategy::Lambda).setting("lambda.batch.distinct", true);
        results(&all.trial()).values().copied().sum::<i128>()
    };
    assert_eq!((ids(|order| order.cents as u32), ids(|_| 7)), (6, 1));
}

#[test]
fn every_strategy_runs_the_functions_of_a_user() {
    for strategy in Strategy::ALL {
        let own = Pipeline::source("orders", orders(6))
            .map("price", |order: Order, cx| cx.lookup("rates", &order.currency, price(order)))
            .filter("dear", |priced, cx| priced.is_dear || cx.choose(2) == 0)
            .sum("per-user", |priced| priced.user, |priced| priced.cents)
            .window(minutes(1))
            .strategy(strategy);
        results(&own.trial());
        let (kinds, expected): (&[_], &[_]) = match strategy {
            Strategy::Dataflow => (&["drop-ack", "crash", "user-differs"], &[]),
            Strategy::Transactions | Strategy::Snapshot | Strategy::MicroBatch => {
                (&["drop-ack", "crash", "user-differs"], &[])
            }
            Strategy::Lambda => (&["drop-request", "user-differs"], &[]),
            Strategy::DataflowAtLeastOnce => {
                (&["drop-ack", "crash", "user-differs"], &[Duplicated])
            }
            // What is not acked is executed again, and both executions count.
            Strategy::AtLeastOnce => (&["drop-request", "user-differs"], &[Duplicated, Divergent]),
            Strategy::BestEffort => (&["drop-request"], &[Lost]),
        };
        let with = |own: Pipeline<_>, kind: &&str| own.setting(&format!("faults.{kind}"), "1/5");
        let lossy = kinds.iter().fold(own, with).trial();
        assert_eq!(found(&lossy, 0..200), expected, "{strategy:?}");
    }
}
