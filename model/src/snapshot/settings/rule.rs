//! What each rule of the settings may be, the value that is right first.

/// What a task does with a channel whose barrier has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// It takes nothing from it until the barrier has come on all.
    Aligned,
    /// The first barrier overtakes all that waits, and that is stored with the state.
    Unaligned,
    /// It goes on taking from it.
    AtLeastOnce,
}

/// When the state of a snapshot is copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StateAt {
    /// At the barrier.
    Barrier,
    /// When the upload ends.
    Upload,
}

/// What ends the recording of a channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recording {
    /// The barrier of its checkpoint, or of a newer one.
    Exact,
    /// Any barrier.
    AnyBarrier,
}

/// Whether barriers overtake handles on their way from a writer to its committer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SinkChannel {
    /// They never do.
    Aligned,
    /// They do as elsewhere.
    Unaligned,
    /// They do, and a handle in a stored channel counts as one that is not committed.
    Counted,
}

/// What a barrier does that comes while an older one is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Barriers {
    /// It ends that wait.
    Newest,
    /// It waits behind it.
    InOrder,
}

/// When a task acks a checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AckWhen {
    /// When its state is durable.
    AfterUpload,
    /// When the barrier has come.
    OnBarrier,
}

/// What a writer waits for before it hands its transaction on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Precommit {
    /// The answer to every write.
    Answered,
    /// Nothing: all writes are sent.
    Sent,
    /// Nothing, and a row may still be in its buffer.
    Unflushed,
}

/// Which handles a notice commits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// All up to its number.
    UpTo,
    /// Those of its number.
    Exact,
}

/// Which handles a snapshot has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handles {
    /// All that are not known to be committed.
    All,
    /// The newest.
    Newest,
}

/// What a committer does with the handles of a checkpoint that is aborted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnAbort {
    /// It keeps them: the next checkpoint covers them.
    Keep,
    /// It has their transactions aborted.
    Discard,
}

/// What a transaction is named by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TransactionNames {
    /// Its shard, the checkpoint, and the attempt.
    Attempt,
    /// Its shard and the checkpoint.
    Checkpoint,
}

/// Which open transactions a restored writer has aborted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cleanup {
    /// Those of earlier attempts that are younger than its checkpoint.
    Younger,
    /// None.
    None,
}

/// When a transaction is committed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommitAt {
    /// When its checkpoint is known to be complete.
    Notice,
    /// When its handle comes.
    Barrier,
}

/// What the commit of a committed transaction does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommitRule {
    /// Nothing.
    Idempotent,
    /// It appends its rows again.
    Append,
}

/// When committers are told of a checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notify {
    /// Once its record is durable.
    AfterRecord,
    /// Before.
    BeforeRecord,
}

/// When older records are deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delete {
    /// Once the new one is durable.
    AfterAdd,
    /// Before.
    BeforeAdd,
}

/// From what a restart restores.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RestoreFrom {
    /// The newest record, read after a new token was taken.
    TokenFirst,
    /// The newest record, read before a leader takes its token.
    ReadFirst,
    /// The newest record, read under the token that there is.
    OldToken,
    /// What the leader remembers.
    Memory,
}

/// What becomes of a record whose write was not answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnknownRecord {
    /// It is written again until the answer comes.
    Repeat,
    /// It is taken for failed, and its state discarded.
    Discard,
}

/// What becomes of an ack to an aborted checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LateAcks {
    /// It is dropped.
    Drop,
    /// It may complete it.
    Complete,
}

/// Where the number of a checkpoint comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CheckpointIds {
    /// A durable counter.
    Counter,
    /// The checkpoint that was restored.
    Restart,
}

/// Which acks count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AcksOf {
    /// Those of the present attempt.
    Attempt,
    /// All.
    Any,
}

/// Who may speak over a channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Channels {
    /// Two tasks of one attempt.
    Attempt,
    /// Whoever has the name of the task.
    Name,
}

/// What becomes of a job one of whose channels breaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BrokenChannel {
    /// It fails.
    Fail,
    /// The channel is opened again.
    Reopen,
}

/// Who restarts when a task has failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failover {
    /// All.
    All,
    /// It alone.
    Task,
}

/// When a split is no longer the coordinator's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Assign {
    /// When its reader has answered: until then no checkpoint begins.
    Acked,
    /// When it is sent.
    Sent,
}

/// On which snapshot an incremental one builds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Base {
    /// One that is known to be complete.
    Notified,
    /// One that is uploaded.
    Uploaded,
}

/// When state goes that a record had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SharedState {
    /// When no record has it.
    Counted,
    /// With the record.
    Deleted,
}

/// What a savepoint does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Savepoint {
    /// Nobody is told of it, since nobody restores it.
    Quiet,
    /// Committers are told of it.
    CommitRule,
}

/// How the job ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EndOfJob {
    /// With a checkpoint after the end of all input, all of which is committed.
    FinalCheckpoint,
    /// With the end of the input.
    Nothing,
    /// With the end of the input, at which what is open is committed.
    Commit,
}

/// What becomes of a commit that is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefusedCommit {
    /// It is dropped.
    Drop,
    /// The job fails.
    Fail,
}
