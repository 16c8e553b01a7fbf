//! Faults: what can go wrong, where, and how often. A fault looks at a moment and gives a verdict; the
//! world alone acts on it.

pub mod kind;
pub mod odds;
pub mod place;

pub use kind::{ClockWay, Direction, Kind, KindName, Leg};
pub use odds::Odds;
pub use place::{Before, Pattern, Place, Record};

/// One exact fault: a place and what happens there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Where.
    pub at: Place,
    /// What.
    pub kind: Kind,
}

/// The odds of drawn faults: at most one entry per kind and leg.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Climate {
    /// Each kind with its parameters and its odds.
    pub odds: Vec<(Kind, Odds)>,
}
