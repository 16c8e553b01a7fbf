//! Moments by their number: each is the n-th of its sort at which something is asked in an event. A run that is forked off
//! another just before an event is told its next fault so, since it does not know the moments before it by which a
//! place is counted. The number is the same in every run with the faults that fire before it, as long as all kinds that are
//! searched are asked about.

use crate::fault::Kind;
use crate::fault::kind::Asked;

/// A moment, by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Question {
    /// How many events were done before the one in which it is asked.
    pub event: u64,
    /// How many questions of its sort came before it in that event.
    pub number: u32,
}

/// The questions of the present event, and those to which the answer is a fault.
#[derive(Clone, Debug, Default)]
pub(super) struct Questions {
    /// How many events were done when it began.
    pub event: u64,
    /// Of which event these are counted: how many of each sort have come.
    counted: u64,
    asked: [u32; Asked::ALL.len()],
    /// The faults that are still to come, in order, all in one event.
    due: Vec<(Question, Kind)>,
}

impl Questions {
    /// Counts a question of this sort.
    pub fn ask(&mut self, asked: Asked) -> Question {
        let event = self.event;
        if std::mem::replace(&mut self.counted, event) != event {
            self.asked = Default::default();
        }
        let count = &mut self.asked[asked as usize];
        *count += 1;
        Question { event, number: *count - 1 }
    }

    /// The fault that is the answer to this question, if there is one; true beside it if it was the last.
    pub fn answer(&mut self, asked: Asked, question: Question) -> Option<(Kind, bool)> {
        let &(due, kind) = self.due.first()?;
        if kind.asked_at() != asked || due != question {
            return None;
        }
        self.due.remove(0);
        Some((kind, self.due.is_empty()))
    }

    /// How many faults are still to come.
    pub fn due(&self) -> usize {
        self.due.len()
    }

    /// Whether the answer to a question of this sort is to be a fault.
    pub fn has(&self, asked: Asked) -> bool {
        self.due.iter().any(|(_, kind)| kind.asked_at() == asked)
    }

    /// One fault more is to come, after the others.
    pub fn add(&mut self, question: Question, kind: Kind) {
        self.due.push((question, kind));
    }

    /// Before the first event, with nothing to come.
    pub fn reset(&mut self) {
        self.event = 0;
        self.counted = 0;
        self.asked = Default::default();
        self.due.clear();
    }
}
