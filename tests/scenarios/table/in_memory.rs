//! Strategies that count in memory.

use super::{FIRST, Row, exact, ledger};
use onceproof_sim::outcome::Class::{Divergent, Duplicated, Lost, Stuck};

pub const ROWS: &[Row] = &[
    exact(
        "best-effort/small.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    exact(
        "at-least-once/small.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "best-effort/dropped-tuple.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("ann", 2)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#1"]),
    exact(
        "at-least-once/dropped-tuple.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "best-effort/dropped-tuple-to-global.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "at-least-once/dropped-tuple-to-global.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        &[("per-user", 3, 4, &[("ann", 2), ("bob", 2)]), ("global", 3, 3, &[("*", 3)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "at-least-once/dropped-init.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        &[("per-user", 3, 4, &[("ann", 2), ("bob", 2)]), ("global", 3, 4, &[("*", 4)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "at-least-once/dropped-ack.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        &[("per-user", 3, 4, &[("ann", 2), ("bob", 2)]), ("global", 3, 4, &[("*", 4)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "at-least-once/dropped-complete.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        &[("per-user", 3, 4, &[("ann", 2), ("bob", 2)]), ("global", 3, 4, &[("*", 4)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "best-effort/bolt-dies.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("ann", 1), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#2"]),
    ledger(
        "at-least-once/bolt-dies.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("ann", 1), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    )
    .with_damaged(&["events/0#0"]),
    exact(
        "at-least-once/bolt-dies-durable.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "best-effort/global-dies.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#2"]),
    ledger(
        "at-least-once/global-dies.toml",
        &[Duplicated, Lost],
        [3, 0, 1, 1, 2, 0, 0],
        &[("per-user", 3, 4, &[("ann", 3), ("bob", 1)]), ("global", 3, 1, &[("*", 1)])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/0#2"]),
    ledger(
        "at-least-once/global-dies-before-ack.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        &[("per-user", 3, 4, &[("ann", 3), ("bob", 1)]), ("global", 3, 4, &[("*", 4)])],
    )
    .with_damaged(&["events/0#2"]),
    exact(
        "at-least-once/global-dies-before-ack-distinct.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "at-least-once/distinct-in-memory.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("ann", 1), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    )
    .with_damaged(&["events/0#0"]),
    exact(
        "at-least-once/acks-distinct.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "at-least-once/acks-sum.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("ann", 2)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "best-effort/spout-dies.toml",
        &[Lost],
        [3, 1, 0, 0, 2, 0, 0],
        &[("per-user", 3, 1, &[("bob", 1)]), ("global", 3, 1, &[("*", 1)])],
    )
    .with_damaged(&["events/0#0", "events/0#2"]),
    ledger(
        "at-least-once/offsets-prefix.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        &[("per-user", 3, 4, &[("ann", 2), ("bob", 2)]), ("global", 3, 4, &[("*", 4)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "at-least-once/offsets-highest.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("ann", 1), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#0"]),
    ledger(
        "at-least-once/offsets-emitted.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("ann", 2)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "at-least-once/not-anchored.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "at-least-once/view-anchored.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        &[("per-user", 3, 4, &[("ann", 3), ("bob", 1)]), ("global", 3, 4, &[("*", 4)])],
    )
    .with_damaged(&["events/0#2"]),
    ledger(
        "at-least-once/view-outside.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#2"]),
    exact(
        "at-least-once/newest-row.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "at-least-once/last-arrival.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#2"]),
    ledger(
        "best-effort/last-arrival.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#2"]),
    ledger(
        "at-least-once/on-receipt.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#2"]),
    ledger(
        "best-effort/doubled-tuple.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        &[("per-user", 3, 4, &[("ann", 2), ("bob", 2)]), ("global", 3, 4, &[("*", 4)])],
    )
    .with_damaged(&["events/0#1"]),
    exact(
        "best-effort/doubled-row.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "best-effort/durable.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("ann", 1), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#2"]),
    exact(
        "best-effort/distinct.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "at-least-once/edges.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#2"]),
    ledger(
        "at-least-once/timeout.toml",
        &[Duplicated],
        [1, 0, 1, 41, 0, 0, 0],
        &[("per-user", 1, 42, &[("ann", 42)]), ("global", 1, 41, &[("*", 41)])],
    )
    .with_damaged(FIRST),
    ledger(
        "best-effort/keep.toml",
        &[Lost],
        [2, 1, 0, 0, 1, 0, 0],
        &[("per-user", 2, 1, &[("ann", 1)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "at-least-once/keep.toml",
        &[],
        [2, 1, 0, 0, 0, 0, 1],
        &[("per-user", 2, 1, &[("ann", 1)])],
    ),
    ledger(
        "at-least-once/chain.toml",
        &[Duplicated],
        [1, 0, 1, 2, 0, 0, 0],
        &[
            ("total", 3, 5, &[("ann", 25)]),
            ("all", 3, 5, &[("*", 5)]),
            ("table", 3, 5, &[("*", 5)]),
            ("log", 3, 3, &[("ann", 15)]),
        ],
    )
    .with_damaged(FIRST),
    ledger(
        "at-least-once/two-answers.toml",
        &[Divergent],
        [1, 0, 0, 0, 0, 1, 0],
        &[("per-user", 1, 1, &[("ann", 1)]), ("again", 1, 1, &[("ann", 0)])],
    )
    .with_damaged(FIRST),
    exact(
        "at-least-once/first-answer.toml",
        1,
        &[("per-user", 1, 1, &[("ann", 0)]), ("again", 1, 1, &[("ann", 0)])],
    ),
    ledger(
        "at-least-once/stuck.toml",
        &[Stuck],
        [1, 1, 0, 0, 0, 0, 0],
        &[("per-user", 1, 1, &[("ann", 1)]), ("global", 1, 1, &[("*", 1)])],
    ),
    exact(
        "at-least-once/queue.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("global", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "at-least-once/queue-complete-lost.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        &[("per-user", 3, 4, &[("ann", 2), ("bob", 2)]), ("global", 3, 4, &[("*", 4)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "at-least-once/queue-on-receipt.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("ann", 2)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "best-effort/queue.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        &[("per-user", 3, 4, &[("ann", 2), ("bob", 2)]), ("global", 3, 4, &[("*", 4)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "best-effort/queue-on-receipt.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("ann", 2)]), ("global", 3, 2, &[("*", 2)])],
    )
    .with_damaged(&["events/0#1"]),
];
