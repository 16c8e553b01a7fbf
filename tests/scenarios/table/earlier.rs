//! Strategies that promise less.

use super::{ANN_2_BOB_1, ANN_TWICE, BOTH_IN_TABLE, FIRST, ONE_DOUBLED, Row, exact, ledger};
use onceproof_sim::outcome::Class::{Divergent, Duplicated};

pub const ROWS: &[Row] = &[
    exact("dataflow-at-least-once/lost-request.toml", 3, ANN_2_BOB_1),
    ledger(
        "dataflow-at-least-once/lost-ack.toml",
        &[Duplicated],
        [3, 2, 1, 1, 0, 0, 0],
        &[("per-user", 3, 4, &[("ann", 2), ("bob", 2)])],
    )
    .with_damaged(&["events/0#1"]),
    ledger("dataflow-at-least-once/crash-before-ack.toml", &[Duplicated], ONE_DOUBLED, ANN_TWICE)
        .with_damaged(FIRST),
    exact("dataflow-at-least-once/upsert.toml", 2, BOTH_IN_TABLE),
    exact(
        "dataflow-at-least-once/small.toml",
        3,
        &[("per-user", 3, 3, &[("ann", 2), ("bob", 1)]), ("all", 3, 3, &[("*", 3)])],
    ),
    ledger(
        "dataflow-at-least-once/coin.toml",
        &[Duplicated, Divergent],
        [1, 0, 1, 1, 0, 1, 0],
        &[("per-side", 1, 2, &[("ann/0", 1), ("ann/1", 1)])],
    )
    .with_damaged(FIRST),
];
