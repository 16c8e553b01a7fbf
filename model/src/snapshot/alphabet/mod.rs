//! The alphabet of the protocol: its steps as a fault is placed before them, what travels without a record, and the
//! corners that a run should reach.

pub mod control;

use super::{account, told};
use onceproof_kernel::alphabet::{
    Alphabet, Control, ControlValue, Counted, Counter, Mark, Moments, Point, PointWords,
};

/// A leader takes its token and begins an attempt.
pub const DEPLOY: Point = Point(0);
/// A task is started.
pub const START: Point = Point(1);
/// A source is given its split.
pub const ASSIGN: Point = Point(2);
/// A source is told that there is no more.
pub const NO_MORE: Point = Point(3);
/// A source answers one of these.
pub const ASSIGNED: Point = Point(4);
/// A checkpoint begins at a source.
pub const TRIGGER: Point = Point(5);
/// A record goes to the next task.
pub const SEND: Point = Point(6);
/// A function takes a record.
pub const PROCESS: Point = Point(7);
/// A barrier goes to the next task.
pub const BARRIER: Point = Point(8);
/// The state of a task is stored.
pub const UPLOAD: Point = Point(9);
/// A task acks a checkpoint.
pub const ACK: Point = Point(10);
/// A task declines one.
pub const DECLINE: Point = Point(11);
/// A checkpoint is complete.
pub const RECORD: Point = Point(12);
/// A task is told so.
pub const NOTIFY: Point = Point(13);
/// Older records are deleted.
pub const DELETE: Point = Point(14);
/// A task is told that a checkpoint is aborted; a committer has a transaction aborted.
pub const ABORT: Point = Point(15);
/// What was stored for it is discarded.
pub const DISCARD: Point = Point(16);
/// Tasks are ended.
pub const CANCEL: Point = Point(17);
/// A writer has open transactions of earlier attempts aborted.
pub const CLEANUP: Point = Point(18);
/// A writer begins a transaction.
pub const BEGIN: Point = Point(19);
/// A writer writes a row.
pub const WRITE: Point = Point(20);
/// A writer hands its transaction to its committer.
pub const PRECOMMIT: Point = Point(21);
/// A committer commits a transaction.
pub const COMMIT: Point = Point(22);
/// A committer has come to its end by itself.
pub const FINISH: Point = Point(23);
/// A process says that it has started.
pub const REGISTER: Point = Point(24);
/// A task says that it has failed.
pub const FAIL: Point = Point(25);
/// A request is answered.
pub const ANSWER: Point = Point(26);
/// A process hears that what it has written stands.
pub const WRITTEN: Point = Point(27);

/// Those at which a commit is sent that a fault may befall. What is outside the job, as a topic is, answers for itself.
pub const COMMITS: &[Point] = &[DEPLOY, UPLOAD, RECORD, DELETE, DISCARD];

/// A checkpoint was complete after a restart.
pub const COMPLETED_AFTER_RESTART: Mark = Mark(Mark::OWN);
/// A channel waited for the barriers of others.
pub const ALIGNED: Mark = Mark(Mark::OWN + 1);
/// A barrier overtook something, which was stored.
pub const OVERTAKEN: Mark = Mark(Mark::OWN + 2);
/// What a barrier had overtaken was taken again after a restart.
pub const REPLAYED: Mark = Mark(Mark::OWN + 3);
/// A checkpoint was aborted.
pub const CHECKPOINT_ABORTED: Mark = Mark(Mark::OWN + 4);
/// A checkpoint took too long.
pub const CHECKPOINT_TIMED_OUT: Mark = Mark(Mark::OWN + 5);
/// A job was restored from a checkpoint.
pub const RESTORED: Mark = Mark(Mark::OWN + 6);
/// A leader was refused.
pub const LEADER_REFUSED: Mark = Mark(Mark::OWN + 7);
/// A restored committer committed what its snapshot had.
pub const RECOMMITTED: Mark = Mark(Mark::OWN + 8);
/// An open transaction of an earlier attempt was aborted.
pub const CLEANED_UP: Mark = Mark(Mark::OWN + 9);
/// A commit was refused.
pub const COMMIT_REFUSED: Mark = Mark(Mark::OWN + 10);
/// A transaction was open for too long.
pub const TRANSACTION_TIMED_OUT: Mark = Mark(Mark::OWN + 11);
/// An item came from another attempt.
pub const FOREIGN_ITEM: Mark = Mark(Mark::OWN + 12);
/// A channel broke.
pub const CHANNEL_BROKEN: Mark = Mark(Mark::OWN + 13);
/// An ack came too late.
pub const ACK_LATE: Mark = Mark(Mark::OWN + 14);
/// A split was not taken in time.
pub const UNASSIGNED: Mark = Mark(Mark::OWN + 15);
/// A state was not uploaded, since it was that of a checkpoint before.
pub const STATE_SHARED: Mark = Mark(Mark::OWN + 16);
/// A task went on after its attempt had ended, until its heartbeat told it.
pub const ORPHANED: Mark = Mark(Mark::OWN + 17);
/// A control was sent, and was sent again.
const CONTROL: [Mark; 2] = [Mark(Mark::OWN + 18), Mark(Mark::OWN + 19)];

