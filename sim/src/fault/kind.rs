//! The kinds of faults, each with its parameter and its default.

use onceproof_kernel::time::{MILLISECOND, Nanos, SECOND};

/// What goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A request is lost.
    DropRequest,
    /// An ack is lost; its request was handled.
    DropAck,
    /// A request, or an ack, arrives twice with the same latency.
    Duplicate {
        /// Which of the two is doubled.
        leg: Leg,
    },
    /// A request, or an ack, takes longer.
    Delay {
        /// How much longer.
        by: Nanos,
        /// Which of the two.
        leg: Leg,
    },
    /// A request is applied, and its ack becomes an error.
    ErrorApplied,
    /// A request is refused with an error and not applied.
    ErrorNotApplied,
    /// A link is cut, beginning with the request it is placed on, or at a time. A link joins two workers and
    /// not two shards: what breaks is a network between machines, so all shards of one worker are cut off from
    /// all of the other.
    Partition {
        /// How long.
        lasts: Nanos,
        /// Which ways.
        direction: Direction,
    },
    /// A worker dies with its memory, its timers and the rest of its list of effects.
    Crash {
        /// How long until it is back.
        restart: Nanos,
    },
    /// A commit never reaches the store.
    CommitLost,
    /// A commit is applied, and its answer is lost.
    CommitUnknown,
    /// A commit reaches the store late.
    CommitDelayed {
        /// How late.
        by: Nanos,
    },
    /// A user function answers otherwise than it did the first time.
    UserDiffers {
        /// What is added to the first answer, modulo the number of answers; at least 1.
        answer: u32,
    },
    /// A user function fails, and is tried again.
    UserFails,
    /// A worker stands still: what arrives, its timers and the rest of its list of effects wait. It goes on
    /// as if nothing had happened, even if its lease is over.
    Pause {
        /// How long.
        lasts: Nanos,
    },
    /// A shard is granted to another worker, and the one that has it is not told.
    Move,
    /// The clock of a worker jumps, for good.
    ClockStep {
        /// How far.
        by: Nanos,
        /// Which way.
        way: ClockWay,
    },
    /// A queue hands a message out again, though it is held.
    Redeliver,
    /// A call to an external service is done, and its answer is lost.
    CallUnknown,
}

/// Which way a clock jumps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ClockWay {
    /// Into the past.
    Back,
    /// Into the future.
    Ahead,
}

/// Which half of an exchange.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Leg {
    /// The request.
    Request,
    /// The ack.
    Ack,
}

/// Which ways of a link are cut.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Direction {
    /// Both.
    Both,
    /// From the sender of the request to its receiver only: requests are lost.
    Forward,
    /// From the receiver to the sender only: acks are lost.
    Backward,
}

/// A kind without its parameters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum KindName {
    /// [`Kind::DropRequest`].
    DropRequest,
    /// [`Kind::DropAck`].
    DropAck,
    /// [`Kind::Duplicate`].
    Duplicate,
    /// [`Kind::Delay`].
    Delay,
    /// [`Kind::ErrorApplied`].
    ErrorApplied,
    /// [`Kind::ErrorNotApplied`].
    ErrorNotApplied,
    /// [`Kind::Partition`].
    Partition,
    /// [`Kind::Crash`].
    Crash,
    /// [`Kind::CommitLost`].
    CommitLost,
    /// [`Kind::CommitUnknown`].
    CommitUnknown,
    /// [`Kind::CommitDelayed`].
    CommitDelayed,
    /// [`Kind::UserDiffers`].
    UserDiffers,
    /// [`Kind::UserFails`].
    UserFails,
    /// [`Kind::Pause`].
    Pause,
    /// [`Kind::Move`].
    Move,
    /// [`Kind::ClockStep`].
    ClockStep,
    /// [`Kind::Redeliver`].
    Redeliver,
    /// [`Kind::CallUnknown`].
    CallUnknown,
}

