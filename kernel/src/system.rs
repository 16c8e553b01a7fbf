//! What a system under test is: the types that its messages, changes and timers have, its processes and its rows, and
//! what is said of them.

use crate::alphabet::{Moments, Point, Subject};
use crate::call::Rpc;
use crate::effect::{Context, Input, KeptCommit, Request};
use crate::env::Env;
use crate::key::Key;
use crate::layout::{Layout, ShardIndex};
use crate::name::{Name, Vocabulary};
use crate::record::RecordId;
use crate::right::Right;
use crate::state::WorldState;
use crate::tell::Tell;
use crate::time::Time;
use crate::told::{Aged, Details, Forgotten, Told};
use std::fmt::Debug;

/// A system under test: sans-IO processes, their durable rows, and what is right. It is implemented by a type without
/// fields: all of it is in the associated types.
pub trait System: Copy + Eq + Debug + Send + Sync + 'static {
    /// All that no run changes: the steps, the mechanisms, a rule that is left out.
    type Design: Debug + Send + Sync;
    /// One shard as its process knows it: a crash drops it.
    type Process: Process<Self>;
    /// The durable rows of one shard.
    type Rows: Rows<Self>;
    /// One change of a durable row.
    type Change: Copy + Eq + Debug + Send;
    /// What a request carries. Its reply goes to the worker that had the token in the request's serial.
    type Request: Copy + Eq + Debug + Send;
    /// What the reply to a request carries.
    type Reply: Copy + Eq + Debug + Send;
    /// What a process may be woken with.
    type Timer: Copy + Eq + Debug + Send;
    /// What is right of a design.
    type Right<'a>: Right;
    /// What all processes and rows of one run have in common: a place for what messages and changes refer to by handles.
    /// Each run begins with an empty one.
    type Shared: Default + Debug;

    /// With this a process is woken when there may be new input.
    const INPUT: Self::Timer;

    /// Whether there are steps whose shards have one table of rows ([`shares_rows`](crate::layout::LaidStep::shares_rows)).
    const SHARES_ROWS: bool = false;

    /// The names of the steps, and the shards in which they run.
    fn layout(design: &Self::Design) -> &Layout;

    /// Before which step of the protocol a request is sent, where a system has several.
    fn sent_at(request: &Self::Request, moments: &Moments) -> Point {
        let _ = request;
        moments.send
    }

    /// The word for a request, where a system has several messages that may be about one record: `init`.
    fn word_of(request: &Self::Request) -> Option<&'static str> {
        let _ = request;
        None
    }

    /// Before which step of the protocol a request is replied to, where a system has several replies.
    fn replied_at(reply: &Self::Reply, moments: &Moments) -> Point {
        let _ = reply;
        moments.reply
    }

    /// For which shard a request is sent, where a process works for others than its own.
    #[inline(always)]
    fn errand(request: &Request<Self>) -> Option<Errand> {
        let _ = request;
        None
    }

    /// The token of the only life of a process that a request is for. It goes to where that runs, whoever has its shard by
    /// now. Without, it goes to whoever is known to have the shard.
    #[inline(always)]
    fn addressee(request: &Self::Request) -> Option<u64> {
        let _ = request;
        None
    }

    /// What is right: where each source record belongs, by the design alone.
    fn right(design: &Self::Design) -> Self::Right<'_>;

    /// For a system that serves results for a while before certain ones stand: what is right of all the input, also of
    /// what had not come when they were made certain. What is served is measured by it.
    fn right_in_the_end(design: &Self::Design) -> Option<Self::Right<'_>> {
        let _ = design;
        None
    }

    /// What a process waits for with a timer.
    fn wait(timer: Self::Timer) -> Wait;

    /// With what the keeper of sessions is woken when the session is over of a shard's process that has this token.
    ///
    /// # Panics
    /// Where no process has a session ([`LaidStep::session`](crate::layout::LaidStep::session)).
    fn session_ends(member: ShardIndex, token: u64) -> Self::Timer {
        unreachable!("no process has a session: {member:?} under {token}")
    }

    /// How a request travels, and whether anybody hears what becomes of it.
    #[inline(always)]
    fn passage(request: &Self::Request) -> Passage {
        let _ = request;
        Passage::Answered
    }

    /// What a request is about.
    fn subject(request: &Self::Request) -> Subject;

    /// The record that a request carries, if it carries one.
    fn carried(request: &Self::Request) -> Option<Carried>;

    /// What a reply says, for whoever reads the trace.
    fn parts_of_reply(reply: &Self::Reply) -> Details;

    /// How it is told that an id is forgotten. The record is none if nobody knows whose the id was.
    ///
    /// # Panics
    /// Where a system does not say it: its rows forget nothing.
    fn forgotten(record: Option<Name>, key: Key, why: Forgotten) -> Told {
        unreachable!("no id is forgotten: {record:?} of {key:?}, {why:?}")
    }

    /// Adds something to the state that is on its way or waited for. As it stands here it cannot be told, unless it is
    /// the arrival of input.
    fn add_pending(pending: Pending<'_, Self>, of: ToldWorld<'_, Self>, state: &mut WorldState) {
        let _ = of;
        match pending {
            Pending::Timer(shard, timer) if timer == Self::INPUT => state.add(shard),
            _ => state.requires(false),
        }
    }

    /// What a request promises and what it carries, as numbers that are the same in every run: handles of keys and
    /// names go in by their hashes.
    fn digest_of_request(request: &Self::Request, words: &Vocabulary) -> [u64; 2];

    /// What a reply says, as a number.
    fn digest_of_reply(reply: &Self::Reply) -> u64;

    /// What a change says, as a number; without lineages, which are there for whoever watches alone.
    fn digest_of_change(change: &Self::Change, words: &Vocabulary) -> u64;
}

