//! When a run is stuck and when it only waits: someone who waits for what comes is not stuck, however long it takes;
//! someone who repeats himself without end is, however busy he is.

use super::check;
use super::found::run;
use onceproof_sim::outcome::{Class, Outcome, Verdict};
use proptest::prelude::*;

/// A record, a source and a count, with these tables behind.
fn pipeline(tables: &str) -> Outcome {
    run(&format!(
        r#"
        [input]
        records = [ {{ key = "ann", at = "0s" }} ]
        [[step]]
        name = "events"
        kind = "source"
        [[step]]
        name = "per-user"
        kind = "count"
        window = "1m"
        {tables}
        "#
    ))
}

const LOST_ACK: &str = r#"
    [[fault]]
    at = { to = "per-user", record = "events/0#0", attempt = 1 }
    do = "drop-ack"
    "#;

/// It is stuck, and this is said of it.
fn is_stuck(tables: &str, reason: &str) {
    let outcome = pipeline(tables);
    let found: Vec<Class> = outcome.brief.classes.iter().collect();
    assert_eq!(found, [Class::Stuck], "{tables}");
    let said = format!("{reason}, again and again, and nothing comes of it");
    assert_eq!(outcome.reason, Some(said), "{tables}");
}

/// It says nothing of it, and why.
fn is_inconclusive(tables: &str, reason: &str) {
    let outcome = pipeline(tables);
    assert_eq!(outcome.brief.verdict, Verdict::Inconclusive, "{tables}");
    assert_eq!(outcome.reason.as_deref(), Some(reason), "{tables}");
}

