//! The settings of snapshots, each with the value that is right first. Most of them are rules of Flink's protocol: the wrong
//! values leave one out, and the names of the bugs that did are beside the scenarios that find them.

mod rows;

use crate::setting::{HasTable, Setting};
use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND};

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

/// How snapshots are made, and what is done by them. Times are lengths.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// What a task does with a channel whose barrier has come.
    pub mode: Mode,
    /// How long after one checkpoint the next begins.
    pub interval: Nanos,
    /// After how long a checkpoint is aborted.
    pub timeout: Nanos,
    /// How many aborted checkpoints in a row do not fail the job.
    pub tolerable_failed: u32,
    /// When the state of a snapshot is copied.
    pub state: StateAt,
    /// Whether what a barrier overtakes is stored.
    pub stores_channels: bool,
    /// What ends the recording of a channel.
    pub recording: Recording,
    /// Whether barriers overtake handles.
    pub sink_channel: SinkChannel,
    /// What a barrier does that comes while an older one is waited for.
    pub barriers: Barriers,
    /// Whether a snapshot has what is counted in windows.
    pub stores_windows: bool,
    /// Whether a source that is restored at its end says so again.
    pub repeats_end: bool,
    /// When a task acks a checkpoint.
    pub ack: AckWhen,
    /// What a writer waits for before it hands its transaction on.
    pub precommit: Precommit,
    /// Whether writes are numbered.
    pub numbers_writes: bool,
    /// Whether the first row after a barrier begins a new transaction.
    pub rolls: bool,
    /// Which handles a notice commits.
    pub scope: Scope,
    /// Which handles a snapshot has.
    pub handles: Handles,
    /// Whether a restored committer commits what its snapshot has.
    pub recommits: bool,
    /// What a committer does with the handles of an aborted checkpoint.
    pub on_abort: OnAbort,
    /// What a transaction is named by.
    pub names: TransactionNames,
    /// Whether each beginning of a transaction raises its epoch, where names have no attempt.
    pub has_epochs: bool,
    /// Which open transactions a restored writer has aborted.
    pub cleanup: Cleanup,
    /// Whether a topic refuses to begin a transaction of an attempt before one that has cleaned up.
    pub fences_begin: bool,
    /// When a transaction is committed.
    pub commit: CommitAt,
    /// What the commit of a committed transaction does.
    pub commits: CommitRule,
    /// When committers are told of a checkpoint.
    pub notify: Notify,
    /// When older records are deleted.
    pub delete: Delete,
    /// Whether a record of an earlier leader is refused.
    pub is_fenced: bool,
    /// From what a restart restores.
    pub restore: RestoreFrom,
    /// What becomes of a record whose write was not answered.
    pub unknown_record: UnknownRecord,
    /// What becomes of an ack to an aborted checkpoint.
    pub late_acks: LateAcks,
    /// Where the number of a checkpoint comes from.
    pub ids: CheckpointIds,
    /// Which acks count.
    pub acks: AcksOf,
    /// Who may speak over a channel.
    pub channels: Channels,
    /// What becomes of a job one of whose channels breaks.
    pub broken: BrokenChannel,
    /// Who restarts when a task has failed.
    pub failover: Failover,
    /// When a split is no longer the coordinator's.
    pub assign: Assign,
    /// Whether a snapshot that is equal to the one before uploads nothing.
    pub is_incremental: bool,
    /// On which snapshot an incremental one builds.
    pub base: Base,
    /// When state goes that a record had.
    pub shared: SharedState,
    /// Which checkpoint is a savepoint, if one is.
    pub savepoint: Option<u32>,
    /// What it does.
    pub savepoint_is: Savepoint,
    /// How the job ends.
    pub end: EndOfJob,
    /// Whether readers of a topic see committed transactions alone.
    pub reads_committed: bool,
    /// After how long the topic aborts an open transaction.
    pub transaction_timeout: Nanos,
    /// What becomes of a commit that is refused.
    pub refused: RefusedCommit,
    /// After how long a task ends that cannot be told so.
    pub heartbeat: Nanos,
    /// How long after a failure the job begins anew.
    pub restart: Nanos,
    /// After how long a request without an answer is sent again.
    pub request_timeout: Nanos,
    /// How long a task takes for a record.
    pub service: Nanos,
    /// How much later than the one before a source hears of a checkpoint.
    pub skew: Nanos,
}

impl Settings {
    /// What they are where nothing is said.
    pub const FIRST: Settings = Settings {
        mode: Mode::Aligned,
        interval: SECOND,
        timeout: 10 * SECOND,
        tolerable_failed: 0,
        state: StateAt::Barrier,
        stores_channels: true,
        recording: Recording::Exact,
        sink_channel: SinkChannel::Aligned,
        barriers: Barriers::Newest,
        stores_windows: true,
        repeats_end: true,
        ack: AckWhen::AfterUpload,
        precommit: Precommit::Answered,
        numbers_writes: true,
        rolls: true,
        scope: Scope::UpTo,
        handles: Handles::All,
        recommits: true,
        on_abort: OnAbort::Keep,
        names: TransactionNames::Attempt,
        has_epochs: true,
        cleanup: Cleanup::Younger,
        fences_begin: true,
        commit: CommitAt::Notice,
        commits: CommitRule::Idempotent,
        notify: Notify::AfterRecord,
        delete: Delete::AfterAdd,
        is_fenced: true,
        restore: RestoreFrom::TokenFirst,
        unknown_record: UnknownRecord::Repeat,
        late_acks: LateAcks::Drop,
        ids: CheckpointIds::Counter,
        acks: AcksOf::Attempt,
        channels: Channels::Attempt,
        broken: BrokenChannel::Fail,
        failover: Failover::All,
        assign: Assign::Acked,
        is_incremental: false,
        base: Base::Notified,
        shared: SharedState::Counted,
        savepoint: None,
        savepoint_is: Savepoint::Quiet,
        end: EndOfJob::FinalCheckpoint,
        reads_committed: true,
        transaction_timeout: 3600 * SECOND,
        refused: RefusedCommit::Drop,
        heartbeat: 200 * MILLISECOND,
        restart: 100 * MILLISECOND,
        request_timeout: 30 * MILLISECOND,
        service: 0,
        skew: 0,
    };

    /// Whether a barrier overtakes what waits on a channel to this side.
    pub fn overtakes(&self, is_committer: bool) -> bool {
        self.mode == Mode::Unaligned && (!is_committer || self.sink_channel != SinkChannel::Aligned)
    }
}

impl HasTable for Settings {
    fn first(&self) -> Settings {
        Settings::FIRST
    }

    fn rows(&self) -> Vec<&'static Setting<Settings>> {
        rows::ALL.iter().collect()
    }
}
