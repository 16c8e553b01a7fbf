//! The alphabet of the protocol: its steps as a fault is placed before them, what travels without a record, and the
//! corners that a run should reach.

pub mod control;

use super::{account, told};
use onceproof_kernel::alphabet::{
    Alphabet, Control, ControlValue, Counted, Counter, Mark, Moments, Point, PointWords,
};

/// A driver logs what belongs to a batch.
pub const OFFSETS: Point = Point(0);
/// It has an executor run an attempt of a task.
pub const LAUNCH: Point = Point(1);
/// It lets an attempt write, or does not.
pub const AUTHORIZE: Point = Point(2);
/// It logs what came out of a batch.
pub const PREPARE: Point = Point(3);
/// It shows what came out.
pub const PUBLISH: Point = Point(4);
/// It logs that a batch is done with.
pub const COMMIT: Point = Point(5);
/// It lets a source forget what was read.
pub const RELEASE: Point = Point(6);
/// It has an executor begin afresh.
pub const FRESH: Point = Point(7);
/// An executor fetches what an attempt reads.
pub const FETCH: Point = Point(8);
/// It works on that, or a function takes a record.
pub const APPLY: Point = Point(9);
/// It stores a version of a state.
pub const STATE: Point = Point(10);
/// It writes a file.
pub const SPILL: Point = Point(11);
/// It asks whether an attempt may write.
pub const ASK: Point = Point(12);
/// It writes results.
pub const WRITE: Point = Point(13);
/// It reports what has become of an attempt.
pub const REPORT: Point = Point(14);
/// A request is answered.
pub const ANSWER: Point = Point(15);

/// A batch was run again by another driver.
pub const BATCH_RUN_AGAIN: Mark = Mark(Mark::OWN);
/// The results of a batch stood when a driver began.
pub const RESULTS_FOUND: Mark = Mark(Mark::OWN + 1);
/// A file was lost and computed again.
pub const FILE_COMPUTED_AGAIN: Mark = Mark(Mark::OWN + 2);
/// All that was made of an indeterminate stage was thrown away.
pub const ERA_RAISED: Mark = Mark(Mark::OWN + 3);
/// The grant of an attempt was taken back.
pub const GRANT_TAKEN_BACK: Mark = Mark(Mark::OWN + 4);
/// An attempt was begun beside a slow one.
pub const SPECULATED: Mark = Mark(Mark::OWN + 5);
/// An executor was taken for lost.
pub const EXECUTOR_LOST: Mark = Mark(Mark::OWN + 6);
/// A report counted for nothing.
pub const REPORT_UNWANTED: Mark = Mark(Mark::OWN + 7);
/// A driver found the row of another one.
pub const ROW_FOUND: Mark = Mark(Mark::OWN + 8);
/// An attempt was not allowed to write.
pub const DENIED: Mark = Mark(Mark::OWN + 9);
/// A task found its range released.
pub const RANGE_GONE: Mark = Mark(Mark::OWN + 10);
/// The file of an attempt was other than that of an earlier one.
pub const CHECKSUM_DIFFERED: Mark = Mark(Mark::OWN + 11);
/// A function has failed so often that the job was begun anew.
pub const JOB_FAILED: Mark = Mark(Mark::OWN + 12);
/// An executor heard that its driver is no more.
pub const DRIVER_GONE: Mark = Mark(Mark::OWN + 13);
/// A control was sent, and was sent again.
const CONTROL: [Mark; 2] = [Mark(Mark::OWN + 14), Mark(Mark::OWN + 15)];

/// How many batches were committed.
pub const BATCHES: Counter = Counter(0);
/// How many attempts of tasks were begun.
pub const TASKS: Counter = Counter(1);
/// How many rows a sink was sent that it did not take.
pub const UNTAKEN: Counter = Counter(2);

const fn of_batch(word: &'static str, verb: &'static str, about: &'static str) -> PointWords {
    PointWords { word, verb, about, is_each_steps: false, control: Some(control::BATCH) }
}

const fn numbered(word: &'static str) -> Control {
    Control { word, value: ControlValue::Number, marks: CONTROL }
}

const fn of_task(word: &'static str) -> Control {
    Control { word, value: ControlValue::Attempt, marks: CONTROL }
}

