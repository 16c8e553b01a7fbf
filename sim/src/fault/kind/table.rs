//! The table of the kinds of faults: a row for each. What does something with a kind has a match of its own: the
//! answers, which decide what becomes of a moment, and the world, which acts on it. Whatever else asks something of a
//! kind asks its row.

use super::row::{FaultTarget, KindRow, Parameter, Takes};
use super::{Asked, ClockWay, Direction, Kind, KindParts, Leg};
use onceproof_kernel::time::{MILLISECOND, SECOND};

/// The names of the kinds, and the row of each. Beside the name of a kind stand its parameters and what they are.
macro_rules! table {
    ($($name:ident { $($field:ident: $part:ident),* } is { $($row:tt)* })*) => {
        /// A kind without its parameters.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum KindName {
            $(#[doc = concat!("[`Kind::", stringify!($name), "`].")] $name,)*
        }

        impl Kind {
            /// The kind without its parameters.
            pub fn name(&self) -> KindName {
                match self {
                    $(Kind::$name { .. } => KindName::$name,)*
                }
            }

            /// Its parameters, to be read or changed.
            pub fn parts(&mut self) -> KindParts<'_> {
                let mut parts = KindParts::default();
                match self {
                    $(Kind::$name { $($field),* } => {
                        $(parts.$part = Some($field);)*
                    })*
                }
                parts
            }
        }

        /// All kinds, in the order of their rows.
        pub(super) const NAMES: [KindName; [$(KindName::$name),*].len()] =
            [$(KindName::$name),*];

        /// The rows.
        pub(super) const TABLE: &[KindRow; NAMES.len()] = &[$(KindRow { $($row)* }),*];
    };
}

