//! The settings of micro-batches, each with the value that is right first. The wrong values leave a rule of the protocol out,
//! or are what Spark does where that is less.

mod rows;
mod rule;

pub use rule::{
    AcceptedRule, BatchWatermark, CommitRow, GapRule, GrantRule, LoserRule, OffsetLog, PutRule,
    ReleaseRule, ResultsLog, RollbackRule, SinkRule, StaleRule, StateCache, StateRule, WinnerRule,
};

use crate::setting::{HasTable, Setting};
use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND};

/// How batches are run, and what comes out of them. Times are lengths.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// The least time between the beginnings of two batches.
    pub trigger: Nanos,
    /// How many executors there are.
    pub executors: u32,
    /// After how long another attempt is begun beside one that is slow; none if never.
    pub speculation: Option<Nanos>,
    /// When a batch is logged.
    pub offsets: OffsetLog,
    /// Where its watermark comes from.
    pub watermark: BatchWatermark,
    /// Whether a function reads the time of the batch, and not that of its executor.
    pub logs_time: bool,
    /// When the commit row is put.
    pub commit_row: CommitRow,
    /// What becomes of a row where there is one.
    pub log: PutRule,
    /// What a driver does that finds the row of another one.
    pub loser: LoserRule,
    /// What is done with results before they are shown.
    pub results: ResultsLog,
    /// How they come into a table.
    pub sink: SinkRule,
    /// Whether a task that writes asks before it does.
    pub has_coordinator: bool,
    /// What a coordinator does.
    pub grant: GrantRule,
    /// Which state a task begins with.
    pub state: StateRule,
    /// By what an executor knows its states.
    pub state_cache: StateCache,
    /// How many versions of a state are kept.
    pub state_keep: u32,
    /// How long the name of an accepted state is kept.
    pub accepted: AcceptedRule,
    /// What is thrown away with a partition of an indeterminate stage.
    pub rollback: RollbackRule,
    /// Whether files are compared with those of earlier attempts.
    pub has_checksum: bool,
    /// Which attempt counts.
    pub winner: WinnerRule,
    /// What becomes of reports of what was thrown away.
    pub stale: StaleRule,
    /// Whether a report is answered that is not wanted.
    pub answers_unwanted: bool,
    /// What a task does whose range is released.
    pub gap: GapRule,
    /// When it is.
    pub release: ReleaseRule,
    /// After how long without a report an executor is taken for lost.
    pub executor_timeout: Nanos,
    /// After how long a request without an answer is sent again.
    pub request_timeout: Nanos,
    /// How long after it has ended itself a driver begins anew.
    pub restart: Nanos,
    /// How long after a driver begins the executors of drivers before it are ended.
    pub orphaned: Nanos,
}

impl Settings {
    /// What they are where nothing is said.
    pub const FIRST: Settings = Settings {
        trigger: 0,
        executors: 2,
        speculation: Some(100 * MILLISECOND),
        offsets: OffsetLog::Before,
        watermark: BatchWatermark::Shards,
        logs_time: true,
        commit_row: CommitRow::AfterSink,
        log: PutRule::IfAbsent,
        loser: LoserRule::Ends,
        results: ResultsLog::Prepared,
        sink: SinkRule::ByBatch,
        has_coordinator: true,
        grant: GrantRule::Repeat,
        state: StateRule::Accepted,
        state_cache: StateCache::ByAttempt,
        state_keep: 2,
        accepted: AcceptedRule::Era,
        rollback: RollbackRule::Full,
        has_checksum: false,
        winner: WinnerRule::First,
        stale: StaleRule::Ignored,
        answers_unwanted: true,
        gap: GapRule::Fail,
        release: ReleaseRule::AfterCommit,
        executor_timeout: 10 * SECOND,
        request_timeout: 30 * MILLISECOND,
        restart: 50 * MILLISECOND,
        orphaned: 10 * SECOND,
    };
}

impl HasTable for Settings {
    fn first(&self) -> Settings {
        Settings::FIRST
    }

    fn rows(&self) -> Vec<&'static Setting<Settings>> {
        rows::ALL.iter().collect()
    }
}
