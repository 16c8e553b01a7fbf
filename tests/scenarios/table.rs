//! What each exact scenario comes to, copied from the derivation by hand in its file, and never from a
//! run. A row that disagrees with a run shows that one of the two is wrong.

mod ack_to_in_flight;
mod earlier;
mod in_memory;
mod lambda;
mod micro_batch;
mod snapshot;
mod transactions;
mod lift_to_windows;

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
pub fn rows() -> impl Iterator<Item = &'static Row> {
    ack_to_in_flight::ROWS
        .iter()
        .chain(lift_to_windows::ROWS)
        .chain(earlier::ROWS)
        .chain(in_memory::ROWS)
        .chain(lambda::ROWS)
        .chain(transactions::ROWS)
        .chain(snapshot::ROWS)
        .chain(micro_batch::ROWS)
}

/// The scenarios whose faults a seed draws.
pub const RANDOM: &[&str] = &[
    "at-least-once/random-coin.toml",
    "at-least-once/random-exact.toml",
    "at-least-once/random.toml",
    "best-effort/random.toml",
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
    "compare/chapter5.toml",
    "compare/flights.toml",
    "compare/lambda.toml",
    "lambda/random.toml",
    "transactions/random.toml",
    "micro-batch/random.toml",
    "snapshot/random.toml",
    "studies/dedup-window.toml",
    "studies/lift-and-skew.toml",
];
