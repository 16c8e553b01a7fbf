//! Every fault that could be placed in a run: at each moment that came, each kind that is asked there. What an
//! exhaustive search goes through. A fault is marked where another one, or none, leaves the world in the very
//! same state, so that it need not be tried. That is seen while a run is explored, and a test compares the runs
//! with those of a search that leaves nothing out.

use super::question::Question;
use crate::fault::kind::{Asked, FaultTarget, KindPart};
use crate::fault::{Fault, Kind, KindName, Leg, Place};
use onceproof_kernel::mix::fold;

/// A fault that could be placed in a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Possibility {
    /// The fault.
    pub fault: Fault,
    /// Why it need not be tried, if so.
    pub needless: Option<Needless>,
    /// A hash of all moments up to it at which anything was asked. A run that has this fault comes the same way to it.
    pub way: u64,
    /// Its moment, by its number.
    pub question: Question,
}

/// Why a fault need not be tried: after it the world is in a state that another schedule leads to, too,
/// with one fault less or with another fault in its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needless {
    /// A worker that dies here is back as it is after dying at the moment of its step before: between the two
    /// nothing was done that outlives it. No effect was performed, no function executed, no token taken, and
    /// nothing was read that the ledger or the end of the input depends on. A crash drops memory, timers and
    /// the rest of the list.
    SameCrash,
    /// The message goes over a link that is cut, so it is lost whatever else becomes of it.
    CutOff,
    /// Another schedule with no more faults comes to the same state at the same time, so both go on alike from there.
    /// Seen by the search, which knows both runs ([`StateMet`]).
    SameState,
}

impl Needless {
    /// All reasons, in the order of their numbers.
    pub const ALL: [Needless; 3] = [Needless::SameCrash, Needless::CutOff, Needless::SameState];

    /// The reason in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Needless::SameCrash => "the same crash, a step of the protocol later",
            Needless::CutOff => "a message that a cut link loses anyway",
            Needless::SameState => "after a state that another schedule leads to, too",
        }
    }

    /// The reason as a key of JSON.
    pub fn word(self) -> &'static str {
        match self {
            Needless::SameCrash => "same-crash",
            Needless::CutOff => "cut-off",
            Needless::SameState => "same-state",
        }
    }
}

/// What of a run is written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Watched {
    /// Every fault that could be placed.
    Everything,
    /// Those that could come after the last exact fault.
    AfterAll,
    /// These, and the states that the world was in.
    AfterAllWithStates,
    /// None: only the moments are counted by which the places of later faults are told, and the way to them.
    Moments,
}

/// A state that the world was in between two events.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StateMet {
    /// When. A search goes by the state alone; whoever checks what a state promises pairs those of two runs by their times.
    pub at: u64,
    /// In which state: two runs that are in one state at one time have one future, and one verdict.
    pub state: u128,
    /// How many of the possible faults come before it.
    pub before: usize,
}

/// The faults, in the order in which their places came.
#[derive(Debug)]
pub(super) struct Possible {
    pub found: Vec<Possibility>,
    pub states: Vec<StateMet>,
    /// How many of them were shown.
    shown: usize,
    kinds: Vec<Kind>,
    pub watched: Watched,
    /// How often the world did something that outlives a worker, and how often anything outside was changed, until
    /// the step of the protocol that is asked about next.
    pub changes: (u64, u64),
    /// Both numbers when the last crash was noted, of each of the kinds. A kind has its parameter here: a crash
    /// that takes longer to come back is another crash, after which other things have happened.
    crash_at: Vec<Option<(u64, u64)>>,
    /// Whether the message that is asked about goes over a link that is cut.
    pub is_cut_off: bool,
    /// A hash of all moments that came, and what it was when each exact fault fired.
    way: u64,
    pub ways_fired: Vec<u64>,
}

impl Possible {
    /// Every fault of these kinds.
    pub fn new(kinds: &[Kind], watched: Watched) -> Possible {
        let kinds = kinds.to_vec();
        Possible {
            found: Vec::new(),
            states: Vec::new(),
            shown: 0,
            watched,
            changes: (0, 0),
            crash_at: vec![None; kinds.len()],
            kinds,
            is_cut_off: false,
            way: 0,
            ways_fired: Vec::new(),
        }
    }

    /// The same of a run that has come this way until now, and this way to each fault.
    pub fn after(kinds: &[Kind], watched: Watched, way: u64, ways_fired: &[u64]) -> Possible {
        Possible { way, ways_fired: ways_fired.to_vec(), ..Possible::new(kinds, watched) }
    }

    /// The way until now, and that to each fault that has fired.
    pub fn ways(&self) -> (u64, &[u64]) {
        (self.way, &self.ways_fired)
    }

    /// The world is in this state.
    pub fn meet(&mut self, at: u64, state: u128) {
        self.states.push(StateMet { at, state, before: self.found.len() });
    }

    /// Shows the states that were not shown yet, until one is not new: with it, no more are written down.
    pub fn show_states(&mut self, is_new: &mut dyn FnMut(&StateMet) -> bool) {
        while let Some(met) = self.states.get(self.shown) {
            self.shown += 1;
            if !is_new(met) {
                self.watched = Watched::AfterAll;
            }
        }
    }

    /// Whether a fault may be placed at this sort of moment.
    pub fn has(&self, asked: Asked) -> bool {
        self.kinds.iter().any(|kind| kind.asked_at() == asked)
    }

    /// A moment has come, with this point: whatever was asked before it is on the way to it.
    pub fn pass(&mut self, asked: Asked, point: u64) {
        self.way = fold(self.way, point ^ (asked as u64).rotate_right(4));
    }

    /// An exact fault has fired at the moment that came last.
    pub fn fire(&mut self) {
        self.ways_fired.push(self.way);
    }

    /// Whether what comes at this sort of moment is written down, while exact faults are still to come or not.
    pub fn notes(&self, asked: Asked, are_to_come: bool) -> bool {
        let is_watched = match self.watched {
            Watched::Everything => true,
            Watched::AfterAll | Watched::AfterAllWithStates => !are_to_come,
            Watched::Moments => false,
        };
        is_watched && self.has(asked)
    }

    /// A moment has come, with this place: each kind that may be placed here.
    pub fn note(
        &mut self,
        asked: Asked,
        question: Question,
        place: &Place,
        may: impl Fn(&Kind) -> bool,
    ) {
        let way = self.way;
        let Possible { found, kinds, crash_at, is_cut_off, changes, .. } = self;
        let asked_here = |(_, kind): &(usize, &Kind)| kind.asked_at() == asked && may(kind);
        for (number, &kind) in kinds.iter().enumerate().filter(asked_here) {
            let needless = match kind {
                Kind::Crash { .. } => {
                    let is_same = crash_at[number].replace(*changes) == Some(*changes);
                    is_same.then_some(Needless::SameCrash)
                }
                _ if kind.name().row().target == FaultTarget::Message => {
                    is_cut_off.then_some(Needless::CutOff)
                }
                _ => None,
            };
            let fault = Fault { at: place.clone(), kind };
            found.push(Possibility { fault, needless, way, question });
        }
    }
}

/// Every kind with its default parameter, once for each leg that it may hit.
pub fn default_kinds() -> Vec<Kind> {
    KindName::searched().flat_map(|name| legs(name.with_defaults())).collect()
}

/// A kind, once for each leg that it may hit.
pub fn legs(kind: Kind) -> Vec<Kind> {
    match kind.leg() {
        Some(_) => [Leg::Request, Leg::Ack].map(|leg| kind.with(KindPart::Leg(leg))).to_vec(),
        None => vec![kind],
    }
}