/// What the state of a world is told by: what its processes, rows and messages refer to.
#[derive(Debug)]
pub struct ToldWorld<'a, S: System> {
    /// What no run changes.
    pub design: &'a S::Design,
    /// What messages and changes refer to by handles.
    pub shared: &'a S::Shared,
}

// Derived, it could be copied where designs can.
impl<S: System> Copy for ToldWorld<'_, S> {}

impl<S: System> Clone for ToldWorld<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

/// What is on its way, or waited for.
#[derive(Clone, Copy, Debug)]
pub enum Pending<'a, S: System> {
    /// What a request carries.
    Request(&'a S::Request),
    /// What a reply carries.
    Reply(&'a S::Reply),
    /// A timer of the process of this shard, which means something.
    Timer(ShardIndex, S::Timer),
    /// A commit of this process, with what changes by it.
    Commit(&'a KeptCommit<S>, &'a S::Process),
}

/// A system of whose runs copies can be made on the way: all that is in its processes and rows can be copied. A process
/// that is a future cannot.
pub trait Copied: System<Process: Clone, Rows: Clone, Shared: Clone> {}

impl<S: System<Process: Clone, Rows: Clone, Shared: Clone>> Copied for S {}

/// One process: a shard on a worker, from a start to its end.
pub trait Process<S: System>: Debug {
    /// The process of a shard; it knows nothing until it boots.
    fn new(design: &S::Design, shard: ShardIndex) -> Self;

    /// Makes one whose memory is used again as good as new: all that its boot does not set itself.
    fn reset(&mut self);

    /// Takes one input and lists what is to be done, in order. At [`Input::Boot`] a crash may lie behind it: whatever
    /// it has kept in memory until then is to be forgotten.
    fn handle<E: Env<S>>(&mut self, input: &Input<S>, context: &mut Context<'_, S, E>);

    /// Whether there is more to do right now, by [`Input::Resume`].
    fn is_ready(&self) -> bool {
        false
    }

    /// Whether a timer still means anything; a stale one need not be delivered.
    fn awaits(&self, timer: S::Timer) -> bool;

    /// Whether the reply to this request is still waited for, and something comes of it.
    fn awaits_reply(&self, rpc: Rpc) -> bool;

    /// The same of any request, also of one of which nothing comes.
    fn awaits_any_reply(&self, rpc: Rpc) -> bool {
        self.awaits_reply(rpc)
    }

    /// Whether a timer means something, or may yet: the state of a world leaves out those that do not. One that means nothing
    /// now and something later is part of it.
    fn may_await(&self, timer: S::Timer) -> bool {
        self.awaits(timer)
    }

    /// What is waited for with a timer that still means something, for whoever watches.
    fn awaited_with(&self, timer: S::Timer) -> Option<Subject>;

    /// How full the filters are that it keeps.
    fn fills(&self) -> Vec<Fill> {
        Vec::new()
    }

    /// How many serials this life has given out.
    fn serials(&self) -> u64 {
        0
    }

    /// The token of this life. Without, no state is told while a process that has lost its shard goes on.
    fn token(&self) -> Option<u64> {
        None
    }

    /// Adds its state. As it stands here that cannot be told, and nothing is left out of a search. Whoever writes another
    /// one must add all that decides anything: two states that are taken for one are searched once.
    fn tell_state(&self, of: ToldWorld<'_, S>, state: &mut WorldState) {
        let _ = of;
        state.requires(false);
    }
}

/// The durable rows of one shard: what a change does, and what it says to whoever watches.
pub trait Rows<S: System>: Default + Debug {
    /// Empties all rows and keeps their memory.
    fn reset(&mut self, design: &S::Design, shard: ShardIndex);

    /// Whether a change makes anything other than it is. Only then has something come of the commit: who writes the same
    /// again and again stands still.
    fn changes_anything(&self, change: &S::Change) -> bool {
        let _ = change;
        true
    }

    /// Whether changes may be made as the rows are now, all or none: a unique key is free, a row is as it was read. A
    /// commit that may not is refused, and whoever sent it hears so. Only rows of steps whose commits are never repeated
    /// ([`repeats_commits`](crate::layout::LaidStep::repeats_commits)) may say no: the store knows a repetition by its
    /// number, and would answer that of a refused commit as if it were applied.
    #[inline(always)]
    fn admits(&self, changes: &[S::Change], shared: &S::Shared) -> bool {
        let _ = (changes, shared);
        true
    }

    /// Makes one change, and says what it says.
    fn apply(&mut self, change: &S::Change, now: Time, tell: &mut impl Tell);

    /// How a change is told. It is asked of all changes of a commit before the first is made, and also where the commit is
    /// then refused.
    fn told(
        &self,
        change: &S::Change,
        design: &S::Design,
        shard: ShardIndex,
        shared: &S::Shared,
    ) -> Told;

    /// How many ids are kept, by which a record is known again.
    fn ids(&self) -> u64 {
        0
    }

    /// Forgets what is too old now. It may be asked at any time.
    fn age(&mut self, now: Time) {
        let _ = now;
    }

    /// When the next of what it keeps grows too old.
    fn ages_at(&self) -> Time {
        Time::MAX
    }

    /// The ids that have grown too old after one time and until another, in order.
    fn aged(&self, after: Time, until: Time) -> Vec<Aged> {
        let _ = (after, until);
        Vec::new()
    }

    /// What it holds that no time will end. Where the run is over nothing can need it any more.
    fn garbage(&self) -> Garbage {
        Garbage::default()
    }

    /// Adds all rows to the state. As it stands here they cannot be told; whoever writes another one must add all that
    /// decides anything.
    fn tell_state(&self, of: ToldWorld<'_, S>, state: &mut WorldState) {
        let _ = of;
        state.requires(false);
    }
}

/// For whom a process takes a step of the protocol, where it works for several shards: a fault has its place there, and
/// strikes the process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errand {
    /// The shard.
    pub shard: ShardIndex,
    /// What it is about.
    pub subject: Subject,
    /// Which attempt at it, from 1, over all lives of all processes; none where there is but one.
    pub attempt: Option<u32>,
}

/// How a request travels, and whether anybody hears what becomes of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Passage {
    /// By itself; it is answered, and whoever sent it waits for that.
    Answered,
    /// By itself; nobody answers, so nobody hears what has become of it.
    OneWay,
    /// In order, after all that was sent before it between two processes, as over a TCP connection: nothing of that is lost
    /// or comes twice, unless the connection breaks. Whoever sends the next item hears of that.
    Channel,
}

