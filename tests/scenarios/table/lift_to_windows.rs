//! The exact scenarios of the folders from `lift` to `windows`.

use super::*;

pub const ROWS: &[Row] = &[
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
    exact("settle/alone-no-dedup.toml", 2, ANN_1_BOB_1).with_work(&[("duplicates_dropped", 0)]),
    exact("settle/with-next.toml", 3, ANN_2_BOB_1).with_work(&[("commits", 10)]),
    exact("settle/with-next-crash.toml", 2, ANN_1_BOB_1).with_work(&[("duplicates_dropped", 1)]),
    ledger(
        "settle/with-next-no-dedup.toml",
        &[Duplicated],
        [2, 1, 1, 1, 0, 0, 0],
        &[("per-user", 2, 3, &[("ann", 2), ("bob", 1)])],
    )
    .with_damaged(FIRST),
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
        "waits/ids-expire-in-calm.toml",
        &[Duplicated],
        [1, 0, 1, 1, 0, 0, 0],
        &[("per-user", 1, 2, &[("ann", 2)])],
    )
    .with_damaged(&["events/0#0"]),
    ledger(
        "waits/range-of-arrivals-ends.toml",
        &[Duplicated],
        [1, 0, 1, 1, 0, 0, 0],
        &[("per-user", 1, 2, &[("ann", 2)])],
    )
    .with_damaged(&["events/0#0"]),
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
