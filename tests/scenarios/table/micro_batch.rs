//! Micro-batches.

use super::{Row, exact, ledger};
use onceproof_sim::outcome::Class::{Divergent, Duplicated, Lost, Stuck, Torn};

pub const ROWS: &[Row] = &[
    exact("micro-batch/small.toml", 6, &[("table", 6, 6, &[("a", 3), ("b", 3)])]),
    exact(
        "micro-batch/coin.toml",
        6,
        &[("rows", 6, 6, &[("a/0", 3), ("b/0", 3)]), ("table", 6, 6, &[("a/0", 3), ("b/0", 3)])],
    ),
    ledger(
        "micro-batch/declared.toml",
        &[Duplicated, Lost, Divergent],
        [4, 2, 1, 1, 1, 1, 0],
        &[("table", 4, 4, &[("a/0", 1), ("u/0", 2), ("u/1", 1)])],
    )
    .with_damaged(&["events/0#0", "events/0#1"]),
    exact(
        "micro-batch/derived.toml",
        4,
        &[("table", 4, 4, &[("a/0", 1), ("a/1", 1), ("u/0", 1), ("u/1", 1)])],
    ),
    ledger(
        "micro-batch/missing.toml",
        &[Divergent, Duplicated, Lost],
        [4, 2, 1, 1, 1, 1, 0],
        &[("table", 4, 4, &[("a/0", 1), ("u/0", 2), ("u/1", 1)])],
    )
    .with_damaged(&["events/0#0", "events/0#1"]),
    exact(
        "micro-batch/checksum.toml",
        4,
        &[("table", 4, 4, &[("a/0", 1), ("a/1", 1), ("u/0", 1), ("u/1", 1)])],
    ),
    ledger(
        "micro-batch/stale-counted.toml",
        &[Divergent, Duplicated, Lost],
        [4, 2, 1, 1, 1, 1, 0],
        &[("table", 4, 4, &[("a/0", 1), ("u/0", 2), ("u/1", 1)])],
    )
    .with_damaged(&["events/0#0", "events/0#1"]),
    exact(
        "micro-batch/stale-ignored.toml",
        4,
        &[("table", 4, 4, &[("a/0", 1), ("a/1", 1), ("u/0", 1), ("u/1", 1)])],
    ),
    ledger(
        "micro-batch/clock.toml",
        &[Duplicated, Lost, Divergent],
        [4, 2, 1, 1, 1, 1, 0],
        &[("table", 4, 4, &[("a/0", 1), ("u/0", 2), ("u/1", 1)])],
    )
    .with_damaged(&["events/0#0", "events/0#1"]),
    exact("micro-batch/batch-time.toml", 4, &[("table", 4, 4, &[("a/0", 2), ("u/0", 2)])]),
    ledger(
        "micro-batch/recompute.toml",
        &[Divergent],
        [4, 3, 0, 0, 0, 1, 0],
        &[
            ("rows", 4, 4, &[("a/0", 2), ("u/0", 2)]),
            ("table", 4, 4, &[("a/0", 1), ("a/1", 1), ("u/0", 2)]),
        ],
    )
    .with_damaged(&["events/0#0"]),
    exact(
        "micro-batch/prepared.toml",
        4,
        &[("rows", 4, 4, &[("a/0", 2), ("u/0", 2)]), ("table", 4, 4, &[("a/0", 2), ("u/0", 2)])],
    )
    .with_unfired(1),
    ledger(
        "micro-batch/offsets-after.toml",
        &[Lost],
        [4, 2, 0, 0, 2, 0, 0],
        &[("table", 4, 2, &[("a", 1), ("b", 1)])],
    )
    .with_damaged(&["events/0#1", "events/1#1"]),
    exact("micro-batch/offsets-before.toml", 4, &[("table", 4, 4, &[("a", 2), ("b", 2)])]),
    ledger(
        "micro-batch/commit-before-sink.toml",
        &[Lost],
        [4, 0, 0, 0, 4, 0, 0],
        &[("table", 4, 0, &[])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/1#0", "events/1#1"]),
    exact("micro-batch/commit-after-sink.toml", 4, &[("table", 4, 4, &[("a", 2), ("b", 2)])]),
    ledger(
        "micro-batch/append-batch.toml",
        &[Duplicated],
        [4, 0, 4, 4, 0, 0, 0],
        &[("table", 4, 8, &[("a", 4), ("b", 4)])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/1#0", "events/1#1"]),
    exact("micro-batch/take-once.toml", 4, &[("table", 4, 4, &[("a", 2), ("b", 2)])]),
    ledger(
        "micro-batch/append-task.toml",
        &[Duplicated],
        [4, 2, 2, 2, 0, 0, 0],
        &[("table", 4, 6, &[("a", 2), ("b", 4)])],
    )
    .with_damaged(&["events/0#0", "events/1#1"]),
    exact("micro-batch/by-batch.toml", 4, &[("table", 4, 4, &[("a", 2), ("b", 2)])]),
    ledger(
        "micro-batch/by-partition.toml",
        &[Torn],
        [4, 4, 0, 0, 0, 0, 0],
        &[("table", 4, 4, &[("a", 2), ("b", 2)])],
    )
    .with_damaged(&["per-user/b@0s#0"]),
    ledger(
        "micro-batch/by-partition-first.toml",
        &[Divergent, Torn],
        [4, 3, 0, 0, 0, 1, 0],
        &[
            ("rows", 4, 4, &[("a/0", 2), ("u/0", 2)]),
            ("table", 4, 4, &[("a/0", 1), ("a/1", 1), ("u/0", 2)]),
        ],
    )
    .with_damaged(&["events/0#0", "events/0#0.0", "per-user/a/0@0s#0"]),
    exact(
        "micro-batch/by-batch-after-all.toml",
        4,
        &[
            ("rows", 4, 4, &[("a/0", 1), ("a/1", 1), ("u/0", 2)]),
            ("table", 4, 4, &[("a/0", 1), ("a/1", 1), ("u/0", 2)]),
        ],
    ),
    ledger(
        "micro-batch/uncoordinated.toml",
        &[Duplicated],
        [4, 2, 2, 4, 0, 0, 0],
        &[("table", 4, 8, &[("a", 2), ("b", 6)])],
    )
    .with_damaged(&["events/0#0", "events/1#1"]),
    exact("micro-batch/coordinated.toml", 4, &[("table", 4, 4, &[("a", 2), ("b", 2)])]),
    ledger("micro-batch/grant-once.toml", &[Stuck], [4, 0, 0, 0, 0, 0, 0], &[("table", 4, 0, &[])]),
    exact("micro-batch/grant-repeated.toml", 4, &[("table", 4, 4, &[("a", 2), ("b", 2)])]),
    ledger(
        "micro-batch/grant-sticky.toml",
        &[Stuck],
        [4, 0, 0, 0, 0, 0, 0],
        &[("table", 4, 0, &[])],
    ),
    exact("micro-batch/grant-taken-back.toml", 4, &[("table", 4, 4, &[("a", 2), ("b", 2)])]),
    ledger(
        "micro-batch/newest-state.toml",
        &[Duplicated],
        [4, 2, 2, 2, 0, 0, 0],
        &[("table", 4, 6, &[("a", 2), ("b", 4)])],
    )
    .with_damaged(&["events/0#0", "events/1#1"]),
    exact("micro-batch/accepted-state.toml", 4, &[("table", 4, 4, &[("a", 2), ("b", 2)])]),
    ledger(
        "micro-batch/state-by-version.toml",
        &[Divergent, Duplicated, Lost],
        [4, 2, 1, 1, 1, 1, 0],
        &[("table", 4, 4, &[("a/0", 1), ("u/0", 2), ("u/1", 1)])],
    )
    .with_damaged(&["events/0#0", "events/0#1"]),
    exact(
        "micro-batch/state-by-attempt.toml",
        4,
        &[("table", 4, 4, &[("a/0", 1), ("a/1", 1), ("u/0", 1), ("u/1", 1)])],
    ),
    ledger(
        "micro-batch/cache-by-version.toml",
        &[Divergent, Duplicated, Lost],
        [4, 2, 1, 1, 1, 1, 0],
        &[("table", 4, 4, &[("a/0", 1), ("u/0", 2), ("u/1", 1)])],
    )
    .with_damaged(&["events/0#0", "events/0#1"]),
    ledger(
        "micro-batch/one-version.toml",
        &[Lost],
        [4, 2, 0, 0, 2, 0, 0],
        &[("table", 4, 2, &[("a", 2)])],
    )
    .with_damaged(&["events/0#0", "events/1#1"]),
    exact("micro-batch/two-versions.toml", 4, &[("table", 4, 4, &[("a", 2), ("b", 2)])]),
    ledger(
        "micro-batch/name-with-file.toml",
        &[Lost],
        [1, 0, 0, 0, 1, 0, 0],
        &[("table", 1, 0, &[])],
    )
    .with_damaged(&["events/0#0"]),
    exact("micro-batch/name-with-era.toml", 1, &[("table", 1, 1, &[("*", 1)])]),
    ledger(
        "micro-batch/max-seen.toml",
        &[Lost],
        [6, 5, 0, 0, 1, 0, 0],
        &[("table", 6, 5, &[("a", 3), ("b", 2)])],
    )
    .with_damaged(&["events/1#2"]),
    exact("micro-batch/least-watermark.toml", 6, &[("table", 6, 6, &[("a", 4), ("b", 2)])]),
    ledger(
        "micro-batch/watermark-in-memory.toml",
        &[Duplicated],
        [4, 2, 2, 2, 0, 0, 0],
        &[("table", 4, 6, &[("a", 3), ("b", 3)])],
    )
    .with_damaged(&["events/0#0", "events/1#0"]),
    exact("micro-batch/watermark-logged.toml", 4, &[("table", 4, 4, &[("a", 2), ("b", 2)])]),
    ledger(
        "micro-batch/release-early.toml",
        &[Stuck],
        [4, 0, 0, 0, 0, 0, 0],
        &[("table", 4, 0, &[])],
    ),
    exact("micro-batch/release-late.toml", 4, &[("table", 4, 4, &[("a", 2), ("b", 2)])]),
    ledger(
        "micro-batch/unwanted.toml",
        &[Stuck],
        [4, 4, 0, 0, 0, 0, 0],
        &[("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    exact(
        "micro-batch/thrown-away.toml",
        3,
        &[("rows", 3, 3, &[("a/0", 1), ("b/0", 2)]), ("table", 3, 3, &[("a/0", 1), ("b/0", 2)])],
    ),
];
