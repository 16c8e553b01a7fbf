//! The exact scenarios of the folders from `ack` to `in-flight`.

use super::*;

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
    exact("studies/bloom-buckets.toml", 7_200, &[("per-user", 7_200, 7_200, &[("user-0", 7_200)])]),
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
];
