//! The alphabet of the protocol: its steps as a fault is placed before them, what travels without a record, and the
//! corners that a run should reach. Messages and steps have one word: a client that is about to send `end` takes the step
//! `end`.

use super::{account, told};
use onceproof_kernel::alphabet::{
    Alphabet, Control, ControlValue, Counted, Counter, Mark, Moments, Point, PointWords,
};

/// A client asks for its epoch.
pub const INIT: Point = Point(0);
/// A client joins the group.
pub const JOIN: Point = Point(1);
/// A client asks for a position.
pub const FETCH: Point = Point(2);
/// A function takes a record.
pub const PROCESS: Point = Point(3);
/// A client appends to a log.
pub const PRODUCE: Point = Point(4);
/// A client commits positions.
pub const OFFSETS: Point = Point(5);
/// A client commits its transaction.
pub const END: Point = Point(6);
/// A client aborts its transaction.
pub const ABORT: Point = Point(7);
/// A client adds partitions to its transaction.
pub const ADD: Point = Point(8);
/// A partition asks for a transaction.
pub const VERIFY: Point = Point(9);
/// A log is appended to.
pub const APPEND: Point = Point(10);
/// A row of the coordinator is written.
pub const LOG: Point = Point(11);
/// A marker is sent.
pub const MARKER: Point = Point(12);
/// A request is answered.
pub const ANSWER: Point = Point(13);
/// A process hears that what it has written stands.
pub const WRITTEN: Point = Point(14);

/// The controls, by their numbers; each has the word of the step at which it is sent.
pub mod control {
    /// See [`super::INIT`].
    pub const INIT: u8 = 0;
    /// See [`super::JOIN`].
    pub const JOIN: u8 = 1;
    /// See [`super::FETCH`].
    pub const FETCH: u8 = 2;
    /// See [`super::OFFSETS`].
    pub const OFFSETS: u8 = 3;
    /// See [`super::END`].
    pub const END: u8 = 4;
    /// See [`super::ABORT`].
    pub const ABORT: u8 = 5;
    /// See [`super::ADD`].
    pub const ADD: u8 = 6;
    /// See [`super::VERIFY`].
    pub const VERIFY: u8 = 7;
    /// See [`super::MARKER`].
    pub const MARKER: u8 = 8;
    /// See [`super::LOG`].
    pub const LOG: u8 = 9;
}

/// A transaction was open for too long.
pub const TIMED_OUT: Mark = Mark(Mark::OWN);
/// A client that started had the transaction of its earlier life aborted.
pub const INIT_ABORTED: Mark = Mark(Mark::OWN + 1);
/// A client was told that another one has its place.
pub const CLIENT_FENCED: Mark = Mark(Mark::OWN + 2);
/// A client gave up its transaction.
pub const CLIENT_ABORTED: Mark = Mark(Mark::OWN + 3);
/// Offsets of an older generation, or of none, were refused.
pub const GENERATION_REFUSED: Mark = Mark(Mark::OWN + 4);
/// What had an older epoch was refused.
pub const EPOCH_REFUSED: Mark = Mark(Mark::OWN + 5);
/// A batch came that had been appended before.
pub const BATCH_KNOWN: Mark = Mark(Mark::OWN + 6);
/// A batch came whose number was not the next.
pub const OUT_OF_SEQUENCE: Mark = Mark(Mark::OWN + 7);
/// A position was asked for that a transaction might still move.
pub const POSITION_UNSTABLE: Mark = Mark(Mark::OWN + 8);
/// A store waited for its changelog to become stable.
pub const RESTORE_WAITED: Mark = Mark(Mark::OWN + 9);
/// A batch came while the transaction before was open.
pub const OVERLAPPED: Mark = Mark(Mark::OWN + 10);
/// A marker came for what is over.
pub const MARKER_STALE: Mark = Mark(Mark::OWN + 11);
/// The answer to a verification came for what is over.
pub const VERIFICATION_STALE: Mark = Mark(Mark::OWN + 12);
/// A coordinator that started sent the markers of an earlier one.
pub const MARKERS_RESENT: Mark = Mark(Mark::OWN + 13);
/// An end came for another transaction than the present one.
pub const END_REFUSED: Mark = Mark(Mark::OWN + 14);
/// A member was expelled.
pub const EXPELLED: Mark = Mark(Mark::OWN + 15);
/// A store was restored from its changelog.
pub const RESTORED: Mark = Mark(Mark::OWN + 16);
/// A control was sent, and was sent again.
const CONTROL: [Mark; 2] = [Mark(Mark::OWN + 17), Mark(Mark::OWN + 18)];

/// How many transactions were committed.
pub const COMMITTED: Counter = Counter(0);
/// How many were aborted.
pub const ABORTED: Counter = Counter(1);

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

