//! Marks: what a run reached. A green sweep is empty if nothing ever came to the rule that it means to
//! test, so each corner of the protocol that is worth a visit has a mark, and each fault that fires is
//! counted at the step of the protocol that it struck. They are counted from outside, and decide nothing.

use crate::fault::KindName;
use onceproof_kernel::alphabet::{Alphabet, Mark, Point};

/// How often each mark was reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Marks(pub [u64; Mark::COUNT]);

impl Marks {
    /// It was reached once more.
    #[inline]
    pub fn reach(&mut self, mark: Mark) {
        self.0[mark.at()] += 1;
    }

    /// How often it was reached.
    pub fn count(&self, mark: Mark) -> u64 {
        self.0[mark.at()]
    }
}

/// What a fault struck: a step of the protocol, or a moment in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Struck {
    /// A step of the protocol. A lost request strikes the send, a failing function the apply.
    Step(Point),
    /// A moment in time.
    Time,
}

impl Struck {
    /// How many of them there are.
    pub const COUNT: usize = Alphabet::POINTS + 1;

    /// All of them, in the order of the protocol.
    pub fn all(alphabet: &Alphabet) -> impl Iterator<Item = Struck> + use<> {
        alphabet.all().map(Struck::Step).chain([Struck::Time])
    }

    /// The word for it in reports.
    pub fn word(self, alphabet: &Alphabet) -> &'static str {
        match self {
            Struck::Step(before) => alphabet.word(before),
            Struck::Time => "time",
        }
    }

    /// As an index, less than [`Struck::COUNT`].
    pub fn number(self) -> usize {
        match self {
            Struck::Step(before) => before.at(),
            Struck::Time => Alphabet::POINTS,
        }
    }
}

/// How often each kind of fault struck each step of the protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Strikes([[u32; Struck::COUNT]; KindName::ALL.len()]);

impl Default for Strikes {
    fn default() -> Strikes {
        Strikes([[0; Struck::COUNT]; KindName::ALL.len()])
    }
}

impl Strikes {
    /// A fault of this kind struck.
    pub fn strike(&mut self, kind: KindName, struck: Struck) {
        self.0[kind as usize][struck.number()] += 1;
    }

    /// How often this kind struck there.
    pub fn count(&self, kind: KindName, struck: Struck) -> u32 {
        self.0[kind as usize][struck.number()]
    }
}
