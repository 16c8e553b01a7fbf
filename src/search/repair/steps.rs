//! Settings of single steps that are not right, or may not be: how a sink writes, how a queue is acked, what a function
//! calls.

use super::{Rank, Repair, Sets, of_name, of_written};
use crate::scenario::written_sink;
use onceproof_kernel::call::Action;
use onceproof_kernel::time::{Nanos, SECOND};
use onceproof_model::function::Function;
use onceproof_model::pipeline::{
    Ack, IdFrom, InsertId, MessageIds, OffsetGiven, QueueRules, Sink, Step, StepKind,
};

/// Longer than any fault lasts.
const LONG: Nanos = 3600 * SECOND;

/// Each setting of a step that may be wrong.
pub(super) fn of_step(at: usize, step: &Step, has_ids: bool) -> Vec<Repair> {
    let repair = |rank, key, was: String, to: String, kind: StepKind| Repair {
        rank,
        place: of_name(step),
        key,
        was,
        to,
        is_default: false,
        sets: Sets::Kind(at, Box::new(kind)),
    };
    let mut found = Vec::new();
    match &step.kind {
        StepKind::Sink(sink) => {
            if let Some((rank, right)) = right_sink(sink) {
                let (was, to) = (written_sink(sink), written_sink(&right));
                let kind = StepKind::Sink(right);
                found.push(repair(
                    rank,
                    "write",
                    of_written(Some(&was)),
                    of_written(Some(&to)),
                    kind,
                ));
            }
        }
        StepKind::Source { watermark, queue: Some(queue) } => {
            let with =
                |queue: QueueRules| StepKind::Source { watermark: *watermark, queue: Some(queue) };
            if queue.ack == Ack::OnReceipt {
                let (was, to) = ("\"on-receipt\"".to_owned(), "\"after-commit\"".to_owned());
                let kind = with(QueueRules { ack: Ack::AfterCommit, ..*queue });
                found.push(repair(Rank::Wrong, "queue.ack", was, to, kind));
            }
            for (ids, word) in
                [(MessageIds::Message, "message"), (MessageIds::Attribute, "attribute")]
            {
                let rank = match (queue.ids, ids) {
                    (_, MessageIds::Attribute) if !has_ids => continue,
                    (MessageIds::Content | MessageIds::None, _) => Rank::Wrong,
                    (MessageIds::Message, MessageIds::Attribute) => Rank::Beyond,
                    _ => continue,
                };
                let kind = with(QueueRules { ids, ..*queue });
                let was = format!("\"{}\"", ids_word(queue.ids));
                found.push(repair(rank, "queue.ids", was, format!("\"{word}\""), kind));
            }
        }
        StepKind::Map(Function::Call(action)) => {
            let (key, was, to, right) = match action {
                Action::Append => ("fn.call.write", "append", "put", Action::Put),
                Action::Put => ("fn.call.write", "put", "put-fenced", Action::PutFenced),
                Action::Take => ("fn.call", "take", "read", Action::Read),
                Action::PutFenced | Action::Read | Action::Delete => return found,
            };
            let kind = StepKind::Map(Function::Call(right));
            found.push(repair(Rank::Wrong, key, format!("\"{was}\""), format!("\"{to}\""), kind));
        }
        StepKind::Source { queue: None, .. }
        | StepKind::Map(_)
        | StepKind::Reshuffle
        | StepKind::Count(_)
        | StepKind::Sum(_)
        | StepKind::CountGlobally(_) => {}
    }
    if step.failing.poison.is_some() && step.failing.dead_letter_after.is_none() {
        found.push(Repair {
            rank: Rank::Length,
            place: of_name(step),
            key: "dead-letter",
            was: String::new(),
            to: "{ after = 3 }".to_owned(),
            is_default: true,
            sets: Sets::DeadLetter(at, 3),
        });
    }
    found
}

fn ids_word(ids: MessageIds) -> &'static str {
    match ids {
        MessageIds::Message => "message",
        MessageIds::Attribute => "attribute",
        MessageIds::Content => "content",
        MessageIds::None => "none",
    }
}

/// How a sink should write that may write a row twice, or lose it.
fn right_sink(own: &Sink) -> Option<(Rank, Sink)> {
    let by_record = Sink::InsertId(InsertId { window: LONG, from: IdFrom::Record });
    Some(match own {
        Sink::Append | Sink::InsertId(InsertId { from: IdFrom::Execution, .. }) => {
            (Rank::Wrong, by_record)
        }
        Sink::InsertId(InsertId { from: IdFrom::Record, window }) if *window < LONG => {
            (Rank::Length, by_record)
        }
        Sink::Offset(OffsetGiven::AfterCall | OffsetGiven::InNewStream) => {
            (Rank::Wrong, Sink::Offset(OffsetGiven::BeforeCall))
        }
        Sink::InPlace => (Rank::Wrong, Sink::Rename),
        Sink::TwoPhase { timeout } if *timeout < LONG => {
            (Rank::Length, Sink::TwoPhase { timeout: LONG })
        }
        Sink::Upsert
        | Sink::InsertId(_)
        | Sink::Offset(OffsetGiven::BeforeCall)
        | Sink::Rename
        | Sink::TwoPhase { .. } => return None,
    })
}
