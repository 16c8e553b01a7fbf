//! Log transactions.

use super::{Row, exact, ledger};
use onceproof_sim::outcome::Class::{Duplicated, Lost, Phantom, Stuck, Torn, Unbounded};

pub const ROWS: &[Row] = &[
    exact(
        "transactions/small.toml",
        4,
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    exact("transactions/late-assignment.toml", 1, &[("per-user", 1, 1, &[("a", 1)])]),
    ledger(
        "transactions/no-sequences.toml",
        &[Duplicated],
        [4, 3, 1, 1, 0, 0, 0],
        &[("per-user", 4, 5, &[("a", 3), ("b", 2)]), ("table", 4, 5, &[("a", 3), ("b", 2)])],
    )
    .with_damaged(&["events/1#0"]),
    exact(
        "transactions/sequences.toml",
        4,
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    ledger(
        "transactions/version-1-late-offsets.toml",
        &[Torn],
        [4, 4, 0, 0, 0, 0, 0],
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    )
    .with_damaged(&["events/1#1"]),
    ledger(
        "transactions/version-0-late-offsets.toml",
        &[Unbounded],
        [4, 4, 0, 0, 0, 0, 0],
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    exact(
        "transactions/late-offsets.toml",
        4,
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    ledger(
        "transactions/no-repeat.toml",
        &[Stuck],
        [4, 1, 0, 0, 0, 0, 0],
        &[("per-user", 4, 1, &[("b", 1)]), ("table", 4, 1, &[("b", 1)])],
    ),
    ledger(
        "transactions/markers-once.toml",
        &[Stuck],
        [4, 1, 0, 0, 0, 0, 0],
        &[("per-user", 4, 1, &[("b", 1)]), ("table", 4, 1, &[("b", 1)])],
    ),
    ledger(
        "transactions/any-decision.toml",
        &[Lost],
        [4, 3, 0, 0, 1, 0, 0],
        &[("per-user", 4, 3, &[("a", 1), ("b", 2)]), ("table", 4, 3, &[("a", 1), ("b", 2)])],
    )
    .with_damaged(&["events/1#0"]),
    ledger(
        "transactions/shared-id.toml",
        &[Stuck],
        [4, 0, 0, 0, 0, 0, 0],
        &[("per-user", 4, 0, &[]), ("table", 4, 0, &[])],
    ),
    ledger(
        "transactions/zombie.toml",
        &[Duplicated],
        [4, 3, 1, 1, 0, 0, 0],
        &[("per-user", 4, 5, &[("a", 2), ("b", 3)]), ("table", 4, 5, &[("a", 2), ("b", 3)])],
    )
    .with_damaged(&["events/1#1"]),
    exact(
        "transactions/zombie-refused.toml",
        4,
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    ledger(
        "transactions/offsets-after.toml",
        &[Duplicated],
        [4, 3, 1, 1, 0, 0, 0],
        &[("per-user", 4, 5, &[("a", 3), ("b", 2)]), ("table", 4, 5, &[("a", 3), ("b", 2)])],
    )
    .with_damaged(&["events/1#0"]),
    ledger(
        "transactions/offsets-before.toml",
        &[Lost],
        [4, 3, 0, 0, 1, 0, 0],
        &[("per-user", 4, 3, &[("a", 1), ("b", 2)]), ("table", 4, 3, &[("a", 1), ("b", 2)])],
    )
    .with_damaged(&["events/1#0"]),
    ledger(
        "transactions/no-flush.toml",
        &[Lost, Torn],
        [4, 3, 0, 0, 1, 0, 0],
        &[("per-user", 4, 3, &[("a", 1), ("b", 2)]), ("table", 4, 3, &[("a", 1), ("b", 2)])],
    )
    .with_damaged(&["events/1#0"]),
    ledger(
        "transactions/unfiltered.toml",
        &[Duplicated],
        [4, 3, 1, 1, 0, 0, 0],
        &[("per-user", 4, 5, &[("a", 3), ("b", 2)]), ("table", 4, 5, &[("a", 3), ("b", 2)])],
    )
    .with_damaged(&["events/0#0"]),
    ledger(
        "transactions/read-uncommitted.toml",
        &[Duplicated],
        [4, 3, 1, 1, 0, 0, 0],
        &[("per-user", 4, 5, &[("a", 3), ("b", 2)]), ("table", 4, 5, &[("a", 3), ("b", 2)])],
    )
    .with_damaged(&["events/0#0"]),
    exact(
        "transactions/crash-before-end.toml",
        4,
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    ledger(
        "transactions/answer-first.toml",
        &[Lost, Torn],
        [4, 3, 0, 0, 1, 0, 0],
        &[("per-user", 4, 3, &[("a", 1), ("b", 2)]), ("table", 4, 3, &[("a", 1), ("b", 2)])],
    )
    .with_damaged(&["events/1#0"]),
    ledger(
        "transactions/end-taken-for-committed.toml",
        &[Torn],
        [4, 4, 0, 0, 0, 0, 0],
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    )
    .with_damaged(&["events/1#0"]),
    exact(
        "transactions/restore-waits.toml",
        4,
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    ledger(
        "transactions/version-1-late-end.toml",
        &[Duplicated, Phantom],
        [4, 3, 1, 1, 0, 0, 0],
        &[("per-user", 4, 5, &[("a", 2), ("b", 3)]), ("table", 4, 5, &[("a", 2), ("b", 3)])],
    )
    .with_damaged(&["events/1#1"]),
    exact(
        "transactions/late-end.toml",
        4,
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    ledger(
        "transactions/overlap.toml",
        &[Lost, Torn],
        [4, 2, 0, 0, 2, 0, 0],
        &[("per-user", 4, 2, &[("a", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    )
    .with_damaged(&["events/0#1", "events/0#1.0", "events/1#1", "events/1#1.0"]),
    ledger(
        "transactions/old-epoch.toml",
        &[Lost],
        [4, 3, 0, 0, 1, 0, 0],
        &[("per-user", 4, 3, &[("a", 2), ("b", 1)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    )
    .with_damaged(&["events/1#1"]),
    ledger(
        "transactions/store-kept.toml",
        &[Duplicated],
        [4, 2, 2, 2, 0, 0, 0],
        &[("per-user", 4, 6, &[("a", 4), ("b", 2)]), ("table", 4, 6, &[("a", 4), ("b", 2)])],
    )
    .with_damaged(&["events/0#0", "events/1#0"]),
    ledger(
        "transactions/restore-uncommitted.toml",
        &[Duplicated],
        [4, 3, 1, 1, 0, 0, 0],
        &[("per-user", 4, 5, &[("a", 2), ("b", 3)]), ("table", 4, 5, &[("a", 2), ("b", 3)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "transactions/markers-forgotten.toml",
        &[Stuck],
        [4, 1, 0, 0, 0, 0, 0],
        &[("per-user", 4, 1, &[("b", 1)]), ("table", 4, 1, &[("b", 1)])],
    ),
    ledger(
        "transactions/volatile-offsets.toml",
        &[Torn],
        [4, 4, 0, 0, 0, 0, 0],
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    )
    .with_damaged(&["events/1#0"]),
    exact(
        "transactions/leader-dies-after-marker.toml",
        4,
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    ledger(
        "transactions/gone-never.toml",
        &[Stuck],
        [4, 1, 0, 0, 0, 0, 0],
        &[("per-user", 4, 1, &[("b", 1)]), ("table", 4, 1, &[("b", 1)])],
    ),
    exact(
        "transactions/gone.toml",
        4,
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    exact(
        "transactions/gone-after-crash.toml",
        4,
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    ledger(
        "transactions/checkpoint-end.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("a", 2)])],
    )
    .with_damaged(&["events/0#1"]),
    exact("transactions/checkpoint.toml", 3, &[("per-user", 3, 3, &[("a", 3)])]),
    exact(
        "transactions/cut-off.toml",
        4,
        &[("per-user", 4, 4, &[("a", 2), ("b", 2)]), ("table", 4, 4, &[("a", 2), ("b", 2)])],
    ),
    ledger(
        "transactions/truncated.toml",
        &[Lost, Torn],
        [4, 3, 0, 0, 1, 0, 0],
        &[("per-user", 4, 3, &[("a", 1), ("b", 2)]), ("table", 4, 3, &[("a", 1), ("b", 2)])],
    )
    .with_damaged(&["events/1#0"]),
    ledger(
        "transactions/verify-any-epoch.toml",
        &[Duplicated, Phantom],
        [4, 3, 1, 1, 0, 0, 0],
        &[("per-user", 4, 5, &[("a", 3), ("b", 2)]), ("table", 4, 5, &[("a", 3), ("b", 2)])],
    )
    .with_damaged(&["events/1#0"]),
    ledger(
        "transactions/first-completes.toml",
        &[Stuck],
        [4, 1, 0, 0, 0, 0, 0],
        &[("per-user", 4, 1, &[("b", 1)]), ("table", 4, 1, &[("b", 1)])],
    ),
    ledger(
        "transactions/add-any-epoch.toml",
        &[Duplicated, Phantom],
        [4, 2, 2, 2, 0, 0, 0],
        &[("per-user", 4, 6, &[("a", 2), ("b", 4)]), ("table", 4, 6, &[("a", 2), ("b", 4)])],
    )
    .with_damaged(&["events/0#1", "events/1#1"]),
    ledger(
        "transactions/joins-open.toml",
        &[Duplicated, Phantom],
        [4, 3, 1, 1, 0, 0, 0],
        &[("per-user", 4, 5, &[("a", 2), ("b", 3)]), ("table", 4, 5, &[("a", 2), ("b", 3)])],
    )
    .with_damaged(&["events/1#1"]),
    ledger(
        "transactions/member-only.toml",
        &[Duplicated],
        [4, 1, 3, 3, 0, 0, 0],
        &[("per-user", 4, 7, &[("a", 3), ("b", 4)]), ("table", 4, 7, &[("a", 3), ("b", 4)])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/1#1"]),
    ledger(
        "transactions/unstable-position.toml",
        &[Duplicated],
        [4, 3, 1, 1, 0, 0, 0],
        &[("per-user", 4, 5, &[("a", 3), ("b", 2)]), ("table", 4, 5, &[("a", 3), ("b", 2)])],
    )
    .with_damaged(&["events/1#0"]),
    ledger(
        "transactions/end-any-epoch.toml",
        &[Duplicated, Phantom],
        [4, 2, 2, 2, 0, 0, 0],
        &[("per-user", 4, 6, &[("a", 2), ("b", 4)]), ("table", 4, 6, &[("a", 2), ("b", 4)])],
    )
    .with_damaged(&["events/0#1", "events/0#1.0", "events/1#1"]),
    ledger(
        "transactions/unguarded.toml",
        &[Stuck],
        [4, 3, 0, 0, 0, 0, 0],
        &[("per-user", 4, 3, &[("a", 2), ("b", 1)]), ("table", 4, 3, &[("a", 2), ("b", 1)])],
    ),
    ledger(
        "transactions/restore-stable-end.toml",
        &[Lost],
        [3, 2, 0, 0, 1, 0, 0],
        &[("per-user", 3, 2, &[("a", 1), ("b", 1)])],
    )
    .with_damaged(&["events/0#0"]),
    ledger(
        "transactions/end-taken-for-aborted.toml",
        &[Duplicated, Phantom],
        [2, 1, 1, 1, 0, 0, 0],
        &[("per-user", 2, 3, &[("a", 1), ("b", 2)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger(
        "transactions/marker-of-equal-epoch.toml",
        &[Lost, Torn],
        [4, 1, 0, 0, 3, 0, 0],
        &[("per-user", 4, 1, &[("b", 1)]), ("table", 4, 1, &[("b", 1)])],
    )
    .with_damaged(&["events/0#0", "events/1#0", "events/1#1"]),
];
