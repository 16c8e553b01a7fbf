//! Snapshots.

use super::{Row, exact, ledger};
use onceproof_sim::outcome::Class::{Divergent, Duplicated, Lost, Phantom, Stuck, Torn, Unbounded};

pub const ROWS: &[Row] = &[
    exact("snapshot/small.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/at-least-once.toml",
        &[Duplicated, Divergent],
        [8, 6, 1, 1, 0, 2, 0],
        &[("table", 8, 9, &[("a", 5), ("b", 4)])],
    )
    .with_damaged(&["events/0#2", "events/1#1"]),
    exact("snapshot/aligned.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/state-at-upload.toml",
        &[Duplicated],
        [8, 7, 1, 1, 0, 0, 0],
        &[("table", 8, 9, &[("a", 5), ("b", 4)])],
    )
    .with_damaged(&["events/0#2"]),
    ledger(
        "snapshot/no-channel-state.toml",
        &[Lost],
        [8, 6, 0, 0, 2, 0, 0],
        &[("table", 8, 6, &[("a", 3), ("b", 3)])],
    )
    .with_damaged(&["events/0#1", "events/1#1"]),
    exact("snapshot/channel-state.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/notice-exact.toml",
        &[Stuck],
        [8, 6, 0, 0, 0, 0, 0],
        &[("table", 8, 6, &[("a", 4), ("b", 2)])],
    ),
    exact("snapshot/notice-up-to.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/discard-on-abort.toml",
        &[Lost],
        [8, 3, 0, 0, 5, 0, 0],
        &[("table", 8, 3, &[("a", 1), ("b", 2)])],
    )
    .with_damaged(&["events/0#2", "events/0#3", "events/1#1", "events/1#2", "events/1#3"]),
    exact("snapshot/keep-on-abort.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/no-recommit.toml",
        &[Lost],
        [8, 5, 0, 0, 3, 0, 0],
        &[("table", 8, 5, &[("a", 3), ("b", 2)])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/1#0"]),
    exact("snapshot/recommit.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/commit-at-barrier.toml",
        &[Duplicated, Phantom],
        [8, 3, 5, 5, 0, 0, 0],
        &[("table", 8, 13, &[("a", 7), ("b", 6)])],
    )
    .with_damaged(&[
        "events/0#2",
        "events/0#3",
        "events/1#1",
        "events/1#2",
        "events/1#3",
        "per-user/b@20ms#0",
    ]),
    ledger(
        "snapshot/notify-first.toml",
        &[Duplicated, Phantom],
        [8, 3, 5, 5, 0, 0, 0],
        &[("table", 8, 13, &[("a", 7), ("b", 6)])],
    )
    .with_damaged(&[
        "events/0#2",
        "events/0#3",
        "events/1#1",
        "events/1#2",
        "events/1#3",
        "per-user/b@20ms#0",
    ]),
    ledger(
        "snapshot/append.toml",
        &[Duplicated],
        [8, 6, 2, 2, 0, 0, 0],
        &[("table", 8, 10, &[("a", 4), ("b", 6)])],
    )
    .with_damaged(&["events/0#1", "events/1#0"]),
    ledger(
        "snapshot/plain-writes.toml",
        &[Duplicated],
        [8, 6, 2, 2, 0, 0, 0],
        &[("table", 8, 10, &[("a", 6), ("b", 4)])],
    )
    .with_damaged(&["events/0#2", "events/1#1"]),
    ledger(
        "snapshot/delete-first.toml",
        &[Duplicated],
        [8, 5, 3, 3, 0, 0, 0],
        &[("table", 8, 11, &[("a", 5), ("b", 6)])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/1#0"]),
    ledger(
        "snapshot/split-sent.toml",
        &[Lost],
        [8, 4, 0, 0, 4, 0, 0],
        &[("table", 8, 4, &[("a", 2), ("b", 2)])],
    )
    .with_damaged(&["events/1#0", "events/1#1", "events/1#2", "events/1#3"]),
    exact("snapshot/split-acked.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/zombie-channel.toml",
        &[Duplicated],
        [8, 7, 1, 1, 0, 0, 0],
        &[("table", 8, 9, &[("a", 4), ("b", 5)])],
    )
    .with_damaged(&["events/0#3"]),
    ledger(
        "snapshot/reopened-channel.toml",
        &[Lost],
        [8, 5, 0, 0, 3, 0, 0],
        &[("table", 8, 5, &[("a", 1), ("b", 4)])],
    )
    .with_damaged(&["events/0#2", "events/1#1", "events/1#3"]),
    exact("snapshot/broken-channel.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/savepoint-commits.toml",
        &[Duplicated],
        [8, 3, 5, 5, 0, 0, 0],
        &[("table", 8, 13, &[("a", 7), ("b", 6)])],
    )
    .with_damaged(&["events/0#2", "events/0#3", "events/1#1", "events/1#2", "events/1#3"]),
    exact("snapshot/savepoint-quiet.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/overtaken-handle.toml",
        &[Lost, Torn],
        [8, 7, 0, 0, 1, 0, 0],
        &[("table", 8, 7, &[("a", 4), ("b", 3)])],
    )
    .with_damaged(&["events/0#3", "per-user/a@30ms#0"]),
    exact("snapshot/counted-handle.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/waiting-barrier.toml",
        &[Stuck],
        [8, 0, 0, 0, 0, 0, 0],
        &[("table", 8, 0, &[])],
    ),
    ledger(
        "snapshot/name-without-attempt.toml",
        &[Lost, Torn],
        [8, 6, 0, 0, 2, 0, 0],
        &[("table", 8, 6, &[("a", 4), ("b", 2)])],
    )
    .with_damaged(&["events/0#3", "events/1#2", "per-user/a@10ms#0"]),
    exact("snapshot/name-with-attempt.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/left-open.toml",
        &[Unbounded],
        [8, 8, 0, 0, 0, 0, 0],
        &[("table", 8, 8, &[("a", 4), ("b", 4)])],
    ),
    ledger(
        "snapshot/timed-out.toml",
        &[Lost],
        [8, 5, 0, 0, 3, 0, 0],
        &[("table", 8, 5, &[("a", 3), ("b", 2)])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/1#0"]),
    ledger(
        "studies/transaction-timeout.toml",
        &[Lost],
        [60, 54, 0, 0, 6, 0, 0],
        &[("table", 60, 54, &[("user-0", 54)])],
    )
    .with_damaged(&[
        "events/0#7",
        "events/0#8",
        "events/0#9",
        "events/0#10",
        "events/0#11",
        "events/0#12",
    ]),
    exact("snapshot/not-timed-out.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/commit-at-end.toml",
        &[Duplicated, Phantom],
        [8, 3, 5, 5, 0, 0, 0],
        &[("table", 8, 13, &[("a", 7), ("b", 6)])],
    )
    .with_damaged(&[
        "events/0#2",
        "events/0#3",
        "events/1#1",
        "events/1#2",
        "events/1#3",
        "per-user/b@20ms#0",
    ]),
    ledger(
        "snapshot/no-final-checkpoint.toml",
        &[Lost],
        [8, 3, 0, 0, 5, 0, 0],
        &[("table", 8, 3, &[("a", 1), ("b", 2)])],
    )
    .with_damaged(&["events/0#2", "events/0#3", "events/1#1", "events/1#2", "events/1#3"]),
    ledger(
        "snapshot/uncommitted.toml",
        &[Duplicated],
        [8, 3, 5, 5, 0, 0, 0],
        &[("table", 8, 13, &[("a", 7), ("b", 6)])],
    )
    .with_damaged(&["events/0#2", "events/0#3", "events/1#1", "events/1#2", "events/1#3"]),
    ledger(
        "snapshot/unknown-record.toml",
        &[Stuck],
        [8, 0, 0, 0, 0, 0, 0],
        &[("table", 8, 0, &[])],
    ),
    exact("snapshot/unknown-record-repeated.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    exact("snapshot/leader-refused.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    exact("snapshot/unknown-process.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    ledger(
        "snapshot/older-barrier.toml",
        &[Lost],
        [8, 7, 0, 0, 1, 0, 0],
        &[("table", 8, 7, &[("a", 4), ("b", 3)])],
    )
    .with_damaged(&["events/0#3"]),
    ledger(
        "snapshot/late-begin.toml",
        &[Unbounded],
        [8, 8, 0, 0, 0, 0, 0],
        &[("table", 8, 8, &[("a", 4), ("b", 4)])],
    ),
    ledger(
        "snapshot/unfenced-leader.toml",
        &[Lost],
        [8, 5, 0, 0, 3, 0, 0],
        &[("table", 8, 5, &[("a", 3), ("b", 2)])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/1#0"]),
    ledger(
        "snapshot/kept-token.toml",
        &[Lost],
        [8, 5, 0, 0, 3, 0, 0],
        &[("table", 8, 5, &[("a", 3), ("b", 2)])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/1#0"]),
    ledger(
        "snapshot/remembered-record.toml",
        &[Lost],
        [8, 5, 0, 0, 3, 0, 0],
        &[("table", 8, 5, &[("a", 3), ("b", 2)])],
    )
    .with_damaged(&["events/0#0", "events/0#1", "events/1#0"]),
    ledger(
        "snapshot/read-first.toml",
        &[Duplicated, Torn],
        [8, 6, 2, 2, 0, 0, 0],
        &[("table", 8, 10, &[("a", 4), ("b", 6)])],
    )
    .with_damaged(&["events/0#1", "events/1#0", "per-user/b@0s#0"]),
    ledger("snapshot/late-ack.toml", &[Stuck], [8, 0, 0, 0, 0, 0, 0], &[("table", 8, 0, &[])]),
    ledger(
        "snapshot/number-again.toml",
        &[Lost],
        [8, 5, 0, 0, 3, 0, 0],
        &[("table", 8, 5, &[("a", 1), ("b", 4)])],
    )
    .with_damaged(&["events/0#2", "events/1#1", "events/1#3"]),
    ledger(
        "snapshot/base-uploaded.toml",
        &[Stuck],
        [8, 6, 0, 0, 0, 0, 0],
        &[("table", 8, 6, &[("a", 4), ("b", 2)])],
    ),
    ledger(
        "snapshot/shared-deleted.toml",
        &[Stuck],
        [9, 8, 0, 0, 0, 0, 0],
        &[("table", 9, 8, &[("a", 4), ("b", 4)])],
    ),
    exact("snapshot/shared-counted.toml", 9, &[("table", 9, 9, &[("a", 5), ("b", 4)])]),
    exact("snapshot/overtaken-end.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    exact("snapshot/start-for-a-life.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    exact("snapshot/older-leader.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    exact("snapshot/start-lost.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    exact("snapshot/registered-elsewhere.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    exact("snapshot/backlog.toml", 300, &[("table", 300, 300, &[("user-0", 300)])]),
    exact("snapshot/finish-lost.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
    exact("snapshot/failure-said-again.toml", 8, &[("table", 8, 8, &[("a", 4), ("b", 4)])]),
];