/// The words of micro-batches.
pub static ALPHABET: Alphabet = Alphabet {
    points: &[
        of_batch("offsets", "logs its offsets", "A driver logs what belongs to a batch."),
        of_batch("launch", "launches a task", "A driver has an executor run an attempt of a task."),
        PointWords {
            word: "authorize",
            verb: "says who may write",
            about: "A driver says whether an attempt may write.",
            is_each_steps: false,
            control: Some(control::MAY),
        },
        of_batch("prepare", "logs its results", "A driver logs what came out of a batch."),
        of_batch("publish", "publishes", "A driver shows what came out of a batch."),
        of_batch("commit", "commits a batch", "A driver logs that a batch is done with."),
        of_batch("release", "releases offsets", "A driver lets a source forget what was read."),
        of_batch("fresh", "has it begin afresh", "A driver has an executor begin afresh."),
        of_batch("fetch", "fetches", "An executor fetches what an attempt reads."),
        PointWords {
            word: "apply",
            verb: "works",
            about: "An executor works on what an attempt reads, or a function takes a record.",
            is_each_steps: true,
            control: None,
        },
        of_batch("state", "stores its state", "An executor stores a version of a state."),
        of_batch("spill", "writes its file", "An executor writes the file of an attempt."),
        of_batch("ask", "asks to write", "An executor asks whether an attempt may write."),
        of_batch("write", "writes", "An executor writes the results of an attempt."),
        of_batch("report", "reports", "An executor reports what has become of an attempt."),
        PointWords {
            word: "answer",
            verb: "answers",
            about: "A request is answered.",
            is_each_steps: false,
            control: None,
        },
    ],
    moments: Moments {
        apply: APPLY,
        deliver: APPLY,
        answer: ANSWER,
        reply: ANSWER,
        send: LAUNCH,
        call: APPLY,
    },
    is_answered: true,
    controls: &[
        numbered("batch"),
        numbered("fresh"),
        of_task("run"),
        of_task("done"),
        of_task("may"),
        of_task("fetch"),
        of_task("put-state"),
        numbered("put-offsets"),
        numbered("put-results"),
        numbered("put-commit"),
        numbered("publish"),
        of_task("write"),
        numbered("release"),
    ],
    marks: &[
        (BATCH_RUN_AGAIN, "batch-run-again"),
        (RESULTS_FOUND, "results-found"),
        (FILE_COMPUTED_AGAIN, "file-computed-again"),
        (ERA_RAISED, "era-raised"),
        (GRANT_TAKEN_BACK, "grant-taken-back"),
        (SPECULATED, "task-speculated"),
        (EXECUTOR_LOST, "executor-lost"),
        (REPORT_UNWANTED, "report-unwanted"),
        (ROW_FOUND, "row-found"),
        (DENIED, "write-denied"),
        (RANGE_GONE, "range-gone"),
        (CHECKSUM_DIFFERED, "checksum-differed"),
        (JOB_FAILED, "job-failed"),
        (DRIVER_GONE, "driver-gone"),
        (CONTROL[0], "control-sent"),
        (CONTROL[1], "control-sent-again"),
        (Mark::SENT_AGAIN_AFTER_RESTART, "sent-again-after-restart"),
        (Mark::ZOMBIE_ASKED, "zombie-asked"),
        (Mark::ERROR_ANSWERED, "error-answered"),
        (Mark::SHARD_NOT_THERE, "shard-not-there"),
        (Mark::FUNCTION_RAN_AGAIN, "function-ran-again"),
        (Mark::RECORD_LATE, "record-late"),
    ],
    figures: &[
        ("batches", Counted::Own(BATCHES)),
        ("tasks", Counted::Own(TASKS)),
        ("rows_not_taken", Counted::Own(UNTAKEN)),
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
        let points = ALPHABET.points.iter().map(|point| point.word);
        let marks = ALPHABET.marks.iter().map(|&(_, word)| word);
        let mut words: Vec<&str> = points.chain(marks).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
        assert_eq!(ALPHABET.points.len(), usize::from(ANSWER.0) + 1);
        assert!(usize::from(CONTROL[1].0) < Mark::COUNT);
        assert_eq!(ALPHABET.controls.len(), usize::from(control::RELEASE) + 1);
    }
}
