//! The same of the engines beside Dataflow: each tells its state, in the right design and in wrong ones.

use super::check_states;
use onceproof::scenario::Scenario;
use onceproof::search::space::Space;
use onceproof_sim::fault::KindName;
use std::path::Path;

/// A count by key in small, in the hands of an engine. What is set stands in the table of its name.
struct Engine {
    strategy: &'static str,
    /// When the records come.
    input: &'static str,
    settings: &'static str,
    /// How long faults last.
    faults: &'static str,
}

const SNAPSHOT: Engine = Engine {
    strategy: "snapshot",
    input: r#"{ key = "a", at = "0ms", event-time = "1ms" }, { key = "b", at = "7ms", event-time = "3ms" },
        { key = "a", at = "23ms", event-time = "22ms" }"#,
    settings: r#"interval = "10ms"
        timeout = "60ms"
        tolerable-failed = "any"
        heartbeat = "60ms"
        restart = "20ms"
        request-timeout = "30ms"
        service = "1ms"
        transaction-timeout = "10s""#,
    faults: r#"crash = { odds = "0", restart = "20ms" }
        pause = { odds = "0", for = "70ms" }
        partition = { odds = "0", for = "40ms", direction = "both" }
        delay = { odds = "0", by = "70ms" }
        commit-delayed = { odds = "0", by = "70ms" }"#,
};

const TRANSACTIONS: Engine = Engine {
    strategy: "transactions",
    input: r#"{ key = "a", at = "0s" }, { key = "b", at = "25ms" }"#,
    settings: r#"poll = 3
        batch = 1
        request-timeout = "30ms"
        retry-backoff = "5ms"
        session = "100ms"
        rebalance = "40ms"
        heartbeat = "3ms"
        expelled-hears = "60ms""#,
    faults: r#"crash = { odds = "0", restart = "30ms" }
        pause = { odds = "0", for = "80ms" }
        partition = { odds = "0", for = "60ms", direction = "both" }
        delay = { odds = "0", by = "75ms" }"#,
};

const MICRO_BATCH: Engine = Engine {
    strategy: "micro-batch",
    input: r#"{ key = "a", at = "0ms", event-time = "1ms" }, { key = "b", at = "20ms", event-time = "13ms" }"#,
    settings: r#"speculation = { after = "100ms" }
        executor-timeout = "300ms"
        orphaned = "1s""#,
    faults: r#"crash = { odds = "0", restart = "50ms" }
        pause = { odds = "0", for = "500ms" }
        partition = { odds = "0", for = "80ms", direction = "both" }
        delay = { odds = "0", by = "250ms" }"#,
};

const AT_LEAST_ONCE: Engine = Engine {
    strategy: "at-least-once",
    input: r#"{ key = "a", at = "0ms" }, { key = "b", at = "0ms" }, { key = "a", at = "30ms" }"#,
    settings: r#"timeout = "100ms""#,
    faults: r#"crash = { odds = "0", restart = "20ms" }
        pause = { odds = "0", for = "50ms" }
        delay = { odds = "0", by = "60ms" }"#,
};

const BEST_EFFORT: Engine = Engine { strategy: "best-effort", settings: "", ..AT_LEAST_ONCE };

const LAMBDA: Engine =
    Engine { strategy: "lambda", settings: r#"speed.timeout = "100ms""#, ..AT_LEAST_ONCE };

impl Engine {
    /// How many schedules of one fault come to a state of another one, all of which are compared: with this in place of
    /// what is set of the same name.
    fn same(&self, also: &str) -> usize {
        let Engine { strategy, input, settings, faults } = self;
        let key = |line: &str| line.split('=').next().unwrap_or(line).trim().to_owned();
        let also: Vec<&str> = also.lines().map(str::trim).collect();
        let is_kept = |line: &&str| also.iter().all(|other| key(other) != key(line));
        let settings: Vec<&str> = settings.lines().map(str::trim).filter(is_kept).collect();
        let settings = [settings, also].concat().join("\n");
        let text = format!(
            r#"
            format   = 1
            name     = "a count in small"
            claim    = "It holds."
            strategy = "{strategy}"
            expect   = "exactly-once"
            [[step]]
            name = "events"
            kind = "source"
            [step.input]
            records = [ {input} ]
            [[step]]
            name   = "per-user"
            kind   = "count"
            window = "10ms"
            [[step]]
            name  = "table"
            kind  = "sink"
            write = "upsert"
            [{strategy}]
            {settings}
            [cluster]
            workers = 2
            lease   = "30ms"
            [until]
            calm = "1s"
            [faults]
            {faults}
            "#
        );
        let scenario = Scenario::parse(&text, Path::new("small.toml"));
        let trial = scenario.unwrap_or_else(|error| panic!("{error}")).trial;
        let kinds = Space::new(&trial, &KindName::ALL, 1).kinds;
        check_states(&trial, &kinds, 1)
    }
}

#[test]
fn snapshots_that_come_to_the_same_state_come_to_the_same() {
    for (also, least) in [
        ("", 300),
        (
            "mode = \"unaligned\"\nincremental = true\nshared = \"deleted\"\nfailover = \"task\"",
            300,
        ),
        (
            "late-acks = \"complete\"\nids = \"restart\"\nacks = \"any\"\nnames = \"checkpoint\"",
            300,
        ),
        ("state = \"at-upload\"\non-abort = \"discard\"\nrestore = \"memory\"", 200),
    ] {
        let same = SNAPSHOT.same(also);
        assert!(same > least, "{also}: {same}");
    }
}

#[test]
fn transactions_that_come_to_the_same_state_come_to_the_same() {
    for (also, least) in [
        ("", 300),
        ("version = 1\nsequence = false\ngeneration = false", 300),
        ("verify = \"unguarded\"\nmarkers = \"once\"\nstore = \"keep\"", 300),
        ("producer-expiry = { after = \"50ms\" }", 300),
    ] {
        let same = TRANSACTIONS.same(also);
        assert!(same > least, "{also}: {same}");
    }
}

#[test]
fn micro_batches_that_come_to_the_same_state_come_to_the_same() {
    for (also, least) in [
        ("", 200),
        ("sink = \"by-partition\"\ngrant = \"sticky\"\nwinner = \"last\"", 200),
        ("results = \"recompute\"\nwatermark = \"memory\"\nlog = \"overwrite\"", 200),
        ("commit-row = \"before-sink\"\noffsets = \"after\"\nloser = \"goes-on\"", 200),
        ("release = \"before-commit\"\nunwanted = \"ignored\"\nstate-keep = 1", 200),
    ] {
        let same = MICRO_BATCH.same(also);
        assert!(same > least, "{also}: {same}");
    }
    // Which state has the name of a version is not known.
    assert_eq!(MICRO_BATCH.same("state = \"by-version\""), 0);
}

#[test]
fn what_is_counted_in_memory_and_comes_to_the_same_state_comes_to_the_same() {
    for (engine, also, least) in [
        (AT_LEAST_ONCE, "", 50),
        (AT_LEAST_ONCE, "counts = \"durable\"\ndistinct = true\nacks = \"sum\"", 50),
        (AT_LEAST_ONCE, "offsets = \"highest\"\nview = \"last-arrival\"\nanchor = false", 50),
        (AT_LEAST_ONCE, "offsets = \"emitted\"\nack = \"on-receipt\"", 20),
        (BEST_EFFORT, "", 10),
        (BEST_EFFORT, "counts = \"durable\"", 10),
        (LAMBDA, "", 50),
    ] {
        let same = engine.same(also);
        assert!(same > least, "{} {also}: {same}", engine.strategy);
    }
}
