//! What a system under test is: the types that its messages, changes and timers have, and what is said of them.

use crate::alphabet::Subject;
use crate::key::Key;
use crate::name::Vocabulary;
use std::fmt::Debug;

/// What a process waits for with a timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait {
    /// The reply to the first send of a record: that wait is the same over and over.
    FirstReply,
    /// The reply to a later send of a record.
    Reply,
    /// The reply to a control, by its number in the alphabet.
    ControlReply(u8),
    /// The answer of an external service.
    Answer,
    /// New input. When there is some does not hang on the clock of the process.
    Input,
    /// The end of this instant.
    EndOfInstant,
    /// Another try of a source record on which a function failed.
    Reread,
    /// Another try of a record of this key on which a function failed.
    Reapply(Key),
}

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

    /// With this a process is called back when there may be new input.
    const INPUT: Self::Timer;

    /// What a process waits for with a timer.
    fn wait(timer: Self::Timer) -> Wait;

    /// What a request is about.
    fn subject(request: &Self::Request) -> Subject;

    /// What a request promises and what it carries, as numbers that are the same in every run: handles of keys and
    /// names go in by their hashes.
    fn digest_of_request(request: &Self::Request, words: &Vocabulary) -> [u64; 2];

    /// What a reply says, as a number.
    fn digest_of_reply(reply: &Self::Reply) -> u64;

    /// What a change says, as a number; but for what is there for whoever watches alone.
    fn digest_of_change(change: &Self::Change, words: &Vocabulary) -> u64;
}
