//! What a system under test is: the types that its messages, changes and timers have, and what is said of them.

use crate::alphabet::Subject;
use std::fmt::Debug;

/// A system under test: processes that take an input and list effects. A mark without content.
pub trait System: Copy + Eq + Debug + Send + Sync + 'static {
    /// All that no run changes: the steps, the mechanisms, a rule that is left out.
    type Design: Debug + Send + Sync;
    /// One change of a durable row.
    type Change: Copy + Eq + Debug + Send;
    /// What a request carries.
    type Request: Copy + Eq + Debug + Send;
    /// What the reply to a request carries.
    type Reply: Copy + Eq + Debug + Send;
    /// What a process may be called back with.
    type Timer: Copy + Eq + Debug + Send;

    /// What a request is about.
    fn subject(request: &Self::Request) -> Subject;
}