// A draw is made by the number of a row, so a new kind comes last.
table! {
    DropRequest {} is {
        word: "drop-request",
        about: "A request is lost.",
        told: "request was lost",
        default: Kind::DropRequest,
        asked: Asked::Request,
        target: FaultTarget::Message,
        plainness: 10,
        is_searched: true,
        parameters: &[],
        odds: "",
        weaker: &[],
    }
    DropAck {} is {
        word: "drop-ack",
        about: "An ack is lost.",
        told: "ack was lost",
        default: Kind::DropAck,
        asked: Asked::Ack,
        target: FaultTarget::Message,
        plainness: 20,
        is_searched: true,
        parameters: &[],
        odds: "",
        weaker: &[],
    }
    Duplicate { leg: leg } is {
        word: "duplicate",
        about: "A request, or an ack, arrives twice.",
        told: "{leg} arrived twice",
        default: Kind::Duplicate { leg: Leg::Request },
        asked: Asked::Request,
        target: FaultTarget::Message,
        plainness: 50,
        is_searched: true,
        parameters: &[LEG],
        odds: "",
        weaker: &[],
    }
    Delay { by: length, leg: leg } is {
        word: "delay",
        about: "A request, or an ack, takes longer.",
        told: "{leg} took {length} longer",
        default: Kind::Delay { by: SECOND, leg: Leg::Request },
        asked: Asked::Request,
        target: FaultTarget::Message,
        plainness: 60,
        is_searched: true,
        parameters: &[length("by", "How much longer it takes", "a delay by nothing does nothing"), LEG],
        odds: "",
        weaker: &[],
    }
    ErrorApplied {} is {
        word: "error-applied",
        about: "A request is applied, and its ack becomes an error.",
        told: "request was applied and answered with an error",
        default: Kind::ErrorApplied,
        asked: Asked::Ack,
        target: FaultTarget::Message,
        plainness: 40,
        is_searched: true,
        parameters: &[],
        odds: "",
        weaker: &[],
    }
    ErrorNotApplied {} is {
        word: "error-not-applied",
        about: "A request is refused and not applied.",
        told: "request was refused with an error",
        default: Kind::ErrorNotApplied,
        asked: Asked::Request,
        target: FaultTarget::Message,
        plainness: 30,
        is_searched: true,
        parameters: &[],
        odds: "",
        weaker: &[],
    }
    Partition { lasts: length, direction: direction } is {
        word: "partition",
        about: "A link is cut.",
        told: "link was cut {direction} … for {length}",
        default: Kind::Partition { lasts: SECOND, direction: Direction::Both },
        asked: Asked::Request,
        target: FaultTarget::Link,
        plainness: 160,
        is_searched: true,
        parameters: &[length("for", "How long", "a partition for no time does nothing"), DIRECTION],
        odds: ", at which it begins",
        weaker: &[KindName::DropRequest, KindName::DropAck],
    }
    Crash { restart: length } is {
        word: "crash",
        about: "A worker dies.",
        told: "worker crashed … and came back after {length}",
        default: Kind::Crash { restart: 50 * MILLISECOND },
        asked: Asked::Before,
        target: FaultTarget::Worker,
        plainness: 130,
        is_searched: true,
        parameters: &[RESTART],
        odds: "",
        weaker: &[],
    }
    CommitLost {} is {
        word: "commit-lost",
        about: "A commit never reaches the store.",
        told: "commit was lost",
        default: Kind::CommitLost,
        asked: Asked::Commit,
        target: FaultTarget::Commit,
        plainness: 100,
        is_searched: true,
        parameters: &[],
        odds: "",
        weaker: &[],
    }
    CommitUnknown {} is {
        word: "commit-unknown",
        about: "A commit is applied, and its answer is lost.",
        told: "commit was applied, and its answer was lost",
        default: Kind::CommitUnknown,
        asked: Asked::Commit,
        target: FaultTarget::Commit,
        plainness: 110,
        is_searched: true,
        parameters: &[],
        odds: "",
        weaker: &[],
    }
    CommitDelayed { by: length } is {
        word: "commit-delayed",
        about: "A commit reaches the store late.",
        told: "commit reached the store {length} late",
        default: Kind::CommitDelayed { by: 100 * MILLISECOND },
        asked: Asked::Commit,
        target: FaultTarget::Commit,
        plainness: 120,
        is_searched: true,
        parameters: &[length("by", "How late", "a delay by nothing does nothing")],
        odds: "",
        weaker: &[],
    }
    UserDiffers { answer: answer } is {
        word: "user-differs",
        about: "A function answers otherwise than it did the first time.",
        told: "function answered otherwise{answer} …",
        default: Kind::UserDiffers { answer: 1 },
        asked: Asked::Execute,
        target: FaultTarget::Function,
        plainness: 180,
        is_searched: true,
        parameters: &[ANSWER],
        odds: ", from the second on",
        weaker: &[],
    }
    UserFails {} is {
        word: "user-fails",
        about: "A function fails, and is tried again.",
        told: "function failed …",
        default: Kind::UserFails,
        asked: Asked::Execute,
        target: FaultTarget::Function,
        plainness: 90,
        is_searched: true,
        parameters: &[],
        odds: "",
        weaker: &[],
    }
    Pause { lasts: length } is {
        word: "pause",
        about: "A worker stands still, and goes on as if nothing had happened.",
        told: "worker stood still … for {length}",
        default: Kind::Pause { lasts: 400 * MILLISECOND },
        asked: Asked::Before,
        target: FaultTarget::Worker,
        plainness: 150,
        is_searched: true,
        parameters: &[length("for", "How long", "a pause for no time does nothing")],
        odds: "",
        weaker: &[KindName::Crash],
    }
    Move {} is {
        word: "move",
        about: "A shard is granted to another worker, or a member expelled from its group, and the old one is not told.",
        told: "shard moved to another worker …",
        default: Kind::Move,
        asked: Asked::Before,
        target: FaultTarget::Shard,
        plainness: 140,
        is_searched: true,
        parameters: &[],
        odds: "",
        weaker: &[],
    }
    ClockStep { by: length, way: way } is {
        word: "clock-step",
        about: "The clock of a worker jumps.",
        told: "worker stepped its clock {length} {way} …",
        default: Kind::ClockStep { by: 5 * SECOND, way: ClockWay::Back },
        asked: Asked::Before,
        target: FaultTarget::Worker,
        plainness: 170,
        is_searched: true,
        parameters: &[
            step("back", "How far back", ClockWay::Back),
            step("ahead", "How far ahead, instead", ClockWay::Ahead),
        ],
        odds: "",
        weaker: &[],
    }
    Redeliver {} is {
        word: "redeliver",
        about: "A queue hands a message out again, though it is held.",
        told: "queue handed … out again",
        default: Kind::Redeliver,
        asked: Asked::Deliver,
        target: FaultTarget::Delivery,
        plainness: 70,
        is_searched: true,
        parameters: &[],
        odds: "",
        weaker: &[],
    }
    CallUnknown {} is {
        word: "call-unknown",
        about: "A call to an external service is done, and its answer is lost.",
        told: "call was done, and its answer was lost",
        default: Kind::CallUnknown,
        asked: Asked::Call,
        target: FaultTarget::Call,
        plainness: 80,
        is_searched: true,
        parameters: &[],
        odds: "",
        weaker: &[],
    }
    Gone {} is {
        word: "gone",
        about: "A member of a group dies, and never comes back.",
        told: "worker died … and never came back",
        default: Kind::Gone,
        asked: Asked::Before,
        target: FaultTarget::Worker,
        plainness: 145,
        is_searched: true,
        parameters: &[],
        odds: "",
        weaker: &[KindName::Crash],
    }
    CommitForgotten {} is {
        word: "commit-forgotten",
        about: "A commit is answered, and what it has written is gone, as from a log that is truncated.",
        told: "commit was answered, and forgotten",
        default: Kind::CommitForgotten,
        asked: Asked::Commit,
        target: FaultTarget::Commit,
        plainness: 125,
        is_searched: false,
        parameters: &[],
        odds: "",
        weaker: &[],
    }
    Disconnect {} is {
        word: "disconnect",
        about: "The channel between two processes breaks, with what is in it.",
        told: "channel broke",
        default: Kind::Disconnect,
        asked: Asked::Request,
        target: FaultTarget::Message,
        plainness: 35,
        is_searched: true,
        parameters: &[],
        odds: "",
        weaker: &[],
    }
}