/// The duplicate is dropped and never acked: each retry is like the one before.
#[test]
fn a_retry_without_end_is_stuck() {
    let never = format!("[mechanism]\nre-ack = false\n{LOST_ACK}");
    is_stuck(&never, "events/0 sends a record");
    // Whatever time it is given.
    for drain in ["1s", "10m", "10h"] {
        is_stuck(&format!("{never}\n[until]\ndrain = \"{drain}\""), "events/0 sends a record");
    }
    // An exact fault that never fires changes nothing of that, wherever it waits.
    for (place, kind) in [
        (r#"to = "per-user", record = "watermark@77s""#, "drop-ack"),
        (r#"step = "per-user", record = "events/0#0", before = "emit""#, "crash"),
    ] {
        let unfired = format!("{never}\n[[fault]]\nat = {{ {place} }}\ndo = \"{kind}\"");
        is_stuck(&unfired, "events/0 sends a record");
    }
}

/// However long an id is kept or looked up in one filter, however long a retry waits, and from when on nothing but retries
/// is to come: the first retry after that time is counted and acked. A run that is looked at only until then repeats itself
/// without end.
#[test]
fn a_retry_that_an_id_keeps_out_for_a_time_is_never_stuck() {
    let lengths = (1..6_000_000u64, 1..20_000u64, 1..4u32, 0..20_000u64, 0..7_000_000u64);
    check(300, (0..3usize, lengths), |(which, (kept, timeout, backoff, more, calm))| {
        let known = [
            format!("dedup = {{ window = \"{kept}ms\" }}"),
            format!("gc = {{ ttl = \"{kept}ms\" }}"),
            format!("dedup = {{ bloom = {{ bucket = \"{kept}ms\", bucket-by = \"arrival\" }} }}"),
        ];
        let (known, max) = (&known[which], timeout + more);
        let outcome = pipeline(&format!(
            "[mechanism]\nre-ack = false\n{known}\n\
             retry = {{ timeout = \"{timeout}ms\", backoff = {backoff}, max = \"{max}ms\" }}\n\
             [until]\ncalm = \"{calm}ms\"\n{LOST_ACK}"
        ));
        let found: Vec<Class> = outcome.brief.classes.iter().collect();
        prop_assert_eq!(found, [Class::Duplicated], "{:?}", outcome.reason);
        prop_assert_eq!(outcome.brief.ledger.excess, 1);
        Ok(())
    });
}

/// The hundredth send is lost like any other, and it is waited for.
#[test]
fn a_fault_that_waits_for_a_later_send_is_waited_for() {
    let outcome = pipeline(&format!(
        r#"
        [mechanism]
        re-ack = false
        {LOST_ACK}
        [[fault]]
        at = {{ to = "per-user", record = "events/0#0", attempt = 100 }}
        do = "drop-request"
        "#
    ));
    assert_eq!((outcome.unfired.len(), outcome.schedule.len()), (0, 2));
    assert!(outcome.brief.classes.contains(Class::Stuck));
}

/// A function that fails on a record whenever it runs is run again and again; with a dead letter after 500 failures
/// the record is given up, which takes longer than all else that this pipeline waits for.
#[test]
fn a_function_that_always_fails_is_stuck_unless_its_record_is_given_up() {
    let poisoned = |dead_letter: &str| {
        format!(
            r#"
            [[step]]
            name = "check"
            kind = "map"
            fn = "identity"
            from = "events"
            poison = {{ key = "ann" }}
            {dead_letter}
            [[step]]
            name = "again"
            kind = "count"
            window = "1m"
            "#
        )
    };
    let outcome = pipeline(&poisoned(""));
    assert!(outcome.brief.classes.contains(Class::Stuck), "{:?}", outcome.reason);
    let outcome = pipeline(&poisoned("dead-letter = { after = 500 }"));
    assert_eq!(outcome.brief.verdict, Verdict::ExactlyOnce, "{:?}", outcome.reason);
    assert_eq!(outcome.brief.ledger.dead_lettered, 1);
}

/// The retry after 15 min comes and is counted: it was due, and the file asked for less.
#[test]
fn a_run_that_is_given_too_little_time_to_drain_is_inconclusive() {
    let lost = r#"
        [mechanism]
        retry = { timeout = "15m", max = "15m" }
        [[fault]]
        at = { to = "per-user", record = "events/0#0", attempt = 1 }
        do = "drop-request"
        [until]
        drain = "1m"
        "#;
    is_inconclusive(lost, "the time to drain was over, and events/0 sends a record still");
    let down = r#"
        [cluster]
        workers = 1
        [[fault]]
        at = { step = "per-user", record = "events/0#0", before = "commit" }
        do = { crash = { restart = "1h" } }
        [until]
        drain = "1m"
        "#;
    is_inconclusive(down, "the time to drain was over, and worker 0 is away still");
}

/// Faults may end long before the input does; the time to drain begins with the end of both.
#[test]
fn calm_before_the_last_record_is_no_end_of_the_run() {
    let outcome = run(r#"
        [input]
        records = [ { key = "ann", at = "0s" }, { key = "bob", at = "1h" } ]
        [[step]]
        name = "events"
        kind = "source"
        [[step]]
        name = "per-user"
        kind = "count"
        window = "1m"
        [until]
        calm = "1s"
        drain = "10s"
        "#);
    assert_eq!(outcome.brief.verdict, Verdict::ExactlyOnce, "{:?}", outcome.reason);
    assert_eq!(outcome.brief.ledger.exact, 2);
}

/// No start of a shard gets through its resends, and none takes any time.
#[test]
fn a_storm_of_moves_is_inconclusive_with_and_without_a_limit() {
    let storm = |until: &str| {
        run(&format!(
            r#"
            seed = 1
            [input]
            records = [ {{ key = "ann", at = "0s" }} ]
            [[step]]
            name = "events"
            kind = "source"
            [[step]]
            name = "per-user"
            kind = "count"
            window = "1m"
            [cluster]
            workers = 2
            [faults]
            move = "1/1"
            {until}
            "#
        ))
    };
    for (until, reason) in [
        ("[until]\nevents = 100", "the limit of 100 events was hit"),
        ("", "time stands still: shards started 2000 times in one instant"),
    ] {
        let outcome = storm(until);
        assert_eq!(outcome.brief.verdict, Verdict::Inconclusive);
        assert_eq!(outcome.reason.as_deref(), Some(reason));
    }
}
