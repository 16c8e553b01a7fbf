//! What travels between the processes, what a commit changes, and what a process waits for. Each message is sent once:
//! nobody answers, and nobody repeats it.

use crate::stream::{Record, Sum};
use onceproof_kernel::layout::{ShardIndex, StepIndex};
use onceproof_kernel::mix::{fold, scatter};
use onceproof_kernel::name::Name;
use onceproof_kernel::tell::Standing;
use onceproof_kernel::time::Time;

/// The root of a tree: one emission of a source record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Root {
    /// The spout that emitted it.
    pub spout: ShardIndex,
    /// The token of the life that did.
    pub token: u32,
    /// The number of the emission in that life, from 1.
    pub number: u32,
}

impl Root {
    /// The edge that all others of the tree are made of.
    pub fn edge(self) -> TreeEdge {
        let Root { spout, token, number } = self;
        let life = u64::from(spout.0) << 32 | u64::from(token);
        TreeEdge(fold(scatter(life), scatter(number.into())))
    }
}

/// An edge of a tree: random, and the same each time for the same way through the steps.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TreeEdge(pub u64);

impl TreeEdge {
    /// TreeEdge number `number` of those that go on from where this one ends.
    pub fn below(self, number: u64) -> TreeEdge {
        TreeEdge(scatter(fold(self.0, scatter(number + 1))))
    }

    /// What an acker adds up of it, in so many bits.
    pub fn bits(self, bits: u32) -> u64 {
        self.0 >> (64 - bits)
    }
}

/// The place of a message in a tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Branch {
    /// The tree.
    pub root: Root,
    /// The edge that the message is.
    pub edge: TreeEdge,
}

/// A message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Dispatch {
    /// A record goes to a bolt.
    Tuple {
        /// The record.
        record: Record,
        /// Where it is in its tree, if anybody follows it.
        branch: Option<Branch>,
        /// Whether it comes from a spout.
        is_first: bool,
    },
    /// A spout tells an acker of a new tree.
    Init {
        /// The source record.
        name: Name,
        /// The tree.
        root: Root,
        /// All edges that the spout sends, added up.
        edges: u64,
    },
    /// Who has handled a message tells an acker.
    Ack {
        /// The record.
        name: Name,
        /// The edge of what was handled.
        branch: Branch,
        /// That edge and all that were sent on, added up.
        edges: u64,
    },
    /// An acker tells a spout that a tree is complete.
    Complete {
        /// The source record.
        name: Name,
        /// The tree.
        root: Root,
    },
    /// A bolt shows what a result is now.
    Show {
        /// The record that it changed by.
        name: Name,
        /// What stands there now.
        shown: Shown,
        /// Where it is in the tree of the record, if the view acks it.
        branch: Option<Branch>,
    },
}

/// A result as a bolt has it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shown {
    /// The content of a window.
    Cell {
        /// The result.
        standing: Standing,
        /// How new it is.
        age: Age,
    },
    /// A row of a sink.
    Row {
        /// The sink.
        step: StepIndex,
        /// What stands in it.
        record: Record,
    },
}

/// Which of two contents of a result stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wins {
    /// The newer one.
    Newer,
    /// The later one.
    Later,
}

/// How new a content is: the token of the life that made it, and its number in that life.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Age {
    /// The token.
    pub token: u64,
    /// The number.
    pub number: u64,
}

/// One change of a durable row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Change {
    /// A spout begins here after a crash.
    Offset(u64),
    /// The view has this from now on, unless it has something newer and looks at that.
    Show(Shown, Wins),
    /// A durable count takes a record, unless it knows its id.
    Take(Record),
    /// A batch lands: what follows in the commit are its results, and all that is to stand of its windows.
    Lands {
        /// When the windows end whose results they are.
        end: Time,
        /// Since when this is certain, if nothing had come when it was due: then nobody ran it.
        since: Option<Time>,
    },
    /// A result of a batch stands from now on.
    Land(Landed),
}

/// A result of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Landed {
    /// When its window ends.
    pub end: Time,
    /// The result.
    pub standing: Standing,
    /// What it is made of.
    pub sum: Sum,
}

/// What a process may be woken with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Timer {
    /// There may be new input.
    Input,
    /// A tree should be complete: the number of its emission in this life.
    Tree(u32),
    /// The batch of the windows that end at this time is due: it reads the log, or it lands.
    Batch(Time, Stage),
}

/// What a batch does next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stage {
    /// It reads the log.
    Reads,
    /// It lands.
    Lands,
}
