//! How functions call services and how sinks write, and what is wrong with each of the ways.

use onceproof_kernel::call::Action;
use onceproof_model::function::Function;
use onceproof_model::pipeline::{IdFrom, InsertId, OffsetGiven, Sink, StepKind};
use onceproof_sim::outcome::Class::{self, Duplicated, Lost, Repeated, Stale, Torn};

/// A way to call or to write, and the classes by which what is wrong with it is found.
pub type Way = (&'static str, &'static [Class]);

/// All of them.
pub const WAYS: &[Way] = &[
    ("call append", &[Repeated]),
    ("call put", &[Stale]),
    ("call put-fenced", &[]),
    ("call read", &[]),
    ("call delete", &[]),
    ("call take", &[Lost]),
    ("upsert", &[]),
    ("append", &[Duplicated]),
    // The table forgets them.
    ("insert-id", &[Duplicated]),
    ("insert-id random", &[Duplicated]),
    ("offset", &[]),
    ("offset-in-memory", &[Duplicated, Lost]),
    ("offset-new-stream", &[Duplicated]),
    ("rename", &[]),
    ("in-place", &[Torn]),
    // The table aborts it.
    ("two-phase", &[Lost]),
];

/// The way of a step, if it calls or writes. One that is new does not compile here.
pub fn way(kind: &StepKind) -> Option<&'static str> {
    match kind {
        StepKind::Map(Function::Call(action)) => Some(match action {
            Action::Append => "call append",
            Action::Put => "call put",
            Action::PutFenced => "call put-fenced",
            Action::Read => "call read",
            Action::Delete => "call delete",
            Action::Take => "call take",
        }),
        StepKind::Sink(sink) => Some(match sink {
            Sink::Upsert => "upsert",
            Sink::Append => "append",
            Sink::InsertId(InsertId { from: IdFrom::Record, .. }) => "insert-id",
            Sink::InsertId(InsertId { from: IdFrom::Execution, .. }) => "insert-id random",
            Sink::Offset(OffsetGiven::BeforeCall) => "offset",
            Sink::Offset(OffsetGiven::AfterCall) => "offset-in-memory",
            Sink::Offset(OffsetGiven::InNewStream) => "offset-new-stream",
            Sink::Rename => "rename",
            Sink::InPlace => "in-place",
            Sink::TwoPhase { .. } => "two-phase",
        }),
        StepKind::Source { .. }
        | StepKind::Map(_)
        | StepKind::Reshuffle
        | StepKind::Count(_)
        | StepKind::Sum(_)
        | StepKind::CountGlobally(_) => None,
    }
}
