//! What each exact scenario comes to, copied from the derivation by hand in its file, and never from a
//! run. A row that disagrees with a run shows that one of the two is wrong.

use onceproof_sim::outcome::Class::{
    self, Divergent, Duplicated, Lost, Repeated, Stale, Stuck, Torn, Unbounded,
};

/// One exact scenario.
pub struct Row {
    /// The file, below `scenarios/`.
    pub file: &'static str,
    /// All classes that are found.
    pub classes: &'static [Class],
    /// expected, exact, duplicated, excess, lost, divergent, late.
    pub ledger: [u64; 7],
    /// The records that are duplicated, lost or divergent, in any order.
    pub damaged: &'static [&'static str],
    /// The steps with results, in file order.
    pub steps: &'static [Step<'static>],
    /// How many faults do not fire, on purpose.
    pub unfired: usize,
    /// How many records were given up.
    pub dead_lettered: u64,
    /// What was done, by the names of the report, as far as the file says so.
    pub work: &'static [(&'static str, u64)],
}

/// A step: its name, what is expected of it, what is applied, and its results.
pub type Step<'a> = (&'a str, u64, u64, &'a [(&'a str, i128)]);

/// A scenario in which so many records are all exact.
const fn exact(file: &'static str, records: u64, steps: &'static [Step<'static>]) -> Row {
    ledger(file, &[], [records, records, 0, 0, 0, 0, 0], steps)
}

/// A scenario with this ledger.
const fn ledger(
    file: &'static str,
    classes: &'static [Class],
    ledger: [u64; 7],
    steps: &'static [Step<'static>],
) -> Row {
    Row { file, classes, ledger, damaged: &[], steps, unfired: 0, dead_lettered: 0, work: &[] }
}

impl Row {
    const fn with_damaged(self, damaged: &'static [&'static str]) -> Row {
        Row { damaged, ..self }
    }

    const fn with_unfired(self, unfired: usize) -> Row {
        Row { unfired, ..self }
    }

    const fn with_dead_lettered(self, dead_lettered: u64) -> Row {
        Row { dead_lettered, ..self }
    }

    const fn with_work(self, work: &'static [(&'static str, u64)]) -> Row {
        Row { work, ..self }
    }
}

/// One record of ann, counted once, twice, never.
const ANN_ONCE: &[Step] = &[("per-user", 1, 1, &[("ann", 1)])];
const ANN_TWICE: &[Step] = &[("per-user", 1, 2, &[("ann", 2)])];
const ANN_NEVER: &[Step] = &[("per-user", 1, 0, &[])];
/// One record that is lost, or doubled, and its name.
const ONE_LOST: [u64; 7] = [1, 0, 0, 0, 1, 0, 0];
const ONE_DOUBLED: [u64; 7] = [1, 0, 1, 1, 0, 0, 0];
const FIRST: &[&str] = &["events/0#0"];
/// Two records of ann.
const ANN_2: &[Step] = &[("per-user", 2, 2, &[("ann", 2)])];
/// Two records of ann and one of bob.
const ANN_2_BOB_1: &[Step] = &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)])];
const ANN_1_BOB_1: &[Step] = &[("per-user", 2, 2, &[("ann", 1), ("bob", 1)])];
const ANN_2_OF_1_BOB_1: &[Step] = &[("per-user", 2, 3, &[("ann", 2), ("bob", 1)])];
const ANN_2_OF_1_BOB_2: &[Step] = &[("per-user", 3, 4, &[("ann", 2), ("bob", 2)])];
const ANN_1_BOB_9: &[Step] = &[("per-user", 10, 10, &[("ann", 1), ("bob", 9)])];
const ANN_NOT_BOB: &[Step] = &[("per-user", 2, 1, &[("ann", 1)])];
const BOB_OF_2: &[Step] = &[("per-user", 2, 1, &[("bob", 1)])];
/// Two records counted globally, once and twice.
const GLOBAL_2: &[Step] = &[("global", 2, 2, &[("*", 2)])];
const GLOBAL_4: &[Step] = &[("global", 2, 4, &[("*", 4)])];
const ANN_IN_TABLE: &[Step] = &[("table", 1, 1, &[("ann", 1)])];
const BOTH_IN_TABLE: &[Step] = &[("table", 2, 2, &[("ann", 1), ("bob", 1)])];
const THREE_IN_TABLE: &[Step] = &[("table", 3, 3, &[("ann", 1), ("bob", 1), ("cid", 1)])];
const TWO_ROWS: &[Step] = &[("table", 1, 2, &[("ann", 2)])];
const SIX_GLOBALLY: &[Step] = &[("global", 6, 6, &[("*", 6)])];
const ANN_SIDE_0: &[Step] = &[("per-side", 1, 1, &[("ann/0", 1)])];
const ANN_SIDE_1: &[Step] = &[("per-side", 1, 1, &[("ann/1", 1)])];
const ZERO_BOTH: &[Step] = &[("left", 1, 1, &[("ann", 0)]), ("right", 1, 1, &[("ann", 0)])];

