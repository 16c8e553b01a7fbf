//! The alphabet of the protocol: its steps as a fault is placed before them, and the corners that a run should reach.

use super::{account, told};
use onceproof_kernel::alphabet::{Alphabet, Counted, Counter, Mark, Moments, Point, PointWords};

/// A spout tells the acker of a new tree.
pub const INIT: Point = Point(0);
/// A spout sends a record.
pub const EMIT: Point = Point(1);
/// A spout commits its offset.
pub const COMMIT: Point = Point(2);
/// A function, or a bolt, takes the record.
pub const APPLY: Point = Point(3);
/// A bolt shows a result.
pub const SHOW: Point = Point(4);
/// A bolt sends what it passes on.
pub const SEND: Point = Point(5);
/// Who has handled a tuple, or a row of the view, acks it.
pub const ACK: Point = Point(6);
/// An acker tells a spout that a tree is complete.
pub const COMPLETE: Point = Point(7);
/// A row of the view, or a durable count, is sent to the store.
pub const WRITE: Point = Point(8);
/// The answer to a commit is handled.
pub const ANSWER: Point = Point(9);
/// A batch reads the log.
pub const READ: Point = Point(10);
/// A batch works on what it has read.
pub const COMPUTE: Point = Point(11);
/// The results of a batch are sent to the store.
pub const LAND: Point = Point(12);

/// A record was sent again, since its tree was not complete in time.
pub const REPLAYED: Mark = Mark(Mark::OWN);
/// A spout began again at its offset and sent what an earlier life had sent.
pub const RESTARTED: Mark = Mark(Mark::OWN + 1);
/// A bolt showed a result that it had begun again from nothing.
pub const COUNTED_FROM_ZERO: Mark = Mark(Mark::OWN + 2);
/// An acker took no notice of a message that it knew.
pub const ACK_KNOWN: Mark = Mark(Mark::OWN + 3);
/// A spout heard that a tree is complete of which it knows nothing any more.
pub const COMPLETE_IGNORED: Mark = Mark(Mark::OWN + 4);
/// A view had something newer than what came.
pub const OLDER_IGNORED: Mark = Mark(Mark::OWN + 5);
/// A bolt knew the id of a record and did not count it.
pub const RECORD_KNOWN: Mark = Mark(Mark::OWN + 6);
/// A bolt dropped a record as too late.
pub const DROPPED_LATE: Mark = Mark(Mark::OWN + 7);
/// A batch ran whose time had come before its process had started again.
pub const BATCH_RESTARTED: Mark = Mark(Mark::OWN + 8);
/// A batch ran again after it had landed.
pub const BATCH_RERAN: Mark = Mark(Mark::OWN + 9);

/// How often a result was shown.
pub const SHOWN: Counter = Counter(0);

const fn of_process(word: &'static str, verb: &'static str, about: &'static str) -> PointWords {
    PointWords { word, verb, about, is_each_steps: false, control: None }
}

/// Those at which a commit is sent.
pub const COMMITS: &[Point] = &[COMMIT, WRITE, LAND];

/// All its words.
pub static ALPHABET: Alphabet = Alphabet {
    points: &[
        of_process("init", "announces the tree of", "The acker is told of a new tree."),
        of_process("emit", "emits", "A spout sends a record."),
        of_process("commit", "commits the offset of", "A spout sends its offset to the store."),
        PointWords {
            word: "apply",
            verb: "applies",
            about: "The function, or the bolt, takes the record.",
            is_each_steps: true,
            control: None,
        },
        of_process("show", "shows", "A bolt sends a result to the view."),
        of_process("send", "sends", "A bolt passes a record on."),
        of_process("ack", "acks", "The acker is told that a tuple was handled."),
        of_process("complete", "completes", "A spout is told that a tree is complete."),
        of_process("write", "writes", "A row of the view, or a durable count, is sent."),
        of_process("answer", "handles the answer on", "The answer to a commit is handled."),
        of_process("read", "reads the log for", "A batch reads the log."),
        of_process("compute", "computes", "A batch works on what it has read."),
        of_process("land", "lands", "The results of a batch are sent to the store."),
    ],
    moments: Moments {
        apply: APPLY,
        deliver: EMIT,
        answer: ANSWER,
        reply: ACK,
        send: SEND,
        call: APPLY,
    },
    is_answered: false,
    controls: &[],
    marks: &[
        (REPLAYED, "replayed"),
        (RESTARTED, "restarted-at-offset"),
        (COUNTED_FROM_ZERO, "counted-from-zero"),
        (ACK_KNOWN, "ack-known"),
        (COMPLETE_IGNORED, "complete-ignored"),
        (OLDER_IGNORED, "older-ignored"),
        (RECORD_KNOWN, "record-known"),
        (DROPPED_LATE, "dropped-late"),
        (BATCH_RESTARTED, "batch-restarted"),
        (BATCH_RERAN, "batch-ran-again"),
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
        ("results_shown", Counted::Own(SHOWN)),
        ("records_replayed", Counted::Mark(REPLAYED)),
        ("acks_known", Counted::Mark(ACK_KNOWN)),
    ],
    told: told::TOLD,
    changes: told::CHANGES,
    replies: &[],
    account: &account::ACCOUNT,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_once_and_there_is_room_for_all() {
        let points = ALPHABET.all().map(|point| ALPHABET.word(point));
        let marks = ALPHABET.marks.iter().map(|&(_, word)| word);
        let mut words: Vec<&str> = points.chain(marks).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
        let mut marks: Vec<usize> = ALPHABET.marks.iter().map(|(mark, _)| mark.at()).collect();
        marks.sort_unstable();
        marks.dedup();
        assert_eq!(marks.len(), ALPHABET.marks.len());
        assert!(ALPHABET.points.len() <= Alphabet::POINTS && marks.last() < Some(&Mark::COUNT));
        assert_eq!(ALPHABET.find("answer"), Some(ANSWER));
    }
}
