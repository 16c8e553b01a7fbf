//! What a system tells of itself, for whoever reads the trace: what it looked up and found, what it drops, what a
//! change says. Nothing hangs on it. Each system has a closed list of what it may tell, with a table of the words,
//! so that text, JSON and schema follow from one place and the simulator names no system.

use crate::key::Key;
use crate::layout::{ShardIndex, StepIndex};
use crate::name::Name;
use crate::record::RecordId;
use crate::time::{Nanos, Time};
use std::fmt::Debug;
use std::sync::Arc;

/// One thing that a system may tell.
pub trait Tale: Debug + Send + Sync {
    /// The word for it, as it stands in the table: `look-up`.
    fn word(&self) -> &'static str;

    /// All that is told, each under its name, in the order of the table; what may be missing is left out. All that the
    /// sentence says is here: two that are equal in this are told as one that comes again.
    fn details(&self) -> Details;

    /// The same as a sentence, or as a part of one that says what a commit changes.
    fn sentence(&self, speaker: &dyn Speaker) -> String;

    /// The record that the shard has in hand while it does this: what brought the record is a cause of it. The shard has
    /// said before that it takes the record.
    fn in_hand(&self) -> Option<Name> {
        None
    }
}

/// What is told, by name.
pub type Details = Vec<(&'static str, Detail)>;

/// One detail of what is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// A record that it is about.
    Record(Name),
    /// A key.
    Key(Key),
    /// A result: a key, and the start of a window if it has one.
    Result(Key, Option<Time>),
    /// A time.
    Time(Time),
    /// A length of time.
    Nanos(Nanos),
    /// A number.
    Number(u64),
    /// A number that may be negative.
    Signed(i64),
    /// Which attempt it is, from 1. What is equal but for it is told once.
    Attempt(u32),
    /// A shard.
    Shard(ShardIndex),
    /// A step.
    Step(StepIndex),
    /// One of a few words.
    Word(&'static str),
}

impl Detail {
    /// The same, but for which attempt it is.
    pub fn without_attempt(self) -> Detail {
        match self {
            Detail::Attempt(_) => Detail::Attempt(0),
            detail => detail,
        }
    }
}

/// Something that was told.
#[derive(Clone, Debug)]
pub struct Told {
    tale: Arc<dyn Tale>,
    /// Whether attempts count when it is compared.
    with_attempts: bool,
}

impl Told {
    /// This is told.
    pub fn new(tale: impl Tale + 'static) -> Told {
        Told { tale: Arc::new(tale), with_attempts: true }
    }

    /// What is told.
    pub fn tale(&self) -> &dyn Tale {
        &*self.tale
    }

    /// The same, to be compared without its attempts: what is equal but for these is told once.
    pub fn without_attempts(&self) -> Told {
        Told { tale: Arc::clone(&self.tale), with_attempts: false }
    }

    fn compared(&self) -> Details {
        let details = self.tale.details().into_iter();
        details
            .map(|(name, detail)| match self.with_attempts {
                true => (name, detail),
                false => (name, detail.without_attempt()),
            })
            .collect()
    }
}

impl PartialEq for Told {
    fn eq(&self, other: &Told) -> bool {
        self.tale.word() == other.tale.word() && self.compared() == other.compared()
    }
}

impl Eq for Told {}

/// Who puts into words what a system tells: it knows what handles mean.
pub trait Speaker {
    /// Whoever does it: `per-user/0`.
    fn who(&self) -> String;
    /// The number of the worker that it runs on.
    fn worker(&self) -> u32;
    /// A record: `events/0#2`.
    fn name(&self, name: Name) -> String;
    /// A key.
    fn key(&self, key: Key) -> &str;
    /// A shard: `per-user/0`.
    fn shard(&self, shard: ShardIndex) -> String;
    /// The name of a step.
    fn step(&self, step: StepIndex) -> &str;
    /// Whether it is said of a commit that is about this record.
    fn is_about(&self, name: Name) -> bool;
}

/// The words for one thing that a system may tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ToldWords {
    /// The word for it: `look-up`.
    pub word: &'static str,
    /// What happens: a sentence.
    pub about: &'static str,
    /// Its details, in order.
    pub details: &'static [DetailWords],
}

/// The words for a detail of what is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DetailWords {
    /// Its name.
    pub name: &'static str,
    /// What it is, if its name does not say so.
    pub about: &'static str,
    /// What may stand there.
    pub kind: DetailKind,
    /// Whether it may be missing.
    pub is_optional: bool,
}

impl DetailWords {
    /// A detail whose name says what it is.
    pub const fn new(name: &'static str, kind: DetailKind) -> DetailWords {
        DetailWords { name, about: "", kind, is_optional: false }
    }

    /// The same with what it is.
    pub const fn about(self, about: &'static str) -> DetailWords {
        DetailWords { about, ..self }
    }

    /// The same where it may be missing.
    pub const fn optional(self) -> DetailWords {
        DetailWords { is_optional: true, ..self }
    }

    /// Whether this detail may stand there.
    pub fn allows(&self, detail: Detail) -> bool {
        match (self.kind, detail) {
            (
                DetailKind::Text,
                Detail::Record(_)
                | Detail::Key(_)
                | Detail::Result(..)
                | Detail::Time(_)
                | Detail::Shard(_)
                | Detail::Step(_),
            )
            | (DetailKind::Number, Detail::Number(_) | Detail::Nanos(_) | Detail::Attempt(_))
            | (DetailKind::Signed, Detail::Signed(_))
            | (DetailKind::AnyWord, Detail::Word(_)) => true,
            (DetailKind::Words(words), Detail::Word(word)) => {
                words.iter().any(|&(other, _)| other == word)
            }
            (
                DetailKind::Text
                | DetailKind::Number
                | DetailKind::Signed
                | DetailKind::AnyWord
                | DetailKind::Words(_),
                _,
            ) => false,
        }
    }
}

/// What may stand in a detail of what is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DetailKind {
    /// A text: a name, a key, a result, a shard, a step, a time.
    Text,
    /// A number that is not negative.
    Number,
    /// A number.
    Signed,
    /// Any word that a user's protocol has for something of its own.
    AnyWord,
    /// One of these words, each with what it says.
    Words(&'static [(&'static str, &'static str)]),
}

impl ToldWords {
    /// Whether these are details as this row of the table says.
    pub fn allows(&self, details: &[(&'static str, Detail)]) -> bool {
        let mut told = details.iter().peekable();
        for words in self.details {
            match told.next_if(|(name, _)| *name == words.name) {
                Some(&(_, detail)) if words.allows(detail) => {}
                None if words.is_optional => {}
                Some(_) | None => return false,
            }
        }
        told.next().is_none()
    }
}

/// Why the id of a record is forgotten.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Forgotten {
    /// All who could send the record again have passed the time by which the id was kept.
    Passed {
        /// By when it was kept.
        of: Time,
        /// What they have passed.
        below: Time,
    },
    /// It was kept for so long.
    Aged(Nanos),
}

/// An id that has grown too old.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Aged {
    /// When.
    pub end: Time,
    /// The key under which it was known.
    pub key: Key,
    /// The id.
    pub id: RecordId,
}
