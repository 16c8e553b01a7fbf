//! What a process may ask while it works on an input. A system says itself where it may die (`before`), what a read of
//! its rows costs (`charge`), and what is counted and told.

use crate::alphabet::{Counter, Mark, Point};
use crate::key::Key;
use crate::layout::{ShardIndex, StepIndex};
use crate::name::{Name, Vocabulary};
use crate::record::{Output, RecordId};
use crate::source::{Pull, Read};
use crate::system::System;
use crate::tell::{Member, Pile, WholeUnit};
use crate::time::{Nanos, Time};
use crate::told::Told;
use crate::user::SharedFunction;

/// What any process may ask, whatever its system.
pub trait Ask {
    /// The keys and names of the run, to add to them.
    fn vocabulary(&mut self) -> &mut Vocabulary;
    /// A new token for this shard from the store; commits under older ones are refused from now on.
    fn take_token(&mut self, shard: ShardIndex) -> u64;
    /// The service at which this shard puts entries is told of its token, and refuses older ones from now on.
    fn announce(&mut self, shard: ShardIndex, token: u64);
    /// Outputs are added up into one: what stands for them is made of these. Nothing is asked; the answer is a
    /// lineage, which a partial aggregate carries for whoever watches from outside.
    fn combine(&mut self, members: &[Member]) -> u32;
    /// A record is added to a sum that a process has in memory. Nothing is durable by it: whoever watches from outside
    /// only knows of what the sum is made, if any of it is ever committed.
    fn add(&mut self, pile: &mut Pile, key: Key, member: &Member);

    /// The source record at an offset.
    fn read(&mut self, shard: ShardIndex, offset: u64) -> Read;
    /// The same, for whoever asks how far the input has come: nothing counts as read by it.
    fn peek(&mut self, shard: ShardIndex, offset: u64) -> Read;
    /// The next message of the queue that a source shard reads.
    fn pull(&mut self, shard: ShardIndex) -> Pull;
    /// What the queue that a source shard reads promises of event times: no message that is not acked, and none to
    /// come as far as the source knows, has an earlier event time. Whoever lost the shard, by its token, is told
    /// nothing: it does not hold what the new owner has committed.
    fn queue_progress(&mut self, shard: ShardIndex, token: u64) -> Time;
    /// When the oldest message that is not acked was published, of the queue that a source shard reads; the end of
    /// time if there is none. Nothing for whoever lost the shard.
    fn oldest_unacked(&mut self, shard: ShardIndex, token: u64) -> Time;
    /// What a source shard promises of event times once all records below `offset` were read.
    fn source_progress(&mut self, shard: ShardIndex, offset: u64) -> Time;

    /// A user function is executed on a record of this key: what chance decides in it, less than `answers`; none if
    /// it fails.
    fn execute(&mut self, step: StepIndex, name: Name, key: Key, answers: u32) -> Option<u32>;
    /// What a service that a user function asks says of a key now, less than `values`; it says another value each
    /// time `changes_every` has passed.
    fn look_up(&mut self, step: StepIndex, key: Key, changes_every: Nanos, values: u32) -> u32;

    /// A function of the user's own is executed on a record, in a process with this clock, and its outputs are added to
    /// `outputs`; false if it fails.
    fn execute_user(
        &mut self,
        step: StepIndex,
        function: &SharedFunction,
        name: Name,
        input: Output,
        clock: Time,
        outputs: &mut Vec<Output>,
    ) -> bool;

    /// A process is about to ask for a unit of so many parts to be seen. Nothing is asked; whoever watches from outside
    /// holds what is seen of it against that. `first` is where its first part goes that is about a record, and which.
    fn intends(&mut self, unit: WholeUnit, parts: u32, first: Option<(StepIndex, Name)>) {
        let _ = (unit, parts, first);
    }

    /// What a shard does that can be seen neither in what it asks nor in what it lists.
    #[inline(always)]
    fn decides(&mut self, decision: Decision<'_>) {
        let _ = decision;
    }
}

