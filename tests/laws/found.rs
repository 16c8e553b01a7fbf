//! What random search once found, each cut down to the least scenario and worked out by hand.

use super::cases::parse;
use onceproof_model::dataflow::point;
use onceproof_sim::fault::KindName;
use onceproof_sim::outcome::{Class, LedgerFigures, Outcome, Verdict};

/// Runs a scenario of this input and these steps and tables.
pub fn run(tables: &str) -> Outcome {
    let head = "format = 1\nname = \"found\"\nclaim = \"It holds.\"\nexpect = \"exactly-once\"\n";
    let scenario = parse(&format!("{head}{tables}"));
    scenario.trial.simulator().detail(scenario.seed)
}

/// It is exactly-once, with a ledger of so many records, so many of them late.
fn holds(tables: &str, expected: u64, late: u64) -> Outcome {
    let outcome = run(tables);
    assert_eq!(outcome.brief.verdict, Verdict::ExactlyOnce, "{outcome:?}");
    let exact = expected - late;
    assert_eq!(
        outcome.brief.ledger,
        LedgerFigures { expected, exact, late, ..LedgerFigures::default() }
    );
    outcome
}

/// A pane is in the last count twice by right: in each of the two copies of the pane that contains it.
#[test]
fn copies_of_a_pane_contain_the_same_panes() {
    let outcome = holds(
        r#"
        [input]
        records = [ { key = "a", at = "0s" } ]
        [[step]]
        name = "events"
        kind = "source"
        [[step]]
        name = "first"
        kind = "count"
        window = "1s"
        [[step]]
        name = "second"
        kind = "count"
        window = "1s"
        [[step]]
        name = "twice"
        kind = "map"
        fn = { explode = { copies = 2 } }
        [[step]]
        name = "third"
        kind = "count"
        window = "1s"
        "#,
        1,
        0,
    );
    assert_eq!(outcome.steps[2].results["a"], 2);
}

/// A pane reaches the last count by itself, and within the pane of the step between.
#[test]
fn a_pane_may_reach_a_step_by_a_shorter_and_a_longer_way() {
    let outcome = holds(
        r#"
        [input]
        records = [ { key = "a", at = "0s" } ]
        [[step]]
        name = "events"
        kind = "source"
        [[step]]
        name = "first"
        kind = "count"
        window = "1s"
        [[step]]
        name = "second"
        kind = "count"
        window = "1s"
        [[step]]
        name = "third"
        kind = "count"
        window = "1s"
        from = ["first", "second"]
        "#,
        1,
        0,
    );
    assert_eq!(outcome.steps[2].results["a"], 2);
}

/// 1. The record of 2 s moves the watermark to 2 s.
/// 2. That of 0.5 s is read under it: it is late at `strict`, whose window ended at 1 s, and in time at
///    `lenient`, which takes it until 1 s + 5 s.
/// 3. So it is at `lenient` once: by its own way, and not by way of `strict`.
#[test]
fn a_record_may_be_late_on_one_of_its_ways_only() {
    let outcome = holds(
        r#"
        [input]
        records = [
            { key = "a", at = "2s" },
            { key = "a", at = "3s", event-time = "500ms" },
            { key = "a", at = "4s" },
        ]
        [[step]]
        name = "events"
        kind = "source"
        watermark = { bound = "0s" }
        [[step]]
        name = "strict"
        kind = "count"
        window = "1s"
        [[step]]
        name = "lenient"
        kind = "count"
        window = "1s"
        lateness = "5s"
        from = ["events", "strict"]
        "#,
        3,
        1,
    );
    // The two others by both ways.
    assert_eq!(outcome.steps[0].results["a"], 2);
    assert_eq!(outcome.steps[1].results["a"], 5);
}

/// 1. The link is cut with the first request, until 14 s; faults end at 10 s, with nothing left but
///    retries for long.
/// 2. Just after 14 s the retry of one record goes through, and that of the other is due at the same
///    instant: nothing was committed for 14 s, but the link was cut until now.
#[test]
fn what_is_retried_after_a_long_cut_is_not_fruitless() {
    holds(
        r#"
        [input]
        records = [ { key = "a", at = "0s" }, { key = "b", at = "0s" } ]
        [[step]]
        name = "events"
        kind = "source"
        [[step]]
        name = "count"
        kind = "count"
        window = "1s"
        [[fault]]
        at = { to = "count", record = "events/0#0", attempt = 1 }
        do = { partition = { for = "14s" } }
        "#,
        2,
        0,
    );
}

/// 1. The records have one key, so all wait behind the first.
/// 2. Its function fails whenever it is asked, until faults end at 1 s; it is tried again after 30 ms each
///    time, and never at the same instant.
#[test]
fn a_function_that_always_fails_is_tried_again_later() {
    let outcome = holds(
        r#"
        seed = 1
        [input]
        records = [
            { key = "a", at = "0s" }, { key = "a", at = "0s" }, { key = "a", at = "0s" },
            { key = "a", at = "995ms" }, { key = "a", at = "999ms" },
        ]
        [[step]]
        name = "events"
        kind = "source"
        [[step]]
        name = "pass"
        kind = "map"
        fn = "identity"
        [[step]]
        name = "count"
        kind = "count"
        window = "1s"
        [mechanism]
        bundle = 4
        [faults]
        user-fails = "1/1"
        [until]
        calm = "1s"
        "#,
        5,
        0,
    );
    // A try at 3 ms (a commit, a request) and then every 30 ms, until 1 s: 34.
    let failed = outcome.brief.fired.count(KindName::UserFails);
    assert_eq!(failed, 34);
}

