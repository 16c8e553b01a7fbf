//! The table of the settings: a row for each, in the order of the way of a batch.

use super::{
    AcceptedRule, BatchWatermark, CommitRow, GapRule, GrantRule, LoserRule, OffsetLog, PutRule,
    ReleaseRule, ResultsLog, RollbackRule, Settings, SinkRule, StaleRule, StateCache, StateRule,
    WinnerRule,
};
use crate::setting::{Free, Setting, SettingChoice, SettingValue, WrittenAs};
use crate::setting_rows::{BOTH, NO_FIRST, length, no, number, one_of, right, wrong, yes};

const OFFSETS: [OffsetLog; 2] = [OffsetLog::Before, OffsetLog::After];
const WATERMARKS: [BatchWatermark; 3] =
    [BatchWatermark::Shards, BatchWatermark::MaxSeen, BatchWatermark::Memory];
const COMMIT_ROWS: [CommitRow; 2] = [CommitRow::AfterSink, CommitRow::BeforeSink];
const PUTS: [PutRule; 2] = [PutRule::IfAbsent, PutRule::Overwrite];
const LOSERS: [LoserRule; 2] = [LoserRule::Ends, LoserRule::GoesOn];
const RESULTS: [ResultsLog; 2] = [ResultsLog::Prepared, ResultsLog::Recompute];
const SINKS: [SinkRule; 5] = [
    SinkRule::ByBatch,
    SinkRule::ByPartition,
    SinkRule::ByPartitionFirst,
    SinkRule::AppendBatch,
    SinkRule::AppendTask,
];
const GRANTS: [GrantRule; 3] = [GrantRule::Repeat, GrantRule::Once, GrantRule::Sticky];
const STATES: [StateRule; 4] =
    [StateRule::Accepted, StateRule::ByVersion, StateRule::Newest, StateRule::Memory];
const CACHES: [StateCache; 2] = [StateCache::ByAttempt, StateCache::ByVersion];
const KEEPS: [u32; 2] = [2, 1];
const ACCEPTED: [AcceptedRule; 2] = [AcceptedRule::Era, AcceptedRule::File];
const ROLLBACKS: [RollbackRule; 3] =
    [RollbackRule::Full, RollbackRule::Consumers, RollbackRule::Missing];
const WINNERS: [WinnerRule; 2] = [WinnerRule::First, WinnerRule::Last];
const STALES: [StaleRule; 2] = [StaleRule::Ignored, StaleRule::Counted];
const GAPS: [GapRule; 2] = [GapRule::Fail, GapRule::Skip];
const RELEASES: [ReleaseRule; 2] = [ReleaseRule::AfterCommit, ReleaseRule::BeforeCommit];

const RECOMPUTED: &str = "results = \"recompute\"";
const BY_VERSION: &str = "state = \"by-version\"";
const BY_TASK: &str = "sink = \"append-task\"";

