//! The door to runs: what searches see of a system. Each question is a whole run, so it is virtual; inside a run nothing is.

use crate::fault::{Fault, Kind};
use crate::measure::Measured;
use crate::outcome::{Brief, Outcome};
use crate::trace::Seen;
use onceproof_kernel::layout::StepIndex;
use onceproof_kernel::time::Nanos;
use std::ops::Range;
use std::sync::atomic::AtomicBool;

pub use crate::answers::{Needless, Possibility, Question, StateMet, default_kinds, legs};
pub use crate::simulation::Simulation;

/// Where nobody stops a run.
pub(crate) static NEVER: AtomicBool = AtomicBool::new(false);
pub(crate) const UNSTOPPED: &str = "nobody stops it";

/// Runs one plan with one design, any number of times, reusing its memory.
pub trait Runs {
    /// One run, its verdict and figures only. Without a seed latency is the least, first answers are 0 and nothing is
    /// drawn.
    fn brief(&mut self, seed: Option<u64>) -> Brief {
        self.brief_unless(seed, &NEVER).expect(UNSTOPPED)
    }

    /// The same, unless it is stopped while it runs: then nothing is said of it.
    fn brief_unless(&mut self, seed: Option<u64>, stop: &AtomicBool) -> Option<Brief>;

    /// One run with everything on.
    fn detail(&mut self, seed: Option<u64>) -> Outcome {
        self.detail_unless(seed, &NEVER).expect(UNSTOPPED)
    }

    /// The same, unless it is stopped while it runs: then nothing is said of it.
    fn detail_unless(&mut self, seed: Option<u64>, stop: &AtomicBool) -> Option<Outcome>;

    /// One run, and what is measured of it: what readers see of the results of these steps, what the store has to do,
    /// and how long it takes after a crash. Unless it is stopped while it runs: then nothing is said of it.
    fn measured_unless(
        &mut self,
        seed: Option<u64>,
        ends: &[StepIndex],
        stop: &AtomicBool,
    ) -> Option<Measured>;

    /// One run that hands each event to `see`.
    fn trace(&mut self, seed: Option<u64>, see: &mut dyn FnMut(&Seen<'_>)) -> Outcome {
        self.trace_unless(seed, see, &NEVER).expect(UNSTOPPED)
    }

    /// The same, unless it is stopped while it runs: then nothing is said of it, but for the events until then.
    fn trace_unless(
        &mut self,
        seed: Option<u64>,
        see: &mut dyn FnMut(&Seen<'_>),
        stop: &AtomicBool,
    ) -> Option<Outcome>;

    /// Puts other exact faults in place of the plan's, for the runs that follow.
    fn place(&mut self, faults: &[Fault]);

    /// The exact faults that did not fire in the last run, as indices.
    fn unfired(&self) -> Vec<usize>;

    /// One run, and every fault of these kinds that could have been placed in it, in the order in which their places
    /// came. Faults at a time are not among them: one before a step of the protocol, or from a request on, does the
    /// same.
    fn explore(&mut self, seed: Option<u64>, kinds: &[Kind]) -> (Brief, Vec<Fault>);

    /// One run, and every fault of these kinds that could have come after the last exact fault had fired, in the order
    /// in which their places came. At the moment of that fault there is no other, since a point occurs once in a
    /// schedule.
    fn extensions(&mut self, seed: Option<u64>, kinds: &[Kind]) -> Extensions {
        self.extensions_unless(seed, kinds, false, &NEVER).expect(UNSTOPPED)
    }

    /// The same, and the states that the world was in, which costs a look at all that it is made of.
    fn extensions_and_states(&mut self, seed: Option<u64>, kinds: &[Kind]) -> Extensions {
        self.extensions_unless(seed, kinds, true, &NEVER).expect(UNSTOPPED)
    }

    /// The one or the other, unless it is stopped while it runs.
    fn extensions_unless(
        &mut self,
        seed: Option<u64>,
        kinds: &[Kind],
        with_states: bool,
        stop: &AtomicBool,
    ) -> Option<Extensions>;

    /// One run, and what each message took longer than the least, as faults that delay it: with them, a run at the
    /// least latency is this one.
    fn delays(&mut self, seed: Option<u64>) -> (Brief, Vec<Fault>);

    /// The fingerprint of a run after every so many events, and at its end.
    fn checkpoints(&mut self, seed: Option<u64>, every: u64) -> Vec<u128>;

    /// The events of a run with these numbers, each with its lines of the trace. The boot has number 0.
    fn events(&mut self, seed: Option<u64>, numbers: Range<u64>) -> Vec<EventSeen>;

    /// Plants a fault of the simulator itself, for tests of those who look for one: in every run, the event after so
    /// many others comes so much later.
    #[doc(hidden)]
    fn plant_late_event(&mut self, after: u64, by: Nanos);
}

/// Runs that begin in the middle of another one: schedules that begin alike share the run of their beginning. There is one
/// trunk, which has no fault, and branches, each with one fault more than the one it goes off from. A trunk or branch goes
/// on as far as the branches that go off from it, so these come in the order of their questions.
pub trait Forks: Runs {
    /// A trunk stands at the beginning of the run. `depth` is how many branches will go off from each other.
    fn begin(&mut self, seed: Option<u64>, kinds: &[Kind], depth: usize);

    /// A branch goes off from the last one, with these faults: the last of them comes at this question. What
    /// [`Runs::extensions_unless`] says of them; none if it was stopped. Each state that it comes to is shown to `is_new`, if
    /// that is given, until one is not.
    fn branch(
        &mut self,
        faults: &[Fault],
        question: Question,
        is_new: Option<IsNew<'_>>,
        stop: &AtomicBool,
    ) -> Option<Extensions>;

    /// The last branch is left.
    fn leave(&mut self);

    /// What [`Runs::brief_unless`] says of these faults, those of the last branch and one more that comes at this question.
    fn twig(&mut self, faults: &[Fault], question: Question, stop: &AtomicBool) -> Option<Brief>;
}

/// Whether nobody was in this state before.
pub type IsNew<'a> = &'a mut dyn FnMut(&StateMet) -> bool;

/// One event of a run, as two runs are compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventSeen {
    /// Its number.
    pub number: u64,
    /// The fingerprint of the run after it.
    pub fingerprint: u128,
    /// What the trace says of it.
    pub lines: Vec<String>,
}

/// A run, and what could come after the last of its faults.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Extensions {
    /// The run.
    pub brief: Brief,
    /// Every fault that could have come after the last one, in the order in which their places came.
    pub possible: Vec<Possibility>,
    /// The states that the world was in after the last one, if that was asked for.
    pub states: Vec<StateMet>,
    /// The way to each exact fault of the run, in the order in which they fired: [`Possibility::way`].
    pub ways: Vec<u64>,
}
