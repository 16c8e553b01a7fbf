//! A speed leg and a batch leg over one log.

use super::{Row, exact, ledger};
use onceproof_sim::outcome::Class::{Divergent, Duplicated, Lost};

pub const ROWS: &[Row] = &[
    exact(
        "lambda/small.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "lambda/append.toml",
        &[Duplicated],
        [3, 0, 3, 3, 0, 0, 0],
        &[("per-user", 3, 6, &[("ann", 4), ("bob", 2)]), ("global", 3, 6, &[("*", 6)])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/0#2"]),
    exact(
        "lambda/replace.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "lambda/retention.toml",
        &[Lost],
        [2, 1, 0, 0, 1, 0, 0],
        &[("per-user", 2, 1, &[("bob", 1)]), ("global", 2, 1, &[("*", 1)])],
    )
    .with_damaged(&["events/0#0"]),
    exact(
        "lambda/retention-enough.toml",
        2,
        &[("per-user", 2, 2, &[("ann", 1), ("bob", 1)]), ("global", 2, 2, &[("*", 2)])],
    ),
    ledger(
        "lambda/retention-rerun.toml",
        &[Lost],
        [2, 0, 0, 0, 2, 0, 0],
        &[("per-user", 2, 0, &[("ann", 0), ("bob", 0)]), ("global", 2, 0, &[("*", 0)])],
    )
    .with_damaged(&["events/0#0", "events/0#1"]),
    ledger("lambda/late.toml", &[], [2, 1, 0, 0, 0, 0, 1], &[("per-user", 2, 1, &[("ann", 1)])]),
    ledger(
        "studies/lambda-cut-off.toml",
        &[],
        [800, 771, 0, 0, 0, 0, 29],
        &[(
            "per-user",
            800,
            771,
            &[("user-0", 154), ("user-1", 153), ("user-2", 166), ("user-3", 145), ("user-4", 153)],
        )],
    ),
    exact("lambda/in-time.toml", 2, &[("per-user", 2, 2, &[("ann", 2)])]),
    exact(
        "lambda/speed-keep.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    exact(
        "lambda/best-effort.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    exact(
        "lambda/speed-doubles.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    exact(
        "lambda/batch-dies.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    exact(
        "lambda/dies-after-landing.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    exact(
        "lambda/land-unknown.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "lambda/clock-ahead.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("ann", 1), ("cid", 1)])],
    )
    .with_damaged(&["events/0#2"]),
    ledger(
        "lambda/two-lengths.toml",
        &[],
        [2, 1, 0, 0, 0, 0, 1],
        &[("per-user", 2, 1, &[("ann", 1)]), ("global", 2, 2, &[("*", 2)])],
    ),
    exact(
        "lambda/sum-and-sink.toml",
        2,
        &[("per-user", 2, 2, &[("ann", 7)]), ("table", 2, 2, &[("ann", 7)])],
    ),
    exact("lambda/two-answers.toml", 1, &[("per-side", 1, 1, &[("ann/1", 1)])]),
    exact("lambda/batch-fails.toml", 1, &[("per-user", 1, 1, &[("ann", 1)])]),
    exact("lambda/by-arrival.toml", 2, &[("per-user", 2, 2, &[("ann", 2)])]),
    exact("lambda/distinct.toml", 2, &[("per-user", 1, 1, &[("ann", 1)])]),
    ledger("lambda/keep.toml", &[], [3, 2, 0, 0, 0, 0, 1], &[("per-user", 3, 2, &[("ann", 2)])]),
    ledger(
        "lambda/keep-chain.toml",
        &[],
        [2, 1, 0, 0, 0, 0, 1],
        &[("per-user", 2, 1, &[("ann", 1)]), ("global", 2, 1, &[("*", 1)])],
    ),
    ledger(
        "lambda/late-alone.toml",
        &[],
        [2, 1, 0, 0, 0, 0, 1],
        &[("per-user", 2, 1, &[("bob", 1)])],
    ),
    ledger(
        "lambda/lengths-and-answers.toml",
        &[Divergent],
        [1, 0, 0, 0, 0, 1, 0],
        &[("per-side", 1, 1, &[("ann/0", 1)]), ("global", 1, 1, &[("*", 1)])],
    )
    .with_damaged(&["events/0#0"]),
];
