//! The columns of the table of the kinds of faults.

use super::{Asked, ClockWay, Kind, KindName};

/// What is said of a kind of fault.
#[derive(Clone, Copy, Debug)]
pub struct KindRow {
    /// The word for it in a scenario file.
    pub word: &'static str,
    /// What happens: a sentence.
    pub about: &'static str,
    /// What has happened, as a report tells it: what was struck, one word, and what became of it. In place of `…`
    /// stands where and when it did, which else stands beside that word; a parameter stands in braces.
    pub told: &'static str,
    /// The kind with its default parameters.
    pub default: Kind,
    /// At which sort of moment it is asked, with its default leg if it has one.
    pub asked: Asked,
    /// What it strikes.
    pub target: FaultTarget,
    /// Where it stands among all kinds, the plainest first. No two have one number.
    pub plainness: u8,
    /// Whether seeds draw it and searches place it; else only a file does, since no design survives it.
    pub is_searched: bool,
    /// What a file may say of it, the one that it mostly says first.
    pub parameters: &'static [Parameter],
    /// What is to be said of its odds beyond what they are counted by.
    pub odds: &'static str,
    /// The kinds that may stand in its place and do less, with their defaults.
    pub weaker: &'static [KindName],
}

/// What a fault strikes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultTarget {
    /// A request or an ack on its way.
    Message,
    /// A link, and all that goes over it.
    Link,
    /// A worker, and all that it does.
    Worker,
    /// A shard, and all that its worker does for it.
    Shard,
    /// A commit on its way to the store.
    Commit,
    /// One execution of a user function.
    Function,
    /// A message that a queue hands out.
    Delivery,
    /// A call to an external service.
    Call,
}

impl FaultTarget {
    /// Whether all that goes on there is struck at once.
    pub fn is_whole(self) -> bool {
        match self {
            FaultTarget::Link | FaultTarget::Worker | FaultTarget::Shard => true,
            FaultTarget::Message
            | FaultTarget::Commit
            | FaultTarget::Function
            | FaultTarget::Delivery
            | FaultTarget::Call => false,
        }
    }
}

/// What a file may say of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its key: `by`.
    pub key: &'static str,
    /// What it says, but for the default: the first words of a sentence.
    pub about: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Why it is not 0, if it may not be.
    pub zero: Option<&'static str>,
}

/// What a parameter takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Takes {
    /// A length of time, or several of which a seed draws one.
    Length,
    /// The same, and which way a clock jumps by it. Only one such parameter is given.
    Step(ClockWay),
    /// Which half of an exchange.
    Leg,
    /// Which ways of a link.
    Direction,
    /// What is added to an answer, or several of which a seed draws one.
    Answer,
}
