//! The one trait that a user writes.

use crate::cx::Cx;
use crate::port::Port;
use crate::step::Step;
use crate::words::Record;
use std::fmt::Debug;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

/// A protocol: its steps, and what each process does. Its fields are the design, such as whether there is an inbox; what a
/// process remembers is in the variables of its `async fn`, and gone with a crash.
///
/// [`run`](Protocol::run) is called once for each life of each process: when the run begins, and again after each crash. A
/// process asks for effects by awaiting them, in their order; a crash may come before any of them, and drops the future
/// where it stands. What has been sent or is being committed then stays under way. Nothing but its [`Cx`] may tell a
/// process anything: two runs of one seed must ask for the same effects.
///
/// A run is over when nothing is left to come. A process need not end for that: one that beats, looks around or renews a lease
/// for ever is let be once the time of the run is over, so long after the last fault as its setup says. Whatever such a process
/// counts up to must be shorter: a neighbour that is taken over after 15 minutes of silence, in a run of 10, is not taken over,
/// and what it had is lost.
pub trait Protocol: Debug + Send + Sync + 'static {
    /// The steps, in any order.
    fn steps(&self) -> Vec<Step>;

    /// What a process does, from its start; [`Cx::step`] says which step it is of. Write it as
    /// `async fn run(&self, cx: Cx<'_>)`.
    fn run(&self, cx: Cx<'_>) -> impl Future<Output = ()>;

    /// How often a record of the input belongs into a result, by the name of its step.
    fn due(&self, record: &Record, result: &str) -> u32 {
        let _ = (record, result);
        1
    }

    /// Designs that leave something out, each with what it leaves out: `("no inbox", Shop { has_inbox: false })`. Each must
    /// be found wrong, or the check that is about this one fails: then nothing it tries depends on the inbox.
    fn wrong(&self) -> Vec<(&'static str, Self)>
    where
        Self: Sized,
    {
        Vec::new()
    }
}

/// The future of one life of a process.
pub(crate) type Running = Pin<Box<dyn Future<Output = ()>>>;

/// A protocol as a design keeps it.
pub(crate) trait Start: Debug + Send + Sync {
    /// Begins a life of the process at this port.
    fn start(self: Arc<Self>, port: Rc<Port>) -> Running;
    /// How often a record belongs into a result.
    fn due(&self, record: &Record, result: &str) -> u32;
}

impl<P: Protocol> Start for P {
    fn start(self: Arc<Self>, port: Rc<Port>) -> Running {
        Box::pin(async move { self.run(Cx { port: &port }).await })
    }

    fn due(&self, record: &Record, result: &str) -> u32 {
        Protocol::due(self, record, result)
    }
}