/// All rows.
pub(super) static ALL: &[Setting<Settings>] = &[
    length!("trigger", "The least time between the beginnings of two batches.", trigger,
        "As long.", zero: None, may_break: false),
    number!("executors", "How many executors there are.", executors, "So many.", 1..=1_000),
    Setting {
        key: "speculation.after",
        about: "After how long another attempt of a task is begun beside one that is slow.",
        choices: &[SettingChoice::right("", "Never.").written(WrittenAs::Bool(false))],
        free: Some(Free::Length { about: "After so long.", zero: None, may_break: false }),
        get: |settings| settings.speculation.map_or(SettingValue::Choice(0), SettingValue::Length),
        set: |settings, value| settings.speculation = value.length(),
    },
    one_of!("offsets", "When it is logged what belongs to a batch.", offsets in OFFSETS, [
        right("before", "Before a task reads it."),
        wrong("after", "With its commit row: another driver plans another batch of that number."),
    ]),
    one_of!("watermark", "Where the watermark of a batch comes from.", watermark in WATERMARKS, [
        right("shards", "It is the least of all shards of the sources, and logged with the batch."),
        wrong("max-seen", "It is the greatest: what a slower shard has left is late."),
        wrong("memory", "It is the least, and another driver does not know it.").under(RECOMPUTED),
    ]),
    one_of!("batch-time", "Which time a function reads.", logs_time in BOTH, [
        right("logged", "That of its batch, which is logged."),
        wrong("clock", "That of its executor: another one in each attempt."),
    ]),
    one_of!("commit-row", "When the commit row of a batch is put.", commit_row in COMMIT_ROWS, [
        right("after-sink", "After its results are shown."),
        wrong("before-sink", "Before: a driver that dies in between never shows them."),
    ]),
    one_of!("log", "What becomes of a row of a log where there is one.", log in PUTS, [
        right("put-if-absent", "It is not put."),
        wrong("overwrite", "It stands in the place of the other."),
    ]),
    one_of!("loser", "What a driver does that finds the row of another one.", loser in LOSERS, [
        right("ends", "It ends itself."),
        wrong("goes-on", "It goes on beside the other."),
    ]),
    one_of!("results", "What is done with the results of a batch before they are shown.",
        results in RESULTS, [
        right("prepared", "They are logged with the accepted states, and shown from there."),
        wrong("recompute", "Nothing: another driver computes them again, and functions may answer otherwise."),
    ]),
    one_of!("sink", "How results come into a table.", sink in SINKS, [
        right("by-batch", "From the driver, by the number of the batch: once and whole."),
        wrong("by-partition", "From tasks, by batch and partition: part by part, and the last one stands."),
        wrong("by-partition-first", "The same, and the first one stands."),
        wrong("append-batch", "From the driver, appended each time."),
        wrong("append-task", "From tasks, appended each time."),
    ]),
    one_of!("coordinator", "Whether an attempt asks before it writes.", has_coordinator in BOTH, [
        yes("One attempt of each task may."),
        no("Each writes.").under(BY_TASK),
    ]),
    one_of!("grant", "What becomes of a grant to write.", grant in GRANTS, [
        right("repeat", "Who has it is told so again; it is taken back from one that failed."),
        wrong("once", "Who asks again is denied.").under(BY_TASK),
        wrong("sticky", "It is not taken back.").under(BY_TASK),
    ]),
    one_of!("state", "Which state a task begins with.", state in STATES, [
        right("accepted", "That of the attempt which the last commit row names."),
        wrong("by-version", "That of the batch before, whichever attempt wrote it last."),
        wrong("newest", "The newest: that of an attempt which did not count, too."),
        wrong("memory", "What its executor remembers."),
    ]),
    one_of!("state-cache", "By what an executor knows the states that it has made.",
        state_cache in CACHES, [
        right("by-attempt", "By the attempt."),
        wrong("by-version", "By the number of the batch: that of an attempt which did not count, too."),
    ]),
    one_of!("state-keep", "How many versions of a state are kept.", state_keep in KEEPS, [
        SettingChoice::right("", "That of a batch, and the one that it begins with.")
            .written(WrittenAs::Number(2)),
        SettingChoice::wrong("", "The newest: another attempt begins with nothing.")
            .written(WrittenAs::Number(1)),
    ]),
    one_of!("accepted", "How long it is known which state was accepted.", accepted in ACCEPTED, [
        right("era", "Until the task is thrown away."),
        wrong("file", "As long as the file that came with it."),
    ]),
    one_of!("rollback", "What is thrown away when a partition of an indeterminate stage is computed again.",
        rollback in ROLLBACKS, [
        right("full", "All that was made of the stage, and below it."),
        right("consumers", "All below it."),
        wrong("missing", "Nothing: what was made of the first output stays beside the second."),
    ]),
    one_of!("checksum", "Whether the files of a task are compared with those of earlier attempts.",
        has_checksum in NO_FIRST, [
        SettingChoice::right("", "They are not.").written(WrittenAs::Bool(false)),
        SettingChoice::right("", "They are, and a difference throws away all below.")
            .written(WrittenAs::Bool(true)),
    ]),
    one_of!("winner", "Which attempt of a task counts.", winner in WINNERS, [
        right("first", "The first that is done."),
        wrong("last", "The last, also when others have read the first."),
    ]),
    one_of!("stale", "What becomes of the report of an attempt that was thrown away.",
        stale in STALES, [
        right("ignored", "It counts for nothing."),
        wrong("counted", "It counts."),
    ]),
    one_of!("unwanted", "Whether a report is answered that is not wanted.", answers_unwanted in BOTH, [
        right("answered", "It is."),
        wrong("ignored", "It comes again for ever."),
    ]),
    one_of!("gap", "What a task does whose range is released.", gap in GAPS, [
        right("fail", "It fails, and the job with it."),
        wrong("skip", "It reads what is left.").under(BY_VERSION),
    ]),
    one_of!("release", "When the source may forget what a batch has read.", release in RELEASES, [
        right("after-commit", "After its commit row."),
        wrong("before-commit", "When its tasks are done: another driver cannot run it again."),
    ]),
    length!("executor-timeout", "After how long without a report an executor is taken for lost.",
        executor_timeout, "As long.", may_break: false),
    length!("request-timeout", "After how long a request without an answer is sent again.",
        request_timeout, "As long.", may_break: false),
    length!("restart", "How long after it has ended itself a driver begins anew.", restart,
        "As long.", zero: None, may_break: false),
    length!("orphaned", "How long after a driver begins the executors of drivers before it are ended.",
        orphaned, "As long.", may_break: false),
];