/// What is outside a process of a system: its rows, and whoever strikes, counts and watches. A system makes of it the
/// questions of its own protocol.
pub trait Env<S: System>: Ask {
    /// The keys and names of the run, to look at.
    fn words(&self) -> &Vocabulary;
    /// What all processes of the run have in common.
    fn shared(&self) -> &S::Shared;
    /// The same, to add to.
    fn shared_mut(&mut self) -> &mut S::Shared;
    /// The time, whatever the clock of the process says.
    fn now(&self) -> Time;
    /// The token of a shard's owner. No process decides anything by it: it says what an owner may be held to.
    fn token(&self, shard: ShardIndex) -> u64;
    /// The durable rows of a shard.
    fn rows(&self, shard: ShardIndex) -> &S::Rows;
    /// The same, where a question changes them: by no commit and under no token. How many ids they have may not change
    /// by it.
    fn rows_that_change(&mut self, shard: ShardIndex) -> &mut S::Rows;
    /// A read of the store takes its time.
    fn charge(&mut self);
    /// The mark of what a sum holds, durable or in memory, for what is made of it to carry.
    fn read_pile(&mut self, pile: Pile) -> u32;

    /// Wakes another process after a while, as the answer to a call would that it keeps open: for news of a log that it
    /// reads, or of a group that it is a member of. No fault strikes that; who is down then hears nothing.
    fn nudge(&mut self, to: ShardIndex, after: Nanos, timer: S::Timer);
    /// The same for all processes of a shard, also those that have lost it and do not know.
    fn recall(&mut self, shard: ShardIndex, after: Nanos, timer: S::Timer);
    /// The session of a process begins that has this token. Who is gone by now is found to be when it is over.
    fn begin_session(&mut self, member: ShardIndex, token: u64);
    /// A record is worked on in memory, which takes time. What was done so is lost with the process; but until all is done, no
    /// commit may come of it: who works off what has piled up is not stuck, unless it works on the same again.
    fn works(&mut self, step: StepIndex, name: Name) {
        let _ = (step, name);
    }
    /// The process is about to take a step of the protocol with a record: nothing is asked, but the world may strike. What
    /// is about a control cannot be struck here, only before an effect.
    fn before(&mut self, shard: ShardIndex, step: StepIndex, point: Point, name: Name);
    /// Whether it has died at a question of this input. It does not know, and whatever it does is lost with it; but
    /// nothing of that may be counted or told.
    fn is_dead(&self) -> bool;
    /// Whether it is the first instance of its shard.
    fn is_first_life(&self) -> bool;

    /// A corner of the protocol is reached.
    fn reach(&mut self, mark: Mark);
    /// A counter of the system grows by one.
    fn count(&mut self, counter: Counter);
    /// Whether the run is watched in detail: only then is there anyone for [`Env::notes`].
    fn is_detailed(&self) -> bool;
    /// What whoever watches in detail should know.
    fn notes(&mut self, shard: ShardIndex, note: Note);
    /// Whether anybody reads the trace.
    fn is_traced(&self) -> bool;
}

/// What whoever watches a run in detail should know of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Note {
    /// A shard looks whether it knows the record.
    LooksAt(Name),
    /// It found the id, so it takes the record for one that it knows.
    Found(Key, RecordId),
    /// It drops the record as one that it knows.
    DropsKnown(Name),
    /// Something that may be mistaken was asked about the record, and was or was not.
    Guessed(Name, bool),
}

/// What a shard does that can be seen neither in what it asks nor in what it lists. It says so for whoever reads the
/// trace, and nothing hangs on it.
#[derive(Clone, Copy)]
pub enum Decision<'a> {
    /// A record of the input is read, and is new to it.
    Reads {
        /// The record.
        name: Name,
        /// Its key.
        key: Key,
    },
    /// A record waits, since its key is busy.
    Waits {
        /// The record.
        name: Name,
        /// The key.
        key: Key,
    },
    /// A record is taken in hand: what brought it to this shard is a cause of what the shard tells of it from now on.
    Takes(Name),
    /// A function was executed on a record.
    Executed {
        /// Its step.
        step: StepIndex,
        /// The record.
        name: Name,
        /// What it was executed on.
        input: Output,
        /// What it made, in order.
        outputs: &'a [Output],
    },
    /// A function has failed on a record so often that the record is given up.
    GivesUp {
        /// The record.
        name: Name,
        /// How often it has failed in this life.
        failures: u32,
    },
    /// Something of the system's own. It is worked out only where somebody reads the trace.
    Own(&'a dyn Fn() -> Told),
}