/// All exact scenarios, by folder.
pub const ROWS: &[Row] = &[
    exact("ack/after-commit-crash.toml", 1, ANN_ONCE),
    ledger("ack/on-receipt-crash.toml", &[Lost], ONE_LOST, ANN_NEVER).with_damaged(FIRST),
    exact("ack/on-receipt-remnant.toml", 2, ANN_1_BOB_1).with_work(&[("remnants_dropped", 1)]),
    exact("ack/on-receipt-waits.toml", 3, ANN_2_BOB_1).with_work(&[("remnants_dropped", 0)]),
    //
    ledger("atomic/id-first.toml", &[Lost], ONE_LOST, ANN_NEVER).with_damaged(FIRST),
    ledger("atomic/state-first.toml", &[Duplicated], ONE_DOUBLED, ANN_TWICE).with_damaged(FIRST),
    exact("atomic/state-first-upsert.toml", 1, ANN_IN_TABLE),
    exact("atomic/together.toml", 1, ANN_ONCE),
    //
    ledger("bloom/bloom-only.toml", &[Lost], [2, 1, 0, 0, 1, 0, 0], ANN_NOT_BOB)
        .with_damaged(&["events/0#1"])
        .with_work(&[("catalog_reads", 0), ("bloom_negatives", 1), ("bloom_false_positives", 1)]),
    ledger("bloom/by-arrival.toml", &[Duplicated], ONE_DOUBLED, ANN_TWICE)
        .with_damaged(FIRST)
        .with_work(&[("catalog_reads", 0), ("bloom_negatives", 2), ("bloom_false_positives", 0)]),
    exact("bloom/by-stamp.toml", 1, ANN_ONCE).with_work(&[
        ("catalog_reads", 1),
        ("bloom_negatives", 1),
        ("bloom_false_positives", 0),
    ]),
    exact("bloom/false-positive.toml", 2, ANN_1_BOB_1).with_work(&[
        ("catalog_reads", 1),
        ("bloom_negatives", 1),
        ("bloom_false_positives", 1),
    ]),
    exact("bloom/from-the-future.toml", 3, &[("per-user", 3, 3, &[("ann", 3)])]).with_work(&[
        ("catalog_reads", 1),
        ("bloom_negatives", 3),
        ("bloom_false_positives", 0),
    ]),
    exact("bloom/lost-ack.toml", 3, ANN_2_BOB_1).with_work(&[
        ("catalog_reads", 1),
        ("bloom_negatives", 3),
        ("bloom_false_positives", 0),
    ]),
    exact("bloom/negatives.toml", 3, ANN_2_BOB_1).with_work(&[
        ("catalog_reads", 0),
        ("bloom_negatives", 3),
        ("bloom_false_positives", 0),
    ]),
    exact("bloom/next-range.toml", 2, ANN_1_BOB_1).with_work(&[
        ("catalog_reads", 0),
        ("bloom_negatives", 2),
        ("bloom_false_positives", 0),
    ]),
    exact(
        "bloom/restart-lazy.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 1), ("bob", 1), ("cid", 1)])],
    )
    .with_work(&[("catalog_reads", 3), ("bloom_negatives", 2), ("bloom_false_positives", 0)]),
    ledger(
        "bloom/restart-none.toml",
        &[Duplicated],
        [2, 1, 1, 1, 0, 0, 0],
        &[("per-user", 2, 3, &[("ann", 2), ("bob", 1)])],
    )
    .with_damaged(FIRST)
    .with_work(&[("catalog_reads", 0), ("bloom_negatives", 3), ("bloom_false_positives", 0)]),
    exact("bloom/restart-scan.toml", 2, ANN_1_BOB_1).with_work(&[
        ("catalog_reads", 1),
        ("bloom_negatives", 2),
        ("bloom_false_positives", 0),
    ]),
    //
    exact("bundle/crash-before-commit.toml", 3, ANN_2_BOB_1).with_work(&[("commits", 6)]),
    exact("bundle/duplicate-in-a-bundle.toml", 3, ANN_2_BOB_1),
    //
    exact(
        "chapter/small.toml",
        2,
        &[
            ("per-user", 2, 2, &[("ann/0", 1), ("bob/0", 1)]),
            ("global", 2, 2, &[("*", 2)]),
            ("table", 2, 2, &[("*", 2)]),
        ],
    ),
    //
    exact("commits/delayed-into-the-outage.toml", 1, ANN_ONCE),
    exact("commits/delayed-past-the-boot.toml", 1, ANN_ONCE),
    exact("commits/lost-at-the-source.toml", 1, ANN_ONCE),
    exact("commits/lost-watermark.toml", 1, ANN_ONCE),
    exact("commits/lost.toml", 1, ANN_ONCE),
    exact("commits/slow-store-repeated.toml", 1, ANN_ONCE),
    exact("commits/slow-store.toml", 1, ANN_ONCE),
    exact("commits/unknown.toml", 1, ANN_ONCE),
    //
    exact("crash/before-ack.toml", 1, ANN_ONCE),
    exact("crash/before-admit.toml", 1, ANN_ONCE),
    exact("crash/before-answer.toml", 1, ANN_ONCE),
    exact("crash/before-apply.toml", 1, ANN_ONCE),
    exact("crash/before-emit.toml", 1, ANN_ONCE),
    exact("crash/before-send.toml", 1, ANN_ONCE),
    exact("crash/before-settle.toml", 1, ANN_ONCE),
    exact("crash/by-time.toml", 1, ANN_ONCE),
    //
    ledger("fencing/delayed-commit-unfenced.toml", &[Lost], [2, 1, 0, 0, 1, 0, 0], BOB_OF_2)
        .with_damaged(FIRST),
    exact("fencing/delayed-commit.toml", 2, ANN_1_BOB_1),
    exact("fencing/delayed-pane-unfenced.toml", 1, ANN_ONCE),
    ledger("fencing/move-before-commit-unfenced.toml", &[Lost], [2, 1, 0, 0, 1, 0, 0], BOB_OF_2)
        .with_damaged(FIRST),
    exact("fencing/move-before-commit.toml", 2, ANN_1_BOB_1),
    ledger("fencing/pause-before-commit-unfenced.toml", &[Lost], [2, 1, 0, 0, 1, 0, 0], BOB_OF_2)
        .with_damaged(FIRST),
    exact("fencing/pause-before-commit.toml", 2, ANN_1_BOB_1),
    ledger(
        "fencing/move-before-emit-unfenced.toml",
        &[Duplicated],
        [2, 0, 2, 2, 0, 0, 0],
        GLOBAL_4,
    )
    .with_damaged(&["events/0#0", "events/0#1"]),
    exact("fencing/move-before-emit.toml", 2, GLOBAL_2),
    ledger(
        "fencing/pause-before-emit-unfenced.toml",
        &[Duplicated],
        [2, 0, 2, 2, 0, 0, 0],
        GLOBAL_4,
    )
    .with_damaged(&["events/0#0", "events/0#1"]),
    exact("fencing/pause-before-emit.toml", 2, GLOBAL_2),
    //
    exact("leases/clock-ahead.toml", 1, ANN_ONCE),
    exact("leases/clock-back.toml", 2, ANN_1_BOB_1),
    exact("leases/crash-past-the-lease.toml", 1, ANN_ONCE),
    exact("leases/pause-past-the-lease.toml", 2, ANN_1_BOB_1),
    exact("leases/pause-within-the-lease.toml", 1, ANN_ONCE),
    exact("leases/stale-directory.toml", 1, ANN_ONCE),
    exact("leases/there-and-back.toml", 1, ANN_ONCE),
    //
    exact("dedup/closed-window-no-dedup.toml", 1, ANN_ONCE),
    ledger(
        "dedup/cut-acks-no-dedup.toml",
        &[Duplicated],
        [1, 0, 1, 3, 0, 0, 0],
        &[("per-user", 1, 4, &[("ann", 4)])],
    )
    .with_damaged(FIRST),
    exact("dedup/duplicate-request.toml", 1, ANN_ONCE),
    ledger("dedup/duplicate-request-no-dedup.toml", &[Duplicated], ONE_DOUBLED, ANN_TWICE)
        .with_damaged(FIRST),
    ledger("dedup/error-applied-no-dedup.toml", &[Duplicated], ONE_DOUBLED, ANN_TWICE)
        .with_damaged(FIRST),
    exact("dedup/lost-ack.toml", 3, ANN_2_BOB_1),
    ledger(
        "dedup/lost-ack-no-dedup.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        &[("per-user", 3, 4, &[("ann", 2), ("bob", 2)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "dedup/pane-ack-no-dedup.toml",
        &[Duplicated],
        [2, 0, 2, 2, 0, 0, 0],
        &[
            ("per-user", 2, 2, &[("ann", 2)]),
            ("global", 2, 4, &[("*", 4)]),
            ("table", 2, 4, &[("*", 4)]),
        ],
    )
    .with_damaged(&["events/0#0", "events/0#1"]),
    ledger("dedup/window-too-short.toml", &[Duplicated], [2, 1, 1, 1, 0, 0, 0], ANN_2_OF_1_BOB_1)
        .with_damaged(FIRST),
    exact("dedup/window-long-enough.toml", 2, ANN_1_BOB_1),
    ledger(
        "dedup/window-not-refreshed.toml",
        &[Duplicated],
        [2, 1, 1, 1, 0, 0, 0],
        ANN_2_OF_1_BOB_1,
    )
    .with_damaged(FIRST),
    exact("dedup/window-refreshed.toml", 2, ANN_1_BOB_1),
    ledger("dedup/window-drops-old.toml", &[Lost], ONE_LOST, ANN_NEVER).with_damaged(FIRST),
    ledger("dedup/window-at-receive.toml", &[Lost], ONE_LOST, ANN_NEVER).with_damaged(FIRST),
    ledger("dedup/short-timeout-no-dedup.toml", &[Duplicated], ONE_DOUBLED, ANN_TWICE)
        .with_damaged(FIRST),
    exact("dedup/upsert-needs-no-catalog.toml", 1, ANN_IN_TABLE),
    //
    exact("functions/clock-checkpointed.toml", 1, &[("per-step", 1, 1, &[("ann/1", 1)])]),
    ledger(
        "functions/clock-recomputed.toml",
        &[Duplicated, Divergent],
        [1, 0, 1, 1, 0, 1, 0],
        &[("per-step", 1, 2, &[("ann/0", 1), ("ann/1", 1)])],
    )
    .with_damaged(FIRST),
    exact("functions/dead-letter-checkpointed.toml", 1, ANN_ONCE).with_unfired(1),
    ledger(
        "functions/dead-letter-pane.toml",
        &[],
        [3, 1, 0, 0, 0, 0, 0],
        &[("per-user", 3, 3, &[("ann", 1), ("bob", 2)]), ("global", 1, 1, &[("*", 1)])],
    )
    .with_dead_lettered(2),
    ledger(
        "functions/dead-letter-one-window.toml",
        &[],
        [1, 0, 0, 0, 0, 0, 0],
        &[
            ("per-hour", 1, 1, &[("ann", 1)]),
            ("per-minute", 2, 2, &[("*", 2)]),
            ("again", 1, 1, &[("*", 1)]),
        ],
    )
    .with_dead_lettered(1),
    ledger(
        "functions/dead-letter-recomputed.toml",
        &[Divergent],
        [1, 0, 0, 0, 0, 1, 0],
        &[("per-user", 0, 1, &[("ann", 1)])],
    )
    .with_damaged(FIRST)
    .with_dead_lettered(1),
    exact("functions/explode.toml", 1, &[("per-user", 3, 3, &[("ann", 3)])]),
    ledger(
        "functions/explode-65536.toml",
        &[],
        [3, 2, 0, 0, 0, 0, 1],
        &[
            ("per-user", 3, 2, &[("ann", 1), ("bob", 1)]),
            ("table", 131_072, 65_536, &[("ann", 65_536)]),
        ],
    ),
    exact("functions/filter.toml", 2, ANN_ONCE),
    exact(
        "functions/sum-that-just-fits.toml",
        3,
        &[("total", 3, 3, &[("ann", 9_223_372_036_854_775_806)])],
    ),
    exact("functions/key-by-value.toml", 2, &[("per-value", 2, 2, &[("7", 2)])]),
    exact("functions/lookup-checkpointed.toml", 1, &[("per-group", 1, 1, &[("ann/1", 1)])]),
    ledger(
        "functions/lookup-recomputed.toml",
        &[Duplicated, Divergent],
        [1, 0, 1, 1, 0, 1, 0],
        &[("per-group", 1, 2, &[("ann/0", 1), ("ann/1", 1)])],
    )
    .with_damaged(FIRST),
    exact("functions/lookup-the-same-again.toml", 1, &[("per-group", 1, 1, &[("ann/0", 1)])]),
    exact(
        "functions/order-checkpointed.toml",
        2,
        &[("per-number", 2, 2, &[("ann/1", 1), ("bob/0", 1)])],
    ),
    ledger(
        "functions/order-recomputed.toml",
        &[Duplicated, Divergent],
        [2, 1, 1, 1, 0, 1, 0],
        &[("per-number", 2, 3, &[("ann/0", 1), ("ann/1", 1), ("bob/0", 1)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "functions/poison-dead-letter.toml",
        &[],
        [3, 2, 0, 0, 0, 0, 0],
        &[("per-user", 2, 2, &[("ann", 2)])],
    )
    .with_dead_lettered(1),
    ledger(
        "functions/poison-for-ever.toml",
        &[Stuck],
        // Neither exact nor lost: they may still come.
        [3, 0, 0, 0, 0, 0, 0],
        &[("per-user", 3, 0, &[])],
    ),
    exact("functions/sum.toml", 3, &[("total", 3, 3, &[("ann", 12), ("bob", -2)])]),
    exact("functions/user-differs.toml", 1, ANN_SIDE_1),
    exact("functions/user-fails.toml", 1, ANN_ONCE),
    //
    exact("fusion/apart.toml", 1, ANN_ONCE).with_work(&[
        ("messages", 4),
        ("commits", 8),
        ("catalog_reads", 2),
    ]),
    ledger(
        "fusion/coin-behind-a-stable-input.toml",
        &[Duplicated, Divergent],
        [1, 0, 1, 1, 0, 1, 0],
        &[("per-side", 1, 2, &[("ann/0", 1), ("ann/1", 1)])],
    )
    .with_damaged(FIRST),
    exact("fusion/coin-before-a-stable-input.toml", 1, ANN_SIDE_0).with_unfired(1),
    exact("fusion/coin-in-the-middle-recomputed.toml", 1, &[("total", 1, 1, &[("ann", 0)])]),
    exact("fusion/crash-runs-the-stage-again.toml", 1, ANN_SIDE_1),
    ledger("fusion/fails-behind-a-call.toml", &[Repeated], [1, 1, 0, 0, 0, 0, 0], ANN_IN_TABLE)
        .with_damaged(FIRST)
        .with_work(&[("side_effects", 2)]),
    exact(
        "fusion/pane-fails.toml",
        1,
        &[("per-user", 1, 1, &[("ann", 1)]), ("table", 1, 1, &[("ann", 1)])],
    ),
    exact("fusion/row-and-offset.toml", 1, ANN_IN_TABLE).with_work(&[
        ("messages", 0),
        ("commits", 1),
        ("catalog_reads", 0),
    ]),
    exact("fusion/source-record-fails.toml", 2, ANN_1_BOB_1),
    exact("fusion/stable-input-runs-alone.toml", 1, ANN_SIDE_0).with_unfired(1),
    exact("fusion/together.toml", 1, ANN_ONCE).with_work(&[
        ("messages", 2),
        ("commits", 5),
        ("catalog_reads", 1),
    ]),
    exact("fusion/two-ways-in-one-stage.toml", 1, &[("both", 2, 2, &[("all", 1), ("ann", 1)])]),
    //
    exact("gc/remnant.toml", 2, ANN_1_BOB_1).with_work(&[("ids_held_max", 1), ("ids_held_end", 0)]),
    ledger("gc/never.toml", &[Unbounded], [2, 2, 0, 0, 0, 0, 0], ANN_1_BOB_1)
        .with_work(&[("ids_held_max", 2), ("ids_held_end", 2)]),
    ledger("gc/ttl-accept.toml", &[Duplicated], [2, 1, 1, 1, 0, 0, 0], ANN_2_OF_1_BOB_1)
        .with_damaged(FIRST),
    ledger(
        "gc/ttl-accept-below-watermark.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        ANN_2_OF_1_BOB_2,
    )
    .with_damaged(FIRST),
    ledger("gc/ttl-drop.toml", &[Lost], ONE_LOST, ANN_NEVER).with_damaged(FIRST),
    exact("gc/ttl-drop-of-its-age.toml", 1, ANN_ONCE),
    exact("gc/ttl-drop-late-copy.toml", 2, ANN_1_BOB_1),
    exact("gc/partition-pins.toml", 10, ANN_1_BOB_9)
        .with_work(&[("ids_held_max", 10), ("ids_held_end", 0)]),
    exact("gc/no-partition.toml", 10, ANN_1_BOB_9)
        .with_work(&[("ids_held_max", 1), ("ids_held_end", 0)]),
    //
    exact("ids/derived-recompute.toml", 1, ANN_ONCE),
    exact("ids/fresh-checkpoint.toml", 1, ANN_ONCE),
    ledger("ids/fresh-in-one-life.toml", &[Duplicated], ONE_DOUBLED, ANN_TWICE).with_damaged(FIRST),
    ledger("ids/fresh-recompute.toml", &[Duplicated], ONE_DOUBLED, ANN_TWICE).with_damaged(FIRST),
    ledger(
        "ids/same-id-twice.toml",
        &[Lost],
        [2, 1, 0, 0, 1, 0, 0],
        &[("per-user", 2, 1, &[("ann", 1)])],
    )
    .with_damaged(&["events/0#1"]),
    //
    exact("in-flight/one-at-a-time.toml", 3, ANN_2_BOB_1),
    //
    exact("lift/every-record.toml", 6, SIX_GLOBALLY).with_work(&[
        ("messages", 7),
        ("commits", 8),
        ("catalog_reads", 6),
    ]),
    ledger(
        "lift/forced-recompute.toml",
        &[Duplicated],
        [3, 1, 2, 2, 0, 0, 0],
        &[("per-user", 3, 5, &[("ann", 5)])],
    )
    .with_damaged(&["events/0#0", "events/0#1"]),
    exact("lift/lost-ack.toml", 3, &[("per-user", 3, 3, &[("ann", 3)])]),
    ledger(
        "lift/lost-ack-no-dedup.toml",
        &[Duplicated],
        [3, 0, 3, 3, 0, 0, 0],
        &[("per-user", 3, 6, &[("ann", 6)])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/0#2"]),
    exact("lift/partial-aggregates.toml", 6, SIX_GLOBALLY).with_work(&[
        ("messages", 3),
        ("commits", 6),
        ("catalog_reads", 2),
    ]),
    exact("lift/sure-recompute.toml", 3, &[("per-user", 3, 3, &[("ann", 3)])]),
    //
    exact("network/delayed-ack.toml", 1, ANN_ONCE),
    exact("network/delayed-request.toml", 1, ANN_ONCE),
    exact("network/duplicate-ack.toml", 1, ANN_ONCE),
    exact("network/duplicate-both-acks-lost.toml", 1, ANN_ONCE),
    exact("network/error-applied.toml", 1, ANN_ONCE),
    exact("network/error-not-applied.toml", 1, ANN_ONCE),
    exact("network/lost-watermark.toml", 1, ANN_ONCE),
    exact("network/partition-backward.toml", 1, ANN_ONCE),
    exact("network/partition-both.toml", 1, ANN_ONCE),
    exact("network/partition-forward.toml", 1, ANN_ONCE),
    //
    ledger(
        "outputs/all-but-the-coin-checkpointed.toml",
        &[Duplicated, Divergent],
        [1, 0, 1, 1, 0, 1, 0],
        &[("per-side", 1, 2, &[("ann/0", 1), ("ann/1", 1)])],
    )
    .with_damaged(FIRST),
    exact("outputs/branches-checkpointed.toml", 1, ZERO_BOTH).with_unfired(1),
    ledger(
        "outputs/branches-disagree.toml",
        &[Divergent],
        [1, 0, 0, 0, 0, 1, 0],
        &[("left", 1, 1, &[("ann", 0)]), ("right", 1, 1, &[("ann", 1)])],
    )
    .with_damaged(FIRST),
    exact("outputs/branches-reshuffled.toml", 1, ZERO_BOTH),
    exact(
        "outputs/coin-checkpointed.toml",
        2,
        &[("per-side", 2, 2, &[("ann/0", 1), ("bob/0", 1)])],
    )
    .with_unfired(1),
    ledger(
        "outputs/coin-flipped-again.toml",
        &[Duplicated, Divergent],
        [2, 1, 1, 1, 0, 1, 0],
        &[("per-side", 2, 3, &[("ann/0", 1), ("ann/1", 1), ("bob/0", 1)])],
    )
    .with_damaged(FIRST),
    exact("outputs/coin-into-value-recomputed.toml", 1, &[("total", 1, 1, &[("ann", 0)])]),
    exact("outputs/coin-mended-by-key-by.toml", 1, ANN_ONCE),
    exact("outputs/deterministic-recompute.toml", 1, ANN_ONCE),
    exact("outputs/only-the-coin-checkpointed.toml", 1, ANN_SIDE_1),
    //
    ledger(
        "re-ack/off-lost-ack.toml",
        &[Stuck],
        // Neither exact nor lost: it may still come.
        [1, 0, 0, 0, 0, 0, 0],
        ANN_NEVER,
    ),
    ledger("re-ack/off-sender-crash.toml", &[Stuck], [1, 1, 0, 0, 0, 0, 0], ANN_ONCE),
    exact("re-ack/on-lost-ack.toml", 1, ANN_ONCE),
    //
    ledger("retry/give-up-delayed-request.toml", &[Lost], ONE_LOST, ANN_NEVER).with_damaged(FIRST),
    exact("retry/give-up-lost-ack.toml", 1, ANN_ONCE),
    ledger("retry/give-up-lost-request.toml", &[Lost], ONE_LOST, ANN_NEVER).with_damaged(FIRST),
    exact("retry/lost-request.toml", 1, ANN_ONCE),
    exact("retry/short-timeout.toml", 1, ANN_ONCE),
    //
    exact(
        "shapes/branch.toml",
        1,
        &[("per-user", 1, 1, &[("ann", 1)]), ("table", 1, 1, &[("ann", 1)])],
    ),
    exact(
        "shapes/count-after-count.toml",
        2,
        &[
            ("per-user", 2, 2, &[("ann", 2)]),
            ("global", 2, 2, &[("*", 2)]),
            ("table", 2, 2, &[("*", 2)]),
        ],
    ),
    exact(
        "shapes/pane-by-two-ways.toml",
        1,
        &[
            ("per-user", 1, 1, &[("ann", 1)]),
            ("global", 1, 1, &[("*", 1)]),
            ("table", 2, 2, &[("*", 1), ("ann", 1)]),
        ],
    ),
    exact("shapes/diamond.toml", 1, &[("both", 2, 2, &[("all", 1), ("ann", 1)])]),
    exact("shapes/join.toml", 2, &[("per-user", 2, 2, &[("ann", 2)])]),
    //
    exact("side-effects/append-answer-lost.toml", 1, ANN_ONCE),
    ledger(
        "side-effects/append-answer-lost-limited.toml",
        &[Repeated],
        [1, 1, 0, 0, 0, 0, 0],
        ANN_ONCE,
    )
    .with_damaged(FIRST),
    exact("side-effects/append-next-call.toml", 2, ANN_1_BOB_1),
    exact("side-effects/put-answer-lost-limited.toml", 1, ANN_ONCE),
    exact("side-effects/put-crash.toml", 2, ANN_2),
    ledger("side-effects/put-zombie.toml", &[Stale], [2, 2, 0, 0, 0, 0, 0], ANN_2)
        .with_damaged(FIRST),
    exact("side-effects/put-fenced-zombie.toml", 2, ANN_2),
    exact("side-effects/put-fenced-forgotten.toml", 2, ANN_2),
    exact("side-effects/put-fenced-crash.toml", 2, ANN_2),
    exact("side-effects/put-fenced-answer-lost.toml", 1, ANN_ONCE),
    ledger("side-effects/append-crash.toml", &[Repeated], [1, 1, 0, 0, 0, 0, 0], ANN_ONCE)
        .with_damaged(FIRST),
    ledger("side-effects/append-function-fails.toml", &[Repeated], [1, 1, 0, 0, 0, 0, 0], ANN_ONCE)
        .with_damaged(FIRST),
    exact("side-effects/crash-before-call.toml", 1, ANN_ONCE),
    ledger("side-effects/take-crash.toml", &[Lost], ONE_LOST, ANN_NEVER).with_damaged(FIRST),
    exact("side-effects/take-slow-answers.toml", 2, ANN_1_BOB_1),
    exact("side-effects/read-then-delete.toml", 1, ANN_ONCE),
    //
    exact("sinks/append-lost-ack.toml", 1, ANN_IN_TABLE),
    ledger("sinks/append-answer-lost.toml", &[Duplicated], ONE_DOUBLED, TWO_ROWS)
        .with_damaged(FIRST),
    ledger("sinks/append-crash.toml", &[Duplicated], ONE_DOUBLED, TWO_ROWS).with_damaged(FIRST),
    ledger("sinks/append-pause.toml", &[Duplicated], ONE_DOUBLED, TWO_ROWS).with_damaged(FIRST),
    exact("sinks/insert-id-crash.toml", 1, ANN_IN_TABLE),
    exact("sinks/insert-id-pause.toml", 1, ANN_IN_TABLE),
    ledger("sinks/insert-id-short-window.toml", &[Duplicated], ONE_DOUBLED, TWO_ROWS)
        .with_damaged(FIRST),
    exact("sinks/insert-id-long-enough.toml", 1, ANN_IN_TABLE),
    exact("sinks/insert-id-random-answer-lost.toml", 1, ANN_IN_TABLE),
    ledger("sinks/insert-id-random-crash.toml", &[Duplicated], ONE_DOUBLED, TWO_ROWS)
        .with_damaged(FIRST),
    exact("sinks/insert-id-random-reshuffled.toml", 1, ANN_IN_TABLE),
    exact("sinks/offset-answer-lost.toml", 1, ANN_IN_TABLE),
    exact("sinks/offset-crash-before-call.toml", 1, ANN_IN_TABLE),
    exact("sinks/offset-crash-after-call.toml", 1, ANN_IN_TABLE),
    exact("sinks/offset-pause.toml", 1, ANN_IN_TABLE),
    exact("sinks/offset-out-of-range.toml", 2, BOTH_IN_TABLE),
    ledger(
        "sinks/offset-in-memory.toml",
        &[Duplicated, Lost],
        [2, 0, 1, 1, 1, 0, 0],
        &[("table", 2, 2, &[("ann", 2)])],
    )
    .with_damaged(&["events/0#0", "events/0#1"]),
    exact("sinks/offset-durable.toml", 2, BOTH_IN_TABLE),
    ledger("sinks/offset-new-stream.toml", &[Duplicated], ONE_DOUBLED, TWO_ROWS)
        .with_damaged(FIRST),
    exact(
        "sinks/rows-of-great-numbers.toml",
        3,
        &[(
            "table",
            3,
            3,
            &[("ann", 18_446_744_073_709_551_614), ("bob", -9_223_372_036_854_775_808)],
        )],
    ),
    exact("sinks/rename-crash.toml", 1, ANN_IN_TABLE),
    exact("sinks/rename-answer-lost.toml", 1, ANN_IN_TABLE),
    exact("sinks/rename-pause.toml", 1, ANN_IN_TABLE),
    ledger("sinks/rename-state-first.toml", &[Duplicated], ONE_DOUBLED, TWO_ROWS)
        .with_damaged(FIRST),
    exact("sinks/rename-bundle-crash.toml", 3, THREE_IN_TABLE),
    ledger(
        "sinks/in-place-crash.toml",
        &[Duplicated, Torn],
        [3, 2, 1, 1, 0, 0, 0],
        &[("table", 3, 4, &[("ann", 2), ("bob", 1), ("cid", 1)])],
    )
    .with_damaged(FIRST),
    ledger("sinks/in-place-pause.toml", &[Torn], [3, 3, 0, 0, 0, 0, 0], THREE_IN_TABLE)
        .with_damaged(FIRST),
    exact("sinks/two-phase-crash.toml", 1, ANN_IN_TABLE),
    ledger("sinks/two-phase-timeout.toml", &[Lost], ONE_LOST, &[("table", 1, 0, &[])])
        .with_damaged(FIRST),
    exact("sinks/two-phase-long-enough.toml", 1, ANN_IN_TABLE),
    exact("sinks/two-phase-crash-before-commit.toml", 1, ANN_IN_TABLE),
    exact("sinks/two-phase-bundle-crash.toml", 3, THREE_IN_TABLE),
    ledger(
        "sinks/two-phase-bundle-timeout.toml",
        &[Lost],
        [3, 0, 0, 0, 3, 0, 0],
        &[("table", 3, 0, &[])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/0#2"]),
    //
    exact("sources/queue-acked-after-commit.toml", 1, ANN_ONCE),
    ledger("sources/queue-acked-on-receipt.toml", &[Lost], ONE_LOST, ANN_NEVER).with_damaged(FIRST),
    exact("sources/queue-attribute-ids.toml", 1, ANN_ONCE),
    ledger(
        "sources/queue-content-ids.toml",
        &[Lost],
        [2, 1, 0, 0, 1, 0, 0],
        &[("per-user", 2, 1, &[("ann", 1)])],
    )
    .with_damaged(&["events/0#1"]),
    exact("sources/queue-equal-messages.toml", 2, ANN_2),
    ledger("sources/queue-message-ids.toml", &[Duplicated], ONE_DOUBLED, ANN_TWICE)
        .with_damaged(FIRST),
    exact("sources/queue-idle-shard.toml", 1, ANN_IN_TABLE)
        .with_work(&[("ids_held_max", 1), ("ids_held_end", 0)]),
    exact("sources/queue-not-extended.toml", 1, ANN_ONCE),
    ledger("sources/queue-fresh-ids.toml", &[Duplicated], ONE_DOUBLED, ANN_TWICE)
        .with_damaged(FIRST),
    exact("sources/queue-redelivered-while-held.toml", 1, ANN_ONCE),
    exact("sources/queue-redelivered.toml", 1, ANN_ONCE),
    ledger("sources/queue-published-late.toml", &[Duplicated], ONE_DOUBLED, ANN_TWICE)
        .with_damaged(FIRST),
    exact("sources/queue-published-late-window.toml", 1, ANN_ONCE),
    ledger("sources/queue-without-ids.toml", &[Duplicated], ONE_DOUBLED, ANN_TWICE)
        .with_damaged(FIRST),
    exact("sources/two-queues-attribute-ids.toml", 2, ANN_2),
    exact("sources/two-queues-content-ids.toml", 2, ANN_2),
    exact("sources/two-sources-one-numbering.toml", 2, ANN_2),
    //
    ledger("stamps/fresh.toml", &[Duplicated], [2, 1, 1, 1, 0, 0, 0], ANN_2_OF_1_BOB_1)
        .with_damaged(FIRST),
    exact("stamps/stable-step.toml", 2, ANN_1_BOB_1),
    exact("stamps/stable.toml", 2, ANN_1_BOB_1),
    ledger("stamps/wall-clock-step.toml", &[Lost], [2, 1, 0, 0, 1, 0, 0], ANN_NOT_BOB)
        .with_damaged(&["events/0#1"]),
    exact("stamps/wall-clock-steady.toml", 2, ANN_1_BOB_1).with_work(&[("ids_held_end", 0)]),
    ledger(
        "waits/ids-expire-under-retries.toml",
        &[Duplicated],
        [1, 0, 1, 1, 0, 0, 0],
        &[("per-user", 1, 2, &[("ann", 2)])],
    )
    .with_damaged(&["events/0#0"]),
    exact("waits/lost-request-backoff-of-hours.toml", 1, ANN_ONCE),
    exact("waits/lost-request-long-timeout.toml", 1, ANN_ONCE),
    exact("waits/message-again-recomputed.toml", 1, ANN_ONCE),
    ledger(
        "waits/old-copy-outlives-window.toml",
        &[Duplicated],
        [1, 0, 1, 1, 0, 0, 0],
        &[("table", 1, 2, &[("ann", 2)])],
    )
    .with_damaged(&["events/0#0"]),
    exact("waits/old-copy.toml", 1, ANN_ONCE),
    exact("waits/only-worker-restarts-after-an-hour.toml", 1, ANN_ONCE),
    exact("waits/partition-of-15-minutes.toml", 1, ANN_ONCE),
    exact("waits/queue-deadline-of-15-minutes.toml", 1, ANN_ONCE),
    exact("waits/quiet-minute-recomputed.toml", 2, &[("per-user", 2, 2, &[("ann", 2)])]),
    exact("waits/restart-after-an-hour.toml", 1, ANN_ONCE),
    exact("waits/routing-lag.toml", 1, ANN_ONCE),
    exact("waits/slow-read.toml", 1, ANN_ONCE),
    //
    exact("windows/boot-fires-what-is-due.toml", 2, ANN_1_BOB_1),
    exact(
        "windows/ack-confirms-a-watermark.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 1), ("bob", 1), ("cat", 1)])],
    )
    .with_work(&[("messages", 4)]),
    exact("windows/duplicate-carries-a-watermark.toml", 2, ANN_1_BOB_1),
    exact("windows/late-pane.toml", 3, ANN_2_BOB_1),
    exact(
        "windows/late-pane-and-the-next-window.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 3)]), ("table", 3, 3, &[("ann", 3)])],
    ),
    ledger(
        "windows/lost-late-pane.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#2"]),
    ledger(
        "windows/late-above-a-longer-window.toml",
        &[],
        [3, 2, 0, 0, 0, 0, 1],
        &[("per-user", 3, 2, &[("ann", 1), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    ),
    ledger("windows/late.toml", &[], [2, 1, 0, 0, 0, 0, 1], &[("per-user", 2, 1, &[("bob", 1)])]),
    exact("windows/lost-pane-commit.toml", 3, ANN_2_BOB_1),
    exact("windows/perfect-source.toml", 2, ANN_1_BOB_1),
    exact(
        "windows/three-then-four-checkpoint.toml",
        5,
        &[("per-user", 5, 5, &[("ann", 4), ("bob", 1)]), ("global", 5, 5, &[("*", 5)])],
    ),
    ledger(
        "windows/three-then-four-recompute.toml",
        &[Lost, Divergent],
        [5, 1, 0, 0, 1, 4, 0],
        &[("per-user", 5, 5, &[("ann", 4), ("bob", 1)]), ("global", 5, 4, &[("*", 4)])],
    )
    .with_damaged(&["events/0#0", "events/0#2", "events/1#0", "events/1#1"]),
];

/// The scenarios whose faults a seed draws.
pub const RANDOM: &[&str] = &[
    "chapter/bundles.toml",
    "chapter/chapter5.toml",
    "chapter/fresh-ids-checkpoint.toml",
    "chapter/fresh-ids.toml",
    "chapter/give-up.toml",
    "chapter/id-first.toml",
    "chapter/no-dedup.toml",
    "chapter/no-re-ack.toml",
    "chapter/on-receipt.toml",
    "chapter/recompute.toml",
    "chapter/state-first.toml",
    "random/branch-and-join.toml",
    "random/bundles.toml",
    "random/coin-and-late-panes.toml",
    "random/filters.toml",
    "random/leases.toml",
    "random/mechanisms.toml",
    "random/queue.toml",
    "random/recomputed.toml",
    "random/services.toml",
    "flights/flights.toml",
];
