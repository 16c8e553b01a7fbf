//! The table of the settings: a row for each, in the order of the way of a checkpoint.

use super::{
    AckWhen, AcksOf, Assign, Barriers, Base, BrokenChannel, Channels, CheckpointIds, Cleanup,
    CommitAt, CommitRule, Delete, EndOfJob, Failover, Handles, LateAcks, Mode, Notify, OnAbort,
    Precommit, Recording, RefusedCommit, RestoreFrom, Savepoint, Scope, Settings, SharedState,
    SinkChannel, StateAt, TransactionNames, UnknownRecord,
};
use crate::setting::{Free, Setting, SettingChoice, SettingValue, WrittenAs};
use crate::setting_rows::{BOTH, NO_FIRST, length, no, one_of, right, wrong, yes};

const MODES: [Mode; 3] = [Mode::Aligned, Mode::Unaligned, Mode::AtLeastOnce];
const STATES: [StateAt; 2] = [StateAt::Barrier, StateAt::Upload];
const RECORDINGS: [Recording; 2] = [Recording::Exact, Recording::AnyBarrier];
const SINK_CHANNELS: [SinkChannel; 3] =
    [SinkChannel::Aligned, SinkChannel::Counted, SinkChannel::Unaligned];
const BARRIERS: [Barriers; 2] = [Barriers::Newest, Barriers::InOrder];
const ACK_AT: [AckWhen; 2] = [AckWhen::AfterUpload, AckWhen::OnBarrier];
const PRECOMMITS: [Precommit; 3] = [Precommit::Answered, Precommit::Sent, Precommit::Unflushed];
const SCOPES: [Scope; 2] = [Scope::UpTo, Scope::Exact];
const HANDLES: [Handles; 2] = [Handles::All, Handles::Newest];
const ON_ABORT: [OnAbort; 2] = [OnAbort::Keep, OnAbort::Discard];
const NAMES: [TransactionNames; 2] = [TransactionNames::Attempt, TransactionNames::Checkpoint];
const CLEANUPS: [Cleanup; 2] = [Cleanup::Younger, Cleanup::None];
const COMMIT_AT: [CommitAt; 2] = [CommitAt::Notice, CommitAt::Barrier];
const COMMITS: [CommitRule; 2] = [CommitRule::Idempotent, CommitRule::Append];
const NOTIFIES: [Notify; 2] = [Notify::AfterRecord, Notify::BeforeRecord];
const DELETES: [Delete; 2] = [Delete::AfterAdd, Delete::BeforeAdd];
const RESTORES: [RestoreFrom; 4] =
    [RestoreFrom::TokenFirst, RestoreFrom::ReadFirst, RestoreFrom::OldToken, RestoreFrom::Memory];
const UNKNOWNS: [UnknownRecord; 2] = [UnknownRecord::Repeat, UnknownRecord::Discard];
const LATE_ACKS: [LateAcks; 2] = [LateAcks::Drop, LateAcks::Complete];
const IDS: [CheckpointIds; 2] = [CheckpointIds::Counter, CheckpointIds::Restart];
const ACKS: [AcksOf; 2] = [AcksOf::Attempt, AcksOf::Any];
const CHANNELS: [Channels; 2] = [Channels::Attempt, Channels::Name];
const BROKEN: [BrokenChannel; 2] = [BrokenChannel::Fail, BrokenChannel::Reopen];
const FAILOVERS: [Failover; 2] = [Failover::All, Failover::Task];
const ASSIGNS: [Assign; 2] = [Assign::Acked, Assign::Sent];
const BASES: [Base; 2] = [Base::Notified, Base::Uploaded];
const SHARED: [SharedState; 2] = [SharedState::Counted, SharedState::Deleted];
const SAVEPOINTS: [Savepoint; 2] = [Savepoint::Quiet, Savepoint::CommitRule];
const ENDS: [EndOfJob; 3] = [EndOfJob::FinalCheckpoint, EndOfJob::Nothing, EndOfJob::Commit];
const REFUSED: [RefusedCommit; 2] = [RefusedCommit::Drop, RefusedCommit::Fail];

