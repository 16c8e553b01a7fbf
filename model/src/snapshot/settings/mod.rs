//! The settings of snapshots, each with the value that is right first. Most of them are rules of Flink's protocol: the wrong
//! values leave one out, and the names of the bugs that did are beside the scenarios that find them.

mod rows;
mod rule;

pub use rule::{
    AckWhen, AcksOf, Assign, Barriers, Base, BrokenChannel, Channels, CheckpointIds, Cleanup,
    CommitAt, CommitRule, Delete, EndOfJob, Failover, Handles, LateAcks, Mode, Notify, OnAbort,
    Precommit, Recording, RefusedCommit, RestoreFrom, Savepoint, Scope, SharedState, SinkChannel,
    StateAt, TransactionNames, UnknownRecord,
};

use crate::setting::{HasTable, Setting};
use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND};

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
    pub tolerable_failed: Option<u32>,
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
        tolerable_failed: Some(0),
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
