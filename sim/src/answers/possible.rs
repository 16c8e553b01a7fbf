//! Every fault that could be placed in a run: at each moment that came, each kind that is asked there. What
//! an exhaustive search goes through. A fault is marked where another one, or none, leaves the world in the
//! very same state, so that it need not be tried.

use crate::fault::kind::Asked;
use crate::fault::{Fault, Kind, KindName, Leg, Place};

/// A fault that could be placed in a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Possibility {
    /// The fault.
    pub fault: Fault,
    /// Why it need not be tried, if so.
    pub needless: Option<Needless>,
}

/// Why a fault need not be tried: after it the world is in a state that another schedule leads to, too,
/// with one fault less or with another fault in its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needless {
    /// A worker that dies here is back as it is after dying at the moment of its step before: between the
    /// two nothing was done that outlives it. A crash drops memory, timers and the rest of the list.
    SameCrash,
    /// The message goes over a link that is cut, so it is lost whatever else becomes of it.
    CutOff,
}

impl Needless {
    /// All reasons, in the order of their numbers.
    pub const ALL: [Needless; 2] = [Needless::SameCrash, Needless::CutOff];

    /// The reason in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Needless::SameCrash => "the same crash, a step of the protocol later",
            Needless::CutOff => "a message that a cut link loses anyway",
        }
    }

    /// The reason as a key of JSON.
    pub fn word(self) -> &'static str {
        match self {
            Needless::SameCrash => "same-crash",
            Needless::CutOff => "cut-off",
        }
    }
}

/// The faults, in the order in which their places came.
#[derive(Debug)]
pub(super) struct Possible {
    pub found: Vec<Possibility>,
    kinds: Vec<Kind>,
    /// Whether only what comes after the last exact fault is wanted.
    pub only_after_all: bool,
    /// How often something was done that outlives a worker.
    changes: u64,
    /// The number of changes when the last crash was noted.
    crash_at: Option<u64>,
    /// Whether the message that is asked about goes over a link that is cut.
    pub is_cut_off: bool,
}

impl Possible {
    /// Every fault of these kinds.
    pub fn new(kinds: &[Kind], only_after_all: bool) -> Possible {
        let kinds = kinds.to_vec();
        Possible {
            found: Vec::new(),
            kinds,
            only_after_all,
            changes: 0,
            crash_at: None,
            is_cut_off: false,
        }
    }

    /// Something was done that outlives a worker.
    pub fn change(&mut self) {
        self.changes += 1;
    }

    /// A moment has come, with this place: each kind that may be placed here.
    pub fn note(&mut self, asked: Asked, place: &Place, may: impl Fn(&Kind) -> bool) {
        let Possible { found, kinds, changes, crash_at, is_cut_off, .. } = self;
        for &kind in kinds.iter().filter(|kind| kind.asked_at() == asked && may(kind)) {
            let needless = match kind {
                Kind::Crash { .. } => {
                    let is_same = crash_at.replace(*changes) == Some(*changes);
                    is_same.then_some(Needless::SameCrash)
                }
                Kind::DropRequest
                | Kind::DropAck
                | Kind::Duplicate { .. }
                | Kind::Delay { .. }
                | Kind::ErrorApplied
                | Kind::ErrorNotApplied => is_cut_off.then_some(Needless::CutOff),
                Kind::Partition { .. }
                | Kind::CommitLost
                | Kind::CommitUnknown
                | Kind::CommitDelayed { .. }
                | Kind::UserDiffers { .. }
                | Kind::UserFails
                | Kind::Pause { .. }
                | Kind::Move
                | Kind::ClockStep { .. }
                | Kind::Redeliver
                | Kind::CallUnknown => None,
            };
            found.push(Possibility { fault: Fault { at: place.clone(), kind }, needless });
        }
    }
}

/// Every kind with its default parameter, once for each leg that it may hit.
pub fn default_kinds() -> Vec<Kind> {
    KindName::ALL.into_iter().flat_map(|name| legs(name.with_defaults())).collect()
}

/// A kind, once for each leg that it may hit.
pub fn legs(kind: Kind) -> Vec<Kind> {
    match kind {
        Kind::Duplicate { .. } => {
            [Leg::Request, Leg::Ack].map(|leg| Kind::Duplicate { leg }).to_vec()
        }
        Kind::Delay { by, .. } => {
            [Leg::Request, Leg::Ack].map(|leg| Kind::Delay { by, leg }).to_vec()
        }
        Kind::DropRequest
        | Kind::DropAck
        | Kind::ErrorApplied
        | Kind::ErrorNotApplied
        | Kind::Partition { .. }
        | Kind::Crash { .. }
        | Kind::CommitLost
        | Kind::CommitUnknown
        | Kind::CommitDelayed { .. }
        | Kind::UserDiffers { .. }
        | Kind::UserFails
        | Kind::Pause { .. }
        | Kind::Move
        | Kind::ClockStep { .. }
        | Kind::Redeliver
        | Kind::CallUnknown => vec![kind],
    }
}