/// Those at which a commit is sent.
pub const COMMITS: &[Point] = &[APPEND, LOG];

/// All its words.
pub static ALPHABET: Alphabet = Alphabet {
    points: &[
        of_control("init", "asks for an epoch", "A client asks for its epoch.", control::INIT),
        of_control("join", "joins the group", "A client joins the group.", control::JOIN),
        of_control(
            "fetch",
            "asks for a position",
            "A client asks where a task goes on.",
            control::FETCH,
        ),
        PointWords {
            word: "process",
            verb: "processes",
            about: "A function, or a count, takes the record.",
            is_each_steps: true,
            control: None,
        },
        of_record("produce", "appends", "A client sends a batch to a partition."),
        of_control(
            "offsets",
            "commits its offsets",
            "A client sends its positions.",
            control::OFFSETS,
        ),
        of_control(
            "end",
            "ends its transaction",
            "A client commits its transaction.",
            control::END,
        ),
        of_control(
            "abort",
            "aborts its transaction",
            "A client aborts its transaction.",
            control::ABORT,
        ),
        of_control(
            "add",
            "adds partitions",
            "A client adds partitions to its transaction.",
            control::ADD,
        ),
        of_control(
            "verify",
            "asks for the transaction",
            "A partition asks whether a transaction is open.",
            control::VERIFY,
        ),
        of_record("append", "writes the entry of", "A log is appended to."),
        of_control("log", "writes its row", "A row of the coordinator is written.", control::LOG),
        of_control(
            "marker",
            "sends a marker",
            "The coordinator ends a transaction in a partition.",
            control::MARKER,
        ),
        of_record("answer", "answers", "A request is answered."),
        of_record("written", "hears of what it has written of", "What was written stands."),
    ],
    moments: Moments {
        apply: PROCESS,
        deliver: PROCESS,
        answer: WRITTEN,
        reply: ANSWER,
        send: PRODUCE,
        call: PROCESS,
    },
    is_answered: true,
    controls: &[
        numbered("init"),
        numbered("join"),
        numbered("fetch"),
        numbered("offsets"),
        numbered("end"),
        numbered("abort"),
        numbered("add"),
        numbered("verify"),
        numbered("marker"),
        numbered("log"),
    ],
    marks: &[
        (TIMED_OUT, "transaction-timed-out"),
        (INIT_ABORTED, "init-aborted"),
        (CLIENT_FENCED, "client-fenced"),
        (CLIENT_ABORTED, "client-aborted"),
        (GENERATION_REFUSED, "generation-refused"),
        (EPOCH_REFUSED, "epoch-refused"),
        (BATCH_KNOWN, "batch-known"),
        (OUT_OF_SEQUENCE, "out-of-sequence"),
        (POSITION_UNSTABLE, "position-unstable"),
        (RESTORE_WAITED, "restore-waited"),
        (RESTORED, "store-restored"),
        (OVERLAPPED, "transactions-overlapped"),
        (MARKER_STALE, "marker-stale"),
        (VERIFICATION_STALE, "verification-stale"),
        (MARKERS_RESENT, "markers-sent-again"),
        (END_REFUSED, "end-refused"),
        (EXPELLED, "member-expelled"),
        (CONTROL[0], "control-sent"),
        (CONTROL[1], "control-sent-again"),
        (Mark::COMMIT_REPEATED, "commit-repeated"),
        (Mark::COMMIT_FENCED, "commit-fenced"),
        (Mark::COMMIT_OUTLIVED, "commit-outlived"),
        (Mark::SENT_AGAIN_AFTER_RESTART, "sent-again-after-restart"),
        (Mark::ZOMBIE_ASKED, "zombie-asked"),
        (Mark::SHARD_NOT_THERE, "shard-not-there"),
        (Mark::FUNCTION_RAN_AGAIN, "function-ran-again"),
        (Mark::RECORD_LATE, "record-late"),
    ],
    figures: &[
        ("transactions_committed", Counted::Own(COMMITTED)),
        ("transactions_aborted", Counted::Own(ABORTED)),
        ("batches_known", Counted::Mark(BATCH_KNOWN)),
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
    fn every_word_stands_once_and_a_control_has_that_of_its_step() {
        let points: Vec<&str> = ALPHABET.points.iter().map(|point| point.word).collect();
        let marks = ALPHABET.marks.iter().map(|&(_, word)| word);
        let mut words: Vec<&str> = points.iter().copied().chain(marks).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
        assert!(ALPHABET.points.len() <= Alphabet::POINTS);
        for (number, control) in (0..).zip(ALPHABET.controls) {
            let point = ALPHABET.find(control.word).expect("a step of that word");
            assert_eq!(ALPHABET.words(point).control, Some(number), "{}", control.word);
        }
    }
}
