//! The trace: what happens in a run, event by event, for whoever asked for it. Events are data, in the handles of
//! the run. What is said of them is made of these at the end, as text here and as JSON by whoever writes it, so that
//! one cannot tell what the other does not.
//!
//! A run that nobody traces pays for it with one test wherever an event could be told. What caused an event is
//! not carried by what is queued: the queue numbers what is scheduled, and beside it stands which event was told
//! last before each number (`recorder`).

mod event;
mod what;
mod choose;
mod fold;
mod recorder;
mod text;
mod parts;
mod speaking;

pub use crate::store::Applied;
pub use choose::Choice;
pub use event::{
    Actor, CommitId, Fate, Nobody, Ownership, Stroke, TracedEvent, Undelivered, Waited,
};
pub use fold::{Fold, Folded};
pub use text::Seen;
pub use what::What;

pub(crate) use recorder::Recorder;

use onceproof_kernel::alphabet::Subject;
use onceproof_kernel::name::Name;

/// Who writes events down, if anyone asked for it.
#[derive(Debug, Default)]
pub(crate) struct Trace(Option<Box<Recorder>>);

impl Trace {
    /// From now on, or no more.
    pub fn set(&mut self, is_on: bool) {
        self.0 = is_on.then(Box::default);
    }

    /// Whether events are written down. The one test that a run pays which nobody traces.
    #[inline(always)]
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Who writes them down.
    pub fn recorder(&mut self) -> Option<&mut Recorder> {
        self.0.as_deref_mut()
    }

    /// What caused that which happens now, if it is known.
    pub fn cause(&self) -> Option<u64> {
        self.0.as_ref()?.cause()
    }

    /// Which send the ack or the error is of that left as this event.
    pub fn send(&self, cause: u64) -> Option<(Subject, u32)> {
        self.0.as_ref()?.sends.get(&cause).copied()
    }

    /// The record that a service answered for in this event.
    pub fn served(&self, cause: u64) -> Option<Name> {
        self.0.as_ref()?.served.get(&cause).copied()
    }
}
