//! The door between a process and the world. A process takes one [`Input`], may ask a few questions
//! while it works on it, and returns an ordered list of [`Effect`]s. It performs nothing itself,
//! so a crash can fall before any effect, and the wrong order of a protocol differs from the right one in
//! the order of a list.
//!
//! Questions come before effects: an input is worked on by first asking all it has to ask, and only then
//! listing effects. So a crash before a question and one before an effect happen in the order of the
//! protocol. What is left to do with further questions waits for [`Input::Resume`].

use crate::alphabet::{Point, Subject};
use crate::call::{Answer, Call, Rpc};
use crate::layout::ShardIndex;
use crate::name::Name;
use crate::state::WorldState;
use crate::system::{Errand, Pending, System, ToldWorld};
use crate::time::Time;

/// What happens to a process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input<S: System> {
    /// It starts, knowing nothing but what it reads.
    Boot,
    /// A request arrives.
    Request(Request<S>),
    /// The reply to one of its requests arrives.
    Replied(Replied<S>),
    /// The store answers a commit, or has not answered it in time.
    Committed {
        /// The number of the commit.
        number: u64,
        /// What the commit carried for its sender.
        sender_slot: u32,
        /// What is known of it. Where commits are repeated until they are answered and rows admit every change, it is
        /// applied.
        written: Written,
    },
    /// An external service answers a call.
    Called {
        /// Which call.
        rpc: Rpc,
        /// What it answers; never a refusal, which ends who hears it.
        answer: Answer,
    },
    /// A timer is due.
    Wake(S::Timer),
    /// It may go on with what is ready.
    Resume,
}

/// What whoever sent a commit knows of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// All of it stands.
    Applied,
    /// Nothing of it stands, nor ever will: the rows did not admit it.
    Refused,
    /// No answer came in time. It is applied, or refused, or lost, or still on its way.
    Unknown,
}

/// What a process wants done, in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect<S: System> {
    /// Change rows: by this commit, which [`Effects`] keeps.
    Commit(CommitSlot),
    /// Reply to a request.
    Reply(Reply<S>),
    /// Tell a queue that a message is done.
    AckMessage(MessageAck),
    /// Send a request.
    Send(Request<S>),
    /// Call an external service.
    Call(Call),
    /// Take a step of the protocol that leaves nothing outside of the process: what comes after it is done at
    /// [`Input::Resume`].
    Step {
        /// Which.
        point: Point,
        /// For whom.
        errand: Errand,
    },
    /// Wake the process.
    Wake {
        /// When.
        at: Time,
        /// With what.
        timer: S::Timer,
    },
}

/// A request to another shard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request<S: System> {
    /// The sender.
    pub from: ShardIndex,
    /// The receiver.
    pub to: ShardIndex,
    /// What the reply carries back.
    pub rpc: Rpc,
    /// What it carries.
    pub body: S::Request,
}

impl<S: System> Request<S> {
    /// What the request is about.
    pub fn subject(&self) -> Subject {
        S::subject(&self.body)
    }
}

impl<S: System> Request<S> {
    /// Adds it to the state. Its slot must follow from its serial; which attempt it is decides nothing.
    pub fn tell_state(&self, of: ToldWorld<'_, S>, state: &mut WorldState) {
        let Request { from, to, rpc: Rpc { slot: _, attempt: _, serial }, body } = self;
        state.add((from, to));
        state.add_serial(*from, *serial);
        S::add_pending(Pending::Request(body), of, state);
    }
}

/// A reply to a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reply<S: System> {
    /// The receiver of the request.
    pub from: ShardIndex,
    /// The sender of the request.
    pub to: ShardIndex,
    /// Which request.
    pub rpc: Rpc,
    /// What the request was about.
    pub subject: Subject,
    /// What it carries.
    pub body: S::Reply,
}

/// Tells a queue that a message is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageAck {
    /// The source shard that it was handed to.
    pub shard: ShardIndex,
    /// Which message.
    pub number: u32,
    /// What it carries.
    pub name: Name,
}

/// A reply that arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Replied<S: System> {
    /// The receiver of the request.
    pub from: ShardIndex,
    /// Which request.
    pub rpc: Rpc,
    /// What it carries, or none if it is an error, which tells nothing of whether the request was applied.
    pub body: Option<S::Reply>,
}

/// One atomic change of a shard's rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Commit {
    /// Whose rows.
    pub shard: ShardIndex,
    /// The token of the owner, checked when the commit is applied.
    pub token: u64,
    /// Its number under that token, from 0: applied once, however often it arrives.
    pub number: u64,
    /// Where the sender keeps what waits for the answer, which carries it back.
    pub sender_slot: u32,
    /// Which step of the protocol it is, by the word of its stage.
    pub point: Point,
    /// Whether it ends the stay of what it is about.
    pub ends_stay: bool,
    /// What it is about: its first record.
    pub subject: Subject,
}

