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

/// How often each kind of fault struck each step of the protocol. Few kinds strike few steps in one run, and a run is
/// summed up often: a table of all of both was most of what is moved then.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Strikes(
    /// In the order of the kinds and of the steps.
    Vec<(KindName, u16, u32)>,
);

impl Strikes {
    /// A fault of this kind struck.
    pub fn strike(&mut self, kind: KindName, struck: Struck) {
        match self.find(kind, struck) {
            Ok(at) => self.0[at].2 += 1,
            Err(at) => self.0.insert(at, (kind, struck.number() as u16, 1)),
        }
    }

    /// How often this kind struck there.
    pub fn count(&self, kind: KindName, struck: Struck) -> u32 {
        self.find(kind, struck).map_or(0, |at| self.0[at].2)
    }

    /// No fault has struck.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    fn find(&self, kind: KindName, struck: Struck) -> Result<usize, usize> {
        let place =
            |&(kind, struck, _): &(KindName, u16, u32)| (kind as usize, usize::from(struck));
        self.0.binary_search_by_key(&(kind as usize, struck.number()), place)
    }
}