/// The record that a request carries, as whoever watches knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Carried {
    /// Its name.
    pub name: Name,
    /// Its key.
    pub key: Key,
    /// Its id; where there are none, anything that other records do not have.
    pub id: RecordId,
    /// When it was made, as it says itself. Of the message of a queue: when it was published.
    pub made: Time,
}

/// What is held and can never matter again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Garbage {
    /// Ids that no age will end.
    pub ids: u64,
    /// Outputs that nobody will move any more.
    pub outputs: u64,
}

/// How full a filter is: something in a fixed number of bits that says of an id whether it may be known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fill {
    /// The first timestamp of its range.
    pub first: Time,
    /// How many bits are set.
    pub bits_set: u64,
    /// How many bits there are.
    pub bits: u64,
    /// Whether it has all ids of its range, and so may say that an id is new.
    pub is_complete: bool,
}

/// What a process waits for with a timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait {
    /// The reply to the first send of a record: that wait is the same over and over, and is queued for it.
    FirstReply,
    /// The reply to a later send of a record.
    Reply,
    /// The reply to a control, by its number in the alphabet.
    ControlReply(u8),
    /// The answer of an external service.
    Answer,
    /// New input. When there is some does not hang on the clock of the process.
    Input,
    /// A time that was set long before, by which something is done whatever else happens.
    Due,
    /// The end of this instant.
    EndOfInstant,
    /// Another try of a source record on which a function failed.
    Reread,
    /// Another try of a record of this key on which a function failed.
    Reapply(Key),
}