/// How many checkpoints were completed.
pub const COMPLETED: Counter = Counter(0);
/// How many were aborted.
pub const ABORTED: Counter = Counter(1);
/// How many attempts were begun.
pub const ATTEMPTS: Counter = Counter(2);

const fn of_record(word: &'static str, verb: &'static str, about: &'static str) -> PointWords {
    PointWords { word, verb, about, is_each_steps: false, control: None }
}

const fn of_control(
    word: &'static str,
    verb: &'static str,
    about: &'static str,
    control: u8,
) -> PointWords {
    PointWords { word, verb, about, is_each_steps: false, control: Some(control) }
}

const fn numbered(word: &'static str) -> Control {
    Control { word, value: ControlValue::Number, marks: CONTROL }
}

/// The words of snapshots.
pub static ALPHABET: Alphabet = Alphabet {
    points: &[
        of_control(
            "deploy",
            "takes its token",
            "A leader takes its token and begins an attempt.",
            control::DEPLOY,
        ),
        of_control("start", "starts a task", "The coordinator starts a task.", control::START),
        of_control(
            "assign",
            "assigns a split",
            "The coordinator gives a source its split.",
            control::ASSIGN,
        ),
        of_control(
            "no-more",
            "says that there is no more",
            "The coordinator tells a source that there are no more splits.",
            control::NO_MORE,
        ),
        of_control(
            "assigned",
            "answers for its split",
            "A source answers that it has its split, or knows that there is no more.",
            control::ASSIGNED,
        ),
        of_control(
            "trigger",
            "triggers a checkpoint",
            "The coordinator begins a checkpoint at a source.",
            control::TRIGGER,
        ),
        of_record("send", "sends", "A record, a watermark or an end goes to the next task."),
        PointWords {
            word: "process",
            verb: "processes",
            about: "A function takes the record.",
            is_each_steps: true,
            control: None,
        },
        of_control(
            "barrier",
            "passes a barrier on",
            "A barrier goes to the next task.",
            control::BARRIER,
        ),
        of_control(
            "upload",
            "stores its state",
            "The state of a task is stored.",
            control::CHECKPOINT,
        ),
        of_control(
            "ack",
            "acks a checkpoint",
            "A task says that its state is stored.",
            control::ACK,
        ),
        of_control(
            "decline",
            "declines a checkpoint",
            "A task says that its state could not be stored.",
            control::DECLINE,
        ),
        of_control(
            "record",
            "records a checkpoint",
            "The record of a complete checkpoint is written.",
            control::CHECKPOINT,
        ),
        of_control(
            "notify",
            "tells of a checkpoint",
            "The coordinator tells a task that a checkpoint is complete.",
            control::NOTIFY,
        ),
        of_control(
            "delete",
            "deletes older records",
            "Older records are deleted, with what they alone have.",
            control::CHECKPOINT,
        ),
        of_control(
            "abort",
            "aborts",
            "A task is told that a checkpoint is aborted, or a topic that a transaction is.",
            control::ABORT,
        ),
        of_control(
            "discard",
            "discards a checkpoint",
            "What was stored for an aborted checkpoint is discarded.",
            control::CHECKPOINT,
        ),
        of_control("cancel", "cancels a task", "The coordinator ends a task.", control::CANCEL),
        of_control(
            "cleanup",
            "has open transactions aborted",
            "A restored writer has open transactions of earlier attempts aborted.",
            control::CLEANUP,
        ),
        of_control(
            "begin",
            "begins a transaction",
            "A writer begins a transaction.",
            control::BEGIN,
        ),
        of_record("write", "writes", "A writer writes a row into its transaction."),
        of_control(
            "precommit",
            "hands its transaction on",
            "A writer hands its transaction to its committer.",
            control::HANDLE,
        ),
        of_control(
            "commit",
            "commits a transaction",
            "A committer commits a transaction.",
            control::COMMIT,
        ),
        of_control(
            "finish",
            "comes to its end",
            "A committer comes to its end by itself.",
            control::FINISH,
        ),
        of_control(
            "register",
            "says that it has started",
            "A process says that it has started and knows nothing.",
            control::REGISTER,
        ),
        of_control(
            "fail",
            "says that it has failed",
            "A task says that it has failed.",
            control::FAIL,
        ),
        of_record("answer", "answers", "A request is answered."),
        of_record(
            "written",
            "hears of what it has written of",
            "What was written stands, or is not known to.",
        ),
    ],
    moments: Moments {
        apply: PROCESS,
        deliver: PROCESS,
        answer: WRITTEN,
        reply: ANSWER,
        send: SEND,
        call: PROCESS,
    },
    is_answered: true,
    controls: &[
        Control { word: "watermark", value: ControlValue::Time, marks: CONTROL },
        numbered("barrier"),
        numbered("handle"),
        Control { word: "end", value: ControlValue::None, marks: CONTROL },
        numbered("checkpoint"),
        numbered("deploy"),
        numbered("start"),
        numbered("assign"),
        numbered("no-more"),
        numbered("assigned"),
        numbered("trigger"),
        numbered("ack"),
        numbered("decline"),
        numbered("notify"),
        numbered("abort"),
        numbered("cancel"),
        numbered("cleanup"),
        numbered("begin"),
        numbered("commit"),
        numbered("finish"),
        numbered("register"),
        numbered("fail"),
    ],
    marks: &[
        (COMPLETED_AFTER_RESTART, "completed-after-restart"),
        (ALIGNED, "channel-waited"),
        (OVERTAKEN, "overtaken-stored"),
        (REPLAYED, "overtaken-replayed"),
        (CHECKPOINT_ABORTED, "checkpoint-aborted"),
        (CHECKPOINT_TIMED_OUT, "checkpoint-timed-out"),
        (RESTORED, "checkpoint-restored"),
        (LEADER_REFUSED, "leader-refused"),
        (RECOMMITTED, "committed-after-restore"),
        (CLEANED_UP, "open-transaction-aborted"),
        (COMMIT_REFUSED, "commit-refused"),
        (TRANSACTION_TIMED_OUT, "transaction-timed-out"),
        (FOREIGN_ITEM, "foreign-item"),
        (CHANNEL_BROKEN, "channel-broken"),
        (ACK_LATE, "ack-late"),
        (UNASSIGNED, "split-unassigned"),
        (STATE_SHARED, "state-shared"),
        (ORPHANED, "task-orphaned"),
        (CONTROL[0], "control-sent"),
        (CONTROL[1], "control-sent-again"),
        (Mark::COMMIT_OUTLIVED, "commit-outlived"),
        (Mark::SENT_AGAIN_AFTER_RESTART, "sent-again-after-restart"),
        (Mark::ERROR_ANSWERED, "error-answered"),
        (Mark::ZOMBIE_ASKED, "zombie-asked"),
        (Mark::SHARD_NOT_THERE, "shard-not-there"),
        (Mark::FUNCTION_RAN_AGAIN, "function-ran-again"),
        (Mark::RECORD_LATE, "record-late"),
    ],
    figures: &[
        ("checkpoints_completed", Counted::Own(COMPLETED)),
        ("checkpoints_aborted", Counted::Own(ABORTED)),
        ("attempts", Counted::Own(ATTEMPTS)),
    ],
    told: told::TOLD,
    changes: told::CHANGES,
    replies: told::REPLIES,
    account: &account::ACCOUNT,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_once_and_there_is_room_for_all() {
        let points: Vec<&str> = ALPHABET.points.iter().map(|point| point.word).collect();
        let marks = ALPHABET.marks.iter().map(|&(_, word)| word);
        let mut words: Vec<&str> = points.iter().copied().chain(marks).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
        assert!(ALPHABET.points.len() <= Alphabet::POINTS);
        assert_eq!(ALPHABET.points.len(), usize::from(WRITTEN.0) + 1);
        assert!(usize::from(CONTROL[1].0) < Mark::COUNT);
    }

    #[test]
    fn a_message_has_the_word_of_the_step_at_which_it_is_sent() {
        // What goes through a channel, and what is stored, has words of its own.
        let own = [control::WATERMARK, control::HANDLE, control::END, control::CHECKPOINT];
        for (number, control) in (0..).zip(ALPHABET.controls).filter(|(at, _)| !own.contains(at)) {
            let point = ALPHABET.find(control.word).expect("a step of that word");
            assert_eq!(ALPHABET.words(point).control, Some(number), "{}", control.word);
        }
    }
}