const LEG: Parameter =
    Parameter { key: "leg", about: "Which half of the call", takes: Takes::Leg, zero: None };

const DIRECTION: Parameter =
    Parameter { key: "direction", about: "Which ways", takes: Takes::Direction, zero: None };

/// A crash may be over at once.
const RESTART: Parameter = Parameter {
    key: "restart",
    about: "How long until it is back",
    takes: Takes::Length,
    zero: None,
};

const ANSWER: Parameter = Parameter {
    key: "answer",
    about: "What is added to the first answer, modulo the number of answers",
    takes: Takes::Answer,
    zero: Some("the first answer again is no other answer"),
};

/// A length of time that is not 0.
const fn length(key: &'static str, about: &'static str, zero: &'static str) -> Parameter {
    Parameter { key, about, takes: Takes::Length, zero: Some(zero) }
}

/// How far a clock jumps this way.
const fn step(key: &'static str, about: &'static str, way: ClockWay) -> Parameter {
    let zero = Some("a clock step by nothing does nothing");
    Parameter { key, about, takes: Takes::Step(way), zero }
}

/// The words of the kinds, in the order of their rows.
pub(super) const fn words() -> [&'static str; TABLE.len()] {
    let mut words = [""; TABLE.len()];
    let mut at = 0;
    while at < words.len() {
        words[at] = TABLE[at].word;
        at += 1;
    }
    words
}
