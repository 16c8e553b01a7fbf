//! The kinds of faults, with their parameters. What is said of each stands in one table: whatever reads, draws, counts
//! or prints them follows from it.

mod row;
mod table;

pub use row::{FaultTarget, KindRow, Parameter, Takes};
pub use table::KindName;

use onceproof_kernel::time::Nanos;
use table::{NAMES, TABLE};

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
    /// A member of a group dies with its worker, which never comes back: the others do its work. It befalls one member of
    /// a run, since somebody must be left.
    Gone,
    /// A commit is answered, and what it has written is gone: a log is truncated, or a store has lied. No design survives
    /// it, so no seed draws it and no search places it.
    CommitForgotten,
    /// The channel between two processes breaks at an item, with all that it holds. Whoever sent it hears so.
    Disconnect,
}

/// Which way a clock jumps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ClockWay {
    /// Into the past.
    Back,
    /// Into the future.
    Ahead,
}

impl ClockWay {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            ClockWay::Back => "back",
            ClockWay::Ahead => "ahead",
        }
    }
}

/// Which half of an exchange.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Leg {
    /// The request.
    Request,
    /// The ack.
    Ack,
}

impl Leg {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Leg::Request => "request",
            Leg::Ack => "ack",
        }
    }
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

impl Direction {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Direction::Both => "both",
            Direction::Forward => "forward",
            Direction::Backward => "backward",
        }
    }
}

impl KindName {
    /// All kinds. A draw is made by this number, so a new kind comes last.
    pub const ALL: [KindName; NAMES.len()] = NAMES;

    /// The words for them in a scenario file.
    pub const WORDS: [&'static str; NAMES.len()] = table::words();

    /// All kinds that seeds draw and searches place.
    pub fn searched() -> impl Iterator<Item = KindName> {
        KindName::ALL.into_iter().filter(|name| name.row().is_searched)
    }

    /// The kind that a scenario file calls so.
    pub fn of_word(word: &str) -> Option<KindName> {
        KindName::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What is said of it.
    pub fn row(self) -> &'static KindRow {
        &TABLE[self as usize]
    }

    /// The word for it in a scenario file.
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// The kind with its default parameter.
    pub fn with_defaults(self) -> Kind {
        self.row().default
    }

    /// Where it stands among all kinds, the plainest first: one message, then one call or commit, then a whole
    /// worker or link, then a clock and a function that are not what they were. Of two failures that are as large,
    /// the one of plainer kinds says more. This is the one order: whatever puts a weaker fault in the place of
    /// another takes one that is plainer, else what was made weaker would count as less plain.
    pub fn plainness(self) -> u8 {
        self.row().plainness
    }
}

impl Kind {
    /// At which sort of moment it is asked.
    pub fn asked_at(&self) -> Asked {
        match self.leg() {
            Some(Leg::Ack) => Asked::Ack,
            Some(Leg::Request) | None => self.name().row().asked,
        }
    }

    /// Its length of time, if it has one.
    pub fn length(mut self) -> Option<Nanos> {
        self.parts().length.copied()
    }

    /// Which half of an exchange it strikes, if it may strike either.
    pub fn leg(mut self) -> Option<Leg> {
        self.parts().leg.copied()
    }

    /// The same with another parameter, if it has such a one.
    pub fn with(mut self, part: KindPart) -> Kind {
        fn put<T>(own: Option<&mut T>, other: T) {
            if let Some(own) = own {
                *own = other;
            }
        }
        let own = self.parts();
        match part {
            KindPart::Length(length) => put(own.length, length),
            KindPart::Leg(leg) => put(own.leg, leg),
            KindPart::Direction(direction) => put(own.direction, direction),
            KindPart::Way(way) => put(own.way, way),
            KindPart::Answer(answer) => put(own.answer, answer),
        }
        self
    }
}

/// A parameter of a kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KindPart {
    /// A length of time.
    Length(Nanos),
    /// Which half of an exchange.
    Leg(Leg),
    /// Which ways of a link.
    Direction(Direction),
    /// Which way a clock jumps.
    Way(ClockWay),
    /// What is added to an answer.
    Answer(u32),
}

