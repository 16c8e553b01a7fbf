//! The alphabet of a user's protocol: the steps before which a fault may come are those of the kernel's own acts.

use crate::{account, told};
use onceproof_kernel::alphabet::{
    Alphabet, Control, ControlValue, Mark, Moments, Point, PointWords,
};

/// A queue hands out a record.
pub const DELIVER: Point = Point(0);
/// A commit is sent to the database.
pub const COMMIT: Point = Point(1);
/// A request is sent.
pub const SEND: Point = Point(2);
/// A request is answered, or a queue is told that a record is done.
pub const ACK: Point = Point(3);
/// The answer to a commit is handled.
pub const ANSWER: Point = Point(4);

/// The number of the one control: whatever is about no record.
pub const CONTROL: u8 = 0;

/// A request that is about no record was sent.
pub const CONTROL_SENT: Mark = Mark(Mark::OWN);
/// It was sent again.
pub const CONTROL_AGAIN: Mark = Mark(Mark::OWN + 1);
/// A commit was refused, since a check of it did not hold.
pub const COMMIT_REFUSED: Mark = Mark(Mark::OWN + 2);
/// A process was told that nobody knows what became of its commit.
pub const COMMIT_UNHEARD: Mark = Mark(Mark::OWN + 3);

const fn of_process(word: &'static str, verb: &'static str, about: &'static str) -> PointWords {
    PointWords { word, verb, about, is_each_steps: false, control: None }
}

/// Those at which a commit is sent.
pub const COMMITS: &[Point] = &[COMMIT];

/// All its words.
pub static ALPHABET: Alphabet = Alphabet {
    points: &[
        of_process("deliver", "is handed", "A queue hands out a record."),
        of_process("commit", "commits", "A commit is sent to the database."),
        of_process("send", "sends", "A request is sent."),
        of_process(
            "ack",
            "acks",
            "A request is answered, or a queue is told that a record is done.",
        ),
        of_process("answer", "handles the answer on", "The answer to a commit is handled."),
    ],
    moments: Moments {
        apply: DELIVER,
        deliver: DELIVER,
        answer: ANSWER,
        reply: ACK,
        send: SEND,
        call: SEND,
    },
    is_answered: true,
    controls: &[Control {
        word: "control",
        value: ControlValue::None,
        marks: [CONTROL_SENT, CONTROL_AGAIN],
    }],
    marks: &[
        (CONTROL_SENT, "control-sent"),
        (CONTROL_AGAIN, "control-sent-again"),
        (COMMIT_REFUSED, "commit-refused"),
        (COMMIT_UNHEARD, "commit-unheard"),
        (Mark::COMMIT_OUTLIVED, "commit-outlived"),
        (Mark::SENT_AGAIN_AFTER_RESTART, "sent-again-after-restart"),
        (Mark::ERROR_ANSWERED, "error-answered"),
        (Mark::ZOMBIE_ASKED, "zombie-asked"),
        (Mark::SHARD_NOT_THERE, "shard-not-there"),
    ],
    figures: &[],
    told: &[],
    changes: told::CHANGES,
    replies: &[],
    account: &account::ACCOUNT,
};
