//! Steps as a scenario states them.

use super::QueueRules;
use crate::function::Function;
use crate::window::Windowing;
use onceproof_kernel::call::{Action, Target};
use onceproof_kernel::layout::{Failing, Results, StepIndex};
use onceproof_kernel::source::Progress;
use onceproof_kernel::time::Nanos;

/// What a step does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StepKind {
    /// Reads records at offsets; their ids are shard and offset, or given by the input.
    Source {
        /// How it knows its event-time watermark.
        watermark: Progress,
        /// The queue that it reads, if its records do not stand at offsets.
        queue: Option<QueueRules>,
    },
    /// Applies a user function.
    Map(Function),
    /// Passes records on under the same keys, through a shuffle: a stable input for what comes next. It runs no
    /// user function, so none can fail or differ there.
    Reshuffle,
    /// Counts per key and window, adding weights.
    Count(Windowing),
    /// Adds up values per key and window.
    Sum(Windowing),
    /// Counts per window under the one key `*`, adding weights.
    CountGlobally(Windowing),
    /// Writes rows.
    Sink(Sink),
}

/// How a sink writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sink {
    /// A row per result, overwritten when the same result comes again, in the sink's own commit.
    Upsert,
    /// A row per call to an external table, before the sink's commit.
    Append,
    /// The same with an insert id, by which the table drops what it has seen a short time ago.
    InsertId(InsertId),
    /// A row at an offset of a stream of the shard's own, which the table has once.
    Offset(OffsetGiven),
    /// A temporary file with the rows of a bundle before the sink's commit, which gets its name after it.
    Rename,
    /// A file with the rows of a bundle that has its name from the beginning, before the sink's commit. Wrong:
    /// of who dies in the middle, readers see a part.
    InPlace,
    /// The rows of a bundle in a transaction that is prepared before the sink's commit and committed after it.
    TwoPhase {
        /// When the table aborts a transaction that is not committed.
        timeout: Nanos,
    },
}

/// When a row's offset is durable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OffsetGiven {
    /// With the row, in the sink's commit, before the table is called.
    BeforeCall,
    /// With the sink's commit, after the table was called. Wrong: after a crash another row has its offset,
    /// and passes for it.
    AfterCall,
    /// Never: each life of a shard opens a stream of its own and begins at 0. Wrong: what an earlier life
    /// appended and did not commit is appended again, where the table cannot know it.
    InNewStream,
}

/// The insert ids of a sink.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InsertId {
    /// How long the table remembers one.
    pub window: Nanos,
    /// Where it comes from.
    pub from: IdFrom,
}

/// Where an insert id comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IdFrom {
    /// It is the id that the record came with, the same in every execution.
    Record,
    /// It is drawn anew in each execution.
    Execution,
}

impl Sink {
    /// Whether it writes by a call to an external service, and not in its own commit.
    pub fn calls(&self) -> bool {
        match self {
            Sink::Upsert => false,
            Sink::Append
            | Sink::InsertId(_)
            | Sink::Offset(_)
            | Sink::Rename
            | Sink::InPlace
            | Sink::TwoPhase { .. } => true,
        }
    }

    /// Whether its commit leaves something to be called for, and another commit to end that.
    pub fn owes(&self) -> bool {
        match self {
            Sink::Offset(OffsetGiven::BeforeCall) | Sink::Rename | Sink::TwoPhase { .. } => true,
            Sink::Upsert
            | Sink::Append
            | Sink::InsertId(_)
            | Sink::InPlace
            | Sink::Offset(OffsetGiven::AfterCall | OffsetGiven::InNewStream) => false,
        }
    }
}

impl StepKind {
    /// The word for it in a scenario file.
    pub fn word(&self) -> &'static str {
        match self {
            StepKind::Source { .. } => "source",
            StepKind::Map(_) => "map",
            StepKind::Reshuffle => "reshuffle",
            StepKind::Count(_) => "count",
            StepKind::Sum(_) => "sum",
            StepKind::CountGlobally(_) => "count-globally",
            StepKind::Sink(_) => "sink",
        }
    }

    /// The windows of an aggregate.
    pub fn windowing(&self) -> Option<&Windowing> {
        match self {
            StepKind::Count(windows)
            | StepKind::Sum(windows)
            | StepKind::CountGlobally(windows) => Some(windows),
            StepKind::Source { .. }
            | StepKind::Map(_)
            | StepKind::Reshuffle
            | StepKind::Sink(_) => None,
        }
    }

    /// Whether it calls an external service.
    pub fn calls(&self) -> bool {
        match self {
            StepKind::Map(function) => matches!(function, Function::Call(_)),
            StepKind::Sink(sink) => sink.calls(),
            StepKind::Source { .. }
            | StepKind::Reshuffle
            | StepKind::Count(_)
            | StepKind::Sum(_)
            | StepKind::CountGlobally(_) => false,
        }
    }

    /// Whether each record puts an entry at an external service under its key.
    pub fn puts(&self) -> bool {
        matches!(self, StepKind::Map(Function::Call(action)) if action.is_put())
    }

    /// Whether it does so under the token of its shard's lease.
    pub fn puts_fenced(&self) -> bool {
        matches!(self, StepKind::Map(Function::Call(Action::PutFenced)))
    }

    /// What the results of such a step are, which the ledger checks.
    pub fn results(&self) -> Option<Results> {
        match self {
            StepKind::Count(_) | StepKind::CountGlobally(_) => Some(Results::Counted),
            StepKind::Sum(_) => Some(Results::Summed),
            StepKind::Sink(_) => Some(Results::Written),
            StepKind::Source { .. } | StepKind::Map(_) | StepKind::Reshuffle => None,
        }
    }

    /// Whether such a step has results.
    pub fn has_results(&self) -> bool {
        self.results().is_some()
    }

    /// What such a step calls, if it does.
    pub fn target(&self) -> Option<Target> {
        match self {
            StepKind::Sink(Sink::InsertId(InsertId { window, .. })) => {
                Some(Target::InsertIds { window: *window })
            }
            StepKind::Sink(Sink::TwoPhase { timeout }) => {
                Some(Target::Transactions { timeout: *timeout })
            }
            StepKind::Sink(Sink::Rename | Sink::InPlace) => Some(Target::Files),
            other => other.calls().then_some(Target::Plain),
        }
    }

    /// Whether its function may answer otherwise when it is executed again.
    pub fn may_differ(&self) -> bool {
        matches!(self, StepKind::Map(function) if !function.is_deterministic())
    }
}

/// One step as a scenario states it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// Its name, unique in the pipeline.
    pub name: String,
    /// What it does.
    pub kind: StepKind,
    /// The steps whose outputs it takes; empty for a source.
    pub from: Vec<StepIndex>,
    /// How many shards it has, at least 1.
    pub shards: u32,
    /// How its function fails, for a map.
    pub failing: Failing,
}
