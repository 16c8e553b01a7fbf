//! What each rule of the settings may be, the value that is right first.

/// When a batch is logged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OffsetLog {
    /// Before a task reads it.
    Before,
    /// With its commit row.
    After,
}

/// Where the watermark of a batch comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BatchWatermark {
    /// It is the least of all source shards at the start of their ranges, and logged with the batch.
    Shards,
    /// It is the greatest, and logged.
    MaxSeen,
    /// It is the least, and only in the memory of the driver.
    Memory,
}

/// When the commit row is put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommitRow {
    /// After the results are shown.
    AfterSink,
    /// Before.
    BeforeSink,
}

/// What becomes of a row of a log where there is one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PutRule {
    /// It is not put.
    IfAbsent,
    /// It stands in the place of the other.
    Overwrite,
}

/// What a driver does that finds the row of another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoserRule {
    /// It ends itself.
    Ends,
    /// It goes on.
    GoesOn,
}

/// What is done with the results of a batch before they are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResultsLog {
    /// They are logged, and shown from there.
    Prepared,
    /// Nothing: another driver computes them again.
    Recompute,
}

/// How results come into a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SinkRule {
    /// By the number of their batch, once and whole, from the driver.
    ByBatch,
    /// From tasks, by batch and partition; the last write stands.
    ByPartition,
    /// The same; the first write stands.
    ByPartitionFirst,
    /// From the driver, appended each time.
    AppendBatch,
    /// From tasks, appended each time.
    AppendTask,
}

impl SinkRule {
    /// Whether tasks write themselves.
    pub fn is_by_task(self) -> bool {
        match self {
            SinkRule::ByBatch | SinkRule::AppendBatch => false,
            SinkRule::ByPartition | SinkRule::ByPartitionFirst | SinkRule::AppendTask => true,
        }
    }
}

/// What the holder of a grant is told that asks again, and what becomes of the grant of one that failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GrantRule {
    /// The same again; it is taken back.
    Repeat,
    /// It is denied; it is taken back.
    Once,
    /// The same again; it is not taken back.
    Sticky,
}

/// Which state a task begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StateRule {
    /// That of the attempt which the last commit row names.
    Accepted,
    /// That of the number of the batch, whoever has written it last.
    ByVersion,
    /// The newest that there is.
    Newest,
    /// That which its executor remembers.
    Memory,
}

/// By what an executor knows the states that it has made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StateCache {
    /// By the attempt.
    ByAttempt,
    /// By the version alone.
    ByVersion,
}

/// What is thrown away when a partition of an indeterminate stage has to be computed again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RollbackRule {
    /// All that was made of that stage, and below it.
    Full,
    /// All below it.
    Consumers,
    /// Nothing.
    Missing,
}

/// Which of the attempts of a task counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WinnerRule {
    /// The first that is done.
    First,
    /// The last.
    Last,
}

/// What becomes of the report of an attempt that was thrown away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StaleRule {
    /// It counts for nothing.
    Ignored,
    /// It counts.
    Counted,
}

/// What a task does whose range is released.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GapRule {
    /// It fails, and the job with it.
    Fail,
    /// It reads what is left.
    Skip,
}

/// When the source may forget what a batch has read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReleaseRule {
    /// After its commit row.
    AfterCommit,
    /// When its tasks are done.
    BeforeCommit,
}

/// How long the name of an accepted state is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AcceptedRule {
    /// Until its era ends.
    Era,
    /// As long as the file that came with it.
    File,
}