impl KindName {
    /// All kinds. A draw is made by this number, so a new kind comes last.
    pub const ALL: [KindName; 18] = [
        KindName::DropRequest,
        KindName::DropAck,
        KindName::Duplicate,
        KindName::Delay,
        KindName::ErrorApplied,
        KindName::ErrorNotApplied,
        KindName::Partition,
        KindName::Crash,
        KindName::CommitLost,
        KindName::CommitUnknown,
        KindName::CommitDelayed,
        KindName::UserDiffers,
        KindName::UserFails,
        KindName::Pause,
        KindName::Move,
        KindName::ClockStep,
        KindName::Redeliver,
        KindName::CallUnknown,
    ];

    /// All kinds, the plainest first: one message, then one call or commit, then a whole worker or link, then a
    /// clock and a function that are not what they were. Of two failures that are as large, the one of plainer
    /// kinds says more. This is the one order: whatever puts a weaker fault in the place of another takes one
    /// that stands before it here, else what was made weaker would count as less plain.
    pub const PLAINEST_FIRST: [KindName; 18] = [
        KindName::DropRequest,
        KindName::DropAck,
        KindName::ErrorNotApplied,
        KindName::ErrorApplied,
        KindName::Duplicate,
        KindName::Delay,
        KindName::Redeliver,
        KindName::CallUnknown,
        KindName::UserFails,
        KindName::CommitLost,
        KindName::CommitUnknown,
        KindName::CommitDelayed,
        KindName::Crash,
        KindName::Move,
        KindName::Pause,
        KindName::Partition,
        KindName::ClockStep,
        KindName::UserDiffers,
    ];

    /// Its number among [`KindName::PLAINEST_FIRST`].
    pub fn plainness(self) -> usize {
        let place = KindName::PLAINEST_FIRST.iter().position(|&kind| kind == self);
        place.unwrap_or(KindName::PLAINEST_FIRST.len())
    }

    /// The word for it in a scenario file.
    pub fn word(self) -> &'static str {
        match self {
            KindName::DropRequest => "drop-request",
            KindName::DropAck => "drop-ack",
            KindName::Duplicate => "duplicate",
            KindName::Delay => "delay",
            KindName::ErrorApplied => "error-applied",
            KindName::ErrorNotApplied => "error-not-applied",
            KindName::Partition => "partition",
            KindName::Crash => "crash",
            KindName::CommitLost => "commit-lost",
            KindName::CommitUnknown => "commit-unknown",
            KindName::CommitDelayed => "commit-delayed",
            KindName::UserDiffers => "user-differs",
            KindName::UserFails => "user-fails",
            KindName::Pause => "pause",
            KindName::Move => "move",
            KindName::ClockStep => "clock-step",
            KindName::Redeliver => "redeliver",
            KindName::CallUnknown => "call-unknown",
        }
    }

    /// The kind with its default parameter.
    pub fn with_defaults(self) -> Kind {
        match self {
            KindName::DropRequest => Kind::DropRequest,
            KindName::DropAck => Kind::DropAck,
            KindName::Duplicate => Kind::Duplicate { leg: Leg::Request },
            KindName::Delay => Kind::Delay { by: SECOND, leg: Leg::Request },
            KindName::ErrorApplied => Kind::ErrorApplied,
            KindName::ErrorNotApplied => Kind::ErrorNotApplied,
            KindName::Partition => Kind::Partition { lasts: SECOND, direction: Direction::Both },
            KindName::Crash => Kind::Crash { restart: 50 * MILLISECOND },
            KindName::CommitLost => Kind::CommitLost,
            KindName::CommitUnknown => Kind::CommitUnknown,
            KindName::CommitDelayed => Kind::CommitDelayed { by: 100 * MILLISECOND },
            KindName::UserDiffers => Kind::UserDiffers { answer: 1 },
            KindName::UserFails => Kind::UserFails,
            KindName::Pause => Kind::Pause { lasts: 400 * MILLISECOND },
            KindName::Move => Kind::Move,
            KindName::ClockStep => Kind::ClockStep { by: 5 * SECOND, way: ClockWay::Back },
            KindName::Redeliver => Kind::Redeliver,
            KindName::CallUnknown => Kind::CallUnknown,
        }
    }
}

