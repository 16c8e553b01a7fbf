//! What travels between the driver, executors and what is outside, what rows say, and what processes wait for.

use super::kept::{KeptBatchState, KeptFile, KeptFiles, KeptLogRow, KeptOrder, KeptRows};
use crate::stream::Record;
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::time::Time;

/// An attempt of a task.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TaskName {
    /// Its batch.
    pub batch: u32,
    /// Its stage and partition: the shard of the head of the stage.
    pub shard: ShardIndex,
    /// Which attempt, from 1, over all drivers.
    pub attempt: u32,
}

/// What an executor is for one driver: it knows nothing of what it was before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ExecutorLife {
    /// The token of its process.
    pub token: u64,
    /// How often it was told to start afresh.
    pub turn: u32,
}

/// A result on its way into a table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ResultRow {
    /// The step whose table it goes into.
    pub table: StepIndex,
    /// The record.
    pub record: Record,
    /// The start of its window and the sum of its values, if it is a pane that is read itself.
    pub pane: Option<(Time, i64)>,
}

/// What becomes of an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TaskReport {
    /// It is done.
    Succeeded {
        /// Its results.
        rows: KeptRows,
        /// The checksum of its file.
        sum: u64,
    },
    /// The file of an attempt could not be had.
    FileLost(TaskName),
    /// It may not write.
    MayNot,
    /// Its range is released.
    RangeGone,
    /// A function has failed.
    Failed,
}

/// A log of the driver.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LogOf {
    /// What belongs to each batch.
    Offsets,
    /// What came out.
    Results,
    /// Which batches are done with.
    Commits,
}

/// The name of a version of a state; the shard whose it is is known where it is asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StateVersion {
    /// The number of the first batch that reads it.
    pub version: u32,
    /// The attempt that has made it; none where versions are named by their number alone.
    pub by: Option<TaskName>,
}

/// A request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Request {
    /// An executor knows nothing from now on of what it was for this driver.
    Fresh {
        /// The life of the driver.
        driver: u64,
        /// How often it has told the executor so.
        number: u32,
        /// The batch that it is at, for whoever names it.
        batch: u32,
    },
    /// An executor runs an attempt of a task.
    Run {
        /// The life of the driver.
        driver: u64,
        /// The executor that is meant.
        life: ExecutorLife,
        /// Which attempt.
        task: TaskName,
        /// What it is to do.
        order: KeptOrder,
    },
    /// What has become of an attempt.
    Done {
        /// The life of the driver that asked for it.
        driver: u64,
        /// The executor.
        life: ExecutorLife,
        /// Which attempt.
        task: TaskName,
        /// What.
        report: TaskReport,
    },
    /// Whether an attempt may write.
    May {
        /// The life of the driver.
        driver: u64,
        /// Which attempt.
        task: TaskName,
    },
    /// What a task reads of files that an executor has.
    Fetch {
        /// The life of the driver.
        driver: u64,
        /// The executor that has the files.
        life: ExecutorLife,
        /// The attempts that wrote them.
        files: KeptFiles,
        /// The attempt that reads it.
        task: TaskName,
    },
    /// A version of a state is stored.
    PutState {
        /// The attempt that has made it.
        task: TaskName,
        /// Its name.
        version: StateVersion,
        /// The state.
        state: KeptBatchState,
    },
    /// A row of a log is put.
    PutRow {
        /// Which log.
        log: LogOf,
        /// Of which batch.
        batch: u32,
        /// The row.
        row: KeptLogRow,
    },
    /// The results of a batch are shown.
    Publish {
        /// Which batch.
        batch: u32,
        /// The results.
        rows: KeptRows,
    },
    /// An attempt writes its results.
    Write {
        /// Which attempt.
        task: TaskName,
        /// Its results.
        rows: KeptRows,
    },
    /// A source need not keep what is before an offset.
    Release {
        /// The batch that was the last to read it.
        batch: u32,
        /// The offset.
        to: u64,
    },
}

/// The answer to a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reply {
    /// It is done.
    Done,
    /// Another one is meant.
    NotMeant,
    /// The executor is fresh.
    Life(ExecutorLife),
    /// The attempt may write.
    Granted,
    /// It may not.
    Denied,
    /// What was fetched.
    File(KeptFile),
    /// There is no such file; the executor has none of any attempt, if another one was meant.
    NoFile(TaskName),
    /// There was a row already.
    Stands(KeptLogRow),
}

/// One change of a durable row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// A row of a log.
    Row {
        /// Which log.
        log: LogOf,
        /// Of which batch.
        batch: u32,
        /// The row.
        row: KeptLogRow,
    },
    /// What is in a state that is accepted with the row of this commit, by its lineage.
    Accept(u32),
    /// A version of a state.
    State {
        /// Its name.
        version: StateVersion,
        /// The state.
        state: KeptBatchState,
    },
    /// The results of a batch.
    Publish {
        /// Which batch.
        batch: u32,
        /// How many rows.
        rows: u32,
    },
    /// What an attempt has written.
    Write {
        /// Which attempt.
        task: TaskName,
        /// How many rows.
        rows: u32,
    },
    /// A row of what the commit shows.
    Show(ResultRow),
    /// A source keeps nothing before an offset.
    Release {
        /// The batch that was the last to read it.
        batch: u32,
        /// The offset.
        to: u64,
    },
}

/// What a process may be woken with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Timer {
    /// There may be new input.
    Input,
    /// A request is not answered: its number in this life, and which wait it is.
    Retry {
        /// The number of the request.
        call: u32,
        /// How often it had been waited for.
        waits: u32,
        /// What the request is, by its control in the alphabet.
        word: u8,
    },
    /// The next batch may begin.
    Trigger {
        /// The life of the driver.
        life: u64,
    },
    /// Executors of drivers before this one are ended.
    Orphaned {
        /// The life of the driver.
        life: u64,
    },
    /// A driver that has ended itself begins anew.
    Restart {
        /// Its life.
        life: u64,
    },
    /// An attempt takes long: another one may be begun beside it.
    Slow {
        /// The life of the driver.
        life: u64,
        /// Which attempt.
        task: TaskName,
    },
    /// An attempt takes too long.
    Overdue {
        /// The life of the driver.
        life: u64,
        /// Which attempt.
        task: TaskName,
    },
}