/// 1. The first record is on its way to the store when the two others arrive, so they wait.
/// 2. When its commit is answered the second begins a bundle, and the third joins it.
/// 3. The worker dies before the third is applied. A dead worker's function gives no answer, as if it had
///    failed, and no catalog calls the record a duplicate: what the dead worker does must end all the same.
#[test]
fn a_worker_that_dies_while_a_record_joins_a_bundle_is_dead() {
    let outcome = run(r#"
        [input]
        records = [
            { key = "a", at = "0s" }, { key = "a", at = "500us" }, { key = "a", at = "500us" },
        ]
        [[step]]
        name = "events"
        kind = "source"
        [[step]]
        name = "pass"
        kind = "map"
        fn = "identity"
        [[step]]
        name = "count"
        kind = "count"
        window = "1s"
        [mechanism]
        bundle = 3
        dedup = "off"
        [[fault]]
        at = { step = "pass", record = "events/0#2", before = "apply" }
        do = "crash"
        "#);
    assert!(outcome.unfired.is_empty());
}

/// In ms:
///     0  read; its commit is answered at 2, and both copies of the request are at `pass` at 3
///     3  both are acked. The first is committed, late; the second waits for the key
///     4  the source is acked, and at its end: nothing pins its watermark
///     5  the watermark is at `pass`, which knows at 7 that it is committed, and forgets the range of the record
///    33  the commit of the first is sent again, lands at 34 and is answered at 35: an id below the watermark
///    35  the second has its turn. Its range is begun anew and says that it is new; the catalog knows better, and
///        was not asked
/// So with an early ack a filter may call a known id new, and no assertion must call that impossible. What `pass`
/// makes of the second has the id of the first, which the count knows: ann is counted once. No watermark comes any
/// more that would end the id at `pass`.
#[test]
fn a_filter_whose_range_was_forgotten_while_a_record_waited_calls_its_copy_new() {
    let outcome = run(r#"
        [input]
        records = [ { key = "ann", at = "0s" } ]
        [[step]]
        name = "events"
        kind = "source"
        [[step]]
        name = "pass"
        kind = "map"
        fn = "identity"
        mechanism = { ack = "on-receipt", dedup = "bloom", fuse = false }
        [[step]]
        name = "per-user"
        kind = "count"
        window = "1m"
        [[fault]]
        at = { to = "pass", record = "events/0#0", attempt = 1 }
        do = "duplicate"
        [[fault]]
        at = { step = "pass", record = "events/0#0" }
        do = "commit-delayed"
        "#);
    assert!(outcome.unfired.is_empty());
    assert_eq!(outcome.brief.classes.iter().collect::<Vec<_>>(), [Class::Unbounded]);
    assert_eq!(
        outcome.brief.ledger,
        LedgerFigures { expected: 1, exact: 1, ..LedgerFigures::default() }
    );
    assert_eq!(outcome.brief.marks.count(point::FILTER_SAVED_READ), 2);
}

/// 1. The coin's first answers are drawn from the seed, so some of the eight are not 0.
/// 2. Under recompute its outputs are in no commit of its own; what won is known from the ids that the next
///    step commits.
/// 3. So the counts are where the answers put them, and nothing is out of place.
#[test]
fn the_answers_of_a_recomputed_coin_are_known_from_the_step_below_it() {
    let record = |at: u32| format!("{{ key = \"a\", at = \"{at}s\" }}");
    let records: Vec<String> = (0..8).map(record).collect();
    let outcome = holds(
        &format!(
            r#"
            seed = "5"
            [input]
            records = [ {} ]
            [[step]]
            name = "events"
            kind = "source"
            [[step]]
            name = "toss"
            kind = "map"
            fn = {{ coin = {{ sides = 2, into = "key" }} }}
            [[step]]
            name = "pass"
            kind = "map"
            fn = "identity"
            [[step]]
            name = "count"
            kind = "count"
            window = "1m"
            [mechanism]
            outputs = "recompute"
            "#,
            records.join(", ")
        ),
        8,
        0,
    );
    assert_eq!(outcome.steps[0].results.values().sum::<i128>(), 8);
    assert_eq!(outcome.steps[0].results.len(), 2, "both sides came up");
}

/// The retry timer of a request that was acked after 4 ms is due 20 min later, long after the 10 s to calm and the
/// 10 min to drain. Nobody waits for it, so nobody still retries: ann and bob are exact.
#[test]
fn a_timer_that_nobody_waits_for_is_no_sign_of_a_run_that_is_stuck() {
    let outcome = run(r#"
        [input]
        records = [ { key = "ann", at = "0s" }, { key = "bob", at = "1s" } ]
        [[step]]
        name = "events"
        kind = "source"
        [[step]]
        name = "per-user"
        kind = "count"
        window = "1m"
        [mechanism]
        retry = { timeout = "20m", backoff = 2, max = "1h" }
        "#);
    assert_eq!(outcome.brief.verdict, Verdict::ExactlyOnce, "{:?}", outcome.reason);
    assert_eq!(
        outcome.brief.ledger,
        LedgerFigures { expected: 2, exact: 2, ..LedgerFigures::default() }
    );
}
