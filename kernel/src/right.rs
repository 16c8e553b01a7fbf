//! What is right, worked out outside the system under test: into which results each source record belongs.

use crate::key::Key;
use crate::layout::StepIndex;
use crate::mix::{fold, scatter};
use crate::name::{Name, Names, Origin, Vocabulary};
use crate::record::Output;
use crate::source::SourceRow;
use crate::time::Time;

/// What is right of a design: where each source record belongs, whatever the protocol.
pub trait Right {
    /// Hands each result that a source record belongs into to `each`, which answers whether the record is late there.
    /// `promise` is what its source shard had said when it was read. False if an answer that won is not known, since
    /// nothing of it was committed.
    fn belongs(
        &self,
        source: StepIndex,
        row: SourceRow,
        promise: Time,
        words: &mut Vocabulary,
        won: &dyn Won,
        each: &mut impl FnMut(Expected) -> bool,
    ) -> bool;

    /// For each step, whether the places of its results can be told from the input and the answers that won.
    fn is_placed(&self) -> Vec<bool>;
}

/// What the commits of a run said, where that decides what is right.
pub trait Won {
    /// The key and value under which a record was mentioned first.
    fn winner(&self, name: Name) -> Option<(Key, i64)>;
    /// What executions of a function of the user's own came to on a record of this name, of those that asked for anything,
    /// in order.
    fn executions(&self, step: StepIndex, name: Name) -> &[Came];
    /// Whether a record of this name is reflected in any result.
    fn is_reflected(&self, name: Name) -> bool;
    /// How often a record was given up, openly and after as many failures as that takes.
    fn given_up(&self, record: &GivenUp) -> u32;
}

/// What an execution of a function came to.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Came {
    /// What it was executed on.
    pub input: Output,
    /// What it made of it, in order.
    pub outputs: Vec<Output>,
}

/// That a source record, or what maps made of it, belongs into the results of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expected {
    /// The step.
    pub step: StepIndex,
    /// The record as it entered the first aggregate or sink on its way.
    pub leaf: Name,
    /// How often.
    pub times: u32,
    /// Under which key and in which window, or row: [`place`].
    pub place: u64,
    /// The hash of that key.
    pub key_hash: u64,
    /// When that window ends; never, of a row.
    pub end: Time,
    /// Its value, if no aggregate came before this step; else 0.
    pub value: i64,
    /// Whether its own source had given its window up when it was read.
    pub is_late: bool,
    /// Whether a step on the way gave it up as a dead letter, so that it belongs there no more.
    pub is_dead: bool,
}

impl Expected {
    /// Its part of the step's digest.
    pub fn digest(&self) -> u64 {
        reflection(self.leaf, self.value, self.place).wrapping_mul(u64::from(self.times))
    }
}

/// Which record was given up. A pane can come to a step by several paths. So below an aggregate a dead letter
/// is known by its source record, under the name with which that entered the first aggregate, and by its path
/// since the last one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GivenUp {
    /// The step that gave it up.
    pub step: StepIndex,
    /// The record as it entered the first aggregate on its way, or as it came.
    pub leaf: Name,
    /// Its key.
    pub key: Key,
    /// How it came.
    pub way: Way,
}

/// The aggregate that made a pane, the start of its window, and the outputs of maps that the pane has become
/// since; nothing for what comes from no pane. Two panes of one window that go on under one key are alike from
/// there on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Way(u64);

impl Way {
    /// From the window of an aggregate that starts here.
    pub fn from(step: u16, start: Time) -> Way {
        Way(fold(scatter(u64::from(step) + 1), scatter(start.0 as u64)))
    }

    /// On through a map; what comes from no pane has a name that says so already.
    pub fn through(self, step: u16, index: u32) -> Way {
        match self {
            Way(0) => self,
            Way(way) => Way(fold(way, scatter(u64::from(step) << 32 | u64::from(index)))),
        }
    }

    /// Of a record with this name.
    pub fn of(name: Name, names: &Names) -> Way {
        match names.origin(name) {
            Origin::Source { .. } => Way::default(),
            Origin::Pane { step, start, .. } => Way::from(step, start),
            // Only aggregates take partial aggregates, and no function fails there.
            Origin::Partial { first, .. } => Way::of(first, names),
            Origin::Output { parent, step, index } => Way::of(parent, names).through(step, index),
        }
    }
}

/// Where a record is reflected: part of what a step's digest sums up.
pub fn place(key_hash: u64, start: Time) -> u64 {
    fold(key_hash, start.0 as u64)
}

/// What a step's digest sums up: who is reflected, with which value, and where.
pub fn reflection(leaf: Name, value: i64, place: u64) -> u64 {
    fold(fold(u64::from(leaf.0), scatter(value as u64)), place)
}
