//! What is written down of a run for whoever watches it: the schedule of a run in detail, every fault that
//! could have been placed, and latencies as faults. Nothing of it changes an answer.

use super::Answers;
use super::moment::{Exchange, Moment};
use super::possible::{Possibility, Possible, StateMet, Watched};
use crate::fault::kind::Asked;
use crate::fault::{Fault, Kind, Leg};
use onceproof_kernel::layout::Layout;
use onceproof_kernel::name::Vocabulary;
use onceproof_kernel::state::WorldState;

impl Answers {
    /// From now on, writes down every fault of these kinds that could be placed.
    pub fn watch(&mut self, kinds: &[Kind], watched: Watched) {
        self.possible = Some(Possible::new(kinds, watched));
    }

    /// Every fault that could have been placed in the run, in the order in which their places came, the states
    /// that the world was in between, and the way to each exact fault; and watches no more.
    pub fn take_possible(&mut self) -> (Vec<Possibility>, Vec<StateMet>, Vec<u64>) {
        let parts = |Possible { found, states, ways_fired, .. }| (found, states, ways_fired);
        self.possible.take().map_or_else(Default::default, parts)
    }

    /// Adds the doubled requests that may still be acked.
    pub fn tell_state(&self, state: &mut WorldState) {
        self.twins.tell_state(state);
    }

    /// Whether anyone wants to know in which states the world is.
    pub fn notes_states(&self) -> bool {
        self.possible
            .as_ref()
            .is_some_and(|possible| possible.watched == Watched::AfterAllWithStates)
    }

    /// The world is in this state.
    pub fn note_state(&mut self, at: u64, state: u128) {
        if let Some(possible) = &mut self.possible {
            possible.meet(at, state);
        }
    }

    /// Shows the states that were not shown yet, until one is not new: with it, no more are written down.
    pub fn show_states(&mut self, is_new: &mut dyn FnMut(&StateMet) -> bool) {
        if let Some(possible) = &mut self.possible {
            possible.show_states(is_new);
        }
    }

    /// Whether every fault that could be placed is written down.
    pub fn is_explored(&self) -> bool {
        self.possible.is_some()
    }

    /// How often anything outside the workers was changed until now. A step of the protocol is asked about next.
    pub fn note_changes(&mut self, outside: u64) {
        if let Some(possible) = &mut self.possible {
            possible.changes = (self.changes, outside);
        }
    }

    /// The next event begins, after so many others.
    #[inline]
    pub fn begin_event(&mut self, events: u64) {
        self.questions.event = events;
        self.note_change();
    }

    /// The world did something, or time went on: whether a worker dies before or after it is not the same. To count
    /// is cheaper than to ask whether anyone wants to know.
    pub fn note_change(&mut self) {
        self.changes += 1;
    }

    /// Whether the message that is asked about next goes over a link that is cut.
    pub fn note_cut(&mut self, is_cut: impl FnOnce() -> bool) {
        if let Some(possible) = &mut self.possible {
            possible.is_cut_off = is_cut();
        }
    }

    /// From now on, writes down what each message takes longer than the least, as a fault that delays it.
    pub fn time(&mut self) {
        self.delays = Some(Vec::new());
    }

    /// The delays that, at the least latency, let every message that no fault hit take what it took; and
    /// writes down no more.
    pub fn take_delays(&mut self) -> Vec<Fault> {
        self.delays.take().unwrap_or_default()
    }

    /// The number in the schedule of the fault that fired last, if a schedule is kept.
    pub fn last_fired(&self) -> Option<usize> {
        self.log.as_ref().and_then(|log| log.schedule.len().checked_sub(1))
    }

    /// The faults that fired, each with a place of its own.
    pub fn take_schedule(&mut self) -> Vec<Fault> {
        self.log.take().unwrap_or_default().schedule
    }

    /// Whether someone asked what messages take longer than the least.
    pub(super) fn times(&self) -> bool {
        self.delays.is_some()
    }

    /// Whether moments are written down.
    pub(super) fn is_watched(&self, in_detail: bool) -> bool {
        in_detail || self.possible.is_some() || self.delays.is_some()
    }

    /// Whether anyone wants to know of this sort of moments. What no one asks about costs nothing.
    pub(super) fn watches(&self, asked: Asked) -> bool {
        let is_possible = self.possible.as_ref().is_some_and(|possible| possible.has(asked));
        is_possible || self.delays.is_some()
    }

    /// Writes down what a message takes longer than the least; see [`Answers::times`].
    #[cold]
    pub(super) fn note_delay(
        &mut self,
        exchange: &Exchange,
        leg: Leg,
        layout: &Layout,
        words: &Vocabulary,
    ) {
        let by = self.drawn.delay(exchange.point_of(leg));
        if let (Some(delays), Some(log), 1..) = (&mut self.delays, &self.log, by) {
            let asked = match leg {
                Leg::Request => Asked::Request,
                Leg::Ack => Asked::Ack,
            };
            let at = log.place(asked, &Moment::Exchange(*exchange), layout, words);
            delays.push(Fault { at, kind: Kind::Delay { by, leg } });
        }
    }
}