/// The parameters of a kind, each where it has it.
#[derive(Default, Debug)]
pub struct KindParts<'a> {
    /// A length of time.
    pub length: Option<&'a mut Nanos>,
    /// Which half of an exchange.
    pub leg: Option<&'a mut Leg>,
    /// Which ways of a link.
    pub direction: Option<&'a mut Direction>,
    /// Which way a clock jumps.
    pub way: Option<&'a mut ClockWay>,
    /// What is added to an answer.
    pub answer: Option<&'a mut u32>,
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

    /// Whether such a moment is one of several attempts, so that a place may say which.
    pub fn has_attempt(self) -> bool {
        match self {
            Asked::Request | Asked::Ack | Asked::Execute | Asked::Deliver | Asked::Call => true,
            Asked::Commit | Asked::Before => false,
        }
    }

    /// What there is one of for each such moment, as odds count it: odds per `request`.
    pub fn word(self) -> &'static str {
        match self {
            Asked::Request => "request",
            Asked::Ack => "ack",
            Asked::Commit => "commit",
            Asked::Execute => "execution of a function",
            Asked::Before => "step of the protocol that a worker takes",
            Asked::Deliver => "delivery of a message",
            Asked::Call => "call",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_word_and_names_itself() {
        for (at, name) in KindName::ALL.into_iter().enumerate() {
            assert_eq!(name as usize, at);
            assert_eq!(name.with_defaults().name(), name);
            assert_eq!(KindName::WORDS[at], name.word());
            assert_eq!(KindName::of_word(name.word()), Some(name));
        }
        assert_eq!(KindName::of_word("nothing"), None);
    }

    #[test]
    fn no_two_kinds_are_as_plain_and_what_strikes_more_is_less_plain() {
        let strikes = |kind: KindName| match (kind, kind.row().target) {
            (KindName::ClockStep | KindName::UserDiffers, _) => 4,
            (_, FaultTarget::Message) => 1,
            (_, target) if target.is_whole() => 3,
            _ => 2,
        };
        let mut plainest_first = KindName::ALL;
        plainest_first.sort_by_key(|kind| kind.plainness());
        for pair in plainest_first.windows(2) {
            assert!(pair[0].plainness() < pair[1].plainness(), "{pair:?}");
            assert!(strikes(pair[0]) <= strikes(pair[1]), "{pair:?}");
        }
        assert!(KindName::DropRequest.plainness() < KindName::DropAck.plainness());
        assert!(KindName::Crash.plainness() < KindName::Pause.plainness());
    }

    /// A parameter that no file could give would be left at its default for ever.
    #[test]
    fn every_part_of_a_kind_is_a_parameter_that_a_file_may_give() {
        for name in KindName::ALL {
            let mut kind = name.with_defaults();
            let KindParts { length, leg, direction, way, answer } = kind.parts();
            let takes = |is_meant: fn(Takes) -> bool| {
                name.row().parameters.iter().any(|parameter| is_meant(parameter.takes))
            };
            let has_length = takes(|takes| matches!(takes, Takes::Length | Takes::Step(_)));
            assert_eq!(length.is_some(), has_length, "{name:?}");
            assert_eq!(leg.is_some(), takes(|takes| takes == Takes::Leg), "{name:?}");
            assert_eq!(direction.is_some(), takes(|takes| takes == Takes::Direction), "{name:?}");
            assert_eq!(way.is_some(), takes(|takes| matches!(takes, Takes::Step(_))), "{name:?}");
            assert_eq!(answer.is_some(), takes(|takes| takes == Takes::Answer), "{name:?}");
        }
    }

    #[test]
    fn what_may_stand_in_the_place_of_a_kind_is_plainer() {
        for name in KindName::ALL {
            for weaker in name.row().weaker {
                assert!(weaker.plainness() < name.plainness(), "{weaker:?} for {name:?}");
            }
        }
    }

    #[test]
    fn a_kind_with_a_leg_is_asked_of_the_message_on_it() {
        for (leg, asked) in [(Leg::Request, Asked::Request), (Leg::Ack, Asked::Ack)] {
            assert_eq!(Kind::Duplicate { leg }.asked_at(), asked);
            assert_eq!(Kind::Delay { by: 1, leg }.asked_at(), asked);
        }
        assert_eq!(Kind::DropAck.asked_at(), Asked::Ack);
        assert_eq!(Kind::Move.asked_at(), Asked::Before);
    }
}