const UNALIGNED: &str = "mode = \"unaligned\"";
const INCREMENTAL: &str = "incremental = true";

/// All rows.
pub(super) static ALL: &[Setting<Settings>] = &[
    one_of!("mode", "What a task does with a channel whose barrier has come.", mode in MODES, [
        right("aligned", "It takes nothing from it until the barrier has come on all."),
        right("unaligned", "The first barrier overtakes all that waits, and that is stored."),
        wrong("at-least-once", "It goes on: what comes after the barrier is in the snapshot, and comes again."),
    ]),
    length!("interval", "How long after one checkpoint the next begins.", interval,
        "As long.", may_break: false),
    length!("timeout", "After how long a checkpoint is aborted that is not complete.", timeout,
        "As long.", may_break: true),
    Setting {
        key: "tolerable-failed",
        about: "How many aborted checkpoints in a row do not fail the job.",
        choices: &[right("any", "All: the job goes on, however many come to nothing.")],
        free: Some(Free::Number {
            about: "So many; one more restarts it.",
            least: 0,
            most: 1_000_000,
            may_break: false,
        }),
        get: |settings| match settings.tolerable_failed {
            None => SettingValue::Choice(0),
            Some(most) => SettingValue::Number(most),
        },
        set: |settings, value| settings.tolerable_failed = value.number(),
    },
    one_of!("state", "When the state of a snapshot is copied.", state in STATES, [
        right("at-barrier", "At the barrier; the task works on."),
        wrong("at-upload", "When its upload ends: with what came after the barrier."),
    ]),
    one_of!("channel-state", "Whether what a barrier overtakes is stored.", stores_channels in BOTH, [
        yes("With the state of the task that it waits for."),
        no("It is not, and is gone after a restart.").under(UNALIGNED),
    ]),
    one_of!("recording", "What ends the recording of a channel.", recording in RECORDINGS, [
        right("exact", "The barrier of its checkpoint, or of a newer one."),
        wrong("any-barrier", "Any barrier, such as one of an aborted checkpoint.").under(UNALIGNED),
    ]),
    one_of!("sink-channel", "Whether barriers overtake handles on their way to a committer.",
        sink_channel in SINK_CHANNELS, [
        right("aligned", "Never."),
        right("counted", "They do; a handle that is stored with a channel is one that is not committed.")
            .under(UNALIGNED),
        wrong("unaligned", "They do, and the job may end without it.").under(UNALIGNED),
    ]),
    one_of!("barriers", "What a barrier does that comes while an older one is waited for.",
        barriers in BARRIERS, [
        right("newest", "It ends that wait, and frees its channels."),
        wrong("in-order", "It waits behind it: for ever, if the older one was never sent on all."),
    ]),
    one_of!("windows", "Whether a snapshot has what is counted in windows.", stores_windows in BOTH, [
        right("stored", "It has."),
        wrong("dropped", "It has not."),
    ]),
    one_of!("ended-source", "What a source does that is restored at its end.", repeats_end in BOTH, [
        right("speaks", "It says its watermark and its end again."),
        wrong("silent", "Nothing: nobody hears that it has ended."),
    ]),
    one_of!("ack", "When a task acks a checkpoint.", ack in ACK_AT, [
        right("after-upload", "When its state is durable."),
        wrong("on-barrier", "When the barrier has come: the record may name what is not there."),
    ]),
    one_of!("precommit", "What a writer waits for before it hands its transaction on.",
        precommit in PRECOMMITS, [
        right("answered", "The answer to every write."),
        wrong("sent", "Nothing: a write may be lost."),
        wrong("unflushed", "Nothing, and one row may still be in its buffer."),
    ]),
    one_of!("writes", "Whether writes are numbered within their transaction.", numbers_writes in BOTH, [
        right("numbered", "One that is sent again is known."),
        wrong("plain", "One that is sent again is written again."),
    ]),
    one_of!("roll", "Whether the first row after a barrier begins a new transaction.", rolls in BOTH, [
        yes("It does."),
        no("The transaction that was handed on goes on."),
    ]),
    one_of!("scope", "Which handles a notice commits.", scope in SCOPES, [
        right("up-to", "All up to its number."),
        wrong("exact", "Those of its number: after a lost notice nobody commits the others."),
    ]),
    one_of!("handles", "Which handles the snapshot of a committer has.", handles in HANDLES, [
        right("all", "All that are not known to be committed."),
        wrong("newest", "Those of its own number."),
    ]),
    one_of!("recommit", "Whether a restored committer commits what its snapshot has.", recommits in BOTH, [
        yes("First of all."),
        no("It forgets it."),
    ]),
    one_of!("on-abort", "What a committer does with the handles of an aborted checkpoint.",
        on_abort in ON_ABORT, [
        right("keep", "It keeps them: the next checkpoint covers them."),
        wrong("discard", "It has their transactions aborted."),
    ]),
    one_of!("names", "What a transaction is named by.", names in NAMES, [
        right("attempt", "Its shard, the checkpoint, and the attempt."),
        wrong("checkpoint", "Its shard and the checkpoint: a zombie's has the name of its successor's."),
    ]),
    one_of!("epochs", "Whether beginning a transaction again raises its epoch.", has_epochs in BOTH, [
        yes("What is written under an older one is refused."),
        no("It goes on as it is.").under("names = \"checkpoint\""),
    ]),
    one_of!("cleanup", "Which open transactions a restored writer has aborted.", cleanup in CLEANUPS, [
        right("younger", "Those of earlier attempts that are younger than its checkpoint."),
        wrong("none", "None: they are open until they time out."),
    ]),
    one_of!("begin", "Whether a topic begins transactions of attempts before one that has cleaned up.",
        fences_begin in BOTH, [
        right("fenced", "It refuses them."),
        wrong("any", "It begins what a zombie asks for, and nobody ends that."),
    ]),
    one_of!("commit", "When a transaction is committed.", commit in COMMIT_AT, [
        right("on-notify", "When its checkpoint is known to be complete."),
        wrong("at-barrier", "When its handle comes, whatever becomes of the checkpoint."),
    ]),
    one_of!("commits", "What the commit of a committed transaction does.", commits in COMMITS, [
        right("idempotent", "Nothing."),
        wrong("append", "It appends its rows again."),
    ]),
    one_of!("notify", "When committers are told of a checkpoint.", notify in NOTIFIES, [
        right("after-record", "Once its record is durable."),
        wrong("before-record", "Before: it may never be."),
    ]),
    one_of!("delete", "When older records are deleted.", delete in DELETES, [
        right("after-add", "Once the new one is durable."),
        wrong("before-add", "Before: for a while there is none."),
    ]),
    one_of!("fencing", "Whether a record of an earlier leader is refused.", is_fenced in BOTH, [
        yes("It is, and the leader stops."),
        no("It is taken."),
    ]),
    one_of!("restore", "From what a restart restores.", restore in RESTORES, [
        right("token-first", "From the newest record, read after a new token was taken."),
        wrong("read-first", "From the newest record, read before a leader takes its token."),
        wrong("old-token", "From the newest record, under the token that there is: an earlier write may still land."),
        wrong("memory", "From what the leader remembers."),
    ]),
    one_of!("unknown-record", "What becomes of a record whose write was not answered.",
        unknown_record in UNKNOWNS, [
        right("repeat", "It is written again until the answer comes, and nothing is deleted."),
        wrong("discard", "It is taken for failed, and its state is discarded."),
    ]),
    one_of!("late-acks", "What becomes of an ack to an aborted checkpoint.", late_acks in LATE_ACKS, [
        right("drop", "It is dropped, with its state."),
        wrong("complete", "It may complete it, though its state is discarded."),
    ]),
    one_of!("ids", "Where the number of a checkpoint comes from.", ids in IDS, [
        right("counter", "From a durable counter."),
        wrong("restart", "It follows that of the checkpoint that was restored.").under("acks = \"any\""),
    ]),
    one_of!("acks", "Which acks count.", acks in ACKS, [
        right("attempt", "Those of the present attempt."),
        wrong("any", "All.").under("ids = \"restart\""),
    ]),
    one_of!("channels", "Who may speak over a channel.", channels in CHANNELS, [
        right("attempt", "Two tasks of one attempt."),
        wrong("name", "Whoever has the name of the task: a zombie, too."),
    ]),
    one_of!("broken", "What becomes of a job one of whose channels breaks.", broken in BROKEN, [
        right("fail", "It fails, and begins anew."),
        wrong("reopen", "The channel is opened again, without what was in it."),
    ]),
    one_of!("failover", "Who restarts when a task has failed.", failover in FAILOVERS, [
        right("all", "All tasks, from one record."),
        wrong("task", "It alone."),
    ]),
    one_of!("assign", "When a split is no longer the coordinator's.", assign in ASSIGNS, [
        right("acked", "When its reader has answered; until then no checkpoint begins."),
        wrong("sent", "When it is sent."),
    ]),
    one_of!("incremental", "Whether a snapshot that is equal to the one before uploads nothing.",
        is_incremental in NO_FIRST, [
        SettingChoice::right("", "Each is uploaded.").written(WrittenAs::Bool(false)),
        SettingChoice::right("", "It names the one before.").written(WrittenAs::Bool(true)),
    ]),
    one_of!("base", "On which snapshot an incremental one builds.", base in BASES, [
        right("notified", "On one that is known to be complete."),
        wrong("uploaded", "On one that is uploaded, and may be discarded.").under(INCREMENTAL),
    ]),
    one_of!("shared", "When state goes that a record had.", shared in SHARED, [
        right("counted", "When no record has it."),
        wrong("deleted", "With the record, also if a newer one has it.").under(INCREMENTAL),
    ]),
    Setting {
        key: "savepoint.number",
        about: "Which checkpoint is a savepoint, from which nobody restores.",
        choices: &[SettingChoice::right("never", "None is.")],
        free: Some(Free::Number {
            about: "That of this number.",
            least: 1,
            most: 1_000_000,
            may_break: false,
        }),
        get: |settings| settings.savepoint.map_or(SettingValue::Choice(0), SettingValue::Number),
        set: |settings, value| settings.savepoint = value.number(),
    },
    one_of!("savepoint.is", "What it does.", savepoint_is in SAVEPOINTS, [
        right("quiet", "Nobody is told of it."),
        wrong("commits", "Committers are, though a restart goes back to before it.")
            .under("savepoint.number = 2"),
    ]),
    one_of!("end", "How the job ends.", end in ENDS, [
        right("final-checkpoint", "With a checkpoint after the end of all input, all of which is committed."),
        wrong("nothing", "With the end of the input."),
        wrong("commit", "With the end of the input, at which what is open is committed."),
    ]),
    one_of!("read", "What readers of the topic see.", reads_committed in BOTH, [
        right("committed", "Committed transactions alone."),
        wrong("uncommitted", "All that is written."),
    ]),
    length!("transaction-timeout", "After how long the topic aborts an open transaction.",
        transaction_timeout, "As long. Shorter than a checkpoint, a failure and a restart take, what was promised is gone.",
        may_break: true),
    one_of!("refused", "What becomes of a commit that is refused.", refused in REFUSED, [
        right("drop", "It is dropped, as what cannot be had any more."),
        right("fail", "The job fails, and asks again."),
    ]),
    length!("heartbeat", "After how long a task ends that could not be told to.", heartbeat,
        "As long: until then it goes on.", may_break: false),
    length!("restart", "How long after a failure the job begins anew.", restart,
        "As long.", zero: None, may_break: false),
    length!("request-timeout", "After how long a request without an answer is sent again.",
        request_timeout, "As long.", may_break: false),
    length!("service", "How long a task takes for a record.", service,
        "As long.", zero: None, may_break: false),
    length!("skew", "How much later than the one before a source hears of a checkpoint.", skew,
        "As long.", zero: None, may_break: false),
];
