//! The table of the classes of violations: a row for each. Who finds a class is the judge of it: the ledger, the
//! services or the end of a run. Whatever else asks something of a class asks its row.

use crate::plan::SideEffects;

/// What is said of a class.
#[derive(Debug)]
pub struct ClassRow {
    /// What it is: a sentence.
    pub about: &'static str,
    /// What a report says of one record. In braces stands what [`super::Damage`] knows of it.
    pub told: &'static str,
    /// What a smallest failure proves, in the same way.
    pub claim: &'static str,
    /// What a scenario must ask for, or else this is not wrong.
    pub asked: Option<AskedFor>,
    /// Where a run that shows it goes wrong.
    pub turn: ClassTurn,
    /// What stands beside that in a picture.
    pub sign: &'static str,
}

/// Where a run goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClassTurn {
    /// Where a record is put into a result, or done outside, once too often.
    Repeated,
    /// Where a record is taken for done, or what it did is undone.
    GivenUp,
    /// Where a second execution leaves something else than the first.
    Disagrees,
    /// Where the record was last put into anything.
    PutDown,
    /// Nowhere: it is repeated without end.
    Endless,
    /// Where it is known from then on, and never forgotten.
    Kept,
}

/// What a scenario must ask for.
#[derive(Debug)]
pub struct AskedFor {
    /// Whether it does.
    pub is_asked: fn(&SideEffects) -> bool,
    /// What holds where it does not.
    pub otherwise: &'static str,
    /// How it is written in a file; empty where no file can.
    pub written: &'static str,
}

/// The classes, and the row of each.
macro_rules! table {
    ($($(#[$doc:meta])* $name:ident $word:literal is { $($row:tt)* })*) => {
        /// What can be wrong with the results of a run.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Class {
            $($(#[$doc])* $name,)*
        }

        impl Class {
            /// All classes, in the order of the documentation.
            pub const ALL: [Class; [$($word),*].len()] = [$(Class::$name),*];

            /// Their words in a scenario file and in reports, in the same order.
            pub const WORDS: [&str; Class::ALL.len()] = [$($word),*];
        }

        static TABLE: [ClassRow; Class::ALL.len()] = [$(ClassRow { $($row)* }),*];
    };
}

table! {
    /// A source record is reflected more than once in the committed results of a step.
    Duplicated "duplicated" is {
        about: "A source record is reflected more than once.",
        told: REFLECTED,
        claim: REFLECTED_AT,
        asked: None,
        turn: ClassTurn::Repeated,
        sign: "once too often",
    }
    /// A source record, not late, is reflected in none, though the run drained.
    Lost "lost" is {
        about: "A source record is reflected nowhere.",
        told: "reflected {times} instead of {expected}{taken-for}",
        claim: REFLECTED_AT,
        asked: None,
        turn: ClassTurn::GivenUp,
        sign: "lost here",
    }
    /// Two executions of one record both left committed traces that disagree.
    Divergent "divergent" is {
        about: "Two executions left traces that disagree.",
        told: "{left}",
        claim: "two executions of {record} left traces that disagree",
        asked: None,
        turn: ClassTurn::Disagrees,
        sign: "another answer",
    }
    /// A result contains something that its inputs do not add up to.
    Phantom "phantom" is {
        about: "A result contains something that never was.",
        told: REFLECTED,
        claim: REFLECTED_AT,
        asked: None,
        turn: ClassTurn::Repeated,
        sign: "never was",
    }
    /// Only repetition without end is left.
    Stuck "stuck" is {
        about: "The run does not end.",
        told: REFLECTED,
        claim: REFLECTED_AT,
        asked: None,
        turn: ClassTurn::Endless,
        sign: "without end",
    }
    /// Nothing is left to happen, and ids or outputs are held that can never matter again.
    Unbounded "unbounded" is {
        about: "Something is held for ever.",
        told: REFLECTED,
        claim: REFLECTED_AT,
        asked: None,
        turn: ClassTurn::Kept,
        sign: "kept for ever",
    }
    /// Part of an atomic unit is visible: a reader meets some of its rows and not all of them.
    Torn "torn" is {
        about: "Part of an atomic unit is visible.",
        told: "{rows} of {expected} seen without the others",
        claim: "{rows} of {expected} at {step} seen alone, {record} first",
        asked: None,
        turn: ClassTurn::PutDown,
        sign: "seen alone",
    }
    /// More side effects of a record stand than the scenario allows.
    Repeated "repeated" is {
        about: "More side effects of a record stand than `side-effects` allows.",
        told: "{reflected} side effects stand instead of at most {expected}",
        claim: "the side effects of {record} stand {times} at {step}",
        asked: Some(AskedFor {
            is_asked: |demands| demands.at_most.is_some(),
            otherwise: "side effects may be repeated at will",
            written: "side-effects = { at-most = 1 }",
        }),
        turn: ClassTurn::Repeated,
        sign: "done again",
    }
    /// The entry of a key is not that of the record committed last for it, as the scenario demands.
    Stale "stale" is {
        about: "The entry of a key is not that of the record committed last, as `side-effects` demands.",
        told: "its entry stands in place of that of {instead}",
        claim: "{record} has its entry at {step} in the place of {instead}",
        asked: Some(AskedFor {
            is_asked: |demands| demands.newest,
            otherwise: "any entry may stand",
            written: "side-effects = { newest = true }",
        }),
        turn: ClassTurn::PutDown,
        sign: "stands over newer",
    }
    /// What must hold of the results, as a test says it, does not.
    Broken "broken" is {
        about: "A property that a test in Rust states of the results does not hold.",
        told: REFLECTED,
        claim: REFLECTED_AT,
        asked: Some(AskedFor {
            is_asked: |_| false,
            otherwise: "a file states no property that could be broken",
            written: "",
        }),
        turn: ClassTurn::PutDown,
        sign: "does not hold",
    }
}

const REFLECTED: &str = "reflected {times} instead of {expected}";
const REFLECTED_AT: &str = "{record} is reflected {times} instead of {expected} at {step}";

impl Class {
    /// The word for it in a scenario file and in reports.
    pub fn word(self) -> &'static str {
        Class::WORDS[self as usize]
    }

    /// What is said of it.
    pub fn row(self) -> &'static ClassRow {
        &TABLE[self as usize]
    }
}

/// A set of classes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Classes(u16);

impl Classes {
    /// Adds a class.
    pub fn insert(&mut self, class: Class) {
        self.0 |= 1 << class as u8;
    }

    /// Whether the class is in the set.
    pub fn contains(self, class: Class) -> bool {
        self.0 & (1 << class as u8) != 0
    }

    /// Whether nothing was found.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The classes in the set, in order.
    pub fn iter(self) -> impl Iterator<Item = Class> {
        Class::ALL.into_iter().filter(move |&class| self.contains(class))
    }
}