impl Kind {
    /// The kind without its parameters.
    pub fn name(&self) -> KindName {
        match self {
            Kind::DropRequest => KindName::DropRequest,
            Kind::DropAck => KindName::DropAck,
            Kind::Duplicate { .. } => KindName::Duplicate,
            Kind::Delay { .. } => KindName::Delay,
            Kind::ErrorApplied => KindName::ErrorApplied,
            Kind::ErrorNotApplied => KindName::ErrorNotApplied,
            Kind::Partition { .. } => KindName::Partition,
            Kind::Crash { .. } => KindName::Crash,
            Kind::CommitLost => KindName::CommitLost,
            Kind::CommitUnknown => KindName::CommitUnknown,
            Kind::CommitDelayed { .. } => KindName::CommitDelayed,
            Kind::UserDiffers { .. } => KindName::UserDiffers,
            Kind::UserFails => KindName::UserFails,
            Kind::Pause { .. } => KindName::Pause,
            Kind::Move => KindName::Move,
            Kind::ClockStep { .. } => KindName::ClockStep,
            Kind::Redeliver => KindName::Redeliver,
            Kind::CallUnknown => KindName::CallUnknown,
        }
    }

    /// At which sort of moment it is asked.
    pub fn asked_at(&self) -> Asked {
        match self {
            Kind::DropRequest
            | Kind::ErrorNotApplied
            | Kind::Partition { .. }
            | Kind::Duplicate { leg: Leg::Request }
            | Kind::Delay { leg: Leg::Request, .. } => Asked::Request,
            Kind::DropAck
            | Kind::ErrorApplied
            | Kind::Duplicate { leg: Leg::Ack }
            | Kind::Delay { leg: Leg::Ack, .. } => Asked::Ack,
            Kind::CommitLost | Kind::CommitUnknown | Kind::CommitDelayed { .. } => Asked::Commit,
            Kind::UserDiffers { .. } | Kind::UserFails => Asked::Execute,
            Kind::Crash { .. } | Kind::Pause { .. } | Kind::Move | Kind::ClockStep { .. } => {
                Asked::Before
            }
            Kind::Redeliver => Asked::Deliver,
            Kind::CallUnknown => Asked::Call,
        }
    }
}

/// A sort of moment at which faults are asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Asked {
    /// A request is sent.
    Request,
    /// An ack is sent.
    Ack,
    /// A commit is sent to the store.
    Commit,
    /// A user function is executed.
    Execute,
    /// A step of the protocol is about to be taken.
    Before,
    /// A queue hands out a message.
    Deliver,
    /// An external service is called.
    Call,
}

impl Asked {
    /// All of them, in the order of their numbers.
    pub const ALL: [Asked; 7] = [
        Asked::Request,
        Asked::Ack,
        Asked::Commit,
        Asked::Execute,
        Asked::Before,
        Asked::Deliver,
        Asked::Call,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_word_and_names_itself() {
        for (at, name) in KindName::ALL.into_iter().enumerate() {
            assert_eq!(name as usize, at);
            assert_eq!(name.with_defaults().name(), name);
            assert!(KindName::ALL.iter().filter(|other| other.word() == name.word()).count() == 1);
        }
    }

    #[test]
    fn every_kind_has_its_place_among_the_plainest() {
        let mut sorted = KindName::PLAINEST_FIRST;
        sorted.sort_unstable();
        assert_eq!(sorted, KindName::ALL);
        assert!(KindName::DropAck.plainness() < KindName::Crash.plainness());
        assert!(KindName::Crash.plainness() < KindName::Pause.plainness());
    }
}
