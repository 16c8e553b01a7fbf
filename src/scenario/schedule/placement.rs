//! The ways in which a fault is placed, and the keys that each of them takes and needs.

use crate::scenario::form::raw::place as raw;
use crate::scenario::form::raw::{At, span};
use crate::scenario::wrong::diagnostic::{Diagnostic, Source, list};
use onceproof_sim::fault::kind::{Asked, FaultTarget};
use onceproof_sim::fault::{Kind, KindName};
use std::ops::Range;

/// The ways in which a fault is placed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::scenario) enum Placement {
    /// By a request.
    Request,
    /// By a link and a time.
    LinkAndTime,
    /// By a commit.
    Commit,
    /// By an execution of a function.
    Execution,
    /// By a delivery of a message.
    Delivery,
    /// By a call to an external service.
    Call,
    /// By a step of the protocol.
    Before,
    /// By a worker and a time.
    WorkerAndTime,
    /// By a shard and a time.
    ShardAndTime,
}

impl Placement {
    pub fn of(kind: &Kind, place: &raw::Place) -> Placement {
        let (has_time, has_worker) = (place.time.is_some(), place.worker.is_some());
        match kind.name().row().target {
            FaultTarget::Link if has_time => Placement::LinkAndTime,
            FaultTarget::Shard if has_time => Placement::ShardAndTime,
            FaultTarget::Worker if has_time || has_worker => Placement::WorkerAndTime,
            _ => match kind.asked_at() {
                Asked::Request | Asked::Ack => Placement::Request,
                Asked::Commit => Placement::Commit,
                Asked::Execute => Placement::Execution,
                Asked::Call => Placement::Call,
                Asked::Before => Placement::Before,
                Asked::Deliver => Placement::Delivery,
            },
        }
    }

    fn keys(self) -> &'static [&'static str] {
        match self {
            Placement::Request => {
                &["from", "to", "message", "shard", "from-shard", "record", "attempt", "nth"]
            }
            Placement::LinkAndTime => &["from", "to", "time"],
            Placement::Commit => &["before", "step", "process", "shard", "record", "nth"],
            Placement::Execution | Placement::Delivery | Placement::Call => {
                &["step", "record", "attempt", "nth"]
            }
            Placement::Before => {
                &["before", "step", "process", "shard", "record", "attempt", "nth"]
            }
            Placement::WorkerAndTime => &["worker", "time"],
            Placement::ShardAndTime => &["step", "shard", "time"],
        }
    }

    /// The keys that must be there, all of them or one of them.
    fn needs(self) -> Needs {
        match self {
            Placement::Request => Needs::OneOf(&["to", "from", "message", "record"]),
            Placement::LinkAndTime => Needs::All(&["from", "to", "time"]),
            Placement::Commit => Needs::OneOf(&["before", "step", "process", "record"]),
            Placement::Execution | Placement::Delivery | Placement::Call => {
                Needs::OneOf(&["step", "record", "attempt"])
            }
            Placement::Before => Needs::All(&["before"]),
            Placement::WorkerAndTime => Needs::All(&["worker", "time"]),
            Placement::ShardAndTime => Needs::All(&["step", "shard", "time"]),
        }
    }

    /// Whether a place has the keys of this way, and no others.
    ///
    /// # Errors
    /// A key that is not one of them, or one that is missing.
    pub fn check_keys(
        self,
        source: &Source<'_>,
        word: &str,
        place: &At<raw::Place>,
    ) -> Result<(), Diagnostic> {
        let given = given(&place.value);
        for (key, span) in &given {
            if !self.keys().contains(key) {
                let title = format!("`{word}` is not placed by `{key}`");
                let error = source.error(source.key_of(span), title);
                let error = match self {
                    Placement::WorkerAndTime | Placement::LinkAndTime | Placement::ShardAndTime => {
                        error.label("not together with `time`")
                    }
                    _ => error,
                };
                return Err(error.help(format!("it is placed by {}", list(self.keys(), "and"))));
            }
        }
        let has = |key: &&str| given.iter().any(|(given, _)| given == key);
        let missing = match self.needs() {
            Needs::All(keys) if !keys.iter().all(has) => list(keys, "and"),
            Needs::OneOf(keys) if !keys.iter().any(has) => list(keys, "or"),
            Needs::All(_) | Needs::OneOf(_) => return Ok(()),
        };
        let error = source.error(place.span.clone(), format!("no place for `{word}`"));
        let strikes_shard =
            KindName::of_word(word).is_some_and(|kind| kind.row().target == FaultTarget::Shard);
        Err(error.label(match self {
            Placement::Before if strikes_shard => {
                "it needs `before`, or `step`, `shard` and `time`".to_owned()
            }
            Placement::Before => "it needs `before`, or `worker` and `time`".to_owned(),
            _ => format!("it needs {missing}"),
        }))
    }
}

enum Needs {
    All(&'static [&'static str]),
    OneOf(&'static [&'static str]),
}

/// The keys that a place gives, and where their values are.
fn given(place: &raw::Place) -> Vec<(&'static str, Range<usize>)> {
    let raw::Place {
        step,
        process,
        from,
        to,
        message,
        shard,
        from_shard,
        record,
        attempt,
        before,
        worker,
        time,
        nth,
    } = place;
    [
        ("step", span(step)),
        ("process", span(process)),
        ("from", span(from)),
        ("to", span(to)),
        ("message", span(message)),
        ("shard", span(shard)),
        ("from-shard", span(from_shard)),
        ("record", span(record)),
        ("attempt", span(attempt)),
        ("before", span(before)),
        ("worker", span(worker)),
        ("time", span(time)),
        ("nth", span(nth)),
    ]
    .into_iter()
    .filter_map(|(key, span)| span.map(|span| (key, span)))
    .collect()
}