/// Where [`Effects`] keeps a commit, with what it changes, until it is over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CommitSlot(u32);

impl CommitSlot {
    #[inline(always)]
    fn at(self) -> usize {
        self.0 as usize
    }
}

/// How far a commit is on its way to the store and back, for whoever carries it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CommitProgress {
    /// In which life its sender sent it.
    pub life: u32,
    /// How often it was sent.
    pub sends: u32,
    /// Events that still refer to it.
    pub events: u32,
    /// Whether its sender knows what became of it.
    pub is_answered: bool,
}

/// A commit that is listed or on its way, and what changes by it, in order.
#[derive(Debug)]
pub struct KeptCommit<S: System> {
    /// The commit.
    pub commit: Commit,
    /// How far it is.
    pub progress: CommitProgress,
    /// What changes by it, in order.
    pub changes: Vec<S::Change>,
}

crate::copied_by_field!([S: System] KeptCommit<S> { commit, progress, changes });

/// All that a worker has at hand while it works on one input.
pub struct Context<'a, S: System, E> {
    /// What its clock says.
    pub now: Time,
    /// The design.
    pub design: &'a S::Design,
    /// Whom it asks.
    pub env: &'a mut E,
    /// Where its effects go.
    pub effects: &'a mut Effects<S>,
}

impl<S: System, E> Context<'_, S, E> {
    /// The world, to be asked or to strike. No effect is listed yet: a crash before the question would come
    /// too late to take the effect back. What a queue promises is read beside the effects, through `env`: no
    /// fault has a place there, and what is listed can only raise it.
    ///
    /// # Panics
    ///
    /// Where debug assertions are on, if an effect other than a timer is listed.
    #[inline(always)]
    pub fn ask(&mut self) -> &mut E {
        debug_assert!(self.effects.is_quiet(), "a worker lists effects before it asks");
        self.env
    }
}

/// An ordered list of effects, and the commits among them until they are over.
#[derive(Debug)]
pub struct Effects<S: System> {
    /// The effects, first to last.
    pub list: Vec<Effect<S>>,
    /// All commits that are listed or on their way. A slot is used again for another commit, with its memory.
    commits: Vec<KeptCommit<S>>,
    free: Vec<CommitSlot>,
}

crate::copied_by_field!([S: System] Effects<S> { list, commits, free });

impl<S: System> Default for Effects<S> {
    fn default() -> Effects<S> {
        Effects { list: Vec::new(), commits: Vec::new(), free: Vec::new() }
    }
}

impl<S: System> Effects<S> {
    /// Whether nothing but timers is listed: questions may still be asked.
    pub fn is_quiet(&self) -> bool {
        self.list.iter().all(|effect| matches!(effect, Effect::Wake { .. }))
    }

    /// Lists a commit, takes its changes, and leaves an empty buffer in their place.
    #[inline]
    pub fn commit(&mut self, commit: Commit, changes: &mut Vec<S::Change>) {
        let slot = match self.free.pop() {
            Some(slot) => {
                let kept = &mut self.commits[slot.at()];
                kept.commit = commit;
                std::mem::swap(&mut kept.changes, changes);
                slot
            }
            None => self.keep(commit, std::mem::take(changes)),
        };
        self.list.push(Effect::Commit(slot));
    }

    #[cold]
    fn keep(&mut self, commit: Commit, changes: Vec<S::Change>) -> CommitSlot {
        self.commits.push(KeptCommit { commit, progress: CommitProgress::default(), changes });
        CommitSlot(self.commits.len() as u32 - 1)
    }

    /// What is kept of a commit.
    #[inline(always)]
    pub fn kept(&self, slot: CommitSlot) -> &KeptCommit<S> {
        &self.commits[slot.at()]
    }

    /// How far a commit is, to be changed.
    #[inline(always)]
    pub fn progress(&mut self, slot: CommitSlot) -> &mut CommitProgress {
        &mut self.commits[slot.at()].progress
    }

    /// One event less refers to a commit. After the last nobody asks for it any more.
    #[inline]
    pub fn release(&mut self, slot: CommitSlot) {
        let KeptCommit { progress, changes, .. } = &mut self.commits[slot.at()];
        progress.events -= 1;
        if progress.events == 0 {
            changes.clear();
            self.free.push(slot);
        }
    }

    /// A commit that no event refers to is over: nobody asks for it any more.
    pub fn recycle(&mut self, slot: CommitSlot) {
        self.commits[slot.at()].changes.clear();
        self.free.push(slot);
    }

    /// Forgets all effects and all commits, and keeps the memory.
    pub fn clear(&mut self) {
        self.list.clear();
        self.free.clear();
        for (kept, number) in self.commits.iter_mut().zip(0..) {
            kept.changes.clear();
            self.free.push(CommitSlot(number));
        }
    }
}
